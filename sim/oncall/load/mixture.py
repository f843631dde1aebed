"""What a mixture of lognormal times says: which share is at most so long, and how long a share is at most."""

import math

import numpy as np
from numpy.typing import NDArray

from sim.oncall.load.model import Mixture

Floats = NDArray[np.float64]

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""The quantiles that are shown."""
_erf = np.vectorize(math.erf, otypes=[float])


def share_below(parts: Mixture, minutes: Floats) -> Floats:
    """Return the share of times that are at most so long."""
    below = np.zeros(len(minutes))
    for part in parts:
        below += part.share * normal_below((np.log(minutes) - math.log(part.median)) / max(part.sigma, 1e-9))
    return below


def quantile(parts: Mixture, share: float) -> float:
    """Return the time that a share of all do not exceed, found by halving."""
    low = min(math.log(part.median) - 9 * part.sigma for part in parts)
    high = max(math.log(part.median) + 9 * part.sigma for part in parts)
    for _ in range(80):
        middle = (low + high) / 2
        if share_below(parts, np.array([math.exp(middle)]))[0] < share:
            low = middle
        else:
            high = middle
    return math.exp(high)


def normal_below(score: Floats) -> Floats:
    """Return the share of standard normal numbers that are at most so large."""
    below: Floats = 0.5 * (1.0 + _erf(score / math.sqrt(2.0)))
    return below
