"""The alerts of a team-year, drawn from a load: the same for every policy that is compared."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sim.oncall.load.model import HOURS, SEVERITIES, Load
from sim.oncall.whatif.choices import Kinds, chosen, ends_of, kinds_of
from sim.oncall.whatif.records import HOUR_MS, MINUTE_MS, Alerts, Ints
from sim.oncall.whatif.table import WEEKS, YEAR_MS

Floats = NDArray[np.float64]

_LOWER = np.uint64(2**30 - 1)
_BRIEF_MINUTES = 10.0
"""Work that comes with passing an alert on: an assumption, as for a hand-over."""


@dataclass(frozen=True, slots=True)
class Demand:
    """A load made ready to draw years from that begin where a table's does."""

    begins_per_hour: Floats
    """(hours of the year,): expected alerts that are not repeats of a burst."""
    hour_ends_ms: Floats
    """(hours of the year + 1,): from 0 on."""
    day_shape: float
    """Of the gamma factor of a day; 0: every day is alike."""
    burst: float
    """Share of them with which a burst begins."""
    more: float
    """Alerts that follow in a burst, in the mean."""
    apart_ms: float
    rules: Floats
    """Cumulative shares."""
    needs_action: Floats
    """(2, rules): of repeats, and of alerts that are none."""
    severities: Floats
    work: Kinds
    """Hands-on times of what needs no action, and of P1 to P4."""
    reassigned: float
    longest_ms: float
    work_factor: float
    fixed: Floats
    """1 for rules whose noise is gone."""


class Year(Protocol):
    """When a year begins, and the zone whose clock its hours go by: a table, or less."""

    @property
    def start(self) -> datetime:
        """Its first instant."""

    @property
    def zone(self) -> ZoneInfo:
        """Of a load that names none."""


def demand(load: Load, year: Year, fixed: tuple[str, ...] = ()) -> Demand:
    """Return a load made ready for a year. Of the rules in `fixed` only what needs action is left."""
    zone = ZoneInfo(load.zone) if load.zone is not None else year.zone
    shares = np.array(load.hours) / sum(load.hours)
    bursts = load.bursts
    more = bursts.size - 1 if bursts else 0.0
    burst = bursts.share / (bursts.size - bursts.share * more) if bursts else 0.0
    per_begin = 1 + burst * more
    return Demand(
        begins_per_hour=_by_hour_of_year(shares, year, zone) * load.per_week / per_begin,
        hour_ends_ms=np.arange(WEEKS * HOURS + 1, dtype=np.float64) * HOUR_MS,
        day_shape=0.0 if load.day_spread == 0 else load.day_spread**-2,
        burst=burst,
        more=more,
        apart_ms=bursts.minutes * MINUTE_MS if bursts else 0.0,
        rules=ends_of([rule.share for rule in load.rules]),
        needs_action=_needing_action(np.array([rule.needs_action for rule in load.rules]), 1 / per_begin),
        severities=ends_of([load.severities.get(severity, 0.0) for severity in SEVERITIES]),
        work=kinds_of(
            [
                load.no_action,
                *(load.hands_on.get(severity, load.no_action) for severity in SEVERITIES),
            ]
        ),
        reassigned=load.reassigned,
        longest_ms=load.longest_hours * HOUR_MS,
        work_factor=1.0,
        fixed=np.array([float(rule.id in fixed) for rule in load.rules]),
    )


def draw(wanted: Demand, seed: int, year: int) -> Alerts:
    """Return the alerts of the year of this number, in order of time."""
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, year))))
    at, first = _with_bursts(wanted, _begins(wanted, random), random)
    count = len(at)
    rule = chosen(wanted.rules, random.random(count))
    share = wanted.needs_action.ravel()[first * len(wanted.rules) + rule]
    needs_action = random.random(count) < share
    severity = chosen(wanted.severities, random.random(count)) + 1
    work = _work(wanted, severity, needs_action, random)
    alerts = Alerts(at, severity, rule, needs_action.astype(np.int64), work, *_seeds(count, random))
    if not wanted.fixed.any():
        return alerts
    stays = needs_action | (wanted.fixed[rule] == 0)
    return Alerts(*(column[stays] for column in alerts))


