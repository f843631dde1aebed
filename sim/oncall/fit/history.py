"""What was read of a history: when incidents came, how severe they were, how long what took (in minutes)."""

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from sim.document import read_text
from sim.mistakes import FileError, Mistake
from sim.oncall.load.model import Severity

Format = Literal["servicenow", "pagerduty", "alertmanager", "csv", "journal"]
BYTES_MAX = 200_000_000
INCIDENTS_MAX = 1_000_000
A_WEEK_MAX = 50_000
"""No team is paged so often: these are no incidents."""
LONGEST_MINUTES = 10 * 366 * 1440.0
"""No ticket is open for longer than ten years, and nothing else about it lasts longer."""
UTC_TAKEN = "hours of the week are those of UTC; give the team's --zone to tell desk, evening and night apart"
FEWEST = 20
"""Nothing is fitted to fewer incidents: an assumption."""


@dataclass(frozen=True, slots=True)
class Incident:
    """An alert or ticket. `opened` is an instant; without zone it is what the clock showed, taken for UTC.

    None is what the history does not tell. `line` counts from 1, within its file.
    """

    line: int
    opened: datetime
    severity: Severity | None = None
    rule: str = ""
    acknowledged: float | None = None
    """From opening to the first acknowledgement."""
    resolved: float | None = None
    """From opening to the end of the ticket: lifetime, no work."""
    hands_on: float | None = None
    needs_action: bool | None = None
    reassigned: bool | None = None


@dataclass(slots=True)
class Tally:
    """What could not be used, by reason: how often, and where first."""

    counts: dict[str, int] = field(default_factory=dict)
    firsts: dict[str, str] = field(default_factory=dict)

    def add(self, reason: str, file: Path, line: int) -> None:
        """Count one."""
        self.firsts.setdefault(reason, f"{file}:{line}")
        self.counts[reason] = self.counts.get(reason, 0) + 1

    def told(self) -> tuple[str, ...]:
        """Return each reason with its count and its first place."""
        return tuple(
            f"{count:,} x {reason}, first at {self.firsts[reason]}" for reason, count in self.counts.items()
        )


@dataclass(frozen=True, slots=True)
class History:
    """Incidents in order of time. `zone` is that of the hours of the week; None: local, to the policy's."""

    format: Format
    zone: str | None
    incidents: tuple[Incident, ...]
    unused: tuple[str, ...]
    """What was left out and why, in words."""
    notes: tuple[str, ...] = ()
    """How it was read, where that is not plain."""
    clock_known: bool = True
    """Whether its hours are those of the team's clock; False where times are in UTC and nobody said more."""

    @property
    def clock(self) -> ZoneInfo:
        """Return the zone in which `opened` shows the local hour."""
        return ZoneInfo(self.zone or "UTC")

    @property
    def span(self) -> timedelta:
        """Return the time from the first to the last incident."""
        return self.incidents[-1].opened - self.incidents[0].opened

    @property
    def step(self) -> float:
        """Return how coarse its times are, in minutes: whole minutes, seconds, or finer."""
        moments = [one.opened for one in self.incidents]
        if any(moment.microsecond for moment in moments):
            return 1 / 60_000
        return 1 / 60 if any(moment.second for moment in moments) else 1.0


def read_file(file: Path) -> str:
    """Return the text of a history, which may be packed with gzip. Raises FileError."""
    try:
        with file.open("rb") as stream:
            packed = stream.read(2) == b"\x1f\x8b"
    except (OSError, ValueError) as problem:
        raise _refused(file, 1, f"cannot be read: {problem}") from None
    if not packed:
        return read_text(file, BYTES_MAX)
    try:
        with gzip.open(file) as stream:
            raw = stream.read(BYTES_MAX + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as problem:
        raise _refused(file, 1, f"cannot be unpacked: {problem}") from None
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise _refused(file, line, "is not valid UTF-8 here; save the file as UTF-8") from None
    if len(raw) > BYTES_MAX:
        raise _refused(file, 1, f"is larger than {BYTES_MAX:,} bytes; export a shorter time")
    return text


def in_order(file: Path, found: Iterable[Incident], kind: Format, zone: str | None, tally: Tally) -> History:
    """Return incidents as a history. Raises FileError where they are too few or too many."""
    incidents = tuple(sorted(found, key=lambda one: (one.opened, one.line)))
    unused = tally.told()
    if len(incidents) < FEWEST:
        told = (
            f"holds {len(incidents)} incidents that can be used, and nothing is fitted to fewer than {FEWEST}"
        )
        raise _refused(file, 1, "; ".join((told, *unused)))
    if len(incidents) > INCIDENTS_MAX:
        raise _refused(file, 1, f"holds over {INCIDENTS_MAX:,} incidents; export a shorter time")
    weeks = max((incidents[-1].opened - incidents[0].opened) / timedelta(weeks=1), 1.0)
    if len(incidents) / weeks > A_WEEK_MAX:
        raise _refused(file, 1, f"holds over {A_WEEK_MAX:,} incidents a week; give what pages people")
    return History(kind, zone, incidents, unused)


def _refused(file: Path, line: int, text: str) -> FileError:
    return FileError([Mistake(file, line, (), text)])
