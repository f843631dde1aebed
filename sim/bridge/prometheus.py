"""Prometheus' HTTP API over a drill: pure answers, in the form and words of Prometheus 2.42."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

import numpy as np
import promql_parser

from sim.alerting.routing.durations import duration_ms
from sim.alerting.routing.matchers import Matcher
from sim.bridge import metrics
from sim.bridge.answer import Problem, Reply
from sim.bridge.matrix import matrix, number_text
from sim.bridge.promql.budget import Budget
from sim.bridge.promql.evaluate import Evaluation
from sim.bridge.promql.parse import QueryError, parsed, parsed_all
from sim.bridge.promql.select import Grid, matchers_of
from sim.bridge.promql.values import Labels, Times, Value, Vector, key
from sim.bridge.rules import groups, standing_alerts
from sim.bridge.store import DrillStore
from sim.bridge.time_map import TimeMap
from sim.view import View

POINTS_MAX = 11_000
"""Points of a series in one answer: Prometheus' own limit."""
_WRITTEN_VALUES = 8
"""What it costs to write a value into an answer, beside what values cost; an assumption from measuring."""
_UNIX_MAX_S = 253_402_300_799.0
"""The end of the year 9999."""
_MATCHES_MAX = 50

_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")

Query = Sequence[tuple[str, str]]
"""Parameters as names and values."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The measuring side of a drill at a moment."""

    view: View
    store: DrillStore
    times: TimeMap


# --- queries ----------------------------------------------------------------------------------------------


def query(asked: Asked, given: Query) -> Reply:
    """Answer /query. Raises Problem."""
    now_s = asked.times.unix_ms / 1000
    at_s = _moment(given, "time", now_s)
    value = _evaluated(asked, _one(given, "query"), np.array([round(at_s * 1000)]))
    if isinstance(value, Vector):
        result = [
            {"metric": labels, "value": [at_s, number_text(value.values[row, 0])]}
            for row, labels in enumerate(value.labels)
            if value.there[row, 0]
        ]
        return _success({"resultType": "vector", "result": result})
    if isinstance(value, str):
        return _success({"resultType": "string", "result": [at_s, value]})
    return _success({"resultType": "scalar", "result": [at_s, number_text(value[0])]})


