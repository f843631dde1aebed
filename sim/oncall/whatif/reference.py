"""The readable model of a rotation: pages, people and their work as SimPy events. The kernel has to agree
with it.

An alert is paged step by step until somebody acknowledges it. Who acknowledges works on it, one incident at a
time; the most severe comes first, then who was acknowledged first. Where the acknowledger is busy and a
colleague of the same step is not, the colleague takes it. At the end of a shift, what waits goes to the next
one on call, and so does work that would take much longer. For a P1 somebody idle of the next step helps.

Everything that happens at one instant happens in a fixed order: work ends, shifts end, sleepers wake, pages
are acknowledged, steps end, alerts arrive; then by the number of the alert, of the person, of the step.
"""

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import simpy

from sim.oncall import response as people
from sim.oncall.whatif.draws import following, normal_of, uniform_of
from sim.oncall.whatif.parameters import Delay, Response
from sim.oncall.whatif.records import (
    ACKNOWLEDGES,
    ALERT,
    ARRIVES,
    KIND,
    PERSON,
    SHIFT_ENDS,
    STEP_ENDS,
    WAITING_MAX,
    WAKES,
    WORK_ENDS,
    Alerts,
    Ints,
    Records,
)
from sim.oncall.whatif.table import Table


@dataclass(slots=True)
class _Incident:
    """An alert on its way: who was paged, who has it, what is left to do."""

    luck: int
    pace: int
    left_ms: float
    open: bool = True
    acknowledged: int = -1
    by: int = -1
    step: int = -1
    place: int = -1
    owner: int = -1
    pages: int = 0
    handed: int = 0
    begun: int = -1
    done: int = -1

    @property
    def told(self) -> list[int]:
        """Return its row of `Records.alerts`."""
        return [self.acknowledged, self.by, self.step, self.pages, self.handed, self.begun, self.done]


@dataclass(slots=True)
class _Person:
    """Somebody on the rota: what they work at, and how they slept."""

    work: int | None = None
    """The alert they work at, or help with."""
    since: int = 0
    until: int = 0
    span: int = -1
    """The row of their work."""
    helps: bool = False
    helper: int | None = None
    awake_until: int = -(10**15)
    woken: int = -(10**15)
    debt_ms: float = 0.0
    debt_at: int = 0


