"""PromQL held against the real Prometheus: the same series, the same queries, the same answers."""

import json
import math
import subprocess
import sys
import tracemalloc
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from sim.alerting.routing.matchers import matches_all
from sim.bridge import prometheus
from sim.bridge.answer import Problem
from sim.bridge.matrix import matrix, number_text
from sim.bridge.promql.evaluate import FUNCTIONS
from sim.bridge.promql.parse import LENGTH_MAX, PARTS_MAX, QueryError, parsed
from sim.bridge.promql.values import NAME, Series, Vector
from sim.bridge.store import _between
from sim.bridge.time_map import TimeMap
from tests.bridge.prometheus import MISSING, PROMETHEUS, asked, holding

UNIX_MS = 1_767_603_600_000
NOW_S = UNIX_MS / 1000


def _series() -> list[Series]:
    """Counters with resets and gaps, gauges that come and go, a histogram; fixed by their seed."""
    rng = np.random.default_rng(7)
    found = []
    times = np.arange(-3_600_000, 1, 15_000, dtype=np.int64)
    for job in ("api", "web"):
        for zone in ("a", "b"):
            steps = rng.integers(0, 40, len(times)).astype(float)
            total = np.cumsum(steps)
            if zone == "b":
                total[120:] -= total[120]  # a restart
                total[190:] -= total[190]
            keep = rng.random(len(times)) > (0.2 if job == "web" else 0.0)
            keep[60:90] = job != "web"  # half a window without data
            labels = {NAME: "requests_total", "job": job, "zone": zone}
            found.append(Series(labels, times[keep], total[keep]))
            level = np.round(np.sin(np.arange(len(times)) / 20) * 10 + rng.normal(0, 1, len(times)), 6)
            there = (np.arange(len(times)) // 40) % 2 == (zone == "a")
            gauge = {NAME: "depth", "job": job, "zone": zone}
            found.append(Series(gauge, times[there], level[there]))
        for bound, share in (("0.1", 0.3), ("0.5", 0.7), ("1", 0.95), ("+Inf", 1.0)):
            counts = np.cumsum(np.full(len(times), 20.0 * share))
            bucket = {NAME: "duration_seconds_bucket", "job": job, "le": bound}
            found.append(Series(bucket, times, counts))
        found.append(Series({NAME: "limit", "job": job}, times, np.full(len(times), 5.0)))
    found.append(Series({NAME: "limit", "job": "db"}, times[:-30], np.full(len(times) - 30, 1.0)))
    return found + [
        Series({NAME: name, **dict([label])}, times, np.resize(np.array(values, dtype=float), len(times)))
        for name, label, values in _ODD
    ]


_ODD = [
    ("odd", ("k", "a"), [1, np.nan, np.inf, -np.inf, -2.5, 0, 1e300]),
    ("odd", ("k", "b"), [np.nan]),
    ("odd", ("k", "c"), [np.inf, 3]),
    ("odd", ("k", "d"), [1e308]),
    ("odd", ("k", "e"), [1e308]),
    ("half", ("k", "é"), [0.5, -0.5, 1.5, 2.5, -1.5]),
    ("tiny", ("k", "a"), [1e-300, 1e300, 3e-5, 7]),
    *(("falls_bucket", ("le", bound), [count]) for bound, count in (("0.1", 10), ("0.2", 8), ("+Inf", 20))),
    *(("below_bucket", ("le", bound), [count]) for bound, count in (("-1", 10), ("2", 18), ("+Inf", 20))),
    *(("open_bucket", ("le", bound), [count]) for bound, count in (("1", 1), ("2", 3))),
    ("lone_bucket", ("le", "+Inf"), [3]),
    *(("empty_bucket", ("le", bound), [0]) for bound in ("1", "+Inf")),
    *(("twice_bucket", ("le", bound), [count]) for bound, count in (("1", 1), ("1.0", 1), ("+Inf", 4))),
    *(("text_bucket", ("le", bound), [count]) for bound, count in (("x", 1), ("1", 1), ("+Inf", 2))),
]
"""Values that arithmetic is not made for, and histograms that no client makes."""


class Given:
    """A store of given series."""

    def __init__(self, series: list[Series]) -> None:
        self._series = series

    def select(self, matchers, from_ms: int, to_ms: int) -> list[Series]:
        return [_between(one, from_ms, to_ms) for one in self.matching(matchers)]

    def matching(self, matchers) -> list[Series]:
        return [one for one in self._series if matches_all(tuple(matchers), one.labels)]


QUERIES = [
    "requests_total",
    'requests_total{job="api"}',
    'requests_total{job=~"a.*|x", zone!="b"}',
    'requests_total{zone!~"a|c"}',
    '{__name__=~"lim.*"}',
    "nothing_at_all",
    "requests_total offset 5m",
    "requests_total offset -1m",
    "rate(requests_total[5m])",
    "rate(requests_total[1m])",
    "rate(requests_total[20s])",
    "rate(requests_total[5m] offset 10m)",
    "increase(requests_total[10m])",
    "irate(requests_total[2m])",
    "delta(depth[10m])",
    "idelta(depth[5m])",
    "avg_over_time(depth[7m])",
    "min_over_time(depth[7m])",
    "max_over_time(depth[7m])",
    "sum_over_time(depth[7m])",
    "count_over_time(depth[7m])",
    "last_over_time(depth[7m])",
    "sum(rate(requests_total[5m]))",
    "sum by (job) (rate(requests_total[5m]))",
    "sum without (zone) (requests_total)",
    "avg(depth)",
    "avg by (zone) (depth)",
    "min by (job) (depth)",
    "max by (job) (depth)",
    "count(requests_total)",
    "count by (zone) (depth > 0)",
    "sum by (nothing) (depth)",
    "histogram_quantile(0.9, duration_seconds_bucket)",
    "histogram_quantile(0.5, rate(duration_seconds_bucket[5m]))",
    "histogram_quantile(0.99, sum by (le) (rate(duration_seconds_bucket[5m])))",
    "histogram_quantile(1.5, duration_seconds_bucket)",
    "histogram_quantile(-1, duration_seconds_bucket)",
    "histogram_quantile(0.5, depth)",
    "depth > 0",
    "depth >= bool 3",
    "0 < depth",
    "depth == depth",
    "depth != 3",
    "1 + 2 * 3 ^ 2",
    "-2 ^ 2",
    "7 % 4",
    "-7 % 4",
    "1 > bool 2",
    "1 / 0",
    "-1 / 0",
    "0 / 0",
    "depth + 1",
    "2 - depth",
    "-depth",
    "depth * depth",
    "depth / 0",
    "depth + on (job, zone) requests_total",
    "depth + ignoring (zone) group_left limit",
    "depth * on (job) group_left () limit",
    "limit * on (job) group_right () depth",
    "depth > on (job) group_left () limit",
    "depth > bool on (job) group_left () limit",
    "depth and limit",
    "depth and on (job) limit",
    "depth unless on (job) (limit > 3)",
    "limit or on (job) depth",
    "limit and on () vector(1)",
    "limit unless on (job) depth",
    "abs(depth)",
    "ceil(depth)",
    "floor(depth)",
    "round(depth)",
    "round(depth, 0.25)",
    "clamp(depth, -3, 3)",
    "clamp_min(depth, 0)",
    "clamp_max(depth, 0)",
    "sqrt(depth)",
    "exp(limit)",
    "ln(limit)",
    "log2(limit)",
    "log10(limit)",
    "absent(nothing_at_all)",
    'absent(nothing_at_all{job="x",zone=~"a"})',
    "absent(limit)",
    "scalar(limit)",
    'scalar(limit{job="api"})',
    "vector(1)",
    "time()",
    "time() - limit",
    "(sum(rate(requests_total[5m])) / count(requests_total)) > 1",
    "sum(rate(requests_total{job='api'}[5m])) by (zone) / sum(rate(requests_total[5m])) by (zone)",
    "1",
    '"text"',
    *('"a"', "'b\\n'", "`c\\n`", '"é"'),
    "NaN",
    "1e3",
    "0x1f",
    "depth @ end()",
    "depth @ start()",
    "limit == 5 or limit == 1",
    *(Path(__file__).parent / "promql_edges.txt").read_text("utf-8").splitlines(),
]
BROKEN = [
    "ln(0)",
    "log2(time())",
    "sgn('a')",
    "depth offset 5",
    "rate(depth[300])",
    "rate(depth[1e30])",
    "rate(depth[5m:30])",
    "depth offset 0x5",
    "depth @ 1e30",
    "depth @ NaN",
    'histogram_quantile(0.5, {__name__=~"falls_bucket|below_bucket"})',
    "limit * on (job) group_right (zone) depth",
    "depth + on (job) limit",
    "limit + on () limit",
    "round(time())",
    'odd{k=~"a(?=b)"}',
    'odd{k=~"\\\\1"}',
    'odd{k=~"[b-a]"}',
    'odd{k=~"a**"}',
    'odd{k=~"a{2000}"}',
    'odd{k=~"\\\\Z"}',
    'odd{k=~"[a--b]"}',
    'odd{k=~"(?x) a"}',
    'odd{k=~"\\\\u0061"}',
    'odd{k=~"\\\\u{61}"}',
    'odd{k=~"\\\\C"}',
    'odd{k=~"\\\\h"}',
    'odd{k=~"a\\\\"}',
    "depth offset 300y",
    "count_over_time(depth[300y])",
    "depth offset 1000000000y",
    "depth offset -300y",
    "sum(",
    "rate(requests_total)",
    "foo(requests_total)",
    "requests_total{job=}",
    'requests_total{job=~"("}',
    "requests_total[5m]",
    "sum(requests_total[5m])",
    "1 > 2",
    "{}",
    "depth + limit + requests_total{",
    "",
    "depth * on (job) limit",
    "limit + on () group_left () depth",
    "requests_total or 1",
    "limit > ignoring (job) group_left limit",
    '"a" + 1',
]


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The address of the real one, and our side."""
    if PROMETHEUS is None:
        pytest.skip(MISSING)
    series = _series()
    ours = prometheus.Asked(None, Given(series), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    with holding(tmp_path_factory.mktemp("prometheus"), series, UNIX_MS) as url:
        yield url, ours


def answered(function, ours, **given) -> dict:
    try:
        body = function(ours, [(name, str(value)) for name, value in given.items()]).body
        return json.loads(body) if isinstance(body, bytes) else body
    except Problem as problem:
        return problem.body


def same(mine: str, theirs: str) -> bool:
    a, b = float(mine), float(theirs)
    return (math.isnan(a) and math.isnan(b)) or a == b or math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)


def by_labels(result: list[dict]) -> dict:
    return {tuple(sorted(one["metric"].items())): one.get("values", [one.get("value")]) for one in result}


def compare(mine: dict, theirs: dict) -> None:
    assert mine["status"] == theirs["status"] == "success", (mine, theirs)
    mine, theirs = mine["data"], theirs["data"]
    assert mine["resultType"] == theirs["resultType"]
    if mine["resultType"] == "string":
        assert mine == theirs
        return
    if mine["resultType"] == "scalar":
        assert same(mine["result"][1], theirs["result"][1])
        return
    found, wanted = by_labels(mine["result"]), by_labels(theirs["result"])
    assert set(found) == set(wanted)
    for labels, points in wanted.items():
        assert [t for t, _ in found[labels]] == [t for t, _ in points]
        for (_, a), (_, b) in zip(found[labels], points, strict=True):
            assert same(a, b), (labels, a, b)


@pytest.mark.parametrize("query", QUERIES)
def test_an_instant_query(both, query):
    url, ours = both
    for at_s in (NOW_S, NOW_S - 1234.5, NOW_S - 2100):
        mine = answered(prometheus.query, ours, query=query, time=at_s)
        compare(mine, asked(url, "query", query=query, time=at_s))


@pytest.mark.parametrize("query", [query for query in QUERIES if query[:1] not in "\"'`"])
def test_a_range_query(both, query):
    url, ours = both
    given = {"query": query, "start": NOW_S - 3000, "end": NOW_S + 400, "step": 37}
    compare(answered(prometheus.query_range, ours, **given), asked(url, "query_range", **given))


@pytest.mark.parametrize("query", BROKEN)
def test_what_cannot_be_answered_is_an_error_of_the_same_type(both, query):
    url, ours = both
    mine = answered(prometheus.query_range, ours, query=query, start=NOW_S - 60, end=NOW_S, step=15)
    theirs = asked(url, "query_range", query=query, start=NOW_S - 60, end=NOW_S, step=15)
    assert (mine["status"], mine["errorType"]) == (theirs["status"], theirs["errorType"]), (mine, theirs)


@pytest.mark.parametrize(
    "given",
    [
        {"start": "yesterday", "end": 1, "step": 1},
        {"start": 2, "end": 1, "step": 1},
        {"start": 1, "end": 2, "step": 0},
        {"start": 1, "end": 2, "step": -1},
        {"start": 1, "end": 2, "step": "soon"},
        {"start": 1, "end": 20_000, "step": 1},
        {"start": 1, "end": 2, "step": "NaN"},
        {"start": "2026-01-05T09:00:00Z", "end": "2026-01-05T09:01:00Z", "step": "15s"},
    ],
)
def test_parameters_are_refused_in_the_same_words(both, given):
    url, ours = both
    mine = answered(prometheus.query_range, ours, query="1", **given)
    theirs = asked(url, "query_range", query="1", **given)
    assert mine == theirs


@pytest.mark.parametrize(
    ("function", "path", "given"),
    [
        (prometheus.series, "series", [("match[]", "limit")]),
        (prometheus.series, "series", [("match[]", "limit"), ("match[]", 'depth{zone="a"}')]),
        (prometheus.labels, "labels", []),
        (prometheus.labels, "labels", [("match[]", "limit")]),
    ],
)
def test_series_and_labels(both, function, path, given):
    url, ours = both
    window = {"start": NOW_S - 3600, "end": NOW_S}
    theirs = asked(url, path, **{"match[]": [value for _, value in given]}, **window)
    mine = function(ours, given).body
    order = str if path == "labels" else (lambda one: sorted(one.items()))
    assert sorted(mine["data"], key=order) == sorted(theirs["data"], key=order)
    values = asked(url, "label/job/values", **window)
    assert prometheus.label_values(ours, "job", []).body == values


# --- without the real one ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("topk(3, x)", "the aggregation topk is outside of what a drill understands"),
        ("max_over_time(rate(x[5m])[1h:1m])", "a subquery is outside"),
        ("label_replace(x, 'a', 'b', 'c', 'd')", "the function label_replace is outside"),
        ("x @ 100", "`@` with a time is outside"),
        ('{a="b" or c="d"}', "`or` between matchers is outside"),
        ("atan2(1, 2)", "parse error"),
        ("x atan2 y", "the operator atan2 is outside"),
        ("x + fill(1) y", "`fill` is outside"),
        *((f"{name}(x)", f"the aggregation {name} is outside") for name in ("group", "stddev", "stdvar")),
        ("quantile(0.5, x)", "the aggregation quantile is outside"),
        ("count_values('a', x)", "the aggregation count_values is outside"),
        ("bottomk(NaN, x)", "the aggregation bottomk is outside"),
        ("sort(x)", "the function sort is outside"),
        ("label_join(x, 'a', 'b', 'c')", "the function label_join is outside"),
        ("absent_over_time(x[5m])", "the function absent_over_time is outside"),
        ("x @ -1e10", "`@` with a time is outside"),
    ],
)
def test_what_is_outside_of_the_subset_is_refused(query, says):
    ours = prometheus.Asked(None, Given(_series()), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    answer = answered(prometheus.query, ours, query=query)
    assert answer["errorType"] == "bad_data"
    assert answer["error"].startswith('invalid parameter "query": ')
    assert says in answer["error"]


HOSTILE = [
    "-" * 20_000 + "x",
    "(" * 5_000 + "x" + ")" * 5_000,
    "x" + "^x" * 4_000,
    "abs(" * 2_000 + "x" + ")" * 2_000,
    "x" + "+x" * 4_000,
    "x" * (LENGTH_MAX + 1),
    "x" + " and x" * 400,
    'x # "\n' + "+(" * 4_000 + "y" + ")" * 4_000 + ' # "',
    "x{" + 'a!="",' * 1_000 + "}",
    r'x{a=~"\\pL{100}"' + r',a=~"\\pL{100}"' * 50 + "}",
    r'x{a=~"\\pL\x7b100}"' + r',a=~"\\pL\x7b100}"' * 50 + "}",
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_queries_are_refused(number):
    with pytest.raises(QueryError, match="a query may have"):
        parsed(HOSTILE[number])


def test_selectors_of_one_question_share_its_bounds():
    ours = prometheus.Asked(None, Given(_series()), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    for selectors in (['x{a!="b",c!="d"}'] * 49 + ["x{a='b',c='d',e='f'}"], ["x"] * 51, ["x" * 5_001] * 2):
        with pytest.raises(Problem, match=r"match.*may (have|be given)"):
            prometheus.labels(ours, [("match[]", one) for one in selectors])


@dataclass
class Wide:
    """A store of many series with many samples, which counts how often they are looked into."""

    series: list[Series] = field(default_factory=lambda: _wide(range(3_000)))
    reads: int = 0

    def select(self, matchers, from_ms: int, to_ms: int) -> list[Series]:
        self.reads += 1
        return [one for one in self.series if matches_all(tuple(matchers), one.labels)]


def _wide(numbers) -> list[Series]:
    times = np.arange(-86_400_000, 1, 15_000, dtype=np.int64)
    values = np.arange(len(times), dtype=float)
    return [Series({NAME: "m", "n": str(number)}, times, values) for number in numbers]


LOADED = "query processing would load too many samples into memory in query execution"


@pytest.mark.parametrize(
    ("query", "steps"),
    [
        ("count(m)", 10_000),
        ("count(rate(m[1d]))", 2_000),
        ("count(max_over_time(m[1d]))", 2_000),
        ("m", 1_000),
        ("count(m and m and m and m)", 2_000),
        (" + ".join(["count(m)"] * 40), 1),
    ],
)
def test_work_is_refused_before_it_is_done(query, steps):
    ours = prometheus.Asked(None, Wide(), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    given = {"query": query, "start": NOW_S - 7.0 * (steps - 1), "end": NOW_S, "step": 7}
    tracemalloc.start()
    try:
        answer = answered(prometheus.query_range, ours, **given)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (answer["status"], answer["errorType"], answer["error"]) == ("error", "execution", LOADED)
    assert most < 300_000_000


def test_pairs_of_series_that_never_meet_are_counted_before_they_are_looked_at():
    one_each = [
        Series({NAME: "one", "n": str(number)}, np.array([-number * 600_000]), np.ones(1))
        for number in range(600)
    ]
    store = Wide(_wide(range(600)) + one_each)
    ours = prometheus.Asked(None, store, TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    given = {"query": "m * on () group_left () one", "start": NOW_S - 360_000, "end": NOW_S, "step": 600}
    assert answered(prometheus.query_range, ours, **given)["error"] == LOADED
    given["query"] = "count(m * on () group_left () (one > 1))"  # none of them is left
    assert answered(prometheus.query_range, ours, **given)["data"]["result"] == []


def test_a_long_window_costs_no_more_than_its_samples():
    store = Wide(_wide(range(3)))
    ours = prometheus.Asked(None, store, TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    given = {"query": "max_over_time(m[1d]) - min_over_time(m[1d])", "start": NOW_S - 10_000, "end": NOW_S}
    answer = answered(prometheus.query_range, ours, step=1, **given)
    for one in answer["data"]["result"]:
        assert float(one["values"][-1][1]) == 5_760  # a day of samples, and both ends


def test_the_deepest_query_that_is_taken_does_not_break_the_process():
    depth = PARTS_MAX - 1
    nested = [f"{opened * depth}x{')' * depth}" for opened in ("(", "abs(", "sum(")]
    for text in ("-" * depth + "x", "x" + "^x" * depth, "x" + "+x" * depth, *nested):
        code = (
            "import numpy as np; from tests.bridge.test_promql import Given, _series\n"
            "from sim.bridge.promql.evaluate import Evaluation; from sim.bridge.promql.select import Grid\n"
            "from sim.bridge.promql.parse import parsed; from sim.bridge.promql.budget import Budget\n"
            "grid = Grid(np.array([0]), 0)\n"
            f"Evaluation(Given(_series()), grid, np.zeros(1), Budget()).value(parsed({text!r}))"
        )
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0, text[:10]


def test_a_hostile_expression_cannot_hang():
    ours = prometheus.Asked(None, Given(_series()), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
    answer = answered(prometheus.query, ours, query='depth{job=~"(a*)*b' + "(a|a)*" * 30 + '"}')
    assert answer["data"]["result"] == []


def test_numbers_are_written_as_prometheus_does():
    numbers = [0.0, 1.0, -2.5, 1e21, 1e-7, 123456789012345680.0, math.inf, -math.inf, math.nan, 0.1]
    wanted = [
        "0", "1", "-2.5", "1000000000000000000000", "0.0000001", "123456789012345680",
        "+Inf", "-Inf", "NaN", "0.1",
    ]  # fmt: skip
    assert [number_text(number) for number in numbers] == wanted
    for some in (slice(None), slice(0, 6), slice(9, None)):
        row = np.array([numbers[some]])
        body = json.loads(matrix(Vector(({},), row, np.ones_like(row, dtype=bool)), np.arange(row.size) / 2))
        assert [text for _, text in body["data"]["result"][0]["values"]] == wanted[some]
        assert [t for t, _ in body["data"]["result"][0]["values"]] == (np.arange(row.size) / 2).tolist()


def test_every_function_there_is_is_tried():
    tried = " ".join(QUERIES)
    assert [name for name in FUNCTIONS if f"{name}(" not in tried] == []
