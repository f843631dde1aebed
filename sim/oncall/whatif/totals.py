"""Sums over simulated years: all that is kept of them, so that memory does not grow with their number."""

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from sim.oncall.whatif.figures import NAMES, Floats, Year

NORMAL_95 = 1.959964
_T_95 = (
    12.71,
    4.30,
    3.18,
    2.78,
    2.57,
    2.45,
    2.36,
    2.31,
    2.26,
    2.23,
    2.20,
    2.18,
    2.16,
    2.14,
    2.13,
    2.12,
    2.11,
)
"""Student's t for 1, 2, ... degrees of freedom, 97.5 %; beyond them 2.1 and then the normal's."""


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums over years, in their order: of the figures, of their squares, and of what plots need."""

    years: int
    values: Floats
    squares: Floats
    carried: Floats
    heat: Floats
    acknowledged: Floats
    mitigated: Floats

    def __add__(self, other: "Totals") -> "Totals":
        return Totals(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))

    @property
    def means(self) -> Floats:
        """Return the mean of each figure over the years."""
        return self.values / self.years

    @property
    def deviations(self) -> Floats:
        """Return by how much single years differ: the standard deviation of each figure."""
        if self.years < 2:
            return np.full(len(self.values), np.inf)
        finite = np.isfinite(self.values)
        means = np.where(finite, self.values, 0.0) / self.years
        squares = np.where(finite, self.squares, 0.0)
        spread = np.sqrt(np.maximum(squares - self.years * means**2, 0.0) / (self.years - 1))
        return np.where(finite, spread, np.inf)

    @property
    def halves(self) -> Floats:
        """Return half the width of the 95 % interval of each mean: what more years would make smaller."""
        halves: Floats = student(self.years - 1) * self.deviations / self.years**0.5
        return halves

    def mean(self, name: str) -> float:
        """Return the mean of a figure by name."""
        return float(self.means[NAMES.index(name)])


def student(freedom: int) -> float:
    """Return the factor of a 95 % interval for so many degrees of freedom."""
    if freedom < 1:
        return float("inf")
    if freedom <= len(_T_95):
        return _T_95[freedom - 1]
    return 2.1 if freedom < 30 else 2.04 if freedom < 120 else NORMAL_95


def total(year: Year) -> Totals:
    """Return one year as the sum of itself."""
    squares: Any = year.values**2
    return Totals(
        1,
        year.values,
        squares,
        year.carried,
        year.heat,
        year.acknowledged,
        year.mitigated,
    )
