"""Time intervals, in which routes are muted or active: clock times, weekdays, days, months, years, a zone."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

DAY_MINUTES = 24 * 60

WEEKDAYS = ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday")
MONTHS = tuple(name.lower() for name in calendar.month_name[1:])

Range = tuple[int, int]
"""First and last, both included; of clock times in minutes the last is not."""


@dataclass(frozen=True, slots=True)
class TimeInterval:
    """A moment lies in it when it meets every field; an empty field is met by all. Sunday is weekday 0."""

    times: tuple[Range, ...] = ()
    weekdays: tuple[Range, ...] = ()
    days_of_month: tuple[Range, ...] = ()  # -1 is the last day
    months: tuple[Range, ...] = ()
    years: tuple[Range, ...] = ()
    location: tzinfo = UTC

    def contains(self, moment: datetime) -> bool:
        """Return whether a moment (with its zone) lies inside."""
        local = moment.astimezone(self.location)
        minute = 60 * local.hour + local.minute
        return (
            (not self.times or any(start <= minute < end for start, end in self.times))
            and (not self.days_of_month or any(_on(days, local) for days in self.days_of_month))
            and _within(self.months, local.month)
            and _within(self.weekdays, local.isoweekday() % 7)
            and _within(self.years, local.year)
        )


def clock_range(start: str, end: str) -> Range:
    """Read two clock times such as 09:00 and 24:00. Raises ValueError."""
    first, last = _minute(start), _minute(end)
    if first >= last:
        raise ValueError(f"start time {start} has to come before end time {end}")
    return first, last


def weekday_range(text: str) -> Range:
    """Read `monday` or `monday:friday`; the week begins on Sunday. Raises ValueError."""
    return _range(text, lambda word: _named(word, WEEKDAYS, 0, "weekday"), "day")


def month_range(text: str) -> Range:
    """Read `may`, `3` or `january:march`. Raises ValueError."""

    def month(word: str) -> int:
        if word.isdecimal() and 1 <= int(word) <= len(MONTHS):
            return int(word)
        return _named(word, MONTHS, 1, "month")

    return _range(text, month, "month")


def year_range(text: str) -> Range:
    """Read `2024` or `2024:2026`. Raises ValueError."""
    return _range(text, _number, "year")


def day_range(text: str) -> Range:
    """Read `1:5`, `-3:-1` or `14`; -1 is the last day of the month. Raises ValueError."""
    words = text.split(":")
    if len(words) > 2:
        raise ValueError(f"{text!r} is no range")
    first, last = _number(words[0]), _number(words[-1])
    for day in (first, last):
        if day == 0 or not -31 <= day <= 31:
            raise ValueError(f"{day} is not a day of the month: 1 to 31, or -31 to -1 from its end")
    if first < 0 < last:
        raise ValueError(f"{text!r}: the end has to be negative where the start is")
    if (31 + first if first < 0 else first) > (31 + last if last < 0 else last):
        raise ValueError(f"{text!r}: the end comes before the start")
    return first, last


def _minute(text: str) -> int:
    hour, _, minute = text.partition(":")
    if len(hour) == len(minute) == 2 and hour.isdecimal() and minute.isdecimal():
        at = 60 * int(hour) + int(minute)
        if int(minute) < 60 and at <= DAY_MINUTES:
            return at
    raise ValueError(f"couldn't parse timestamp {text}, invalid format: write 09:00, or 24:00 for midnight")


def _range(text: str, read: Callable[[str], int], what: str) -> Range:
    words = text.split(":")
    if len(words) > 2:
        raise ValueError(f"{text!r} is no range")
    first, last = read(words[0].strip().lower()), read(words[-1].strip().lower())
    if first > last:
        raise ValueError(f"start {what} cannot be after end {what}: {text!r}")
    return first, last


def _named(word: str, names: tuple[str, ...], first: int, what: str) -> int:
    if word not in names:
        raise ValueError(f"{word!r} is not a valid {what}; they are {', '.join(names)}")
    return names.index(word) + first


def _number(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise ValueError(f"{word!r} is no number") from None


def _within(ranges: tuple[Range, ...], value: int) -> bool:
    return not ranges or any(first <= value <= last for first, last in ranges)


def _on(days: Range, local: datetime) -> bool:
    """Return whether a day lies in a range; ends beyond the month are its first or last day."""
    length = calendar.monthrange(local.year, local.month)[1]
    first, last = (length + day + 1 if day < 0 else day for day in days)
    return first <= length and max(first, -length) <= local.day <= min(last, length)
