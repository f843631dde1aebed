"""Which weeks a what-if plays, in words, and what of a policy lies outside of them."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import away, instant_of
from sim.oncall.schedule.windows import Span
from sim.oncall.whatif.table import YEAR_MS


def played(policies: Sequence[RotationPolicy], start: datetime) -> tuple[str, ...]:
    """Return that it is always the same weeks that are played, and how many exceptions change nothing."""
    end = start + timedelta(milliseconds=YEAR_MS)
    first = start.astimezone(ZoneInfo(policies[0].zone))
    told = f"all years are the 52 weeks from {first:%Y-%m-%d} on, with their changes of the clock"
    spans = [span for policy in policies for span in _exceptions(policy)]
    outside = sum(1 for begins, ends in spans if ends <= start or begins >= end)
    if not outside:
        return (told,)
    return (
        told,
        f"{outside} of {len(spans)} leaves, overrides, swaps and temporary schedules lie outside of these "
        "weeks and change nothing (--from plays others)",
    )


def _exceptions(policy: RotationPolicy) -> Iterator[Span]:
    """Yield from when to when each exception of a policy holds."""
    zones = {layer.id: policy.zone_of(layer) for layer in policy.layers}
    for override in policy.overrides:
        zone = zones[override.layer]
        yield instant_of(override.start, zone), instant_of(override.end, zone)
    for fixed in policy.temporary:
        zone = zones[fixed.layer]
        yield instant_of(fixed.start, zone), instant_of(fixed.end, zone)
    for swap in policy.swaps:
        zone = zones[swap.layer]
        begins = min(instant_of(at, zone) for at in (swap.first_start, swap.second_start))
        yield begins, max(instant_of(at, zone) for at in (swap.first_end, swap.second_end))
    for leave in policy.leave:
        yield away(policy, leave)
