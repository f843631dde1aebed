"""The model of `reference` compiled by numba: the same records from the same numbers, some hundred times
faster.

Read the reference first; names and order are the same here. State lives in arrays, events in one heap of
(time, rank, place), where the rank puts the events of one instant into the order of the reference. An
event that cannot matter any more is not put there: an acknowledgement later than another that is sure to
come, the end of a step before which one is.
"""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numba import njit as _njit

from sim.oncall import response as people
from sim.oncall.whatif import draws
from sim.oncall.whatif.records import ALERT, KIND, PERSON, Alerts, Ints, Records
from sim.oncall.whatif.response import Response
from sim.oncall.whatif.table import Compiled, Table

Function = TypeVar("Function", bound=Callable[..., Any])


# No reference is counted (`_nrt`): the arrays belong to the caller, and counting took most of the time.
# For the same reason functions become part of those that call them: what they are given is large.
_OPTIONS: dict[str, Any] = {"_nrt": False, "error_model": "numpy"}


def njit(function: Function) -> Function:
    """Compile a function, and keep what was compiled for the next process."""
    compiled: Function = _njit(cache=True, forceinline=True, **_OPTIONS)(function)
    return compiled


def inlined(function: Function) -> Function:
    """Let a function become part of each that calls it before anything is compiled."""
    part: Function = _njit(inline="always", **_OPTIONS)(function)
    return part


delay_ms = njit(people.delay_ms)
rings_unheard = njit(people.rings_unheard)
awake_enough_ms = njit(people.awake_enough_ms)
tired = njit(people.tired)
sleep_ms = njit(people.sleep_ms)
following = njit(draws.following)
uniform_of = njit(draws.uniform_of)
normal_of = njit(draws.normal_of)

DONE, HAND, WAKE, ACKNOWLEDGE, STEP, ARRIVE = range(6)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NEVER = 2**62
NOBODY: Any = np.int64(-1)


INCIDENT = np.dtype(
    [
        *((name, np.int64) for name in ("luck", "first", "second", "severity", "needs_action")),
        *((name, np.int64) for name in ("open", "step", "place", "owner", "expected")),
        ("left_ms", np.float64),
    ],
    align=True,
)
"""As in the reference; `expected` is when the first acknowledgement that is under way comes."""
CREW = np.dtype(
    [
        *((name, np.int64) for name in ("work", "since", "until", "span", "helps", "helper")),
        *((name, np.int64) for name in ("awake_until", "woken", "debt_at", "clock")),
        ("debt_ms", np.float64),
    ],
    align=True,
)
"""As in the reference; `clock` is the row of `clocks` that was looked up last: time goes on, so it only
rises."""


EVENT = np.dtype([(name, np.int64) for name in ("time", "rank", "place")], align=True)


class State(NamedTuple):
    """What changes in the course of a year."""

    incidents: Any
    """(alerts,) of INCIDENT."""
    people: Any
    """(people,) of CREW."""
    turns: Ints
    """(steps,): how often each has paged."""
    turn_now: Ints
    """(places,): the turn of each that was looked up last."""
    waiting: Ints
    """(alerts,): those that wait, in the order in which they began to."""
    heap: Any
    """(capacity,) of EVENT."""
    told: Ints
    """`Records.alerts`, and the other records with room for more rows."""
    pages: Ints
    work: Ints
    awake: Ints
    counts: Ints
    """How many rows of `waiting`, `heap`, `pages`, `work` and `awake` are in use or would be; how many alerts
    have arrived, how many stretches ended."""


_columns: Any = np.arange(7)
WAITING, HEAP, PAGES, WORK, AWAKE, ARRIVED, HANDED = _columns


@inlined
def _row(state: State, of: int, room: int) -> int:
    """Return the next row of a record; past its room the last, since the year is then played again with
    more."""
    row = state.counts[of]
    state.counts[of] = row + 1
    return int(min(row, room - 1))


