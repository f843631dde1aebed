"""`histogram_quantile`: a quantile out of the counts of buckets, interpolated as Prometheus does."""

import numpy as np

from sim.bridge.promql.values import Floats, Labels, Times, Vector, empty, key, without


def histogram_quantile(share: Floats, of: Vector) -> Vector:
    """Return the quantile (steps,) of each histogram whose buckets are in a vector."""
    groups: dict[tuple[tuple[str, str], ...], dict[float, list[int]]] = {}
    labels: dict[tuple[tuple[str, str], ...], Labels] = {}
    for row, one in enumerate(of.labels):
        try:
            bound = float(one.get("le", ""))
        except ValueError:
            continue
        kept = without(one, ("le",))
        labels[key(kept)] = kept
        groups.setdefault(key(kept), {}).setdefault(bound, []).append(row)
    if not groups:
        return empty(of.values.shape[1])
    there = np.array(
        [np.any(of.there[_rows(buckets)], axis=0) for buckets in groups.values()],
        dtype=bool,
    )
    values = np.array([_quantiles(share, buckets, of) for buckets in groups.values()])
    return Vector(tuple(labels.values()), np.where(there, values, 0.0), there).nameless()


def _rows(buckets: dict[float, list[int]]) -> list[int]:
    return [row for bound in sorted(buckets) for row in buckets[bound]]


def _quantiles(share: Floats, buckets: dict[float, list[int]], of: Vector) -> Floats:
    """Return the quantile of one histogram at each step, out of the buckets that are there at it."""
    bounds = np.array(sorted(buckets))
    there = np.array([np.any(of.there[buckets[bound]], axis=0) for bound in bounds.tolist()])
    counts = np.array([of.values[buckets[bound]].sum(axis=0) for bound in bounds.tolist()])
    heights = np.maximum.accumulate(np.where(there, counts, -np.inf), axis=0)
    places = np.where(there, np.arange(len(bounds))[:, None], -1)
    before = np.maximum.accumulate(np.concatenate([np.full((1, len(share)), -1), places[:-1]]), axis=0)
    with np.errstate(all="ignore"):
        found = _interpolated(share, bounds, heights, before)
    whole = there[-1] & (before[-1] >= 0) & (bounds[-1] == np.inf) & (heights[-1] != 0.0)
    found[~whole] = np.nan
    found[share < 0.0], found[share > 1.0], found[np.isnan(share)] = -np.inf, np.inf, np.nan
    return found


def _interpolated(share: Floats, bounds: Floats, heights: Floats, before: Times) -> Floats:
    """Return the quantile within the bucket that its rank falls into.

    `heights` (buckets, steps) never fall; a bucket that is not there is as high as the last one `before`
    that is, and so is never the first to reach a rank.
    """
    steps = np.arange(len(share))
    rank = share * heights[-1]
    reached = heights[:-1] >= rank
    last = ~reached.any(axis=0)
    place = np.where(last, len(bounds) - 1, reached.argmax(axis=0) if len(reached) else 0)
    under = before[place, steps]
    lowest = under < 0
    low = np.where(lowest, 0.0, bounds[under])
    below = np.where(lowest, 0.0, heights[under, steps])
    found: Floats = low + (bounds[place] - low) * ((rank - below) / (heights[place, steps] - below))
    found = np.where(last, low, found)
    return np.where(lowest & ~last & (bounds[place] <= 0.0), bounds[place], found)
