"""Evaluation of a query's tree over the steps of a grid."""

from collections.abc import Callable
from typing import Any

import numpy as np
import promql_parser as ast

from sim.bridge.promql import ranges
from sim.bridge.promql.aggregate import aggregated
from sim.bridge.promql.binary import combined
from sim.bridge.promql.budget import Budget
from sim.bridge.promql.histogram import histogram_quantile
from sim.bridge.promql.parse import QueryError, outside
from sim.bridge.promql.select import Grid, Store, Windows, instant, matchers_of, windows
from sim.bridge.promql.values import NAME, Floats, Labels, Value, Vector

_RATES: dict[str, Callable[[Windows], Vector]] = {
    "rate": lambda of: ranges.extrapolated(of, counter=True, per_second=True),
    "increase": lambda of: ranges.extrapolated(of, counter=True, per_second=False),
    "delta": lambda of: ranges.extrapolated(of, counter=False, per_second=False),
    "irate": lambda of: ranges.instant_rate(of, counter=True, per_second=True),
    "idelta": lambda of: ranges.instant_rate(of, counter=False, per_second=False),
}
_PLAIN: dict[str, Callable[[Floats], Floats]] = {
    "abs": np.abs,
    "ceil": np.ceil,
    "floor": np.floor,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "ln": np.log,
    "log2": np.log2,
    "log10": np.log10,
}

FUNCTIONS = (
    *_RATES, *ranges.OVER_TIME, *_PLAIN, "absent", "clamp", "clamp_max", "clamp_min", "histogram_quantile",
    "round", "scalar", "time", "vector",
)  # fmt: skip
"""All functions there are."""


class Evaluation:
    """One query over a store. `unix_s` (steps,) is what `time()` gives.

    What a part of the query comes to is charged to `budget` before another part works on it.
    """

    def __init__(self, store: Store, grid: Grid, unix_s: Floats, budget: Budget) -> None:
        self._store = store
        self._grid = grid
        self._unix_s = unix_s
        self._budget = budget

    def value(self, tree: Any) -> Value:  # noqa: PLR0911 - one case for each kind
        """Return what a tree comes to. Raises QueryError for what lies outside of the subset."""
        match tree:
            case ast.NumberLiteral():
                return np.full(self._grid.steps, tree.val)
            case ast.StringLiteral():
                return str(tree.val)
            case ast.ParenExpr():
                return self.value(tree.expr)
            case ast.UnaryExpr():
                return self._negated(self._charged(tree.expr))
            case ast.VectorSelector():
                return instant(tree, self._store, self._grid, self._budget)
            case ast.AggregateExpr():
                return aggregated(tree, self._vector(tree.expr))
            case ast.BinaryExpr():
                left, right = self._charged(tree.lhs), self._charged(tree.rhs)
                return combined(tree, left, right, self._budget)
            case ast.Call():
                return self._called(tree.func.name, tree.args)
            case ast.SubqueryExpr():
                raise outside("a subquery")
        raise outside("a range selector without a function")

    def _charged(self, tree: Any) -> Vector | Floats:
        """Return what an operand comes to."""
        value = self.value(tree)
        if isinstance(value, str):
            raise _wrong_type("scalar or instant vector", value)
        self._budget.take(len(value.labels) if isinstance(value, Vector) else 1, self._grid.steps)
        return value

    def _negated(self, value: Vector | Floats) -> Value:
        if isinstance(value, Vector):
            return Vector(value.labels, -value.values, value.there).nameless(apart=True)
        return -value

    def _vector(self, tree: Any) -> Vector:
        value = self._charged(tree)
        if not isinstance(value, Vector):
            raise _wrong_type("instant vector", value)
        return value

    def _scalar(self, tree: Any) -> Floats:
        value = self._charged(tree)
        if isinstance(value, Vector):
            raise _wrong_type("scalar", value)
        return value

    def _called(self, name: str, given: list[Any]) -> Value:  # noqa: PLR0911 - one case for each function
        if name in _RATES or name in ranges.OVER_TIME:
            return self._of_range(name, given[0])
        match name:
            case "time":
                return self._unix_s
            case "vector":
                value = self._scalar(given[0])[None, :]
                return Vector(({},), value, np.ones_like(value, dtype=bool))
            case "scalar":
                return _as_scalar(self._vector(given[0]))
            case "absent":
                return self._absent(given[0])
            case "histogram_quantile":
                return histogram_quantile(self._scalar(given[0]), self._vector(given[1]))
        if name in _PLAIN or name in FUNCTIONS:
            return self._of_values(name, given)
        raise outside(f"the function {name}")

    def _of_range(self, name: str, tree: Any) -> Vector:
        tree = _bare(tree)
        if not isinstance(tree, ast.MatrixSelector):
            raise outside("a subquery")
        of = windows(tree, self._store, self._grid, self._budget)
        return _RATES[name](of) if name in _RATES else ranges.over_time(name, of)

    def _of_values(self, name: str, given: list[Any]) -> Vector:
        """Return a function that changes each value by itself."""
        of = self._vector(given[0])
        rest = [self._scalar(one) for one in given[1:]]
        with np.errstate(all="ignore"):
            match name:
                case "clamp":
                    values = _larger(rest[0], _smaller(rest[1], of.values))
                    of = Vector(of.labels, of.values, of.there & ~(rest[1] < rest[0]))
                case "clamp_min":
                    values = _larger(of.values, rest[0])
                case "clamp_max":
                    values = _smaller(of.values, rest[0])
                case "round":
                    values = _rounded(of.values, rest[0] if rest else np.ones(self._grid.steps))
                case _:
                    values = _PLAIN[name](of.values)
        return Vector(of.labels, np.where(of.there, values, 0.0), of.there).nameless()

    def _absent(self, tree: Any) -> Vector:
        of = self._vector(tree)
        missing = ~np.any(of.there, axis=0, keepdims=True)
        return Vector((_labels_of_absent(_bare(tree)),), missing.astype(np.float64), missing)


