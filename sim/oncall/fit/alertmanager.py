"""Alerts as Alertmanager tells of them: bodies of its webhook, or answers of `GET /api/v2/alerts`, collected.

The file is one JSON value, or one a line. An alert is known by its fingerprint and when it began; it is told
of many times, and its end counts once a webhook says that it is resolved.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from sim.mistakes import FileError, Mistake
from sim.oncall.fit.history import UTC_TAKEN, History, Incident, Tally, in_order
from sim.oncall.fit.moments import YEARS, lasting, minutes
from sim.oncall.fit.values import name_of, severity_of


class _Alert(BaseModel):
    """What is read of an alert."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    labels: dict[str, str]
    starts: AwareDatetime = Field(alias="startsAt")
    ends: AwareDatetime | None = Field(None, alias="endsAt")
    status: Any = None
    fingerprint: str = ""

    @property
    def key(self) -> tuple[str, datetime]:
        return self.fingerprint or json.dumps(self.labels, sort_keys=True), self.starts

    @property
    def resolved(self) -> float | None:
        """Return after how many minutes it was over, where that is said."""
        return minutes(self.ends, self.starts) if self.status == "resolved" and self.ends else None


def read_alerts(file: Path, text: str, zone: str | None) -> History:
    """Return the history of alerts. Raises FileError."""
    tally = Tally()
    found: dict[tuple[str, datetime], Incident] = {}
    for line, plain in _plain_alerts(file, text):
        try:
            alert = _Alert.model_validate(plain)
        except ValidationError as problem:
            where = ".".join(str(step) for step in problem.errors()[0]["loc"]) or "the alert"
            tally.add(f"alerts in which {where} cannot be read, left out", file, line)
            continue
        if alert.starts.year not in YEARS:
            tally.add(f"alerts that start outside of {YEARS[0]} to {YEARS[-1]}, left out", file, line)
            continue
        resolved = alert.resolved
        wrong = None if resolved is None else lasting(resolved)
        if wrong is not None:
            tally.add(f"resolved {wrong}", file, line)
            resolved = None
        word = alert.labels.get("severity", "")
        if word and severity_of(word) is None:
            tally.add("a severity that is not known", file, line)
        known = found.get(alert.key)
        if known is None or (resolved is not None and known.resolved is None):
            found[alert.key] = Incident(
                line=known.line if known else line,
                opened=alert.starts.astimezone(UTC),
                severity=severity_of(word),
                rule=name_of(alert.labels.get("alertname", "")),
                resolved=resolved,
            )
    history = in_order(file, found.values(), "alertmanager", zone or "UTC", tally)
    return history if zone else replace(history, notes=(UTC_TAKEN,), clock_known=False)


def _plain_alerts(file: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Yield each alert that a text tells of, with its line."""
    for line, value in _values(file, text):
        told = value.get("alerts") if isinstance(value, dict) and "alerts" in value else value
        for each in told if isinstance(told, list) else [told]:
            inner = each.get("alerts") if isinstance(each, dict) and "labels" not in each else None
            for alert in inner if isinstance(inner, list) else [each]:
                yield line, alert


def _values(file: Path, text: str) -> Iterator[tuple[int, Any]]:
    """Yield the JSON values of a text: the one that it is, else one a line."""
    try:
        yield 1, json.loads(text)
        return
    except RecursionError:
        raise FileError([Mistake(file, 1, (), "is nested too deep to be read")]) from None
    except ValueError as problem:
        whole = problem
    for line, one in enumerate(text.split("\n"), 1):
        if not one.strip():
            continue
        try:
            yield line, json.loads(one)
        except (ValueError, RecursionError):
            told = "is neither JSON as a whole nor in this line"
            raise FileError([Mistake(file, line, (), f"{told}: {whole}"[:300])]) from None
