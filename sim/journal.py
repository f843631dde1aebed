"""The drill folder: what is written while a drill is played, and how it is read again.

    scenario.json   the resolved scenario        journal.jsonl   what people could see, and inputs
    truth.jsonl     what was really so           signals.npz     measured series (made at the end)
    baselines/      counterfactual runs          meta.json       id, wall times, host

A log (`*.jsonl`) begins with a header line; each later line carries a checksum over itself and the line
before. A torn last line is what a crash leaves and is dropped; anything else that does not add up is an
error that names the record.
"""

import fcntl
import json
import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from io import FileIO
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from sim.errors import JournalError, StorageError
from sim.events import ENGINE, Event, Record, chained_sum, from_fields, to_line
from sim.spec import Frozen, Scenario, Seat

SCHEMA = 1
SCENARIO_FILE, JOURNAL_FILE, TRUTH_FILE = "scenario.json", "journal.jsonl", "truth.jsonl"
META_FILE, SIGNALS_FILE, LOCK_FILE = "meta.json", "signals.npz", "lock"
BASELINES_FOLDER = "baselines"


class Header(Frozen):
    """The first line of a log: everything besides the inputs that a drill is a function of."""

    schema_: int = SCHEMA
    engine: int = ENGINE
    scenario_sha256: str
    seed: int
    seats: tuple[Seat, ...] = Field(min_length=1)

    def line(self) -> str:
        """Return the header as a line of JSON."""
        fields = self.model_dump(mode="json")
        return json.dumps({"schema": fields.pop("schema_"), **fields}, separators=(",", ":"))


class Meta(Frozen):
    """The only part of a drill that knows wall time and machine."""

    id: str
    created: str
    host: str
    rehearsal: tuple[str, ...] = ()
    finished: bool = False


@dataclass(frozen=True, slots=True)
class DrillFolder:
    """A drill as read from its folder."""

    path: Path
    header: Header
    scenario: Scenario
    records: tuple[Record, ...]
    truth: tuple[Record, ...]
    meta: Meta


class Log:
    """One growing list of records, written to a file.

    Records are appended in memory and reach the file by `write` (before they are shown) or `sync` (which
    also waits for the disk). While `expected` is not empty the log is replaying: what is appended must
    equal what was stored, and is not written again.
    """

    def __init__(self, path: Path | None, header: Header, stored: tuple[Record, ...] = ()) -> None:
        self.records: list[Record] = []
        self.written = 0
        self.expected = deque(stored)
        self._path = path
        self._sum = chained_sum("", header.line())
        self._end = 0
        self._file = _opened(path) if path else None
        if self._file is not None:
            self._file.seek(0, os.SEEK_END)
            self._end = self._file.tell()
            if self._end == 0:
                self._put(header.line().encode() + b"\n")

    def append(self, t_ms: int, actor: str, seen_by: tuple[str, ...], event: Event) -> Record:
        """Append an event. Raises JournalError where a replay differs from what was stored."""
        record = Record(seq=len(self.records) + 1, t_ms=t_ms, actor=actor, seen_by=seen_by, event=event)
        if self.expected:
            stored = self.expected.popleft()
            if stored != record:
                raise JournalError(
                    f"{self._name}: record {stored.seq} is not what the inputs before it lead to\n"
                    f"  stored:   {_brief(stored)}\n  replayed: {_brief(record)}\n"
                    "The folder was altered, or made by another build. It can still be scored."
                )
            _, self._sum = to_line(record, self._sum)
            self.written += 1
        self.records.append(record)
        return record

    def drop_last(self) -> None:
        """Take back the last record, which has not reached the file."""
        assert len(self.records) > self.written, "only what was not written can be taken back"
        self.records.pop()

    def write(self, *, sync: bool = False) -> None:
        """Write what is new; with `sync`, wait until the disk has it.

        Raises StorageError where the file cannot be written; the file is then cut back to its last whole
        record and nothing is lost from memory.
        """
        checksum, lines = self._sum, []
        for record in self.records[self.written :]:
            line, checksum = to_line(record, checksum)
            lines.append(line)
        if self._file is not None and (lines or sync):
            self._put("".join(f"{line}\n" for line in lines).encode(), sync=sync)
        self._sum = checksum
        self.written = len(self.records)

    def close(self) -> None:
        """Close the file; what was appended and not written is not kept."""
        if self._file is not None:
            self._file.close()

    @property
    def _name(self) -> str:
        return self._path.name if self._path else "journal"

    def _put(self, data: bytes, *, sync: bool = False) -> None:
        assert self._file is not None
        left = memoryview(data)
        try:
            while left:
                left = left[self._file.write(left) :]
            if sync:
                os.fsync(self._file.fileno())
        except OSError as error:
            # What was half written goes, so that the file always ends with a whole record.
            self._file.truncate(self._end)
            self._file.seek(self._end)
            raise StorageError(
                f"cannot write {self._path}: {error.strerror or error}. Make room and go on."
            ) from error
        self._end += len(data)


