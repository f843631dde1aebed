"""Functions of range selectors: rates with Prometheus' extrapolation, and what windows hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sim.bridge.promql.select import Windows, over_windows
from sim.bridge.promql.values import Bools, Floats, Series, Times, Vector

_GAP = 1.1
"""A series that ends within 1.1 of its usual spacing before the edge of the window goes on to the edge."""


@dataclass(frozen=True, slots=True)
class _Edges:
    """The first and last samples of each window, (series, steps), where it holds at least two."""

    there: Bools
    count: Times
    first_ms: Times
    last_ms: Times
    first: Floats
    gained: Floats


def _edges(of: Windows, *, counter: bool) -> _Edges:
    shape = (len(of.series), len(of.starts_ms))
    first_ms, last_ms, count = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    first, gained = np.zeros(shape), np.zeros(shape)
    for row, one in enumerate(of.series):
        if len(one.values) < 2:
            continue
        begin = np.minimum(of.first[row], len(one.values) - 1)
        end = np.maximum(of.last[row] - 1, 0)
        count[row] = of.last[row] - of.first[row]
        first_ms[row], last_ms[row] = one.times_ms[begin], one.times_ms[end]
        first[row] = one.values[begin]
        gained[row] = one.values[end] - first[row]
        if counter:
            lost = _resets(one.values)
            gained[row] += lost[end] - lost[begin]
    return _Edges(count >= 2, count, first_ms, last_ms, first, gained)


def extrapolated(of: Windows, *, counter: bool, per_second: bool) -> Vector:
    """Return `rate` (counter, per second), `increase` (counter) or `delta` of each window."""
    edges = _edges(of, counter=counter)
    span_s = (edges.last_ms - edges.first_ms) / 1000
    to_start_s = (edges.first_ms - of.starts_ms) / 1000
    to_end_s = (of.ends_ms - edges.last_ms) / 1000
    spacing_s = span_s / np.maximum(edges.count - 1, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        if counter:
            to_zero_s = span_s * (edges.first / edges.gained)
            nearer = (edges.gained > 0) & (edges.first >= 0) & (to_zero_s < to_start_s)
            to_start_s = np.where(nearer, to_zero_s, to_start_s)
        reached_s = span_s.copy()
        for edge_s in (to_start_s, to_end_s):
            reached_s += np.where(edge_s < spacing_s * _GAP, edge_s, spacing_s / 2)
        factor = reached_s / span_s
        if per_second:
            factor = factor / ((of.ends_ms - of.starts_ms) / 1000)
        values = np.where(edges.there, edges.gained * factor, 0.0)
    return Vector(tuple(one.labels for one in of.series), values, edges.there).nameless()


def instant_rate(of: Windows, *, counter: bool, per_second: bool) -> Vector:
    """Return `irate` (counter, per second) or `idelta`: the last two samples of each window."""

    def function(one: Series, first: Times, last: Times) -> tuple[Floats, Bools]:
        there = last - first >= 2
        if not there.any():
            return np.zeros(len(first)), there
        end = np.where(there, last - 1, 1)
        newer, older = one.values[end], one.values[end - 1]
        gained = np.where(newer < older, newer, newer - older) if counter else newer - older
        if per_second:
            gained = gained / ((one.times_ms[end] - one.times_ms[end - 1]) / 1000)
        return gained, there

    return over_windows(of, function).nameless()


def _resets(values: Floats) -> Floats:
    """Return what a counter had lost by each sample, by starting anew."""
    dropped = np.where(values[1:] < values[:-1], values[:-1], 0.0)
    return np.concatenate([[0.0], np.cumsum(dropped)])


# --- what a window holds ----------------------------------------------------------------------------------


def _sum(one: Series, first: Times, last: Times) -> Floats:
    total = np.concatenate([[0.0], np.cumsum(one.values)])
    found: Floats = total[last] - total[first]
    return found


def _average(one: Series, first: Times, last: Times) -> Floats:
    found: Floats = _sum(one, first, last) / np.maximum(last - first, 1)
    return found


def _count(_: Series, first: Times, last: Times) -> Floats:
    return (last - first).astype(np.float64)


def _last(one: Series, first: Times, last: Times) -> Floats:
    found: Floats = one.values[np.maximum(last - 1, 0)]
    return found


def _reduced(reduce: Callable[[Floats], float]) -> Callable[[Series, Times, Times], Floats]:
    def function(one: Series, first: Times, last: Times) -> Floats:
        pairs = zip(first.tolist(), last.tolist(), strict=True)
        return np.array([reduce(one.values[begin:end]) if begin < end else 0.0 for begin, end in pairs])

    return function


OVER_TIME: dict[str, Callable[[Series, Times, Times], Floats]] = {
    "sum_over_time": _sum,
    "avg_over_time": _average,
    "count_over_time": _count,
    "last_over_time": _last,
    "min_over_time": _reduced(lambda values: float(np.min(values))),
    "max_over_time": _reduced(lambda values: float(np.max(values))),
}
"""By name, what of the samples of a window each gives."""


def over_time(name: str, of: Windows) -> Vector:
    """Return one of OVER_TIME of each window that holds a sample."""

    def function(one: Series, first: Times, last: Times) -> tuple[Floats, Bools]:
        there = last > first
        if not there.any():
            return np.zeros(len(first)), there
        return OVER_TIME[name](one, first, last), there

    found = over_windows(of, function)
    return found if name == "last_over_time" else found.nameless()
