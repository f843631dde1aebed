"""How the kernel is compiled, and where the result is kept for the next process."""

import gc
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from hashlib import blake2b
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs

Function = TypeVar("Function", bound=Callable[..., Any])

_HERE = Path(__file__).parent
_SOURCES = (
    _HERE.parent / "response.py",
    *(_HERE / name for name in ("draws.py", "records.py")),
    *sorted(_HERE.glob("kernel*.py")),
)


def _cache_folder() -> str:
    """Return a folder that belongs to the sources as they are.

    numba looks for changes in the file of a function alone, not in those of the functions that became part of
    it; so a kernel kept beside its file would go on with an old `response.py`.
    """
    sources = b"".join(source.read_bytes() for source in _SOURCES)
    kept = numba.config.CACHE_DIR or platformdirs.user_cache_dir("pagerdrill")  # type: ignore[attr-defined]
    return str(Path(kept) / f"kernel-{blake2b(sources, digest_size=8).hexdigest()}")


def _writable(folder: str) -> bool:
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


numba.config.CACHE_DIR = _cache_folder()  # type: ignore[attr-defined]
# More makes the kernel no faster, and its first compilation a tenth slower (tests/bench/bench_rotation.py).
numba.config.OPT = type(numba.config.OPT)(1)  # type: ignore[attr-defined]

# No reference is counted (`_nrt`): the arrays belong to the caller, and counting took most of the time.
_OPTIONS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}
_KEPT = _writable(numba.config.CACHE_DIR)  # type: ignore[attr-defined]
_ENTRY: dict[str, Any] = {**_OPTIONS, "cache": _KEPT, "no_cfunc_wrapper": True}
_INNER: dict[str, Any] = {**_OPTIONS, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""For what Python never calls: wrappers of functions with so many arguments take a third of the time."""


def entry(function: Function) -> Function:
    """Compile a function that Python calls, and keep what was compiled for the next process."""
    compiled: Any = numba.njit(**_ENTRY)(function)

    @wraps(function)
    def called(*given: Any) -> Any:
        if compiled.signatures:
            return compiled(*given)
        with _nothing_collected():
            return compiled(*given)

    return cast(Function, called)


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Keep the garbage collector from going through what a compiler makes: a tenth of its time."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def njit(function: Function) -> Function:
    """Compile a function that becomes part of those that call it: what it is given is large."""
    compiled: Function = numba.njit(**{**_INNER, "forceinline": True})(function)
    return compiled


def inlined(function: Function) -> Function:
    """Let a function become part of each that calls it before anything is compiled."""
    part: Function = numba.njit(inline="always", **_OPTIONS)(function)
    return part
