"""From the text of a query to its syntax tree, by a parser of PromQL that others keep."""

import re
from typing import Any

import promql_parser

LENGTH_MAX = 10_000
PARTS_MAX = 150
"""The parser and the evaluation go down the tree on the stack, so the tree must not be deep. Assumptions, far
beyond any real query."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`')
_BRACES = re.compile(r"\{[^{}]*\}")
_PARTS = re.compile(r"[-+*/%^(<>=!{]|\b(?:and|or|unless|atan2|offset)\b")


class QueryError(Exception):
    """A query that gets no answer: `kind` is Prometheus' errorType, bad_data or execution."""

    def __init__(self, text: str, kind: str = "bad_data") -> None:
        super().__init__(text)
        self.kind = kind


def parsed(text: str) -> Any:
    """Return the tree of a query. Raises QueryError in the words of Prometheus' parser, as far as they go."""
    if len(text) > LENGTH_MAX:
        raise QueryError(f"a query may have {LENGTH_MAX:,} letters, this has {len(text):,}")
    if len(_PARTS.findall(_BRACES.sub("", _QUOTED.sub('""', text)))) > PARTS_MAX:
        raise QueryError(f"a query may have {PARTS_MAX} operators and parentheses, this has more")
    if not text.strip():
        raise QueryError("unknown position: parse error: no expression found in input")
    try:
        return promql_parser.parse(text)
    except ValueError as problem:
        raise QueryError(f"unknown position: parse error: {problem}") from None


def outside(what: str) -> QueryError:
    """Return the refusal of something that PromQL has and a drill has not."""
    return QueryError(f"parse error: {what} is outside of what a drill understands; see docs/bridge.md")
