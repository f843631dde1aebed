"""From the text of a query to its syntax tree, by a parser of PromQL that others keep."""

import re
from collections.abc import Sequence
from typing import Any

import promql_parser

LENGTH_MAX = 10_000
PARTS_MAX = 150
"""The parser and the evaluation go down the tree on the stack, so the tree must not be deep. Assumptions, far
beyond any real query."""
MATCHERS_MAX = 100
"""Matchers in all selectors together; an assumption. Each of them looks at every series."""
REPETITIONS_MAX = 10
"""The parser compiles regular expressions, and one repetition may take 50 ms and 10 MB there: `\\pL{100}`."""

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`', re.DOTALL)
_COMMENT = re.compile(rf"({_QUOTED.pattern})|#[^\n]*", re.DOTALL)
_BRACES = re.compile(r"\{[^{}]*\}")
_MATCHERS = re.compile(r"=~|!~|!=|=")
_REPETITIONS = re.compile(r"\{|\\[xuU0-7]")
"""A brace in a quoted text, also where an escape may hide it."""
_SPANS = re.compile(r"\[([^\]]*)\]|\boffset\s*[-+]?\s*([\d.][\w.]*)", re.IGNORECASE)
"""Where a duration stands: the parser takes numbers there too, which Prometheus 2.42 does not, and breaks at
large ones."""
_DURATION = re.compile(r"(?:\d+(?:ms|[smhdwy]))+", re.ASCII)
_AT_TIME = re.compile(r"@(?!\s*(?:start|end)\b)", re.IGNORECASE)
_PARTS = re.compile(r"[-+*/%^(<>=!{]|\b(?:and|or|unless|atan2|offset)\b")


class QueryError(Exception):
    """A query that gets no answer: `kind` is Prometheus' errorType, bad_data or execution."""

    def __init__(self, text: str, kind: str = "bad_data") -> None:
        super().__init__(text)
        self.kind = kind


def parsed(text: str) -> Any:
    """Return the tree of a query. Raises QueryError in the words of Prometheus' parser, as far as they go."""
    return parsed_all([text])[0]


def parsed_all(texts: Sequence[str]) -> list[Any]:
    """Return the trees of texts that together have no more than one query may. Raises QueryError."""
    length = sum(map(len, texts))
    if length > LENGTH_MAX:
        raise QueryError(f"a query may have {LENGTH_MAX:,} letters, this has {length:,}")
    _check_parts(texts)
    return [_parsed(text) for text in texts]


def _parsed(text: str) -> Any:
    if not text.strip():
        raise QueryError("unknown position: parse error: no expression found in input")
    try:
        return promql_parser.parse(text)
    except ValueError as problem:
        raise QueryError(f"unknown position: parse error: {problem}") from None
    except BaseException as problem:
        if type(problem).__name__ != "PanicException":  # pyo3 gives no way to import it
            raise
        raise QueryError(f"unknown position: parse error: {problem}") from None


def _check_parts(texts: Sequence[str]) -> None:
    """Raise QueryError for what the parser had better not see."""
    told = [_COMMENT.sub(r"\1", text) for text in texts]  # a quote in a comment opens nothing
    bare = [_QUOTED.sub('""', text) for text in told]
    for pattern, parts, most, what in (
        (_PARTS, [_BRACES.sub("", text) for text in bare], PARTS_MAX, "operators and parentheses"),
        (_MATCHERS, [part for text in bare for part in _BRACES.findall(text)], MATCHERS_MAX, "matchers"),
        (_REPETITIONS, [part for text in told for part in _QUOTED.findall(text)], REPETITIONS_MAX,
         "braces within quotes"),
    ):  # fmt: skip
        if sum(len(pattern.findall(part)) for part in parts) > most:
            raise QueryError(f"a query may have {most} {what}, this has more")
    for part in (part for text in bare for span in _SPANS.findall(text) for part in "".join(span).split(":")):
        if part.strip() and not _DURATION.fullmatch(part.strip()):
            raise QueryError(f'unknown position: parse error: not a valid duration string: "{part.strip()}"')
    if any(_AT_TIME.search(text) for text in bare):
        raise outside("`@` with a time")  # outside times are not the store's, and the parser breaks at some


def outside(what: str) -> QueryError:
    """Return the refusal of something that PromQL has and a drill has not."""
    return QueryError(f"parse error: {what} is outside of what a drill understands; see docs/bridge.md")
