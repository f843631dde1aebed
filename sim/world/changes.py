"""Changes: deploys move a component from one version to another; others only show in the record.

A deploy adds to the new version's share and takes from the old one's. Additions commute, so deploys of one
component follow each other without knowing of each other, as long as each starts from the version that the
one before brought (`check` says where one does not).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.spec import Change, Component, Where, World
from sim.world.modifiers import Modifier, Op, Param, Shape

_NO_SHARE = 1e-9


@dataclass(frozen=True, slots=True)
class DatedChange:
    """A change with the moment it begins, in ms since drill start; negative before it."""

    change: Change
    t_ms: int


def owner(change_id: str) -> str:
    """Return the owner of a change's modifiers."""
    return f"change:{change_id}"


def dated(changes: Iterable[Change], onset_ms: int) -> tuple[DatedChange, ...]:
    """Return the changes with absolute times, oldest first; `onset_ms` is the end of the lead-in."""
    found = (DatedChange(change, onset_ms + change.at_s * 1000) for change in changes)
    return tuple(sorted(found, key=lambda entry: (entry.t_ms, entry.change.id)))


def modifiers(change: Change, onset_ms: int, world: World) -> tuple[Modifier, ...]:
    """Return what a change does: a deploy shifts VERSION_SHARE over `takes_s`, anything else nothing.

    Raises KeyError where its component does not exist.
    """
    old = change.from_version or world.component(change.component).version
    if change.kind != "deploy" or change.version is None or change.version == old:
        return ()
    from_ms, takes_ms = onset_ms + change.at_s * 1000, change.takes_s * 1000
    moved = ((change.version, change.share), (old, -change.share))
    return tuple(
        version_share(
            owner(change.id),
            n,
            Where(component=change.component, zone=change.zone, version=version),
            value,
            from_ms=from_ms,
            ramp_ms=takes_ms,
        )
        for n, (version, value) in enumerate(moved, start=1)
    )


def version_share(
    owner_id: str, n: int, where: Where, value: float, *, from_ms: int, ramp_ms: int
) -> Modifier:
    """Return the n-th modifier of its owner, which adds `value` to a version's share over `ramp_ms`."""
    return Modifier(
        id=f"{owner_id}/{n}",
        owner=owner_id,
        where=where,
        param=Param.VERSION_SHARE,
        op=Op.ADD,
        value=value,
        from_ms=from_ms,
        shape=Shape.RAMP if ramp_ms else Shape.STEP,
        ramp_ms=ramp_ms,
    )


def versions(world: World, changes: Sequence[Change]) -> dict[str, tuple[str, ...]]:
    """Return the versions that deploys bring or leave besides a component's own, by component, oldest first.

    Components without such a deploy are left out.
    """
    found: dict[str, tuple[str, ...]] = {}
    for entry in dated(changes, 0):
        component = world.component(entry.change.component)
        record = on_record(component, (entry,), entry.t_ms)
        known = (component.version, *found.get(component.id, ()))
        new = tuple(version for version in record if version not in known)
        if new:
            found[component.id] = (*found.get(component.id, ()), *new)
    return found


def on_record(component: Component, changes: Sequence[DatedChange], t_ms: int) -> tuple[str, ...]:
    """Return the versions of a component up to `t_ms`, in the order in which they were first brought."""
    record = [component.version]
    for entry in changes:
        change = entry.change
        if change.component == component.id and change.kind == "deploy" and entry.t_ms <= t_ms:
            record += [v for v in (change.from_version, change.version) if v is not None and v not in record]
    return tuple(record)


def shares(
    component: Component,
    record: Sequence[str],
    active: Iterable[Modifier],
    t_ms: int,
    zone: str | None = None,
) -> dict[str, float]:
    """Return each version's share of a component at `t_ms`, folded from the modifiers in force.

    What was deployed to one zone alone counts in that `zone`, and nowhere without one.
    """
    found = {version: 1.0 if version == component.version else 0.0 for version in record}
    ours = (m for m in active if _moves(m, component) and m.where.zone in (None, zone))
    for modifier in sorted(ours, key=lambda m: (m.op, m.id)):
        if modifier.where.version in found:
            version = modifier.where.version
            found[version] = modifier.applied(found[version], t_ms)
    return found


def apart(component: Component, active: Iterable[Modifier]) -> tuple[str, ...]:
    """Return the zones in which a component's versions may stand otherwise than elsewhere."""
    named = (m.where.zone for m in active if _moves(m, component))
    return tuple(dict.fromkeys(zone for zone in named if zone is not None))


def _moves(modifier: Modifier, component: Component) -> bool:
    return modifier.param is Param.VERSION_SHARE and modifier.where.component == component.id


def running(
    component: Component, changes: Sequence[DatedChange], active: Sequence[Modifier], t_ms: int
) -> str:
    """Return the version that is current: the newest on record that has any share at `t_ms`."""
    record = on_record(component, changes, t_ms)
    places = [shares(component, record, active, t_ms, zone) for zone in (None, *apart(component, active))]
    newest = (v for v in reversed(record) if any(place[v] > _NO_SHARE for place in places))
    return next(newest, component.version)


def earlier(component: Component, changes: Sequence[DatedChange], version: str, t_ms: int) -> str | None:
    """Return the version on record before this one; None where there is none."""
    record = on_record(component, changes, t_ms)
    place = record.index(version) if version in record else 0
    return record[place - 1] if place > 0 else None


def check(changes: Sequence[Change], world: World) -> list[str]:
    """Return what is wrong with a scenario's changes, in words: components and versions that do not fit.

    A component's own version is the one before all changes of the scenario.
    """
    current = {component.id: component.version for component in world.components}
    found = []
    for entry in dated(changes, 0):
        change = entry.change
        if change.component not in current:
            found.append(f"change {change.id}: there is no component {change.component!r}")
        elif change.kind == "deploy" and change.version is None:
            found.append(f"change {change.id}: a deploy needs a version")
        elif change.kind == "deploy" and change.version is not None:
            old = change.from_version or world.component(change.component).version
            if old != current[change.component]:
                now = current[change.component]
                found.append(
                    f"change {change.id}: {change.component} runs {now} then; set from_version: {now}"
                )
            if change.zone is None and change.share == 1.0:
                current[change.component] = change.version
    return found
