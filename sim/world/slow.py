"""Slow state: what builds up over minutes and hours, and what it does to the world.

Cache warmth, leaked memory, filled disks, replication lag, certificates, and the backlogs of queues. It is
integrated tick by tick with rates from parameters and load. All figures that are not a scenario's own are
assumptions, named at the top.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.spec import Where
from sim.world import backlog
from sim.world.flow import Flow
from sim.world.parameters import Parameters
from sim.world.strain import Strain
from sim.world.topology import Topology

Floats = NDArray[np.float64]
DAY_S = 86_400.0

MEMORY_TIGHT_SHARE = 0.9
"""From this share of memory on the collector works more and more, up to MEMORY_FULL_WORK times the work."""
MEMORY_FULL_WORK = 3.0
MEMORY_FULL_REPLICAS, MEMORY_FULL_ERRORS = 0.5, 0.1
"""Where memory is full replicas are killed and start again: so many serve, so many requests are lost."""

DISK_TIGHT_SHARE = 0.97
"""From this share of the disk on writes begin to fail; at 1 all of them do."""

LAG_MIN_S = 0.05
APPLY_HEADROOM = 2.0
"""A replica applies writes twice as fast as they usually come."""
STALE_FROM_S, STALE_S = 1.0, 30.0
"""Reads of a replica that lags by more than the first are out of date, 63 % of them at the second more."""

BACKLOG_TIGHT_SHARE = 0.98
"""From this share of what a queue holds on it refuses messages; full, it refuses all."""

_FULL = 0.999
_MISSED_MIN = 1e-3  # of requests, as a cache that holds everything still fetches something
_RPS_MIN = 1e-6


@dataclass(frozen=True, slots=True)
class Slow:
    """Slow state of all cells and lanes (a queue's cell to one consumer)."""

    warmth: Floats  # cells of caches, from 0 (empty) to 1
    leaked: Floats  # cells; share of memory that nobody uses any more
    filled: Floats  # cells; share of the disk filled since the start
    disk_size: Floats  # cells; factor
    lag_s: Floats  # cells of replicas and standbys: seconds of usual writes they have yet to apply
    valid_s: Floats  # cells; until the certificate runs out, inf without one
    backlog: Floats  # lanes; messages
    age_s: Floats  # lanes; how long the next message has waited
    replicas: Floats  # cells; of the tick before


@dataclass(frozen=True, slots=True)
class Reset:
    """What an act or a fault does at once to one field of `Slow`, at a place: set it, or multiply it.

    With `fetch`, of caches: their warmth moves towards 1 by this share, as far as their origin answers.
    """

    field: str
    where: Where
    set_to: float | None = None
    times: float = 1.0
    fetch: float | None = None


class SlowWorld:
    """The constants of one world that slow state needs, and its laws."""

    def __init__(self, topology: Topology, usual: Flow) -> None:
        """Take `usual`, the flow of an ordinary moment: load is measured against it."""
        self.topology = topology
        components = [topology.world.component(cell.component) for cell in topology.cells]
        self.memory_base = np.array([component.memory_share for component in components])
        self.disk_base = np.array([component.disk_share for component in components])
        self._certificates = np.array([c.certificate_days or np.inf for c in components]) * DAY_S
        caches = [component.cache for component in components]
        self._hit_share = np.array([0.0 if cache is None else cache.hit_share for cache in caches])
        self._keys = np.array([1.0 if cache is None else cache.keys for cache in caches])
        self.is_cache = np.array([cache is not None for cache in caches])
        self._primary = _primaries(topology)
        self.follows = self._primary >= 0
        self._usual_rps = np.maximum(self._by_component(usual.served_rps[0]), _RPS_MIN)
        self._usual_writes = np.maximum(self._writes(usual), _RPS_MIN)
        self.lanes = backlog.Lanes(topology)

    def begin(self, parameters: Parameters, valid_s: Mapping[str, float]) -> Slow:
        """Return the state of an ordinary day; `valid_s` says when certificates run out, by component."""
        cells, lanes = len(self.topology.cells), len(self.topology.lanes)
        valid = self._certificates.copy()
        for component, seconds in valid_s.items():
            valid[self.topology.cells_of(component)] = seconds
        return Slow(
            warmth=np.ones(cells),
            leaked=np.zeros(cells),
            filled=np.zeros(cells),
            disk_size=np.ones(cells),
            lag_s=np.full(cells, LAG_MIN_S),
            valid_s=valid,
            backlog=np.zeros(lanes),
            age_s=np.zeros(lanes),
            replicas=parameters.replicas,
        )

    def delivered(self, slow: Slow, flow: Flow, parameters: Parameters, dt_s: float) -> Slow:
        """Return the state after queues alone have worked for a tick, with `flow` as it was and is."""
        handed_out = self.lanes.handed_out(slow.backlog, flow, parameters, dt_s)
        waiting, age_s = self.lanes.step(slow.backlog, slow.age_s, flow, handed_out, dt_s)
        return replace(slow, backlog=waiting, age_s=age_s)

    def step(self, slow: Slow, flow: Flow, tick_s: float, ticks: int = 1) -> Slow:
        """Return the state after some ticks in which `flow` flowed, the last of them for queues."""
        p, dt_s = flow.parameters, ticks * tick_s
        load = (self._by_component(flow.served_rps[0]) / self._usual_rps)[self.topology.cell_component]
        there = p.replicas > 0.0
        room = 1.0 - self.memory_base
        waiting, age_s = self.lanes.step(slow.backlog, slow.age_s, flow, flow.delivered_rps[0], tick_s)
        return Slow(
            warmth=self._warmed(slow, flow, dt_s),
            leaked=np.clip(slow.leaked + dt_s * p.leak_per_s * load * there, 0.0, room),
            filled=np.minimum(
                slow.filled + dt_s * p.fill_per_s * load * there, slow.disk_size - self.disk_base
            ),
            disk_size=slow.disk_size,
            lag_s=self._lagging(slow, flow, dt_s),
            valid_s=slow.valid_s - dt_s,
            backlog=waiting,
            age_s=age_s,
            replicas=p.replicas,
        )

    def memory_share(self, slow: Slow) -> Floats:
        """Return the share of memory in use, per cell, without its wander."""
        return np.minimum(self.memory_base + slow.leaked, 1.0)

    def disk_share(self, slow: Slow) -> Floats:
        """Return the share of the disk in use, per cell, without its wander."""
        return np.clip((self.disk_base + slow.filled) / slow.disk_size, 0.0, 1.0)

    def hit_share(self, slow: Slow) -> Floats:
        """Return how often a cache has the answer, per cell; 0 where there is no cache."""
        return self._hit_share * np.sqrt(slow.warmth)

    def strain(self, slow: Slow, parameters: Parameters) -> Strain | None:
        """Return what the state does to the world; None where it does nothing."""
        memory, disk = self.memory_share(slow), self.disk_share(slow)
        if self._at_rest(slow, memory, disk):
            return None
        tight = np.clip((memory - MEMORY_TIGHT_SHARE) / (1.0 - MEMORY_TIGHT_SHARE), 0.0, 1.0)
        full = memory >= _FULL
        behind = np.maximum(slow.lag_s - STALE_FROM_S, 0.0) * self.follows * ~self.topology.cell_standby
        found = Strain(
            topology=self.topology,
            work=1.0 + (MEMORY_FULL_WORK - 1.0) * tight * tight,
            replicas=np.where(full, MEMORY_FULL_REPLICAS, 1.0),
            error_share=np.where(full, MEMORY_FULL_ERRORS, 0.0),
            writes_failed=np.clip((disk - DISK_TIGHT_SHARE) / (1.0 - DISK_TIGHT_SHARE), 0.0, 1.0),
            stale=1.0 - np.exp(-behind / STALE_S),
            admit=self.lanes.room(slow.backlog, BACKLOG_TIGHT_SHARE),
            misses=self._misses(slow, parameters),
        )
        return None if found.nothing else found

    def _at_rest(self, slow: Slow, memory: Floats, disk: Floats) -> bool:
        """Return whether nothing has built up at all, which is most of the time and quickly seen."""
        return (
            memory.max() <= MEMORY_TIGHT_SHARE
            and disk.max() <= DISK_TIGHT_SHARE
            and slow.lag_s.max() <= STALE_FROM_S
            and slow.warmth.min() >= 1.0
            and self.lanes.spacious(slow.backlog, BACKLOG_TIGHT_SHARE)
        )

    def reset(self, slow: Slow, reset: Reset, flow: Flow) -> Slow:
        """Return the state with one field changed at a place; `flow` is that of the last tick."""
        values: Floats = getattr(slow, reset.field).copy()
        at = self._places(reset)
        if reset.fetch is not None:
            values[at] += (1.0 - values[at]) * reset.fetch * self._origin_answers(flow)[at]
        elif reset.set_to is not None:
            values[at] = reset.set_to
        else:
            values[at] *= reset.times
        return replace(slow, **{reset.field: values})

    def _origin_answers(self, flow: Flow) -> Floats:
        """Return the share of good answers that each cache's origin gives, per cell."""
        topology, size = self.topology, len(self.topology.components) + 1
        weight = (flow.attempts_rps[0] + 1e-9) * (topology.link_cache >= 0)
        good = weight * (1.0 - flow.attempt_failed_share[0])
        asked = np.bincount(topology.link_cache + 1, weights=weight, minlength=size)[1:]
        answered = np.bincount(topology.link_cache + 1, weights=good, minlength=size)[1:]
        return (answered / np.maximum(asked, 1e-12))[topology.cell_component]

    # --- laws ---------------------------------------------------------------------------------------------

    def _warmed(self, slow: Slow, flow: Flow, dt_s: float) -> Floats:
        """Caches fill with what misses fetched; a node that is lost or new takes its share with it.

        Every miss of what a cache could hold brings a new key: dw/dt = rate (h_max - h) / keys.
        """
        topology, p = self.topology, flow.parameters
        if not self.is_cache.any():
            return slow.warmth
        kept = np.minimum(p.replicas, slow.replicas) / np.maximum(
            np.maximum(p.replicas, slow.replicas), 1e-12
        )
        warmth = slow.warmth * np.where(p.replicas + slow.replicas > 0.0, kept, 1.0)
        fetched = flow.attempts_rps[0] * (1.0 - flow.attempt_failed_share[0])
        fetched *= topology.link_cache >= 0
        of_cache = np.bincount(
            topology.link_cache + 1, weights=fetched, minlength=len(topology.components) + 1
        )
        root = np.sqrt(warmth)
        missed = 1.0 - self._hit_share * root
        missing = p.weight * missed
        total = np.bincount(topology.cell_component, weights=missing, minlength=len(topology.components))
        here = (
            of_cache[1:][topology.cell_component]
            * missing
            / np.maximum(total, 1e-12)[topology.cell_component]
        )
        keys = np.maximum(self._keys * p.weight, 1e-6)
        # h_max - h is h_max (1 - w) / (1 + √w): taken as a decay of 1 - w, no step overshoots.
        asked = here / np.maximum(missed, _MISSED_MIN)
        decay = asked * self._hit_share / (1.0 + root) * dt_s / keys
        filled = 1.0 - (1.0 - warmth) * np.exp(-np.minimum(decay, 700.0))
        return np.where(self.is_cache & (p.weight > 0.0), filled, warmth)

    def _misses(self, slow: Slow, parameters: Parameters) -> Floats:
        """Return by how much calls on a miss are more than in a warm world, per link."""
        topology, size = self.topology, len(self.topology.components)
        asked = np.bincount(topology.cell_component, weights=parameters.weight, minlength=size)
        hits = np.bincount(
            topology.cell_component, weights=parameters.weight * self.hit_share(slow), minlength=size
        )
        best = np.bincount(
            topology.cell_component, weights=parameters.weight * self._hit_share, minlength=size
        )
        usual = np.maximum(asked - best, 1e-3 * asked)
        more = np.where(asked > 0.0, (asked - hits) / np.maximum(usual, 1e-12), 1.0)
        return np.where(topology.link_cache >= 0, np.maximum(more, 1.0)[topology.link_cache], 1.0)

    def _lagging(self, slow: Slow, flow: Flow, dt_s: float) -> Floats:
        """What is written is yet to be applied by replicas; a standby that was promoted follows nobody."""
        p = flow.parameters
        busy = (self._writes(flow) / self._usual_writes)[self._primary]
        lag_s = slow.lag_s + dt_s * (busy - p.apply * APPLY_HEADROOM)
        following = self.follows & ~(self.topology.cell_standby & (p.weight > 0.0))
        return np.where(following, np.clip(lag_s, LAG_MIN_S, DAY_S), LAG_MIN_S)

    # --- sums ---------------------------------------------------------------------------------------------

    def _by_component(self, by_station: Floats) -> Floats:
        component = self.topology.cell_component[self.topology.station_cell]
        return np.bincount(component, weights=by_station, minlength=len(self.topology.components)).astype(
            float
        )

    def _writes(self, flow: Flow) -> Floats:
        """Return the writes that each component took, in requests/s."""
        good = flow.offered_rps[0] * (1.0 - flow.failed_share[0])
        return self._by_component(good * self.topology.station_writes)

    def usual_writes_rps(self, component: str) -> float:
        """Return the writes that a component takes at an ordinary moment, in requests/s."""
        return float(self._usual_writes[self.topology.component_index(component)])

    def _places(self, reset: Reset) -> NDArray[np.intp]:
        where = reset.where
        cells = self.topology.cells_of(where.component, where.zone, where.version, where.shard)
        if reset.field not in ("backlog", "age_s"):
            return cells
        return np.flatnonzero(np.isin([lane.cell for lane in self.topology.lanes], cells))


def _primaries(topology: Topology) -> NDArray[np.intp]:
    """Return the component that each cell follows, -1 where it follows none; a standby follows its own."""
    found = []
    for cell in topology.cells:
        followed = topology.world.component(cell.component).replica_of
        name = cell.component if cell.standby else followed
        found.append(-1 if name is None else topology.component_index(name))
    return np.array(found, dtype=np.intp)
