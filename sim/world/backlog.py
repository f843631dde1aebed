"""Backlogs of queues: what producers put in, what consumers take out, and how old the next message is.

Every consumer gets every message. A lane holds the messages of one cell of a queue for one consumer. In a
tick a lane hands out `min(what the consumer can do, in + N / dt)`; what the consumer fails comes back.
"""

import numpy as np
from numpy.typing import NDArray

from sim.world.flow import Flow
from sim.world.parameters import Parameters
from sim.world.topology import Topology

Floats = NDArray[np.float64]

BUSY_SHARE = 0.95
"""Consumers fetch no more than keeps them this busy; an assumption."""


class Lanes:
    """The lanes of one world."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        lanes = topology.lanes
        self._cell = np.array([lane.cell for lane in lanes], dtype=np.intp)
        consumers = list(dict.fromkeys(lane.consumer for lane in lanes))
        self._consumer = np.array([consumers.index(lane.consumer) for lane in lanes], dtype=np.intp)
        self._stations = [
            topology.stations_of(name, topology.world.component(name).operations[0].id) for name in consumers
        ]
        queues = [topology.world.component(topology.cells[lane.cell].component) for lane in lanes]
        self._backlog_max = np.array([queue.backlog_max for queue in queues])

    def step(
        self, backlog: Floats, age_s: Floats, flow: Flow, handed_out: Floats, dt_s: float
    ) -> tuple[Floats, Floats]:
        """Return backlogs and ages after a tick in which the lanes handed out so many messages/s."""
        if not len(self._cell):
            return backlog, age_s
        kept = handed_out * (1.0 - self._failed(flow)[self._consumer])
        after = np.maximum(backlog + dt_s * (published(self._topology, flow)[0] - kept), 0.0)
        oldest_s = after / np.maximum(kept, 1e-9)
        return after, np.where(after > 0.0, np.minimum(oldest_s, age_s + dt_s), 0.0)

    def handed_out(self, backlog: Floats, flow: Flow, parameters: Parameters, dt_s: float) -> Floats:
        """Return what the lanes hand out in the next tick, in messages/s.

        `flow` is that of the tick before, `parameters` are those of now.
        """
        if not len(self._cell):
            return np.zeros(0)
        ready = (published(self._topology, flow)[0] + backlog / dt_s) * parameters.delivery[self._cell]
        wanted = np.bincount(self._consumer, weights=ready, minlength=len(self._stations))
        share = np.minimum(1.0, self._capacity(flow, parameters) / np.maximum(wanted, 1e-9))
        handed: Floats = ready * share[self._consumer]
        return handed

    def spacious(self, backlog: Floats, tight: float) -> bool:
        """Return whether even the smallest queue would have room for all messages there are."""
        return not len(self._cell) or bool(backlog.sum() <= tight * self._backlog_max.min())

    def room(self, backlog: Floats, tight: float) -> Floats:
        """Return the share of messages that each cell of a queue still takes, 1 for all other cells."""
        admit = np.ones(len(self._topology.cells))
        if len(self._cell):
            queue = self._topology.cell_component[self._cell]
            pair = queue * len(self._stations) + self._consumer
            full = (np.bincount(pair, weights=backlog)[pair] / self._backlog_max - tight) / (1.0 - tight)
            np.minimum.at(admit, self._cell, 1.0 - np.clip(full, 0.0, 1.0))
        return admit

    def _capacity(self, flow: Flow, p: Parameters) -> Floats:
        """Return what each consumer can do when it does nothing else, in messages/s."""
        cell = self._topology.station_cell
        holding_s = np.maximum(flow.answers.holding_s[0], 1e-6)
        able = np.minimum(p.processors[cell] / np.maximum(p.work_s, 1e-9), p.slots[cell] / holding_s)
        able = able * p.station_admit * BUSY_SHARE
        return np.array([float(able[stations].sum()) for stations in self._stations])

    def _failed(self, flow: Flow) -> Floats:
        offered, failed = flow.offered_rps[0], flow.failed_share[0]
        return np.array(
            [
                float((offered[s] * failed[s]).sum() / max(float(offered[s].sum()), 1e-9))
                for s in self._stations
            ]
        )


def published(topology: Topology, flow: Flow) -> Floats:
    """Return the messages/s that each lane takes in (B, lanes): what a queue's cell answered well."""
    good = flow.offered_rps * (1.0 - flow.failed_share)
    by_cell = np.add.reduceat(good, topology.first_stations, 1)
    return by_cell[:, [lane.cell for lane in topology.lanes]]
