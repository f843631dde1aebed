"""Arithmetic, comparison and set operators between vectors and scalars."""

from collections.abc import Callable
from typing import Any

import numpy as np
from promql_parser import LabelModifierType, VectorMatchCardinality

from sim.bridge.promql.budget import Budget
from sim.bridge.promql.parse import QueryError, outside
from sim.bridge.promql.values import (
    NAME,
    Bools,
    Floats,
    Labels,
    Vector,
    empty,
    key,
    only,
    without,
)

ARITHMETIC: dict[str, Callable[[Any, Any], Any]] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
    "%": np.fmod,
    "^": np.power,
}
COMPARISON: dict[str, Callable[[Any, Any], Any]] = {
    "==": np.equal,
    "!=": np.not_equal,
    ">": np.greater,
    "<": np.less,
    ">=": np.greater_equal,
    "<=": np.less_equal,
}
SETS = ("and", "or", "unless")

_Key = tuple[tuple[str, str], ...]


def combined(
    expression: Any, left: Vector | Floats, right: Vector | Floats, budget: Budget
) -> Vector | Floats:
    """Return what an operator makes of two sides. Raises QueryError."""
    op, modifier = str(expression.op), expression.modifier
    fill = None if modifier is None else modifier.fill_values
    if fill is not None and (fill.lhs is not None or fill.rhs is not None):
        raise outside("`fill`")
    wants_bool = modifier is not None and modifier.return_bool
    with np.errstate(all="ignore"):
        if isinstance(left, Vector) and isinstance(right, Vector):
            if op in SETS:
                return _set(op, modifier, left, right)
            return _matched(op, modifier, left, right, budget, wants_bool=wants_bool)
        if op in ARITHMETIC:
            found: Vector | Floats = _with_scalar(ARITHMETIC[op], left, right)
            return found
        if op in COMPARISON:
            return _compared(COMPARISON[op], left, right, wants_bool=wants_bool)
    raise outside(f"the operator {op}")


def _with_scalar(function: Callable[[Any, Any], Any], left: Vector | Floats, right: Vector | Floats) -> Any:
    vector = left if isinstance(left, Vector) else right
    values = function(_values(left), _values(right))
    if not isinstance(vector, Vector):
        return values
    return Vector(vector.labels, np.where(vector.there, values, 0.0), vector.there).nameless()


def _compared(
    function: Callable[[Any, Any], Any], left: Vector | Floats, right: Vector | Floats, *, wants_bool: bool
) -> Vector | Floats:
    holds = function(_values(left), _values(right))
    vector = left if isinstance(left, Vector) else right
    if not isinstance(vector, Vector):
        return np.where(holds, 1.0, 0.0)  # the parser has seen to it that there is a `bool`
    if wants_bool:
        values = np.where(holds & vector.there, 1.0, 0.0)
        return Vector(vector.labels, values, vector.there).nameless()
    there = vector.there & holds
    return Vector(vector.labels, np.where(there, vector.values, 0.0), there).present()


def _values(side: Vector | Floats) -> Floats:
    return side.values if isinstance(side, Vector) else side


# --- vectors with vectors ---------------------------------------------------------------------------------


def _signature(modifier: Any) -> Callable[[Labels], _Key]:
    """Return what labels of an element have to be equal on both sides."""
    matching = None if modifier is None else modifier.matching
    if matching is None:
        return lambda labels: key(without(labels, (NAME,)))
    names = tuple(matching.labels)
    if matching.type == LabelModifierType.Include:
        return lambda labels: key(only(labels, names))
    return lambda labels: key(without(labels, (NAME, *names)))


def _set(op: str, modifier: Any, left: Vector, right: Vector) -> Vector:
    signature = _signature(modifier)
    steps = left.values.shape[1]
    if op == "or":
        there_left = _there_by(signature, left, steps)
        extra = [~there_left.get(signature(one), np.zeros(steps, dtype=bool)) for one in right.labels]
        there = right.there & np.array(extra, dtype=bool).reshape(right.there.shape)
        return (
            Vector(
                left.labels + right.labels,
                np.concatenate([left.values, np.where(there, right.values, 0.0)]),
                np.concatenate([left.there, there]),
            )
            .present()
            .merged()
        )
    there_right = _there_by(signature, right, steps)
    nothing = np.zeros(steps, dtype=bool)
    found = np.array([there_right.get(signature(one), nothing) for one in left.labels], dtype=bool)
    found = found.reshape(left.there.shape)
    there = left.there & (found if op == "and" else ~found)
    return Vector(left.labels, np.where(there, left.values, 0.0), there).present()


