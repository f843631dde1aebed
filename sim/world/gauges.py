"""What can be read off slow state, cell by cell: NaN where a cell has no such thing."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.slow import DAY_S, LAG_MIN_S, Slow, SlowWorld
from sim.world.topology import Topology

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gauges:
    """Readings per cell at `t_ms`."""

    t_ms: int
    memory_share: Floats
    disk_share: Floats
    hit_share: Floats  # caches
    lag_s: Floats  # replicas and standbys
    certificate_days: Floats  # at `t_ms`; what has a certificate
    backlog: Floats  # messages; 0 where there is no queue
    age_s: Floats  # queues

    def days_left(self, t_ms: NDArray[np.int64]) -> Floats:
        """Return the days until certificates run out (len(t_ms), cells), if nobody renews them."""
        return self.certificate_days - ((t_ms - self.t_ms) / (1000.0 * DAY_S))[:, None]


def ordinary(topology: Topology) -> Gauges:
    """Return what slow state shows of a world at drill start when nothing has gone wrong."""
    components = [topology.world.component(cell.component) for cell in topology.cells]
    follows = topology.cell_standby | np.array([c.replica_of is not None for c in components], dtype=bool)
    fed = {lane.cell for lane in topology.lanes}
    return Gauges(
        t_ms=0,
        memory_share=np.array([component.memory_share for component in components]),
        disk_share=np.array([component.disk_share for component in components]),
        hit_share=np.array([np.nan if c.cache is None else c.cache.hit_share for c in components]),
        lag_s=np.where(follows, LAG_MIN_S, np.nan),
        certificate_days=np.array([c.certificate_days or np.nan for c in components]),
        backlog=np.zeros(len(components)),
        age_s=np.array([0.0 if cell in fed else np.nan for cell in range(len(components))]),
    )


def read(world: SlowWorld, slow: Slow, t_ms: int) -> Gauges:
    """Return what slow state shows at `t_ms`."""
    lanes = world.topology.lanes
    backlog, age_s = np.zeros(len(slow.warmth)), np.full(len(slow.warmth), np.nan)
    for lane, waiting, oldest_s in zip(lanes, slow.backlog, slow.age_s, strict=True):
        backlog[lane.cell] += waiting
        age_s[lane.cell] = np.fmax(age_s[lane.cell], oldest_s)
    return Gauges(
        t_ms=t_ms,
        memory_share=world.memory_share(slow),
        disk_share=world.disk_share(slow),
        hit_share=np.where(world.is_cache, world.hit_share(slow), np.nan),
        lag_s=np.where(world.follows, slow.lag_s, np.nan),
        certificate_days=np.where(np.isfinite(slow.valid_s), slow.valid_s / DAY_S, np.nan),
        backlog=backlog,
        age_s=age_s,
    )
