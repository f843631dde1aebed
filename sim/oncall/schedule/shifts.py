"""The final shifts of a layer: its rules, then temporary schedules, swaps, overrides and leave."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from sim.oncall.schedule.policy import Layer, LayerRule, Leave, Override, Rotation, RotationPolicy
from sim.oncall.schedule.turns import Turns
from sim.oncall.schedule.wall_clock import first_at
from sim.oncall.schedule.windows import Span, covered, merged, within, without


@dataclass(frozen=True, slots=True, order=True)
class Shift:
    """A person is on call under a layer from an instant to another, which is not part of it."""

    start: datetime
    end: datetime
    person: str
    layer: str


def shifts(policy: RotationPolicy, layer: Layer, first: datetime, last: datetime) -> tuple[Shift, ...]:
    """Return who is on call under a layer between two instants, in order, cut at both ends.

    A person's shifts that touch are one.
    """
    zone = policy.zone_of(layer)
    held = _of_rules(layer, first, last, zone)
    for temporary in policy.temporary:
        if temporary.layer == layer.id:
            span = _span(temporary.start, temporary.end, zone)
            held = {person: list(without(spans, [span])) for person, spans in held.items()}
            for fixed in temporary.shifts:
                inside = within([_span(fixed.start, fixed.end, zone)], *span)
                held.setdefault(fixed.person, []).extend(inside)
    for override in (*_swapped(policy, layer), *policy.overrides):
        if override.layer == layer.id:
            _override(held, override, _span(override.start, override.end, zone))
    for leave in policy.leave:
        if leave.person in held:
            held[leave.person] = list(without(held[leave.person], [away(policy, leave)]))
    found = (
        Shift(start, end, person, layer.id)
        for person, spans in held.items()
        for start, end in merged(within(spans, first, last))
    )
    return tuple(sorted(found))


def away(policy: RotationPolicy, leave: Leave) -> Span:
    """Return from when to when somebody is away, by the days of where they are."""
    home = ZoneInfo(policy.people[leave.person].zone or policy.zone)
    return (
        first_at(datetime.combine(leave.first, time()), home),
        first_at(datetime.combine(leave.last + timedelta(days=1), time()), home),
    )


def on_call(policy: RotationPolicy, layer: Layer, at: datetime) -> tuple[str, ...]:
    """Return who is on call under a layer at an instant, sorted."""
    return tuple(
        sorted({shift.person for shift in shifts(policy, layer, at, at + timedelta(microseconds=1))})
    )


# --- rules ------------------------------------------------------------------------------------------------


def _of_rules(layer: Layer, first: datetime, last: datetime, zone: ZoneInfo) -> dict[str, list[Span]]:
    held: dict[str, list[Span]] = {}
    for rule in layer.rules:
        theirs = [*_of_rule(rule, first, last, zone)]
        if layer.stacking == "last":
            taken = merged(span for _, span in theirs)
            held = {person: list(without(spans, taken)) for person, spans in held.items()}
        for person, span in theirs:
            held.setdefault(person, []).append(span)
    return held


def _of_rule(rule: LayerRule, first: datetime, last: datetime, zone: ZoneInfo) -> Iterator[tuple[str, Span]]:
    spans = covers(rule, first, last, zone)
    if rule.rotation is None:
        yield from ((person, span) for person in rule.people for span in spans)
        return
    for start, end, group in _turns(rule, rule.rotation, first, last, zone):
        for span in within(spans, start, end):
            yield from ((person, span) for person in group)


def covers(rule: LayerRule, first: datetime, last: datetime, zone: ZoneInfo) -> tuple[Span, ...]:
    """Return when a rule puts anybody on call between two instants."""
    if not rule.restrictions:
        return ((first, last),)
    windows = [restriction.window for restriction in rule.restrictions]
    return within(covered(windows, first, last, zone), first, last)


def _turns(
    rule: LayerRule, rotation: Rotation, first: datetime, last: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, tuple[str, ...]]]:
    """Yield the turns that reach into a span, each with those whose turn it is."""
    turns = Turns(rotation.every, rotation.length, rotation.start, zone)
    number, past = turns.number_at(first), turns.number_at(last) + 1
    if rotation.advance == "calendar":
        place, counts = number, [True] * (past - number)
    else:
        place, counts = _covered_before(rule, turns, number), _covering(rule, turns, number, past)
    for turn, counted in zip(range(number, past), counts, strict=True):
        start, end = turns.begins(turn), turns.begins(turn + 1)
        if start < end and start < last:
            yield start, end, rotation.participants[place % len(rotation.participants)]
        place += counted


@lru_cache(maxsize=256)
def _covered_before(rule: LayerRule, turns: Turns, number: int) -> int:
    """Return how many turns that cover something lie before a turn; negative before turn 0."""
    count = sum(_covering(rule, turns, min(number, 0), max(number, 0)))
    return count if number >= 0 else -count


def _covering(rule: LayerRule, turns: Turns, number: int, past: int) -> list[bool]:
    """Return of each turn up to one that is not asked for whether the rule covers anything in it."""
    start = turns.begins(number)
    spans = covers(rule, start, turns.begins(past), turns.zone)
    found, place = [], 0
    for turn in range(number, past):
        end = turns.begins(turn + 1)
        while place < len(spans) and spans[place][1] <= start:
            place += 1
        found.append(start < end and place < len(spans) and spans[place][0] < end)
        start = end
    return found


# --- exceptions -------------------------------------------------------------------------------------------


def _swapped(policy: RotationPolicy, layer: Layer) -> Iterator[Override]:
    """Yield swaps as what they are: two replacements."""
    for one in policy.swaps:
        if one.layer == layer.id:
            given = ((one.second_start, one.second_end), (one.first_start, one.first_end))
            for (start, end), add, out in zip(
                given, (one.first, one.second), (one.second, one.first), strict=True
            ):
                yield Override(layer=layer.id, start=start, end=end, add=add, remove=out)


def _override(held: dict[str, list[Span]], override: Override, span: Span) -> None:
    """Apply an override: who replaces somebody is on call when they would have been, and only then."""
    if override.remove is None:
        assert override.add is not None
        held.setdefault(override.add, []).append(span)
        return
    before = held.get(override.remove, [])
    taken = within(before, *span)
    held[override.remove] = list(without(before, [span]))
    if override.add is not None:
        held.setdefault(override.add, []).extend(taken)


def _span(start: datetime, end: datetime, zone: ZoneInfo) -> Span:
    return instant_of(start, zone), instant_of(end, zone)


def instant_of(moment: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant of a time of a policy file: local to the zone, unless it names its own."""
    return first_at(moment, zone) if moment.tzinfo is None else moment.astimezone(UTC)


def gaps(found: Iterable[Shift], first: datetime, last: datetime) -> tuple[Span, ...]:
    """Return when nobody is on call between two instants."""
    return without([(first, last)], merged((shift.start, shift.end) for shift in found))
