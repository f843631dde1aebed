"""Schedules of GoAlert's GraphQL API, with their rotations, overrides and an escalation policy beside them.

A target of a schedule is a rule of ours; all rules that cover a time count. GoAlert knows whose turn it is, a
policy says it by the order of its participants from the start on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from sim.document import Document
from sim.oncall.imports import goalert_model as theirs
from sim.oncall.imports.imported import Imported, fixed, lone_step
from sim.oncall.imports.names import ids, shown_name, slug
from sim.oncall.imports.source import read_as, refused, unread, wrapped
from sim.oncall.imports.weekly import DAY, WeeklySpan, restrictions
from sim.oncall.schedule.policy import (
    REPEATS_MAX,
    Escalation,
    FixedShift,
    Layer,
    LayerRule,
    Override,
    PolicyPerson,
    Rotation,
    RotationPolicy,
    Step,
    Temporary,
)
from sim.oncall.schedule.shifts import instant_of
from sim.oncall.schedule.turns import Turns
from sim.oncall.schedule.wall_clock import shown
from sim.oncall.schedule.windows import without


def policy_of_goalert(document: Document, zone: str | None, layer: str | None) -> Imported:
    """Return the policy of a file of GoAlert; `layer` renames its only schedule. Raises FileError."""
    if "targets" in document.data:
        document = _bare(document)
    source = read_as(theirs.GoAlertFile, document)
    found = source.all_schedules
    if not found:
        raise refused(document, (), "holds no schedule; ask GoAlert for one with its targets")
    if layer and len(found) > 1:
        raise refused(document, (), f"holds {len(found)} schedules, and --layer names one; leave it out")
    users = _users(source)
    if not users:
        raise refused(document, (), "names no users, so nobody would be on call")
    names = {str(number): layer or one.name for number, one in enumerate(found)}
    layers = tuple(ids(names, "primary").values())
    apart = [one for one in source.overrides if not any(_of(one, each, found) for each in found)]
    reading = _Reading(document, source, ids(users, "person", layers), zone or found[0].zone)
    if apart:
        reading.notes.append(f"left out {len(apart)} overrides of schedules that are not in the file")
    pairs = list(zip(found, layers, strict=True))
    escalation = reading.escalation({one.id: name for one, name in pairs if one.id}, layers[0])
    first = [name for name in escalation.steps[0].targets if name in layers] or [layers[0]]
    title = slug(found[0].name, "policy")
    policy = RotationPolicy(
        policy=title,
        title=shown_name(found[0].name, title),
        zone=reading.zone,
        people={
            identity: PolicyPerson(name=shown_name(users[key], identity))
            for key, identity in reading.people.items()
        },
        layers=tuple(reading.layer(one, name, primary=name in first) for one, name in pairs),
        overrides=tuple(each for one, name in pairs for each in reading.overrides(one, name)),
        temporary=tuple(reading.temporary(one, each, name) for one, name in pairs for each in one.temporary),
        escalation=escalation,
    )
    return Imported(policy, (*unread(document, theirs.GoAlertFile), *reading.notes))


def _bare(document: Document) -> Document:
    """Return a file that is a schedule itself as one that has a schedule, with what stands beside it."""
    beside = [field.alias or name for name, field in theirs.GoAlertFile.model_fields.items()]
    whole = wrapped(document, "schedule")
    data = {**{key: document.data[key] for key in beside if key in document.data}, **whole.data}
    return Document(document.file, document.text, data, {**document.lines, **whole.lines})


def _users(source: theirs.GoAlertFile) -> dict[str, str]:
    """Return everybody in order of appearance, with the best name that the file has for them."""
    found: dict[str, str] = {}
    for user in _named(source):
        if found.get(user.id, user.id) == user.id:
            found[user.id] = user.name or user.id
    listed = {user.id for user in source.users}
    used = {user.id for user in _named(source.model_copy(update={"users": ()}))}
    return {key: name for key, name in found.items() if key in used or key not in listed}


def _named(source: theirs.GoAlertFile) -> Iterator[theirs.User]:
    for rotation in source.all_rotations.values():
        yield from rotation.users
        yield from (theirs.User(id=one) for one in rotation.user_ids)
    targets = [one.target for schedule in source.all_schedules for one in schedule.targets]
    targets += [
        one for step in (source.escalation.steps if source.escalation else ()) for one in step.targets
    ]
    yield from (theirs.User(id=one.id, name=one.name) for one in targets if one.type == "user")
    for schedule in source.all_schedules:
        for temporary in schedule.temporary:
            for shift in temporary.shifts:
                yield shift.user or theirs.User(id=shift.user_id)
                yield theirs.User(id=shift.user_id)
    for override in source.overrides:
        yield from (one for one in (override.add_user, override.remove_user) if one)
        yield from (theirs.User(id=one) for one in (override.add, override.remove) if one)
    yield from source.users


@dataclass(slots=True)
class _Reading:
    """A file while it is read: whom it names by which id, and what there is to say of it."""

    document: Document
    source: theirs.GoAlertFile
    people: Mapping[str, str]
    zone: str
    notes: list[str] = field(default_factory=list)

    def layer(self, schedule: theirs.Schedule, name: str, *, primary: bool) -> Layer:
        rules = tuple(rule for one in schedule.targets if (rule := self._rule(schedule, one)))
        own = None if schedule.zone == self.zone else schedule.zone
        return Layer(id=name, role="primary" if primary else "secondary", zone=own, rules=rules)

    def _rule(self, schedule: theirs.Schedule, target: theirs.ScheduleTarget) -> LayerRule | None:
        spans = [span for rule in target.rules for span in _spans(rule)]
        what = f"{target.target.type} {target.target.name or target.target.id}"
        if not spans:
            self.notes.append(f"{schedule.name}: left out {what}, whose rules cover no weekday")
            return None
        limits = restrictions(spans)
        if target.target.type == "user":
            return LayerRule(people=(self.people[target.target.id],), restrictions=limits)
        rotation = self.source.all_rotations.get(target.target.id)
        if target.target.type != "rotation" or rotation is None:
            raise refused(
                self.document,
                ("schedule", "targets"),
                f"there is no {what} in this file; add it under `rotations`",
            )
        if rotation.zone != schedule.zone:
            raise refused(
                self.document,
                ("rotations",),
                f"{what} goes by {rotation.zone}, its schedule by {schedule.zone}; a layer has one clock",
            )
        if not rotation.participants:
            self.notes.append(f"{schedule.name}: left out {what}, which has no users")
            return None
        return LayerRule(rotation=self._rotation(rotation), restrictions=limits)

    def _rotation(self, source: theirs.Rotation) -> Rotation:
        zone = ZoneInfo(source.zone)
        start = shown(instant_of(source.start, zone), zone)
        people = [self.people[one] for one in source.participants]
        if source.active is not None and source.handoffs:
            turns = Turns(source.type, source.length, start, zone)
            now = turns.number_at(instant_of(source.handoffs[0], zone)) - 1
            moved = (source.active - now) % len(people)
            people = people[moved:] + people[:moved]
        else:
            self.notes.append(
                f"rotation {source.name or source.id}: took its first user to begin at its start; with"
                " activeUserIndex and nextHandoffTimes in the file the turn could be placed"
            )
        return Rotation(
            every=source.type,
            length=source.length,
            start=start,
            participants=tuple((person,) for person in people),
        )

    def temporary(self, schedule: theirs.Schedule, source: theirs.Temporary, layer: str) -> Temporary:
        zone = ZoneInfo(schedule.zone)
        return Temporary(
            layer=layer,
            start=fixed(instant_of(source.start, zone), zone),
            end=fixed(instant_of(source.end, zone), zone),
            shifts=tuple(
                FixedShift(
                    start=fixed(instant_of(one.start, zone), zone),
                    end=fixed(instant_of(one.end, zone), zone),
                    person=self.people[one.user_id],
                )
                for one in source.shifts
            ),
        )

    def overrides(self, schedule: theirs.Schedule, layer: str) -> Iterator[Override]:
        """Yield the overrides of a schedule, less what of them lies in temporary ones, where none counts."""
        zone = ZoneInfo(schedule.zone)
        replaced = [(instant_of(one.start, zone), instant_of(one.end, zone)) for one in schedule.temporary]
        for source in self.source.overrides:
            if not _of(source, schedule, self.source.all_schedules):
                continue
            add, remove = (self.people[one] if one else None for one in (source.add, source.remove))
            span = (instant_of(source.start, zone), instant_of(source.end, zone))
            for start, end in without([span], replaced):
                yield Override(
                    layer=layer, start=fixed(start, zone), end=fixed(end, zone), add=add, remove=remove
                )

    def escalation(self, layers: Mapping[str, str], primary: str) -> Escalation:
        source = self.source.escalation
        known = {"user": self.people, "schedule": layers}
        steps: list[Step] = []
        for number, step in enumerate(source.steps if source else (), 1):
            named = [(one, known.get(one.type, {}).get(one.id)) for one in step.targets]
            missing = [f"{one.type} {one.name or one.id}" for one, name in named if name is None]
            targets = tuple(dict.fromkeys(name for _, name in named if name))
            if missing:
                self.notes.append(f"step {number}: left out {', '.join(missing)}: no person or schedule here")
            if targets:
                steps.append(Step(targets=targets, minutes=step.minutes))
            else:
                self.notes.append(f"left out step {number}, which pages nobody of this file")
        if source is None or not steps:
            alone, note = lone_step(primary)
            self.notes.append(note)
            return alone
        if source.repeat > REPEATS_MAX:
            self.notes.append(f"repeats {source.repeat} times in the file, {REPEATS_MAX} times at most here")
        return Escalation(steps=tuple(steps), repeats=min(source.repeat, REPEATS_MAX))


def _of(override: theirs.Override, schedule: theirs.Schedule, all_of: Sequence[theirs.Schedule]) -> bool:
    """Return whether an override is one of a schedule; without target it is, where there is no other."""
    if override.target is None or schedule.id is None:
        return len(all_of) == 1
    return override.target.id == schedule.id


def _spans(rule: theirs.Rule) -> Iterator[WeeklySpan]:
    """Yield the weekly spans of a rule; over midnight, or 24 hours, where it does not end after it starts."""
    minutes = (rule.end.hour - rule.start.hour) * 60 + rule.end.minute - rule.start.minute
    length = timedelta(minutes=minutes)
    for number, on in enumerate(rule.weekdays):
        if on:
            yield (number - 1) % 7, rule.start, length if length > timedelta(0) else length + DAY
