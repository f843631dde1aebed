"""What makes arrivals less even than a Poisson process: days that differ, incidents that come together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from sim.oncall.fit.even_year import EVEN
from sim.oncall.fit.history import History
from sim.oncall.fit.week import Week
from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import Bursts, Load
from sim.oncall.whatif.arrivals import demand, draw
from sim.oncall.whatif.records import MINUTE_MS
from sim.oncall.whatif.table import WEEKS

Floats = NDArray[np.float64]

_LONGEST_GAP = 30.0
_BY_CHANCE = 0.2
"""In a burst each follows the one before within a gap: at most half an hour, and so short that no more than
this share of incidents at the mean busy hour would follow so by chance. Assumptions."""
_YEARS = 12
"""Years that are drawn at each guess, and to see what chance brings: by chance alone a history has more in
runs than all of them once in 13 times."""
_ROUNDS = 11
_SEED = 0xF17
FEWEST_DAYS = 14
"""The spread of days is not told from fewer whole days: an assumption."""
_SPREAD_MAX = 10.0
"""What a load can have: a few days hold nearly everything."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Spread:
    """What was found: `days` is the standard deviation of a day's factor, None where it cannot be told."""

    days: float | None
    bursts: Bursts | None
    gap: float
    """In minutes; 0 where incidents come so often that bursts cannot be told from chance."""


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of incidents: how many, and what is in them. In a run each follows the one before within a gap."""

    begins: float
    more: float
    minutes: float
    """From the first to each of the others, added up."""


def spread_of(history: History, week: Week) -> Spread:
    """Return how arrivals differ from a Poisson process of the week's rates."""
    gap = _gap(week, history.step)
    if gap == 0:
        return Spread(_days(history, None), None, gap)
    bursts = _bursts(history, week, gap)
    return Spread(_days(history, bursts), bursts, gap)


def _gap(week: Week, step: float) -> float:
    """Return the gap of bursts in minutes; 0 where it would be as short as times are coarse."""
    busy = float((week.rates**2).sum() / week.rates.sum()) / 60  # a minute, where incidents are
    gap = min(_LONGEST_GAP, -np.log(1 - _BY_CHANCE) / busy)
    return gap if gap >= 2 * step else 0.0


def _bursts(history: History, week: Week, gap: float) -> Bursts | None:
    """Return the bursts with which years of the week's rates have as many runs of incidents, as many of these
    in them, and as far apart, as the history.

    None where years without bursts have as many: chance, and days on which more happens, bring runs as well.
    """
    count, weeks = len(history.incidents), history.span / timedelta(weeks=1)
    first = history.incidents[0].opened
    found = _runs(np.array([(one.opened - first) / timedelta(minutes=1) for one in history.incidents]), gap)
    by_chance = _drawn_runs(_load(week, _days(history, None), None), weeks, gap)
    if found.more <= max(one.more for one in by_chance):
        return None
    more = max(found.more - _mean([one.more for one in by_chance]), 1.0)
    begins, minutes = max(more / 2, 0.5), found.minutes / found.more
    bursts = _bursts_of(begins, more, minutes, count, history.step)
    for _ in range(_ROUNDS):
        runs = _drawn_runs(_load(week, _days(history, bursts), bursts), weeks, gap)
        more = max(more + found.more - _mean([one.more for one in runs]), 1.0)
        begins = min(max(begins + found.begins - _mean([one.begins for one in runs]), 0.5), more)
        apart = _mean([one.minutes for one in runs]) / max(_mean([one.more for one in runs]), 1.0)
        minutes *= min(max(found.minutes / found.more / max(apart, 1e-6), 0.5), 2.0)
        bursts = _bursts_of(begins, more, minutes, count, history.step)
    return bursts


def _bursts_of(begins: float, more: float, minutes: float, count: int, step: float) -> Bursts:
    return Bursts(
        share=round(min((begins + more) / count, 0.95), 4),
        size=round(min(max(1 + more / begins, 2.0), 1000.0), 2),
        minutes=max(round(max(minutes, step / 2), 3), 0.001),
    )


def _runs(at: Floats, gap: float) -> _Runs:
    follows = np.diff(at, prepend=-np.inf) <= gap
    first = np.maximum.accumulate(np.where(follows, 0, np.arange(len(at))))
    sizes = np.bincount(first)
    return _Runs(int((sizes > 1).sum()), int(follows.sum()), float((at - at[first]).sum()))


def _drawn_runs(load: Load, weeks: float, gap: float) -> list[_Runs]:
    """Return the runs in as many weeks of each of some years drawn from a load; the same each time."""
    wanted, times = demand(load, EVEN), max(1.0, weeks / WEEKS)
    drawn = (draw(wanted, _SEED, number).at / MINUTE_MS for number in range(_YEARS))
    found = (_runs(at[at < weeks * 7 * 1440], gap) for at in drawn)
    return [_Runs(one.begins * times, one.more * times, one.minutes * times) for one in found]


def _load(week: Week, days: float | None, bursts: Bursts | None) -> Load:
    changed = {
        "hours": tuple(week.rates),
        "per_week": week.per_week,
        "day_spread": days or 0.0,
        "bursts": bursts,
    }
    return default_load().model_copy(update=changed)


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)


def _local_days(history: History) -> list[datetime]:
    """Return the midnight of the local day of each incident, without zone."""
    local = (one.opened.astimezone(history.clock).replace(tzinfo=None) for one in history.incidents)
    return [moment.replace(hour=0, minute=0, second=0, microsecond=0) for moment in local]


def whole_days(history: History) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the weekday and the incidents of each day between the first and the last, these two left out."""
    days = _local_days(history)
    count = max((days[-1] - days[0]) // _DAY - 1, 0)
    numbers = np.array([(day - days[0]) // _DAY - 1 for day in days])
    inside = numbers[(numbers >= 0) & (numbers < count)]
    weekdays = np.array([(days[0] + (n + 1) * _DAY).weekday() for n in range(count)], dtype=np.int64)
    return weekdays, np.bincount(inside, minlength=count)


def _days(history: History, bursts: Bursts | None) -> float | None:
    """Return by how much days of one weekday differ beyond what single incidents and bursts make them."""
    weekdays, counts = whole_days(history)
    if len(counts) < FEWEST_DAYS:
        return None
    beyond = expected = 0.0
    for weekday in range(7):
        mine = counts[weekdays == weekday].astype(np.float64)
        if len(mine) >= 2:
            beyond += (len(mine) - 1) * (mine.var(ddof=1) - per_incident(bursts) * mine.mean())
            expected += (len(mine) - 1) * mine.mean() ** 2
    if expected <= 0:
        return None
    return min(round(float(np.sqrt(max(beyond / expected, 0.0))), 3), _SPREAD_MAX)


def per_incident(bursts: Bursts | None) -> float:
    """Return the variance of a count over its mean where incidents come in bursts: E[size^2] / E[size]."""
    if bursts is None:
        return 1.0
    more = bursts.size - 1
    burst = bursts.share / (bursts.size - bursts.share * more)
    squares = (1 - burst) + burst * (1 + 2 * more + more * (2 * more - 1))
    return squares / (1 + burst * more)
