"""Selectors: which series, and which of their samples belong to each step."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

import numpy as np
from promql_parser import AtModifierType, MatchOp

from sim.alerting.routing.matchers import Matcher, MatcherError, Op
from sim.bridge.promql.budget import Budget
from sim.bridge.promql.parse import QueryError, outside
from sim.bridge.promql.values import NAME, Floats, Series, Times, Vector

LOOKBACK_MS = 5 * 60_000
"""How old a sample may be and still count: Prometheus' default."""

_SPAN_MAX = timedelta(microseconds=2**63 // 1000)
"""What Go's nanoseconds hold: 292 years."""
_LONG_AGO_MS = -(2**62)
_WINDOW_VALUES = 4
"""What a window costs, counted in values; an assumption from measuring."""

_OPS: tuple[tuple[Any, Op], ...] = (
    (MatchOp.Equal, "="),
    (MatchOp.NotEqual, "!="),
    (MatchOp.Re, "=~"),
    (MatchOp.NotRe, "!~"),
)


class Store(Protocol):
    """Where series come from."""

    def select(self, matchers: Sequence[Matcher], from_ms: int, to_ms: int) -> list[Series]:
        """Return the series that pass all matchers, with their samples between two times, both included."""


@dataclass(frozen=True, slots=True)
class Grid:
    """The steps of a query: `times_ms` (steps,), evenly spaced; one for an instant query.

    `end_ms` is the end that was asked for, at or after the last step.
    """

    times_ms: Times
    end_ms: int

    @property
    def steps(self) -> int:
        """How many there are."""
        return len(self.times_ms)


@dataclass(frozen=True, slots=True)
class Windows:
    """A range selector: series, and the bounds of the window of each step, which belong to it."""

    series: tuple[Series, ...]
    starts_ms: Times
    ends_ms: Times


def matchers_of(selector: Any) -> tuple[Matcher, ...]:
    """Return the matchers of a selector. Raises QueryError."""
    if selector.matchers.or_matchers:
        raise outside("`or` between matchers")
    found = [] if selector.name is None else [Matcher(NAME, "=", selector.name)]
    try:
        for one in selector.matchers.matchers:
            op = next(op for kind, op in _OPS if kind == one.op)
            found.append(Matcher(one.name, op, one.value))
    except MatcherError as problem:
        raise QueryError(f"parse error: {problem}") from None
    return tuple(found)


def instant(selector: Any, store: Store, grid: Grid, budget: Budget) -> Vector:
    """Return the newest samples of series at each step. Raises QueryError."""
    at_ms = _moved(selector, grid)
    series = store.select(matchers_of(selector), int(at_ms.min()) - LOOKBACK_MS, int(at_ms.max()))
    budget.take(len(series), grid.steps)
    values, there = np.zeros((len(series), grid.steps)), np.zeros((len(series), grid.steps), dtype=bool)
    for row, one in enumerate(series):
        place = np.searchsorted(one.times_ms, at_ms, side="right") - 1
        known = place >= 0
        place = np.maximum(place, 0)
        if len(one.times_ms):
            newest_ms = one.times_ms[place]
            there[row] = known & (newest_ms >= at_ms - LOOKBACK_MS) & (_gone(one, at_ms) <= newest_ms)
            values[row] = np.where(there[row], one.values[place], 0.0)
    return Vector(tuple(one.labels for one in series), values, there).present()


def _gone(one: Series, at_ms: Times) -> Times:
    """Return when a series was last gone up to each time; long ago where it never was."""
    if not len(one.gone_ms):
        return np.full_like(at_ms, _LONG_AGO_MS)
    place = np.searchsorted(one.gone_ms, at_ms, side="right") - 1
    return np.where(place >= 0, one.gone_ms[np.maximum(place, 0)], _LONG_AGO_MS)


def windows(matrix: Any, store: Store, grid: Grid, budget: Budget) -> Windows:
    """Return the samples that the windows of all steps may hold. Raises QueryError."""
    selector = matrix.vector_selector
    ends_ms = _moved(selector, grid)
    starts_ms = ends_ms - _ms(matrix, "range")
    series = store.select(matchers_of(selector), int(starts_ms.min()), int(ends_ms.max()))
    budget.take(len(series), _WINDOW_VALUES * grid.steps)
    budget.take(0 if not series else 1, sum(len(one.values) for one in series))
    return Windows(tuple(series), starts_ms, ends_ms)


def over_windows(of: Windows, function: Callable[[Series, Times, Times], tuple[Floats, Any]]) -> Vector:
    """Return a function of each window that is not empty.

    `function` gets a series and, for each step, the places of the samples in its window, from the first up
    to and without the last; it gives values and where there are any.
    """
    steps = len(of.starts_ms)
    values, there = np.zeros((len(of.series), steps)), np.zeros((len(of.series), steps), dtype=bool)
    with np.errstate(all="ignore"):
        for row, one in enumerate(of.series):
            if len(one.times_ms):
                first = np.searchsorted(one.times_ms, of.starts_ms, side="left")
                last = np.searchsorted(one.times_ms, of.ends_ms, side="right")
                values[row], there[row] = function(one, first, last)
    labels = tuple(one.labels for one in of.series)
    return Vector(labels, np.where(there, values, 0.0), there).present()


def _moved(selector: Any, grid: Grid) -> Times:
    """Return the times that a selector looks at: those of the steps, but for `@` and `offset`."""
    at_ms = grid.times_ms
    if selector.at is not None:
        at_ms = np.full_like(at_ms, at_ms[0] if selector.at.type == AtModifierType.Start else grid.end_ms)
    return at_ms - _ms(selector, "offset")


def _ms(of: Any, name: str) -> int:
    """Return a span of a selector in ms, 0 where there is none. Raises QueryError where it is too long."""
    try:
        span: timedelta | None = getattr(of, name)
    except (OverflowError, ValueError):
        span = timedelta.max
    if span is None:
        return 0
    if abs(span) > _SPAN_MAX:
        raise QueryError("parse error: duration out of range")
    return span // timedelta(milliseconds=1)