def _there_by(signature: Callable[[Labels], _Key], of: Vector, steps: int) -> dict[_Key, Bools]:
    found: dict[_Key, Bools] = {}
    for row, labels in enumerate(of.labels):
        name = signature(labels)
        found[name] = found.get(name, np.zeros(steps, dtype=bool)) | of.there[row]
    return found


def _matched(
    op: str, modifier: Any, left: Vector, right: Vector, budget: Budget, *, wants_bool: bool
) -> Vector:
    """Return an operator between elements whose signatures are equal, one to one or many to one."""
    card = VectorMatchCardinality.OneToOne if modifier is None else modifier.card
    if card == VectorMatchCardinality.OneToMany:
        return _paired(op, modifier, right, left, budget, swapped=True, wants_bool=wants_bool)
    return _paired(op, modifier, left, right, budget, swapped=False, wants_bool=wants_bool)


def _paired(
    op: str, modifier: Any, many: Vector, one: Vector, budget: Budget, *, swapped: bool, wants_bool: bool
) -> Vector:
    if op not in ARITHMETIC and op not in COMPARISON:
        raise outside(f"the operator {op}")
    signature, steps = _signature(modifier), many.values.shape[1]
    grouped = modifier is not None and modifier.card != VectorMatchCardinality.OneToOne
    partners: dict[_Key, list[int]] = {}
    for row, labels in enumerate(one.labels):
        partners.setdefault(signature(labels), []).append(row)
    for rows in partners.values():
        _check_single(one, rows, "right" if not swapped else "left")
    signatures = [signature(labels) for labels in many.labels]
    budget.take(sum(len(partners.get(one, ())) for one in signatures), steps)
    used: dict[_Key, Bools] = {}
    found_labels: list[Labels] = []
    found_values: list[Floats] = []
    found_there: list[Bools] = []
    for row, labels in enumerate(many.labels):
        for other in partners.get(signatures[row], ()):
            both = many.there[row] & one.there[other]
            if not both.any():
                continue
            if not grouped:
                known = used.get(signatures[row], np.zeros(steps, dtype=bool))
                if (known & both).any():
                    raise QueryError(
                        "multiple matches for labels: many-to-one matching must be explicit "
                        "(group_left/group_right)",
                        "execution",
                    )
                used[signatures[row]] = known | both
            mine, theirs = many.values[row], one.values[other]
            sides = (theirs, mine) if swapped else (mine, theirs)
            values, there = _operated(op, sides, both, wants_bool=wants_bool)
            if not wants_bool and op in COMPARISON:
                values = sides[0]
            named = _result(op, modifier, labels, one.labels[other], grouped=grouped, wants_bool=wants_bool)
            found_labels.append(named)
            found_values.append(np.where(there, values, 0.0))
            found_there.append(there)
    if not found_labels:
        return empty(steps)
    there = np.array(found_there)
    return Vector(tuple(found_labels), np.array(found_values), there).present().merged()


def _operated(
    op: str, sides: tuple[Floats, Floats], both: Bools, *, wants_bool: bool
) -> tuple[Floats, Bools]:
    if op in ARITHMETIC:
        return ARITHMETIC[op](*sides), both
    holds = COMPARISON[op](*sides)
    return np.where(holds, 1.0, 0.0), both if wants_bool else both & holds


def _result(op: str, modifier: Any, many: Labels, one: Labels, *, grouped: bool, wants_bool: bool) -> Labels:
    """Return the labels of a pair."""
    labels = without(many, (NAME,)) if op in ARITHMETIC or wants_bool else dict(many)
    if grouped:
        for name in modifier.group_labels or ():
            if one.get(name):
                labels[name] = one[name]
            else:
                labels.pop(name, None)
        return labels
    matching = None if modifier is None else modifier.matching
    if matching is None:
        return labels
    if matching.type == LabelModifierType.Include:
        return only(labels, matching.labels)
    return without(labels, matching.labels)


def _check_single(one: Vector, rows: list[int], side: str) -> None:
    if len(rows) > 1 and (one.there[rows].sum(axis=0) > 1).any():
        raise QueryError(
            f"found duplicate series for the match group on the {side} hand-side of the operation; "
            "many-to-many matching not allowed: matching labels must be unique on one side",
            "execution",
        )
