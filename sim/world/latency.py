"""Response time distributions: lognormal from mean and variance, in mixtures of branches.

`P(R <= T)`, `E[min(R, T)]` and the percentiles on the screen all come from the same distribution.
"""

import math

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_Z_MAX = 8.5
_GRID = np.linspace(-_Z_MAX, _Z_MAX, 2177)
_CDF = np.array([0.5 * math.erfc(-z / math.sqrt(2.0)) for z in _GRID])
_VARIATION_MIN = 1e-4  # squared coefficient of variation below which a time counts as fixed
_BISECTIONS = 22


def normal_cdf(z: Floats) -> Floats:
    """Return the standard normal distribution function; absolute error below 2e-6 (table, linear)."""
    return np.asarray(np.interp(z, _GRID, _CDF))


def lognormal(mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Return (mean, standard deviation) of the logarithm for a positive mean and a variance."""
    variation = np.maximum(variance / (mean * mean), _VARIATION_MIN)
    sigma_squared = np.log1p(variation)
    return np.log(mean) - 0.5 * sigma_squared, np.sqrt(sigma_squared)


def quantile(weights: Floats, location: Floats, sigma: Floats, starts: NDArray[np.intp], q: float) -> Floats:
    """Return the q-quantile of mixtures of lognormals by bisection, relative error below 1e-5.

    Arrays are (B, branches); `starts` gives the first branch of each mixture. Weights need no norm; a
    mixture without weight gives 0.
    """
    total = np.add.reduceat(weights, starts, axis=-1)
    sizes = np.diff(np.append(starts, weights.shape[-1]))
    low = np.minimum.reduceat(location - 5.0 * sigma, starts, axis=-1)
    high = np.maximum.reduceat(location + 5.0 * sigma, starts, axis=-1)
    inverse = 1.0 / sigma
    for _ in range(_BISECTIONS):
        middle = 0.5 * (low + high)
        below = weights * normal_cdf((np.repeat(middle, sizes, axis=-1) - location) * inverse)
        short = np.add.reduceat(below, starts, axis=-1) < q * total
        low = np.where(short, middle, low)
        high = np.where(short, high, middle)
    return np.where(total > 0.0, np.exp(0.5 * (low + high)), 0.0)
