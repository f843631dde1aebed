"""The downward sweep of a tick: loads from the entries to the leaves, and the queue of every cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world import queueing
from sim.world.parameters import Parameters
from sim.world.topology import Level, Topology

Floats = NDArray[np.float64]

_TINY = 1e-12
_MU_MIN = 1e-9  # requests/s of a cell without replicas: it answers nobody, and nothing divides by zero


@dataclass(frozen=True, slots=True)
class Before:
    """What the downward sweep starts from."""

    arriving_rps: Floats  # (B, pools) what comes neither from users nor from calls of this tick

    in_system: Floats  # (B, stations) requests at the end of the last tick
    newton: Floats  # (B, cells) warm start of the queue equation
    holding_s: Floats  # (B, stations) how long a request holds its slot
    attempts_per_request: Floats  # (B, links)


@dataclass(frozen=True, slots=True)
class Load:
    """What every station, cell and link was given to do, and what it did. First axis: batch."""

    offered_rps: Floats  # stations
    admitted_rps: Floats  # stations; not lost and not throttled
    out_rps: Floats  # stations
    in_system: Floats  # stations
    attempts_rps: Floats  # links
    waiting: Floats  # cells
    wait_s: Floats  # cells
    wait_variance_s2: Floats  # cells
    shed_share: Floats  # cells; of admitted
    newton: Floats  # cells


def sweep(
    topology: Topology, parameters: Parameters, entering_rps: Floats, before: Before, dt_s: float
) -> Load:
    """Return the loads of one tick, level by level; what one level sends is what the next is offered."""
    wanted_rps = entering_rps @ topology.entries + before.arriving_rps
    work = _Work(topology, parameters, before, len(entering_rps), dt_s)
    for level in topology.levels:
        wanted = wanted_rps[:, level.pools]
        if len(level.incoming):
            sent = work.attempts_rps.take(level.incoming, 1)
            wanted[:, level.incoming_pools] += np.add.reduceat(sent, level.incoming_starts, 1)
        work.serve(level, wanted)
        if level.calls:
            making = work.out_rps.take(topology.link_station[level.links], 1)
            per_request = before.attempts_per_request[:, level.links]
            np.multiply(making, per_request, out=work.attempts_rps[:, level.links])
    return work.load()


class _Work:
    """Arrays that the levels of one downward sweep fill."""

    def __init__(
        self, topology: Topology, parameters: Parameters, before: Before, batch: int, dt_s: float
    ) -> None:
        self._parameters, self._before, self._dt_s = parameters, before, dt_s
        stations, cells = len(topology.stations), len(topology.cells)
        self._offered_rps, self._admitted_rps, self.out_rps, self._in_system = np.empty((4, batch, stations))
        self.attempts_rps = np.empty((batch, len(topology.links)))
        self._cells = np.empty((8, batch, cells))
        self._per_request = np.empty((3, batch, stations))  # requests, work, holding time
        self._per_request[0] = 1.0
        self._per_request[1] = parameters.work_s
        self._per_request[2] = before.holding_s

    def serve(self, level: Level, wanted: Floats) -> None:
        """Run the queues of one level for a tick; `wanted` are the requests of each pool."""
        at, cells = level.stations, level.cells
        legs = wanted.take(level.leg_pool, 1) * self._parameters.leg_weight[level.legs]
        offered = np.add.reduceat(legs, level.leg_starts, 1, out=self._offered_rps[:, at])
        admitted = np.multiply(offered, self._parameters.station_admit[at], out=self._admitted_rps[:, at])
        before = self._before.in_system[:, at]
        # An empty cell still has a mean work: the tiny share decides it and carries no requests.
        present = before + self._dt_s * admitted + _TINY
        mix = np.add.reduceat(present * self._per_request[:, :, at], level.cell_starts, 2)
        by_processors = self._parameters.processors[cells] * mix[0] / mix[1]
        holding_s = mix[2] / mix[0]
        by_slots = self._parameters.slots[cells] / holding_s + _MU_MIN
        ratio = by_processors / by_slots
        ratio *= ratio
        ratio *= ratio
        blend = ratio / (1.0 + ratio)  # 0: processors are the servers, 1: slots are
        mu = np.maximum(np.minimum(by_processors, by_slots), _MU_MIN)
        power = self._parameters.power[cells] + blend * self._parameters.power_more[cells]
        server = self._server(mu, mu * holding_s, power, cells)
        waited = np.add.reduceat(before, level.cell_starts, 1)
        arrivals = np.add.reduceat(admitted, level.cell_starts, 1)
        queue = queueing.solve(server, waited, arrivals, self._dt_s, self._before.newton[:, cells])
        there = self._cells[:, :, cells]
        there[0], there[1], there[2], there[3] = mu, server.busy, power, queue.in_system
        there[4], there[5], there[6], there[7] = queue.out_rps, arrivals, queue.newton, queue.shed_rps
        rates = (there[3:5] / mix[0]).take(level.station_cell, 2)
        np.multiply(present, rates[0], out=self._in_system[:, at])
        np.multiply(present, rates[1], out=self.out_rps[:, at])

    def load(self) -> Load:
        """Return what the sweep found."""
        mu, busy, power, in_system, out, arrivals, newton, shed = self._cells
        server = self._server(mu, busy, power, slice(None))
        waiting, wait_s, variance = queueing.waits(server, in_system, out, arrivals, newton)
        return Load(
            offered_rps=self._offered_rps,
            admitted_rps=self._admitted_rps,
            out_rps=self.out_rps,
            in_system=self._in_system,
            attempts_rps=self.attempts_rps,
            waiting=waiting,
            wait_s=wait_s,
            wait_variance_s2=variance,
            shed_share=np.minimum(shed / np.maximum(arrivals, _TINY), 1.0),
            newton=newton,
        )

    def _server(self, mu: Floats, busy: Floats, power: Floats, cells: slice) -> queueing.Server:
        p = self._parameters
        return queueing.Server(mu, busy, power, p.queue_max_s[cells], p.sources[cells], p.drops_dead[cells])
