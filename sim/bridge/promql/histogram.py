"""`histogram_quantile`: a quantile out of the counts of buckets, interpolated as Prometheus does."""

import numpy as np

from sim.bridge.promql.values import NAME, Floats, Labels, Vector, empty, key, without


def histogram_quantile(share: Floats, of: Vector) -> Vector:
    """Return the quantile (steps,) of each histogram whose buckets are in a vector."""
    groups: dict[tuple[tuple[str, str], ...], dict[float, list[int]]] = {}
    labels: dict[tuple[tuple[str, str], ...], Labels] = {}
    for row, one in enumerate(of.labels):
        try:
            bound = float(one.get("le", ""))
        except ValueError:
            continue
        kept = without(one, (NAME, "le"))
        labels[key(kept)] = kept
        groups.setdefault(key(kept), {}).setdefault(bound, []).append(row)
    if not groups:
        return empty(of.values.shape[1])
    there = np.array(
        [np.any(of.there[_rows(buckets)], axis=0) for buckets in groups.values()],
        dtype=bool,
    )
    values = np.array([_quantiles(share, buckets, of) for buckets in groups.values()])
    return Vector(tuple(labels.values()), np.where(there, values, 0.0), there)


def _rows(buckets: dict[float, list[int]]) -> list[int]:
    return [row for bound in sorted(buckets) for row in buckets[bound]]


def _quantiles(share: Floats, buckets: dict[float, list[int]], of: Vector) -> Floats:
    """Return the quantile of one histogram at each step; steps at which the same buckets are there as one."""
    found = np.full(len(share), np.nan)
    bounds = sorted(buckets)
    there = np.array([np.any(of.there[buckets[bound]], axis=0) for bound in bounds])
    counts = np.array([np.where(of.there, of.values, 0.0)[buckets[bound]].sum(axis=0) for bound in bounds])
    for kind in np.unique(there, axis=1).T:
        steps = np.flatnonzero((there == kind[:, None]).all(axis=0))
        known = np.flatnonzero(kind)
        if len(known) >= 2 and bounds[known[-1]] == np.inf:
            chosen = np.array([bounds[place] for place in known])
            found[steps] = _interpolated(share[steps], chosen, counts[np.ix_(known, steps)])
    found[share < 0.0], found[share > 1.0] = -np.inf, np.inf
    return found


def _interpolated(share: Floats, bounds: Floats, counts: Floats) -> Floats:
    """Return the quantile within the bucket that its rank falls into; `counts` are (buckets, steps)."""
    heights = np.maximum.accumulate(counts, axis=0)
    rank = share * heights[-1]
    reached = heights[:-1] >= rank
    place = np.where(reached.any(axis=0), reached.argmax(axis=0), len(bounds) - 1)
    steps = np.arange(len(share))
    above, start = place > 0, np.maximum(place - 1, 0)
    low = np.where(above, bounds[start], 0.0)
    below = np.where(above, heights[start, steps], 0.0)
    with np.errstate(all="ignore"):
        found: Floats = low + (bounds[place] - low) * ((rank - below) / (heights[place, steps] - below))
    found = np.where(place == len(bounds) - 1, bounds[-2], found)
    if bounds[0] <= 0.0:
        found = np.where(place == 0, bounds[0], found)
    return np.where(heights[-1] == 0.0, np.nan, found)
