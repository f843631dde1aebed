"""Records: events with number, time, actor and audience, and how they are written as lines."""

import json
from hashlib import blake2b
from typing import Any

from pydantic import BaseModel, ConfigDict

from sim.events import acts, alerts, drill, incident, truth
from sim.events.base import ALL, Event
from sim.events.drill import (
    ActionRefused,
    ActionSubmitted,
    ClockPaced,
    ClockReached,
    DrillPaused,
    DrillResumed,
)

EVENTS: dict[str, type[Event]] = {
    event.kind: event
    for module in (drill, alerts, incident, acts, truth)
    for event in vars(module).values()
    if isinstance(event, type) and issubclass(event, Event) and event is not Event
}
"""Every event by its kind."""

INPUT_KINDS = frozenset(
    event.kind
    for event in (ActionSubmitted, ActionRefused, DrillPaused, DrillResumed, ClockReached, ClockPaced)
)
"""Kinds that come from people or the clock and are fed back on replay; all others are outputs."""


class Record(BaseModel):
    """One line of a journal: an event with its number, time, actor and audience."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seq: int
    t_ms: int
    actor: str
    seen_by: tuple[str, ...]
    event: Event

    @property
    def is_input(self) -> bool:
        """Whether this record came from people or the clock."""
        return self.event.kind in INPUT_KINDS

    def seen(self, principal: str, role: str) -> bool:
        """Return whether this person, holding this role, can see it."""
        return ALL in self.seen_by or principal in self.seen_by or role in self.seen_by


def to_line(record: Record, previous_sum: str) -> tuple[str, str]:
    """Return the journal line of a record (without newline) and its checksum.

    `sum` covers this line and, through it, all lines before.
    """
    head = {"seq": record.seq, "t_ms": record.t_ms, "kind": record.event.kind, "actor": record.actor}
    text = json.dumps({**head, "seen_by": record.seen_by}, ensure_ascii=False, separators=(",", ":"))
    is_input = "true" if record.is_input else "false"
    body = f'{text[:-1]},"data":{record.event.model_dump_json()},"in":{is_input}}}'
    checksum = chained_sum(previous_sum, body)
    return f'{body[:-1]},"sum":"{checksum}"}}', checksum


def chained_sum(previous_sum: str, body: str) -> str:
    """Return the checksum of a line body that follows a line with `previous_sum`."""
    return blake2b(f"{previous_sum}\n{body}".encode(), digest_size=8).hexdigest()


def from_fields(fields: dict[str, Any]) -> Record:
    """Return the record of a parsed journal line. Raises ValueError where it is not one."""
    kind = fields.get("kind")
    event_type = EVENTS.get(str(kind))
    if event_type is None:
        raise ValueError(f"unknown kind {kind!r}")
    return Record(
        seq=fields["seq"],
        t_ms=fields["t_ms"],
        actor=fields["actor"],
        seen_by=tuple(fields["seen_by"]),
        event=event_type.model_validate(fields["data"]),
    )
