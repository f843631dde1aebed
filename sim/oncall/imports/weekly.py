"""Spans that come back every week, as restrictions of ours."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import cast

from sim.oncall.schedule.policy import Restriction, Weekday
from sim.oncall.schedule.windows import WEEKDAYS

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)
_SOME_MONDAY = datetime(2024, 1, 1)

WeeklySpan = tuple[int, time, timedelta]
"""From a weekday (0 is Monday) and a time on, for so long by the clock on the wall."""


def restrictions(spans: Iterable[WeeklySpan]) -> tuple[Restriction, ...]:
    """Return restrictions that cover these spans; () where one of them is the whole week.

    What is longer than a day becomes whole days that touch, and the rest.
    """
    days: dict[tuple[time, time], set[int]] = {}
    for weekday, start, length in spans:
        if length >= WEEK:
            return ()
        for number in range(length // DAY):
            days.setdefault((start, start), set()).add((weekday + number) % 7)
        rest = length % DAY
        if rest:
            until = (datetime.combine(_SOME_MONDAY, start) + rest).time()
            days.setdefault((start, until), set()).add((weekday + length // DAY) % 7)
    if any(start == until and len(found) == 7 for (start, until), found in days.items()):
        return ()
    return tuple(
        Restriction.model_validate({"weekdays": weekdays(found), "from": start, "to": until})
        for (start, until), found in days.items()
    )


def weekdays(numbers: Iterable[int]) -> tuple[Weekday, ...]:
    """Return weekdays by number, 0 for Monday, in the order of the week."""
    return tuple(cast(Weekday, WEEKDAYS[number]) for number in sorted(set(numbers)))
