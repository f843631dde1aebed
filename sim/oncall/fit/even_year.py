"""A year to draw incidents in whose clock never changes, for what only arrivals matter to."""

from datetime import UTC, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo


class Beginning(NamedTuple):
    """When a year begins, and its zone."""

    start: datetime
    zone: ZoneInfo


EVEN = Beginning(datetime(2024, 1, 1, tzinfo=UTC), ZoneInfo("UTC"))
"""It begins on a Monday at midnight."""
