"""Schedules of PagerDuty's REST API (GET /schedules/{id}), with an escalation policy beside them.

Layers of PagerDuty are rules of one layer of ours, stacked: of those that cover a time the topmost counts.
An override takes the place of everything in its span, as a temporary schedule of ours does.
"""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from sim.document import Document
from sim.oncall.imports.imported import Imported, lone_step
from sim.oncall.imports.names import ids, shown_name, slug
from sim.oncall.imports.pagerduty_layers import Context, NotSayableError, Read, read_schedule
from sim.oncall.imports.pagerduty_model import (
    EscalationPolicy,
    PagerDutyFile,
    Schedule,
    Target,
    User,
)
from sim.oncall.imports.source import read_as, refused, unread, wrapped
from sim.oncall.schedule.policy import (
    REPEATS_MAX,
    Escalation,
    Layer,
    PolicyPerson,
    RotationPolicy,
    Step,
)

_PEOPLE = ("user", "user_reference")
_SCHEDULES = ("schedule", "schedule_reference")


def policy_of_pagerduty(document: Document, zone: str | None, layer: str | None) -> Imported:
    """Return the policy of a file of PagerDuty; `layer` renames its only schedule. Raises FileError."""
    if "schedule_layers" in document.data:
        document = wrapped(document, "schedule")
    source = read_as(PagerDutyFile, document)
    found = source.all_schedules
    if not found:
        raise refused(document, (), "holds no schedule; give the answer of GET /schedules/{id}")
    if layer and len(found) > 1:
        raise refused(document, (), f"holds {len(found)} schedules, and --layer names one; leave it out")
    keys = {str(number): layer or one.shown for number, one in enumerate(found)}
    layers = tuple(ids(keys, "primary").values())
    users = {user.id: user.shown for user in _users(source)}
    if not users:
        raise refused(document, (), "names no users, so nobody would be on call")
    people = ids(users, "person", layers)
    own_zone = zone or found[0].time_zone
    roles = _roles(source, found)
    read = [
        _read(
            document, source, number, roles[number], Context(name, people, ZoneInfo(one.time_zone)), own_zone
        )
        for number, (one, name) in enumerate(zip(found, layers, strict=True))
    ]
    notes = unread(document, PagerDutyFile)
    notes += [f"{one.layer.id}: {note}" for one in read for note in one.notes]
    by_schedule = {one.id: name for one, name in zip(found, layers, strict=True) if one.id}
    escalation, told = _escalation(source.escalation_policy, layers[0], by_schedule, people)
    title = found[0].shown
    policy = RotationPolicy(
        policy=slug(title, "policy"),
        title=shown_name(title, slug(title, "policy")),
        zone=own_zone,
        people={people[key]: PolicyPerson(name=shown_name(name, people[key])) for key, name in users.items()},
        layers=tuple(one.layer for one in read),
        temporary=tuple(one for each in read for one in each.temporary),
        escalation=escalation,
    )
    return Imported(policy, (*notes, *told))


def _read(
    document: Document, source: PagerDutyFile, number: int, primary: bool, context: Context, zone: str
) -> Read:
    own = None if context.zone.key == zone else context.zone.key
    empty = Layer(id=context.layer, role="primary" if primary else "secondary", zone=own)
    try:
        return read_schedule(source.all_schedules[number], context, empty)
    except NotSayableError as problem:
        single = 1 if source.schedule else 0
        at = ("schedule",) if number < single else ("schedules", number - single)
        raise refused(document, (*at, *problem.place), str(problem)) from None


def _users(source: PagerDutyFile) -> Iterator[User]:
    """Yield everybody whom the file puts on call or pages, in order."""
    for schedule in source.all_schedules:
        yield from (member.user for layer in schedule.schedule_layers for member in layer.users)
        for rendered in (schedule.overrides_subschedule, schedule.final_schedule):
            if rendered:
                yield from (one.user for one in rendered.rendered_schedule_entries if one.user)
    if source.escalation_policy:
        for rule in source.escalation_policy.escalation_rules:
            yield from (User(id=one.id, summary=one.shown) for one in rule.targets if one.type in _PEOPLE)


def _roles(source: PagerDutyFile, found: tuple[Schedule, ...]) -> list[bool]:
    """Return which schedules are primary: those of the first rule that pages any, else the first."""
    rules = source.escalation_policy.escalation_rules if source.escalation_policy else ()
    for rule in rules:
        paged = {one.id for one in rule.targets if one.type in _SCHEDULES}
        first = [one.id in paged for one in found]
        if any(first):
            return first
    return [number == 0 for number in range(len(found))]


def _escalation(
    source: EscalationPolicy | None, layer: str, layers: Mapping[str, str], people: Mapping[str, str]
) -> tuple[Escalation, list[str]]:
    """Return the escalation, and notes of what it leaves out."""
    steps: list[Step] = []
    notes: list[str] = []
    for number, rule in enumerate(source.escalation_rules if source else (), 1):
        known = {_target(one, layers, people): None for one in rule.targets}
        missing = [f"{one.type} {one.shown}" for one in rule.targets if not _target(one, layers, people)]
        if missing:
            notes.append(f"escalation rule {number}: left out {', '.join(missing)}: not in this file")
        targets = tuple(name for name in known if name)
        if targets:
            minutes = rule.escalation_delay_in_minutes
            steps.append(Step(targets=targets, minutes=minutes, round_robin=rule.round_robin))
        else:
            notes.append(f"left out escalation rule {number}, which pages nobody of this file")
    if source is None or not steps:
        alone, note = lone_step(layer)
        return alone, [*notes, note]
    if source.num_loops > REPEATS_MAX:
        notes.append(f"repeats {source.num_loops} times in the file, {REPEATS_MAX} times at most here")
    return Escalation(steps=tuple(steps), repeats=min(source.num_loops, REPEATS_MAX)), notes


def _target(target: Target, layers: Mapping[str, str], people: Mapping[str, str]) -> str | None:
    known = people if target.type in _PEOPLE else layers if target.type in _SCHEDULES else {}
    return known.get(target.id)
