"""What an import gives, and the bounds that hold for every format."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sim.oncall.schedule.policy import Escalation, FixedShift, RotationPolicy, Step
from sim.oncall.schedule.shifts import Shift

BYTES_MAX = 5_000_000
"""A file of another tool; theirs carry rendered shifts and are larger than ours."""
FIXED_MAX = 5_000
"""Fixed shifts in one policy: more than ten years of daily turns."""
WINDOW = timedelta(days=366)
"""So much is carried as fixed shifts where the rules of a policy cannot say it; an assumption."""
EARLIEST, LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""No schedule of people lies outside, and arithmetic inside cannot overflow."""
STEP_MINUTES = 5
"""How long the step waits that is written where the source has no escalation; an assumption."""


@dataclass(frozen=True, slots=True)
class Imported:
    """A policy, and what a person has to know of how it came about: each note is one sentence or two."""

    policy: RotationPolicy
    notes: tuple[str, ...]


def fixed(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return an instant with the offset that the zone has then, as a policy file has it."""
    local = instant.astimezone(zone)
    offset = local.utcoffset()
    assert offset is not None
    return local.replace(tzinfo=timezone(offset), fold=0)


def fixed_shifts(found: Iterable[Shift], zone: ZoneInfo) -> tuple[FixedShift, ...]:
    """Return shifts as a policy file has those of a temporary schedule."""
    return tuple(
        FixedShift(start=fixed(one.start, zone), end=fixed(one.end, zone), person=one.person) for one in found
    )


def lone_step(layer: str) -> tuple[Escalation, str]:
    """Return an escalation of one step to a layer, and the note that says so."""
    step = Step(targets=(layer,), minutes=STEP_MINUTES)
    note = (
        f"the file says nothing of an escalation; wrote one step that pages {layer}"
        f" and waits {STEP_MINUTES} minutes"
    )
    return Escalation(steps=(step,)), note
