"""The responders' own tools: dashboards, logs, traces, status page and remote access, which can be lost too.

A tool needs an endpoint of the world. It is slow where a tenth of the requests to that endpoint fail and
lost where half of them do, over the last minute: the thresholds are assumptions.
"""

from collections.abc import Sequence
from typing import Literal

from sim.spec import ToolName
from sim.world.flow import Flow
from sim.world.graph import resolve
from sim.world.topology import Topology

State = Literal["ok", "slow", "lost"]

SLOW_FROM_SHARE = 0.10
LOST_FROM_SHARE = 0.50
SAMPLES = 4
"""So many telemetry samples of 15 s are looked at: a minute."""
SLOW_DATA_MS = 60_000
"""What a slow tool shows is so much older than now."""


class Tools:
    """The tools of one world; `flows` are the kept samples, (time, flow), the newest last."""

    def __init__(self, topology: Topology, flows: Sequence[tuple[int, Flow]]) -> None:
        self._topology = topology
        self._flows = flows
        self._needs = {tool.tool: resolve(topology.world, tool.needs) for tool in topology.world.tools}

    def needed(self, tool: ToolName) -> str:
        """Return the component that a tool needs; '' where it needs none."""
        return self._needs.get(tool, ("", ""))[0]

    def state(self, tool: ToolName) -> State:
        """Return how a tool works now; one that needs nothing always does."""
        needed = self._needs.get(tool)
        recent = [self._flows[i][1] for i in range(max(0, len(self._flows) - SAMPLES), len(self._flows))]
        if needed is None or not recent:
            return "ok"
        failing = sum(_failing(self._topology, flow, *needed) for flow in recent) / len(recent)
        if failing >= LOST_FROM_SHARE:
            return "lost"
        return "slow" if failing >= SLOW_FROM_SHARE else "ok"


def _failing(topology: Topology, flow: Flow, component: str, operation: str) -> float:
    """Return the share of requests to an operation that fail, those that find nobody there included."""
    stations = topology.stations_of(component, operation)
    nowhere = float(flow.parameters.no_cell_share[topology.component_index(component)])
    weight = flow.offered_rps[0, stations] + 1e-9 * (
        flow.parameters.weight[topology.station_cell[stations]] + 1e-3
    )
    failed = float(flow.failed_share[0, stations] @ weight / weight.sum())
    return nowhere + (1.0 - nowhere) * failed
