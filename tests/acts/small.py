"""A small world that has one of everything, and shorthands for faults, changes and acts in it."""

from typing import Any

from sim.spec import (
    Cache,
    Call,
    Change,
    ClientClass,
    Component,
    Fault,
    Flag,
    Journey,
    Operation,
    Where,
    World,
)
from sim.world import changes, faults
from sim.world.mitigations import Act, DatedFault, Plan, Refusal, Situation, plan
from sim.world.modifiers import Modifier

T0 = 600_000
"""The moment of most acts in these tests, in ms."""


def _component(name: str, kind: Any = "service", *calls: Call, **fields: Any) -> Component:
    operations = fields.pop("operations", (Operation(work_ms=5, calls=calls),))
    team = fields.pop("team", "web")
    return Component(
        id=name,
        title=name,
        kind=kind,
        team=team,
        replicas=fields.pop("replicas", 8),
        operations=operations,
        **fields,
    )


WORLD = World(
    id="small",
    title="Small",
    summary="",
    zones=("a", "b"),
    components=(
        _component(
            "edge", "edge", Call(to="cart"), Call(to="mail", soft=True), flags=(Flag(id="waf", title="WAF"),)
        ),
        _component("cart", "service", Call(to="db.read"), Call(to="db.write"), Call(to="pay"), version="v41"),
        _component("lone", "service", replicas=1, zones=("a",)),
        _component(
            "db",
            "database",
            operations=(Operation(id="read", work_ms=2), Operation(id="write", work_ms=4, writes=True)),
            standby_zone="c",
            replicas=2,
            shards=("s1",),
        ),
        _component("mail", "service", flags=(Flag(id="old", title="Old", on=False),)),
        _component("pay", "third_party", zones=("a",)),
        _component("cache", "cache", zones=("a",), cache=Cache(hit_share=0.9, keys=1e5)),
        _component("jobs", "queue", zones=("a",), shards=("p1", "p2")),
        _component("mailer", "worker", zones=("a",), consumes="jobs"),
    ),
    journeys=(
        Journey(id="buy", title="Buy", entry="edge", critical=True),
        Journey(id="look", title="Look", entry="edge"),
    ),
    clients=(
        ClientClass(id="web", title="Web", rps={"buy": 80, "look": 20}),
        ClientClass(id="bot", title="The bot", rps={"look": 10}),
    ),
)

DEPLOY = Change(
    id="cart-v42", at_s=-300, component="cart", kind="deploy", summary="v42", by="ann", version="v42"
)
CONFIG = Change(id="waf-rules", at_s=-60, component="edge", kind="config", summary="rules", by="bob")
CHANGES = changes.dated((DEPLOY, CONFIG), T0 - 300_000)


def fault(kind: str, **fields: Any) -> Fault:
    """Return a fault of a kind; fields of its place and of itself are told apart by name."""
    place = {name: fields.pop(name) for name in list(fields) if name in Where.model_fields}
    return Fault(id=fields.pop("id", "f1"), kind=kind, where=Where(**place), **fields)


def situation(*active: Fault, **fields: Any) -> Situation:
    """Return a situation at T0 in which these faults have acted for five minutes."""
    start_ms = T0 - 300_000
    in_force = [m for entry in CHANGES for m in changes.modifiers(entry.change, start_ms, WORLD)]
    in_force += [m for f in active for m in faults.modifiers_between(f, start_ms, None)]
    given: dict[str, Any] = {
        "world": WORLD,
        "t_ms": T0,
        "changes": CHANGES,
        "faults": tuple(DatedFault(f, start_ms) for f in active),
        "modifiers": tuple(in_force),
    }
    return Situation(**(given | fields))


def act(verb: str, component: str | None = None, number: int = 1, **fields: Any) -> Act:
    """Return an act at T0."""
    place = {name: fields.pop(name) for name in list(fields) if name in Where.model_fields}
    t_ms = fields.pop("t_ms", T0)
    return Act(number, verb, Where(component=component, **place), "ann", t_ms, **fields)


def planned(wanted: Act, now: Situation, seed: int = 1) -> Plan:
    """Return the plan of an act whose tool works, trying seeds in order."""
    for other in range(seed, seed + 20):
        found = plan(wanted, now, other)
        assert isinstance(found, Plan), found
        if found.ok:
            return found
    raise AssertionError("the tool failed twenty times")


def refused(wanted: Act, now: Situation) -> str:
    """Return why an act is refused."""
    found = plan(wanted, now, 1)
    assert isinstance(found, Refusal), found
    return found.reason


def after(now: Situation, done: Plan, t_ms: int) -> list[Modifier]:
    """Return the modifiers in the world at `t_ms` when a plan has been carried out that far."""
    active = list(now.modifiers)
    for step in done.steps:
        if step.at_ms <= t_ms:
            active = [m for m in active if m.owner not in step.remove_owners]
            active += step.add
    return active


def progress(done: Plan) -> list[tuple[int, int, str]]:
    """Return what people see of a plan's progress."""
    return [step.progress for step in done.steps if step.progress is not None]
