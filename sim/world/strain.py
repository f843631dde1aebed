"""What slow state does to the parameters: full memory, full disks, stale replicas, cold caches."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.modifiers import Param
from sim.world.topology import Topology

Floats = NDArray[np.float64]

_CLOSE = 1e-3  # a smaller change, of a factor a smaller share of it, is not worth folding parameters again


@dataclass(frozen=True, slots=True, eq=False)
class Strain:
    """Effects of slow state; compared by identity, so the same object means the same effects."""

    topology: Topology
    work: Floats  # cells; factor on own busy time
    replicas: Floats  # cells; factor
    error_share: Floats  # cells; share of requests that fail at random
    writes_failed: Floats  # cells; share of writes that fail, and fail again
    stale: Floats  # cells; share of good reads that are out of date
    admit: Floats  # cells; factor on the share of requests let in
    misses: Floats  # links; factor on how often the call is made

    def lay(self, values: dict[Param, Floats]) -> Floats:
        """Fold the effects into values by parameter, in place; return the factor of each link."""
        cell, writes = self.topology.station_cell, self.topology.station_writes
        failed = self.writes_failed[cell] * writes
        stale = self.stale[cell] * ~writes
        values[Param.WORK] = values[Param.WORK] * self.work[cell]
        values[Param.REPLICAS] = values[Param.REPLICAS] * self.replicas
        values[Param.ERROR_RANDOM] = _either(values[Param.ERROR_RANDOM], self.error_share[cell])
        values[Param.ERROR_REPEATABLE] = _either(values[Param.ERROR_REPEATABLE], failed)
        values[Param.WRONG] = _either(values[Param.WRONG], stale)
        values[Param.ADMIT] = values[Param.ADMIT] * self.admit
        return self.misses

    def near(self, other: "Strain") -> bool:
        """Return whether the effects are the same for all that it matters."""
        return all(
            _near(getattr(self, name), getattr(other, name))
            for name in ("work", "replicas", "error_share", "writes_failed", "stale", "admit", "misses")
        )

    @property
    def nothing(self) -> bool:
        """Whether there is no effect at all."""
        factors = (self.work, self.replicas, self.admit, self.misses)
        shares = (self.error_share, self.writes_failed, self.stale)
        return not any((np.abs(factor - 1.0) > _CLOSE).any() for factor in factors) and not any(
            (share > _CLOSE).any() for share in shares
        )


def _near(one: Floats, other: Floats) -> bool:
    return bool((np.abs(one - other) < _CLOSE * np.maximum(other, 1.0)).all())


def _either(one: Floats, other: Floats) -> Floats:
    """Return the share that one of two independent shares hits."""
    either: Floats = one + other - one * other
    return either
