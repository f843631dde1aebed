"""A mapping file: which signal of a world stands behind which alert of a team, and which severity is which.

    map:
      CheckoutLatencyHigh: {journey: pay, signal: p95_ms, above: 800}
      DiskFilling/critical: {component: orders-db, signal: disk_share, above: 0.9, times: 100,
                             labels: {device: nvme0n1}}
    severities: {page: critical, ticket: warning}
    keep: [CheckoutErrorsHigh]

A name that several alerts share means them all; NAME/SEVERITY means those with this severity label, and goes
before the name alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import Field, FiniteFloat

from sim.alerting.aim import misaimed
from sim.alerting.catalogue.rulefile import Alert
from sim.alerting.routing.matchers import LABEL_NAME
from sim.document import Document, read
from sim.mistakes import FileError, Finding, Loc, did_you_mean
from sim.schema import checked
from sim.spec import Frozen, RuleSeverity, Signal, World
from sim.spec.base import Id
from sim.world.signals import has_signal

SEVERITIES: dict[str, RuleSeverity] = {"critical": "critical", "warning": "warning", "info": "info"}
"""What severity labels mean that the mapping does not name; `none` and others are taken as info."""


class Target(Frozen):
    """The condition in this world behind an alert: what a rule of the world has.

    `labels` are what the team's own series would carry, for templates to read. Templates see the signal
    multiplied by `times`.
    """

    component: Id | None = None
    journey: Id | None = None
    signal: Signal
    above: FiniteFloat | None = None
    below: FiniteFloat | None = None
    by: Literal["zone", "version", "shard"] | None = None
    times: FiniteFloat = Field(default=1.0, gt=0)
    labels: dict[str, str] = Field(default={})


class Mapping(Frozen):
    """A mapping file. `keep` names rules of the world that stay beside the team's own; true: all of them."""

    map: dict[str, Target] = Field(default={})
    severities: dict[str, RuleSeverity] = Field(default={})
    keep: bool | tuple[str, ...] = False

    def severity(self, alert: Alert) -> RuleSeverity:
        """Return how bad an alert is in our words."""
        word = alert.severity
        return self.severities.get(word) or SEVERITIES.get(word.lower(), "info")

    def target(self, alert: Alert) -> Target | None:
        """Return what is behind an alert; None: it is not mapped."""
        return self.map.get(f"{alert.name}/{alert.severity}") or self.map.get(alert.name)


@dataclass(frozen=True, slots=True)
class MappingFile:
    """A mapping and the file it was read from, for mistakes that show later."""

    mapping: Mapping
    document: Document


def load(file: Path, world: World, alerts: tuple[Alert, ...]) -> MappingFile:
    """Read a mapping for a world and these alerts. Raises FileError with every mistake in it, by line."""
    document = read(file)
    mapping = checked(Mapping, document, {})
    if isinstance(mapping, list):
        raise FileError(mapping)
    findings = [*_targets(mapping, world), *_names(mapping, world, alerts)]
    if findings:
        raise FileError(document.mistake(loc, text) for loc, text in findings)
    return MappingFile(mapping, document)


def _targets(mapping: Mapping, world: World) -> Iterator[Finding]:
    components = {component.id: component for component in world.components}
    journeys = [journey.id for journey in world.journeys]
    for name, target in mapping.map.items():
        here: Loc = ("map", name)
        yield from misaimed(here, target, components, journeys)
        component = components.get(target.component or "")
        if component is not None:
            if not has_signal(component, target.signal):
                yield (*here, "signal"), f"{component.id} has no {target.signal}; map another signal"
            if target.by == "shard" and not component.shards:
                yield (*here, "by"), f"{component.id} has no shards; leave it out"
        for label in target.labels:
            if not LABEL_NAME.fullmatch(label):
                yield (*here, "labels", label), f"invalid label name: {label}"


def _names(mapping: Mapping, world: World, alerts: tuple[Alert, ...]) -> Iterator[Finding]:
    known = dict.fromkeys(name for alert in alerts for name in (alert.name, f"{alert.name}/{alert.severity}"))
    for name in mapping.map:
        if name not in known:
            plain = [alert.name for alert in alerts]
            yield ("map", name), f"there is no alert {name!r} in the rule files; {did_you_mean(name, plain)}"
    rules = [rule.name for rule in world.rules]
    for number, name in enumerate(mapping.keep if isinstance(mapping.keep, tuple) else ()):
        if name not in rules:
            yield ("keep", number), f"there is no rule {name!r} in this world; {did_you_mean(name, rules)}"
