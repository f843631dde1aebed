"""A policy compiled for simulation: who is paged on which step in a year of weeks, as whole numbers."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from operator import itemgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from sim.oncall.schedule.beginning import beginning
from sim.oncall.schedule.policy import Pay, RotationPolicy, Step
from sim.oncall.schedule.shifts import Shift, shifts
from sim.oncall.schedule.wall_clock import first_at
from sim.oncall.schedule.windows import merged
from sim.oncall.whatif.records import HOUR_MS, Ints

WEEKS = 52
"""A year of whole weeks, so that every hour of the week comes equally often."""
YEAR_MS = WEEKS * 7 * 86_400_000
_AFTER = timedelta(days=14)
"""So long goes the table on after the year, for what is not yet done when it ends."""

Rows = NDArray[np.void]
"""Rows of whole numbers with named columns."""
Held = list[tuple[int, tuple[int, ...]]]
"""From each time on, these people; in order of time, from 0."""


class Compiled(NamedTuple):
    """The arrays that the kernel takes. Times in ms from the start of the year.

    A place is a set of people who are paged together: a step has one, a round-robin step one for each target.
    `first_*` arrays hold where the rows of each item begin, with one more entry for the end of the last.
    """

    steps: Rows
    """(steps + 1,): `ms` it waits, `skips` if it finds nobody, and `first_place`."""
    repeats: int
    place_first_turn: Ints
    turns: Rows
    """(turns + 1,): `at` from when on, 0 for the first of a place, and `first_person` of `turn_people`."""
    turn_people: Ints
    hands: Rows
    """(hands,): ends of stretches on call in order of time, `at` and whose (`person`)."""
    person_first_clock: Ints
    clocks: Rows
    """(clocks,): from a time (`at`) on, the `ms` to add for a person's time since a Monday at midnight."""


