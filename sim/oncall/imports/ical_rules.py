"""Series of events as rules of a layer, where that is exact; and their occurrences, where it is not."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr  # type: ignore[import-untyped]

from sim.oncall.imports.ical_events import Event, EventError
from sim.oncall.imports.weekly import DAY, WEEK, restrictions
from sim.oncall.schedule.policy import LENGTH_MAX, LayerRule, Rotation
from sim.oncall.schedule.wall_clock import first_at, shown
from sim.oncall.schedule.windows import Span

OCCURRENCES_MAX = 60_000
"""Of one series, from its beginning on; a bound on work: every day since 1970 is less."""
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SIMPLE = {"FREQ", "INTERVAL", "BYDAY", "WKST"}
_BOUNDED = {*_SIMPLE, "COUNT", "UNTIL"}
_READ = {
    "DAILY": _BOUNDED,
    "WEEKLY": _BOUNDED,
    "MONTHLY": {*_BOUNDED, "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
    "YEARLY": {*_BOUNDED, "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
}
_EPOCH = datetime(1970, 1, 5)


@dataclass(frozen=True, slots=True)
class _Tiles:
    """Turns of whole days, one after the other, that come back after a period. `phase` is when they begin."""

    period: timedelta
    length: timedelta
    phase: timedelta

    def slots(self) -> int:
        return self.period // self.length

    def slot(self, event: Event, base: datetime) -> int:
        return (event.begin - base) // self.length

    def rule(self, base: datetime, groups: Sequence[tuple[str, ...]]) -> LayerRule:
        if len(groups) == 1:
            return LayerRule(people=groups[0])
        weeks, rest = divmod(self.length, WEEK)
        rotation = Rotation(
            every="daily" if rest else "weekly",
            length=self.length // DAY if rest else weeks,
            start=base,
            participants=tuple(groups),
        )
        return LayerRule(rotation=rotation)


@dataclass(frozen=True, slots=True)
class _Windows:
    """The same windows in every so many weeks, which begin on a weekday (0 is Monday)."""

    weeks: int
    days: tuple[int, ...]
    start: time
    length: timedelta
    week_starts: int

    def slots(self) -> int:
        return self.weeks

    def slot(self, event: Event, base: datetime) -> int:
        return (self._week(event.begin) - self._week(base)) // WEEK

    def _week(self, local: datetime) -> datetime:
        """Return when the week of a local time begins: at the time of day of the windows, so none is cut."""
        day = local - timedelta(days=(local.weekday() - self.week_starts) % 7)
        return datetime.combine(day.date(), self.start)

    def rule(self, base: datetime, groups: Sequence[tuple[str, ...]]) -> LayerRule:
        limits = restrictions((day, self.start, self.length) for day in self.days)
        if len(groups) == 1:
            return LayerRule(people=groups[0], restrictions=limits)
        rotation = Rotation(every="weekly", start=self._week(base), participants=tuple(groups))
        return LayerRule(rotation=rotation, restrictions=limits)


@dataclass(frozen=True, slots=True)
class Ruled:
    """Rules with the moment from which on they are what the events say, and the events that fit into none."""

    rules: tuple[LayerRule, ...]
    since: datetime | None
    left: tuple[Event, ...]


def ruled(events: Iterable[Event], zone: ZoneInfo, ids: dict[str, str]) -> Ruled:
    """Return series as rules of a layer that goes by a zone; `ids` are those of people by name."""
    groups: dict[_Tiles | _Windows, list[Event]] = {}
    left: list[Event] = []
    for event in events:
        pattern = _pattern(event) if event.zone.key == zone.key else None
        if pattern is None:
            left.append(event)
        else:
            groups.setdefault(pattern, []).append(event)
    rules: list[LayerRule] = []
    since: list[datetime] = []
    for pattern, members in groups.items():
        base = min(event.begin for event in members)
        slots: dict[int, list[str]] = {}
        for event in members:
            slots.setdefault(pattern.slot(event, base), []).extend(ids[name] for name in event.people)
        if sorted(slots) != list(range(pattern.slots())):
            left += members
            continue
        rules.append(pattern.rule(base, [tuple(dict.fromkeys(slots[n])) for n in sorted(slots)]))
        since += [event.start for event in members]
    return Ruled(tuple(rules), max(since, default=None), tuple(left))


def _pattern(event: Event) -> _Tiles | _Windows | None:
    """Return the pattern of a series without end and without exceptions, None where it has none of ours."""
    if event.rule is None or event.excluded or event.added or not set(event.rule) <= _SIMPLE:
        return None
    frequency, interval, days, week_starts = _parts(event)
    if event.begin.weekday() not in days or frequency not in ("DAILY", "WEEKLY"):
        return None
    if frequency == "DAILY":
        return _daily(event, interval, days)
    return _weekly(event, interval, days, week_starts)


def _daily(event: Event, interval: int, days: tuple[int, ...]) -> _Tiles | _Windows | None:
    if interval == 1 and event.length <= DAY:
        return _Windows(1, days, event.begin.time(), event.length, 0)
    return _tiles(event, DAY * interval) if len(days) == len(_DAYS) else None


def _weekly(event: Event, interval: int, days: tuple[int, ...], week_starts: int) -> _Tiles | _Windows | None:
    start, length = event.begin.time(), event.length
    if len(days) > 1:
        return _Windows(interval, days, start, length, week_starts) if length <= DAY else None
    tiles = _tiles(event, WEEK * interval) if length >= WEEK else None
    return tiles or (_Windows(interval, days, start, length, days[0]) if length < WEEK else None)


def _tiles(event: Event, period: timedelta) -> _Tiles | None:
    length = event.length
    if length % DAY or period % length or length // DAY > LENGTH_MAX:
        return None
    return _Tiles(period, length, (event.begin - _EPOCH) % length)


def _parts(event: Event) -> tuple[str, int, tuple[int, ...], int]:
    """Return frequency, interval, weekdays and the first day of the week; () for weekdays with numbers."""
    frequency, interval = _checked(event)
    given = [str(day).upper() for day in event.rule.get("BYDAY", ())]
    week_starts = _DAYS.index(str(event.rule.get("WKST", ["MO"])[0]).upper())
    if not given:
        return (
            frequency,
            interval,
            tuple(range(7)) if frequency == "DAILY" else (event.begin.weekday(),),
            week_starts,
        )
    days = tuple(sorted({_DAYS.index(day) for day in given})) if set(given) <= set(_DAYS) else ()
    return frequency, interval, days, week_starts


def _checked(event: Event) -> tuple[str, int]:
    """Return frequency and interval of a rule that is read. Raises EventError for any other."""
    rule: Any = event.rule
    try:
        frequency = str(rule["FREQ"][0]).upper()
        interval = int(rule.get("INTERVAL", [1])[0])
        starts = str(rule.get("WKST", ["MO"])[0]).upper()
    except (KeyError, IndexError, TypeError, ValueError):
        raise EventError("has an RRULE that cannot be read") from None
    if frequency not in _READ:
        raise EventError(f"comes back {frequency[:20]!r}; only daily, weekly, monthly and yearly are read")
    other = set(rule) - _READ[frequency]
    if other:
        raise EventError(f"has an RRULE with {', '.join(sorted(other))[:80]}, which is not read")
    if not 1 <= interval <= LENGTH_MAX or starts not in _DAYS:
        raise EventError(
            f"has an RRULE whose INTERVAL is not within 1 to {LENGTH_MAX} or whose WKST is no day"
        )
    return frequency, interval


def occurrences(event: Event, first: datetime, last: datetime) -> Iterator[Span]:
    """Yield the occurrences of a series that begin between two instants. Raises EventError.

    Each begins and ends at the hours of the clock that the series names, as the windows of a layer do:
    one that would begin while clocks jump begins right after, and what lies inside the jump alone is not.
    """
    named = _by_rule(event, last) if event.rule is not None else [event.begin]
    begins = {first_at(local, event.zone): local for local in named}
    begins |= {added: shown(added, event.zone) for added in event.added}
    for start in sorted(begins.keys() - event.excluded):
        end = first_at(begins[start] + event.length, event.zone)
        if first <= start <= last and start < end:
            yield start, end


def _by_rule(event: Event, last: datetime) -> Iterator[datetime]:
    """Yield when the occurrences of a rule begin by the clock, as far as an instant."""
    _checked(event)
    parts = {key: value for key, value in event.rule.items() if key != "UNTIL"}
    text = type(event.rule)(parts).to_ical().decode()
    until = _until(event)
    try:
        series = iter(rrulestr(text, dtstart=event.begin))
        for count, local in enumerate(islice(series, OCCURRENCES_MAX + 1)):
            if count == 0 and local != event.begin:
                raise EventError("begins at a time that its RRULE does not name; correct DTSTART")
            start = first_at(local, event.zone)
            if start > last or (until is not None and start > until):
                return
            if count == OCCURRENCES_MAX:
                raise EventError(f"comes back over {OCCURRENCES_MAX:,} times; begin the series later")
            yield local
    except (ValueError, TypeError, OverflowError) as problem:
        if isinstance(problem, EventError):
            raise
        raise EventError(f"has an RRULE that cannot be read: {str(problem)[:80]}") from None


def _until(event: Event) -> datetime | None:
    """Return the last instant at which an occurrence may begin."""
    given = event.rule.get("UNTIL")
    if not given:
        return None
    until = given[0]
    if not isinstance(until, date):
        raise EventError("has an RRULE whose UNTIL is no date")
    if not isinstance(until, datetime):
        return first_at(datetime.combine(until, time.max.replace(microsecond=0)), event.zone)
    return until if until.tzinfo else first_at(until, event.zone)
