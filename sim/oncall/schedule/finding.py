"""What a check of a policy finds, and the words for it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Weight = Literal["bad", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    weight: Weight
    where: str
    text: str


def hours(span: timedelta) -> str:
    """Return a span as people say it."""
    total = round(span.total_seconds() / 60)
    days, rest = divmod(total, 24 * 60)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def times(count: int) -> str:
    """Return how often, in words."""
    return "once" if count == 1 else f"{count} times"


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Return an instant as a clock there shows it."""
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
