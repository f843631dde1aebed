"""Calendars as policies: series that are turns as rotations, everything else as fixed shifts."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from sim.mistakes import FileError, Mistake
from sim.oncall.imports.ical_events import Event, EventError, Events, latest, read_events
from sim.oncall.imports.ical_rules import occurrences, ruled
from sim.oncall.imports.imported import FIXED_MAX, WINDOW, Imported, fixed, fixed_shifts, lone_step
from sim.oncall.imports.names import ids, shown_name, slug
from sim.oncall.schedule.policy import Layer, Override, PolicyPerson, RotationPolicy, Temporary
from sim.oncall.schedule.shifts import Shift

SERIES_MAX = 200
"""Series of one layer; a bound on work."""

Role = Literal["primary", "secondary"]


@dataclass(frozen=True, slots=True)
class _Read:
    """A layer with what stands beside it."""

    layer: Layer
    temporary: tuple[Temporary, ...]
    overrides: tuple[Override, ...]
    notes: tuple[str, ...]


def policy_of_ical(file: Path, text: str, zone: str | None, layer: str | None) -> Imported:
    """Return the policy of a calendar. Raises FileError.

    An export of ours comes back layer by layer; of other calendars all events are one layer.
    """
    found = read_events(file, text, zone)
    if not found.events:
        raise FileError([Mistake(file, 1, (), f"holds no events but {found.cancelled} cancelled ones")])
    named = {event.layer or "": event.layer or layer or "primary" for event in found.events}
    if layer and len(named) > 1:
        raise FileError(
            [Mistake(file, 1, (), f"holds {len(named)} layers, and --layer names one; leave it out")]
        )
    layers = ids({key: layer or name for key, name in named.items()}, "primary")
    people = ids({name: name for event in found.events for name in event.people}, "person", layers.values())
    first = "primary" if "primary" in layers.values() else next(iter(layers.values()))
    title = found.name or file.stem
    own_zone = zone or found.zone.key
    reading = _Reading(file, found, people, own_zone)
    read = [
        reading.layer(key, name, "primary" if name == first else "secondary") for key, name in layers.items()
    ]
    escalation, note = lone_step(first)
    gone = [f"left out {found.cancelled} cancelled events"] if found.cancelled else []
    policy = RotationPolicy(
        policy=slug(title, "policy"),
        title=shown_name(title, slug(title, "policy")),
        zone=own_zone,
        people={identity: PolicyPerson(name=shown_name(name, identity)) for name, identity in people.items()},
        layers=tuple(one.layer for one in read),
        overrides=tuple(each for one in read for each in one.overrides),
        temporary=tuple(each for one in read for each in one.temporary),
        escalation=escalation,
    )
    if zone is None and own_zone == "UTC":
        gone.append("its times are those of UTC, and so is the policy's zone; --zone takes that of the team")
    return Imported(policy, (*gone, *(told for one in read for told in one.notes), note))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A calendar while it is read: whom it names by which id, and the zone of the policy."""

    file: Path
    found: Events
    people: dict[str, str]
    zone: str

    def layer(self, key: str, name: str, role: Role) -> _Read:
        events = [event for event in self.found.events if (event.layer or "") == key]
        series = [event for event in events if event.recurs]
        zones = {event.zone.key for event in series}
        zone = ZoneInfo(zones.pop() if len(zones) == 1 else self.zone)
        if len(series) > SERIES_MAX:
            told = f"holds {len(series)} series; at most {SERIES_MAX}"
            raise FileError([Mistake(self.file, series[SERIES_MAX].line, (), told)])
        for event in series:  # so that what cannot be read is refused at its line
            self._spans(event, event.start, event.start)
        of_rules = ruled(series, zone, self.people)
        around = latest(self.found.events)
        first, last = around - WINDOW, around + WINDOW
        repeated: list[Shift] = []
        for one in of_rules.left:
            repeated += self._shifts(one, name, first, last)
            if len(repeated) > FIXED_MAX:
                break  # the policy is refused for it; a bound on work
        single = [
            Shift(event.start, event.end, self.people[person], name)
            for event in events
            if not event.recurs
            for person in event.people
        ]
        found = sorted({*repeated, *single})
        notes = []
        if of_rules.since:
            notes.append(
                f"{name}: series became {len(of_rules.rules)} rules, which have no beginning"
                f" here: what is shown before {of_rules.since.astimezone(zone):%Y-%m-%d %H:%M} is not of"
                " the calendar"
            )
        if of_rules.left:
            notes.append(
                f"{name}: {len(of_rules.left)} series are no rotation; wrote their {len(repeated)} shifts"
                f" from {first:%Y-%m-%d} to {last:%Y-%m-%d}, and none of before or after"
            )
        own = None if zone.key == self.zone else zone.key
        whole = Layer(id=name, role=role, zone=own, rules=of_rules.rules)
        if of_rules.rules:
            added = tuple(
                Override(layer=name, start=fixed(one.start, zone), end=fixed(one.end, zone), add=one.person)
                for one in found
            )
            return _Read(whole, (), added, tuple(notes))
        return _Read(whole, _temporary(name, found, zone), (), tuple(notes))

    def _shifts(self, event: Event, layer: str, first: datetime, last: datetime) -> list[Shift]:
        return [
            Shift(start, end, self.people[person], layer)
            for start, end in self._spans(event, first, last)
            for person in event.people
        ]

    def _spans(self, event: Event, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
        try:
            return list(occurrences(event, first, last))
        except EventError as problem:
            told = f"event {event.uid[:80]}: {problem}"
            raise FileError([Mistake(self.file, event.line, (), told)]) from None


def _temporary(layer: str, found: list[Shift], zone: ZoneInfo) -> tuple[Temporary, ...]:
    """Return a schedule of fixed shifts from the first to the last of them."""
    if not found:
        return ()
    start, end = min(one.start for one in found), max(one.end for one in found)
    return (
        Temporary(
            layer=layer, start=fixed(start, zone), end=fixed(end, zone), shifts=fixed_shifts(found, zone)
        ),
    )
