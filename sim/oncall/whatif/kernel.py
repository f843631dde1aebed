"""The model of `reference` compiled by numba: the same records from the same numbers, some hundred times
faster.

Read the reference first; names and order are the same here, but that loops stand where it calls twice: what
is called becomes part of the caller, and is compiled as often. State lives in arrays, events in one heap of
(time, rank, place), where the rank puts the events of one instant into the order of the reference. An
event that cannot matter any more is not put there: an acknowledgement later than another that is sure to
come, the end of a step before which one is.
"""

from typing import Any

from sim.oncall import response as people
from sim.oncall.whatif import draws
from sim.oncall.whatif.kernel_compiled import entry, inlined, njit
from sim.oncall.whatif.kernel_state import (
    ARRIVED,
    AWAKE,
    HANDED,
    HEAP,
    NEVER,
    NOBODY,
    PAGES,
    WAITING,
    WORK,
    State,
    arrive,
    beginning,
    pop,
    push,
    row_of,
)
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
    Records,
)
from sim.oncall.whatif.table import Compiled, Rows, Table

delay_ms = njit(people.delay_ms)
rings_unheard = njit(people.rings_unheard)
awake_enough_ms = njit(people.awake_enough_ms)
tired = njit(people.tired)
sleep_ms = njit(people.sleep_ms)
in_bed = njit(people.in_bed)
at_desk = njit(people.at_desk)
following = njit(draws.following)
uniform_of = njit(draws.uniform_of)
normal_of = njit(draws.normal_of)


@njit
def _at_place(it: Compiled, now: int, place: int, state: State) -> tuple[int, int]:
    """Return the range of `turn_people` that holds who is on call at a place now."""
    end, turn = it.place_first_turn[place + 1], state.turn_now[place]
    while turn + 1 < end and it.turns[turn + 1].at <= now:
        turn += 1
    state.turn_now[place] = turn
    return it.turns[turn].first_person, it.turns[turn + 1].first_person


@njit
def _ahead(clocks: Rows, now: int, me: Any) -> int:
    """Return what to add to now for a person's local time."""
    while me.clock < me.last_clock and clocks[me.clock + 1].at <= now:
        me.clock += 1
    return int(clocks[me.clock].ms)


@njit
def _ahead_at(clocks: Rows, at: int, me: Any) -> int:
    """The same at any time."""
    row = me.first_clock
    while row < me.last_clock and clocks[row + 1].at <= at:
        row += 1
    return int(clocks[row].ms)


@njit
def _sleeps(clocks: Rows, how: Response, now: int, me: Any) -> bool:
    if me.work >= 0 or now < me.awake_until:
        return False
    return in_bed(now + _ahead(clocks, now, me), int(how.sleep_from_ms), int(how.sleep_until_ms))


@njit
def _stir(clocks: Rows, how: Response, now: int, me: Any) -> None:
    if _sleeps(clocks, how, now, me):
        me.woken = now


@inlined
def _debt(how: Response, now: int, me: Any) -> float:
    if me.debt_ms == 0.0:
        return 0.0
    return float(me.debt_ms * 0.5 ** ((now - me.debt_at) / how.recovery_ms))


@njit
def _stay_awake(clocks: Rows, how: Response, now: int, person: int, since: int, state: State) -> None:
    me = state.people[person]
    start, until = max(since, me.awake_until), now + round(how.settle_ms)
    if until <= start:
        return
    local = start + _ahead_at(clocks, start, me)
    lost = sleep_ms(local, local + until - start, int(how.sleep_from_ms), int(how.sleep_until_ms))
    if lost > 0:
        row = row_of(state, AWAKE, len(state.awake))
        state.awake[row, 0], state.awake[row, 1] = person, start
        state.awake[row, 2], state.awake[row, 3] = until, lost
        me.debt_ms = _debt(how, now, me) + lost
        me.debt_at = now
    me.awake_until = until


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
        number = step if step < steps else step % steps
        first, end = it.steps[number].first_place, it.steps[number + 1].first_place
        place, following_place = first, first + state.turns[number]
        from_, to = 0, 0
        for _ in range(end - first):
            tried = following_place
            following_place = tried + 1 if tried + 1 < end else first
            from_, to = _at_place(it, now, tried, state)
            if from_ < to:
                place = tried
                state.turns[number] = following_place - first
                break
        if from_ < to or not it.steps[number].skips:
            for row in range(from_, to):
                _page(it, how, now, alert, step, place, it.turn_people[row], state)
            over = now + it.steps[number].ms
            if state.incidents[alert].expected > over:
                push(state, over, STEP_ENDS * KIND + alert * ALERT + step, place)
            return
        step += 1
    state.incidents[alert].open = 0


