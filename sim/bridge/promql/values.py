"""What expressions come to: vectors and scalars, over all steps of a query."""

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    """Samples of one series: times (ms, growing) and values, as many.

    `gone_ms` are the times (growing) from which on the series was not there until its next sample: where
    Prometheus writes a marker that it is stale.
    """

    labels: Labels
    times_ms: Times
    values: Floats
    gone_ms: Times = field(default_factory=lambda: np.empty(0, dtype=np.int64))


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

    def merged(self) -> "Vector":
        """Return elements of the same labels as one. Raises QueryError where two are there at once."""
        rows: dict[tuple[tuple[str, str], ...], list[int]] = {}
        for row, one in enumerate(self.labels):
            rows.setdefault(key(one), []).append(row)
        if len(rows) == len(self.labels):
            return self
        together = list(rows.values())
        if any((self.there[same].sum(axis=0) > 1).any() for same in together if len(same) > 1):
            raise QueryError(SAME_LABELS, "execution")
        values = np.array(
            [np.where(self.there[same], self.values[same], 0.0).sum(axis=0) for same in together]
        )
        there = np.array([self.there[same].any(axis=0) for same in together])
        return Vector(tuple(self.labels[same[0]] for same in together), values, there)

    def nameless(self, *, apart: bool = False) -> "Vector":
        """Return it without the metric's name; `apart` wants no two elements of the same labels at any steps.

        Raises QueryError where there are two.
        """
        named = tuple(without(labels, (NAME,)) for labels in self.labels)
        if apart and len({key(one) for one in named}) < len(named):
            raise QueryError(SAME_LABELS, "execution")
        return Vector(named, self.values, self.there).merged()


SAME_LABELS = "vector cannot contain metrics with the same labelset"

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


def empty(steps: int) -> Vector:
    """Return a vector without elements."""
    return Vector((), np.empty((0, steps)), np.empty((0, steps), dtype=bool))
