"""Prometheus' HTTP API over a drill: metrics, rules, promtool, and a real Prometheus that scrapes it."""

import json
import re
import subprocess
import threading
import time

import numpy as np
import pytest

from sim.bridge import metrics
from sim.bridge.exposition import exposition
from sim.bridge.promql.values import NAME
from sim.bridge.rules import query_of
from sim.spec import Tool
from tests.bridge.hosting import UNIX_MS, Stage, served
from tests.bridge.prometheus import MISSING, PROMETHEUS, PROMTOOL, asked, started
from tests.spine.small import SCENARIO, drill

NOW_S = UNIX_MS / 1000


def value(of: Stage, query: str, at_s: float | None = None) -> dict[tuple, float]:
    given = {"query": query} if at_s is None else {"query": query, "time": UNIX_MS / 1000 + at_s}
    data = of.get("/api/v1/query", **given)["data"]
    return {tuple(sorted(one["metric"].items())): float(one["value"][1]) for one in data["result"]}


@pytest.fixture(scope="module")
def stage():
    return Stage().at(200)


def test_signals_are_what_the_drill_shows(stage):
    ((_, errors),) = value(stage, 'journey:error_ratio{journey="buy"}').items()
    assert errors == pytest.approx(stage.drill.view.measured_now("buy", "error_share"), rel=1e-6)
    ((_, p95),) = value(stage, 'component:latency_p95_seconds{component="db"}').items()
    assert p95 * 1000 == pytest.approx(stage.drill.view.measured_now("db", "p95_ms"), rel=1e-6)


def test_a_counter_counts_what_was_measured(stage):
    ((_, rate),) = value(stage, 'sum(rate(requests_total{component="web"}[5m]))', 0).items()
    ((_, shown),) = value(
        stage, 'avg_over_time(component:requests_per_second{component="web"}[5m])', 0
    ).items()
    assert rate == pytest.approx(shown, rel=0.02)  # zones are measured for themselves
    ((_, failed),) = value(stage, 'sum(increase(journey_requests_total{outcome="error"}[2m]))').items()
    assert failed > 1000


def test_a_histogram_gives_back_the_percentiles_it_was_made_of(stage):
    query = 'histogram_quantile(%s, rate(journey_request_duration_seconds_bucket{journey="buy"}[5m]))'
    for quantile, name in (("0.5", "p50"), ("0.95", "p95")):
        ((_, found),) = value(stage, query % quantile, 0).items()
        told = f'avg_over_time(journey:latency_{name}_seconds{{journey="buy"}}[5m])'
        ((_, shown),) = value(stage, told, 0).items()
        bounds = np.array([0.0, *metrics.BUCKETS_S])
        place = np.searchsorted(bounds, shown)
        assert bounds[place - 1] <= found <= bounds[place]  # within the same bucket


def test_buckets_add_up(stage):
    for one in stage.store.matching(()):
        if one.labels[NAME].endswith(("_total", "_bucket", "_count", "_sum")):
            assert (np.diff(one.values) >= 0).all(), one.labels
    counts = {}
    for one in stage.store.matching(()):
        if one.labels[NAME] == "request_duration_seconds_bucket" and one.labels["component"] == "web":
            counts.setdefault(one.labels["zone"], []).append(one.values[-1])
    assert all(sorted(found) == found for found in counts.values())


def test_alerts_and_rules(stage):
    firing = value(stage, 'ALERTS{alertstate="firing"}')
    names = {dict(labels)["alertname"] for labels in firing}
    assert names == {"BuyErrorsHigh", "DbSlow"}
    (group,) = stage.get("/api/v1/rules")["data"]["groups"]
    errors = next(rule for rule in group["rules"] if rule["name"] == "BuyErrorsHigh")
    assert errors["query"] == 'journey:error_ratio{journey="buy"} > 0.05'
    assert (errors["state"], errors["duration"], errors["health"]) == ("firing", 30, "ok")
    (alert,) = errors["alerts"]
    assert alert["activeAt"] == "2026-01-05T09:01:00.000Z"
    assert stage.get("/api/v1/alerts")["data"]["alerts"] == [
        alert for rule in group["rules"] for alert in rule["alerts"]
    ]
    assert stage.get("/api/v1/rules", type="record")["data"]["groups"] == []


def test_the_query_of_a_rule_says_what_the_rule_says():
    of = Stage()
    for at_s in range(0, 300, 15):
        of.at(at_s)
        for instance, state, _ in of.drill.view.rules_now():
            assert bool(value(of, query_of(instance.rule))) is (state != "inactive"), at_s


def test_what_is_known_of_metrics(stage):
    shown = stage.get("/api/v1/metadata", metric="requests_total")["data"]
    assert shown == {
        "requests_total": [
            {"type": "counter", "help": "Requests of a component, by outcome: ok or error.", "unit": ""}
        ]
    }
    known = {name for name, _ in metrics.metadata().items()}
    for one in stage.store.matching(()):
        name = re.sub("_(bucket|sum|count)$", "", one.labels[NAME])
        assert {name, one.labels[NAME]} & known
    assert stage.get("/api/v1/status/buildinfo")["data"]["version"] == "2.42.0"


