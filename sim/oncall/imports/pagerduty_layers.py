"""One schedule of PagerDuty as a layer of ours, and as fixed shifts where its layers begin and end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sim.oncall.imports.imported import WINDOW, fixed, fixed_shifts, lone_step
from sim.oncall.imports.pagerduty_model import Entry, Limit, Rendered, Schedule, ScheduleLayer
from sim.oncall.imports.weekly import DAY, WEEK, WeeklySpan, restrictions
from sim.oncall.schedule.policy import (
    LENGTH_MAX,
    FixedShift,
    Layer,
    LayerRule,
    PolicyPerson,
    Rotation,
    RotationPolicy,
    Temporary,
)
from sim.oncall.schedule.shifts import Shift, instant_of, shifts
from sim.oncall.schedule.turns import Unit
from sim.oncall.schedule.wall_clock import shown
from sim.oncall.schedule.windows import Span, merged

HOUR = timedelta(hours=1)
_UNITS: tuple[tuple[timedelta, Unit], ...] = ((WEEK, "weekly"), (DAY, "daily"), (HOUR, "hourly"))


class NotSayableError(ValueError):
    """Something of a schedule that a policy cannot say; `place` is where in the schedule it stands."""

    def __init__(self, place: tuple[str | int, ...], text: str) -> None:
        super().__init__(text)
        self.place = place


@dataclass(frozen=True, slots=True)
class Context:
    """What a schedule is read with: the id of its layer, the ids of people, its zone."""

    layer: str
    people: Mapping[str, str]
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class _Ruled:
    """A layer of PagerDuty as a rule, with the instants between which it holds."""

    rule: LayerRule
    start: datetime
    end: datetime | None

    def holds(self, start: datetime, end: datetime) -> bool:
        return self.start <= start and (self.end is None or self.end >= end)


@dataclass(frozen=True, slots=True)
class Read:
    """A layer with what stands beside it."""

    layer: Layer
    temporary: tuple[Temporary, ...]
    notes: tuple[str, ...]


def read_schedule(schedule: Schedule, context: Context, layer: Layer) -> Read:
    """Return a schedule as a layer. Raises NotSayableError.

    Of the two orders in which its layers may stand, the one that gives the rendered schedule of the file is
    taken; without one, or where both or none do, the first layer is the topmost.
    """
    ruled = [_ruled(one, number, context) for number, one in enumerate(schedule.schedule_layers) if one.users]
    rendered = _rendered(schedule.final_schedule, context)
    readings = [_read(schedule, order, context, layer) for order in ([*reversed(ruled)], ruled)]
    wrong = [_differing(reading, rendered, context) for reading in readings]
    chosen = 1 if wrong[1] == 0 < wrong[0] else 0
    notes = list(_order_notes(len(ruled), len(rendered), wrong, chosen))
    empty = sum(not one.users for one in schedule.schedule_layers)
    if empty:
        notes.append(f"left out {empty} layers without users")
    reading = readings[chosen]
    return Read(reading.layer, reading.temporary, (*notes, *reading.notes))


def _order_notes(layers: int, rendered: int, wrong: list[int], chosen: int) -> Iterator[str]:
    if layers > 1 and not rendered:
        yield "took the first of the layers as the topmost, as the answer to a GET has them"
    elif layers > 1 and chosen == 1:
        yield "took the last of the layers as the topmost, as the rendered schedule has it"
    if wrong[chosen]:
        yield (
            f"{wrong[chosen]} shifts differ from the rendered schedule of the file; compare them with"
            " `pagerdrill rotation show`"
        )


def _read(schedule: Schedule, ruled: list[_Ruled], context: Context, layer: Layer) -> Read:
    """Return a schedule whose layers stand in this order, the topmost last."""
    notes: list[str] = []
    if any(one.rule.rotation and one.rule.rotation.every == "hourly" for one in ruled):
        notes.append("turns of hours go by the clock on the wall here, also on the days when clocks change")
    changes = sorted({one.start for one in ruled} | {one.end for one in ruled if one.end})
    temporary: list[Temporary] = []
    if changes:
        settled = changes[-1]
        since = max([changes[0], settled - WINDOW, *_first(schedule.final_schedule, context)])
        found = _history(ruled, changes, since, context)
        if since < settled and len(changes) > 1:
            temporary.append(_temporary(context, (since, settled), fixed_shifts(found, context.zone)))
            notes.append(
                f"its layers begin or end at different times: wrote {len(found)} fixed shifts from"
                f" {_day(since, context)} to {_day(settled, context)}, what holds afterwards as rules"
            )
        begins = since if temporary else settled
        notes.append(
            f"the rules have no beginning here: what is shown before {_day(begins, context)} never was"
        )
    rules = tuple(one.rule for one in ruled if one.end is None)
    overrides = _rendered(schedule.overrides_subschedule, context)
    temporary += [
        _temporary(context, (one.start, one.end), fixed_shifts([one], context.zone)) for one in overrides
    ]
    stacking = "last" if len(rules) > 1 else "together"
    whole = layer.model_copy(update={"rules": rules, "stacking": stacking})
    return Read(whole, tuple(temporary), tuple(notes))


def _first(rendered: Rendered | None, context: Context) -> list[datetime]:
    """Return the first rendered moment: what was before, the file does not ask for."""
    return [one.start for one in _rendered(rendered, context)[:1]]


def _history(
    ruled: list[_Ruled], changes: list[datetime], since: datetime, context: Context
) -> tuple[Shift, ...]:
    """Return who was on call from `since` to the last change, by the layers that held at each time."""
    cuts = [since, *(change for change in changes if change > since)]
    found: list[Shift] = []
    for start, end in pairwise(cuts):
        rules = tuple(one.rule for one in ruled if one.holds(start, end))
        layer = Layer(id=context.layer, stacking="last", rules=rules)
        found += shifts(_around(layer, (), context), layer, start, end)
    return _joined(found)


def _joined(found: Iterable[Shift]) -> tuple[Shift, ...]:
    """Return shifts of which those of a person that touch are one."""
    spans: dict[tuple[str, str], list[Span]] = {}
    for one in found:
        spans.setdefault((one.person, one.layer), []).append((one.start, one.end))
    return tuple(
        sorted(
            Shift(start, end, person, layer)
            for (person, layer), theirs in spans.items()
            for start, end in merged(theirs)
        )
    )


def _around(layer: Layer, temporary: tuple[Temporary, ...], context: Context) -> RotationPolicy:
    """Return a policy of one layer, for arithmetic."""
    return RotationPolicy(
        policy="one",
        zone=context.zone.key,
        people={person: PolicyPerson() for person in context.people.values()},
        layers=(layer,),
        temporary=temporary,
        escalation=lone_step(context.layer)[0],
    )


def _differing(read: Read, rendered: tuple[Shift, ...], context: Context) -> int:
    """Return how many shifts are not as rendered, between the first and the last rendered moment."""
    if not rendered:
        return 0
    first, last = min(one.start for one in rendered), max(one.end for one in rendered)
    policy = _around(read.layer.model_copy(update={"zone": None}), read.temporary, context)
    return len(set(rendered) ^ set(shifts(policy, policy.layers[0], first, last)))


def _rendered(rendered: Rendered | None, context: Context) -> tuple[Shift, ...]:
    """Return rendered entries that name somebody as shifts."""
    entries: tuple[Entry, ...] = rendered.rendered_schedule_entries if rendered else ()
    found = (
        (instant_of(one.start, context.zone), instant_of(one.end, context.zone), one.user) for one in entries
    )
    return _joined(
        Shift(start, end, context.people[user.id], context.layer)
        for start, end, user in found
        if user is not None and start < end
    )


def _temporary(context: Context, span: Span, found: tuple[FixedShift, ...]) -> Temporary:
    start, end = (fixed(moment, context.zone) for moment in span)
    return Temporary(layer=context.layer, start=start, end=end, shifts=found)


def _day(moment: datetime, context: Context) -> str:
    return f"{shown(moment, context.zone):%Y-%m-%d %H:%M}"


def _ruled(layer: ScheduleLayer, number: int, context: Context) -> _Ruled:
    length = timedelta(seconds=layer.rotation_turn_length_seconds)
    unit = next((found for found in _UNITS if length % found[0] == timedelta(0)), None)
    if unit is None or length // unit[0] > LENGTH_MAX:
        raise NotSayableError(
            ("schedule_layers", number, "rotation_turn_length_seconds"),
            f"turns of {layer.rotation_turn_length_seconds} seconds cannot be said in a policy;"
            " whole weeks, days or hours can",
        )
    start = instant_of(layer.rotation_virtual_start, context.zone)
    rotation = Rotation(
        every=unit[1],
        length=length // unit[0],
        start=shown(start, context.zone),
        participants=tuple((context.people[member.user.id],) for member in layer.users),
    )
    limits = restrictions(span for limit in layer.restrictions for span in _spans(limit))
    return _Ruled(
        LayerRule(rotation=rotation, restrictions=limits),
        instant_of(layer.start, context.zone),
        instant_of(layer.end, context.zone) if layer.end else None,
    )


def _spans(limit: Limit) -> Iterator[WeeklySpan]:
    length = timedelta(seconds=limit.duration_seconds)
    if limit.start_day_of_week is not None and limit.type == "weekly_restriction":
        yield limit.start_day_of_week - 1, limit.start_time_of_day, length
        return
    for weekday in range(7):
        yield weekday, limit.start_time_of_day, min(length, DAY)
