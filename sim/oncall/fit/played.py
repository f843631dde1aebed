"""Holds a fitted load against its history: years are drawn from it as `rotation simulate` draws them."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sim.oncall.fit.even_year import EVEN
from sim.oncall.fit.history import History
from sim.oncall.fit.load import LIFETIME, FittedLoad
from sim.oncall.fit.spread import FEWEST_DAYS, whole_days
from sim.oncall.load.model import HOURS, SEVERITIES, Load, Mixture
from sim.oncall.whatif.arrivals import demand, draw
from sim.oncall.whatif.choices import kinds_of
from sim.oncall.whatif.records import DAY_MS, HOUR_MS, MINUTE_MS
from sim.oncall.whatif.table import WEEKS

Floats = NDArray[np.float64]

YEARS = 4
_LIFETIMES = 0x11FE


@dataclass(frozen=True, slots=True)
class Arrivals:
    """How incidents came, in a history or in years that were played."""

    per_week: float
    hours: Floats
    """(168,): shares."""
    uneven: float | None
    """Variance of a day's incidents over their mean, among days of one weekday; 1 for a Poisson process."""
    gaps: float
    """Coefficient of variation of the time from one to the next; 1 for a steady Poisson process."""
    severities: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """A history and the years that were played of its load."""

    history: Arrivals
    load: Arrivals
    lifetimes: Floats | None
    """Times for which tickets were open in these years, in minutes and in order."""
    lifetimes_distance: float | None
    """Of these from those of the history: the largest difference of their shares up to a time."""

    @property
    def distance(self) -> float:
        """Return the largest difference of the two shares of incidents up to an hour of the week."""
        return float(np.abs(np.cumsum(self.history.hours) - np.cumsum(self.load.hours)).max())

    @property
    def farthest_hour(self) -> float:
        """Return the largest difference of the shares of an hour of the week."""
        return float(np.abs(self.history.hours - self.load.hours).max())


def played(found: FittedLoad) -> Played | None:
    """Return a history and years of its load, None where no week was fitted."""
    if found.week is None:
        return None
    years = [_year(found.load, year) for year in range(YEARS)]
    lifetimes = apart = None
    if found.load.lifetime is not None:
        lifetimes = _lifetimes(found.load.lifetime, sum(len(at) for at, _ in years))
        measured = next(times for times in found.times if times.name == LIFETIME)
        apart = between(measured.minutes, lifetimes)
    history = _of_history(found.history, found.week.shares, found.week.per_week)
    return Played(history, _of_years(years), lifetimes, apart)


def _lifetimes(mixture: Mixture, count: int) -> Floats:
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence((1, _LIFETIMES))))
    return np.sort(kinds_of([mixture]).drawn(np.zeros(count, np.int64), random)) / MINUTE_MS


def between(one: Floats, other: Floats) -> float:
    """Return the largest difference of the shares of two ordered samples up to a time."""
    at = np.concatenate([one, other])
    shares = [np.searchsorted(each, at, side="right") / len(each) for each in (one, other)]
    return float(np.abs(shares[0] - shares[1]).max())


def _year(load: Load, year: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    wanted = demand(load.model_copy(update={"zone": None}), EVEN)
    alerts = draw(wanted, 1, year)
    return alerts.at, alerts.severity


def _of_years(years: list[tuple[NDArray[np.int64], NDArray[np.int64]]]) -> Arrivals:
    hours = np.zeros(HOURS)
    days, weekdays = [], np.arange(WEEKS * 7) % 7
    gaps = []
    severities = np.zeros(len(SEVERITIES))
    for at, severity in years:
        hours += np.bincount(at // HOUR_MS % HOURS, minlength=HOURS)
        days.append(np.bincount(at // DAY_MS, minlength=WEEKS * 7)[: WEEKS * 7])
        gaps.append(np.diff(at))
        severities += np.bincount(severity, minlength=5)[1:]
    return Arrivals(
        per_week=float(hours.sum()) / (WEEKS * len(years)),
        hours=hours / hours.sum(),
        uneven=_uneven(np.tile(weekdays, len(years)), np.concatenate(days)),
        gaps=_variation(np.concatenate(gaps).astype(np.float64)),
        severities=tuple(severities / severities.sum()),
    )


def _of_history(history: History, hours: Floats, per_week: float) -> Arrivals:
    weekdays, counts = whole_days(history)
    enough = len(counts) >= FEWEST_DAYS
    known = [one.severity for one in history.incidents if one.severity is not None]
    opened = [one.opened for one in history.incidents]
    gaps = np.array([(b - a) / timedelta(minutes=1) for a, b in pairwise(opened)])
    return Arrivals(
        per_week=per_week,
        hours=hours,
        uneven=_uneven(weekdays, counts) if enough else None,
        gaps=_variation(gaps),
        severities=tuple(known.count(severity) / len(known) for severity in SEVERITIES) if known else (),
    )


def _uneven(weekdays: NDArray[np.int64], counts: NDArray[np.int64]) -> float | None:
    varied = mean = 0.0
    for weekday in range(7):
        mine = counts[weekdays == weekday]
        if len(mine) >= 2:
            varied += (len(mine) - 1) * float(mine.var(ddof=1))
            mean += (len(mine) - 1) * float(mine.mean())
    return varied / mean if mean > 0 else None


def _variation(gaps: Floats) -> float:
    return float(gaps.std() / gaps.mean()) if gaps.mean() > 0 else 0.0
