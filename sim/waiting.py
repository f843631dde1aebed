"""Waiting: what a `wait` lets pass, and when it is over. A new page always ends it."""

from sim.actions.time import Wait
from sim.answer import said
from sim.decision import Decision
from sim.view import View

LONGEST_MS = 60 * 60_000
"""A wait that nothing ends lasts at most this long."""


class Waiting:
    """The wait of one person. Pacing lives outside; this only says until when, and whether it is over."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._wait: Wait | None = None
        self._until_ms: int | None = None
        self._pages = 0
        self._updates = 0

    @property
    def until_ms(self) -> int | None:
        """Until when time may pass, at most; None where nobody waits."""
        return self._until_ms

    def decide(self, wait: Wait, now_ms: int) -> Decision:
        """Return the decision to wait."""
        length_ms = wait.for_s * 1000 if wait.for_s is not None else LONGEST_MS
        return Decision(said(""), effect=lambda: self._begin(wait, now_ms + length_ms))

    def pass_until(self, t_ms: int) -> None:
        """Let time pass until `t_ms` unless somebody is paged."""
        self._begin(None, t_ms)

    def typed(self) -> None:
        """Somebody typed something: their own wait is over. What passes after `resolve` goes on."""
        if self._wait is not None:
            self._wait, self._until_ms = None, None

    def _begin(self, wait: Wait | None, until_ms: int) -> None:
        board = self._view.board
        self._wait, self._until_ms = wait, until_ms
        self._pages, self._updates = len(board.pages), len(board.updates)
        if wait is not None and wait.until == "page" and self._view.my_pages():
            self._until_ms = self._view.now_ms

    def over(self) -> bool:
        """Return whether the wait is over; it is then forgotten."""
        if self._until_ms is None:
            return True
        if self._view.now_ms >= self._until_ms or self._happened():
            self._wait, self._until_ms = None, None
            return True
        return False

    def _happened(self) -> bool:
        board = self._view.board
        if len(board.pages) > self._pages or board.ended is not None:
            return True
        wait = self._wait
        if wait is None or wait.until is None:
            return False
        if wait.until == "update":
            due_ms = self._view.update_due_ms()
            return len(board.updates) > self._updates or (due_ms is not None and self._view.now_ms >= due_ms)
        if wait.until == "signal":
            return self._signal_holds(wait)
        return False

    def _signal_holds(self, wait: Wait) -> bool:
        assert wait.subject is not None
        assert wait.signal is not None
        assert wait.value is not None
        value = self._view.measured_now(wait.subject, wait.signal)
        if value is None:
            return False
        return value < wait.value if wait.compare == "<" else value > wait.value
