"""What makes a fit doubtful: thin tails, ties, cut windows, and shapes that no distribution of ours has."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import numpy as np

from sim.oncall.fit.history import History
from sim.oncall.fit.load import FittedLoad
from sim.oncall.fit.times import Times
from sim.oncall.fit.week import Week, hour_of_week

_TAIL = 10
"""A percentile rests on enough if so many times are longer."""
_TIES = 0.1
_FAR = 0.05
_SILENT = 12.0
"""A gap in which so many incidents were expected: by chance it comes once in 160,000."""
_TREND = 1.5
_WEEKS = 4


def warnings_of(found: FittedLoad) -> tuple[str, ...]:
    """Return what a person should know before they believe a fit."""
    windows = () if found.week is None else _window(found.history, found.week)
    return (*windows, *_unended(found.history), *(told for times in found.times for told in _times(times)))


def _window(history: History, week: Week) -> Iterator[str]:
    days = history.span.total_seconds() / 86_400
    if days < 7 * _WEEKS:
        yield (
            f"cut window: {days:.1f} days are less than {_WEEKS} weeks; each hour of the week was seen "
            f"{week.seen.min():.0f} to {np.ceil(week.seen.max()):.0f} times"
        )
    silent = list(_silent(history, week))
    if silent:
        expected, begins, ends = max(silent)
        yield (
            f"cut window: {len(silent)} long gap{'s' * (len(silent) > 1)}; nothing between "
            f"{begins:%Y-%m-%d %H:%M} and {ends:%Y-%m-%d %H:%M}, where {expected:.0f} would be usual"
        )
    first, last = _halves(history, week)
    if first > 0 and last > 0 and not 1 / _TREND < last / first < _TREND:
        yield (
            f"cut window or trend: the second half has {last / first:.1f} times as many incidents as the "
            "first, for the same hours of the week"
        )


def _silent(history: History, week: Week) -> Iterator[tuple[float, datetime, datetime]]:
    """Yield gaps in which many incidents would be usual: how many, from when, to when."""
    clock = history.clock
    for one, two in pairwise(one.opened.astimezone(clock) for one in history.incidents):
        hours = int((two - one).total_seconds() // 3600)
        begins = hour_of_week(one)
        expected = sum(float(week.rates[(begins + n) % 168]) for n in range(1, hours))
        if expected > _SILENT:
            yield expected, one, two


def _halves(history: History, week: Week) -> tuple[float, float]:
    """Return the incidents of each half of the window over those that the week's rates would bring."""
    clock = history.clock
    first, last = history.incidents[0].opened, history.incidents[-1].opened
    middle = first + (last - first) / 2
    begins = hour_of_week(first.astimezone(clock))
    hours = max(int((last - first).total_seconds() // 3600), 2)
    expected = [float(week.rates[(begins + number) % 168]) for number in range(hours)]
    early = sum(one.opened < middle for one in history.incidents)
    before, after = sum(expected[: hours // 2]), sum(expected[hours // 2 :])
    return _over(early, before), _over(len(history.incidents) - early, after)


def _over(count: int, expected: float) -> float:
    return count / expected if expected > 0 else 0.0


def _unended(history: History) -> Iterator[str]:
    count = len(history.incidents)
    for name, known in (
        ("resolved", sum(one.resolved is not None for one in history.incidents)),
        ("acknowledged", sum(one.acknowledged is not None for one in history.incidents)),
    ):
        if 0 < known < count:
            yield f"cut times: {count - known:,} of {count:,} have no time {name}; long times may be missing"


def _times(times: Times) -> Iterator[str]:
    count = len(times.minutes)
    if 0.05 * count < _TAIL:
        share = 1 - _TAIL / count
        told = f"percentiles beyond p{100 * share:.0f}" if share > 0.5 else "all percentiles"
        yield f"thin tail: {times.name} has {count} times; {told} rest on fewer than {_TAIL} longer ones"
    (value, most), *_ = Counter(times.minutes.tolist()).most_common(1)
    if most / count > _TIES and most > 2:
        yield f"ties: {most / count:.0%} of the times of {times.name} are {value:.3g} min"
    far = times.best.distance
    if far > max(_FAR, times.by_chance) and most < count:
        yield (
            f"shape: {times.name} is neither one lognormal nor two (distance {far:.2f}); its quantiles are "
            "as far off as the table shows"
        )
