"""Pools of slots that somebody else's slowness fills: loads and latencies solved together in a tick."""

import numpy as np
from numpy.typing import NDArray

from sim.world.load import Load
from sim.world.parameters import Parameters
from sim.world.topology import Topology

Floats = NDArray[np.float64]

_POOL_BUSY_SHARE = 0.7  # below this share of slots in use a pool does not limit anything
_MOVE_MIN = 1e-3  # smaller moves of ln H wait for the next tick
_KNOWN_MIN = 1e-4  # smaller moves tell nothing of the slope
_SLOPE_MAX = 50.0


class Coupling:
    """Solves `x H(x) = C` for pools that somebody else's slowness fills, pass by pass.

    Taking H from the last tick would oscillate with period 2. ln H moves by its residual over (1 + slope),
    the slope being that of the last two passes.
    """

    def __init__(self, holding_s: Floats, slope: Floats) -> None:
        self.holding_s, self.slope = holding_s, slope
        self._last: tuple[Floats, Floats] | None = None

    def settled(self, found_s: Floats, busy: NDArray[np.bool_]) -> bool:
        """Take the holding time that a pass found; return whether another pass is of no use."""
        if not np.count_nonzero(busy):
            self.holding_s = found_s
            return True
        residual = np.log(found_s / self.holding_s)
        if self._last is not None:
            moved, residual_before = self._last
            known = np.abs(moved) > _KNOWN_MIN
            secant = (residual_before - residual) / np.where(known, moved, 1.0) - 1.0
            self.slope = np.where(known, np.clip(secant, 1.0, _SLOPE_MAX), self.slope)
        move = np.where(busy, residual / (1.0 + self.slope), residual)
        self._last = (move, residual)
        self.holding_s = self.holding_s * np.exp(move)
        return not np.count_nonzero(np.abs(move) >= _MOVE_MIN)


def busy_pools(
    topology: Topology, parameters: Parameters, loads: Load, holding_s: Floats
) -> NDArray[np.bool_]:
    """Return the stations (B, stations) in whose cell most slots are taken, at this holding time."""
    held = np.add.reduceat(loads.out_rps * holding_s, topology.first_stations, 1)
    return (held > _POOL_BUSY_SHARE * parameters.slots).take(topology.station_cell, 1)
