"""Faults: what can go wrong, as a catalogue of small definitions that emit modifiers.

A fault of a scenario names a kind of this catalogue and a place; `modifiers` turns both into effects on the
world. All strengths are assumptions, chosen so that intensity 1 of a kind on a busy component is an outage
somebody gets paged for; a scenario sets its own intensity.
"""

from dataclasses import dataclass, replace

from sim.spec import Change, Component, Fault, Where, World
from sim.world.modifiers import Modifier, Op, Param, Shape
from sim.world.slow import Reset

MECHANISMS = (
    "capacity",
    "certificate",
    "client",
    "config",
    "connections",
    "cpu",
    "database",
    "dependency",
    "deploy",
    "disk",
    "host",
    "network",
    "third-party",
    "traffic",
    "zone",
)
"""What a responder can `suspect`; the closed set of words, in alphabetical order."""

FACTOR_MIN = 0.01
"""No fault multiplies by less than this: capacity that is gone altogether is the loss of a zone."""

_SHARES = frozenset({Param.ERROR_RANDOM, Param.ERROR_REPEATABLE, Param.NET_LOSS})


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to one parameter at intensity 1. A factor (MUL) moves away from 1 with intensity."""

    param: Param
    op: Op
    value: float

    def at(self, intensity: float) -> float:
        """Return the value at this intensity; shares stay in [0, 1], factors at or above FACTOR_MIN."""
        if self.op is Op.MUL:
            return max(FACTOR_MIN, 1.0 + intensity * (self.value - 1.0))
        value = intensity * self.value
        return min(1.0, value) if self.param in _SHARES else value


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A class of fault.

    `mechanism` is the word a responder would suspect. `needs` and `may` are the fields of its place that it
    must and can have. `cured_by` are verbs that cure this kind whatever brought it; what undoes a fault's own
    flag, change or version cures it too. `relieved_by` are verbs that can end the impact of a fault of this
    kind and leave the cause. `data_at_risk` says that data is lost, wrong or confirmed and not safe while it
    acts. `resets` are what it does to slow state when it begins. `log_lines` are templates with `{component}`, `{zone}`, `{version}`, `{callee}`
    and `{n:LOW-HIGH}`, a number drawn for every line (`sim/world/log_notes.py`).
    """

    kind: str
    title: str
    mechanism: str
    effects: tuple[Effect, ...]
    log_lines: tuple[str, ...]
    needs: tuple[str, ...] = ("component",)
    may: tuple[str, ...] = ("operation", "zone", "shard", "version")
    cured_by: tuple[str, ...] = ()
    relieved_by: tuple[str, ...] = ()
    data_at_risk: bool = False
    resets: tuple[Reset, ...] = ()


def _catalogue(*kinds: FaultKind) -> dict[str, FaultKind]:
    return {kind.kind: kind for kind in kinds}


