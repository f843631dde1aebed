"""Simulated time and the order of one instant.

SimPy's environment runs underneath. What is added is the rule for things due at the same millisecond: by
the order of `Order`, then by key, then by when they were scheduled. Times are integers, in ms since the
start of the drill.
"""

from collections.abc import Callable, Generator
from enum import IntEnum
from typing import Any, NamedTuple

import simpy

TICK_MS = 5_000
"""The world's step. An input acts on the flow at the next tick."""

Routine = Generator[simpy.Event, Any, None]
"""A SimPy process: a generator that yields moments."""


class Order(IntEnum):
    """What comes first within one instant. SimPy's own urgent and normal events (0, 1) precede all."""

    FAULTS = 2
    ACTS = 3
    TICK = 4
    TELEMETRY = 5
    RULES = 6
    NOTIFICATIONS = 7
    PEOPLE = 8
    INJECTS = 9
    INPUTS = 10


class _Rank(NamedTuple):
    order: int
    key: str


class Moment(simpy.Event):
    """A point in time at which a process goes on, or a callback runs."""

    def __init__(self, timeline: "Timeline", t_ms: int, order: Order, key: str):
        super().__init__(timeline)
        self._ok = True
        self._value = None
        timeline.schedule(self, _Rank(order, key), t_ms - timeline.now_ms)


class Timeline(simpy.Environment):
    """SimPy's environment, in integer milliseconds, with the order of one instant as a rule."""

    def __init__(self) -> None:
        super().__init__(initial_time=0)

    @property
    def now_ms(self) -> int:
        """Simulated milliseconds since the start of the drill."""
        return int(self.now)

    def schedule(self, event: simpy.Event, priority: Any = 1, delay: Any = 0) -> None:
        """Schedule an event; a plain SimPy priority becomes a rank, so that the two compare."""
        rank = priority if isinstance(priority, _Rank) else _Rank(int(priority), "")
        super().schedule(event, rank, delay)  # type: ignore[arg-type]

    def moment(self, t_ms: int, order: Order, key: str = "") -> Moment:
        """Return the moment `t_ms` in its place within that instant; for a process to yield."""
        return Moment(self, max(t_ms, self.now_ms), order, key)

    def call_at(self, t_ms: int, order: Order, key: str, action: Callable[[], None]) -> None:
        """Call `action` at `t_ms` in its place within that instant."""
        moment = self.moment(t_ms, order, key)
        assert moment.callbacks is not None
        moment.callbacks.append(lambda _: action())

    def run_to(self, t_ms: int) -> None:
        """Process everything due up to and including `t_ms`, and stand there."""
        end = self.moment(t_ms, Order.INPUTS, "\uffff")
        while not end.processed:
            self.step()
        self.settle()

    def settle(self) -> None:
        """Process what has become due at the present instant."""
        while self.peek() <= self.now:
            self.step()
