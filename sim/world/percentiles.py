"""Percentiles of mixtures of lognormals, many at once: what telemetry asks for at every sample."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.world.latency import normal_cdf

Floats = NDArray[np.float64]

_STEPS_MAX = 24
_CLOSE = 1e-3  # a step this small (of the logarithm of time) is the last: Newton squares what is left
_SHARE_MIN = 1e-9
_DENSITY = 1.0 / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class Mixtures:
    """Branches of lognormals, side by side; the mixtures are runs of them."""

    weight: Floats  # (B, branches); needs no norm
    location: Floats  # (B, branches) of the logarithm
    sigma: Floats  # (B, branches)
    starts: NDArray[np.intp]  # first branch of each mixture
    mixture: NDArray[np.intp]  # mixture of each branch


def of_mixtures(mixtures: Mixtures, quantiles: Sequence[float], near: Floats | None = None) -> Floats:
    """Return quantiles (len(quantiles), B, mixtures); 0 for a mixture without weight.

    Relative error below 1e-3. Newton on the logit of the distribution function, which is nearly straight
    for one lognormal. A quantile of a mixture lies between the smallest and the largest of its branches'
    own quantiles: a step that leaves this bracket, which shrinks on the way, is replaced by its middle.
    `near` is where to begin, e.g. the quantiles of a moment ago; NaN or 0 where nothing is known.
    """
    z, logit = _targets(tuple(quantiles))
    starts, mixture, location = mixtures.starts, mixtures.mixture, mixtures.location
    total = np.add.reduceat(mixtures.weight, starts, axis=-1)
    loaded = total > 0.0
    share = mixtures.weight / np.where(loaded, total, 1.0).take(mixture, axis=-1)
    own = location + z * mixtures.sigma
    there = share > _SHARE_MIN
    low = np.minimum.reduceat(np.where(there, own, np.inf), starts, axis=-1)
    high = np.maximum.reduceat(np.where(there, own, -np.inf), starts, axis=-1)
    low, high = np.where(loaded, low, 0.0), np.where(loaded, high, 0.0)
    middle = np.add.reduceat(share * own, starts, axis=-1)
    if near is not None:
        known = near > 0.0
        middle = np.where(known, np.log(np.where(known, near, 1.0)), middle)
    search = _Search(
        branches=np.array((share, location, 1.0 / mixtures.sigma)),
        starts=starts,
        mixture=mixture,
        at=np.minimum(np.maximum(middle, low), high),
        low=low,
        high=high,
    )
    found = np.empty_like(middle)
    among = np.arange(len(starts))
    for step in range(1, _STEPS_MAX + 1):
        far = _closer(search, logit)
        if step == _STEPS_MAX:
            far = np.zeros_like(far)
        # Two steps do for most mixtures; those with far apart branches need ten, and go on alone.
        if 2 * np.count_nonzero(far) <= len(among):
            found[..., among] = search.at
            among = among[far]
            if not len(among):
                break
            search = _only(search, far)
    return np.where(loaded, np.exp(found), 0.0)


@dataclass(slots=True)
class _Search:
    """The mixtures that are still open."""

    branches: Floats  # (3, B, branches): share, location, 1 / sigma
    starts: NDArray[np.intp]
    mixture: NDArray[np.intp]
    at: Floats  # (quantiles, B, mixtures)
    low: Floats
    high: Floats


@lru_cache
def _targets(quantiles: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Return the standard normal quantiles and the logits, (len(quantiles), 1, 1)."""
    q = np.array(quantiles)[:, None, None]
    z = np.array([NormalDist().inv_cdf(value) for value in quantiles])[:, None, None]
    return z, np.log(q / (1.0 - q))


def _closer(search: _Search, logit: Floats) -> NDArray[np.bool_]:
    """Take one step; return for which mixtures it was a large one."""
    share, location, inverse = search.branches
    at, starts = search.at, search.starts
    off = (at.take(search.mixture, axis=-1) - location) * inverse
    below = np.add.reduceat(share * normal_cdf(off), starts, axis=-1)
    below = np.minimum(np.maximum(below, 1e-12), 1.0 - 1e-12)
    density = _DENSITY * np.add.reduceat(share * inverse * np.exp(-0.5 * off * off), starts, axis=-1)
    above = 1.0 - below
    excess = np.log(below / above) - logit
    search.low = low = np.where(excess < 0.0, at, search.low)
    search.high = high = np.where(excess > 0.0, at, search.high)
    better = at - excess * below * above / np.maximum(density, 1e-12)
    search.at = np.where((better < low) | (better > high), 0.5 * (low + high), better)
    return np.asarray((np.abs(search.at - at) > _CLOSE).any(axis=(0, 1)))


def _only(search: _Search, chosen: NDArray[np.bool_]) -> _Search:
    """Return the search of some of the mixtures."""
    kept = np.flatnonzero(chosen.take(search.mixture))
    mixture = (np.cumsum(chosen) - 1).take(search.mixture.take(kept))
    mixtures = np.flatnonzero(chosen)
    return _Search(
        branches=search.branches.take(kept, axis=-1),
        starts=np.searchsorted(mixture, np.arange(len(mixtures))),
        mixture=mixture,
        at=search.at.take(mixtures, axis=-1),
        low=search.low.take(mixtures, axis=-1),
        high=search.high.take(mixtures, axis=-1),
    )
