"""What a tick costs against the number of cells: 20, 100, 500 and 2,000 of them.

python tests/bench/bench_scale.py
"""

from statistics import median
from time import perf_counter

import numpy as np

from sim.spec import Call, ClientClass, Component, Journey, Operation, World
from sim.world import topology
from sim.world.dynamics import Dynamics

ZONES = ("a", "b", "c")
DEPTH = 6
SIZES: dict[int, tuple[int, int]] = {20: (7, 1), 100: (33, 1), 500: (33, 5), 2000: (33, 20)}
"""Components and shards by number of cells, about."""
TICKS = 40


def _component(number: int, of: int, shards: int) -> Component:
    calls = (Call(to=f"c{number + 1}", retries=1),) if number + 1 < of and number % DEPTH != DEPTH - 1 else ()
    return Component(
        id=f"c{number}",
        title="c",
        kind="service",
        team="team",
        shards=tuple(f"s{n}" for n in range(shards)) if shards > 1 else (),
        replicas=2 * len(ZONES) * shards,
        operations=(Operation(id="serve", work_ms=8, calls=calls),),
    )


def _world(components: int, shards: int) -> World:
    journeys = tuple(Journey(id=f"j{n}", title="j", entry=f"c{n}") for n in range(0, components, DEPTH))
    return World(
        id="scale",
        title="",
        summary="",
        zones=ZONES,
        components=tuple(_component(number, components, shards) for number in range(components)),
        journeys=journeys,
        clients=(ClientClass(id="users", title="", rps={journey.id: 50.0 for journey in journeys}),),
    )


def tick_ms_by_cells() -> dict[int, float]:
    """Return the median cost of a tick, flow and slow state, by number of cells."""
    found = {}
    for components, shards in SIZES.values():
        built = topology.build(_world(components, shards))
        rps = np.full((1, len(built.streams)), 50.0)
        dynamics = Dynamics(built, (), rps)
        took_s = []
        for tick in range(1, TICKS + 1):
            began = perf_counter()
            dynamics.tick((), 5000 * tick, rps, 5.0)
            took_s.append(perf_counter() - began)
        found[len(built.cells)] = 1000 * median(took_s)
    return found


def exponent(tick_ms: dict[int, float]) -> float:
    """Return the slope of the logarithms: cost grows with cells to this power."""
    slope, _ = np.polyfit(np.log(list(tick_ms)), np.log(list(tick_ms.values())), 1)
    return float(slope)


if __name__ == "__main__":
    costs = tick_ms_by_cells()
    for cells, ms in costs.items():
        print(f"{cells:>5} cells: {ms:.3f} ms a tick")
    print(f"exponent {exponent(costs):.2f}")
