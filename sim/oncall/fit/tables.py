"""Tables of incidents as CSV: ServiceNow's, PagerDuty's, or any with columns that are mapped."""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Literal

from sim.mistakes import FileError, Mistake
from sim.oncall.fit.columns import (
    PAGERDUTY,
    PLAIN,
    SERVICENOW,
    ColumnError,
    Columns,
    Known,
    Thing,
    columns_of,
)
from sim.oncall.fit.history import UTC_TAKEN, History, Incident, Tally, in_order
from sim.oncall.fit.moments import Dates, MixedError, MomentError, Moments, dates_of, lasting, minutes
from sim.oncall.fit.values import flag_of, name_of, number_of, severity_of

TableFormat = Literal["servicenow", "pagerduty", "csv"]
_KNOWN: dict[TableFormat, Known] = {"servicenow": SERVICENOW, "pagerduty": PAGERDUTY, "csv": PLAIN}
_MOMENTS: tuple[Thing, ...] = ("opened", "acknowledged", "resolved", "updated")
_NEW = ("new", "1", "")
"""States of a ticket that nobody works at: by name, and as ServiceNow keeps it."""

_DELIMITER_TOLD = re.compile(r"\s*sep=([,;\t|])\s*", re.IGNORECASE)
"""A line that spreadsheets read and write above the header."""