@inlined
def _delay(how: Response, times: Delay, uniform: float, normal: float) -> int:
    if uniform < times.slow:
        return delay_ms(times.slow_median_s, times.slow_sigma, normal, how.longest_s)
    return delay_ms(times.median_s, times.sigma, normal, how.longest_s)


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
    row = row_of(state, PAGES, len(state.pages))
    state.pages[row, 0], state.pages[row, 1], state.pages[row, 2], state.pages[row, 3] = (
        alert,
        person,
        step,
        now,
    )
    state.told[alert, 3] += 1
    incident = state.incidents[alert]
    incident.luck = following(incident.luck)
    incident.pace = following(incident.pace)
    normal, uniform = normal_of(incident.pace), uniform_of(incident.luck)
    wakes = now
    me = state.people[person]
    if _sleeps(it.clocks, how, now, me):
        wakes += round(rings_unheard(uniform, how.wakes) * how.ring_again_ms)
        delay = _delay(how, how.asleep, uniform, normal)
        push(state, wakes, WAKES * KIND + alert * ALERT + person * PERSON + step, place)
    elif me.work >= 0 or at_desk(now + _ahead(it.clocks, now, me)):
        delay = _delay(how, how.desk, uniform, normal)
    else:
        delay = _delay(how, how.away, uniform, normal)
    comes = wakes + delay
    if comes <= incident.expected:
        incident.expected = comes
        push(state, comes, ACKNOWLEDGES * KIND + alert * ALERT + person * PERSON + step, place)


@njit
def _assign(
    it: Compiled,
    how: Response,
    now: int,
    alert: int,
    state: State,
) -> None:
    incident = state.incidents[alert]
    free = incident.owner
    if state.people[free].work >= 0:
        free = NOBODY
        from_, to = _at_place(it, now, incident.place, state)
        for row in range(from_, to):
            if free == NOBODY and state.people[it.turn_people[row]].work < 0:
                free = it.turn_people[row]
    if free != NOBODY:
        _begin(it, how, now, alert, free, state)
    elif state.counts[WAITING] < WAITING_MAX:
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
    incident, me = state.incidents[alert], state.people[person]
    incident.owner = person
    if state.told[alert, 5] < 0:
        state.told[alert, 5] = now
    helper = NOBODY
    if incident.severity == 1 and incident.needs_action:
        helper = _helper_for(it, now, incident.step, person, state)
    for other in (person, helper):
        if other != NOBODY:
            _stir(it.clocks, how, now, state.people[other])
    takes = tired(incident.left_ms, _debt(how, now, me), how.slower_per_hour)
    if helper != NOBODY:
        takes *= how.help_factor
    until = now + awake_enough_ms(takes, float(now - me.woken), how.inertia)
    for other in (person, helper):
        if other != NOBODY:
            _occupy(now, other, alert, until, int(other == helper), state)
    me.helper = helper
    push(state, until, WORK_ENDS * KIND + alert * ALERT + person * PERSON, person)


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
    me, row = state.people[person], row_of(state, WORK, len(state.work))
    me.work, me.since, me.until = alert, now, until
    me.helps, me.span = helps, row
    state.work[row, 0], state.work[row, 1], state.work[row, 2] = alert, person, now
    state.work[row, 3], state.work[row, 4] = until, helps


