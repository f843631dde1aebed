"""The turns of a rotation: when the pager is handed over, and whose turn it is, by number."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Literal
from zoneinfo import ZoneInfo

from sim.oncall.schedule.wall_clock import first_at, shown

Unit = Literal["hourly", "daily", "weekly", "monthly"]

_STEPS = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}
_MONTHS = 12


@dataclass(frozen=True, slots=True)
class Turns:
    """A hand-over every `length` units of local time, from `start` (local) on and before it.

    Turn 0 begins at `start`; turns before it have negative numbers. Hours are those of the wall clock: a turn
    of 24 hours is a day, also where clocks change. A month that lacks the day of `start` hands over on its
    last day.
    """

    unit: Unit
    length: int
    start: datetime
    zone: ZoneInfo

    def begins(self, number: int) -> datetime:
        """Return the instant at which a turn begins."""
        return first_at(self._local(number), self.zone)

    def number_at(self, instant: datetime) -> int:
        """Return the turn that an instant lies in; of two that begin at once, the second."""
        number = self._estimate(shown(instant, self.zone))
        while self.begins(number) > instant:
            number -= 1
        while self.begins(number + 1) <= instant:
            number += 1
        return number

    def handoffs(self, first: datetime, last: datetime) -> tuple[datetime, ...]:
        """Return when turns begin, from the one that `first` lies in to the first one after `last`."""
        found: list[datetime] = []
        for number in count(self.number_at(first)):
            begins = self.begins(number)
            if begins not in found:
                found.append(begins)
            if begins > last:
                return tuple(found)
        raise AssertionError("there is always another turn")

    def _local(self, number: int) -> datetime:
        if self.unit != "monthly":
            return self.start + number * self.length * _STEPS[self.unit]
        month = self.start.month - 1 + number * self.length
        year, month = self.start.year + month // _MONTHS, month % _MONTHS + 1
        return self.start.replace(year=year, month=month, day=min(self.start.day, _days(year, month)))

    def _estimate(self, local: datetime) -> int:
        """Return a turn that begins near a local time."""
        if self.unit != "monthly":
            return (local - self.start) // (self.length * _STEPS[self.unit])
        months = (local.year - self.start.year) * _MONTHS + local.month - self.start.month
        return months // self.length


def _days(year: int, month: int) -> int:
    first = datetime(year, month, 1)
    following = datetime(year + month // _MONTHS, month % _MONTHS + 1, 1)
    return (following - first).days
