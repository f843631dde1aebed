"""The syntax of PromQL expressions, where the package promql-parser is installed."""

import re
from functools import cache
from types import ModuleType

EXPR_MAX = 20_000
DEPTH_MAX = 100
OPERATORS_MAX = 1_000
"""Bounds of an expression in characters, nested brackets and operators; assumptions, far beyond real ones.

The parser takes a piece of its stack for each bracket and operator, and ends the process where that is used
up: about 3,000 operators do no harm, 10,000 do.
"""

_OPERATOR = re.compile(r"[-+*/%^=<>]|\b(?:and|or|unless)\b", re.IGNORECASE)


@cache
def parser() -> ModuleType | None:
    """Return the parser; None where it is not installed."""
    try:
        import promql_parser  # noqa: PLC0415 - an extra that need not be there
    except ImportError:
        return None
    module: ModuleType = promql_parser
    return module


def syntax_error(expr: str) -> str | None:
    """Return what is wrong with an expression; None where nothing is, or nobody can tell."""
    if len(expr) > EXPR_MAX:
        return f"is longer than {EXPR_MAX:,} characters"
    if _depth(expr) > DEPTH_MAX:
        return f"nests parentheses deeper than {DEPTH_MAX}"
    if sum(1 for _ in _OPERATOR.finditer(expr)) > OPERATORS_MAX:
        return f"has over {OPERATORS_MAX:,} operators"
    reader = parser()
    if reader is None:
        return None
    try:
        reader.parse(expr)
    except ValueError as problem:
        return " ".join(str(problem).split())
    return None


def _depth(expr: str) -> int:
    """Return how deep brackets nest, counting those in quotes, too."""
    depth = deepest = 0
    for letter in expr:
        if letter in "([{":
            depth += 1
            deepest = max(deepest, depth)
        elif letter in ")]}":
            depth -= 1
    return deepest