def query_range(asked: Asked, given: Query) -> Reply:
    """Answer /query_range, in JSON. Raises Problem."""
    start_s, end_s = (_moment(given, name, None) for name in ("start", "end"))
    if end_s < start_s:
        raise _bad('invalid parameter "end": end timestamp must not be before start time')
    step_ns = _step_ns(_one(given, "step"))
    start_ms, end_ms = round(start_s * 1000), round(end_s * 1000)
    if (end_ms - start_ms) * 1_000_000 // step_ns > POINTS_MAX:
        raise _bad(
            f"exceeded maximum resolution of {POINTS_MAX:,} points per timeseries. "
            "Try decreasing the query resolution (?step=XX)"
        )
    steps_ms = np.arange(start_ms, end_ms + 1, step_ns // 1_000_000, dtype=np.int64)
    value = _evaluated(asked, _one(given, "query"), steps_ms, end_ms)
    if isinstance(value, str):
        raise _bad('invalid expression type "string" for range query, must be Scalar or instant Vector')
    if not isinstance(value, Vector):
        value = Vector(({},), value[None, :], np.ones((1, len(steps_ms)), dtype=bool))
    return Reply(matrix(value, steps_ms / 1000))


def _evaluated(asked: Asked, text: str, unix_ms: Times, end_ms: int | None = None) -> Value:
    try:
        tree = parsed(text)
    except QueryError as problem:
        raise _bad(f'invalid parameter "query": {problem}') from None
    if isinstance(tree, promql_parser.MatrixSelector):
        raise _bad("a range selector needs a function here, such as rate(...)")
    offset_ms = asked.times.sim_ms - asked.times.unix_ms
    last_ms = int(unix_ms[-1]) if end_ms is None else end_ms
    grid, budget = Grid(unix_ms + offset_ms, last_ms + offset_ms), Budget()
    try:
        value = Evaluation(asked.store, grid, unix_ms / 1000, budget).value(tree)
        if isinstance(value, Vector):
            budget.take(len(value.labels), _WRITTEN_VALUES * len(unix_ms))
    except QueryError as problem:
        prefix = 'invalid parameter "query": ' if problem.kind == "bad_data" else ""
        raise _problem(problem.kind, f"{prefix}{problem}") from None
    return value


# --- series and labels ------------------------------------------------------------------------------------


def series(asked: Asked, given: Query) -> Reply:
    """Answer /series. Raises Problem."""
    chosen = _matches(given)
    if not chosen:
        raise _bad("no match[] parameter provided")
    return _success(sorted(_sets(asked, chosen), key=key))


def labels(asked: Asked, given: Query) -> Reply:
    """Answer /labels. Raises Problem."""
    names = {name for one in _sets(asked, _matches(given) or [()]) for name in one}
    return _success(sorted(names))


def label_values(asked: Asked, name: str, given: Query) -> Reply:
    """Answer /label/NAME/values. Raises Problem."""
    if not _LABEL.fullmatch(name):
        raise _bad(f'invalid label name: "{name}"')
    values = {one[name] for one in _sets(asked, _matches(given) or [()]) if name in one}
    return _success(sorted(values))


def metadata(given: Query) -> Reply:
    """Answer /metadata."""
    wanted = dict(given).get("metric")
    return _success(
        {
            name: [{"type": kind, "help": text, "unit": ""}]
            for name, (kind, text) in metrics.metadata().items()
            if not wanted or wanted == name
        }
    )


def _sets(asked: Asked, chosen: Sequence[tuple[Matcher, ...]]) -> list[Labels]:
    found = {key(one.labels): one.labels for matchers in chosen for one in asked.store.matching(matchers)}
    return list(found.values())


def _matches(given: Query) -> list[tuple[Matcher, ...]]:
    texts = [value for name, value in given if name == "match[]"]
    if len(texts) > _MATCHES_MAX:
        raise _bad(f'invalid parameter "match[]": {_MATCHES_MAX} may be given at once, not {len(texts)}')
    try:
        trees = parsed_all(texts)
        if not all(isinstance(tree, promql_parser.VectorSelector) for tree in trees):
            raise QueryError("parse error: expected a selector of series")
        return [matchers_of(tree) for tree in trees]
    except QueryError as problem:
        raise _bad(f'invalid parameter "match[]": {problem}') from None


# --- rules and the program --------------------------------------------------------------------------------


def alerts(asked: Asked) -> Reply:
    """Answer /alerts."""
    return _success({"alerts": standing_alerts(asked.view, asked.times)})


def rules(asked: Asked, given: Query) -> Reply:
    """Answer /rules. Raises Problem."""
    wanted = dict(given).get("type")
    if wanted not in (None, "", "alert", "record"):
        raise _bad(f'invalid parameter "type": not supported value "{wanted}"')
    found = [] if wanted == "record" else groups(asked.view, asked.times)
    return _success({"groups": found})


def build_info() -> Reply:
    """Answer /status/buildinfo: the version whose behaviour this is."""
    told = {"version": "2.42.0", "revision": "pagerdrill", "branch": "", "buildUser": "", "buildDate": ""}
    return _success({**told, "goVersion": ""})


# --- in and out -------------------------------------------------------------------------------------------


def check_measured(asked: Asked) -> None:
    """Raise Problem where nothing can be measured."""
    if asked.view.data_ms is None:
        raise _problem("unavailable", "the dashboards of this drill do not load now", 503)


def _success(data: Any) -> Reply:
    return Reply({"status": "success", "data": data})


def _bad(text: str) -> Problem:
    return _problem("bad_data", text)


def _problem(kind: str, text: str, status: int | None = None) -> Problem:
    code = {"bad_data": 400, "execution": 422}.get(kind, 503) if status is None else status
    return Problem({"status": "error", "errorType": kind, "error": text}, code)


def _one(given: Query, name: str) -> str:
    return next((value for known, value in given if known == name), "")


def _moment(given: Query, name: str, default_s: float | None) -> float:
    """Return a time parameter in seconds from 1970."""
    text = _one(given, name)
    if not text and default_s is not None:
        return default_s
    try:
        moment_s = _number(text)
    except ValueError:
        try:
            moment = datetime.fromisoformat(text)
            moment_s = (moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment).timestamp()
        except (ValueError, OverflowError):
            moment_s = float("nan")
    if not isfinite(moment_s) or abs(moment_s) > _UNIX_MAX_S:
        raise _bad(f'invalid parameter "{name}": cannot parse "{text}" to a valid timestamp')
    return round(moment_s, 3)


def _step_ns(text: str) -> int:
    """Return the step in ns; what is less than 1 ms of it does not count."""
    try:
        step_s = _number(text)
    except ValueError:
        try:
            step_s = duration_ms(text) / 1000
        except ValueError:
            step_s = float("inf")
    if abs(step_s) > _UNIX_MAX_S:
        raise _bad(f'invalid parameter "step": cannot parse "{text}" to a valid duration')
    if not step_s >= 0.001:
        raise _bad(
            'invalid parameter "step": zero or negative query resolution step widths are not accepted. '
            "Try a positive integer"
        )
    return int(step_s * 1e9)


def _number(text: str) -> float:
    """Return a number as Go reads it. Raises ValueError."""
    if not text.isascii() or "_" in text or text != text.strip():
        raise ValueError(text)
    return float(text)
