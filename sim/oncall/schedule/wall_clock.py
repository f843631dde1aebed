"""Local wall-clock time and instants: what a clock on the wall shows, and when that is.

A local time is a `datetime` without zone, an instant one in UTC. Where clocks go back, a local time is there
twice; where they go forward, some are never there.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_SECOND = timedelta(seconds=1)


def first_at(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at which clocks show this; in a gap, the first instant after the gap."""
    return _instant(local, zone, fold=0)


def last_at(local: datetime, zone: ZoneInfo) -> datetime:
    """Return the last instant at which clocks show this; in a gap, the first instant after the gap."""
    return _instant(local, zone, fold=1)


def shown(instant: datetime, zone: ZoneInfo) -> datetime:
    """Return what clocks show at an instant."""
    return instant.astimezone(zone).replace(tzinfo=None, fold=0)


def _instant(local: datetime, zone: ZoneInfo, fold: int) -> datetime:
    found = local.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    return found if shown(found, zone) == local else _after_gap(local, zone)


def _after_gap(local: datetime, zone: ZoneInfo) -> datetime:
    """Return when clocks jumped over a local time. Of its two readings one lies before, one after that."""
    before, after = sorted(local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        if shown(middle, zone) < local:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
