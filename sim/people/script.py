"""What comes in from outside at set times: messages of a scenario, and the guide of a first drill."""

from collections.abc import Callable
from functools import partial

from sim.board import Board
from sim.decision import Emit
from sim.events import FACILITATOR, GuideSaid, MessageSaid
from sim.spec import GuideStep, Inject, Scenario, Seat
from sim.timeline import Order, Timeline


class Injects:
    """Schedules a scenario's messages and guide lines.

    `hurting` says whether users are hurt at this moment: nobody complains when all is well.
    """

    def __init__(
        self,
        scenario: Scenario,
        seat: Seat,
        onset_ms: int,
        timeline: Timeline,
        emit: Emit,
        board: Board,
        hurting: Callable[[], bool],
    ) -> None:
        self._hurting = hurting
        self._scenario = scenario
        self._seat = seat
        self._onset_ms = onset_ms
        self._timeline = timeline
        self._emit = emit
        self._board = board

    def start(self) -> None:
        """Schedule everything."""
        for number, inject in enumerate(self._scenario.injects):
            at_ms = max(0, self._onset_ms + inject.at_s * 1000)
            self._timeline.call_at(at_ms, Order.INJECTS, f"inject {number:04d}", partial(self._say, inject))
        for number, step in enumerate(self._scenario.guide):
            self._timeline.call_at(
                step.at_s * 1000, Order.INJECTS, f"guide {number:04d}", partial(self._guide, step)
            )

    def _say(self, inject: Inject) -> None:
        if self._board.ended is None and (self._hurting() or not inject.while_hurt):
            self._emit(MessageSaid(sender=inject.sender, text=inject.text), actor=inject.sender)

    def _guide(self, step: GuideStep) -> None:
        if step.unless is None or step.unless not in self._board.verbs_used:
            self._emit(GuideSaid(text=step.text), seen_by=(self._seat.name, FACILITATOR))