@njit
def _push(state: State, time: int, rank: int, place: int) -> None:
    """Put an event on the heap."""
    heap, child = state.heap, _row(state, HEAP, len(state.heap))
    while child > 0:
        parent = (child - 1) // 2
        if heap[parent].time < time or (heap[parent].time == time and heap[parent].rank <= rank):
            break
        heap[child] = heap[parent]
        child = parent
    heap[child].time, heap[child].rank, heap[child].place = time, rank, place


@njit
def _pop(state: State) -> None:
    """Take the first event off the heap."""
    heap, size = state.heap, state.counts[HEAP] - 1
    state.counts[HEAP] = size
    time, rank, hole = heap[size].time, heap[size].rank, 0
    while 2 * hole + 1 < size:
        child = 2 * hole + 1
        if child + 1 < size and (
            heap[child + 1].time < heap[child].time
            or (heap[child + 1].time == heap[child].time and heap[child + 1].rank < heap[child].rank)
        ):
            child += 1
        if time < heap[child].time or (time == heap[child].time and rank <= heap[child].rank):
            break
        heap[hole] = heap[child]
        hole = child
    heap[hole] = heap[size]


@njit
def _at_place(it: Compiled, now: int, place: int, state: State) -> tuple[int, int]:
    """Return the range of `turn_people` that holds who is on call at a place now."""
    end, turn = it.place_first_turn[place + 1], state.turn_now[place]
    while turn + 1 < end and it.turns[turn + 1].at <= now:
        turn += 1
    state.turn_now[place] = turn
    return it.turns[turn].first_person, it.turns[turn + 1].first_person


@inlined
def _ahead(it: Compiled, now: int, person: int, state: State) -> int:
    """Return what to add to now for a person's local time."""
    end, row = it.person_first_clock[person + 1], state.people[person].clock
    while row + 1 < end and it.clocks[row + 1].at <= now:
        row += 1
    state.people[person].clock = row
    return int(it.clocks[row].ms)


@inlined
def _ahead_at(it: Compiled, at: int, person: int) -> int:
    """The same at any time."""
    row, end = it.person_first_clock[person], it.person_first_clock[person + 1]
    while row + 1 < end and it.clocks[row + 1].at <= at:
        row += 1
    return int(it.clocks[row].ms)


@njit
def _sleeps(it: Compiled, how: Response, now: int, person: int, state: State) -> bool:
    if state.people[person].work >= 0 or now < state.people[person].awake_until:
        return False
    local = now + _ahead(it, now, person, state)
    return sleep_ms(local, local + 1, int(how.sleep_from_ms), int(how.sleep_until_ms)) > 0


@inlined
def _stir(it: Compiled, how: Response, now: int, person: int, state: State) -> None:
    if _sleeps(it, how, now, person, state):
        state.people[person].woken = now


@inlined
def _debt(how: Response, now: int, person: int, state: State) -> float:
    if state.people[person].debt_ms == 0.0:
        return 0.0
    return float(
        state.people[person].debt_ms * 0.5 ** ((now - state.people[person].debt_at) / how.recovery_ms)
    )


@njit
def _stay_awake(it: Compiled, how: Response, now: int, person: int, since: int, state: State) -> None:
    start, until = max(since, state.people[person].awake_until), now + round(how.settle_ms)
    if until <= start:
        return
    local = start + _ahead_at(it, start, person)
    lost = sleep_ms(local, local + until - start, int(how.sleep_from_ms), int(how.sleep_until_ms))
    if lost > 0:
        row = _row(state, AWAKE, len(state.awake))
        state.awake[row, 0], state.awake[row, 1] = person, start
        state.awake[row, 2], state.awake[row, 3] = until, lost
        state.people[person].debt_ms = _debt(how, now, person, state) + lost
        state.people[person].debt_at = now
    state.people[person].awake_until = until


