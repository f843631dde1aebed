"""Why calls fail, as the caller sees it: what logs and traces put into words."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from sim.spec import ComponentKind
from sim.world.flow import Cause, Flow

Floats = NDArray[np.float64]

SPEAKS_HTTP: frozenset[ComponentKind] = frozenset({"edge", "service", "third_party"})
"""Kinds whose answers carry the status codes of HTTP; the others speak protocols of their own."""


class Why(IntEnum):
    """Why a call was answered badly: a `Cause` of the callee's, or that nobody is there to answer."""

    OWN = Cause.OWN
    DEPENDENCY = Cause.DEPENDENCY
    TIMEOUT = Cause.TIMEOUT
    REJECTED = Cause.REJECTED
    THROTTLED = Cause.THROTTLED
    NETWORK = Cause.NETWORK
    DOWN = len(Cause)
    DENIED = len(Cause) + 1  # the callee lets this caller do nothing: a credential, a right


AT_ONCE = frozenset({Why.REJECTED, Why.THROTTLED, Why.DOWN, Why.DENIED})
"""Reasons for which a request is turned away at the door, before anything is done for it."""


@dataclass(frozen=True, slots=True)
class CallFailures:
    """Shares of the attempts of every link, (links,): the caller gave up, or the callee's answer was bad.

    `why` is the callee's own main reason for bad answers, as a `Why`.
    """

    timed_out: Floats
    refused: Floats
    why: NDArray[np.intp]


def of_stations(flow: Flow) -> Floats:
    """Return the failures of every station by reason, (len(Why), stations), shares of offered (batch 0).

    A cell that admits nobody is down: so is a database while it restarts.
    """
    failed_by = flow.failed_by[:, 0]
    found = np.zeros((len(Why), failed_by.shape[1]))
    found[: len(Cause)] = failed_by
    down = np.asarray(flow.parameters.admit_share == 0.0)[flow.topology.station_cell]
    found[Why.DOWN, down] = found[Why.THROTTLED, down]
    found[Why.THROTTLED, down] = 0.0
    return found


def of_calls(flow: Flow) -> CallFailures:
    """Return how the attempts of every link fail (batch 0): what the callee does not fail has timed out."""
    topology = flow.topology
    count = len(topology.links)
    if not count:
        none = np.zeros(0)
        return CallFailures(none, none, np.zeros(0, dtype=np.intp))
    legs = topology.pool_legs
    weight = flow.parameters.leg_weight + 1e-12
    failed_by = of_stations(flow)[:, legs.members] * weight
    by_pool = np.add.reduceat(failed_by, legs.starts, axis=1) / np.add.reduceat(weight, legs.starts)
    by_link = by_pool[:, topology.link_pool]
    by_link[Why.NETWORK] = 0.0  # from here a lost request looks like silence
    nowhere = flow.parameters.no_cell_share[topology.link_component]
    by_link *= 1.0 - nowhere
    by_link[Why.DOWN] += nowhere
    by_link *= 1.0 - flow.parameters.refused
    by_link[Why.DENIED] += flow.parameters.refused
    callee_failed = by_link.sum(axis=0)
    failed = flow.attempt_failed_share[0]
    refused = np.minimum(failed, callee_failed)
    return CallFailures(failed - refused, refused, np.argmax(by_link, axis=0))


HTTP_CODES: dict[Why, str] = {
    Why.OWN: "500",
    Why.DEPENDENCY: "502",
    Why.TIMEOUT: "504",
    Why.REJECTED: "503",
    Why.THROTTLED: "429",
    Why.DENIED: "401",
}
"""The status code that stands for each reason, in graphs and in logs; the others leave no answer."""
_BY_HTTP: dict[Why, str] = {
    Why.OWN: "from {callee}",
    Why.DEPENDENCY: "from {callee}: a dependency of it failed",
    Why.TIMEOUT: "from {callee}: it gave up waiting",
    Why.REJECTED: "from {callee}: overloaded",
    Why.THROTTLED: "from {callee}: too many requests",
    Why.DENIED: "from {callee}: not authorised",
}
_BY_OTHERS: dict[Why, str] = {
    Why.OWN: "{callee} answered with an error",
    Why.DEPENDENCY: "{callee} failed: something it needs failed",
    Why.TIMEOUT: "lost connection to {callee} while waiting for an answer",
    Why.REJECTED: "{callee}: too many connections",
    Why.THROTTLED: "{callee} refused the connection: over its limit",
    Why.DENIED: "{callee}: access denied",
}
_OWN_ERROR: dict[ComponentKind, str] = {
    "database": "{callee}: statement failed",
    "cache": "{callee} answered SERVER_ERROR",
    "queue": "{callee} did not confirm the message",
    "worker": "{callee} failed the job",
}


def refusal(why: Why, callee: str, kind: ComponentKind) -> str:
    """Return what a caller writes when a call was answered badly, by the callee's reason and kind."""
    if why is Why.DOWN:
        return f"connection refused by {callee}"
    if kind in SPEAKS_HTTP:
        return f"{HTTP_CODES[why]} {_BY_HTTP[why]}".format(callee=callee)
    text = _OWN_ERROR.get(kind, _BY_OTHERS[why]) if why is Why.OWN else _BY_OTHERS[why]
    return text.format(callee=callee)
