"""Ticks per second of the world's flow: 20 components, 60 cells, 5 levels.

Run by hand, in the checkout: python -m tests.bench.bench_flow
"""

from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import numpy as np

from sim.spec import Call, ClientClass, Component, Journey, Operation, Where, World
from sim.world import demand, flow, parameters, stationary, topology
from sim.world.modifiers import Modifier, Op, Param


def _component(name: str, calls: list[str]) -> Component:
    operations = (
        Operation(id="read", work_ms=8, calls=tuple(Call(to=to, retries=1) for to in calls)),
        Operation(id="write", work_ms=15, calls=tuple(Call(to=f"{to}.write", retries=2) for to in calls[:1])),
    )
    return Component(
        id=name,
        title=name,
        kind="service",
        team="team",
        replicas=24,
        operations=operations,
    )


def _world() -> World:
    """Levels of 1, 4, 6, 6 and 3 components; everybody calls two of the next level."""
    names = [[f"c{level}-{number}" for number in range(size)] for level, size in enumerate((1, 4, 6, 6, 3))]
    components = []
    for level, row in enumerate(names):
        below = names[level + 1] if level + 1 < len(names) else []
        for number, name in enumerate(row):
            calls = below if level == 0 else below[number % len(below) :][:2] if below else []
            components.append(_component(name, calls))
    journeys = tuple(
        Journey(id=f"j{n}", title="j", entry="c0-0.read" if n % 2 else "c0-0.write") for n in range(4)
    )
    clients = tuple(
        ClientClass(id=f"k{n}", title="k", rps={j.id: 25.0 for j in journeys}, peak_hour_utc=14)
        for n in range(3)
    )
    return World(
        id="bench",
        title="",
        summary="",
        zones=("a", "b", "c"),
        components=tuple(components),
        journeys=journeys,
        clients=clients,
    )


def main() -> None:
    """Print the figures."""
    world = topology.build(_world())
    print(
        f"{len(world.cells)} cells, {len(world.stations)} stations, {len(world.links)} links, "
        f"{len(world.leg_link)} legs, {len(world.levels)} levels"
    )
    start = datetime(2026, 3, 4, 14, tzinfo=UTC)
    base = parameters.fold(world, (), 0)
    ticks = 540
    began = perf_counter()
    rps = demand.undisturbed(world, 1, start, np.arange(ticks) * 5000)
    print(f"demand of {ticks} ticks {1000 * (perf_counter() - began):.1f} ms")
    slow_leaf = Modifier("slow", "bench", Where(component="c4-1"), Param.WORK, Op.MUL, 10.0, 0)
    for name, acting in (("quiet", ()), ("pools dry", (slow_leaf,))):
        state, _ = stationary.settle(world, base, rps[:1])
        at = parameters.fold(world, acting, 0)
        times = []
        for tick in range(ticks):
            began = perf_counter()
            state, result = flow.step(world, at, state, rps[tick : tick + 1], 5.0)
            times.append(perf_counter() - began)
        print(
            f"step, {name}: {1000 * median(times):.3f} ms median, {1 / median(times):.0f} ticks/s; "
            f"busiest cell {result.cpu_share.max():.2f}, failed {result.stream_failed_share.max():.4f}"
        )
    groups = topology.grouping([world.stations_of(c.component, zone=c.zone) for c in world.cells])
    began = perf_counter()
    result.percentiles_ms(groups)
    print(f"percentiles of {groups.size} cells {1000 * (perf_counter() - began):.2f} ms")
    times = []
    for _ in range(7):
        history = demand.undisturbed(world, 1, start, np.arange(-96, 1) * 900_000)
        began = perf_counter()
        day = stationary.solve(world, base, history)
        times.append(perf_counter() - began)
    print(f"24 h of history, 97 times {1000 * median(times):.1f} ms")
    began = perf_counter()
    day.percentiles_ms(groups)
    print(f"its percentiles {1000 * (perf_counter() - began):.1f} ms")


if __name__ == "__main__":
    main()
