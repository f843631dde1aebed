"""Times as the exports of other tools write them, read the same way all through a file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from sim.oncall.fit.history import LONGEST_MINUTES
from sim.oncall.schedule.wall_clock import first_at

Dates = Literal["day-first", "month-first"]
YEARS = range(1990, 2100)
_SLASHED = re.compile(
    r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[ T,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?\s*([AaPp][Mm])?)?"
)
_EPOCH = re.compile(r"(\d{10}|\d{13})(?:\.\d+)?")


class MomentError(ValueError):
    """What is wrong with a time, in words."""


class MixedError(MomentError):
    """The times of a file are written in more than one way."""


@dataclass(slots=True)
class Moments:
    """Reads the times of a file. Either all of them name a zone or none does, unless `zone` is given.

    Times without zone are local to `zone`; where it is None they are what the clock showed, taken for UTC.
    """

    zone: str | None
    dates: Dates | None
    with_zone: str | None = None
    """The first time that names a zone, if any does."""
    without: str | None = None

    def read(self, text: str) -> datetime:
        """Return the instant of a text. Raises MomentError; MixedError where others are written otherwise."""
        local = self._slashed(text) or _plain(text)
        if local.year not in YEARS:
            raise MomentError(f"the year of {text[:40]!r} is not within {YEARS[0]} to {YEARS[-1]}")
        if local.tzinfo is not None:
            self.with_zone = self.with_zone or text
        else:
            self.without = self.without or text
        if self.zone is None and self.with_zone and self.without:
            told = f"{self.with_zone[:40]!r} names a zone and {self.without[:40]!r} does not"
            raise MixedError(f"{told}; say with --zone where the latter is local")
        if local.tzinfo is not None:
            return local.astimezone(UTC)
        return first_at(local, ZoneInfo(self.zone)) if self.zone else local.replace(tzinfo=UTC)

    def _slashed(self, text: str) -> datetime | None:
        found = _SLASHED.fullmatch(text)
        if found is None:
            return None
        first, second, year, hour, minute, seconds, half = found.groups()
        day, month = (first, second) if self.dates == "day-first" else (second, first)
        hours = int(hour or 0)
        if half:
            hours = hours % 12 + (12 if half.lower() == "pm" else 0)
        try:
            return datetime(int(year), int(month), int(day), hours, int(minute or 0), int(seconds or 0))
        except ValueError:
            raise MomentError(f"{text[:40]!r} is no time that there is") from None


def dates_of(texts: Iterable[str]) -> Dates | None:
    """Return whether days or months come first in dates like 3/4/2026; None where no date is written so.

    Raises MixedError where both do, and MomentError where nothing tells.
    """
    found = [match for text in texts if (match := _SLASHED.fullmatch(text))]
    if not found:
        return None
    days = next((match for match in found if int(match[1]) > 12), None)
    months = next((match for match in found if int(match[2]) > 12), None)
    if days and months:
        raise MixedError(
            f"the dates are written in two ways, {days[0]!r} and {months[0]!r}; export them in one"
        )
    if not days and not months:
        raise MomentError(
            f"{found[0][0]!r} can be read in two ways; say --dates day-first or --dates month-first"
        )
    return "day-first" if days else "month-first"


def minutes(later: datetime, earlier: datetime) -> float:
    """Return the time between two instants in minutes; negative where they stand the other way."""
    return (later - earlier) / timedelta(minutes=1)


def lasting(found: float) -> str | None:
    """Return what is wrong with a time in minutes, if anything."""
    if found < 0:
        return "before it was opened; that time was left out"
    return "over ten years; that time was left out" if found > LONGEST_MINUTES else None


def _plain(text: str) -> datetime:
    epoch = _EPOCH.fullmatch(text)
    if epoch:
        number = int(epoch[1])
        return datetime.fromtimestamp(number / 1000 if len(epoch[1]) == 13 else number, UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise MomentError(f"{text[:40]!r} is no time that can be read") from None
