"""The bridge's answers beside those of a real Alertmanager that holds the same alerts and silences."""

import json
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import parse_qsl
from urllib.request import Request, urlopen

import pytest

from sim.alerting.routing.alerts import Push
from sim.alerting.routing.config import config_of
from sim.alerting.routing.matchers import matcher
from sim.alerting.routing.router import Router
from sim.alerting.routing.silences import Silence
from sim.bridge import alertmanager
from sim.bridge.alertmanager import Seen
from sim.bridge.answer import Problem
from sim.bridge.time_map import TimeMap
from sim.document import parsed
from tests.alerting.routing.alertmanager import MISSING, PROGRAM, running
from tests.bridge.hosting import Stage

pytestmark = pytest.mark.skipif(PROGRAM is None, reason=MISSING)

CONFIG = """
route:
  receiver: all
  group_by: [job]
  group_wait: 100ms
  routes:
    - matchers: [team="db"]
      receiver: databases
      continue: true
    - matchers: [job="late"]
      group_wait: 1h
inhibit_rules:
  - source_matchers: [severity=critical]
    target_matchers: [severity=warning]
    equal: [job]
receivers:
  - {name: all, webhook_configs: [{url: '{hook}/all'}]}
  - {name: databases, webhook_configs: [{url: '{hook}/databases'}]}
"""
ALERTS = [
    {"alertname": "A", "job": "web", "severity": "critical"},
    {"alertname": "B", "job": "web", "severity": "warning"},
    {"alertname": "C", "job": "api", "severity": "warning", "team": "db"},
    {"alertname": "D", "job": "api", "severity": "critical", "zone": "a b"},
    {"alertname": "E", "job": "late", "severity": "info"},
]
SILENCES = (
    (('alertname="D"', 'zone=~"a.*"'), 0, 3600),
    (('severity="nothing"',), 0, 1800),
    (('job!="web"', 'job=~".+"'), 1800, 3600),
)
QUERIES = (
    "",
    "?active=false",
    "?silenced=false&inhibited=false",
    "?unprocessed=false",
    "?active=true&silenced=false&inhibited=false&unprocessed=false",
    "?filter=job%3Dweb",
    '?filter=job%3D~"a.*"&filter=severity!%3D"critical"',
    "?receiver=databases",
    "?receiver=a",
    "?receiver=a.*",
    "?active=perhaps",
)


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Ask both for a path of the API; returns (theirs, ours)."""
    with running(tmp_path_factory.mktemp("real"), CONFIG) as real:
        wall_ms = time.time_ns() // 1_000_000
        ends = TimeMap(0, wall_ms)
        router = Router(config_of(parsed(Path("a.yml"), CONFIG)), datetime(2026, 1, 5, tzinfo=UTC))
        for matchers, from_s, to_s in SILENCES:
            read = tuple(map(matcher, matchers))
            router.silences.put(Silence("", read, from_s * 1000, to_s * 1000, "kim", "known"), 0)
            body = {
                "matchers": [
                    {"name": m.name, "value": m.value, "isRegex": m.is_regex, "isEqual": m.is_equal}
                    for m in read
                ],
                "startsAt": ends.rfc3339(from_s * 1000),
                "endsAt": ends.rfc3339(to_s * 1000),
                "createdBy": "kim",
                "comment": "known",
            }
            real.post("silences", body)
        for labels in ALERTS:
            real.post(
                "alerts",
                [{"labels": labels, "annotations": {"summary": "s"}, "endsAt": ends.rfc3339(3_600_000)}],
            )
            router.push(0, [Push(labels, {"summary": "s"}, 0, 3_600_000)])
        real.wait_until(real.now_s() + 1.0)
        router.due(1_000)
        seen = Seen(router, 1_000, TimeMap(1_000, wall_ms + 1_000))
        yield real, seen


def plain(data):
    """What does not depend on the moment or on the name of a silence."""
    if isinstance(data, list):
        return [plain(one) for one in data]
    if isinstance(data, dict):
        return {
            key: len(value) if key == "silencedBy" else plain(value)
            for key, value in data.items()
            if key not in ("startsAt", "endsAt", "updatedAt", "id", "generatorURL")
        }
    return data


def of_query(text: str) -> list[tuple[str, str]]:
    return parse_qsl(text.removeprefix("?"))


@pytest.mark.parametrize("query", QUERIES)
def test_alerts(both, query):
    real, seen = both
    theirs = real.get(f"alerts{query}")
    assert plain(alertmanager.alerts(seen, of_query(query)).body) == plain(theirs)


@pytest.mark.parametrize("query", QUERIES)
def test_groups(both, query):
    real, seen = both

    def order(groups):
        for group in groups:
            group["alerts"].sort(key=lambda alert: alert["fingerprint"])
        return sorted(groups, key=lambda group: (group["receiver"]["name"], sorted(group["labels"].items())))

    theirs = order(plain(real.get(f"alerts/groups{query}")))
    assert order(plain(alertmanager.groups(seen, of_query(query)).body)) == theirs


@pytest.mark.parametrize("query", ["", "?filter=alertname%3DD", "?filter=job%3Dweb", "?filter=zone%3D~x"])
def test_silences(both, query):
    real, seen = both
    theirs = real.get(f"silences{query}")
    assert plain(alertmanager.silences(seen, of_query(query)).body) == plain(theirs)


def test_receivers_and_status(both):
    real, seen = both
    assert alertmanager.receivers(seen).body == real.get("receivers")
    theirs = real.get("status")
    ours = alertmanager.status(seen, 0).body
    assert set(ours) == set(theirs)
    assert set(ours["versionInfo"]) == set(theirs["versionInfo"])
    assert ours["cluster"] == theirs["cluster"]


NOBODY = "00000000-0000-4000-8000-00000000abcd"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "alerts?filter=foo~bar", None),
        ("GET", "alerts?receiver=(", None),
        ("GET", "silences?filter=foo~bar", None),
        ("GET", "silence/nonsense", None),
        ("GET", f"silence/{NOBODY}", None),
        ("DELETE", f"silence/{NOBODY}", None),
        ("DELETE", "silence/nonsense", None),
        ("POST", "silences", {"matchers": []}),
        ("POST", "silences", {"comment": ""}),
        (
            "POST",
            "silences",
            {
                "matchers": [],
                "startsAt": "2030-01-01T00:00:00Z",
                "endsAt": "2030-01-01T01:00:00Z",
                "createdBy": "kim",
                "comment": "known",
            },
        ),
    ],
)
def test_errors_have_the_same_code(both, method, path, body):
    real, _ = both
    request = Request(
        f"{real.url}/api/v2/{path}",
        None if body is None else json.dumps(body).encode(),
        {"Content-Type": "application/json"},
        method=method,
    )
    with pytest.raises(HTTPError) as problem:
        urlopen(request, timeout=5)
    theirs = problem.value.read().decode()
    ours = Stage().ask(method, f"/api/v2/{path}", json=body)
    assert ours.status_code == problem.value.code
    assert bool(ours.text) is bool(theirs)
    if theirs.startswith("{"):
        assert ours.json()["code"] == json.loads(theirs)["code"]
    elif theirs and "regexp" not in theirs:
        assert ours.json() == json.loads(theirs)


def test_a_problem_is_a_problem():
    with pytest.raises(Problem):
        alertmanager.refuse_alerts()