FAULTS: dict[str, FaultKind] = _catalogue(
    FaultKind(
        kind="bad_deploy_errors",
        title="a deployed version answers with errors",
        mechanism="deploy",
        effects=(Effect(Param.ERROR_REPEATABLE, Op.ADD, 0.25),),
        log_lines=(
            "ERROR {component} {version} unhandled exception: unexpected field in request",
            "ERROR {component} {version} 500, request aborted in handler",
        ),
        needs=("component", "version"),
        may=("operation", "zone", "shard"),
        cured_by=("rollback",),
    ),
    FaultKind(
        kind="bad_deploy_latency",
        title="a deployed version is slow",
        mechanism="deploy",
        effects=(Effect(Param.WORK, Op.MUL, 6.0),),
        log_lines=(
            "WARN {component} {version} handler took longer than its budget",
            "WARN {component} {version} serialising the answer took most of the request",
        ),
        needs=("component", "version"),
        may=("operation", "zone", "shard"),
        cured_by=("rollback",),
        relieved_by=("scale", "throttle"),
    ),
    FaultKind(
        kind="bad_config",
        title="a configuration makes requests fail",
        mechanism="config",
        effects=(Effect(Param.ERROR_REPEATABLE, Op.ADD, 0.5),),
        log_lines=(
            "INFO {component} configuration reloaded",
            "ERROR {component} no backend matches the request under the current configuration",
        ),
    ),
    FaultKind(
        kind="cpu_hog",
        title="one rule or expression burns all CPU",
        mechanism="cpu",
        effects=(Effect(Param.WORK, Op.MUL, 30.0),),
        log_lines=(
            "WARN {component} worker busy for more than 5 s in rule evaluation",
            "WARN {component} {zone} all workers at 100 % CPU, accept queue growing",
        ),
    ),
    FaultKind(
        kind="disk_stall",
        title="a disk is half dead: its writes hang, its health check passes",
        mechanism="disk",
        effects=(Effect(Param.STALL_MS, Op.ADD, 5000.0), Effect(Param.ERROR_REPEATABLE, Op.ADD, 0.3)),
        log_lines=(
            "WARN {component} fsync of the log took longer than 4 s",
            "ERROR {component} I/O error on write, device did not answer in time",
            "INFO {component} health check ok (connect, select 1)",
        ),
        cured_by=("failover",),
    ),
    FaultKind(
        kind="capacity_loss",
        title="a good part of the replicas is gone",
        mechanism="capacity",
        effects=(Effect(Param.REPLICAS, Op.MUL, 0.4),),
        log_lines=(
            "WARN {component} {zone} replica lost, not rescheduled: insufficient capacity",
            "WARN {component} request queued, no idle worker",
        ),
        cured_by=("failover",),
        relieved_by=("scale", "throttle"),
    ),
    FaultKind(
        kind="zone_loss",
        title="a zone cannot be reached and still gets its share of traffic",
        mechanism="zone",
        effects=(Effect(Param.NET_LOSS, Op.ADD, 1.0),),
        log_lines=("ERROR {component} no route to host in zone {zone}",),
        needs=("zone",),
        may=("component",),
    ),
    FaultKind(
        kind="surge",
        title="many more users than usual",
        mechanism="traffic",
        effects=(Effect(Param.DEMAND, Op.MUL, 3.0),),
        log_lines=("INFO {component} request rate far above the usual for this hour",),
        needs=(),
        may=("client", "journey"),
        relieved_by=("scale", "throttle", "block"),
    ),
    FaultKind(
        kind="abusive_client",
        title="one client sends many times its usual requests",
        mechanism="client",
        effects=(Effect(Param.DEMAND, Op.MUL, 20.0),),
        log_lines=("WARN {component} one client makes most of the requests of the last minute",),
        needs=("client",),
        may=("journey",),
        relieved_by=("scale", "throttle", "block"),
    ),
    FaultKind(
        kind="slow_query",
        title="one query became slow",
        mechanism="database",
        effects=(Effect(Param.WORK, Op.MUL, 20.0),),
        log_lines=(
            "WARN {component} slow query: full scan, millions of rows examined",
            "WARN {component} one statement reads whole tables and keeps the processors busy",
        ),
        needs=("component", "operation"),
        may=("zone", "shard"),
        cured_by=("kill-query",),
        relieved_by=("throttle",),
    ),
    FaultKind(
        kind="connection_exhaustion",
        title="connections leak until hardly any is free",
        mechanism="connections",
        effects=(Effect(Param.SLOTS, Op.MUL, 0.1),),
        log_lines=(
            "ERROR {component} timed out waiting for a connection from the pool",
            "WARN {component} pool exhausted: all connections in use, most of them idle in transaction",
        ),
        cured_by=("restart", "failover"),
        relieved_by=("scale", "throttle"),
    ),
    FaultKind(
        kind="third_party_outage",
        title="a vendor's service is down",
        mechanism="third-party",
        effects=(Effect(Param.ERROR_RANDOM, Op.ADD, 0.9), Effect(Param.NET_DELAY_MS, Op.ADD, 2000.0)),
        log_lines=("ERROR call to {component} failed: 503 from the vendor",),
        may=("operation",),
        cured_by=("call-vendor",),
    ),
    FaultKind(
        kind="packet_loss",
        title="the network of a zone loses packets",
        mechanism="network",
        effects=(Effect(Param.NET_LOSS, Op.ADD, 0.15), Effect(Param.NET_DELAY_MS, Op.ADD, 150.0)),
        log_lines=(
            "WARN {component} {zone} connection reset by peer",
            "WARN {component} {zone} retransmissions high",
        ),
        needs=("zone",),
        may=("component",),
    ),
    FaultKind(
        kind="certificate_expired",
        title="a certificate ran out",
        mechanism="certificate",
        effects=(Effect(Param.ERROR_REPEATABLE, Op.ADD, 1.0),),
        log_lines=("ERROR {component} TLS handshake failed: certificate has expired",),
        may=("zone",),
        cured_by=("renew-cert",),
    ),
    FaultKind(
        kind="harmless",
        title="something broke that hurts nobody",
        mechanism="host",
        effects=(),
        log_lines=("WARN {component} {zone} one host reports a failed fan, spare took over",),
        may=("zone", "shard"),
    ),
)
"""Every kind of fault by its name."""


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
    elif component is not None and where.zone is not None and where.zone not in zones(component, world):
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


def zones(component: Component, world: World) -> tuple[str, ...]:
    """Return the zones a component runs in."""
    return component.zones if component.zones is not None else world.zones
