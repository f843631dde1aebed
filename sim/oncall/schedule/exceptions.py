"""From when to when the exceptions of a policy hold."""

from collections.abc import Iterator

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import away, instant_of
from sim.oncall.schedule.windows import Span


def exceptions(policy: RotationPolicy) -> Iterator[Span]:
    """Yield the span of each override, temporary schedule, swap (both of its parts and what is between) and
    leave."""
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