def _by_hour_of_year(shares: Floats, year: Year, zone: ZoneInfo) -> Floats:
    """Return the share that each hour of a year has, in a zone whose hours may begin in the middle of it."""
    local = [(year.start + timedelta(hours=hour)).astimezone(zone) for hour in range(WEEKS * HOURS)]
    begins = np.array([at.weekday() * 24 + at.hour for at in local])
    later = np.array([at.minute / 60 for at in local])
    held: Floats = (1 - later) * shares[begins] + later * shares[(begins + 1) % HOURS]
    return held


def _needing_action(of_all: Floats, first: float) -> Floats:
    """Return the shares that need action among repeats and among the others, whose share of all is `first`.

    Repeats need a look and no more, but for rules of which more need action than are no repeats.
    """
    begins = np.minimum(of_all / first, 1.0)
    repeats = np.zeros_like(of_all) if first == 1 else np.maximum(of_all - first, 0.0) / (1 - first)
    return np.array([repeats, begins])


def _seeds(count: int, random: np.random.Generator) -> tuple[Ints, Ints]:
    """Return two seeds of `draws` for each alert, from the upper and the lower bits of one number."""
    bits = random.bit_generator.random_raw(count)
    return (bits >> np.uint64(34)).astype(np.int64) + 1, (bits & _LOWER).astype(np.int64) + 1


def _begins(wanted: Demand, random: np.random.Generator) -> Floats:
    """Return the times of a Poisson process whose rate changes by the hour, in ms.

    Its expected count is a clock in which it runs evenly; even arrivals are drawn and put back on the year's
    clock.
    """
    rate = wanted.begins_per_hour
    if wanted.day_shape > 0:
        factors = random.standard_gamma(wanted.day_shape, len(rate) // 24) / wanted.day_shape
        rate = rate * np.repeat(factors, 24)
    expected = np.empty(len(rate) + 1)
    expected[0] = 0.0
    np.cumsum(rate, out=expected[1:])
    total = expected[-1]
    even = np.cumsum(random.standard_exponential(int(total + 6 * total**0.5 + 20)))
    while even[-1] < total:
        even = np.append(even, even[-1] + np.cumsum(random.standard_exponential(1_000)))
    even = even[: np.searchsorted(even, total)]
    return np.interp(even, expected, wanted.hour_ends_ms)


def _with_bursts(
    wanted: Demand, begins: Floats, random: np.random.Generator
) -> tuple[Ints, NDArray[np.bool_]]:
    """Return all times in order, and which of them are not repeats."""
    at = begins.astype(np.int64)
    if wanted.burst == 0:
        return at, np.ones(len(at), dtype=np.bool_)
    bursting = np.flatnonzero(random.random(len(at)) < wanted.burst)
    sizes = random.geometric(1.0 / wanted.more, len(bursting))
    parents = np.repeat(at[bursting], sizes)
    later = parents + (random.standard_exponential(len(parents)) * wanted.apart_ms).astype(np.int64)
    every = np.concatenate([at, later[later < YEAR_MS]])
    order = np.argsort(every, kind="stable")
    return every[order], order < len(at)


def _work(
    wanted: Demand, severity: Ints, needs_action: NDArray[np.bool_], random: np.random.Generator
) -> Ints:
    """Return the hands-on time of each alert in ms."""
    work = wanted.work.drawn(severity * needs_action, random)
    if wanted.reassigned > 0:
        passed_on = needs_action & (random.random(len(work)) < wanted.reassigned)
        work += passed_on * (_BRIEF_MINUTES * MINUTE_MS)
    return np.minimum(work * wanted.work_factor, wanted.longest_ms).astype(np.int64)
