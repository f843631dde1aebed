"""Any query at all: it gets an answer or a refusal in Prometheus' form, soon; never anything else."""

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sim.bridge import prometheus
from sim.bridge.answer import Problem
from sim.bridge.promql.binary import ARITHMETIC, COMPARISON, SETS
from sim.bridge.promql.evaluate import FUNCTIONS
from sim.bridge.promql.ranges import OVER_TIME
from sim.bridge.time_map import TimeMap
from tests.bridge.hosting import Stage
from tests.bridge.test_promql import NOW_S, UNIX_MS, Given, _series

OURS = prometheus.Asked(None, Given(_series()), TimeMap(0, UNIX_MS))  # type: ignore[arg-type]
OF_RANGES = (*OVER_TIME, "rate", "increase", "delta", "irate", "idelta")

# --- queries that may well mean something -----------------------------------------------------------------

names = st.sampled_from(["depth", "limit", "odd", "requests_total", "duration_seconds_bucket", "nothing"])
label_names = st.sampled_from(["job", "zone", "k", "le", "__name__", "other"])
texts = st.sampled_from(
    ["api", "web", "a", "", ".*", ".+", "a|b", "(", "[", "\\\\d", "é", "x{3}", "\\x00", "\\n"]
)
matchers = st.builds('{}{}"{}"'.format, label_names, st.sampled_from(["=", "!=", "=~", "!~"]), texts)
spans = st.builds(
    "{}{}".format,
    st.one_of(st.integers(0, 90), st.integers(0, 10**20)),
    st.sampled_from(["ms", "s", "m", "h", "d", "w", "y", "", "d1ms"]),
)
moments = st.one_of(
    st.sampled_from(["start()", "end()", "NaN", "Inf", "-1e10", "1e30", "-9e15"]),
    st.floats(width=64).map(str),
)
behind = st.one_of(
    st.just(""),
    st.builds(" offset {}{}".format, st.sampled_from(["", "-", "- "]), spans),
    st.builds(" @ {}".format, moments),
    st.builds(" @ {} offset {}".format, moments, spans),
)
selectors = st.builds(
    "{}{{{}}}".format, st.one_of(names, st.just("")), st.lists(matchers, max_size=3).map(",".join)
)
vectors = st.builds("{}{}".format, st.one_of(names, selectors), behind)
ranges = st.builds("{}[{}]{}".format, st.one_of(names, selectors), spans, behind)
numbers = st.one_of(
    st.sampled_from(["0", "1", "-1", "NaN", "Inf", "-Inf", "0x1f", "1e400", "time()", "scalar(limit)"]),
    st.floats().map(str),
)
lists = st.lists(label_names, max_size=2).map(", ".join)
modifiers = st.one_of(
    st.sampled_from(["", "", "bool"]),
    st.builds("{} ({})".format, st.sampled_from(["on", "ignoring", "bool on"]), lists),
    st.builds(
        "{} ({}) {} ({})".format,
        st.sampled_from(["on", "ignoring", "bool on"]), lists,
        st.sampled_from(["group_left", "group_right"]), lists,
    ),
)  # fmt: skip
operators = st.sampled_from([*ARITHMETIC, *COMPARISON, *SETS, "atan2"])
aggregations = st.sampled_from(["sum", "avg", "min", "max", "count", "group", "stddev", "topk", "quantile"])


def larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return queries made of queries."""
    calls = st.builds("{}({})".format, st.sampled_from(FUNCTIONS), st.lists(inner, max_size=3).map(", ".join))
    return st.one_of(
        calls,
        st.builds("{} {} {} {}".format, inner, operators, modifiers, inner),
        st.builds("{} {} ({}) ({})".format, aggregations, st.sampled_from(["by", "without"]), lists, inner),
        st.builds("{}({}, {})".format, aggregations, numbers, inner),
        st.builds("histogram_quantile({}, {})".format, numbers, inner),
        st.builds("clamp({}, {}, {})".format, inner, numbers, numbers),
        st.builds("round({}, {})".format, inner, numbers),
        st.builds("({})".format, inner),
        st.builds("-{}".format, inner),
        st.builds("{}[{}:{}]".format, inner, spans, spans),
    )


leaves = st.one_of(vectors, numbers, st.builds("{}({})".format, st.sampled_from(OF_RANGES), ranges))
queries = st.recursive(leaves, larger, max_leaves=6)

# --- and queries that mean nothing ------------------------------------------------------------------------

SCRAPS = (
    "( ) { } [ ] , : @ # \" ' ` \n \\ =~ !~ - + ^ offset by on bool sum rate inf nan 1e 0x 5m 1y2 {} é "
    "\x00 \ufeff"
)
scraps = st.sampled_from(SCRAPS.split(" "))
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A query with scraps thrown in, letters taken out, and parts of it twice."""
    query = draw(queries)
    for _ in range(draw(st.integers(1, 4))):
        at, to = (draw(st.integers(0, len(query))) for _ in range(2))
        put = draw(st.one_of(scraps, letters, st.just(query[at:to])))
        query = query[:at] + put + query[min(at + draw(st.integers(0, 3)), len(query)) :]
    return query


times = st.one_of(
    st.just(""), st.floats().map(str), st.integers(-(10**30), 10**30).map(str), st.datetimes().map(str),
    st.sampled_from(["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1_0", "٣", " 1", "1e400"]),
    st.floats(NOW_S - 4_000, NOW_S + 400).map(str), letters,
)  # fmt: skip
steps = st.one_of(times, spans, st.sampled_from(["0.001", "1e-300", "15", "1e308", "0.0015", "-1s"]))
quickly = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def asked(function, **given: str) -> None:
    try:
        body = function(OURS, list(given.items())).body
        data = json.loads(body) if isinstance(body, bytes) else body
        assert data["status"] == "success"
    except Problem as problem:
        data = problem.body
        assert (data["status"], problem.status) in (("error", 400), ("error", 422))
        assert data["errorType"] == {400: "bad_data", 422: "execution"}[problem.status]
        assert data["error"]
    json.dumps(data).encode()


@quickly
@given(queries)
@example("x @ -1e10")
@example("x offset 1000000000y")
@example('rate(x{a=~"("}[5m])')
def test_any_query(query):
    asked(prometheus.query, query=query)
    asked(prometheus.query_range, query=query, start=str(NOW_S - 600), end=str(NOW_S), step="30")


@quickly
@given(st.one_of(mangled(), letters))
def test_any_text(text):
    asked(prometheus.query, query=text)
    asked(prometheus.query_range, query=text, start=str(NOW_S - 600), end=str(NOW_S), step="30")


@quickly
@given(times, times, steps)
@example("0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "1e11")
@example("-253402300799", "253402300799", "253402300799")
def test_any_times(start, end, step):
    for query in ("depth", "rate(requests_total[5m])", "time()", "depth @ end() offset -200y"):
        asked(prometheus.query, query=query, time=start)
        asked(prometheus.query_range, query=query, start=start, end=end, step=step)


@quickly
@given(st.lists(st.one_of(selectors, mangled()), max_size=4), letters)
def test_any_selectors_and_names(texts, name):
    given = [("match[]", text) for text in texts]
    for answer in (
        prometheus.series,
        prometheus.labels,
        lambda ours, g: prometheus.label_values(ours, name, g),
    ):
        try:
            assert answer(OURS, given).body["status"] == "success"
        except Problem as problem:
            assert problem.body["errorType"] == "bad_data"


@pytest.fixture(scope="module")
def stage():
    return Stage().at(60)


@settings(quickly, max_examples=30)
@given(st.binary(max_size=60), st.binary(max_size=20))
def test_any_bytes_over_http(stage, query, at):
    for method, told in (
        ("GET", {"params": {"query": query, "time": at}}),
        ("POST", {"content": b"query=" + query}),
    ):
        answer = stage.ask(method, "/api/v1/query", **told)
        assert answer.status_code in (200, 400, 422), answer.text
        assert answer.json()["status"] in ("success", "error")