@dataclass(slots=True)
class _Team:
    table: Table
    alerts: Alerts
    how: Response
    env: simpy.Environment = field(default_factory=simpy.Environment)
    incidents: list[_Incident] = field(default_factory=list)
    people: list[_Person] = field(default_factory=list)
    waiting: list[int] = field(default_factory=list)
    """Acknowledged alerts that nobody works at, in the order in which they began to wait."""
    turns: list[int] = field(default_factory=list)
    """How often each step has paged, for round robin."""
    pages: list[tuple[int, int, int, int]] = field(default_factory=list)
    work: list[list[int]] = field(default_factory=list)
    awake: list[tuple[int, int, int, int]] = field(default_factory=list)

    # --- the course of time -------------------------------------------------------------------------------

    def at(self, time: float, kind: int, who: tuple[int, int, int], act: Callable[[], None]) -> None:
        """Let something happen at a time, in its place among what else happens then.

        `who` are alert, person and step.
        """
        event = self.env.event()
        event._ok, event._value = True, None
        event.callbacks = [lambda _: act()]
        alert, person, step = who
        rank = 2 + kind * KIND + alert * ALERT + person * PERSON + step  # SimPy's own priorities are 0 and 1
        self.env.schedule(event, priority=rank, delay=time - self.env.now)  # type: ignore[arg-type]

    @property
    def now(self) -> int:
        return int(self.env.now)

    # --- pages --------------------------------------------------------------------------------------------

    def reach(self, alert: int, step: int) -> None:
        """Page a step, or the next that finds somebody if empty ones are skipped. After the last: missed."""
        it = self.table.compiled
        steps = len(it.steps) - 1
        while step < steps * (it.repeats + 1):
            place, found = self.turn_of(step % steps)
            if found or not it.steps["skips"][step % steps]:
                for person in found:
                    self.page(alert, step, place, person)
                over = self.now + int(it.steps["ms"][step % steps])
                self.at(over, STEP_ENDS, (alert, 0, step), partial(self.passed, alert, step))
                return
            step += 1
        self.incidents[alert].open = False

    def passed(self, alert: int, step: int) -> None:
        """Go on to the next step if a step's time is over and nobody has acknowledged."""
        if self.incidents[alert].open:
            self.reach(alert, step + 1)

    def turn_of(self, step: int) -> tuple[int, tuple[int, ...]]:
        """Return the place that a step pages now, and who that is: with round robin the next that has
        anybody."""
        first, end = self.table.compiled.steps["first_place"][step : step + 2]
        turn = self.turns[step]
        for further in range(end - first):
            place = int(first + (turn + further) % (end - first))
            if found := self.at_place(place):
                self.turns[step] = turn + further + 1
                return place, found
        return int(first), ()

    def at_place(self, place: int) -> tuple[int, ...]:
        """Return who is on call at a place now."""
        it = self.table.compiled
        first, end = it.place_first_turn[place : place + 2]
        turn = first + bisect_right(it.turns["at"][first:end], self.now) - 1
        return tuple(it.turn_people[slice(*it.turns["first_person"][turn : turn + 2])].tolist())

    def page(self, alert: int, step: int, place: int, person: int) -> None:
        incident, how = self.incidents[alert], self.how
        self.pages.append((alert, person, step, self.now))
        incident.pages += 1
        incident.luck, incident.pace = (following(seed) for seed in (incident.luck, incident.pace))
        normal = normal_of(incident.pace)
        wakes = self.now
        if self.sleeps(person):
            unheard = people.rings_unheard(uniform_of(incident.luck), how.wakes)
            wakes += round(unheard * how.ring_again_ms)
            delay = self.delay(how.asleep, incident, normal)
            self.at(wakes, WAKES, (alert, person, step), partial(self.wake, alert, person))
        elif self.people[person].work is not None or people.at_desk(self.local(person, self.now)):
            delay = self.delay(how.desk, incident, normal)
        else:
            delay = self.delay(how.away, incident, normal)
        self.at(
            wakes + delay,
            ACKNOWLEDGES,
            (alert, person, step),
            partial(self.acknowledge, alert, step, place, person),
        )

    def delay(self, times: Delay, incident: _Incident, normal: float) -> int:
        """Return a time to acknowledge; which of two kinds it is belongs to the page, as the number does."""
        if uniform_of(incident.luck) < times.slow:
            return people.delay_ms(times.slow_median_s, times.slow_sigma, normal, self.how.longest_s)
        return people.delay_ms(times.median_s, times.sigma, normal, self.how.longest_s)

    def wake(self, alert: int, person: int) -> None:
        if self.incidents[alert].open:
            self.stir(person)
            self.stay_awake(person, self.now)

    def acknowledge(self, alert: int, step: int, place: int, person: int) -> None:
        incident = self.incidents[alert]
        if not incident.open:
            return
        incident.open = False
        incident.acknowledged, incident.by, incident.step = self.now, person, step
        incident.place, incident.owner = place, person
        self.stay_awake(person, self.now)
        self.assign(alert)

    # --- work ---------------------------------------------------------------------------------------------

    def assign(self, alert: int) -> None:
        """Let the owner begin, or a colleague of the same place who is idle; else it waits."""
        incident = self.incidents[alert]
        for person in (incident.owner, *self.at_place(incident.place)):
            if self.people[person].work is None:
                self.begin(alert, person)
                return
        if len(self.waiting) < WAITING_MAX:
            self.waiting.append(alert)

    def begin(self, alert: int, person: int) -> None:
        incident, worker, how = self.incidents[alert], self.people[person], self.how
        incident.owner = person
        incident.begun = self.now if incident.begun < 0 else incident.begun
        self.stir(person)
        takes = people.tired(incident.left_ms, self.debt(person), how.slower_per_hour)
        helper = self.helper_for(alert, person)
        if helper is not None:
            takes *= how.help_factor
        until = self.now + people.awake_enough_ms(takes, self.now - worker.woken, how.inertia)
        self.occupy(person, alert, until, helps=False)
        worker.helper = helper
        if helper is not None:
            self.stir(helper)
            self.occupy(helper, alert, until, helps=True)
        self.at(until, WORK_ENDS, (alert, person, 0), partial(self.finish, alert, person))

    def helper_for(self, alert: int, person: int) -> int | None:
        """Return somebody idle of the next step, for a P1 that is one."""
        it = self.table.compiled
        steps = len(it.steps) - 1
        if self.alerts.severity[alert] != 1 or not self.alerts.needs_action[alert]:
            return None
        following_step = self.incidents[alert].step % steps + 1
        if following_step == steps:
            return None
        for place in range(*it.steps["first_place"][following_step : following_step + 2]):
            for other in self.at_place(place):
                if other != person and self.people[other].work is None:
                    return other
        return None

    def occupy(self, person: int, alert: int, until: int, *, helps: bool) -> None:
        one = self.people[person]
        one.work, one.since, one.until, one.helps, one.span = alert, self.now, until, helps, len(self.work)
        self.work.append([alert, person, self.now, until, int(helps)])

    def finish(self, alert: int, person: int) -> None:
        one = self.people[person]
        if one.work != alert or one.helps or one.until != self.now:
            return  # handed over before
        self.incidents[alert].done = self.now
        for other in self.release(person):
            self.take(other)

    def release(self, person: int) -> list[int]:
        """Let somebody and their helper stop work now; return them."""
        helper = self.people[person].helper
        both = [person] if helper is None else [person, helper]
        for other in both:
            one = self.people[other]
            self.work[one.span][3] = self.now
            one.work, one.helper = None, None
            self.stay_awake(other, one.since)
        return both

    def take(self, person: int) -> None:
        """Begin the most severe, then longest waiting of what this person may take."""
        if self.people[person].work is not None:
            return
        mine = [alert for alert in self.waiting if self.may_take(alert, person)]
        if mine:
            alert = min(mine, key=lambda alert: int(self.alerts.severity[alert]))
            self.waiting.remove(alert)
            self.begin(alert, person)

    def may_take(self, alert: int, person: int) -> bool:
        incident = self.incidents[alert]
        return incident.owner == person or person in self.at_place(incident.place)

    def hand_over(self, person: int) -> None:
        """At the end of a stretch on call: give away what waits, and what would take much longer."""
        for alert in [alert for alert in self.waiting if self.incidents[alert].owner == person]:
            heir = self.heir(alert, person)
            if heir is not None:
                self.incidents[alert].owner = heir
                self.incidents[alert].handed += 1
                if self.people[heir].work is None:
                    self.waiting.remove(alert)
                    self.begin(alert, heir)
        one = self.people[person]
        if one.work is None or one.helps or one.until - self.now <= self.how.keep_ms:
            return
        alert = one.work
        heir = self.heir(alert, person)
        if heir is None:
            return
        incident = self.incidents[alert]
        share = (one.until - self.now) / (one.until - one.since)
        incident.left_ms = incident.left_ms * share + self.how.brief_ms
        incident.owner = heir
        incident.handed += 1
        released = self.release(person)
        self.assign(alert)
        for other in released:
            self.take(other)

    def heir(self, alert: int, person: int) -> int | None:
        """Return who is on call now where this alert was acknowledged, unless the person still is."""
        found = self.at_place(self.incidents[alert].place)
        return found[0] if found and person not in found else None

    # --- sleep --------------------------------------------------------------------------------------------

    def local(self, person: int, at: int) -> int:
        it = self.table.compiled
        first, end = it.person_first_clock[person : person + 2]
        return at + int(it.clocks["ms"][first + bisect_right(it.clocks["at"][first:end], at) - 1])

    def sleeps(self, person: int) -> bool:
        one, how = self.people[person], self.how
        at_night = people.in_bed(
            self.local(person, self.now), int(how.sleep_from_ms), int(how.sleep_until_ms)
        )
        return one.work is None and self.now >= one.awake_until and at_night

    def stir(self, person: int) -> None:
        """Wake somebody if they sleep."""
        if self.sleeps(person):
            self.people[person].woken = self.now

    def stay_awake(self, person: int, since: int) -> None:
        """Count somebody as awake from a time until they can sleep again; what that takes of a night is
        lost."""
        one = self.people[person]
        start, until = max(since, one.awake_until), self.now + round(self.how.settle_ms)
        if until <= start:
            return
        lost = people.sleep_ms(
            self.local(person, start),
            self.local(person, start) + until - start,
            int(self.how.sleep_from_ms),
            int(self.how.sleep_until_ms),
        )
        if lost > 0:
            self.awake.append((person, start, until, lost))
            one.debt_ms, one.debt_at = self.debt(person) + lost, self.now
        one.awake_until = until

    def debt(self, person: int) -> float:
        """Return a sleep debt in ms: half of it is slept off in a day."""
        one = self.people[person]
        return float(one.debt_ms * 0.5 ** ((self.now - one.debt_at) / self.how.recovery_ms))


def simulate(table: Table, alerts: Alerts, how: Response) -> Records:
    """Return what happens to a year's alerts under a policy; it goes on until all are done."""
    team = _Team(table, alerts, how)
    team.people = [_Person() for _ in table.people]
    team.turns = [0] * len(table.compiled.steps)
    columns = (alerts.luck.tolist(), alerts.pace.tolist(), alerts.work.tolist())
    for alert, (luck, pace, work) in enumerate(zip(*columns, strict=True)):
        team.incidents.append(_Incident(luck, pace, float(work)))
        team.at(int(alerts.at[alert]), ARRIVES, (alert, 0, 0), partial(team.reach, alert, 0))
    for at, person in table.compiled.hands.tolist():
        team.at(at, SHIFT_ENDS, (0, person, 0), partial(team.hand_over, person))
    team.env.run()
    return Records(
        alerts=_rows([incident.told for incident in team.incidents], 7),
        pages=_rows(team.pages, 4),
        work=_rows(team.work, 5),
        awake=_rows(team.awake, 4),
    )


def _rows(rows: list[list[int]] | list[tuple[int, int, int, int]], columns: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, columns)
