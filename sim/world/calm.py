"""Calm: whether a world stands so still that a longer tick tells the same.

The solver is implicit, so the state it settles to does not depend on the length of a tick; that matters only
while something moves. The bounds are assumptions, far below what measurement noise hides.
"""

import numpy as np
from numpy.typing import NDArray

from sim.world.flow import FlowState

Floats = NDArray[np.float64]

_REQUESTS, _HOLDING, _MESSAGES = 0.05, 0.02, 0.05  # relative
_FAILED = 0.005  # share of attempts
_FEW = 1.0  # requests, or messages/s: with fewer nothing moves that anybody could see


def stands_still(before: FlowState, after: FlowState) -> bool:
    """Return whether a tick moved nothing: requests in cells, failures, holding times, messages."""
    return (
        _near(before.in_system, after.in_system, _REQUESTS, _FEW)
        and bool(np.abs(after.failed - before.failed).max(initial=0.0) <= _FAILED)
        and _near(before.holding_s, after.holding_s, _HOLDING, 0.0)
        and _near(before.delivered_rps, after.delivered_rps, _MESSAGES, _FEW)
        and _near(before.lagged_rps, after.lagged_rps, _REQUESTS, _FEW)
    )


def _near(one: Floats, other: Floats, share: float, few: float) -> bool:
    return bool((np.abs(other - one) <= share * (one + few)).all())
