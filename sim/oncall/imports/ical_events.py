"""The events of an iCalendar (RFC 5545): who, from when to when, by which clock, and how they come back."""

import re
import warnings
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Calendar
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from sim.mistakes import FileError, Mistake
from sim.oncall.imports.imported import EARLIEST, LATEST, WINDOW
from sim.oncall.schedule.wall_clock import first_at, shown

EVENTS_MAX = 10_000
_ON_CALL = re.compile(r"(?P<person>.+?) on[- ]call \(([^()]*)\)", re.IGNORECASE)
"""How this tool and GoAlert title a shift."""
_OURS = "PagerDrill"
_ONCE = ("DTSTART", "DTEND", "DURATION", "RRULE", "RECURRENCE-ID")
_READ = {*_ONCE, "DTSTAMP", "EXDATE", "RDATE", "ATTENDEE", "SUMMARY", "CATEGORIES", "STATUS", "UID"}


class EventError(ValueError):
    """What is wrong with an event, in words."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: `begin` and `length` by the clock of `zone`, `start` and `end` as instants.

    `rule` is its RRULE by part; `excluded`, `added` and `replaces` are instants of occurrences.
    """

    uid: str
    line: int
    people: tuple[str, ...]
    layer: str | None
    zone: ZoneInfo
    begin: datetime
    length: timedelta
    start: datetime
    end: datetime
    stamp: datetime
    rule: Any = None
    excluded: frozenset[datetime] = frozenset()
    added: tuple[datetime, ...] = ()
    replaces: datetime | None = None

    @property
    def recurs(self) -> bool:
        """Return whether there is more than one occurrence."""
        return self.rule is not None or bool(self.added)


@dataclass(frozen=True, slots=True)
class Events:
    """The events of a calendar that take place, its name, its zone, and how many were cancelled."""

    events: tuple[Event, ...]
    name: str
    zone: ZoneInfo
    cancelled: int


def read_events(file: Path, text: str, zone: str | None) -> Events:
    """Return the events of a calendar; times without zone are local to `zone`, else to the calendar's.

    Raises FileError with what is wrong with each event.
    """
    calendar = _calendar(file, text)
    found = calendar.walk("VEVENT")
    if not 0 < len(found) <= EVENTS_MAX:
        told = f"holds {len(found):,} events" if found else "holds no events, so there is nothing to import"
        raise FileError([Mistake(file, 1, (), f"{told}; at most {EVENTS_MAX:,}" if found else told)])
    begins = [n for n, line in enumerate(text.splitlines(), 1) if line.strip().upper() == "BEGIN:VEVENT"]
    lines = begins if len(begins) == len(found) else [1] * len(found)
    default = _known_zone(zone) or _known_zone(str(calendar.get("x-wr-timezone", "")))
    ours = _OURS in str(calendar.get("prodid", ""))
    events: list[Event] = []
    gone: list[Event] = []
    mistakes: list[Mistake] = []
    for component, line in zip(found, lines, strict=True):
        try:
            event = _event(component, line, default, ours=ours)
        except EventError as problem:
            uid = _shortened(str(component.get("uid", "without UID")))
            mistakes.append(Mistake(file, line, (), f"event {uid}: {problem}"))
            continue
        cancelled = str(component.get("status", "")).upper() == "CANCELLED"
        (gone if cancelled else events).append(event)
    if mistakes:
        raise FileError(mistakes)
    own = default or ZoneInfo(_most_common([event.zone.key for event in events]))
    name = str(calendar.get("x-wr-calname", "")).strip()
    return Events(_without_replaced(events, gone), name, own, len(gone))


def _calendar(file: Path, text: str) -> Calendar:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it guesses at TZIDs with a vendor's path, and so do we
            found = Calendar.from_ical(text)
    except (ValueError, KeyError, IndexError, RecursionError) as problem:
        told = _shortened(str(problem) or type(problem).__name__)
        raise FileError([Mistake(file, 1, (), f"is no iCalendar that can be read: {told}")]) from None
    if not isinstance(found, Calendar) or found.name != "VCALENDAR":
        raise FileError([Mistake(file, 1, (), "is no iCalendar: it does not begin with BEGIN:VCALENDAR")])
    return found


def _shortened(text: str) -> str:
    return text if len(text) <= 80 else f"{text[:80]}..."


def _most_common(names: Sequence[str]) -> str:
    """Return the name that most have, of equals the first; UTC of none."""
    return Counter(names).most_common(1)[0][0] if names else "UTC"


def _without_replaced(events: list[Event], gone: list[Event]) -> tuple[Event, ...]:
    """Return events in which no series holds an occurrence that was moved or cancelled on its own."""
    moved: dict[str, set[datetime]] = {}
    for event in (*events, *gone):
        if event.replaces is not None:
            moved.setdefault(event.uid, set()).add(event.replaces)
    return tuple(
        replace(event, excluded=event.excluded | moved[event.uid])
        if event.recurs and event.replaces is None and event.uid in moved
        else event
        for event in events
    )


