"""What is wrong for single people: no turns, too little rest, leave in a turn."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sim.oncall.schedule.finding import Finding, clock, hours, times
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import Shift, away, gaps, shifts
from sim.oncall.schedule.windows import merged

REST_MIN = timedelta(hours=11)
"""Rest between two shifts: 11 hours in 24, by the European Working Time Directive (2003/88/EC, art. 3)."""


def idle(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield people whom nothing names."""
    rules = [rule for layer in policy.layers for rule in layer.rules]
    named = {person for rule in rules for person in rule.people}
    named |= {
        person for rule in rules if rule.rotation for group in rule.rotation.participants for person in group
    }
    named |= {target for step in policy.escalation.steps for target in step.targets}
    named |= {override.add for override in policy.overrides if override.add is not None}
    named |= {shift.person for temporary in policy.temporary for shift in temporary.shifts}
    for person in policy.people:
        if person not in named:
            yield Finding("warn", f"person {person}", "takes no turn, and no step names them")


def rest(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield people with two shifts that lie nearer than a night's rest, over all layers that are paged."""
    paged = [layer.id for layer in policy.paged_layers]
    for person in policy.people:
        mine = merged(
            (shift.start, shift.end) for layer in paged for shift in held[layer] if shift.person == person
        )
        short = [(end, start) for (_, end), (start, _) in pairwise(mine) if start - end < REST_MIN]
        if short:
            zone = ZoneInfo(policy.people[person].zone or policy.zone)
            start, end = short[0]
            yield Finding(
                "warn",
                f"person {person}",
                f"{times(len(short))} less than {hours(REST_MIN)} between two shifts, "
                f"first {clock(start, zone)} to {clock(end, zone)}",
            )


def turns_on_leave(
    policy: RotationPolicy, held: dict[str, tuple[Shift, ...]], first: datetime, last: datetime
) -> Iterator[Finding]:
    """Yield leave that falls into a person's own turns; the worse where that makes a gap."""
    without = policy.model_copy(update={"leave": ()})
    for layer in policy.paged_layers:
        theirs, empty = shifts(without, layer, first, last), gaps(held[layer.id], first, last)
        for leave in policy.leave:
            span = away(policy, leave)
            missed = [shift for shift in theirs if shift.person == leave.person and _meet(shift, *span)]
            if missed:
                bare = any(
                    _meet(shift, max(a, span[0]), min(b, span[1])) for shift in missed for a, b in empty
                )
                yield Finding(
                    "bad" if layer.role == "primary" and bare else "warn",
                    f"person {leave.person}",
                    f"is away {leave.first} to {leave.last} and has a turn under {layer.id}, "
                    f"{clock(missed[0].start, policy.zone_of(layer))}; add an override or a swap",
                )


def _meet(shift: Shift, begins: datetime, ends: datetime) -> bool:
    return max(shift.start, begins) < min(shift.end, ends)
