"""Small worlds for tests, built in a line."""

from collections.abc import Sequence

import numpy as np

from sim.spec import Call, ClientClass, Component, Journey, Operation, Rhythm, Where, World
from sim.world import flow
from sim.world.dynamics import Dynamics
from sim.world.modifiers import Modifier, Op, Param
from sim.world.parameters import Parameters
from sim.world.topology import Topology


def component(
    name: str, *calls: Call, work_ms: float = 10.0, error_share: float = 0.0, **fields
) -> Component:
    """One component with one operation."""
    operation = Operation(id="serve", work_ms=work_ms, error_share=error_share, calls=calls)
    fields = {"kind": "service", "team": "team", "replicas": 1, "operations": (operation,)} | fields
    return Component(id=name, title=name, **fields)


def world(
    *components: Component,
    rps: float = 10.0,
    zones: Sequence[str] = ("a",),
    timeout_ms: int = 60_000,
    slow_ms: int = 2_000,
) -> World:
    """A world whose users all enter at the first component, evenly over the day."""
    return World(
        id="small",
        title="small",
        summary="small",
        zones=tuple(zones),
        rhythm=Rhythm(trough_share=1.0, weekend_share=1.0, jitter=0.0),
        components=components,
        journeys=(
            Journey(
                id="browse", title="browse", entry=components[0].id, timeout_ms=timeout_ms, slow_ms=slow_ms
            ),
        ),
        clients=(ClientClass(id="users", title="users", rps={"browse": rps}),),
    )


def metastable_pair(queue_max_s: float = 2.0, **db) -> World:
    """A front that retries twice after 0.8 s and a database; 70/s are 0.7 of what that can do (flow.md)."""
    call = Call(to="db", timeout_ms=800, retries=2)
    return world(
        component("front", call, work_ms=1, replicas=4, slots_per_replica=4096),
        component("db", work_ms=40, slots_per_replica=512, queue_max_s=queue_max_s, **db),
    )


def run(
    topology: Topology,
    parameters: Parameters,
    rps: float,
    seconds: float,
    *,
    dt_s: float = 5.0,
    state: flow.FlowState | None = None,
) -> tuple[flow.FlowState, list[flow.Flow]]:
    """Run at constant demand and return the state and the flow of every tick."""
    state = state or flow.idle(topology)
    flows = []
    for _ in range(round(seconds / dt_s)):
        state, result = flow.step(topology, parameters, state, np.full((1, 1), rps), dt_s)
        flows.append(result)
    return state, flows


def acting(
    param: Param, op: Op, value: float, *, from_s: float = 0, to_s: float | None = None, **where: str
) -> Modifier:
    """One modifier, named by what it does."""
    to_ms = None if to_s is None else round(to_s * 1000)
    identity = f"{param}-{op}-{value}-{where}"
    return Modifier(identity, "test", Where(**where), param, op, value, round(from_s * 1000), to_ms)


class Living:
    """A world with flow and slow state, played tick by tick at constant demand."""

    def __init__(self, topology: Topology, rps: float, *modifiers: Modifier, dt_s: float = 5.0) -> None:
        self.rps = np.full((1, len(topology.streams)), rps)
        self.dynamics = Dynamics(topology, (), self.rps)
        self.modifiers = modifiers
        self.dt_s = dt_s
        self.now_s = 0.0

    def run(self, seconds: float) -> list[flow.Flow]:
        """Play for so long and return the flow of every tick."""
        flows = []
        for _ in range(round(seconds / self.dt_s)):
            self.now_s += self.dt_s
            self.dynamics.tick(self.modifiers, round(self.now_s * 1000), self.rps, self.dt_s)
            flows.append(self.dynamics.flow)
        return flows
