"""What a team-year did to those who were paged: one function over the records of either engine.

Figures are numbers with names, so that any of them can be asked for, compared, and be the goal of a search.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.oncall.whatif.records import (
    ACKNOWLEDGED,
    BEGUN,
    BY,
    DAY_MS,
    DONE,
    HANDED,
    HOUR_MS,
    STEP,
    Alerts,
    Ints,
    Records,
)
from sim.oncall.whatif.table import WEEKS, YEAR_MS, Table

Floats = NDArray[np.float64]

ONE_INTERRUPTION_MS = 60_000
"""Pages to one person so near to each other interrupt once, as PagerDuty counts."""
WEEK_MS = 7 * DAY_MS
SHIFT_MS = 12 * HOUR_MS
_NOON = 12 * HOUR_MS
INCIDENTS_PER_SHIFT = 2
"""Of 12 hours: the limit of the SRE book, ch. 11."""
WORK_SHARE = 0.25
"""Of the working time of a week on call: the same."""
WORK_WEEK_H = 40
LEFT_MIN, LEFT_GROWTH = 20, 1.5
"""Work piles up where more is left over than this, and so many times what was in the middle of the year: an
assumption."""
PILES_UP = "years in which work piles up"
_BINS_A_DECADE = 20
BINS = 10.0 ** (np.arange(5 * _BINS_A_DECADE + 1) / _BINS_A_DECADE - 1)
"""Edges of the distributions of times, in minutes."""
_EDGES = BINS * (1 + 1e-9)
"""A time that is as long as an edge says lies below it, however it was rounded."""
_TIME_BITS = 40
"""A time in ms takes fewer bits than these, so person and time go into one number."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure: its name as it is typed, unit, and what it says."""

    name: str
    unit: str
    text: str

    @property
    def place(self) -> int:
        """Return its place among all."""
        return NAMES.index(self.name)

    @property
    def titled(self) -> str:
        """Return its name with its unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


FIGURES = (
    Figure("time to acknowledge, median", "min", "from alert to acknowledgement; missed ones never end"),
    Figure("time to acknowledge, p90", "min", "nine of ten are acknowledged sooner"),
    Figure("time to acknowledge, p95", "min", "19 of 20 are acknowledged sooner"),
    Figure("missed pages", "%", "alerts that nobody acknowledged before the escalation ended"),
    Figure("escalated pages", "%", "alerts acknowledged on a later step than the first, or missed"),
    Figure("hours without cover", "h/week", "the first step finds nobody"),
    Figure("interruptions per person-week", "", "pages to one person within a minute count once"),
    Figure("business interruptions per person-week", "", "8 to 18 on Monday to Friday, where the person is"),
    Figure("off interruptions per person-week", "", "18 to 22, and weekends from 8 to 22"),
    Figure("sleep interruptions per person-week", "", "22 to 8"),
    Figure("nights broken per person-week", "", "nights in which sleep was lost"),
    Figure("sleep lost per person-week", "h", "awake for a page when asleep otherwise"),
    Figure("hands-on time per person-week", "h", "work on alerts, looks at noise included"),
    Figure("longest stretch on call", "h", "without a break"),
    Figure("interruptions of the busiest", "x", "of the most interrupted over the mean of all, in the year"),
    Figure("interruptions of the busiest in a week", "x", "the same in each week, in the mean"),
    Figure("unfairness in a year", "", "Gini of interruptions over people: 0 all alike, 1 all on one"),
    Figure("unfairness in a week", "", "the same in each week, in the mean"),
    Figure("hand-overs in mid-incident", "/week", "incidents given away at the end of a shift"),
    Figure("incidents per shift", "", "that need action, per 12 hours on call"),
    Figure("shifts over two incidents", "%", "of 12 hours on call with more than two that need action"),
    Figure("weeks over a quarter of time", "%", "of weeks with work on call, more than 10 h of it"),
    Figure("nights without rest per person-week", "", "work between 22:00 and 4:00: less than 11 h of rest"),
    Figure("work that waits, p95", "min", "from acknowledgement to the begin of work"),
    Figure("incidents left over", "", "acknowledged and not done at the end of the year, noise included"),
    Figure(PILES_UP, "%", "far more is left over at the end of the year than in its middle"),
    Figure("cost per week", "", "by the rule of pay in the policy"),
    Figure("time to mitigate, median", "min", "of alerts that need action; rests on assumptions"),
    Figure("time to mitigate, p90", "min", "the same"),
)
NAMES = tuple(figure.name for figure in FIGURES)


@dataclass(frozen=True, slots=True)
class Year:
    """The figures of one team-year, in the order of FIGURES, and what plots need."""

    values: Floats
    carried: Floats
    """(people, 5): interruptions in business, off and sleep hours, hours of sleep lost, hours of work."""
    heat: Floats
    """(168,): pages by hour of the week on the policy's clock."""
    acknowledged: Floats
    """(bins,): alerts by time to acknowledge; the last one: missed, or later than all."""
    mitigated: Floats