def _event(component: Any, line: int, default: ZoneInfo | None, *, ours: bool) -> Event:
    for name in _ONCE:
        if isinstance(component.get(name), list):
            raise EventError(f"has {name} more than once")
    for name, told in component.errors:
        if name in _READ:
            raise EventError(f"has a {name} that cannot be read: {_shortened(str(told))}")
    if "EXRULE" in component:
        raise EventError("has an EXRULE, which is not read; write EXDATE")
    start, begin, zone = _moment(component, "DTSTART", default)
    end, length = _end(component, start, begin, zone, default)
    if end <= start or length <= timedelta(0):
        raise EventError("has to end after it begins")
    if length > WINDOW:
        raise EventError(f"lasts longer than {WINDOW.days} days; nobody is on call for so long")
    recurrence = component.get("RECURRENCE-ID")
    if recurrence is not None and "RANGE" in recurrence.params:
        raise EventError("changes this and all future occurrences, which is not read; end the series instead")
    people, layer = _who(component, ours=ours)
    stamp = component.get("DTSTAMP")
    stamped = getattr(stamp, "dt", None)
    return Event(
        uid=str(component.get("UID", f"line-{line}")),
        line=line,
        people=people,
        layer=layer,
        zone=zone,
        begin=begin,
        length=length,
        start=start,
        end=end,
        stamp=stamped if isinstance(stamped, datetime) and stamped.tzinfo and _sane(stamped) else start,
        rule=component.get("RRULE"),
        excluded=frozenset(_dates(component, "EXDATE", zone)),
        added=tuple(sorted(_dates(component, "RDATE", zone))),
        replaces=None if recurrence is None else _moment(component, "RECURRENCE-ID", zone)[0],
    )


def _end(
    component: Any, start: datetime, begin: datetime, zone: ZoneInfo, default: ZoneInfo | None
) -> tuple[datetime, timedelta]:
    """Return the end, and how long it is until then by the clock on the wall."""
    if "DTEND" in component:
        end, _, _ = _moment(component, "DTEND", default)
        return end, shown(end, zone) - begin
    if "DURATION" in component:
        length = getattr(component["DURATION"], "dt", None)
        if not isinstance(length, timedelta) or not timedelta(0) <= length <= 2 * WINDOW:
            raise EventError("has a DURATION that cannot be read or is longer than two years")
        return first_at(begin + timedelta(days=length.days), zone) + (length % timedelta(days=1)), length
    if not isinstance(component["DTSTART"].dt, datetime):
        return first_at(begin + timedelta(days=1), zone), timedelta(days=1)
    raise EventError("has no end: give DTEND or DURATION")


def _moment(component: Any, name: str, default: ZoneInfo | None) -> tuple[datetime, datetime, ZoneInfo]:
    """Return a moment as instant and as local time, with the zone whose clock it goes by."""
    value = component.get(name)
    if value is None:
        raise EventError(f"has no {name}")
    return _instant(
        value, str(value.params.get("TZID", "")) if hasattr(value, "params") else "", name, default
    )


def _instant(
    value: Any, tzid: str, name: str, default: ZoneInfo | None
) -> tuple[datetime, datetime, ZoneInfo]:
    found = getattr(value, "dt", None)
    if not isinstance(found, date):
        raise EventError(f"has a {name} that is no date or time")
    if not EARLIEST.year <= found.year < LATEST.year:
        raise EventError(f"has a {name} outside of {EARLIEST.year} to {LATEST.year}")
    if not isinstance(found, datetime):
        found = datetime.combine(found, time())
    if found.tzinfo is not None and not tzid:
        zone: ZoneInfo | None = ZoneInfo("UTC")
    elif tzid:
        zone = _known_zone(tzid) or default
        if zone is None:
            raise EventError(f"goes by {_shortened(tzid)!r}, which is no zone that is known; give --zone")
    else:
        zone = default
    if zone is None:
        raise EventError(f"has a {name} without zone; say with --zone where it is local, e.g. Europe/Berlin")
    local = found.replace(tzinfo=None)
    return first_at(local, zone), local, zone


def _sane(moment: datetime) -> bool:
    return EARLIEST.year <= moment.year < LATEST.year


def _known_zone(name: str | None) -> ZoneInfo | None:
    """Return the zone of a TZID: IANA's name, one with a vendor's path before it, or Windows' name."""
    parts = (name or "").strip("/").split("/")
    tried = [WINDOWS_TO_OLSON.get(name or "", ""), *("/".join(parts[n:]) for n in range(min(len(parts), 6)))]
    for one in tried:
        try:
            return ZoneInfo(one)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            continue
    return None


def _dates(component: Any, name: str, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the instants of EXDATE or RDATE; a date stands for midnight."""
    given = component.get(name)
    for each in given if isinstance(given, list) else [given] if given is not None else []:
        tzid = str(each.params.get("TZID", ""))
        for one in getattr(each, "dts", ()):
            if isinstance(getattr(one, "dt", None), tuple):
                raise EventError(f"has {name} with periods, which are not read; write dates")
            yield _instant(one, tzid, name, zone)[0]


def _who(component: Any, *, ours: bool) -> tuple[tuple[str, ...], str | None]:
    """Return who is on call in an event, and under which layer where an export of ours says so."""
    summary = " ".join(str(component.get("SUMMARY", "")).split())
    titled = _ON_CALL.fullmatch(summary)
    if ours and titled:
        categories = component.get("CATEGORIES")
        named = [str(one) for one in getattr(categories, "cats", ())]
        return (titled["person"],), named[0] if len(named) == 1 else None
    given = component.get("ATTENDEE")
    attendees = given if isinstance(given, list) else [given] if given is not None else []
    coming = [one for one in attendees if str(one.params.get("PARTSTAT", "")).upper() != "DECLINED"]
    people = tuple(dict.fromkeys(name for one in coming if (name := _called(one))))
    if not people and summary:
        people = (titled["person"] if titled else summary,)
    if not people:
        raise EventError("names nobody: it has neither SUMMARY nor ATTENDEE")
    return people, None


def _called(attendee: Any) -> str:
    """Return the name of an attendee, else what stands before the @ of their address."""
    named = " ".join(str(attendee.params.get("CN", "")).split())
    return named or str(attendee).split(":", 1)[-1].split("@", 1)[0]


def latest(events: Sequence[Event]) -> datetime:
    """Return the latest moment at which anything of a calendar was written or begins."""
    return max((max(event.start, event.stamp) for event in events), default=EARLIEST).astimezone(UTC)
