"""What the expert knows at one moment: plain data that diagnosis reads, filled by looks alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, nan

from sim.look.health import Mark
from sim.spec import Component, Signal, World
from sim.view import Figures, KnownChange
from sim.world.graph import resolve
from sim.world.series import By

SICK: tuple[Mark, ...] = ("!!", "!", "-", "?")
"""Marks of what is not as it should be, the worst first."""


@dataclass(frozen=True, slots=True)
class Part:
    """One zone, version or shard of a component, as measured against the usual.

    `gone` says that it has no requests where it usually has.
    """

    by: By
    label: str
    mark: Mark
    now: Figures
    gone: bool = False

    @property
    def errors(self) -> float:
        """The failing share; 0 without data."""
        return _or_zero(self.now.get("error_share"))


@dataclass(frozen=True, slots=True)
class Observed:
    """One component: its mark and figures, parts of it, what it logged, and how its gauges move an hour."""

    component: str
    mark: Mark = "?"
    now: Figures = field(default_factory=dict)
    usual: Figures = field(default_factory=dict)
    parts: tuple[Part, ...] = ()
    lines: tuple[str, ...] = ()
    slopes: Mapping[Signal, float] = field(default_factory=dict)

    def value(self, signal: Signal) -> float:
        """Return a figure of now; NaN without data."""
        return self.now.get(signal, nan)

    def ratio(self, signal: Signal) -> float:
        """Return now over usual; 1 without data."""
        now, usual = self.now.get(signal, nan), self.usual.get(signal, nan)
        return now / usual if isfinite(now) and isfinite(usual) and usual > 0.0 else 1.0

    def split(self, by: By) -> tuple[Part, ...]:
        """Return its parts of one kind."""
        return tuple(part for part in self.parts if part.by == by)


@dataclass(frozen=True, slots=True)
class Scene:
    """All that was seen: the public world, hurt journeys, what was observed of components, changes.

    `since_ms` is when trouble seems to have begun. `busy_clients` are classes with far more requests than
    usual. `told` are components that alerts speak of.
    """

    world: World
    now_ms: int = 0
    since_ms: int = 0
    hurt: tuple[str, ...] = ()
    observed: Mapping[str, Observed] = field(default_factory=dict)
    changes: tuple[KnownChange, ...] = ()
    busy_clients: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def of(self, component: str) -> Observed:
        """Return what was observed of a component; nothing where it was not looked at."""
        return self.observed.get(component, Observed(component))

    def changes_of(self, component: str) -> tuple[KnownChange, ...]:
        """Return the changes of a component, newest first."""
        return tuple(change for change in self.changes if change.component == component)


def called_by(component: Component) -> tuple[str, ...]:
    """Return what a component calls, without its operations."""
    calls = (call.to.split(".")[0] for op in component.operations for call in op.calls)
    return tuple(dict.fromkeys(calls))


def callers_of(world: World, component: str) -> tuple[str, ...]:
    """Return who calls a component."""
    return tuple(other.id for other in world.components if component in called_by(other))


def reached_by(world: World, journey: str) -> frozenset[str]:
    """Return the components that a journey's requests pass, operation by operation."""
    found = next(j for j in world.journeys if j.id == journey)
    operations = {(c.id, op.id): op for c in world.components for op in c.operations}
    todo, seen = [resolve(world, found.entry)], set()
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += [resolve(world, call.to) for call in operations[here].calls]
    behind = {c.id for c in world.components if found.queue and found.queue in (c.id, c.consumes)}
    return frozenset(component for component, _ in seen) | behind


def _or_zero(value: float | None) -> float:
    return value if value is not None and isfinite(value) else 0.0