@njit
def _release(clocks: Rows, how: Response, now: int, person: int, state: State) -> int:
    """Let somebody and their helper stop work now; return the helper."""
    helper = state.people[person].helper
    for other in (person, helper):
        if other != NOBODY:
            mine = state.people[other]
            state.work[mine.span, 3] = now
            mine.work, mine.helper = -1, NOBODY
            _stay_awake(clocks, how, now, other, mine.since, state)
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
        incident = state.incidents[state.waiting[row]]
        if best >= 0 and incident.severity >= state.incidents[state.waiting[best]].severity:
            continue
        may = incident.owner == person
        if not may:
            from_, to = _at_place(it, now, incident.place, state)
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
        if it.turn_people[row] == person:
            return int(NOBODY)
    return int(it.turn_people[from_] if from_ < to else NOBODY)


@inlined
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
    me = state.people[person]
    alert = me.work
    if alert < 0 or me.helps or me.until - now <= how.keep_ms:
        return
    heir = _heir(it, now, alert, person, state)
    if heir == NOBODY:
        return
    incident = state.incidents[alert]
    incident.left_ms = incident.left_ms * ((me.until - now) / (me.until - me.since)) + how.brief_ms
    incident.owner = heir
    state.told[alert, 4] += 1
    helper = _release(it.clocks, how, now, person, state)
    _assign(it, how, now, alert, state)
    for other in (person, helper):
        if other != NOBODY:
            _take(it, how, now, other, state)


@inlined
def _finish(it: Compiled, how: Response, now: int, person: int, state: State) -> None:
    helper = _release(it.clocks, how, now, person, state)
    for other in (person, helper):
        if other != NOBODY:
            _take(it, how, now, other, state)


@inlined
def _happen(it: Compiled, how: Response, now: int, rank: int, place: int, state: State) -> int:
    """Let an event of the heap happen; return the step that its alert reaches, if it does."""
    kind, alert = rank // KIND, rank % KIND // ALERT
    person, step = rank % ALERT // PERSON, rank % PERSON
    incident, me, told = state.incidents[alert], state.people[person], state.told
    if kind == WORK_ENDS:
        if me.work == alert and not me.helps and me.until == now:
            told[alert, 6] = now
            _finish(it, how, now, person, state)
    elif not incident.open:
        return int(NOBODY)
    elif kind == STEP_ENDS:
        return int(step + 1)
    else:
        if kind == WAKES:
            _stir(it.clocks, how, now, me)
        else:
            told[alert, 0], told[alert, 1], told[alert, 2] = now, person, step
            incident.open, incident.step, incident.place, incident.owner = 0, step, place, person
        _stay_awake(it.clocks, how, now, person, now, state)
        if kind == ACKNOWLEDGES:
            _assign(it, how, now, alert, state)
    return int(NOBODY)


@entry
def _run(it: Compiled, alerts: Alerts, how: Response, state: State) -> None:
    heap = state.heap
    while state.counts[HEAP] <= len(heap):
        arrived, handed = state.counts[ARRIVED], state.counts[HANDED]
        comes = alerts.at[arrived] if arrived < len(alerts.at) else NEVER
        ends = it.hands[handed].at if handed < len(it.hands) else NEVER
        now, rank = (heap[0].time, heap[0].rank) if state.counts[HEAP] > 0 else (NEVER, ARRIVES * KIND)
        if ends <= comes and (ends < now or (ends == now and rank >= SHIFT_ENDS * KIND)):
            if ends == NEVER:
                return
            state.counts[HANDED] += 1
            _hand_over(it, how, ends, it.hands[handed].person, state)
            continue
        if comes < now:
            state.counts[ARRIVED] += 1
            arrive(alerts, arrived, state)
            now, alert, reached = comes, arrived, 0
        else:
            place = heap[0].place
            pop(state)
            alert, reached = rank % KIND // ALERT, _happen(it, how, now, rank, place, state)
        if reached != NOBODY:
            _reach(it, how, now, alert, reached, state)


def simulate(table: Table, alerts: Alerts, how: Response) -> Records:
    """Return what happens to a year's alerts under a policy; it goes on until all are done."""
    room = 2 * len(alerts.at) + 64
    while True:
        state = beginning(table, alerts, room)
        _run(table.compiled, alerts, how, state)
        most = int(state.counts[HEAP : AWAKE + 1].max())
        if most <= room:
            break
        room = 2 * max(most, room)
    pages, work, awake = state.counts[PAGES : AWAKE + 1].tolist()
    return Records(state.told, state.pages[:pages], state.work[:work], state.awake[:awake])
