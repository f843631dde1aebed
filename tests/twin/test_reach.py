"""Who can feel whose trouble."""

from typing import Any

from sim.spec import Call, ClientClass, Component, Journey, Operation, Rhythm, World
from sim.world.reach import connected


def part(name: str, kind: Any, *calls: Call, **fields: Any) -> Component:
    operation = Operation(work_ms=1, calls=calls)
    return Component(id=name, title=name, kind=kind, team="t", replicas=1, operations=(operation,), **fields)


WORLD = World(
    id="w",
    title="W",
    summary="",
    zones=("a",),
    rhythm=Rhythm(),
    components=(
        part("web", "edge", Call(to="cache"), Call(to="store", on_miss_of="cache"), Call(to="jobs")),
        part("cache", "cache"),
        part("store", "database", Call(to="auth")),
        part("copy", "database", replica_of="store"),
        part("jobs", "queue"),
        part("worker", "worker", Call(to="mail"), consumes="jobs"),
        part("mail", "service"),
        part("auth", "service", Call(to="flags")),
        part("flags", "service", Call(to="auth", lagged=True)),
        part("island", "service"),
    ),
    journeys=(Journey(id="buy", title="Buy", entry="web", queue="jobs"),),
    clients=(ClientClass(id="eu", title="EU", rps={"buy": 1}),),
)


def test_along_calls_queues_copies_and_misses():
    places = ("buy", *(component.id for component in WORLD.components if component.id != "web"))
    felt = {
        name: {place for place in places if connected(WORLD, place, name)}
        for name in ("cache", "worker", "store", "flags", "island")
    }
    assert felt == {
        "cache": {"cache", "store", "auth", "flags", "buy"},
        "worker": {"worker", "jobs", "mail"},
        "store": {"store", "cache", "copy", "auth", "flags", "buy"},
        "flags": {"flags", "auth", "store", "copy", "cache", "buy"},
        "island": {"island"},
    }


def test_nowhere_in_particular_is_everywhere():
    assert connected(WORLD, "island", None)
