"""Faults of a scenario: what they do to the world, and whether they can be played.

A fault names a kind of the catalogue (`fault_catalogue.py`) and a place; `modifiers` and `resets` turn both
into effects.
"""

from dataclasses import replace

from sim.spec import Change, Component, Fault, Where, World
from sim.world.fault_catalogue import FAULTS, MECHANISMS
from sim.world.modifiers import Modifier, Shape
from sim.world.slow import Reset

__all__ = ["FAULTS", "MECHANISMS"]


def owner(fault_id: str) -> str:
    """Return the owner of a fault's modifiers."""
    return f"fault:{fault_id}"


def modifiers(fault: Fault, onset_ms: int) -> tuple[Modifier, ...]:
    """Return what a fault does to the world; `onset_ms` is the end of the lead-in since drill start.

    Raises KeyError where its kind is not in the catalogue (`check` says so in words).
    """
    from_ms = onset_ms + fault.at_s * 1000
    to_ms = None if fault.lasts_s is None else from_ms + fault.lasts_s * 1000
    return modifiers_between(fault, from_ms, to_ms)


def modifiers_between(fault: Fault, from_ms: int, to_ms: int | None) -> tuple[Modifier, ...]:
    """Return what a fault does when it acts from `from_ms` to `to_ms` (None: for good)."""
    return tuple(
        Modifier(
            id=f"{owner(fault.id)}/{n}",
            owner=owner(fault.id),
            where=fault.where,
            param=effect.param,
            op=effect.op,
            value=effect.at(fault.intensity),
            from_ms=from_ms,
            to_ms=to_ms,
            shape=Shape.RAMP if fault.ramp_s else Shape.STEP,
            ramp_ms=fault.ramp_s * 1000,
        )
        for n, effect in enumerate(FAULTS[fault.kind].effects, start=1)
    )


def resets(fault: Fault) -> tuple[Reset, ...]:
    """Return what a fault does to slow state when it begins."""
    return tuple(replace(reset, where=fault.where) for reset in FAULTS[fault.kind].resets)


def log_lines(fault: Fault) -> tuple[str, ...]:
    """Return the templates of what logs show of a fault: its own lines or those of its kind."""
    return fault.log_lines or FAULTS[fault.kind].log_lines


def check(fault: Fault, world: World, changes: tuple[Change, ...] | None = None) -> list[str]:
    """Return what is wrong with a fault, in words; empty where it can be played.

    With the scenario's `changes`, the version, change and flag it names are looked up as well.
    """
    kind = FAULTS.get(fault.kind)
    if kind is None:
        return [f"unknown kind {fault.kind!r}; there are: {', '.join(sorted(FAULTS))}"]
    given = {name for name in Where.model_fields if getattr(fault.where, name) is not None}
    found = [f"{fault.kind} needs where.{name}" for name in kind.needs if name not in given]
    allowed = (*kind.needs, *kind.may)
    found += [
        f"{fault.kind} takes no where.{name}" for name in Where.model_fields if name in given - {*allowed}
    ]
    found += missing(fault.where, world)
    if fault.kind == "third_party_outage" and not found:
        component = world.component(str(fault.where.component))
        if component.kind != "third_party":
            found.append(f"{component.id} is no third_party component, it is a {component.kind}")
    if fault.flag is not None and not any(
        fault.flag == flag.id for c in world.components for flag in c.flags
    ):
        found.append(f"there is no flag {fault.flag!r}")
    return found + ([] if changes is None else _check_changes(fault, world, changes))


def _check_changes(fault: Fault, world: World, changes: tuple[Change, ...]) -> list[str]:
    found = []
    if fault.change is not None and all(change.id != fault.change for change in changes):
        found.append(f"there is no change {fault.change!r}")
    where = fault.where
    if where.version is not None:
        known = {component.version for component in world.components if component.id == where.component}
        known |= {
            v for c in changes if c.component == where.component for v in (c.version, c.from_version) if v
        }
        if where.version not in known:
            found.append(f"no change brings version {where.version!r} of {where.component}")
    return found


def missing(where: Where, world: World) -> list[str]:
    """Return which of the names of a place do not exist in the world, in words."""
    components = {component.id: component for component in world.components}
    found = [
        f"there is no component {name!r}"
        for name in (where.component, where.callee)
        if name is not None and name not in components
    ]
    component = components.get(where.component) if where.component is not None else None
    if where.zone is not None and where.zone not in world.zones:
        found.append(f"there is no zone {where.zone!r}")
    elif component is not None and where.zone is not None and where.zone not in _hosting(component, world):
        found.append(f"{component.id} does not run in zone {where.zone}")
    if component is not None:
        if where.operation is not None and where.operation not in {op.id for op in component.operations}:
            found.append(f"{component.id} has no operation {where.operation!r}")
        if where.shard is not None and where.shard not in component.shards:
            found.append(f"{component.id} has no shard {where.shard!r}")
    clients = {client.id: client for client in world.clients}
    if where.client is not None and where.client not in clients:
        found.append(f"there is no client {where.client!r}")
    if where.journey is not None and where.journey not in {journey.id for journey in world.journeys}:
        found.append(f"there is no journey {where.journey!r}")
    elif (
        where.journey is not None
        and where.client in clients
        and where.journey not in clients[where.client].rps
    ):
        found.append(f"client {where.client} makes no journey {where.journey}")
    return found


def _hosting(component: Component, world: World) -> tuple[str | None, ...]:
    return (*zones(component, world), component.standby_zone)


def zones(component: Component, world: World) -> tuple[str, ...]:
    """Return the zones a component runs in."""
    return component.zones if component.zones is not None else world.zones
