"""The world's flow by itself: 20 components, 60 cells, 5 levels.

`bench` takes its ticks per second from here; by hand it tells more:

    python tests/bench/bench_flow.py
"""

from datetime import UTC, datetime
from statistics import median
from time import perf_counter

import numpy as np

from sim.spec import Call, ClientClass, Component, Journey, Operation, Where, World
from sim.world import demand, flow, parameters, stationary, topology
from sim.world.modifiers import Modifier, Op, Param

START = datetime(2026, 3, 4, 14, tzinfo=UTC)
TICKS = 200
SLOW_LEAF = Modifier("slow", "bench", Where(component="c4-1"), Param.WORK, Op.MUL, 10.0, 0)
DAYS: tuple[tuple[str, tuple[Modifier, ...]], ...] = (("quiet", ()), ("pools dry", (SLOW_LEAF,)))


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


def steps_s(world: topology.Topology, acting: tuple[Modifier, ...]) -> tuple[list[float], flow.Flow]:
    """Return the seconds of each of TICKS ticks from a settled start, and the last flow."""
    rps = demand.undisturbed(world, 1, START, np.arange(TICKS) * 5000)
    state, _ = stationary.settle(world, parameters.fold(world, (), 0), rps[:1])
    at = parameters.fold(world, acting, 0)
    took_s = []
    for tick in range(TICKS):
        began = perf_counter()
        state, result = flow.step(world, at, state, rps[tick : tick + 1], 5.0)
        took_s.append(perf_counter() - began)
    return took_s, result


def ticks_per_s() -> dict[str, float]:
    """Return the median speed on a good day and on a bad one."""
    world = topology.build(_world())
    return {name: 1 / median(steps_s(world, acting)[0]) for name, acting in DAYS}


def main() -> None:
    """Print the figures of every part."""
    world = topology.build(_world())
    print(
        f"{len(world.cells)} cells, {len(world.stations)} stations, {len(world.links)} links, "
        f"{len(world.pool_legs.members)} legs, {len(world.levels)} levels"
    )
    for name, acting in DAYS:
        took_s, result = steps_s(world, acting)
        print(
            f"step, {name}: {1000 * median(took_s):.3f} ms median, {1 / median(took_s):.0f} ticks/s; "
            f"busiest cell {result.cpu_share.max():.2f}, failed {result.stream_failed_share.max():.4f}"
        )
    groups = topology.grouping([world.stations_of(c.component, zone=c.zone) for c in world.cells])
    began = perf_counter()
    result.percentiles_ms(groups)
    print(f"percentiles of {groups.size} cells {1000 * (perf_counter() - began):.2f} ms")
    base = parameters.fold(world, (), 0)
    times = []
    for _ in range(7):
        history = demand.undisturbed(world, 1, START, np.arange(-96, 1) * 900_000)
        began = perf_counter()
        day = stationary.solve(world, base, history)
        times.append(perf_counter() - began)
    print(f"24 h of history, 97 times {1000 * median(times):.1f} ms")
    began = perf_counter()
    day.percentiles_ms(groups)
    print(f"its percentiles {1000 * (perf_counter() - began):.1f} ms")


if __name__ == "__main__":
    main()
