"""What callers do about failures they know of: attempts per call, and calls never made."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world.parameters import Parameters
from sim.world.topology import Topology

Floats = NDArray[np.float64]

_SURE = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Trying:
    """Calls and attempts per link (B, links)."""

    attempts: Floats  # per call, retries included
    made: Floats  # calls per request


def finally_failed(failed: Floats, repeatable: Floats, retries: Floats) -> tuple[Floats, Floats]:
    """Return the failure share of a call after all retries, and that of an attempt which may be repeated.

    `failed` is the share of attempts that fail, `repeatable` the part of it whose retry fails again.
    """
    rest = 1.0 - repeatable
    again = np.maximum(failed - repeatable, 0.0) / np.maximum(rest, 1e-12)
    return repeatable + rest * again ** (retries + 1.0), again


def trying(topology: Topology, parameters: Parameters, failed: Floats) -> Trying:
    """Return what callers do who know the shares `failed` (2, B, links): all, repeatable.

    Attempts by Horner's scheme, since the closed form cancels where nearly all fail. A hard call that fails
    ends its request: the calls after it are not made.
    """
    everything, repeatable = failed
    lasting, again = finally_failed(everything, repeatable, parameters.retries)
    attempts = np.ones_like(again)
    for bracket in parameters.brackets:
        attempts = 1.0 + bracket * again * attempts
    attempts = attempts + repeatable * (1.0 + parameters.retries - attempts)
    passed = np.cumsum(np.log1p(-_SURE * parameters.hard_share * lasting), axis=1)
    before = np.zeros_like(passed)
    before[:, 1:] = passed[:, :-1]
    # Calls of a parallel group are made at once: each is reached when the first of them is.
    before = before.take(topology.link_heads, 1)
    reached = np.exp(before - before.take(topology.first_links, 1))
    return Trying(attempts, parameters.per_request * reached)