@dataclass(frozen=True, slots=True)
class Table:
    """A policy's year: its first instant (a Monday at midnight in the policy's zone), people, and arrays."""

    start: datetime
    zone: ZoneInfo
    people: tuple[str, ...]
    compiled: Compiled
    rota: NDArray[np.bool_]
    """(people,): who is on call under a layer. Whom a step names is paged as well, and not one of those among
    whom the load is divided, unless there are no others."""
    on_call_ms: int
    """For how long people on the rota can be paged in the year, added up over people."""
    longest_ms: int
    """The longest stretch of anybody on the rota."""
    ahead: Ints
    """(clocks, hours): what to add to a time of each hour for local time; the last clock is the policy's."""
    clock_of: Ints
    """(people,): the clock that each goes by."""
    gap_ms: int
    """How long the first step finds nobody."""
    pay: Pay | None

    @property
    def team(self) -> int:
        """Return how many are on the rota."""
        return int(np.count_nonzero(self.rota))

    @property
    def one_clock(self) -> bool:
        """Return whether everybody goes by the policy's clock."""
        return len(self.ahead) == 1

    def local(self, people: Ints, at: Ints) -> Ints:
        """Return times on the clocks of the people beside them, in ms since a Monday at midnight there."""
        if self.one_clock:
            return self.policy_local(at)
        hour = np.minimum(at // HOUR_MS, self.ahead.shape[1] - 1)
        shown: Ints = at + self.ahead[self.clock_of[people], hour]
        return shown

    def policy_local(self, at: Ints) -> Ints:
        """Return times on the policy's clock."""
        shown: Ints = at + self.ahead[-1][np.minimum(at // HOUR_MS, self.ahead.shape[1] - 1)]
        return shown

    def cost(self, interruptions: NDArray[np.float64]) -> float:
        """Return what a week costs by the policy's rule of pay; `interruptions` of a year as (people, 3)."""
        if self.pay is None:
            return 0.0
        standby = self.on_call_ms / HOUR_MS
        rates = (self.pay.business_interruption, self.pay.off_interruption, self.pay.sleep_interruption)
        return float(standby * self.pay.hour + (interruptions.sum(axis=0) * rates).sum()) / WEEKS


def compiled(policy: RotationPolicy, start: datetime) -> Table:
    """Return a policy's year from an instant on."""
    end = start + timedelta(milliseconds=YEAR_MS)
    targets = {target for step in policy.escalation.steps for target in step.targets}
    held = {layer.id: shifts(policy, layer, start, end + _AFTER) for layer in policy.paged_layers}
    named = targets & set(policy.people)
    on_rota = {shift.person for found in held.values() for shift in found if shift.start < end}
    sharing = on_rota or named or set(policy.people)
    paged = sharing | named | {shift.person for found in held.values() for shift in found}
    people = tuple(person for person in policy.people if person in paged)
    numbers = {person: number for number, person in enumerate(people)}

    def people_of(target: str) -> Held:
        return _held(held[target], numbers, start) if target in held else [(0, (numbers[target],))]

    layers = {layer.id for layer in policy.layers}
    places = [
        _places(
            step, [people_of(target) for target in step.targets if target in held or target not in layers]
        )
        for step in policy.escalation.steps
    ]
    ends = sorted(
        {
            (until, numbers[shift.person])
            for found in held.values()
            for shift in found
            for until in [_ms(shift.end - start)]
            if until < YEAR_MS
        }
    )
    lengths = _stretches(held, start) if on_rota else [YEAR_MS] * len(named)
    turns = [turn for step in places for place in step for turn in place]
    homes = [policy.people[person].zone or policy.zone for person in people]
    elsewhere = dict.fromkeys(home for home in homes if home != policy.zone)
    clock_of = {zone: _clock(zone, policy.zone, start, end + _AFTER) for zone in (*elsewhere, policy.zone)}
    clocks = [clock_of[home] for home in homes]
    return Table(
        start=start,
        zone=ZoneInfo(policy.zone),
        people=people,
        compiled=Compiled(
            steps=_rows(
                ms=[*(step.minutes * 60_000 for step in policy.escalation.steps), 0],
                skips=[*(step.empty == "skip" for step in policy.escalation.steps), False],
                first_place=_firsts(places),
            ),
            repeats=policy.escalation.repeats,
            place_first_turn=_firsts([place for step in places for place in step]),
            turns=_rows(
                at=[*(at for at, _ in turns), 0], first_person=_firsts([found for _, found in turns])
            ),
            turn_people=_ints(person for _, found in turns for person in found),
            hands=_rows(at=[at for at, _ in ends], person=[person for _, person in ends]),
            person_first_clock=_firsts(clocks),
            clocks=_clock_rows([row for clock in clocks for row in clock]),
        ),
        rota=np.array([person in sharing for person in people]),
        on_call_ms=sum(lengths),
        longest_ms=max(lengths, default=0),
        ahead=np.array([_by_hour(clock, end + _AFTER - start) for clock in clock_of.values()]),
        clock_of=_ints(list(clock_of).index(home) for home in homes),
        gap_ms=_empty_ms(places[0]),
        pay=policy.pay,
    )


def year_of(policies: Sequence[RotationPolicy], wanted: datetime | None = None) -> datetime:
    """Return where the year of policies that are compared begins: the first Monday when all have begun, or
    the first from the day that is wanted on.

    Midnight of that Monday in the zone of the first; 2024-01-01 where no policy names a beginning.
    """
    begun = [found for policy in policies for found in [beginning(policy)] if found is not None]
    latest = wanted or max(begun, default=datetime(2024, 1, 1))
    midnight = latest.replace(hour=0, minute=0, second=0, microsecond=0)
    if midnight < latest:
        midnight += timedelta(days=1)
    return first_at(midnight + timedelta(days=-midnight.weekday() % 7), ZoneInfo(policies[0].zone))


def _places(step: Step, targets: list[Held]) -> list[Held]:
    """Return the places of a step. One that has no target to page has an empty one."""
    if step.round_robin and targets:
        return targets
    times = sorted({at for held in targets for at, _ in held}) or [0]
    return [_thinned([(at, _together(targets, at)) for at in times])]


def _together(targets: list[Held], at: int) -> tuple[int, ...]:
    found: dict[int, None] = {}
    for held in targets:
        found.update(dict.fromkeys(held[bisect_right(held, at, key=itemgetter(0)) - 1][1]))
    return tuple(found)


def _held(found: Iterable[Shift], numbers: dict[str, int], start: datetime) -> Held:
    """Return a layer's shifts as who holds it from when on; people in the order of their names."""
    changes: dict[int, list[tuple[str, int]]] = {0: []}
    for shift in found:
        for at, by in ((shift.start, 1), (shift.end, -1)):
            changes.setdefault(_ms(at - start), []).append((shift.person, by))
    on: dict[str, int] = {}
    held: Held = []
    for begins in sorted(changes):
        for person, by in changes[begins]:
            on[person] = on.get(person, 0) + by
        held.append((begins, tuple(numbers[person] for person in sorted(on) if on[person] > 0)))
    return _thinned(held)


def _thinned(held: Held) -> Held:
    """Leave out changes that change nothing."""
    return held[:1] + [two for one, two in pairwise(held) if one[1] != two[1]]


def _stretches(held: dict[str, tuple[Shift, ...]], start: datetime) -> list[int]:
    """Return for how long people can be paged in the year at a stretch, over all layers."""
    by_person: dict[str, list[tuple[datetime, datetime]]] = {}
    for shift in (shift for found in held.values() for shift in found):
        by_person.setdefault(shift.person, []).append((shift.start, shift.end))
    spans = [(_ms(a - start), _ms(b - start)) for each in by_person.values() for a, b in merged(each)]
    return [min(until, YEAR_MS) - at for at, until in spans if at < YEAR_MS]


def _clock(home: str, zone: str, start: datetime, end: datetime) -> list[tuple[int, int]]:
    """Return how the clock of a zone runs ahead of the year's ms, from when on.

    Its time is that since the Monday at midnight before the year begins, on the clock of the policy.
    """
    begins = start.astimezone(ZoneInfo(zone)).replace(tzinfo=UTC)
    monday = begins - timedelta(days=begins.weekday(), hours=begins.hour, minutes=begins.minute)
    there = ZoneInfo(home)

    def ahead(at: datetime) -> int:
        return _ms(at.astimezone(there).replace(tzinfo=UTC) - monday - (at - start))

    held = [(0, ahead(start))]
    for hour in range(1, int((end - start) / timedelta(hours=1)) + 1):
        at = start + timedelta(hours=hour)
        if ahead(at) != held[-1][1]:
            since = next(
                at - timedelta(minutes=m)
                for m in range(60, -1, -1)
                if ahead(at - timedelta(minutes=m)) != held[-1][1]
            )
            held.append((_ms(since - start), ahead(at)))
    return held


def _clock_rows(held: list[tuple[int, int]]) -> Rows:
    return _rows(at=[at for at, _ in held], ms=[ahead for _, ahead in held])


def _by_hour(clock: list[tuple[int, int]], span: timedelta) -> Ints:
    """Return a clock as what it is ahead at the beginning of each hour."""
    hours = np.arange(span // timedelta(hours=1)) * HOUR_MS
    at, ahead = _ints(at for at, _ in clock), _ints(ahead for _, ahead in clock)
    return ahead[np.searchsorted(at, hours, side="right") - 1]


def _empty_ms(places: list[Held]) -> int:
    """Return for how much of the year none of a step's places has anybody."""
    times = sorted({at for held in places for at, _ in held if at < YEAR_MS} | {YEAR_MS})
    return sum(until - at for at, until in pairwise(times) if not _together(places, at))


def _ms(span: timedelta) -> int:
    return span // timedelta(milliseconds=1)


def _ints(values: Iterable[int]) -> Ints:
    return np.array([int(value) for value in values], dtype=np.int64)


def _rows(**columns: Sequence[int] | Ints) -> Rows:
    """Return columns as an array of rows: one argument for the kernel instead of many."""
    names = list(columns)
    rows = np.zeros(len(columns[names[0]]), np.dtype([(name, np.int64) for name in names], align=True))
    for name in names:
        rows[name] = columns[name]
    return rows


def _firsts(items: Sequence[Sequence[object]]) -> Ints:
    return _ints([0, *np.cumsum([len(item) for item in items], dtype=np.int64)])
