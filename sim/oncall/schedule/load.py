"""Reads a policy from its file, with every mistake at its line."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sim.document import Document, read
from sim.mistakes import FileError, Finding, did_you_mean
from sim.oncall.schedule.holidays import supported
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import instant_of
from sim.schema import checked


def load(file: Path) -> RotationPolicy:
    """Return the policy of a file. Raises FileError with every mistake in it."""
    return policy_of(read(file))


def policy_of(document: Document) -> RotationPolicy:
    """Return the policy of a document. Raises FileError with every mistake in it."""
    policy = checked(RotationPolicy, document, {})
    if isinstance(policy, list):
        raise FileError(policy)
    mistakes = [document.mistake(loc, text) for loc, text in _mistakes(policy)]
    if mistakes:
        raise FileError(mistakes)
    return policy


def _mistakes(policy: RotationPolicy) -> Iterator[Finding]:
    yield from _people(policy)
    yield from _layers(policy)
    yield from _spans(policy)
    yield from _steps(policy)
    if policy.holidays is not None and not supported(policy.holidays):
        text = f"holidays of {policy.holidays!r} are not known; write a country or a part of it, e.g. DE-BY"
        yield ("holidays",), text


def _people(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield names of people that are not in `people`."""

    def unknown(loc: tuple[str | int, ...], person: str | None) -> Iterator[Finding]:
        if person is not None and person not in policy.people:
            yield loc, f"there is no person {person!r}; {did_you_mean(person, policy.people)}"

    for number, layer in enumerate(policy.layers):
        for place, rule in enumerate(layer.rules):
            at = ("layers", number, "rules", place)
            for n, person in enumerate(rule.people):
                yield from unknown((*at, "people", n), person)
            groups = rule.rotation.participants if rule.rotation else ()
            for n, group in enumerate(groups):
                for person in group:
                    yield from unknown((*at, "rotation", "participants", n), person)
    for n, override in enumerate(policy.overrides):
        yield from unknown(("overrides", n, "add"), override.add)
        yield from unknown(("overrides", n, "remove"), override.remove)
    for n, swap in enumerate(policy.swaps):
        yield from unknown(("swaps", n, "first"), swap.first)
        yield from unknown(("swaps", n, "second"), swap.second)
    for n, temporary in enumerate(policy.temporary):
        for m, shift in enumerate(temporary.shifts):
            yield from unknown(("temporary", n, "shifts", m, "person"), shift.person)
    for n, leave in enumerate(policy.leave):
        yield from unknown(("leave", n, "person"), leave.person)
        if leave.last < leave.first:
            yield ("leave", n, "last"), "lies before `first`"


def _layers(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield names of layers that are not there, and layers that share their name with a person."""
    known = [layer.id for layer in policy.layers]
    for number, name in enumerate(known):
        if name in policy.people:
            yield (
                ("layers", number, "id"),
                f"{name!r} is also a person, so a step could mean either; rename one",
            )
    for section in ("overrides", "swaps", "temporary"):
        for n, one in enumerate(getattr(policy, section)):
            if one.layer not in known:
                yield (
                    (section, n, "layer"),
                    f"there is no layer {one.layer!r}; {did_you_mean(one.layer, known)}",
                )


def _spans(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield exceptions that end before they begin."""
    zone = ZoneInfo(policy.zone)

    def backwards(start: datetime, end: datetime) -> bool:
        return instant_of(end, zone) <= instant_of(start, zone)

    text = "has to end after it begins"
    for n, override in enumerate(policy.overrides):
        if backwards(override.start, override.end):
            yield ("overrides", n, "end"), text
    for n, swap in enumerate(policy.swaps):
        for name in ("first", "second"):
            if backwards(getattr(swap, f"{name}_start"), getattr(swap, f"{name}_end")):
                yield ("swaps", n, f"{name}_end"), text
    for n, temporary in enumerate(policy.temporary):
        if backwards(temporary.start, temporary.end):
            yield ("temporary", n, "end"), text
        for m, shift in enumerate(temporary.shifts):
            if backwards(shift.start, shift.end):
                yield ("temporary", n, "shifts", m, "end"), text


def _steps(policy: RotationPolicy) -> Iterator[Finding]:
    """Yield targets that do not exist."""
    known = [layer.id for layer in policy.layers] + list(policy.people)
    for number, step in enumerate(policy.escalation.steps):
        for place, target in enumerate(step.targets):
            if target not in known:
                loc = ("escalation", "steps", number, "targets", place)
                yield loc, f"there is no layer or person {target!r}; {did_you_mean(target, known)}"
        doubled = {target for target in step.targets if step.targets.count(target) > 1}
        if doubled:
            where = ("escalation", "steps", number, "targets")
            yield where, f"names {', '.join(sorted(doubled))} twice; once is enough"