def test_dashboards_that_do_not_load_show_nothing():
    world = SCENARIO.world.model_copy(update={"tools": (Tool(tool="dashboards", needs="db.write"),)})
    blind = Stage(drill(SCENARIO.model_copy(update={"world": world}))).at(200)
    assert blind.drill.view.data_ms is None, "the tool is lost in this drill"
    answer = blind.ask("GET", "/api/v1/query", params={"query": "up"})
    assert (answer.status_code, answer.json()["errorType"]) == (503, "unavailable")
    assert blind.ask("GET", "/metrics").status_code == 503


def test_nothing_of_the_truth_is_shown(stage):
    text = (
        json.dumps([one.labels for one in stage.store.matching(())]) + stage.ask("GET", "/api/v1/rules").text
    )
    assert "xyzzy" not in text


def test_forms_are_taken(stage):
    answer = stage.ask("POST", "/api/v1/query", data={"query": "1 + 1"})
    assert answer.json()["data"]["result"][1] == "2"


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("query?query=sum(", 'invalid parameter "query"'),
        ("query?query=1&time=soon", 'invalid parameter "time"'),
        ("series", "no match[] parameter provided"),
        ("series?match[]=sum(x)", 'invalid parameter "match[]"'),
        ("label/a-b/values", 'invalid label name: "a-b"'),
        ("rules?type=x", 'invalid parameter "type"'),
    ],
)
def test_errors_have_prometheus_own_form(stage, path, says):
    answer = stage.ask("GET", f"/api/v1/{path}")
    assert answer.status_code == 400
    body = answer.json()
    assert (body["status"], body["errorType"]) == ("error", "bad_data")
    assert says in body["error"]


def test_scraping_at_another_speed_says_so(stage):
    assert "scraping wants speed 1" not in stage.ask("GET", "/metrics").text
    fast = Stage(stage.drill, speed=5.0)
    assert fast.ask("GET", "/metrics").text.startswith(
        "# This drill runs at speed 5; scraping wants speed 1."
    )


# --- real programs ----------------------------------------------------------------------------------------

with_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason=MISSING)


@with_prometheus
def test_promtool_finds_nothing_wrong_with_the_metrics(stage):
    text = exposition(stage.store, stage.drill.now_ms, 30_000)
    done = subprocess.run(
        [str(PROMTOOL), "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    complaints = [
        line for line in done.stderr.splitlines() if "should not contain ':'" not in line
    ]  # our gauges are named as recording rules
    assert complaints == []
    assert "requests_total" in text


@with_prometheus
def test_promtool_queries():
    of = Stage(began_ms=time.time_ns() // 1_000_000 - 200_000).at(200)
    now_s = of.began_ms / 1000 + 200

    def promtool(*arguments: str) -> str:
        done = subprocess.run(
            [str(PROMTOOL), "query", *arguments], capture_output=True, text=True, timeout=20, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    with served(of) as url:
        assert "BuyErrorsHigh" in promtool("instant", url, "ALERTS")
        shown = promtool(
            "range", f"--start={now_s - 60}", f"--end={now_s}", "--step=15s", url, "journey:error_ratio"
        )
        assert shown.count("@[") == 5
        series = promtool("series", "--match=component:error_ratio", f"--start={now_s - 60}", url)
        assert len(series.splitlines()) == 3
        assert promtool("labels", url, "component").splitlines() == ["api", "db", "web"]
        broken = subprocess.run(
            [str(PROMTOOL), "query", "instant", url, "sum("], capture_output=True, text=True, check=False
        )
        assert broken.returncode == 1
        assert "bad_data" in broken.stderr + broken.stdout


@with_prometheus
def test_a_real_prometheus_scrapes_it_and_its_own_rules_work(tmp_path):
    of = Stage(began_ms=time.time_ns() // 1_000_000 - 200_000).at(200)
    rules = tmp_path / "rules.yml"
    rules.write_text(
        "groups:\n- name: mine\n  interval: 1s\n  rules:\n"
        "  - alert: Mine\n    expr: 'journey:error_ratio > 0.05'\n    labels: {severity: page}\n"
    )
    with served(of) as url:
        config = tmp_path / "prometheus.yml"
        config.write_text(
            "global: {scrape_interval: 1s}\nrule_files: [rules.yml]\nscrape_configs:\n"
            f"- job_name: drill\n  static_configs: [{{targets: ['{url.removeprefix('http://')}']}}]\n"
        )
        with started(tmp_path, config, tmp_path / "data") as real:
            until = time.monotonic() + 20
            while time.monotonic() < until and not asked(real, "alerts")["data"]["alerts"]:
                threading.Event().wait(0.2)
            (alert,) = asked(real, "alerts")["data"]["alerts"]
            up = asked(real, "query", query='up{job="drill"}')["data"]["result"]
            seen = asked(real, "query", query='journey:error_ratio{journey="buy"}')["data"]["result"]
    assert (alert["labels"]["alertname"], alert["labels"]["journey"]) == ("Mine", "buy")
    assert [one["value"][1] for one in up] == ["1"]
    ours = value(of, 'journey:error_ratio{journey="buy"}')
    assert [float(one["value"][1]) for one in seen] == list(ours.values())
