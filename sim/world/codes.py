"""The failing share of a component, split by the code that its answers carry."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from sim.world.failures import HTTP_CODES, SPEAKS_HTTP, Why, of_stations
from sim.world.flow import Flow

Floats = NDArray[np.float64]

_HTTP: dict[Why, str] = HTTP_CODES | {Why.NETWORK: "lost", Why.DOWN: "refused"}
_OTHERS: dict[Why, str] = _HTTP | {
    Why.OWN: "error",
    Why.DEPENDENCY: "dependency",
    Why.TIMEOUT: "timeout",
    Why.REJECTED: "too many",
    Why.THROTTLED: "throttled",
}
"""What a store or a worker counts: it speaks no HTTP."""


def by_code(component: str, flows: Sequence[Flow]) -> dict[str, Floats]:
    """Return the share of a component's requests that failed with each code, (len(flows),).

    Codes that never occurred are among them: the order is always the same. Raises KeyError for an unknown
    component.
    """
    if not flows:
        return {}
    topology = flows[0].topology
    words = _HTTP if topology.world.component(component).kind in SPEAKS_HTTP else _OTHERS
    stations = topology.stations_of(component)
    found = np.zeros((len(flows), len(Why)))
    for row, flow in zip(found, flows, strict=True):
        offered = flow.offered_rps[0, stations]
        row[:] = of_stations(flow)[:, stations] @ offered / max(float(offered.sum()), 1e-9)
    return {word: found[:, why] for why, word in words.items()}
