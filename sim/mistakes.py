"""Mistakes in files: collected, so that a person sees all of them at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from sim.errors import ScenarioError

Loc = tuple[str | int, ...]
"""Where in a file something stands: keys and indices from the top, e.g. ('components', 3, 'replicas')."""

Finding = tuple[Loc, str]
"""What is wrong at a place of the file at hand."""

SHOWN_MAX = 50


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong in one file; `line` counts from 1."""

    file: Path
    line: int
    loc: Loc
    text: str

    def __str__(self) -> str:
        """Return `file:line: path: what is wrong, what to do`."""
        where = f"{self.file}:{self.line}: "
        return f"{where}{dotted(self.loc)}: {self.text}" if self.loc else f"{where}{self.text}"


def dotted(loc: Loc) -> str:
    """Return a place as people write it, e.g. `components[3].replicas`."""
    text = ""
    for step in loc:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return what to do about an unknown name: the nearest known one, else what there is."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    if near:
        return f"did you mean {near[0]!r}?"
    if not names:
        return "there are none here"
    shown = ", ".join(names[:15])
    return f"known: {shown}{', ...' if len(names) > 15 else ''}"


class FileError(ScenarioError):
    """Files are wrong; `mistakes` has every finding, the text tells them in the order of files and lines."""

    def __init__(self, mistakes: Iterable[Mistake]) -> None:
        self.mistakes = sorted(mistakes, key=lambda m: (str(m.file), m.line))
        lines = [str(mistake) for mistake in self.mistakes[:SHOWN_MAX]]
        if len(self.mistakes) > SHOWN_MAX:
            lines.append(f"... and {len(self.mistakes) - SHOWN_MAX} more")
        super().__init__("\n".join(lines))
