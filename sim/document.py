"""One YAML file as plain data, with the line of every value.

The file is hostile until read: its size, depth and number of values are bounded, aliases and tags are
refused, and only `true` and `false` are booleans (so that a flag's `on:` is a key and 16:20 a text).
"""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from sim.mistakes import FileError, Loc, Mistake

BYTES_MAX = 1_000_000
DEPTH_MAX = 20
VALUES_MAX = 100_000

_TOO_DEEP = f"holds deeper than {DEPTH_MAX} levels; nothing here needs that"
_TOO_MANY = f"holds over {VALUES_MAX:,} values; nothing here needs that"

_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
_NULLS = frozenset(("null", "Null", "NULL", "~", ""))
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file holds, and the line (from 1) at which each key and item begins."""

    file: Path
    text: str
    data: Any
    lines: dict[Loc, int]

    def mistake(self, loc: Loc, text: str) -> Mistake:
        """Return a mistake at this place, or at the nearest place around it that the file has."""
        known = loc
        while known and known not in self.lines:
            known = known[:-1]
        return Mistake(self.file, self.lines.get(known, 1), loc, text)


def read_text(file: Path, bytes_max: int = BYTES_MAX) -> str:
    """Return the text of a file. Raises FileError if it is no UTF-8 file of a sensible size."""
    try:
        if not file.is_file():
            raise FileError([Mistake(file, 1, (), "there is no such file; check the name")])
        with file.open("rb") as stream:
            raw = stream.read(bytes_max + 1)
    except (OSError, ValueError) as problem:
        raise FileError([Mistake(file, 1, (), f"cannot be read: {problem}")]) from None
    if len(raw) > bytes_max:
        raise FileError([Mistake(file, 1, (), f"is larger than {bytes_max:,} bytes; split it or shorten it")])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        raise FileError(
            [Mistake(file, line, (), "is not valid UTF-8 here; save the file as UTF-8")]
        ) from None


def read(file: Path) -> Document:
    """Return the one YAML document of a file. Raises FileError with every mistake of its form."""
    return parsed(file, read_text(file))


def parsed(file: Path, content: str) -> Document:
    """Return the YAML document of a text that came from this file. Raises FileError as `read` does."""
    return _parsed(file, content, as_written=False, several=False)[0]


def read_all(file: Path) -> tuple[Document, ...]:
    """Return the YAML documents of a file, in which every value that is no null is text, as written.

    So a reader of formats of others sees `1.50` and `yes` as these programs do. Raises FileError.
    """
    return _parsed(file, read_text(file), as_written=True, several=True)


def _parsed(file: Path, content: str, *, as_written: bool, several: bool) -> tuple[Document, ...]:
    reader = _Reader(file, content, as_written)
    try:
        documents = reader.documents(several=several)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark or problem.context_mark
        what = ", ".join(part for part in (problem.context, problem.problem) if part)
        too_deep = "nesting depth" in what  # libyaml looks ahead, and has a limit of its own
        text = _TOO_DEEP if too_deep else f"is not valid YAML: {what}"
        reader.wrong(mark.line if mark else 0, (), text)
    except yaml.reader.ReaderError as problem:
        line = content.count("\n", 0, problem.position) if isinstance(problem.position, int) else 0
        reader.wrong(line, (), "holds a control character that YAML does not allow; remove it")
    except _StopError:
        pass
    if reader.mistakes:
        raise FileError(reader.mistakes)
    return documents


class _StopError(Exception):
    """Reading further makes no sense."""


@dataclass(slots=True)
class _Reader:
    """Builds plain data from YAML events in one pass, noting lines and mistakes on the way."""

    file: Path
    text: str
    as_written: bool = False
    lines: dict[Loc, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    _events: Any = None
    _values: int = 0

    def wrong(self, line_index: int, loc: Loc, text: str) -> None:
        self.mistakes.append(Mistake(self.file, line_index + 1, loc, text))

    def documents(self, *, several: bool) -> tuple[Document, ...]:
        self._events = yaml.parse(self.text, Loader=yaml.CSafeLoader)
        next(self._events)  # start of the stream
        found: list[Document] = []
        while not isinstance(start := next(self._events), yaml.StreamEndEvent):
            if found and not several:
                self.wrong(start.start_mark.line, (), "begins a second document; keep one document a file")
                break
            self.lines = {}
            data = self._value(next(self._events), ())
            next(self._events)  # end of the document
            found.append(Document(self.file, self.text, data, self.lines))
        if not found:
            self.wrong(0, (), "is empty")
        return tuple(found)

    def _value(self, event: Any, loc: Loc) -> Any:
        self._values += 1
        line = event.start_mark.line
        if len(loc) > DEPTH_MAX or self._values > VALUES_MAX:
            self.wrong(line, (), _TOO_DEEP if len(loc) > DEPTH_MAX else _TOO_MANY)
            raise _StopError
        if isinstance(event, yaml.AliasEvent):
            self.wrong(line, loc, f"aliases (*{event.anchor}) are not read; write the value out")
            return None
        if event.tag is not None:
            self.wrong(line, loc, f"tags ({event.tag}) are not read; leave it out")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(loc)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(loc)
        if event.style in (None, ""):
            return self._plain(event.value)
        return event.value

    def _mapping(self, loc: Loc) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            line = event.start_mark.line
            if isinstance(event, yaml.ScalarEvent):
                key = event.value
                if key in mapping:
                    first = self.lines[(*loc, key)]
                    self.wrong(line, (*loc, key), f"is given twice, first in line {first}; keep one")
                else:
                    self.lines[(*loc, key)] = line + 1
            else:
                key = "?"
                self.wrong(line, loc, "has a key that is no plain text; quote it or remove it")
                self._value(event, (*loc, key))
            mapping[key] = self._value(next(self._events), (*loc, key))
        return mapping

    def _sequence(self, loc: Loc) -> list[Any]:
        items: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*loc, len(items))
            self.lines[here] = event.start_mark.line + 1
            items.append(self._value(event, here))
        return items

    def _plain(self, text: str) -> Any:
        if self.as_written:
            return None if text in _NULLS else text
        if text in _WORDS:
            return _WORDS[text]
        if _INT.fullmatch(text):
            return int(text)
        return float(text) if _FLOAT.fullmatch(text) else text
