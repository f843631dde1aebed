"""A small system to diagnose: an edge, a shop, a database with a standby, a cache, a queue, a vendor."""

from typing import Any

from sim.bots.expert.scene import Observed, Part, Scene
from sim.look.health import Mark
from sim.spec import (
    Cache,
    Call,
    ClientClass,
    Component,
    Flag,
    Journey,
    Operation,
    World,
)
from sim.view import KnownChange

NOW_MS = 1_200_000
BEGAN_MS = 900_000
ZONES = ("zone-a", "zone-b")


def component(name: str, *operations: Operation, kind: str = "service", **fields: Any) -> Component:
    return Component(
        id=name, title=name.title(), kind=kind, team="core", replicas=6, operations=operations, **fields
    )


def calls(*targets: str, **fields: Any) -> tuple[Call, ...]:
    return tuple(Call(to=target, **fields) for target in targets)


WORLD = World(
    id="small",
    title="Small shop",
    summary="",
    zones=ZONES,
    components=(
        component(
            "edge",
            Operation(id="buy", work_ms=1, calls=calls("shop.buy")),
            Operation(id="look", work_ms=1, calls=calls("shop.look")),
            kind="edge",
            flags=(
                Flag(id="firewall", title="Web application firewall"),
                Flag(id="pictures", title="Pictures"),
            ),
        ),
        component(
            "shop",
            Operation(id="buy", work_ms=1, calls=(*calls("db.write", "vendor"), *calls("jobs", soft=True))),
            Operation(id="look", work_ms=1, calls=(*calls("cache"), *calls("db.read", on_miss_of="cache"))),
            flags=(Flag(id="live-stock", title="Stock on every tile"),),
        ),
        component(
            "db",
            Operation(id="read", work_ms=1),
            Operation(id="write", work_ms=1, writes=True),
            kind="database",
            zones=("zone-a",),
            standby_zone="zone-b",
        ),
        component("cache", Operation(work_ms=1), kind="cache", cache=Cache(hit_share=0.9, keys=1000)),
        component("jobs", Operation(work_ms=1), kind="queue"),
        component("mailer", Operation(work_ms=1), kind="worker", consumes="jobs"),
        component("vendor", Operation(work_ms=1), kind="third_party"),
    ),
    journeys=(
        Journey(id="buy", title="Buy", entry="edge.buy", critical=True),
        Journey(id="look", title="Look", entry="edge.look"),
    ),
    clients=(ClientClass(id="eu", title="Europe", rps={"buy": 10, "look": 50}),),
)


def seen(
    name: str, mark: Mark = "ok", *lines: str, usual: dict[str, float] | None = None, **now: float
) -> Observed:
    """Return a component as observed; `now` overlays ordinary figures, log lines are written in zone-a."""
    ordinary = {
        "rps": 100.0,
        "error_share": 0.001,
        "p95_ms": 20.0,
        "cpu_share": 0.5,
        "connections_share": 0.1,
    }
    return Observed(
        name,
        mark,
        {**ordinary, **now},
        {**ordinary, **(usual or {})},
        lines=tuple(f"14:00:00 zone-a v1 {line}" for line in lines),
    )


def part(by: str, label: str, errors: float, mark: Mark = "ok", *, gone: bool = False) -> Part:
    """Return a part with its failing share."""
    return Part(by, label, mark, {"error_share": errors, "rps": 0.0 if gone else 50.0}, gone)  # type: ignore[arg-type]


def change(name: str, component: str, what: str, before_s: int = 60, summary: str = "") -> KnownChange:
    """Return a change so long before the beginning."""
    return KnownChange(BEGAN_MS - before_s * 1000, name, component, what, summary or name, "ana", "core")


def scene(
    *observed: Observed, hurt: tuple[str, ...] = ("buy",), changes: tuple[KnownChange, ...] = ()
) -> Scene:
    """Return what is known; what is not given is as usual."""
    known = {each.component: each for each in observed}
    well = {c.id: seen(c.id) for c in WORLD.components if c.id not in known}
    return Scene(WORLD, NOW_MS, BEGAN_MS, hurt, {**well, **known}, changes)
