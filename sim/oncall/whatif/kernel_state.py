"""What changes in the course of a year that the kernel plays, in arrays; its events are in one heap."""

from typing import Any, NamedTuple

import numpy as np

from sim.oncall.whatif.kernel_compiled import inlined, njit
from sim.oncall.whatif.records import Alerts, Ints
from sim.oncall.whatif.table import Table

NEVER = 2**62
NOBODY: Any = np.int64(-1)

INCIDENT = np.dtype(
    [
        *((name, np.int64) for name in ("luck", "pace", "severity", "needs_action")),
        *((name, np.int64) for name in ("open", "step", "place", "owner", "expected")),
        ("left_ms", np.float64),
    ],
    align=True,
)
"""As in the reference; `expected` is when the first acknowledgement that is under way comes."""
CREW = np.dtype(
    [
        *((name, np.int64) for name in ("work", "since", "until", "span", "helps", "helper")),
        *((name, np.int64) for name in ("awake_until", "woken", "debt_at")),
        *((name, np.int64) for name in ("clock", "first_clock", "last_clock")),
        ("debt_ms", np.float64),
    ],
    align=True,
)
"""As in the reference. From `first_clock` to `last_clock` are somebody's rows of `clocks`; `clock` is the one
that was looked up last: time goes on, so it only rises."""


EVENT = np.dtype([(name, np.int64) for name in ("time", "rank", "place")], align=True)


class State(NamedTuple):
    """What changes in the course of a year."""

    incidents: Any
    """(alerts,) of INCIDENT, each written when it arrives."""
    people: Any
    """(people,) of CREW."""
    turns: Ints
    """(steps,): which of its places each pages next."""
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
def row_of(state: State, of: int, room: int) -> int:
    """Return the next row of a record; past its room the last, since the year is then played again with
    more."""
    row = state.counts[of]
    state.counts[of] = row + 1
    return int(min(row, room - 1))


@inlined
def _put(heap: Any, row: int, time: int, rank: int, place: int) -> None:
    """Write an event by its parts: to read one as a whole just after that is slow."""
    heap[row].time, heap[row].rank, heap[row].place = time, rank, place


@njit
def push(state: State, time: int, rank: int, place: int) -> None:
    """Put an event on the heap."""
    heap, child = state.heap, row_of(state, HEAP, len(state.heap))
    while child > 0:
        parent = (child - 1) // 2
        if heap[parent].time < time or (heap[parent].time == time and heap[parent].rank <= rank):
            break
        _put(heap, child, heap[parent].time, heap[parent].rank, heap[parent].place)
        child = parent
    _put(heap, child, time, rank, place)


@njit
def pop(state: State) -> None:
    """Take the first event off the heap."""
    heap, size = state.heap, state.counts[HEAP] - 1
    state.counts[HEAP] = size
    time, rank, place, hole = heap[size].time, heap[size].rank, heap[size].place, 0
    while 2 * hole + 1 < size:
        child = 2 * hole + 1
        if child + 1 < size and (
            heap[child + 1].time < heap[child].time
            or (heap[child + 1].time == heap[child].time and heap[child + 1].rank < heap[child].rank)
        ):
            child += 1
        if time < heap[child].time or (time == heap[child].time and rank <= heap[child].rank):
            break
        _put(heap, hole, heap[child].time, heap[child].rank, heap[child].place)
        hole = child
    _put(heap, hole, time, rank, place)


@inlined
def arrive(alerts: Alerts, alert: int, state: State) -> None:
    """Write an incident as it is when its alert fires."""
    incident = state.incidents[alert]
    incident.luck, incident.pace = alerts.luck[alert], alerts.pace[alert]
    incident.severity, incident.needs_action = alerts.severity[alert], alerts.needs_action[alert]
    incident.left_ms, incident.open, incident.expected = float(alerts.work[alert]), 1, NEVER


def beginning(table: Table, alerts: Alerts, room: int) -> State:
    """Return the state in which a year begins, with so much room for events and records."""
    it = table.compiled
    crew = np.zeros(len(table.people), CREW)
    crew["work"], crew["helper"] = -1, NOBODY
    crew["clock"] = crew["first_clock"] = it.person_first_clock[:-1]
    crew["last_clock"] = it.person_first_clock[1:] - 1
    crew["awake_until"] = crew["woken"] = -(10**15)
    told = np.full((len(alerts.at), 7), -1, order="F")
    told[:, 3:5] = 0
    return State(
        incidents=np.empty(len(alerts.at), INCIDENT),
        people=crew,
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