@njit
def _reach(
    it: Compiled,
    how: Response,
    now: int,
    alert: int,
    step: int,
    state: State,
) -> None:
    steps = len(it.steps) - 1
    while step < steps * (it.repeats + 1):
        number = step % steps
        first, end = it.steps[number].first_place, it.steps[number + 1].first_place
        place = first
        from_, to = 0, 0
        for further in range(end - first):
            tried = first + (state.turns[number] + further) % (end - first)
            from_, to = _at_place(it, now, tried, state)
            if from_ < to:
                place = tried
                state.turns[number] += further + 1
                break
        if from_ < to or not it.steps[number].skips:
            for row in range(from_, to):
                _page(it, how, now, alert, step, place, it.turn_people[row], state)
            over = now + it.steps[number].ms
            if state.incidents[alert].expected > over:
                _push(state, over, STEP * KIND + alert * ALERT + step, place)
            return
        step += 1
    state.incidents[alert].open = 0


@njit
def _page(
    it: Compiled,
    how: Response,
    now: int,
    alert: int,
    step: int,
    place: int,
    person: int,
    state: State,
) -> None:
    row = _row(state, PAGES, len(state.pages))
    state.pages[row, 0], state.pages[row, 1], state.pages[row, 2], state.pages[row, 3] = (
        alert,
        person,
        step,
        now,
    )
    state.told[alert, 3] += 1
    state.incidents[alert].luck = following(state.incidents[alert].luck)
    state.incidents[alert].first = following(state.incidents[alert].first)
    state.incidents[alert].second = following(state.incidents[alert].second)
    normal = normal_of(state.incidents[alert].first, state.incidents[alert].second)
    wakes = now
    if _sleeps(it, how, now, person, state):
        wakes += round(rings_unheard(uniform_of(state.incidents[alert].luck), how.wakes) * how.ring_again_ms)
        delay = delay_ms(how.asleep_median_s, how.asleep_sigma, normal, how.longest_s)
        _push(state, wakes, WAKE * KIND + alert * ALERT + person * PERSON + step, place)
    elif state.people[person].work >= 0 or _at_desk(now + _ahead(it, now, person, state)):
        delay = delay_ms(how.desk_median_s, how.desk_sigma, normal, how.longest_s)
    else:
        delay = delay_ms(how.away_median_s, how.away_sigma, normal, how.longest_s)
    comes = wakes + delay
    if comes <= state.incidents[alert].expected:
        state.incidents[alert].expected = comes
        _push(state, comes, ACKNOWLEDGE * KIND + alert * ALERT + person * PERSON + step, place)


@inlined
def _at_desk(local: int) -> bool:
    return local // DAY_MS % 7 < 5 and 8 * HOUR_MS <= local % DAY_MS < 18 * HOUR_MS


@njit
def _assign(
    it: Compiled,
    how: Response,
    now: int,
    alert: int,
    state: State,
) -> None:
    owner = state.incidents[alert].owner
    if state.people[owner].work < 0:
        _begin(it, how, now, alert, owner, state)
        return
    from_, to = _at_place(it, now, state.incidents[alert].place, state)
    for row in range(from_, to):
        if state.people[it.turn_people[row]].work < 0:
            _begin(it, how, now, alert, it.turn_people[row], state)
            return
    state.waiting[state.counts[WAITING]] = alert
    state.counts[WAITING] += 1


@njit
def _begin(
    it: Compiled,
    how: Response,
    now: int,
    alert: int,
    person: int,
    state: State,
) -> None:
    state.incidents[alert].owner = person
    _stir(it, how, now, person, state)
    takes = tired(state.incidents[alert].left_ms, _debt(how, now, person, state), how.slower_per_hour)
    helper = NOBODY
    if state.incidents[alert].severity == 1 and state.incidents[alert].needs_action:
        helper = _helper_for(it, now, state.incidents[alert].step, person, state)
    if helper != NOBODY:
        takes *= how.help_factor
    until = now + awake_enough_ms(takes, float(now - state.people[person].woken), how.inertia)
    _occupy(now, person, alert, until, 0, state)
    state.people[person].helper = helper
    if helper != NOBODY:
        _stir(it, how, now, helper, state)
        _occupy(now, helper, alert, until, 1, state)
    _push(state, until, DONE * KIND + alert * ALERT + person * PERSON, person)


