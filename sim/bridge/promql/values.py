"""What expressions come to: vectors and scalars, over all steps of a query."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.bridge.promql.parse import QueryError

Floats = NDArray[np.float64]
Times = NDArray[np.int64]
Bools = NDArray[np.bool_]
Labels = dict[str, str]

NAME = "__name__"


@dataclass(frozen=True, slots=True)
class Series:
    """Samples of one series: times (ms, growing) and values, as many."""

    labels: Labels
    times_ms: Times
    values: Floats


@dataclass(frozen=True, slots=True)
class Vector:
    """Elements by label set: `values` (elements, steps), and `there` where an element has one."""

    labels: tuple[Labels, ...]
    values: Floats
    there: Bools

    def present(self) -> "Vector":
        """Return it without the elements that are nowhere there."""
        kept = np.flatnonzero(self.there.any(axis=1))
        if len(kept) == len(self.labels):
            return self
        return Vector(tuple(self.labels[row] for row in kept), self.values[kept], self.there[kept])

    def renamed(self, labels: Iterable[Labels]) -> "Vector":
        """Return it with other labels. Raises QueryError where two elements get the same at once."""
        named = tuple(labels)
        check_apart(named, self.there)
        return Vector(named, self.values, self.there)

    def nameless(self) -> "Vector":
        """Return it without the metric's name."""
        return self.renamed(without(labels, (NAME,)) for labels in self.labels)


Value = Vector | Floats | str
"""A vector, a scalar (steps,), or a text."""


def without(labels: Labels, names: Sequence[str]) -> Labels:
    """Return labels but for some."""
    return {name: value for name, value in labels.items() if name not in names}


def only(labels: Labels, names: Sequence[str]) -> Labels:
    """Return some of the labels."""
    return {name: labels[name] for name in names if name in labels}


def key(labels: Labels) -> tuple[tuple[str, str], ...]:
    """Return what tells a label set from others."""
    return tuple(sorted(labels.items()))


def check_apart(labels: Sequence[Labels], there: Bools) -> None:
    """Raise QueryError where two elements with the same labels are there at one step."""
    seen: dict[tuple[tuple[str, str], ...], Bools] = {}
    for row, one in enumerate(labels):
        known = seen.get(key(one))
        if known is not None and bool((known & there[row]).any()):
            raise QueryError("vector cannot contain metrics with the same labelset", "execution")
        seen[key(one)] = there[row] if known is None else known | there[row]


def empty(steps: int) -> Vector:
    """Return a vector without elements."""
    return Vector((), np.empty((0, steps)), np.empty((0, steps), dtype=bool))
