"""The kinds of attempts that links make: what becomes of an attempt is worked out once for all alike."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.parts import Indices
from sim.world.topology import Topology

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Attempts:
    """The kinds of attempts that some links make: links with the same pool and timeout share a kind.

    What becomes of an attempt depends on these two alone, so it is worked out once for all such links, which
    are most: a call is the same from every zone and version. A kind has a leg to each station of its pool.
    """

    leg_station: Indices
    leg_weight: Floats  # share of the attempts that goes there
    leg_timeout_s: Floats
    leg_log_timeout: Floats
    leg_starts: Indices  # first leg of each kind
    link_kind: Indices  # kind of each of the links


@dataclass(frozen=True, slots=True)
class Kinds:
    """The kinds of attempts of some links under their timeouts, before it is known where requests go."""

    legs: Indices  # of the topology's `pool_legs`
    leg_station: Indices
    leg_timeout_s: Floats
    leg_log_timeout: Floats
    leg_starts: Indices
    link_kind: Indices

    def attempts(self, leg_weight: Floats) -> Attempts:
        """Return the attempts under these shares of each pool's requests, per leg of the topology."""
        return Attempts(
            leg_station=self.leg_station,
            leg_weight=leg_weight[self.legs],
            leg_timeout_s=self.leg_timeout_s,
            leg_log_timeout=self.leg_log_timeout,
            leg_starts=self.leg_starts,
            link_kind=self.link_kind,
        )


def kinds(topology: Topology, links: Indices, timeout_s: Floats) -> Kinds:
    """Return the kinds of attempts of some links; `timeout_s` is per link of the topology."""
    asked = np.stack((topology.link_pool[links].astype(np.float64), timeout_s[links]))
    (pools, timeouts_s), link_kind = np.unique(asked, axis=1, return_inverse=True)
    legs = topology.pool_legs.of(pools.astype(np.intp))
    leg_timeout_s = timeouts_s[legs.group]
    return Kinds(
        legs=legs.members,
        leg_station=topology.pool_legs.members[legs.members],
        leg_timeout_s=leg_timeout_s,
        leg_log_timeout=np.log(leg_timeout_s),
        leg_starts=legs.starts,
        link_kind=link_kind.reshape(-1).astype(np.intp),
    )
