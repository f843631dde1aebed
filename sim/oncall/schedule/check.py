"""What is wrong with a policy that can be read: gaps, starved people, short rest, steps that find nobody."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sim.oncall.schedule.check_exceptions import without_effect
from sim.oncall.schedule.check_people import idle, rest, turns_on_leave
from sim.oncall.schedule.escalation import people_among
from sim.oncall.schedule.finding import Finding, Weight, clock, hours, times
from sim.oncall.schedule.holidays import holidays_between
from sim.oncall.schedule.policy import Layer, Rotation, RotationPolicy
from sim.oncall.schedule.shifts import Shift, gaps, shifts

Moment = tuple[datetime, dict[str, tuple[str, ...]]]
"""From an instant on, who is on call under each layer."""
_LONGEST = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=31),
}


def check(policy: RotationPolicy, first: datetime, last: datetime) -> tuple[Finding, ...]:
    """Return what is wrong between two instants, the worst first."""
    held = {layer.id: shifts(policy, layer, first, last) for layer in policy.layers}
    moments = [*_changes(held, first, last)]
    found = [
        *_gaps(policy, held, first, last),
        *_starved(policy, held, last - first),
        *idle(policy),
        *rest(policy, held),
        *_overlaps(policy, held),
        *turns_on_leave(policy, held, first, last),
        *without_effect(policy, first, last),
        *_unpaged(policy),
        *_steps(policy, moments),
        *_alone(policy, moments),
    ]
    return tuple(sorted(found, key=lambda one: one.weight == "warn"))


def _gaps(
    policy: RotationPolicy, held: dict[str, tuple[Shift, ...]], first: datetime, last: datetime
) -> Iterator[Finding]:
    """Yield when a layer that is paged has nobody, as one finding for each layer, and on which holidays."""
    days = holidays_between(policy.holidays, first, last)
    for layer in policy.paged_layers:
        empty = gaps(held[layer.id], first, last)
        if not empty:
            continue
        zone = policy.zone_of(layer)
        total = sum((end - start for start, end in empty), timedelta())
        when = ", ".join(f"{clock(start, zone)} to {clock(end, zone)}" for start, end in empty[:3])
        more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
        weight: Weight = "bad" if layer.role == "primary" else "warn"
        yield Finding(weight, f"layer {layer.id}", f"nobody is on call for {hours(total)}: {when}{more}")
        bare = [(start.astimezone(zone).date(), _last_day(end, zone)) for start, end in empty]
        named = [f"{name} ({day})" for day, name in days.items() if any(a <= day <= b for a, b in bare)]
        if named:
            yield Finding(weight, f"layer {layer.id}", f"holidays without cover: {', '.join(named[:6])}")


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    """Return the last day that something before this end has a part of."""
    return (end - timedelta(microseconds=1)).astimezone(zone).date()


def _starved(
    policy: RotationPolicy, held: dict[str, tuple[Shift, ...]], window: timedelta
) -> Iterator[Finding]:
    """Yield participants whose turns never fall into what their rule covers, where all have had one."""
    for layer in policy.layers:
        on_call = {shift.person for shift in held[layer.id]}
        for rule in layer.rules:
            if rule.rotation is None or rule.rotation.advance == "covered":
                continue
            if _round(rule.rotation) > window:
                continue
            named = {person for group in rule.rotation.participants for person in group}
            idle = sorted(named - on_call)
            why = "their turns fall where the rule covers nothing (advance: covered gives each a share)"
            if not rule.restrictions:
                why = "other rules or exceptions take all their turns"
            if idle:
                yield Finding("warn", f"layer {layer.id}", f"never on call: {', '.join(idle)}; {why}")


def _round(rotation: Rotation) -> timedelta:
    """Return in what time everybody has had a turn, at most."""
    return len(rotation.participants) * rotation.length * _LONGEST[rotation.every]


def _overlaps(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield layers whose rules put one person on call each, and under which two are at once."""
    for layer in policy.layers:
        if not _single(layer):
            continue
        twice = [*_twice(held[layer.id])]
        if twice:
            one, two = twice[0]
            at = clock(two.start, policy.zone_of(layer))
            text = f"{times(len(twice))} two at once, first {one.person} and {two.person} at {at}"
            yield Finding("warn", f"layer {layer.id}", text)


def _twice(found: Sequence[Shift]) -> Iterator[tuple[Shift, Shift]]:
    """Yield each shift that begins in an earlier one, after the earlier one that ends last."""
    if not found:
        return
    last = found[0]
    for shift in found[1:]:
        if shift.start < last.end:
            yield last, shift
        last = max(last, shift, key=lambda one: one.end)


def _single(layer: Layer) -> bool:
    groups = [group for rule in layer.rules if rule.rotation for group in rule.rotation.participants]
    return all(len(group) == 1 for group in (*groups, *(rule.people for rule in layer.rules if rule.people)))


def _unpaged(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield layers that no step pages, and that are none to learn on."""
    for layer in policy.layers:
        if layer.role != "shadow" and layer not in policy.paged_layers:
            yield Finding("warn", f"layer {layer.id}", "no step pages it")


def _steps(policy: RotationPolicy, moments: Sequence[Moment]) -> Iterator[Finding]:
    """Yield steps that never find anybody, or always page the same people as the one before."""
    steps = policy.escalation.steps
    named = [[people_among(policy, step, on_call) for _, on_call in moments] for step in steps]
    for number, people in enumerate(named, 1):
        if not any(people):
            yield Finding("bad", f"step {number}", "never finds anybody")
        elif number > 1 and people == named[number - 2]:
            yield Finding("warn", f"step {number}", "always pages the same people as the step before")


def _alone(policy: RotationPolicy, moments: Sequence[Moment]) -> Iterator[Finding]:
    """Yield that several steps page one person alone, who has no backup then."""
    steps = policy.escalation.steps
    if len(steps) == 1 or len(policy.people) == 1:
        return
    reached = [
        {one for step in steps for one in people_among(policy, step, on_call)} for _, on_call in moments
    ]
    begins = [
        (at, person)
        for (at, _), before, people in zip(moments, [set(), *reached], reached, strict=False)
        if len(people) == 1 and people != before
        for person in people
    ]
    if begins:
        at, person = begins[0]
        text = f"{times(len(begins))} all steps page one person alone, first {person} at "
        yield Finding("warn", "escalation", text + clock(at, ZoneInfo(policy.zone)))


def _changes(held: dict[str, tuple[Shift, ...]], first: datetime, last: datetime) -> Iterator[Moment]:
    """Yield who is on call under each layer from `first` on, whenever that changes under any."""
    events = sorted(
        (at, by, layer, shift.person)
        for layer, found in held.items()
        for shift in found
        for at, by in ((shift.start, 1), (shift.end, -1))
    )
    on: dict[str, dict[str, int]] = {layer: {} for layer in held}
    for at, together in groupby([(first, 0, "", ""), *events], key=itemgetter(0)):
        for _, by, layer, person in together:
            if by:
                on[layer][person] = on[layer].get(person, 0) + by
        if at < last:
            yield at, {layer: tuple(sorted(one for one in on[layer] if on[layer][one] > 0)) for layer in on}
