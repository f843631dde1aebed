"""What is wrong with a policy that can be read: gaps, starved people, short rest, steps that find nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from sim.oncall.schedule.escalation import people_of
from sim.oncall.schedule.holidays import holidays_between
from sim.oncall.schedule.policy import Layer, RotationPolicy
from sim.oncall.schedule.shifts import Shift, gaps, shifts

REST_MIN = timedelta(hours=11)
"""Rest between two shifts: 11 hours in 24, by the European Working Time Directive (2003/88/EC, art. 3)."""

Weight = Literal["bad", "warn"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, and where."""

    weight: Weight
    where: str
    text: str


def check(policy: RotationPolicy, first: datetime, last: datetime) -> tuple[Finding, ...]:
    """Return what is wrong between two instants, the worst first."""
    held = {layer.id: shifts(policy, layer, first, last) for layer in policy.layers}
    found = [
        *_gaps(policy, held, first, last),
        *_starved(policy, held),
        *_rest(policy, held),
        *_overlaps(policy, held),
        *_leave(policy, first, last),
        *_steps(policy, held, first),
    ]
    return tuple(sorted(found, key=lambda one: one.weight == "warn"))


def _gaps(
    policy: RotationPolicy, held: dict[str, tuple[Shift, ...]], first: datetime, last: datetime
) -> Iterator[Finding]:
    """Yield when a layer that is paged has nobody, as one finding for each layer, and on which holidays."""
    days = holidays_between(policy.holidays, first, last)
    for layer in policy.layers:
        empty = gaps(held[layer.id], first, last)
        if layer.role == "shadow" or not empty:
            continue
        zone = policy.zone_of(layer)
        total = sum((end - start for start, end in empty), timedelta())
        when = ", ".join(f"{_clock(start, zone)} to {_clock(end, zone)}" for start, end in empty[:3])
        more = f" and {len(empty) - 3} more" if len(empty) > 3 else ""
        weight: Weight = "bad" if layer.role == "primary" else "warn"
        yield Finding(weight, f"layer {layer.id}", f"nobody is on call for {hours(total)}: {when}{more}")
        bare = [(start.astimezone(zone).date(), _last_day(end, zone)) for start, end in empty]
        named = [f"{name} ({day})" for day, name in days.items() if any(a <= day <= b for a, b in bare)]
        if named:
            yield Finding(weight, f"layer {layer.id}", f"holidays without cover: {', '.join(named[:6])}")


def _starved(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield participants whose turns never fall into what their rule covers."""
    for layer in policy.layers:
        on_call = {shift.person for shift in held[layer.id]}
        named = {
            person
            for rule in layer.rules
            if rule.rotation is not None and rule.rotation.participants
            for group in rule.rotation.participants
            for person in group
        }
        idle = sorted(named - on_call)
        if idle:
            yield Finding(
                "warn",
                f"layer {layer.id}",
                f"never on call: {', '.join(idle)}; their turns fall where the rule covers nothing "
                "(advance: covered gives each a share)",
            )


def _rest(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield people with two shifts that lie nearer than a night's rest, over all layers that are paged."""
    paged = [layer.id for layer in policy.layers if layer.role != "shadow"]
    for person in policy.people:
        mine = sorted(shift for layer in paged for shift in held[layer] if shift.person == person)
        short = [
            (one.end, two.start)
            for one, two in pairwise(mine)
            if timedelta(0) < two.start - one.end < REST_MIN
        ]
        if short:
            zone = ZoneInfo(policy.people[person].zone or policy.zone)
            start, end = short[0]
            yield Finding(
                "warn",
                f"person {person}",
                f"{len(short)} times less than {hours(REST_MIN)} between two shifts, "
                f"first {_clock(start, zone)} to {_clock(end, zone)}",
            )


def _overlaps(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]]) -> Iterator[Finding]:
    """Yield layers of single turns under which two are on call at once."""
    for layer in policy.layers:
        if not _single(layer):
            continue
        twice = [(one, two) for one, two in pairwise(held[layer.id]) if two.start < one.end]
        if twice:
            one, two = twice[0]
            at = _clock(two.start, policy.zone_of(layer))
            text = f"{len(twice)} times two at once, first {one.person} and {two.person} at {at}"
            yield Finding("warn", f"layer {layer.id}", text)


def _single(layer: Layer) -> bool:
    return all(
        rule.rotation is not None and all(len(group) == 1 for group in rule.rotation.participants)
        for rule in layer.rules
    )


def _leave(policy: RotationPolicy, first: datetime, last: datetime) -> Iterator[Finding]:
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
                and _last_day(shift.end, zone) >= leave.first
            ]
            if away:
                yield Finding(
                    "bad" if layer.role == "primary" else "warn",
                    f"person {leave.person}",
                    f"is away {leave.first} to {leave.last} and has a turn under {layer.id}, "
                    f"{_clock(away[0].start, zone)}; add an override or a swap",
                )


def _steps(policy: RotationPolicy, held: dict[str, tuple[Shift, ...]], first: datetime) -> Iterator[Finding]:
    """Yield steps that page the same people as the one before at every hand-over, or never anybody."""
    moments = sorted({first, *(shift.start for found in held.values() for shift in found)})[:500]
    named = [[people_of(policy, step, at) for at in moments] for step in policy.escalation.steps]
    for number, people in enumerate(named, 1):
        if not any(people):
            yield Finding("bad", f"step {number}", "never finds anybody")
        elif number > 1 and people == named[number - 2]:
            yield Finding("warn", f"step {number}", "always pages the same people as the step before")


def hours(span: timedelta) -> str:
    """Return a span as people say it."""
    total = round(span.total_seconds() / 60)
    days, rest = divmod(total, 24 * 60)
    parts = ((days, "d"), (rest // 60, "h"), (rest % 60, "min"))
    return " ".join(f"{number} {unit}" for number, unit in parts if number) or "0 min"


def _last_day(end: datetime, zone: ZoneInfo) -> date:
    """Return the last day that something before this end has a part of."""
    return (end - timedelta(microseconds=1)).astimezone(zone).date()


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %Y-%m-%d %H:%M}"
