"""Which act fits a mechanism at its place: what ends the hurt soonest with the least risk comes first."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sim.bots.expert.diagnose import Hypothesis, suspicious
from sim.bots.expert.scene import Scene, callers_of
from sim.spec import Component, Flag

KEPT_LEAST, KEPT_MOST = 10, 60
"""Where something drowns, at least and at most so many percent of its requests are let in; assumptions."""


@dataclass(frozen=True, slots=True)
class Remedy:
    """Commands to give in order, and what takes them back where they did not help.

    `lift` are steps that let everybody in again, each given once `watch` keeps up with what it gets.
    """

    commands: tuple[str, ...]
    undo: tuple[str, ...] = ()
    lift: tuple[str, ...] = ()
    watch: str = ""


def remedies(of: Hypothesis, scene: Scene) -> tuple[Remedy, ...]:
    """Return what fits a hypothesis, best first; nothing where nothing should be done."""
    component = scene.world.component(of.component)
    found = dict.fromkeys(_fitting(of, component, scene))
    vendor = component.kind == "third_party"
    return tuple(r for r in found if not vendor or r.commands[0].split()[0] in _OF_VENDORS)


_OF_VENDORS = ("call-vendor", "isolate")


def _fitting(of: Hypothesis, component: Component, scene: Scene) -> Iterator[Remedy]:  # noqa: PLR0912, PLR0915
    name = component.id
    match of.mechanism:
        case "deploy":
            yield from _flags(of, component, scene)
            yield _one(f"rollback {name}")
        case "config":
            yield from _reverts(of, component, scene)
        case "flag":
            yield from _flags(of, component, scene, every=True)
        case "cpu":
            yield from _flags(of, component, scene)
            yield from _reverts(of, component, scene)
            yield from _deploys(component, scene)
            yield _one(f"scale {name} 2x")
        case "database":
            yield _one(f"kill-query {name}")
            yield from _standby(component)
        case "disk":
            if scene.of(name).value("disk_share") >= 0.9 or "full" in of.why or "volume" in of.why:
                yield _one(f"expand-disk {name}")
            yield from _standby(component)
        case "failover":
            yield from _standby(component)
        case "capacity":
            yield from _standby(component)
            yield _one(f"scale {name} 2x")
        case "zone" | "network" | "clock":
            yield from _zones(of, component, scene)
            if of.mechanism == "clock":
                yield _one(f"restart {name}")
        case "traffic":
            yield _one(f"scale {name} 2x")
            yield _shed(name, scene)
        case "client":
            yield from (_client(client) for client in scene.busy_clients)
        case "connections":
            yield from _restart(component)
            yield from _standby(component)
        case "memory":
            yield from _deploys(component, scene)
            yield from _restart(component)
            yield _one(f"scale {name} 2x")
        case "certificate":
            yield _one(f"renew-cert {name}")
        case "credential":
            yield _one(f"rotate-credential {name}")
        case "dns":
            yield from _restart(component)
        case "replication":
            yield _one(f"restart {name}")
        case "cache":
            yield from _warm(of, component, scene)
        case "retries":
            yield from _flags(of, component, scene)
            yield from _reverts(of, component, scene)
            for caller in callers_of(scene.world, name):
                yield from _reverts(of, scene.world.component(caller), scene)
            yield _shed(name, scene)
        case "queue":
            queues = _queues(component)
            consumers = [c.id for c in scene.world.components if c.consumes in queues]
            yield from (_one(f"scale {consumer} 2x") for consumer in consumers)
            if re.search("delivered again|does not advance|poison", of.why):
                yield from (_one(f"purge {queue}") for queue in queues)
        case "shard":
            yield _one(f"scale {name} 2x")
            yield _shed(name, scene)
        case "third-party" | "quota" if component.kind == "third_party":
            yield from _without(component, scene)
            yield _one(f"call-vendor {name}")
        case "quota":
            yield from _reverts(of, component, scene)
            yield from _without(component, scene)
        case _:
            return


def _one(command: str) -> Remedy:
    return Remedy((command,))


def _restart(component: Component) -> Iterator[Remedy]:
    """A database that restarts is down for minutes, so that comes last of all and never here."""
    if component.kind != "database":
        yield _one(f"restart {component.id}")


def _standby(component: Component) -> Iterator[Remedy]:
    if component.standby_zone is not None:
        yield _one(f"failover {component.id}")


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 2}


def _flags(of: Hypothesis, component: Component, scene: Scene, *, every: bool = False) -> Iterator[Remedy]:
    """Flags that a suspicious change or the log speaks of, plainest first; with `every` the others too."""
    near = [change for change in scene.changes_of(component.id) if suspicious(change, scene)]
    brought = near if of.change is None else [of.change]
    changed = {word for c in brought for word in _words(f"{c.change} {c.summary}")}
    usual = {word for op in component.operations for word in _words(op.id)}
    lines = (line for line in scene.of(component.id).lines if "INFO" not in line)
    logged = {word for line in lines for word in _words(line)} - usual
    sign = _words(of.why) - usual

    def told(flag: Flag) -> int:
        name, title = _words(flag.id), _words(flag.title)
        by_change = 2 * len(name & changed) + len(title & changed)
        return 4 * len((name | title) & sign) + by_change + len((name | title) & logged)

    on = sorted((flag for flag in component.flags if flag.on), key=lambda flag: -told(flag))
    yield from (_one(f"flag-off {component.id} {flag.id}") for flag in on if every or told(flag))


def _reverts(of: Hypothesis, component: Component, scene: Scene) -> Iterator[Remedy]:
    named = [of.change] if of.change is not None else []
    others = [change for change in scene.changes_of(component.id) if suspicious(change, scene)]
    for change in dict.fromkeys((*named, *others)):
        if change.what in ("config", "flag", "infrastructure"):
            yield _one(f"revert-config {component.id} {change.change}")


def _deploys(component: Component, scene: Scene) -> Iterator[Remedy]:
    if any(c.what == "deploy" and not c.change.startswith("act-") for c in scene.changes_of(component.id)):
        yield _one(f"rollback {component.id}")


def _zones(of: Hypothesis, component: Component, scene: Scene) -> Iterator[Remedy]:
    """Take the zone out of traffic, for one component or for all; a primary in it goes to its standby."""
    if of.part is None or of.part[0] != "zone":
        return
    zone = of.part[1]
    stuck = [c for c in scene.world.components if c.zones == (zone,) and c.standby_zone not in (None, zone)]
    whole = len(of.why.split("components are bad")) > 1
    moves = tuple(f"failover {c.id}" for c in stuck) if whole else ()
    drained = f"drain {zone}" if whole else f"drain {zone} {component.id}"
    yield Remedy((drained, *moves), (f"{drained} off",))


def _client(client: str) -> Remedy:
    return Remedy((f"block {client}",), (f"block {client} off",))


def _shed(component: str, scene: Scene, *then: str) -> Remedy:
    """Turn away so much before what drowns that it gets its usual requests, do the rest, let in by steps."""
    more = max(1.0, scene.of(component).ratio("rps"))
    kept = round(min(KEPT_MOST, max(KEPT_LEAST, 100 / more)))
    steps = [share for share in (2 * kept, 4 * kept) if share < 100]
    return Remedy(
        (f"throttle {component} {kept}%", *then),
        lift=tuple(f"throttle {component} {share}%" for share in (*steps, 100)),
        watch=component,
    )


def _warm(of: Hypothesis, cache: Component, scene: Scene) -> Iterator[Remedy]:
    """Stop what empties it and fill it; where what fills it drowns, send that less first."""
    origins = {
        call.to.split(".")[0]
        for component in scene.world.components
        for op in component.operations
        for call in op.calls
        if call.on_miss_of == cache.id
    }
    stop = [command for remedy in _reverts(of, cache, scene) for command in remedy.commands][:1]
    drowning = [name for name in sorted(origins) if scene.of(name).mark in ("!!", "!")]
    if drowning:
        yield _shed(drowning[0], scene, *stop, f"warm {cache.id}")
    yield Remedy((*stop, f"warm {cache.id}"))


def _without(component: Component, scene: Scene) -> Iterator[Remedy]:
    """Stop calling it, where its callers can do without."""
    soft = {
        other.id
        for other in scene.world.components
        for op in other.operations
        for call in op.calls
        if call.soft and call.to.split(".")[0] == component.id
    }
    if soft and set(callers_of(scene.world, component.id)) == soft:
        yield Remedy((f"isolate {component.id}",), (f"isolate {component.id} off",))


def _queues(component: Component) -> tuple[str, ...]:
    return (
        (component.id,) if component.kind == "queue" else (component.consumes,) if component.consumes else ()
    )
