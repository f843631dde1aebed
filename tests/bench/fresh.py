"""Runs a command in a fresh process and says how long it took and how much memory it needed.

This module and `bench` import nothing heavy: on Linux the peak of a child is at least what its parent held.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
RSS_UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in a unit of `ru_maxrss`."""


@dataclass(frozen=True, slots=True)
class Done:
    """A process that has ended well."""

    wall_s: float
    peak_mb: float
    output: str

    def told(self) -> dict[str, float]:
        """Return what it printed, a JSON object of figures."""
        figures: dict[str, float] = json.loads(self.output)
        return figures


class Fresh:
    """Starts processes that find their bytecode compiled in the folder `bytecode`, as installed ones do."""

    def __init__(self, bytecode: Path) -> None:
        self._environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)}
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def python(self, *arguments: str) -> Done:
        """Run this Python with arguments."""
        return self._run([sys.executable, *arguments])

    def pagerdrill(self, *arguments: str) -> Done:
        """Run the installed command."""
        return self._run([str(Path(sys.executable).with_name("pagerdrill")), *arguments])

    def _run(self, command: list[str]) -> Done:
        """Run a command to its end. Raises RuntimeError where it fails."""
        began = perf_counter()
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=self._environment
        ) as process:
            assert process.stdout is not None
            output = process.stdout.read()
            _, status, usage = os.wait4(process.pid, 0)
            wall_s = perf_counter() - began
            process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
        return Done(wall_s, usage.ru_maxrss * RSS_UNIT / 1e6, output)
