"""Percentiles of many groups of stations at once: what telemetry asks for at every sample.

The same mixtures as `Flow.percentiles_ms`, all quantiles in one go. A quantile of a mixture lies between
the smallest and the largest of its branches' own quantiles: a bracket so tight that a few steps do.
"""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.world.flow import Flow
from sim.world.latency import normal_cdf
from sim.world.topology import Grouping

Floats = NDArray[np.float64]

QUANTILES = (0.50, 0.95, 0.99)

_Z = np.array([NormalDist().inv_cdf(q) for q in QUANTILES])[:, None, None]
_LOGIT = np.log(np.array(QUANTILES) / (1.0 - np.array(QUANTILES)))[:, None, None]
_STEPS = 7  # odd, so that the last one is a false position
_CLOSE = 1e-3  # a bracket this narrow (logarithm of time), or a logit this near, needs no further step
_SHARE_MIN = 1e-9
# A refused request is answered in about a millisecond: as in the flow.
_FAST_S, _FAST_SIGMA = 1e-3, 0.1


def of_groups_ms(flow: Flow, groups: Grouping) -> Floats:
    """Return the QUANTILES (len(QUANTILES), B, groups) of response time, weighted by load.

    Of all answers, fast failures too. A group without load has NaN.
    """
    weight, location, sigma, starts = _mixtures(flow, groups)
    total = np.add.reduceat(weight, starts, axis=-1)
    share = weight / np.repeat(
        np.maximum(total, 1e-300), np.diff(np.append(starts, weight.shape[-1])), axis=-1
    )
    own = location + _Z * sigma
    there = share > _SHARE_MIN
    low = np.minimum.reduceat(np.where(there, own, np.inf), starts, axis=-1)
    high = np.maximum.reduceat(np.where(there, own, -np.inf), starts, axis=-1)
    low, high = np.where(total > 0.0, low, 0.0), np.where(total > 0.0, high, 0.0)
    found = _narrowed(low, high, (share, location, 1.0 / sigma, starts))
    return np.where(total > 0.0, 1000.0 * np.exp(found), np.nan)


def _mixtures(flow: Flow, groups: Grouping) -> tuple[Floats, Floats, Floats, NDArray[np.intp]]:
    """Return weight, location and sigma (B, branches), and the first branch of each group.

    A station has three branches: without and with its most telling rare call, and refused at once.
    """
    answers, members = flow.answers, groups.members
    delay_s = flow.parameters.net_delay_s[flow.topology.station_cell]
    per_station = np.empty((3, *flow.offered_rps.shape, 3))
    weight, location, sigma = per_station
    weight[..., :2] = np.moveaxis(answers.branch_share * answers.accepted, 0, -1)
    weight[..., 2] = answers.fast
    weight *= flow.offered_rps[..., None]
    location[..., :2] = np.moveaxis(answers.location, 0, -1)
    location[..., 2] = np.log(_FAST_S + delay_s)
    sigma[..., :2] = np.moveaxis(answers.sigma, 0, -1)
    sigma[..., 2] = _FAST_SIGMA
    # Most stations refuse nobody and have no rare call: leave out what never has weight.
    used = (weight > 0.0).any(axis=0)
    used[:, 0] = True
    kept = np.flatnonzero(used[members])
    starts = np.searchsorted(kept, groups.starts * 3)
    batch = flow.offered_rps.shape[0]
    weight, location, sigma = per_station[:, :, members].reshape(3, batch, -1).take(kept, axis=-1)
    return weight, location, sigma, starts


def _narrowed(low: Floats, high: Floats, mixtures: tuple[Floats, Floats, Floats, NDArray[np.intp]]) -> Floats:
    """Return where the mixtures reach the quantiles, as logarithms of time.

    False position on the logit of the distribution function, every other step a bisection.
    """
    share, location, inverse, starts = mixtures
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, share.shape[-1])))

    def excess(at: Floats) -> Floats:
        below = share * normal_cdf((at.take(group, axis=-1) - location) * inverse)
        reached = np.clip(np.add.reduceat(below, starts, axis=-1), 1e-12, 1.0 - 1e-12)
        return np.log(reached / (1.0 - reached)) - _LOGIT

    def settled(off: Floats) -> bool:
        return bool(((high - low < _CLOSE) | (np.abs(off) < _CLOSE)).all())

    under, over = excess(low), excess(high)
    middle, found = low, under
    for step in range(_STEPS):
        if settled(found):
            break
        rise = over - under
        secant = low - under * (high - low) / np.where(rise > 0.0, rise, 1.0)
        secant = np.clip(np.where(rise > 0.0, secant, low), low, high)
        middle = 0.5 * (low + high) if step % 2 else secant
        if step == _STEPS - 1:
            break
        found = excess(middle)
        short = found < 0.0
        low, under = np.where(short, middle, low), np.where(short, found, under)
        high, over = np.where(short, high, middle), np.where(short, over, found)
    return middle