@njit
def _helper_for(it: Compiled, now: int, step: int, person: int, state: State) -> int:
    following_step = step % (len(it.steps) - 1) + 1
    if following_step == (len(it.steps) - 1):
        return int(NOBODY)
    for place in range(it.steps[following_step].first_place, it.steps[following_step + 1].first_place):
        from_, to = _at_place(it, now, place, state)
        for row in range(from_, to):
            other = it.turn_people[row]
            if other != person and state.people[other].work < 0:
                return int(other)
    return int(NOBODY)


@inlined
def _occupy(now: int, person: int, alert: int, until: int, helps: int, state: State) -> None:
    state.people[person].work, state.people[person].since, state.people[person].until = alert, now, until
    row = _row(state, WORK, len(state.work))
    state.people[person].helps, state.people[person].span = helps, row
    state.work[row, 0], state.work[row, 1], state.work[row, 2] = alert, person, now
    state.work[row, 3], state.work[row, 4] = until, helps


@njit
def _release(it: Compiled, how: Response, now: int, person: int, state: State) -> int:
    """Let somebody and their helper stop work now; return the helper."""
    helper = state.people[person].helper
    for other in (person, helper):
        if other != NOBODY:
            state.work[state.people[other].span, 3] = now
            state.people[other].work, state.people[other].helper = -1, NOBODY
            _stay_awake(it, how, now, other, state.people[other].since, state)
    return int(helper)


@njit
def _take(
    it: Compiled,
    how: Response,
    now: int,
    person: int,
    state: State,
) -> None:
    if state.people[person].work >= 0:
        return
    best = NOBODY
    for row in range(state.counts[WAITING]):
        alert = state.waiting[row]
        if best >= 0 and state.incidents[alert].severity >= state.incidents[state.waiting[best]].severity:
            continue
        may = state.incidents[alert].owner == person
        if not may:
            from_, to = _at_place(it, now, state.incidents[alert].place, state)
            for other in range(from_, to):
                may = may or it.turn_people[other] == person
        if may:
            best = row
    if best >= 0:
        alert = state.waiting[best]
        _no_longer_waits(best, state)
        _begin(it, how, now, alert, person, state)


@inlined
def _no_longer_waits(row: int, state: State) -> None:
    state.counts[WAITING] -= 1
    for later in range(row, state.counts[WAITING]):
        state.waiting[later] = state.waiting[later + 1]


@njit
def _heir(it: Compiled, now: int, alert: int, person: int, state: State) -> int:
    from_, to = _at_place(it, now, state.incidents[alert].place, state)
    for row in range(from_, to):
        if it.turn_people[row] != person:
            return int(it.turn_people[row])
    return int(NOBODY)


@njit
def _hand_over(
    it: Compiled,
    how: Response,
    now: int,
    person: int,
    state: State,
) -> None:
    row = NOBODY + 1
    while row < state.counts[WAITING]:
        alert = state.waiting[row]
        if state.incidents[alert].owner == person:
            heir = _heir(it, now, alert, person, state)
            if heir != NOBODY:
                state.incidents[alert].owner = heir
                state.told[alert, 4] += 1
                if state.people[heir].work < 0:
                    _no_longer_waits(row, state)
                    _begin(it, how, now, alert, heir, state)
                    continue
        row += 1
    alert = state.people[person].work
    if alert < 0 or state.people[person].helps or state.people[person].until - now <= how.keep_ms:
        return
    heir = _heir(it, now, alert, person, state)
    if heir == NOBODY:
        return
    share = (state.people[person].until - now) / (state.people[person].until - state.people[person].since)
    state.incidents[alert].left_ms = state.incidents[alert].left_ms * share + how.brief_ms
    state.incidents[alert].owner = heir
    state.told[alert, 4] += 1
    helper = _release(it, how, now, person, state)
    _assign(it, how, now, alert, state)
    for other in (person, helper):
        if other != NOBODY:
            _take(it, how, now, other, state)


