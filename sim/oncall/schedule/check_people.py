"""What is wrong for single people: no turns, too little rest, nobody behind them, leave in a turn."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import combinations, pairwise
from zoneinfo import ZoneInfo

from sim.oncall.schedule.finding import Finding, clock, hours, last_day, times
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import Shift, shifts
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
    paged = [layer.id for layer in policy.layers if layer.role != "shadow"]
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


def alone(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield who is on call under two layers of different steps at once, and so backs up nobody."""
    steps = [set(step.targets) for step in policy.escalation.steps]
    paged = [layer for layer in policy.layers if layer.role != "shadow" and set().union(*steps) & {layer.id}]
    for one, other in combinations(paged, 2):
        if any({one.id, other.id} <= step for step in steps):
            continue
        spans = sorted(
            (max(mine.start, theirs.start), mine.person)
            for mine, theirs in _at_once(held[one.id], held[other.id])
            if mine.person == theirs.person
        )
        if spans:
            at, person = spans[0]
            text = (
                f"{times(len(spans))} the same person is on call under both, with no backup, "
                f"first {person} at {clock(at, policy.zone_of(one))}"
            )
            yield Finding("warn", f"layers {one.id} and {other.id}", text)


def _at_once(one: Sequence[Shift], other: Sequence[Shift]) -> Iterator[tuple[Shift, Shift]]:
    """Yield the pairs of shifts of two layers, each in order, that overlap."""
    first = 0
    for mine in one:
        while first < len(other) and other[first].end <= mine.start:
            first += 1
        for theirs in other[first:]:
            if theirs.start >= mine.end:
                break
            if theirs.end > mine.start:
                yield mine, theirs


def turns_on_leave(policy: RotationPolicy, first: datetime, last: datetime) -> Iterator[Finding]:
    """Yield leave that falls into a person's own turns, so that it makes a gap."""
    without = policy.model_copy(update={"leave": ()})
    for layer in policy.layers:
        zone = policy.zone_of(layer)
        theirs = shifts(without, layer, first, last)
        for leave in policy.leave:
            away = [
                shift
                for shift in theirs
                if shift.person == leave.person
                and shift.start.astimezone(zone).date() <= leave.last
                and last_day(shift.end, zone) >= leave.first
            ]
            if away:
                yield Finding(
                    "bad" if layer.role == "primary" else "warn",
                    f"person {leave.person}",
                    f"is away {leave.first} to {leave.last} and has a turn under {layer.id}, "
                    f"{clock(away[0].start, zone)}; add an override or a swap",
                )
