"""Which weeks a what-if plays, in words, and what of a policy lies outside of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sim.oncall.schedule.exceptions import exceptions
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif.table import YEAR_MS


def played_weeks(policies: Sequence[RotationPolicy], start: datetime) -> tuple[str, ...]:
    """Return that it is always the same weeks that are played, and how many exceptions change nothing."""
    end = start + timedelta(milliseconds=YEAR_MS)
    first = start.astimezone(ZoneInfo(policies[0].zone))
    told = f"all years are the 52 weeks from {first:%Y-%m-%d} on, with their changes of the clock"
    spans = [span for policy in policies for span in exceptions(policy)]
    outside = sum(1 for begins, ends in spans if ends <= start or begins >= end)
    if not outside:
        return (told,)
    return (
        told,
        f"{outside} of {len(spans)} leaves, overrides, swaps and temporary schedules lie outside of these "
        "weeks and change nothing (--from plays others)",
    )
