"""A shop of three components and two journeys, small enough to check by hand."""

from datetime import UTC, datetime

import numpy as np

from sim.spec import Call, ClientClass, Component, Journey, Operation, Rule, World
from sim.world import demand, flow, parameters, stationary, topology
from sim.world.modifiers import Modifier

STARTS_AT = datetime(2024, 3, 5, 14, 30, tzinfo=UTC)
SEED = 7


def component(name: str, *operations: Operation, **fields) -> Component:
    return Component(id=name, title=name, team="shop", operations=operations, **{"replicas": 12, **fields})


def world(*more: Component, rules: tuple[Rule, ...] = ()) -> World:
    pay = Call(to="payments", timeout_ms=800, retries=1)
    ads = Call(to="ads", timeout_ms=200, soft=True)
    return World(
        id="tiny",
        title="tiny shop",
        summary="three components",
        zones=("a", "b"),
        components=(
            component(
                "web",
                Operation(id="browse", work_ms=4, calls=(ads,)),
                Operation(id="place", work_ms=8, calls=(pay,)),
                kind="edge",
            ),
            component("payments", Operation(id="charge", work_ms=10), kind="service"),
            component("ads", Operation(id="pick", work_ms=5), kind="service"),
            *more,
        ),
        journeys=(
            Journey(id="checkout", title="check out", entry="web.place", critical=True),
            Journey(id="browse", title="browse", entry="web.browse"),
        ),
        clients=(
            ClientClass(id="eu", title="Europe", rps={"checkout": 60, "browse": 200}),
            ClientClass(id="us", title="America", rps={"checkout": 40, "browse": 100}, peak_hour_utc=20),
        ),
        rules=rules,
    )


def built(*more: Component, versions=None, rules: tuple[Rule, ...] = ()) -> topology.Topology:
    return topology.build(world(*more, rules=rules), versions)


def played(
    at: topology.Topology, modifiers: tuple[Modifier, ...] = (), until_ms: int = 60_000, tick_ms: int = 5_000
) -> list[tuple[int, flow.Flow]]:
    """Start from an ordinary moment, play, and return the flow at every telemetry sample from 0."""
    times = np.arange(0, until_ms + 1, tick_ms)
    rps = demand.undisturbed(at, SEED, STARTS_AT, times)
    state, _ = stationary.settle(at, parameters.fold(at, (), 0), rps[:1])
    samples = []
    for t_ms, now in zip(times, rps, strict=True):
        state, flowed = flow.step(
            at, parameters.fold(at, modifiers, int(t_ms)), state, now[None], tick_ms / 1000
        )
        if t_ms % 15_000 == 0:
            samples.append((int(t_ms), flowed))
    return samples
