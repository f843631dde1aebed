"""Weekly windows: on which weekdays, from when to when on the clock, something holds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sim.oncall.schedule.wall_clock import first_at, shown

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Span = tuple[datetime, datetime]
"""From an instant to another, which is not part of it."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` to `end` on each of these weekdays; over midnight where `end` is not after `start`.

    Where they are equal it is the whole 24 hours. The weekday is that on which it begins.
    """

    weekdays: tuple[str, ...]
    start: time
    end: time

    def spans(self, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[Span]:
        """Yield the spans that reach into the time from `first` to `last` (instants), in order, uncut."""
        day = shown(first, zone).date() - 2 * _DAY
        while True:
            begins = first_at(datetime.combine(day, self.start), zone)
            if begins >= last:
                return
            if WEEKDAYS[day.weekday()] in self.weekdays:
                until = day if self.end > self.start else day + _DAY
                ends = first_at(datetime.combine(until, self.end), zone)
                if ends > first and ends > begins:
                    yield begins, ends
            day += _DAY


def covered(windows: Iterable[Window], first: datetime, last: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return when any window holds between two instants, touching spans merged, uncut for up to a week."""
    since, until = first - 8 * _DAY, last + 8 * _DAY
    spans = merged(span for window in windows for span in window.spans(since, until, zone))
    return tuple(span for span in spans if span[1] > first and span[0] < last)


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or overlap as one."""
    found: list[Span] = []
    for begins, ends in sorted(spans):
        if found and begins <= found[-1][1]:
            found[-1] = (found[-1][0], max(ends, found[-1][1]))
        else:
            found.append((begins, ends))
    return tuple(found)


def within(spans: Iterable[Span], first: datetime, last: datetime) -> tuple[Span, ...]:
    """Return what of some spans lies between two instants."""
    cut = ((max(begins, first), min(ends, last)) for begins, ends in spans)
    return tuple((begins, ends) for begins, ends in cut if begins < ends)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Return what is left of some spans when others are taken out."""
    left = list(spans)
    for out_from, out_to in taken:
        left = [
            piece
            for begins, ends in left
            for piece in ((begins, min(ends, out_from)), (max(begins, out_to), ends))
            if piece[0] < piece[1]
        ]
    return tuple(left)
