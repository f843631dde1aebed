"""Calls made at once: a parallel group takes as long as the slowest of them."""

import numpy as np
from numpy.typing import NDArray

from sim.world.latency import lognormal, normal_cdf
from sim.world.parts import Indices

Floats = NDArray[np.float64]

_POINTS = 48  # of the numeric integral over time, evenly spaced in its logarithm
_FIRST, _LAST = -5.0, 6.0  # from e^-5 of the shortest mean to e^6 of the longest
_TIME_MIN_S = 1e-9


def merge(sums: Floats, grouped: Indices, starts: Indices) -> None:
    """Put the time of every group on its first call, in place, and take it off the others.

    `sums` (6, B, links) are per call: mean and variance of its time per request, then the share of requests
    that make it, mean and variance of its time where it is made, and its claim to be the telling rare call,
    which calls of a group have none. `grouped` are the calls in groups, sorted, `starts` the first of each.
    """
    share = np.minimum(sums[2].take(grouped, 1), 1.0)
    mean, variance = sums[0].take(grouped, 1), sums[1].take(grouped, 1)
    made_mean = np.maximum(mean / np.maximum(share, 1e-12), _TIME_MIN_S)
    # The variance of a call that is not always made holds that too: take it out again.
    square = (variance + mean * mean) / np.maximum(share, 1e-12)
    made_variance = np.maximum(square - made_mean * made_mean, 0.0)
    longest, spread = _slowest(share, made_mean, made_variance, starts)
    first = grouped[starts]
    sums[:, :, grouped] = 0.0
    sums[0][:, first], sums[1][:, first] = longest, spread


def _slowest(share: Floats, mean: Floats, variance: Floats, starts: Indices) -> tuple[Floats, Floats]:
    """Return mean and variance of the longest of each group's times, each lognormal where it is made.

    P(longest <= t) is the product of P(not made) + P(made) P(time <= t); E[longest] is the integral of its
    complement, E[longest^2] that of 2 t times it.
    """
    location, sigma = lognormal(mean, variance)
    low = np.log(np.minimum.reduceat(mean, starts, 1)) + _FIRST
    high = np.log(np.maximum.reduceat(mean, starts, 1)) + _LAST
    steps = np.linspace(0.0, 1.0, _POINTS)[:, None, None]
    log_t = low + (high - low) * steps
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, mean.shape[1])))
    below = 1.0 - share * (1.0 - normal_cdf((log_t.take(group, 2) - location) / sigma))
    above = 1.0 - np.multiply.reduceat(below, starts, 2)
    t = np.exp(log_t)
    width = (high - low) / (_POINTS - 1)
    weight = np.ones((_POINTS, 1, 1))
    weight[0] = weight[-1] = 0.5
    first = width * (above * t * weight).sum(axis=0) + above[0] * t[0]
    second = 2.0 * width * (above * t * t * weight).sum(axis=0) + above[0] * t[0] ** 2
    return first, np.maximum(second - first * first, 0.0)
