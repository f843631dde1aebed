"""Why calls fail, as the caller sees it: what logs and traces put into words."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.flow import Cause, Flow

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CallFailures:
    """Shares of the attempts of every link, (links,): the caller gave up, or the callee's answer was bad.

    `why` is the callee's own main reason for bad answers, as a `Cause`.
    """

    timed_out: Floats
    refused: Floats
    why: NDArray[np.intp]


def of_calls(flow: Flow) -> CallFailures:
    """Return how the attempts of every link fail (batch 0): what the callee does not fail has timed out."""
    topology = flow.topology
    count = len(topology.links)
    if not count:
        none = np.zeros(0)
        return CallFailures(none, none, np.zeros(0, dtype=np.intp))
    starts = np.searchsorted(topology.leg_link, np.arange(count))
    load = flow.offered_rps[0, topology.leg_station] + 1e-9
    failed_by = flow.failed_by[:, 0, topology.leg_station] * load
    by_link = np.add.reduceat(failed_by, starts, axis=1) / np.add.reduceat(load, starts)
    by_link[Cause.NETWORK] = 0.0  # from here a lost request looks like silence
    callee_failed = by_link.sum(axis=0)
    failed = flow.attempt_failed_share[0]
    refused = np.minimum(failed, callee_failed)
    return CallFailures(failed - refused, refused, np.argmax(by_link, axis=0))


REFUSALS: dict[Cause, str] = {
    Cause.OWN: "500 from {callee}",
    Cause.DEPENDENCY: "503 from {callee}: a dependency of it failed",
    Cause.TIMEOUT: "504 from {callee}: it gave up waiting",
    Cause.REJECTED: "503 from {callee}: overloaded",
    Cause.THROTTLED: "429 from {callee}: too many requests",
}
"""What a caller writes when a call was answered badly, by the callee's reason."""
