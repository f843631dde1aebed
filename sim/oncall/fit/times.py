"""Lognormal times and mixtures of two of them, fitted to what was measured and held against it.

Expectation maximisation: Dempster, Laird and Rubin 1977. Which of the two describes times better: Schwarz's
criterion (BIC, 1978). How far it is from them: the distance of Kolmogorov and Smirnov.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sim.oncall.load.mixture import SHARES, normal_below, share_below
from sim.oncall.load.model import Mixture, Part

Floats = NDArray[np.float64]

FEWEST_FOR_TWO = 50
"""To fewer times no mixture is fitted: it has five parameters. An assumption."""
_SIGMA_MIN, _SIGMA_MAX = 0.05, 5.0
"""Of a part of two: it has to be more than one value that came often."""
_SIGMA_LEAST = 0.001
"""Of one: times that are all the same."""
_ROUNDED, _FINEST = (1.0, 1 / 60), 1 / 60_000
"""Steps to which exports round times, in minutes."""
_TURNS = 10
_normal_at = np.vectorize(NormalDist().inv_cdf, otypes=[float])
_STEPS = 500


@dataclass(frozen=True, slots=True)
class Fit:
    """A distribution fitted to times: its parts, Schwarz's criterion (less is better), and its distance."""

    parts: Mixture
    bic: float
    distance: float


@dataclass(frozen=True, slots=True)
class Times:
    """Times of one kind in minutes, in order, and what was fitted to them: one lognormal, and where there are
    enough two."""

    name: str
    minutes: Floats
    one: Fit
    two: Fit | None

    @property
    def best(self) -> Fit:
        """Return what describes them best by Schwarz's criterion."""
        return self.two if self.two is not None and self.two.bic < self.one.bic else self.one

    @property
    def by_chance(self) -> float:
        """Return the distance that one sample in twenty exceeds if one lognormal, fitted to it, is true.

        Lilliefors 1967; for two it is a little less.
        """
        return 0.895 / math.sqrt(len(self.minutes))

    def quantiles(self) -> tuple[float, ...]:
        """Return the quantiles of what was measured."""
        ranks = [max(0, math.ceil(share * len(self.minutes)) - 1) for share in SHARES]
        return tuple(float(self.minutes[rank]) for rank in ranks)


def fitted(name: str, minutes: Sequence[float]) -> Times:
    """Return times with what fits them. Times that were rounded are fitted as anywhere in their step."""
    ordered = np.sort(np.asarray(minutes, dtype=np.float64))
    exact = unrounded(ordered)
    logs = np.log(exact)
    one = _fit(exact, _sorted_parts(np.array([1.0]), np.array([logs.mean()]), np.array([logs.std()])), 2)
    if len(exact) < FEWEST_FOR_TWO or ordered[0] == ordered[-1]:
        return Times(name, ordered, one, None)
    return Times(name, ordered, one, _fit(exact, _two(logs), 5))


def unrounded(ordered: Floats) -> Floats:
    """Return times in order as they may have been before they were rounded.

    Those of one value are put into the step around it (those of 0 into the half above) as the one lognormal
    that describes all of them best has them there; found by turns. So rounding does not look like a second
    kind.
    """
    step = next((step for step in _ROUNDED if _multiples(ordered, step)), _FINEST)
    values, places, counts = np.unique(ordered, return_inverse=True, return_counts=True)
    first = np.concatenate([[0], np.cumsum(counts)[:-1]])
    share = (np.arange(len(ordered)) - first[places] + 0.5) / counts[places]
    least, high = np.maximum(values - step / 2, 0.0), values + step / 2
    exact: Floats = (least + high)[places] / 2
    for _ in range(_TURNS):
        mean, sigma = np.log(exact).mean(), max(float(np.log(exact).std()), _SIGMA_LEAST)
        with np.errstate(divide="ignore"):
            below = [normal_below((np.log(edge) - mean) / sigma) for edge in (least, high)]
        wanted = below[0][places] + share * (below[1] - below[0])[places]
        drawn = np.exp(mean + sigma * _normal_at(np.clip(wanted, 1e-12, 1 - 1e-12)))
        exact = np.clip(drawn, np.maximum(least, step / 1000)[places], high[places])
    return exact


def _multiples(minutes: Floats, step: float) -> bool:
    return bool(np.all(np.abs(minutes / step - np.round(minutes / step)) < 1e-6))


def distance(parts: Mixture, ordered: Floats) -> float:
    """Return the largest difference between a distribution and the share of times up to each one."""
    ranks = np.arange(len(ordered) + 1) / len(ordered)
    below = share_below(parts, ordered)
    return float(max(np.abs(below - ranks[1:]).max(), np.abs(below - ranks[:-1]).max()))


def _fit(exact: Floats, parts: Mixture, parameters: int) -> Fit:
    logs = np.log(exact)
    likelihood = np.log(sum(_density(logs, part) for part in parts)).sum()
    bic = parameters * math.log(len(logs)) - 2 * float(likelihood)
    return Fit(parts, bic, distance(parts, exact))


def _density(logs: Floats, part: Part) -> Floats:
    score = (logs - math.log(part.median)) / part.sigma
    dense: Floats = part.share * np.exp(-0.5 * score**2) / (part.sigma * math.sqrt(2 * math.pi)) + 1e-300
    return dense


def _two(logs: Floats) -> Mixture:
    """Return the mixture of two that is most likely, found from three beginnings."""
    found = [_maximised(logs, np.quantile(logs, [low, 1 - low])) for low in (0.05, 0.15, 0.3)]
    return max(found, key=lambda parts: float(np.log(sum(_density(logs, part) for part in parts)).sum()))


def _maximised(logs: Floats, means: Floats) -> Mixture:
    shares, sigmas = np.array([0.5, 0.5]), np.full(2, max(float(logs.std()), _SIGMA_MIN))
    for _ in range(_STEPS):
        dense = shares * np.exp(-0.5 * ((logs[:, None] - means) / sigmas) ** 2) / sigmas + 1e-300
        belongs = dense / dense.sum(axis=1, keepdims=True)
        weights = belongs.sum(axis=0)
        moved = (belongs * logs[:, None]).sum(axis=0) / weights
        spread = (belongs * (logs[:, None] - moved) ** 2).sum(axis=0) / weights
        sigmas = np.clip(np.sqrt(spread), _SIGMA_MIN, _SIGMA_MAX)
        still = np.abs(moved - means).max() < 1e-6
        means, shares = moved, weights / len(logs)
        if still:
            break
    return _sorted_parts(shares, means, sigmas)


def _sorted_parts(shares: Floats, means: Floats, sigmas: Floats) -> Mixture:
    """Return parts as a load has them, the shorter first; rounded, so that a file says what was judged."""
    order = np.argsort(means, kind="stable")
    rounded = [round(float(shares[place]), 4) for place in order]
    rounded[-1] = round(1.0 - sum(rounded[:-1]), 4)
    return tuple(
        Part(
            median=float(f"{math.exp(means[place]):.5g}"),
            sigma=round(float(np.clip(sigmas[place], _SIGMA_LEAST, _SIGMA_MAX)), 4),
            share=share,
        )
        for place, share in zip(order, rounded, strict=True)
    )
