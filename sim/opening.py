"""Opening drills: a new one, one to go on with, one to check; and what is left when it is over."""

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import numpy as np

from sim import journal
from sim.drill import Drill
from sim.errors import JournalError, StorageError
from sim.events import (
    ENGINE,
    ActionRefused,
    ActionSubmitted,
    ClockPaced,
    ClockReached,
    DrillPaused,
    DrillResumed,
    Record,
)
from sim.journal import FolderLock, Log, Meta
from sim.spec import Scenario, Seat


@dataclass(frozen=True, slots=True)
class OpenDrill:
    """A drill with its folder, held for this process until it is closed."""

    drill: Drill
    path: Path
    lock: FolderLock

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drill.close()
        self.lock.close()

    def finish(self) -> None:
        """Let the world run on to the horizon, keep the signals, and mark the drill as finished.

        Raises StorageError where that cannot be written.
        """
        self.drill.finish()
        signals = self.drill.signals()
        draft = self.path / f"{journal.SIGNALS_FILE}.new"
        try:
            with draft.open("wb") as file:
                np.savez_compressed(file, **cast(dict[str, Any], signals))
            draft.replace(self.path / journal.SIGNALS_FILE)
            meta = journal.read_meta(self.path)
            journal.write_meta(self.path, meta.model_copy(update={"finished": True}))
        except OSError as error:
            raise StorageError(f"cannot write {draft}: {error.strerror}. Make room and play on.") from error


def new_drill(
    path: Path, scenario: Scenario, seed: int, seat: Seat, meta: Meta, *, interactive: bool
) -> OpenDrill:
    """Make a folder and start a drill in it. Raises StorageError."""
    journal.create_folder(path, scenario, meta)
    lock = FolderLock(path)
    header = journal.header_of(scenario, seed, (seat,))
    logs = (Log(path / journal.JOURNAL_FILE, header), Log(path / journal.TRUTH_FILE, header))
    return OpenDrill(Drill(scenario, seed, seat, *logs, interactive=interactive), path, lock)


def resume(path: Path, *, interactive: bool) -> OpenDrill:
    """Open a drill that was left or crashed: replay its inputs, compare, and stand paused where it was.

    Raises JournalError where what was stored is not what the inputs lead to, naming the first difference,
    or where another process has the drill.
    """
    if not path.is_dir():
        raise JournalError(f"there is no drill {path.name}; `pagerdrill drills list` shows what there is")
    with ExitStack() as held:
        lock = FolderLock(path)
        held.callback(lock.close)
        folder = journal.read(path)
        logs = journal.reopen(folder)
        for log in logs:
            held.callback(log.close)
        drill = replayed(folder, *logs, interactive=interactive)
        drill.pause()
        held.pop_all()
    return OpenDrill(drill, path, lock)


def verify(path: Path) -> int:
    """Replay a drill in memory and compare every record; return how many there are.

    Raises JournalError that names the first difference.
    """
    folder = journal.read(path)
    if folder.header.engine != ENGINE:
        raise JournalError(
            f"{path.name} was played with engine {folder.header.engine}, this is {ENGINE}: "
            "it can be read and scored, not verified"
        )
    logs = [Log(None, folder.header, records) for records in (folder.records, folder.truth)]
    drill = replayed(folder, *logs, interactive=False)
    if folder.truth:
        drill.catch_up(folder.truth[-1].t_ms)
    for log, name in zip(logs, (journal.JOURNAL_FILE, journal.TRUTH_FILE), strict=True):
        if log.expected:
            raise JournalError(
                f"{name}: record {log.expected[0].seq} was stored but does not come out of a replay"
            )
    return len(folder.records) + len(folder.truth)


def replayed(folder: journal.DrillFolder, records: Log, truth: Log, *, interactive: bool) -> Drill:
    """Return a drill brought to where its journal ends. Raises JournalError at the first difference."""
    drill = Drill(
        folder.scenario, folder.header.seed, folder.header.seats[0], records, truth, interactive=interactive
    )
    for record in journal.inputs(folder.records):
        drill.advance(record.t_ms)
        feed(drill, record)
    if folder.records:
        drill.catch_up(folder.records[-1].t_ms)
    if records.expected:
        stored = records.expected[0]
        raise JournalError(
            f"{journal.JOURNAL_FILE}: record {stored.seq} ({stored.event.kind}) was stored "
            "but does not come out of a replay"
        )
    return drill


def feed(drill: Drill, record: Record) -> None:
    """Give a stored input to the drill again. Raises JournalError where its line means nothing here."""
    match record.event:
        case ActionSubmitted():
            drill.repeat(record.event.command, record.event.raw)
        case ActionRefused():
            drill.refuse(record.event.raw, record.event.reason)
        case DrillPaused():
            drill.pause()
        case DrillResumed():
            drill.resume()
        case ClockReached():
            drill.mark_time()
        case ClockPaced():
            drill.pace(record.event.speed)
