"""The responders' own tools: dashboards, logs, traces, status page and remote access, which can be lost too.

A tool needs an endpoint of the world. It is slow where a tenth of the requests to that endpoint fail and
lost where half of them do, over the last minute: the thresholds are assumptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sim.spec import ToolName
from sim.world.flow import Flow
from sim.world.graph import resolve
from sim.world.topology import Indices, Topology

State = Literal["ok", "slow", "lost"]

SLOW_FROM_SHARE = 0.10
LOST_FROM_SHARE = 0.50
SAMPLES = 4
"""So many telemetry samples of 15 s are looked at: a minute."""
SLOW_DATA_MS = 60_000
"""What a slow tool shows is so much older than now."""


@dataclass(frozen=True, slots=True)
class _Need:
    """The endpoint that a tool needs: its component by index, and the stations of its operation."""

    component: int
    stations: Indices


class Tools:
    """The tools of one world; `flows` are the kept samples, (time, flow), the newest last."""

    def __init__(self, topology: Topology, flows: Sequence[tuple[int, Flow]]) -> None:
        self._topology = topology
        self._flows = flows
        self._needs = {tool.tool: _need(topology, tool.needs) for tool in topology.world.tools}
        self._known: tuple[int, dict[ToolName, State]] = (0, {})  # of which newest sample; asked for often

    def needed(self, tool: ToolName) -> str:
        """Return the component that a tool needs; '' where it needs none."""
        need = self._needs.get(tool)
        return "" if need is None else self._topology.components[need.component].id

    def state(self, tool: ToolName) -> State:
        """Return how a tool works now; one that needs nothing always does."""
        need = self._needs.get(tool)
        if need is None or not self._flows:
            return "ok"
        newest_ms = self._flows[-1][0]
        if self._known[0] != newest_ms:
            self._known = (newest_ms, {})
        if tool not in self._known[1]:
            self._known[1][tool] = self._judged(need)
        return self._known[1][tool]

    def _judged(self, need: _Need) -> State:
        recent = [self._flows[i][1] for i in range(max(0, len(self._flows) - SAMPLES), len(self._flows))]
        failing = sum(_failing(self._topology, flow, need) for flow in recent) / len(recent)
        if failing >= LOST_FROM_SHARE:
            return "lost"
        return "slow" if failing >= SLOW_FROM_SHARE else "ok"


def _need(topology: Topology, endpoint: str) -> _Need:
    component, operation = resolve(topology.world, endpoint)
    return _Need(topology.component_index(component), topology.stations_of(component, operation))


def _failing(topology: Topology, flow: Flow, need: _Need) -> float:
    """Return the share of requests to an operation that fail, those that find nobody there included."""
    nowhere = float(flow.parameters.no_cell_share[need.component])
    weight = flow.offered_rps[0, need.stations] + 1e-9 * (
        flow.parameters.weight[topology.station_cell[need.stations]] + 1e-3
    )
    failed = float(flow.failed_share[0, need.stations] @ weight / weight.sum())
    return nowhere + (1.0 - nowhere) * failed