class FolderLock:
    """Holds a drill folder for one process. Raises JournalError where another has it."""

    def __init__(self, folder: Path) -> None:
        try:
            self._file = (folder / LOCK_FILE).open("w")
        except OSError as error:
            raise StorageError(
                f"cannot lock {folder}: {error.strerror or error}. A drill can only be gone on with "
                "where its folder can be written."
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            raise JournalError(
                f"{folder.name} is being played by another process. Leave it there first, "
                "or start a new drill with `pagerdrill play`."
            ) from None

    def close(self) -> None:
        """Let the folder go."""
        self._file.close()


def scenario_text(scenario: Scenario) -> str:
    """Return a scenario as the text of `scenario.json`."""
    return scenario.model_dump_json(indent=1) + "\n"


def header_of(scenario: Scenario, seed: int, seats: tuple[Seat, ...]) -> Header:
    """Return the header of a drill of this scenario."""
    digest = sha256(scenario_text(scenario).encode()).hexdigest()
    return Header(scenario_sha256=digest, seed=seed, seats=seats)


def create_folder(path: Path, scenario: Scenario, meta: Meta) -> None:
    """Make a new drill folder with its scenario and meta. Raises StorageError where that fails."""
    try:
        path.mkdir(parents=True)
        _write_whole(path / SCENARIO_FILE, scenario_text(scenario))
        write_meta(path, meta)
    except FileExistsError:
        raise StorageError(f"{path} exists already; delete that drill first") from None
    except OSError as error:
        raise StorageError(
            f"cannot make the drill folder {path}: {error.strerror}. "
            "Free some space, or choose another place with --home."
        ) from error


def write_meta(path: Path, meta: Meta) -> None:
    """Write `meta.json`, whole or not at all."""
    _write_whole(path / META_FILE, meta.model_dump_json(indent=1) + "\n")


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that after a crash it is there whole, or as it was before."""
    draft = path.with_suffix(".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_meta(path: Path) -> Meta:
    """Read `meta.json`. Raises JournalError where it is missing or wrong."""
    try:
        return Meta.model_validate_json((path / META_FILE).read_bytes())
    except (OSError, ValidationError) as error:
        raise JournalError(f"{path / META_FILE} cannot be read: {_first_line(error)}") from None


def read(path: Path) -> DrillFolder:
    """Read a drill folder, checking every checksum; a torn last line is left out.

    Raises JournalError that names file and record where something was altered or is missing.
    """
    if not path.is_dir():
        raise JournalError(
            f"there is no drill folder at {path}; `pagerdrill drills list` shows what there is"
        )
    text = _bytes(path / SCENARIO_FILE)
    try:
        scenario = Scenario.model_validate_json(text)
    except ValidationError as error:
        raise JournalError(f"{path / SCENARIO_FILE} is not a scenario: {_first_line(error)}") from None
    header, records, _ = _read_log(path / JOURNAL_FILE)
    if header.scenario_sha256 != sha256(text).hexdigest():
        raise JournalError(f"{path / SCENARIO_FILE} was altered: its checksum is not the one in the journal")
    truth = _read_log(path / TRUTH_FILE)[1] if _has_content(path / TRUTH_FILE) else ()
    return DrillFolder(path, header, scenario, records, truth, read_meta(path))


def _has_content(path: Path) -> bool:
    """Whether a log has at least its header; truth that a crash lost is made again by a replay."""
    try:
        return b"\n" in path.read_bytes()
    except OSError:
        return False


def reopen(folder: DrillFolder) -> tuple[Log, Log]:
    """Return journal and truth of a folder, ready to replay and go on; torn last lines are cut off.

    Truth that lies beyond the journal's last moment is cut too: the crash came before it was shown.
    Raises JournalError where the drill is of another engine.
    """
    if folder.header.engine != ENGINE:
        raise JournalError(
            f"{folder.path.name} was played with engine {folder.header.engine}, this is {ENGINE}: "
            "it can be read and scored, not resumed or verified"
        )
    end_ms = folder.records[-1].t_ms if folder.records else 0
    logs = []
    for name, last_ms in ((JOURNAL_FILE, None), (TRUTH_FILE, end_ms)):
        path = folder.path / name
        keep: tuple[Record, ...] = ()
        end = 0
        if name == JOURNAL_FILE or _has_content(path):
            _, records, ends = _read_log(path)
            keep = tuple(r for r in records if last_ms is None or r.t_ms <= last_ms)
            end = ends[len(keep)]
        with _opened(path) as file:
            file.truncate(end)
        logs.append(Log(path, folder.header, keep))
    return logs[0], logs[1]


def _opened(path: Path) -> FileIO:
    try:
        return path.open("r+b" if path.exists() else "x+b", buffering=0)
    except OSError as error:
        raise StorageError(f"cannot write {path}: {error.strerror or error}") from None


def _read_log(path: Path) -> tuple[Header, tuple[Record, ...], list[int]]:
    """Return header, records, and the file offset after the header and after each record."""
    data = _bytes(path)
    whole = data[: data.rfind(b"\n") + 1]
    lines = whole.splitlines(keepends=True)
    if not lines:
        raise JournalError(
            f"{path} is empty: the drill never began. Delete it with `pagerdrill drills delete`"
        )
    header = _parse_header(path, lines[0])
    checksum = chained_sum("", header.line())
    records: list[Record] = []
    ends = [len(lines[0])]
    for number, line in enumerate(lines[1:], start=1):
        fields, body = _split_sum(path, number, line)
        checksum = chained_sum(checksum, body)
        if fields.pop("sum") != checksum:
            raise JournalError(
                f"{path}: record {number} does not match its checksum: the file was altered there"
            )
        records.append(_record(path, number, fields))
        ends.append(ends[-1] + len(line))
    return header, tuple(records), ends


def _parse_header(path: Path, line: bytes) -> Header:
    try:
        fields: dict[str, Any] = json.loads(line)
        schema = fields.pop("schema")
        if schema != SCHEMA:
            raise JournalError(f"{path}: schema {schema} is not known to this version (it reads {SCHEMA})")
        return Header(schema_=schema, **fields)
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
        raise JournalError(f"{path}: the header (line 1) is not one: {_first_line(error)}") from None


def _split_sum(path: Path, number: int, line: bytes) -> tuple[dict[str, Any], str]:
    """Return the fields of a line and the text that its checksum covers."""
    try:
        text = line.decode().rstrip("\n")
        fields = json.loads(text)
        body, found, _ = text.rpartition(',"sum":"')
        if not found or not isinstance(fields, dict):
            raise ValueError("no checksum")
    except (ValueError, RecursionError) as error:
        raise JournalError(f"{path}: record {number} is not a record: {_first_line(error)}") from None
    return fields, body + "}"


def _record(path: Path, number: int, fields: dict[str, Any]) -> Record:
    try:
        record = from_fields(fields)
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(f"{path}: record {number} cannot be read: {_first_line(error)}") from None
    if record.seq != number:
        raise JournalError(f"{path}: record {number} has number {record.seq}: lines are missing or doubled")
    return record


def inputs(records: tuple[Record, ...]) -> Iterator[Record]:
    """Yield the records that came from people or the clock."""
    return (record for record in records if record.is_input)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise JournalError(f"cannot read {path}: {error.strerror}") from None


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _brief(record: Record) -> str:
    return f"t={record.t_ms} ms {record.event.kind} {record.event.model_dump_json()}"[:200]
