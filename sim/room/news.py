"""What is new to the seated person, each thing shown once; and how a `wait` is played.

Shared by the console and by scripts.
"""

from collections.abc import Sequence

from sim.answer import Answer, Block, Line
from sim.events import ActionRefused, ActionSubmitted, Record
from sim.lines import coalesced
from sim.room.seat import SeatedDrill

WAIT_STEP_MS = 5_000
"""A `wait` is looked at after every tick of the world."""


class News:
    """Remembers up to which record the seated person has been shown what happened."""

    def __init__(self, drill: SeatedDrill) -> None:
        self._drill = drill
        self._shown_seq = -1

    def fresh(self) -> list[Line]:
        """Return the lines of everything that has not been shown yet."""
        return coalesced(self._take(), self._drill.view.wall_clock)

    def recent(self, lines_max: int) -> list[Line]:
        """Return the last lines once more, for somebody who comes back; nothing older stays unshown."""
        self._shown_seq = -1
        return self.fresh()[-lines_max:]

    def entered(self, line: str) -> Answer:
        """Enter a typed line and return its answer with what is new after it.

        What the person's own line made happen at once is told by its answer, where it has one, and makes
        no second line.
        """
        answer = self._drill.enter(line)
        told = _worded(answer)
        records = self._take()
        if told:
            actors = {r.actor for r in records if isinstance(r.event, ActionSubmitted | ActionRefused)}
            records = tuple(r for r in records if r.actor not in actors)
        after = coalesced(records, self._drill.view.wall_clock)
        return Answer((*told, *after), refused=answer.refused)

    def _take(self) -> Sequence[Record]:
        records = self._drill.view.events(self._shown_seq)
        if records:
            self._shown_seq = records[-1].seq
        return records


def wait_target_ms(drill: SeatedDrill) -> int | None:
    """Return the simulated time to advance to next while a `wait` runs; None when none does."""
    until_ms = drill.waiting_until()
    if until_ms is None or drill.ended or drill.wait_over() or until_ms <= drill.now_ms:
        return None
    return min(until_ms, drill.now_ms + WAIT_STEP_MS)


def _worded(answer: Answer) -> tuple[Block, ...]:
    """Return the blocks of an answer, none where it is silent; a refusal of a mistake says that it is one."""
    if answer.blocks == (Line(""),):
        return ()
    first = answer.blocks[0] if answer.blocks else None
    if answer.refused and not answer.asked_back and isinstance(first, Line):
        return (Line(f"Not done: {first.text}", first.tone), *answer.blocks[1:])
    return answer.blocks