def year(table: Table, alerts: Alerts, records: Records) -> Year:
    """Return the figures of a year. What each carries is divided among those who are on the rota."""
    rota = table.rota
    person_weeks = table.team * WEEKS
    acked = records.alerts[:, ACKNOWLEDGED]
    to_acknowledge = _sorted_minutes(alerts.at, acked)
    missed = acked < 0
    needed = np.flatnonzero(alerts.needs_action)
    to_mitigate = _sorted_minutes(alerts.at[needed], records.alerts[needed, DONE])
    kinds, by_week, heat = _when(table, *_interruptions(records.pages))
    by_week = by_week[:, rota]
    slept, nights, restless = _nights(table, records)
    worked = _worked(records, len(table.people))
    weeks_of_work = worked[rota]
    interruptions = kinds.sum(axis=1)[rota]
    per_shift, over_two = _shifts(table, alerts, records)
    middle, end = _unfinished(records, YEAR_MS // 2), _unfinished(records, YEAR_MS)
    values = np.array(
        [
            *(_quantile(to_acknowledge, share) for share in (0.5, 0.9, 0.95)),
            100 * _mean(missed),
            100 * _mean(missed | (records.alerts[:, STEP] > 0)),
            table.gap_ms / HOUR_MS / WEEKS,
            interruptions.sum() / person_weeks,
            *(kinds[rota].sum(axis=0) / person_weeks),
            nights[rota].sum() / person_weeks,
            slept[rota].sum() / person_weeks,
            weeks_of_work.sum() / person_weeks,
            table.longest_ms / HOUR_MS,
            _over_mean(interruptions),
            _mean_over_mean(by_week),
            gini(interruptions),
            _mean_gini(by_week),
            records.alerts[:, HANDED].sum() / WEEKS,
            per_shift,
            over_two,
            100 * _mean(weeks_of_work[weeks_of_work > 0] > WORK_SHARE * WORK_WEEK_H),
            restless[rota].sum() / person_weeks,
            _waiting(records),
            end,
            100.0 * (end > LEFT_MIN and end > LEFT_GROWTH * middle),
            table.cost(kinds),
            *(_quantile(to_mitigate, share) for share in (0.5, 0.9)),
        ]
    )
    return Year(
        values=values,
        carried=np.column_stack([kinds, slept, worked.sum(axis=1)]),
        heat=heat,
        acknowledged=_binned(to_acknowledge),
        mitigated=_binned(to_mitigate),
    )


# --- pages ------------------------------------------------------------------------------------------------


def _interruptions(pages: Ints) -> tuple[Ints, Ints]:
    """Return who is interrupted when, person by person."""
    by_person = np.sort((pages[:, 1] << _TIME_BITS) + pages[:, 3])
    first = np.ones(len(by_person), dtype=np.bool_)
    np.greater_equal(np.diff(by_person), ONE_INTERRUPTION_MS, out=first[1:])
    each = by_person[first]
    person = each >> _TIME_BITS
    return person, each - (person << _TIME_BITS)


def _when(table: Table, person: Ints, at: Ints) -> tuple[Floats, Floats, Floats]:
    """Return interruptions as (people, 3) by hours, as (weeks, people), and by hour of the policy's week."""
    crew = len(table.people)
    hour = _hour_of_week(table.local(person, at))
    by_hour = np.bincount(person * 168 + hour, minlength=crew * 168).reshape(crew, 168)
    week = np.minimum(at // WEEK_MS, WEEKS)
    by_week = np.bincount(week * crew + person, minlength=(WEEKS + 1) * crew).reshape(WEEKS + 1, crew)
    heat = (
        by_hour.sum(axis=0)
        if table.one_clock
        else np.bincount(_hour_of_week(table.policy_local(at)), minlength=168)
    )
    return by_hour @ _KINDS, by_week[:WEEKS].astype(np.float64), heat.astype(np.float64)


def _hour_of_week(local: Ints) -> Ints:
    hours = local // HOUR_MS
    return hours - hours // 168 * 168  # as % does, in half its time


def _kind_of(hour: int) -> int:
    """Return 0 for business, 1 for off, 2 for sleep hours, as PagerDuty divides the week."""
    day, clock = divmod(hour, 24)
    if not 8 <= clock < 22:
        return 2
    return 0 if day < 5 and clock < 18 else 1


_KINDS = np.eye(3)[[_kind_of(hour) for hour in range(168)]]


# --- nights and work --------------------------------------------------------------------------------------


def _nights(table: Table, records: Records) -> tuple[Floats, Ints, Ints]:
    """Return by person hours of sleep lost, nights in which some was, and nights without 11 hours of rest.

    Who works from 9 to 17 has no such rest between if they also work after 22:00 and before 4:00.
    """
    crew, awake, work = len(table.people), records.awake, records.work
    slept = np.bincount(awake[:, 0], awake[:, 3], minlength=crew) / HOUR_MS
    night = (table.local(awake[:, 0], awake[:, 1]) - _NOON) // DAY_MS
    begins = table.local(work[:, 1], work[:, 2]) - _NOON
    night_of_work = begins // DAY_MS
    since_noon = begins - night_of_work * DAY_MS
    until = since_noon + (work[:, 3] - work[:, 2])
    late = np.flatnonzero((since_noon < 16 * HOUR_MS) & (until > 10 * HOUR_MS))
    restless = _distinct(night_of_work[late], work[late, 1], crew)
    return slept, _distinct(night, awake[:, 0], crew), restless


def _shifts(table: Table, alerts: Alerts, records: Records) -> tuple[float, float]:
    """Return incidents that need action per 12 hours on call, and the share (%) of those with too many."""
    by = records.alerts[:, BY]
    mine = np.flatnonzero((alerts.needs_action > 0) & (by >= 0) & table.rota[by])
    shift = np.minimum(records.alerts[mine, ACKNOWLEDGED] // SHIFT_MS, YEAR_MS // SHIFT_MS)
    counts = np.bincount(by[mine] * (YEAR_MS // SHIFT_MS + 1) + shift)
    on_call = table.on_call_ms / SHIFT_MS
    if on_call == 0:
        return 0.0, 0.0
    return len(mine) / on_call, 100 * min(1.0, int((counts > INCIDENTS_PER_SHIFT).sum()) / on_call)


def _worked(records: Records, crew: int) -> Floats:
    """Return the hours that people worked as (people, weeks); the last week holds all after the year."""
    work = records.work
    week = np.minimum(work[:, 2] // WEEK_MS, WEEKS)
    spent = np.bincount(
        work[:, 1] * (WEEKS + 1) + week, work[:, 3] - work[:, 2], minlength=crew * (WEEKS + 1)
    )
    return spent.reshape(crew, WEEKS + 1) / HOUR_MS


def _waiting(records: Records) -> float:
    """Return the 95th percentile of the time from acknowledgement to work, in minutes."""
    begun = records.alerts[:, BEGUN]
    waits = (begun - records.alerts[:, ACKNOWLEDGED])[begun >= 0]
    return _quantile(np.sort(waits), 0.95) / 60_000


def _unfinished(records: Records, at: int) -> int:
    """Return how many incidents somebody had at a time that were not done."""
    acked, done = records.alerts[:, ACKNOWLEDGED], records.alerts[:, DONE]
    return int(np.count_nonzero((acked >= 0) & (acked < at) & ((done > at) | (done < 0))))


# --- numbers ----------------------------------------------------------------------------------------------


def gini(shares: Floats) -> float:
    """Return the Gini coefficient: the mean difference of two people over twice the mean."""
    count, total = len(shares), shares.sum()
    if total == 0:
        return 0.0
    ranks = 2 * np.arange(1, count + 1) - count - 1
    return float((ranks * np.sort(shares)).sum() / (count * total))


def _mean_over_mean(by_week: Floats) -> float:
    some = by_week[by_week.any(axis=1)]
    return float((some.max(axis=1) / some.mean(axis=1)).mean()) if len(some) else 1.0


def _mean_gini(by_week: Floats) -> float:
    count, totals = by_week.shape[1], by_week.sum(axis=1)
    ranks = 2 * np.arange(1, count + 1) - count - 1
    some = totals > 0
    if not some.any():
        return 0.0
    return float(((np.sort(by_week[some], axis=1) @ ranks) / (count * totals[some])).mean())


def _over_mean(shares: Floats) -> float:
    return float(shares.max() / shares.mean()) if shares.sum() > 0 else 1.0


def _mean(flags: NDArray[np.bool_]) -> float:
    return np.count_nonzero(flags) / len(flags) if len(flags) else 0.0


def _distinct(nights: Ints, people: Ints, crew: int) -> Ints:
    """Return how many different nights each person has."""
    if not len(nights):
        return np.zeros(crew, dtype=np.int64)
    first, last = nights.min(), nights.max()
    had = np.bincount((nights - first) * crew + people, minlength=(last - first + 1) * crew)
    return np.bincount(np.flatnonzero(had) % crew, minlength=crew)


def _sorted_minutes(since: Ints, until: Ints) -> Floats:
    """Return spans in minutes, the shortest first; one that never ends is endless."""
    minutes = (until - since) / 60_000.0
    minutes[until < 0] = np.inf
    minutes.sort()
    return minutes


def _quantile(rising: NDArray[np.generic], share: float) -> float:
    """Return the smallest of values in rising order that this share of all does not exceed; 0 without any."""
    return float(rising[max(0, int(np.ceil(share * len(rising))) - 1)]) if len(rising) else 0.0


def _binned(rising: Floats) -> Floats:
    """Return how many times lie in each bin: below the first edge, between two, or beyond the last."""
    below = np.searchsorted(rising, _EDGES, side="right")
    return np.diff(np.concatenate([[0], below, [len(rising)]])).astype(np.float64)
