"""Functions of range selectors: rates with Prometheus' extrapolation, and what windows hold."""

from collections.abc import Callable

import numpy as np

from sim.bridge.promql.select import Windows, over_windows
from sim.bridge.promql.values import Bools, Floats, Series, Times, Vector

_GAP = 1.1
"""A series that ends within 1.1 of its usual spacing before the edge of the window goes on to the edge."""


def extrapolated(of: Windows, *, counter: bool, per_second: bool) -> Vector:
    """Return `rate` (counter, per second), `increase` (counter) or `delta` of each window."""
    window_s = (of.ends_ms - of.starts_ms) / 1000

    def function(one: Series, first: Times, last: Times) -> tuple[Floats, Bools]:
        there = last - first >= 2
        begin, end = np.where(there, first, 0), np.where(there, last - 1, 0)
        gained = one.values[end] - one.values[begin]
        if counter:
            gained += _lost(one.values, begin, end)
        span_s = (one.times_ms[end] - one.times_ms[begin]) / 1000
        to_start_s = (one.times_ms[begin] - of.starts_ms) / 1000
        to_end_s = (of.ends_ms - one.times_ms[end]) / 1000
        spacing_s = span_s / np.maximum(end - begin, 1)
        if counter:
            to_zero_s = span_s * (one.values[begin] / gained)
            nearer = (gained > 0) & (one.values[begin] >= 0) & (to_zero_s < to_start_s)
            to_start_s = np.where(nearer, to_zero_s, to_start_s)
        reached_s = span_s.copy()
        for edge_s in (to_start_s, to_end_s):
            reached_s += np.where(edge_s < spacing_s * _GAP, edge_s, spacing_s / 2)
        factor = reached_s / span_s
        return gained * (factor / window_s if per_second else factor), there

    return over_windows(of, function).nameless(apart=True)


def instant_rate(of: Windows, *, counter: bool, per_second: bool) -> Vector:
    """Return `irate` (counter, per second) or `idelta`: the last two samples of each window."""

    def function(one: Series, first: Times, last: Times) -> tuple[Floats, Bools]:
        there = last - first >= 2
        end = np.where(there, last - 1, 0)
        start = np.where(there, last - 2, 0)
        newer, older = one.values[end], one.values[start]
        gained = np.where(newer < older, newer, newer - older) if counter else newer - older
        if per_second:
            gained = gained / ((one.times_ms[end] - one.times_ms[start]) / 1000)
        return gained, there

    return over_windows(of, function).nameless(apart=True)


def _lost(values: Floats, begin: Times, end: Times) -> Floats:
    """Return what a counter lost between two of its samples, by starting anew."""
    dropped = np.where(values[1:] < values[:-1], values[:-1], 0.0)
    return _together(np.add, 0.0, dropped, begin, end) if dropped.any() else np.zeros(len(begin))


# --- what a window holds ----------------------------------------------------------------------------------


def _together(combine: np.ufunc, nothing: float, values: Floats, first: Times, last: Times) -> Floats:
    """Return what values from `first` up to and without `last` come to, put together in any order.

    Each window is made of blocks of 1, 2, 4, ... values, so that a long one costs little more than a short
    one, and nothing outside of a window (a NaN, a number a thousand times as large) touches it.
    """
    found = np.full(len(first), nothing)
    length, at, blocks, size = np.maximum(last - first, 0), first.copy(), values, 1
    while size <= length.max(initial=0):
        chosen = np.flatnonzero(length & size)
        found[chosen] = combine(found[chosen], blocks[at[chosen]])
        at[chosen] += size
        blocks = combine(blocks[:-size], blocks[size:])
        size *= 2
    return found


def _reduced(combine: np.ufunc, nothing: float) -> Callable[[Series, Times, Times], Floats]:
    return lambda one, first, last: _together(combine, nothing, one.values, first, last)


_sum = _reduced(np.add, 0.0)


def _average(one: Series, first: Times, last: Times) -> Floats:
    """Return the mean, also where the sum is too large for a number."""
    count, most = np.maximum(last - first, 1), len(one.values)
    total = _sum(one, first, last)
    found: Floats = total / count
    if not np.isfinite(total).all():
        scaled = _together(np.add, 0.0, one.values / most, first, last)
        found = np.where(np.isfinite(total), found, scaled / count * most)
    return found


def _count(_: Series, first: Times, last: Times) -> Floats:
    return (last - first).astype(np.float64)


def _last(one: Series, _: Times, last: Times) -> Floats:
    found: Floats = one.values[np.maximum(last - 1, 0)]
    return found


OVER_TIME: dict[str, Callable[[Series, Times, Times], Floats]] = {
    "sum_over_time": _sum,
    "avg_over_time": _average,
    "count_over_time": _count,
    "last_over_time": _last,
    "min_over_time": _reduced(np.fmin, np.nan),
    "max_over_time": _reduced(np.fmax, np.nan),
}
"""By name, what of the samples of a window each gives."""


def over_time(name: str, of: Windows) -> Vector:
    """Return one of OVER_TIME of each window that holds a sample."""

    def function(one: Series, first: Times, last: Times) -> tuple[Floats, Bools]:
        there = last > first
        return OVER_TIME[name](one, first, last), there

    found = over_windows(of, function)
    return found if name == "last_over_time" else found.nameless(apart=True)
