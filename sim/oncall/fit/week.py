"""How many incidents come in which hour of the week, by the time that a history has seen of each.

Four descriptions are tried: all hours alike; every day alike; each day and each hour of the day with a factor
of its own; each of the 168 hours with its own number. Schwarz's criterion (BIC, 1978) on Poisson counts
chooses.
"""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.oncall.fit.history import History
from sim.oncall.load.model import HOURS

Floats = NDArray[np.float64]
Shape = Literal[
    "all hours alike",
    "each hour of the day",
    "a factor for each day and each hour of the day",
    "each hour of the week",
]

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Week:
    """Incidents by hour of the week: how many there were, how many hours of each were seen, and the rate that
    describes them."""

    counts: Floats
    seen: Floats
    rates: Floats
    """(168,): expected in such an hour."""
    shape: Shape
    bic: dict[Shape, float]

    @property
    def per_week(self) -> float:
        """Return how many are expected in a week."""
        return float(self.rates.sum())

    @property
    def shares(self) -> Floats:
        """Return the share of each hour in what the history had, by the time that was seen of it."""
        rates = np.divide(self.counts, self.seen, out=np.zeros(HOURS), where=self.seen > 0)
        shares: Floats = rates / rates.sum()
        return shares


def hour_of_week(local: datetime) -> int:
    """Return the hour of the week of a local time, from Monday 0:00."""
    return local.weekday() * 24 + local.hour


def week_of(history: History) -> Week:
    """Return the week of a history that saw each hour of it at least once, or what it saw of it."""
    clock = history.clock
    counts = np.zeros(HOURS)
    for incident in history.incidents:
        counts[hour_of_week(incident.opened.astimezone(clock))] += 1
    seen = _seen(history)
    tried: tuple[tuple[Shape, Floats, int], ...] = (
        ("all hours alike", _alike(counts, seen), 1),
        ("each hour of the day", _by_day(counts, seen), 24),
        ("a factor for each day and each hour of the day", _factors(counts, seen), 30),
        ("each hour of the week", _each(counts, seen), HOURS),
    )
    rates = {shape: found for shape, found, _ in tried}
    bic = {
        shape: parameters * math.log(max(seen.sum(), 2.0)) - 2 * _likelihood(counts, seen, found)
        for shape, found, parameters in tried
    }
    best = min(bic, key=lambda shape: bic[shape])
    return Week(counts, seen, rates[best], best, bic)


def _seen(history: History) -> Floats:
    """Return how many hours of each hour of the week were seen of a history."""
    clock = history.clock
    seen = np.zeros(HOURS)
    # The window goes on for a mean gap at each end: n random moments span (n - 1) / (n + 1) of it.
    around = history.span / max(len(history.incidents) - 1, 1)
    first, last = history.incidents[0].opened - around, history.incidents[-1].opened + around
    begins = first.astimezone(clock).replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    for number in range(int((last - begins) / _HOUR) + 1):
        at = begins + number * _HOUR
        part = min(at + _HOUR, last) - max(at, first)
        seen[hour_of_week(at.astimezone(clock))] += max(part, timedelta()) / _HOUR
    return seen


def _alike(counts: Floats, seen: Floats) -> Floats:
    return np.full(HOURS, counts.sum() / max(seen.sum(), 1e-9))


def _by_day(counts: Floats, seen: Floats) -> Floats:
    n, e = counts.reshape(7, 24).sum(axis=0), seen.reshape(7, 24).sum(axis=0)
    return np.tile(np.divide(n, e, out=np.zeros(24), where=e > 0), 7)


def _each(counts: Floats, seen: Floats) -> Floats:
    """Return each hour's own rate; an hour that was not seen gets the mean of all."""
    rates = np.divide(counts, seen, out=np.zeros(HOURS), where=seen > 0)
    return np.where(seen > 0, rates, counts.sum() / max(seen.sum(), 1e-9))


def _factors(counts: Floats, seen: Floats) -> Floats:
    """Return rates that are a day's factor times an hour's, the most likely ones; found by turns."""
    n, e = counts.reshape(7, 24), seen.reshape(7, 24)
    hours = np.ones(24)
    for _ in range(50):
        expected = e @ hours
        days = np.divide(n.sum(axis=1), expected, out=np.zeros(7), where=expected > 0)
        unseen = expected <= 0
        days[unseen] = days[~unseen].mean() if (~unseen).any() else 0.0
        expected = days @ e
        hours = np.divide(n.sum(axis=0), expected, out=np.zeros(24), where=expected > 0)
    return np.outer(days, hours).reshape(HOURS)


def _likelihood(counts: Floats, seen: Floats, rates: Floats) -> float:
    """Return the logarithm of the likelihood of Poisson counts, without what does not depend on the rates."""
    expected = rates * seen
    some = counts > 0
    return float((counts[some] * np.log(np.maximum(expected[some], 1e-12))).sum() - expected.sum())
