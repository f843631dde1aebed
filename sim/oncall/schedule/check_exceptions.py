"""Exceptions of a policy that change nothing."""

from collections.abc import Iterator
from datetime import datetime

from sim.oncall.schedule.finding import Finding
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import instant_of, shifts


def without_effect(policy: RotationPolicy, first: datetime, last: datetime) -> Iterator[Finding]:
    """Yield exceptions that change nothing: who is replaced or swapped is not on call then.

    Each is held against the rules, temporary schedules and what is applied before it: swaps, then overrides.
    """
    layers = {layer.id: layer for layer in policy.layers}
    zones = {name: policy.zone_of(layer) for name, layer in layers.items()}
    without_leave = policy.model_copy(update={"leave": ()})

    def absent(before: dict[str, object], layer: str, person: str, begins: datetime, ends: datetime) -> bool:
        span = instant_of(begins, zones[layer]), instant_of(ends, zones[layer])
        if span[1] <= first or span[0] >= last:
            return False
        held = shifts(without_leave.model_copy(update=before), layers[layer], *span)
        return not any(shift.person == person for shift in held)

    for number, one in enumerate(policy.overrides):
        before: dict[str, object] = {"overrides": policy.overrides[:number]}
        if one.remove is not None and absent(before, one.layer, one.remove, one.start, one.end):
            text = f"{one.remove} is not on call under {one.layer} then, so nobody is replaced"
            yield Finding("warn", f"override of {one.start:%Y-%m-%d %H:%M}", text)
    for number, swap in enumerate(policy.swaps):
        before = {"overrides": (), "swaps": policy.swaps[:number]}
        turns = (
            (swap.first, swap.first_start, swap.first_end),
            (swap.second, swap.second_start, swap.second_end),
        )
        for person, begins, ends in turns:
            if absent(before, swap.layer, person, begins, ends):
                text = f"{person} is not on call under {swap.layer} then, so nothing is swapped"
                yield Finding("warn", f"swap of {begins:%Y-%m-%d %H:%M}", text)
    for temporary in policy.temporary:
        zone = zones[temporary.layer]
        for shift in temporary.shifts:
            begins, ends = instant_of(shift.start, zone), instant_of(shift.end, zone)
            if begins < instant_of(temporary.start, zone) or ends > instant_of(temporary.end, zone):
                text = f"the shift of {shift.person} reaches out of its schedule and is cut"
                yield Finding("warn", f"temporary schedule of {temporary.start:%Y-%m-%d %H:%M}", text)
