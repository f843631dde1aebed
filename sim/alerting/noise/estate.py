"""A generated estate of any size with the alert rules that every team has: to look at noise alone.

It is no world to play in: its components call nobody.
"""

from sim.spec import (
    ClientClass,
    Component,
    ComponentKind,
    Journey,
    Operation,
    Rule,
    RuleSeverity,
    Signal,
    World,
)

SERVICES_MAX = 500
_KINDS: tuple[ComponentKind, ...] = (
    "edge", "service", "service", "database", "service", "cache", "service", "queue", "service", "worker"
)  # fmt: skip
"""The kinds of ten components, over and over; an assumption."""

_Line = tuple[str, Signal, float, int, RuleSeverity]
_EVERY: tuple[_Line, ...] = (
    ("ErrorsHigh", "error_share", 0.03, 60, "critical"),
    ("LatencyHigh", "p95_ms", 800.0, 120, "warning"),
    ("CpuHigh", "cpu_share", 0.85, 120, "warning"),
    ("MemoryHigh", "memory_share", 0.85, 120, "warning"),
)
_ALSO: dict[ComponentKind, tuple[_Line, ...]] = {
    "database": (
        ("DiskFilling", "disk_share", 0.8, 300, "warning"),
        ("ConnectionsHigh", "connections_share", 0.7, 120, "warning"),
    ),
    "queue": (("QueueDeep", "queue_depth", 500.0, 120, "warning"),),
    "worker": (("DiskFilling", "disk_share", 0.8, 300, "info"),),
}
"""Thresholds are assumptions; waits of 1 to 5 minutes are those of public benchmarks' rules (ITBench)."""


def estate(services: int) -> World:
    """Return a world of so many components, each with the rules of its kind. Raises ValueError below 1."""
    if not 1 <= services <= SERVICES_MAX:
        raise ValueError(f"an estate has 1 to {SERVICES_MAX} services, not {services}")
    components = tuple(_component(number) for number in range(services))
    return World(
        id=f"estate-{services}",
        title=f"An estate of {services} services",
        summary="Generated, with a standard catalogue of rules.",
        zones=("zone-a", "zone-b", "zone-c"),
        components=components,
        journeys=(Journey(id="use", title="Use it", entry=components[0].id),),
        clients=(ClientClass(id="users", title="Users", rps={"use": 100.0}),),
        rules=tuple(rule for component in components for rule in _rules(component)),
    )


def _component(number: int) -> Component:
    kind = _KINDS[number % len(_KINDS)]
    name = kind.replace("_", "-")
    return Component(
        id=f"{name}-{number + 1}",
        title=f"{name} {number + 1}",
        kind=kind,
        team="everybody",
        replicas=6,
        operations=(Operation(work_ms=5),),
    )


def _rules(component: Component) -> list[Rule]:
    prefix = component.id.title().replace("-", "")
    return [
        Rule(
            name=f"{prefix}{name}",
            component=component.id,
            signal=signal,
            above=above,
            for_s=for_s,
            severity=severity,
            summary=f"{component.title}: {signal} is high",
        )
        for name, signal, above, for_s, severity in (*_EVERY, *_ALSO.get(component.kind, ()))
    ]
