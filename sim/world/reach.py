"""Who depends on whom: reachability along calls, journeys included."""

from functools import lru_cache

from sim.spec import World
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
    found: dict[str, frozenset[str]] = {}

    def below(name: str) -> frozenset[str]:
        if name not in found:
            found[name] = frozenset(called[name]).union(*(below(callee) for callee in called[name]))
        return found[name]

    for name in called:
        below(name)
    return found


def _below(world: World) -> dict[str, frozenset[str]]:
    components = tuple(
        (c.id, tuple(sorted({resolve(world, call.to)[0] for op in c.operations for call in op.calls})))
        for c in world.components
    )
    journeys = tuple((journey.id, (resolve(world, journey.entry)[0],)) for journey in world.journeys)
    return _below_of(components + journeys)