@njit
def _run(it: Compiled, arrivals: Ints, how: Response, state: State) -> None:
    told, heap = state.told, state.heap
    while state.counts[HEAP] <= len(heap):
        arrived, handed = state.counts[ARRIVED], state.counts[HANDED]
        comes = arrivals[arrived] if arrived < len(arrivals) else NEVER
        ends = it.hands[handed].at if handed < len(it.hands) else NEVER
        now, rank = (heap[0].time, heap[0].rank) if state.counts[HEAP] > 0 else (NEVER, ARRIVE * KIND)
        if ends <= comes and (ends < now or (ends == now and rank >= HAND * KIND)):
            if ends == NEVER:
                return
            state.counts[HANDED] += 1
            _hand_over(it, how, ends, it.hands[handed].person, state)
        elif comes < now:
            state.counts[ARRIVED] += 1
            _reach(it, how, comes, arrived, state.incidents[arrived].step, state)
        else:
            place = heap[0].place
            _pop(state)
            kind, alert = rank // KIND, rank % KIND // ALERT
            person, step = rank % ALERT // PERSON, rank % PERSON
            if kind == DONE:
                if (
                    state.people[person].work == alert
                    and not state.people[person].helps
                    and state.people[person].until == now
                ):
                    state.told[alert, 5] = now
                    _finish(it, how, now, person, state)
            elif not state.incidents[alert].open:
                continue
            elif kind == WAKE:
                _stir(it, how, now, person, state)
                _stay_awake(it, how, now, person, now, state)
            elif kind == STEP:
                _reach(it, how, now, alert, step + 1, state)
            else:
                told[alert, 0], told[alert, 1], told[alert, 2] = now, person, step
                state.incidents[alert].open, state.incidents[alert].step = 0, step
                state.incidents[alert].place, state.incidents[alert].owner = place, person
                _stay_awake(it, how, now, person, now, state)
                _assign(it, how, now, alert, state)


@inlined
def _finish(it: Compiled, how: Response, now: int, person: int, state: State) -> None:
    helper = _release(it, how, now, person, state)
    _take(it, how, now, person, state)
    if helper != NOBODY:
        _take(it, how, now, helper, state)


def simulate(table: Table, alerts: Alerts, how: Response) -> Records:
    """Return what happens to a year's alerts under a policy; it goes on until all are done."""
    room = 2 * len(alerts.at) + 64
    while True:
        state = _beginning(table, alerts, room)
        _run(table.compiled, alerts.at, how, state)
        most = int(state.counts[HEAP : AWAKE + 1].max())
        if most <= room:
            break
        room = 2 * max(most, room)
    pages, work, awake = state.counts[PAGES : AWAKE + 1].tolist()
    return Records(state.told, state.pages[:pages], state.work[:work], state.awake[:awake])


def _beginning(table: Table, alerts: Alerts, room: int) -> State:
    it = table.compiled
    incidents, crew = np.zeros(len(alerts.at), INCIDENT), np.zeros(len(table.people), CREW)
    for name in ("luck", "first", "second", "severity", "needs_action"):
        incidents[name] = getattr(alerts, name)
    incidents["left_ms"], incidents["open"], incidents["expected"] = alerts.work, 1, NEVER
    crew["work"], crew["helper"], crew["clock"] = -1, NOBODY, it.person_first_clock[:-1]
    crew["awake_until"] = crew["woken"] = -(10**15)
    told = np.full((len(alerts.at), 6), -1, order="F")
    told[:, 3:5] = 0
    return State(
        incidents,
        crew,
        turns=np.zeros(len(it.steps) - 1, dtype=np.int64),
        turn_now=it.place_first_turn[:-1].copy(),
        waiting=np.empty(len(alerts.at), dtype=np.int64),
        heap=np.empty(room, EVENT),
        told=told,
        pages=np.empty((room, 4), dtype=np.int64, order="F"),
        work=np.empty((room, 5), dtype=np.int64, order="F"),
        awake=np.empty((room, 4), dtype=np.int64, order="F"),
        counts=np.zeros(7, dtype=np.int64),
    )
