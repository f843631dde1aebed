"""When a policy begins, where nobody says from when on to look at it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import instant_of


def beginning(policy: RotationPolicy) -> datetime | None:
    """Return when all rotations have begun, as a local time of the policy; without any, when the first fixed
    shift begins. None where the policy names neither."""
    starts = [
        rule.rotation.start for layer in policy.layers for rule in layer.rules if rule.rotation is not None
    ]
    if starts:
        return max(starts)
    zone, zones = ZoneInfo(policy.zone), {layer.id: policy.zone_of(layer) for layer in policy.layers}
    fixed = [
        *(instant_of(one.start, zones[one.layer]) for one in policy.overrides),
        *(instant_of(shift.start, zones[one.layer]) for one in policy.temporary for shift in one.shifts),
    ]
    return min(fixed).astimezone(zone).replace(tzinfo=None) if fixed else None