_Row = tuple[int, list[str]]
"""A row with the line at which it begins."""
_Span = Literal["acknowledged", "resolved", "hands-on"]
_UNITS: dict[_Span, tuple[tuple[Thing, float], ...]] = {
    "acknowledged": (("acknowledged-seconds", 1 / 60), ("acknowledged-minutes", 1.0)),
    "resolved": (("resolved-seconds", 1 / 60), ("resolved-minutes", 1.0)),
    "hands-on": (("hands-on-seconds", 1 / 60), ("hands-on-minutes", 1.0), ("engaged-seconds", 1 / 60)),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read a table: its format (None: told by its header), mapped columns, zone, order of dates."""

    kind: TableFormat | None = None
    mapped: dict[Thing, str] | None = None
    zone: str | None = None
    dates: Dates | None = None


def read_table(file: Path, text: str, how: Reading) -> History:
    """Return the history of a CSV text. Raises FileError where it is no table of incidents."""
    (line, header), *rows = _rows(file, text)
    kind = how.kind or _recognised(header)
    tally = Tally()
    try:
        columns = columns_of(header, _KNOWN[kind], how.mapped or {})
        whole = _whole(file, header, rows, tally)
        texts = (columns.of(row, thing) for _, row in whole for thing in _MOMENTS)
        moments = Moments(how.zone, how.dates or dates_of(texts))
    except (ColumnError, MomentError) as problem:
        raise FileError([Mistake(file, line, (), str(problem))]) from None
    table = _Table(file, columns, moments, tally)
    found = list(table.incidents(whole))
    zone = how.zone or ("UTC" if moments.with_zone else None)
    history = in_order(file, found, kind, zone, tally)
    if all(one.opened.astimezone(history.clock).time() == time() for one in history.incidents):
        told = "every incident was opened at midnight: these are days; export times"
        raise FileError([Mistake(file, 1, (), told)])
    return replace(history, notes=table.notes(how.dates is None), clock_known=zone == how.zone)


def _rows(file: Path, text: str) -> list[_Row]:
    """Return the header and at least one row below it."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    told = _DELIMITER_TOLD.fullmatch(first)
    delimiter = told[1] if told else max(",;\t|", key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a description may be long
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[_Row] = []
    begins = 1
    try:
        for row in reader:
            if row:
                rows.append((begins, row))
            begins = reader.line_num + 1
    except csv.Error as problem:
        raise FileError([Mistake(file, begins, (), f"is no CSV that can be read: {problem}")]) from None
    rows = rows[1:] if told else rows
    if len(rows) < 2:
        raise FileError([Mistake(file, 1, (), "holds no rows below its header")])
    return rows


def _recognised(header: list[str]) -> TableFormat:
    names = {name.strip() for name in header}
    found: list[TableFormat] = [
        kind for kind, known in _KNOWN.items() if known.marks and known.marks <= names
    ]
    return found[0] if found else "csv"


def _whole(file: Path, header: list[str], rows: list[_Row], tally: Tally) -> list[_Row]:
    """Return the rows that have as many cells as the header."""
    for line, row in rows:
        if len(row) != len(header):
            tally.add("rows with more or fewer cells than the header, left out", file, line)
    return [(line, row) for line, row in rows if len(row) == len(header)]


@dataclass(slots=True)
class _Table:
    """A table while it is read."""

    file: Path
    columns: Columns
    moments: Moments
    tally: Tally
    updates: bool = False
    """Whether its rows are updates of tickets."""

    def incidents(self, rows: list[_Row]) -> Iterator[Incident]:
        for line, row, acknowledged in self._tickets(rows):
            incident = self._incident(line, row, acknowledged)
            if incident is not None:
                yield incident

    def notes(self, dates_told: bool) -> tuple[str, ...]:
        found = []
        if self.updates:
            found.append("rows are updates: the first whose state is not New acknowledges a ticket")
        if self.moments.dates and dates_told:
            found.append(f"dates were read {self.moments.dates}")
        if self.moments.zone is None and self.moments.with_zone is None:
            found.append("times name no zone: hours of the week are taken for the policy's")
        elif self.moments.zone is None:
            found.append(UTC_TAKEN)
        return tuple(found)

    def _tickets(self, rows: list[_Row]) -> Iterator[tuple[int, list[str], str]]:
        """Yield each ticket once: its line, its last row, and when it was acknowledged by its updates."""
        if not self.columns.has("number"):
            yield from ((line, row, "") for line, row in rows)
            return
        by_number: dict[str, list[_Row]] = {}
        for line, row in rows:
            by_number.setdefault(self.columns.of(row, "number") or f"line {line}", []).append((line, row))
        self.updates = self.columns.has("state", "updated") and len(by_number) < len(rows)
        for (line, first), *later in by_number.values():
            if self.updates:
                updates = sorted([first, *(row for _, row in later)], key=self._updated)
                yield line, updates[-1], self._first_work(updates)
                continue
            for again, _ in later:
                self.tally.add("rows with a number that was there before, left out", self.file, again)
            yield line, first, ""

    def _updated(self, row: list[str]) -> datetime:
        """Return when a row was written; rows that do not say so come first."""
        try:
            return self.moments.read(self.columns.of(row, "updated"))
        except MomentError:
            return datetime.min.replace(tzinfo=UTC)

    def _first_work(self, updates: list[list[str]]) -> str:
        worked = (row for row in updates if self.columns.of(row, "state").lower() not in _NEW)
        return next((self.columns.of(row, "updated") for row in worked), "")

    def _incident(self, line: int, row: list[str], acknowledged: str) -> Incident | None:
        text = self.columns.of(row, "opened")
        told = "opened at a time that cannot be read" if text else "without a time at which they were opened"
        opened = self._moment(line, text, f"rows {told}, left out")
        if opened is None:
            return None
        count = number_of(self.columns.of(row, "reassigned"))
        return Incident(
            line=line,
            opened=opened,
            severity=self._severity(line, row),
            rule=name_of(self.columns.of(row, "rule")),
            acknowledged=self._span(
                line, row, opened, "acknowledged", acknowledged or self.columns.of(row, "acknowledged")
            ),
            resolved=self._span(line, row, opened, "resolved", self.columns.of(row, "resolved")),
            hands_on=self._span(line, row, opened, "hands-on", ""),
            needs_action=self._needs_action(line, row),
            reassigned=self._flag(line, row, "reassigned") if count is None else count > 0,
        )

    def _severity(self, line: int, row: list[str]) -> Literal["P1", "P2", "P3", "P4"] | None:
        text = self.columns.of(row, "severity") or self.columns.of(row, "urgency")
        found = severity_of(text) if text else None
        if text and found is None:
            self.tally.add("a severity that is not known", self.file, line)
        return found

    def _flag(self, line: int, row: list[str], thing: Thing) -> bool | None:
        text = self.columns.of(row, thing)
        found = flag_of(text)
        if text and found is None:
            self.tally.add(f"{thing}: neither yes nor no", self.file, line)
        return found

    def _needs_action(self, line: int, row: list[str]) -> bool | None:
        told = self._flag(line, row, "needs-action")
        left_alone = self._flag(line, row, "auto-resolved")
        return told if told is not None else None if left_alone is None else not left_alone

    def _span(self, line: int, row: list[str], opened: datetime, what: _Span, moment: str) -> float | None:
        """Return how long after opening something was, in minutes: by a moment, else by a number."""
        at = self._moment(line, moment, f"{what} at a time that cannot be read") if moment else None
        found = None if at is None else minutes(at, opened)
        for thing, unit in _UNITS[what]:
            text = self.columns.of(row, thing)
            if found is None and text:
                number = number_of(text)
                if number is None:
                    self.tally.add(f"{what}: no number in column {thing}", self.file, line)
                else:
                    found = number * unit
        wrong = None if found is None else lasting(found)
        if wrong is not None:
            self.tally.add(f"{what} {wrong}", self.file, line)
        return found if wrong is None else None

    def _moment(self, line: int, text: str, told: str) -> datetime | None:
        try:
            if text:
                return self.moments.read(text)
        except MixedError as problem:
            raise FileError([Mistake(self.file, line, (), str(problem))]) from None
        except MomentError:
            pass
        self.tally.add(told, self.file, line)
        return None
