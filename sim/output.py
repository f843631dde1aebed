"""Writing a text to the file that somebody named."""

import os
from pathlib import Path

from sim.errors import StorageError


def write_whole(path: Path, text: str | bytes) -> None:
    """Write a file, over what is there: either all of it or nothing. What is no plain file is written to.

    Raises StorageError where that is not possible, saying why.
    """
    data = text.encode() if isinstance(text, str) else text
    try:
        if path.exists() and not path.is_file():
            path.write_bytes(data)  # a pipe or a device; a folder is an error
            return
        _replace(path.resolve(), data)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {_reason(path, error)}") from None


def not_over(output: Path | None, *inputs: Path) -> None:
    """Raise StorageError where an output would replace what was read."""
    if output is not None and any(output.resolve() == file.resolve() for file in inputs):
        raise StorageError(f"{output} is what is read here; name another file to write to")


def _replace(path: Path, data: bytes) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _reason(path: Path, error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "it is a folder; name a file in it"
    if isinstance(error, FileNotFoundError) and not path.parent.is_dir():
        return f"there is no folder {path.parent}"
    if isinstance(error, PermissionError):
        return f"you may not write in {path.parent}"
    return error.strerror or str(error)
