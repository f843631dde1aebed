"""A goal or limit as people type it: a figure, and the number that it may not exceed."""

import re
from dataclasses import dataclass

from sim.mistakes import did_you_mean
from sim.oncall.whatif.figures import NAMES

_FORM = re.compile(r"\s*(?P<name>[^<>=]+?)\s*<=?\s*(?P<limit>[0-9]+(\.[0-9]+)?)\s*")
_SHORT = {name.removesuffix(" per person-week"): name for name in NAMES}


@dataclass(frozen=True, slots=True)
class Goal:
    """A figure is at most so much."""

    figure: str
    limit: float

    def __str__(self) -> str:
        return f"{self.figure} <= {self.limit:g}"

    @property
    def place(self) -> int:
        """Return the place of the figure among all."""
        return NAMES.index(self.figure)


def figure_named(text: str) -> str:
    """Return the name of a figure. Raises ValueError."""
    name = " ".join(text.lower().split())
    name = _SHORT.get(name, name)
    if name not in NAMES:
        raise ValueError(f"there is no figure {text!r}; {did_you_mean(name, NAMES)}")
    return name


def goal_of(text: str) -> Goal:
    """Return the goal of a text such as 'sleep interruptions per person-week <= 1'. Raises ValueError."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is not a goal; write one such as 'incidents per shift <= 2'")
    return Goal(figure_named(found["name"]), float(found["limit"]))
