"""What a verb leads to: a refusal is raised, everything else is a decision.

Deciding is free of side effects, so that the drill can journal the input first and apply it afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sim.answer import Answer
from sim.events import ALL, Event, Record


class Emit(Protocol):
    """Appends an event to the drill at the present moment."""

    def __call__(self, event: Event, *, actor: str = "system", seen_by: tuple[str, ...] = (ALL,)) -> Record:
        """Append `event` and return its record."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What to say, which events to emit as the actor, and what to set in motion afterwards."""

    answer: Answer
    events: tuple[Event, ...] = ()
    effect: Callable[[], None] | None = None
