"""Exceptions of a policy that change nothing."""

from collections.abc import Iterator
from datetime import datetime

from sim.oncall.schedule.finding import Finding
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import instant_of, shifts


def without_effect(policy: RotationPolicy, first: datetime, last: datetime) -> Iterator[Finding]:
    """Yield exceptions that change nothing: who is replaced or swapped is not on call then."""
    layers = {layer.id: layer for layer in policy.layers}

    def absent(layer: str, person: str, begins: datetime, ends: datetime) -> bool:
        plain = policy.model_copy(update={"overrides": (), "swaps": (), "leave": ()})
        zone = policy.zone_of(layers[layer])
        span = instant_of(begins, zone), instant_of(ends, zone)
        if span[1] <= first or span[0] >= last:
            return False
        return not any(shift.person == person for shift in shifts(plain, layers[layer], *span))

    for override in policy.overrides:
        if override.remove and absent(override.layer, override.remove, override.start, override.end):
            others = [one for one in policy.overrides if one is not override and one.add == override.remove]
            if not others:
                text = f"{override.remove} is not on call under {override.layer} then, so nobody is replaced"
                yield Finding("warn", f"override of {override.start:%Y-%m-%d %H:%M}", text)
    for swap in policy.swaps:
        turns = (
            (swap.first, swap.first_start, swap.first_end),
            (swap.second, swap.second_start, swap.second_end),
        )
        for person, begins, ends in turns:
            if absent(swap.layer, person, begins, ends):
                text = f"{person} is not on call under {swap.layer} then, so nothing is swapped"
                yield Finding("warn", f"swap of {begins:%Y-%m-%d %H:%M}", text)
    for temporary in policy.temporary:
        for shift in temporary.shifts:
            if shift.start < temporary.start or shift.end > temporary.end:
                text = f"the shift of {shift.person} reaches out of its schedule and is cut"
                yield Finding("warn", f"temporary schedule of {temporary.start:%Y-%m-%d %H:%M}", text)
