"""Where requests go: over the cells of a component, and over the stations of a pool."""

import numpy as np
from numpy.typing import NDArray

from sim.world.topology import Topology

Floats = NDArray[np.float64]


def over_cells(topology: Topology, weight: Floats, keys: Floats) -> tuple[Floats, Floats]:
    """Return each cell's share of its component's requests, and what share per component finds none.

    `weight` and `keys` are per cell. A key belongs to its shard, so every shard gets its share of the keys,
    an even one times the mean of `keys` over its cells, over the cells that it has left.
    """
    size = len(topology.components)
    total = np.bincount(topology.cell_shard, weights=weight)
    share = _divided(weight, total[topology.cell_shard])
    popular = np.bincount(topology.cell_shard, weights=keys) / np.bincount(topology.cell_shard).astype(float)
    in_all = np.bincount(topology.shard_component, weights=popular, minlength=size)[topology.shard_component]
    share *= _divided(popular, in_all)[topology.cell_shard]
    found = np.bincount(topology.cell_component, weights=share, minlength=size)
    return share, np.clip(1.0 - found, 0.0, 1.0)


def over_pools(topology: Topology, share: Floats) -> Floats:
    """Return the share of its pool's requests per leg; `share` is that of each cell in its component's.

    The pool of a zone keeps to that zone, shard by shard, wherever the zone has a cell that takes traffic.
    """
    legs = topology.pool_legs
    cell = topology.station_cell[legs.members]
    inside = topology.leg_at_home
    if inside.all():
        return share[cell]
    shards = len(topology.shard_component)
    group = legs.group * shards + topology.cell_shard[cell]
    size = len(topology.pools) * shards
    everywhere = np.bincount(group, weights=share[cell], minlength=size)
    here = np.bincount(group, weights=share[cell] * inside, minlength=size)
    at_home = _divided(share[cell] * inside * everywhere[group], here[group])
    kept: Floats = np.where(here[group] > 0.0, at_home, share[cell])
    return kept


def _divided(above: Floats, below: NDArray[np.number]) -> Floats:
    """Return the quotients, 0 where the divisor is."""
    quotient: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0.0)
    return quotient
