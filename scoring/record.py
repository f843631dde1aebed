"""What a drill left behind, as the judge reads it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from scoring.scorecard import Evidence, File
from sim.events import ClockPaced, DrillPaused, Event, Record
from sim.journal import DrillFolder, read
from sim.spec import Scenario

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class DrillRecord:
    """One seat's drill: the scenario, the journal and the truth.

    `rehearsal` says what makes the drill a rehearsal (paused, other speed, seed played before); `drill` is
    the name of its folder.
    """

    scenario: Scenario
    seed: int
    seat_name: str
    role: str
    records: tuple[Record, ...]
    truth: tuple[Record, ...]
    rehearsal: tuple[str, ...] = ()
    drill: str = ""


def load(folder: Path) -> DrillRecord:
    """Return the record of the drill in this folder, seen from its first seat.

    Raises JournalError where the folder cannot be read.
    """
    stored = read(folder)
    seat = stored.header.seats[0]
    return DrillRecord(
        scenario=stored.scenario,
        seed=stored.header.seed,
        seat_name=seat.name,
        role=seat.role,
        records=stored.records,
        truth=stored.truth,
        rehearsal=_rehearsal(stored),
        drill=folder.name,
    )


def _rehearsal(stored: DrillFolder) -> tuple[str, ...]:
    """What the folder's meta says, and the pauses and the pace that the journal shows."""
    noted = list(stored.meta.rehearsal)
    if count := len(having(stored.records, DrillPaused)):
        noted.append(f"paused {count} time{'s' if count > 1 else ''}")
    speeds = {paced.speed for _, paced in having(stored.records, ClockPaced)} - {1.0}
    if speeds:
        noted.append(f"speed {' and '.join(f'{speed:g}' for speed in sorted(speeds))}")
    return tuple(noted)


def having(records: Iterable[Record], kind: type[E]) -> tuple[tuple[Record, E], ...]:
    """Return the records of one kind of event, in order, each with its event."""
    return tuple((record, record.event) for record in records if isinstance(record.event, kind))


def cite(record: Record, what: str) -> Evidence:
    """Return this record as evidence for a judgement."""
    file: File = "truth" if record.event.kind.startswith("truth.") else "journal"
    return Evidence(record.seq, record.t_ms, what, file)
