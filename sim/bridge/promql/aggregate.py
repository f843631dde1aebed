"""Aggregations: elements of a vector with the same labels, as one."""

from collections.abc import Callable
from typing import Any

import numpy as np
from promql_parser import AggModifierType

from sim.bridge.promql.parse import outside
from sim.bridge.promql.values import NAME, Bools, Floats, Labels, Vector, key, only, without


def _sum(values: Floats, there: Bools) -> Floats:
    found: Floats = np.where(there, values, 0.0).sum(axis=0)
    return found


def _count(_: Floats, there: Bools) -> Floats:
    found: Floats = there.sum(axis=0).astype(np.float64)
    return found


def _average(values: Floats, there: Bools) -> Floats:
    """Return the mean, also where the sum is too large for a number."""
    count = np.maximum(there.sum(axis=0), 1)
    total = _sum(values, there)
    found: Floats = np.where(np.isfinite(total), total / count, _sum(values / count, there))
    return found


def _smallest(values: Floats, there: Bools) -> Floats:
    found: Floats = np.fmin.reduce(np.where(there, values, np.nan), axis=0)
    return found


def _largest(values: Floats, there: Bools) -> Floats:
    found: Floats = np.fmax.reduce(np.where(there, values, np.nan), axis=0)
    return found


AGGREGATIONS: dict[str, Callable[[Floats, Bools], Floats]] = {
    "sum": _sum,
    "avg": _average,
    "min": _smallest,
    "max": _largest,
    "count": _count,
}
"""By name, from values and presence (elements, steps) to what they come to (steps,)."""


def aggregated(expression: Any, of: Vector) -> Vector:
    """Return an aggregation of a vector. Raises QueryError for one that there is not."""
    name = str(expression.op)
    if name not in AGGREGATIONS:
        raise outside(f"the aggregation {name}")
    rows: dict[tuple[tuple[str, str], ...], list[int]] = {}
    labels: dict[tuple[tuple[str, str], ...], Labels] = {}
    for row, one in enumerate(of.labels):
        kept = _kept(expression.modifier, one)
        rows.setdefault(key(kept), []).append(row)
        labels[key(kept)] = kept
    steps = of.values.shape[1]
    values, there = np.zeros((len(rows), steps)), np.zeros((len(rows), steps), dtype=bool)
    for place, members in enumerate(rows.values()):
        there[place] = of.there[members].any(axis=0)
        with np.errstate(all="ignore"):
            found = AGGREGATIONS[name](of.values[members], of.there[members])
        values[place] = np.where(there[place], found, 0.0)
    return Vector(tuple(labels[group] for group in rows), values, there)


def _kept(modifier: Any, labels: Labels) -> Labels:
    if modifier is None:
        return {}
    if modifier.type == AggModifierType.By:
        return only(labels, modifier.labels)
    return without(labels, (NAME, *modifier.labels))
