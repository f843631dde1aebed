"""Who depends on whom: reachability along calls, queues, copies and cache misses, journeys included."""

from functools import lru_cache

from sim.spec import Component, World
from sim.world.graph import resolve


def connected(world: World, place: str, component: str | None) -> bool:
    """Return whether trouble of `component` can show at `place`, a component or journey.

    It shows at whoever calls it, directly or not, and, as more or less load, at whatever it calls.
    None means everywhere.
    """
    if component is None or place == component:
        return True
    below = _below(world)
    return component in below[place] or place in below[component]


@lru_cache(maxsize=8)
def _below_of(edges: tuple[tuple[str, tuple[str, ...]], ...]) -> dict[str, frozenset[str]]:
    called = dict(edges)
    return {name: _reached(called, name) for name in called}


def _reached(called: dict[str, tuple[str, ...]], name: str) -> frozenset[str]:
    """Return all that `name` depends on, directly or not; circles are followed once."""
    found: set[str] = set()
    ahead = list(called[name])
    while ahead:
        one = ahead.pop()
        if one not in found:
            found.add(one)
            ahead += called[one]
    return frozenset(found)


def _below(world: World) -> dict[str, frozenset[str]]:
    missed: dict[str, set[str]] = {}
    for component in world.components:
        for call in (call for op in component.operations for call in op.calls):
            if call.on_miss_of is not None:
                missed.setdefault(call.on_miss_of, set()).add(resolve(world, call.to)[0])
    components = tuple(
        (c.id, tuple(sorted(_needed(world, c) | missed.get(c.id, set())))) for c in world.components
    )
    journeys = tuple(
        (j.id, (resolve(world, j.entry)[0], *(() if j.queue is None else (j.queue,)))) for j in world.journeys
    )
    return _below_of(components + journeys)


def _needed(world: World, component: Component) -> set[str]:
    """Return what a component uses: what it calls, the queue it works off, and what it is a copy of."""
    called = {resolve(world, call.to)[0] for op in component.operations for call in op.calls}
    return called | {name for name in (component.consumes, component.replica_of) if name is not None}
