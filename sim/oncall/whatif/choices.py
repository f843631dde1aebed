"""Draws of kinds and of times for many alerts at once."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.oncall.load.model import Mixture
from sim.oncall.whatif.records import MINUTE_MS, Ints

Floats = NDArray[np.float64]

_PARTS = 3
"""No mixture of a load has more."""
_COUNTED = 64
"""Among so few ends it is quicker to count those that lie below than to search."""


def ends_of(shares: Sequence[float]) -> Floats:
    """Return where each share ends on the line from 0 to 1."""
    ends = np.cumsum(shares) / sum(shares)
    ends[np.flatnonzero(shares)[-1] :] = 1.0
    return ends


def chosen(ends: Floats, uniforms: Floats) -> Ints:
    """Return in which share each number from 0 to 1 lies."""
    if len(ends) > _COUNTED:
        return np.searchsorted(ends, uniforms).astype(np.int64)
    below = np.zeros(len(uniforms), dtype=np.uint8)
    for end in ends[:-1]:
        below += uniforms > end
    return below.astype(np.int64)


class Kinds(NamedTuple):
    """The times of several kinds of things, each a mixture, as arrays of (kinds, parts)."""

    ends: Floats
    medians_ms: Floats
    sigmas: Floats

    def drawn(self, kinds: Ints, random: np.random.Generator) -> Floats:
        """Return a time in ms for each thing of these kinds."""
        place = kinds * _PARTS
        normals = random.standard_normal(len(kinds))
        if (self.ends[:, 0] < 1.0).any():
            uniforms = random.random(len(kinds))
            for part in range(_PARTS - 1):
                place += uniforms > self.ends[kinds, part]
        times: Floats = np.exp(self.sigmas.ravel()[place] * normals)
        times *= self.medians_ms.ravel()[place]
        return times


def kinds_of(mixtures: Sequence[Mixture]) -> Kinds:
    """Return mixtures ready to be drawn from, in this order."""
    ends = np.ones((len(mixtures), _PARTS))
    medians, sigmas = np.ones_like(ends), np.zeros_like(ends)
    for row, mixture in enumerate(mixtures):
        ends[row, : len(mixture)] = ends_of([part.share for part in mixture])
        medians[row, : len(mixture)] = [part.median * MINUTE_MS for part in mixture]
        sigmas[row, : len(mixture)] = [part.sigma for part in mixture]
    return Kinds(ends, medians, sigmas)
