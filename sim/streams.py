"""Random numbers that belong to things, not to moments.

A draw is a keyed hash of (seed, kind, identity, k). Identities come from content (rule + labels + n-th
onset; page + step + person), never from counters of the run, so an extra action leaves every draw of
what it does not touch unchanged. Blocks of numpy streams exist only for series.
"""

import math
from hashlib import blake2b
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

_STANDARD_NORMAL = NormalDist()
_TWO_TO_53 = float(1 << 53)
_POISSON_NORMAL_MEAN = 50.0
_POISSON_COUNT_MAX = 200  # far beyond what a mean below 50 can draw


def _digest(seed: int, kind: str, identity: str, k: int) -> int:
    text = f"{seed}|{kind}|{identity}|{k}".encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def uniform(seed: int, kind: str, identity: str, k: int = 0) -> float:
    """Return the draw in (0, 1) that belongs to this thing; the same for ever."""
    return ((_digest(seed, kind, identity, k) >> 11) + 0.5) / _TWO_TO_53


def normal(seed: int, kind: str, identity: str, k: int = 0) -> float:
    """Return the standard normal draw that belongs to this thing."""
    return _STANDARD_NORMAL.inv_cdf(uniform(seed, kind, identity, k))


def lognormal(seed: int, kind: str, identity: str, median: float, sigma: float, k: int = 0) -> float:
    """Return a lognormal draw with the given median and sigma of its logarithm."""
    return median * math.exp(sigma * normal(seed, kind, identity, k))


def exponential(seed: int, kind: str, identity: str, mean: float, k: int = 0) -> float:
    """Return an exponential draw with the given mean."""
    return -mean * math.log(uniform(seed, kind, identity, k))


def poisson(seed: int, kind: str, identity: str, mean: float, k: int = 0) -> int:
    """Return a Poisson draw with the given mean; from a mean of 50 its normal approximation."""
    if mean >= _POISSON_NORMAL_MEAN:
        return max(0, round(mean + math.sqrt(mean) * normal(seed, kind, identity, k)))
    left = uniform(seed, kind, identity, k)
    probability, count = math.exp(-mean), 0
    while left > probability and count < _POISSON_COUNT_MAX:
        left -= probability
        count += 1
        probability *= mean / count
    return count


def block(seed: int, kind: str, identity: str, size: int) -> NDArray[np.float64]:
    """Return `size` standard normal numbers for one series, e.g. identity 'cart|a|v12|cpu_share|hour 3'."""
    generator = np.random.Generator(np.random.PCG64(_digest(seed, kind, identity, 0)))
    return generator.standard_normal(size)