def _wrong_type(wanted: str, value: Value) -> QueryError:
    """Return the refusal of an operand; the parser sees to the types of most."""
    got = "instant vector" if isinstance(value, Vector) else "string" if isinstance(value, str) else "scalar"
    return QueryError(f"parse error: expected type {wanted}, got {got}")


def _bare(tree: Any) -> Any:
    """Return what stands in parentheses."""
    while isinstance(tree, ast.ParenExpr):
        tree = tree.expr
    return tree


def _labels_of_absent(tree: Any) -> Labels:
    """Return the labels that what a selector looks for would have.

    As in Prometheus, the first `=` of a label counts, and any other matcher behind it takes the label away.
    """
    found: dict[str, str | None] = {}
    for one in matchers_of(tree) if isinstance(tree, ast.VectorSelector) else ():
        if one.name != NAME:
            first = one.op == "=" and one.name not in found
            if first or one.name in found:
                found[one.name] = one.value if first else None
    return {name: value for name, value in found.items() if value}


def _larger(one: Floats, other: Floats) -> Floats:
    """Return the larger of two numbers as Go does: NaN where one is NaN, but for an infinite other."""
    found: Floats = np.where((one == np.inf) | (other == np.inf), np.inf, np.maximum(one, other))
    return found


def _smaller(one: Floats, other: Floats) -> Floats:
    """Return the smaller of two numbers as Go does."""
    return -_larger(-one, -other)


def _as_scalar(of: Vector) -> Floats:
    """Return the value of the one element of a vector; NaN where there is not exactly one."""
    alone = of.there.sum(axis=0) == 1
    total = np.where(of.there, of.values, 0.0).sum(axis=0)
    return np.where(alone, total, np.nan)


def _rounded(values: Floats, to: Floats) -> Floats:
    inverse = 1.0 / to
    found: Floats = np.floor(values * inverse + 0.5) / inverse
    return found
