"""The real Alertmanager beside the router: the same alerts at the same times, the same notifications.

All timelines run at once in one server, told apart by a label, so that a dozen of them take ten seconds.
"""

import json
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from sim.alerting.routing.alerts import Push
from sim.alerting.routing.config import load
from sim.alerting.routing.matchers import matcher
from sim.alerting.routing.router import Router
from sim.alerting.routing.silences import Silence
from tests.alerting.routing.alertmanager import MISSING, PROGRAM, running

pytestmark = pytest.mark.skipif(PROGRAM is None, reason=MISSING)

CONFIG = """
global: {resolve_timeout: 3s}
route:
  receiver: all
  group_by: [case]
  group_wait: 1s
  group_interval: 2s
  repeat_interval: 5s
  routes:
    - matchers: ['case="alone"']
      group_by: ['...']
    - matchers: ['case=~"both|unheard"']
      receiver: firing-only
      continue: true
    - match: {case: both}
      receiver: all
    - matchers: ['case="muted"']
      mute_time_intervals: [always]
    - matchers: ['case="by-host"']
      group_by: [case, host]
    - matchers: ['case="patient"']
      group_wait: 4s
inhibit_rules:
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"']
    equal: [case, cluster]
time_intervals:
  - name: always
    time_intervals: [{years: ['2000:2100']}]
receivers:
  - name: all
    webhook_configs: [{url: '{hook}/all'}]
  - name: firing-only
    webhook_configs: [{url: '{hook}/firing-only', send_resolved: false}]
"""

LONG = 600.0
Step = tuple[float, dict, float | None]  # at, labels, seconds until it ends (None: the timeout ends it)

TIMELINES: dict[str, list[Step]] = {
    "simple": [(0.2, {"alertname": "A"}, LONG)],
    "short": [(0.2, {"alertname": "A"}, LONG), (0.6, {"alertname": "A"}, 0.0)],
    "resolves": [(0.2, {"alertname": "A"}, LONG), (2.0, {"alertname": "A"}, 0.0)],
    "times-out": [(0.2, {"alertname": "A"}, None)],
    "grows": [(0.2, {"alertname": "A"}, LONG), (1.8, {"alertname": "B"}, LONG)],
    "one-of-two": [
        (0.2, {"alertname": "A"}, LONG),
        (0.2, {"alertname": "B"}, LONG),
        (2.0, {"alertname": "B"}, 0.0),
    ],
    "again": [
        (0.2, {"alertname": "A"}, LONG),
        (1.6, {"alertname": "A"}, 0.0),
        (4.2, {"alertname": "A"}, LONG),
    ],
    "inhibited": [
        (0.2, {"alertname": "A", "severity": "critical", "cluster": "eu"}, LONG),
        (0.2, {"alertname": "B", "severity": "warning", "cluster": "eu"}, LONG),
        (0.2, {"alertname": "C", "severity": "warning", "cluster": "us"}, LONG),
        (4.0, {"alertname": "A", "severity": "critical", "cluster": "eu"}, 0.0),
    ],
    "inhibited-late": [
        (0.2, {"alertname": "B", "severity": "warning"}, LONG),
        (1.8, {"alertname": "A", "severity": "critical"}, LONG),
    ],
    "silenced": [(0.2, {"alertname": "A"}, LONG), (0.2, {"alertname": "B"}, LONG)],
    "alone": [(0.2, {"alertname": "A", "host": "1"}, LONG), (0.4, {"alertname": "A", "host": "2"}, LONG)],
    "both": [(0.2, {"alertname": "A"}, LONG), (2.0, {"alertname": "A"}, 0.0)],
    "unheard": [
        (0.2, {"alertname": "A"}, LONG),
        (0.2, {"alertname": "B"}, LONG),
        (1.8, {"alertname": "B"}, 0.0),
    ],
    "muted": [(0.2, {"alertname": "A"}, LONG)],
    "by-host": [
        (0.2, {"alertname": "A", "host": "1"}, LONG),
        (0.2, {"alertname": "A", "host": "2"}, LONG),
        (0.2, {"alertname": "B"}, LONG),
    ],
    "patient": [(0.2, {"alertname": "A"}, LONG)],
}
SILENCE = ('case="silenced"', 'alertname=~"A|X.*"')
SILENCED_S = (0.1, 4.2)
UNTIL_S = 8.7
"""Before the next flush of any of them at 9.2 s."""
NEAR_S = 0.45


def steps():
    return sorted(
        (
            (at, labels | {"case": case}, ends)
            for case, steps in TIMELINES.items()
            for at, labels, ends in steps
        ),
        key=lambda step: step[0],
    )


def rfc3339(at: float) -> str:
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def shape(alerts):
    return tuple(sorted((tuple(sorted(labels.items())), status) for labels, status in alerts))


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    """What the real program told, and its alerts and groups at the end."""
    with running(tmp_path_factory.mktemp("real"), CONFIG) as program:
        wall = datetime.now(UTC).timestamp() - program.now_s()
        program.wait_until(SILENCED_S[0])
        matchers = [matcher(text) for text in SILENCE]
        program.post(
            "silences",
            {
                "matchers": [
                    {"name": m.name, "value": m.value, "isRegex": m.is_regex, "isEqual": m.is_equal}
                    for m in matchers
                ],
                "startsAt": rfc3339(wall + SILENCED_S[0]),
                "endsAt": rfc3339(wall + SILENCED_S[1]),
                "createdBy": "test",
                "comment": "test",
            },
        )
        for at, labels, ends in steps():
            program.wait_until(at)
            alert = {"labels": labels}
            if ends is not None:
                alert["endsAt"] = rfc3339(wall + program.now_s() + ends)
            program.post("alerts", [alert])
        program.wait_until(7.8)
        alerts, groups = program.get("alerts"), program.get("alerts/groups")
        program.wait_until(UNTIL_S)
        yield list(program.told), alerts, groups


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    """What the router told."""
    file = tmp_path_factory.mktemp("ours") / "alertmanager.yml"
    file.write_text(CONFIG.replace("{hook}", "http://127.0.0.1:1"))
    router = Router(load(file), datetime(2026, 1, 5, 9, tzinfo=UTC))
    told = []
    first_ms, last_ms = (round(1000 * at) for at in SILENCED_S)
    router.silences.put(Silence("", tuple(matcher(text) for text in SILENCE), first_ms, last_ms), first_ms)
    for at, labels, ends in steps():
        at_ms = round(1000 * at)
        told.extend(router.due(at_ms - 1))
        ends_ms = None if ends is None else round(1000 * (at + ends))
        assert router.push(at_ms, [Push(labels, ends_ms=ends_ms)]) == []
    told.extend(router.due(7_800))
    standing = {alert.fingerprint: router.status(alert, 7_800).state for alert in router.alerts(7_800)}
    groups = router.groups()
    told.extend(router.due(round(1000 * UNTIL_S)))
    return told, standing, groups


@pytest.mark.parametrize("case", TIMELINES)
def test_the_same_notifications_at_the_same_times(case, real, ours):
    theirs = sorted(
        (
            body["receiver"],
            tuple(sorted(body["groupLabels"].items())),
            at,
            shape((alert["labels"], alert["status"]) for alert in body["alerts"]),
        )
        for at, body in real[0]
        if body["alerts"][0]["labels"]["case"] == case
    )
    mine = sorted(
        (
            one.receiver,
            tuple(sorted(one.group_labels.items())),
            one.at_ms / 1000,
            shape((a.alert.labels, "firing" if a.firing else "resolved") for a in one.alerts),
        )
        for one in ours[0]
        if one.alerts[0].alert.labels["case"] == case
    )
    heard, really_heard = [(one[:2], one[3]) for one in mine], [(one[:2], one[3]) for one in theirs]
    assert heard == really_heard, theirs
    for (_, _, at, _), (_, _, really, _) in zip(mine, theirs, strict=True):
        assert abs(at - really) < NEAR_S


def test_the_same_group_keys(real, ours):
    theirs = {body["groupKey"] for _, body in real[0]}
    assert {one.group_key for one in ours[0]} == theirs


def test_the_same_alerts_stand_the_same_way(real, ours):
    assert {alert["fingerprint"]: alert["status"]["state"] for alert in real[1]} == ours[1]


def test_the_same_groups(real, ours):
    theirs = sorted(
        (sorted(g["labels"].items()), g["receiver"]["name"], sorted(a["fingerprint"] for a in g["alerts"]))
        for g in real[2]
    )
    mine = sorted(
        (
            sorted(g.labels.items()),
            g.receiver,
            sorted(a.fingerprint for a in g.alerts if not a.resolved(7_800)),
        )
        for g in ours[2]
    )
    assert mine == theirs


@pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")
@pytest.mark.parametrize(
    "labels",
    [
        ["case=simple"],
        ["case=both"],
        ["case=unheard"],
        ["case=by-host", "host=1"],
        ["alertname=A", "severity=critical"],
        ["case=both2"],
    ],
)
def test_route_goes_where_amtool_says(labels, tmp_path: Path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(CONFIG.replace("{hook}", "http://127.0.0.1:1"))
    theirs = subprocess.run(
        ["amtool", "config", "routes", "test", f"--config.file={file}", *labels],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    result = CliRunner().invoke(main, ["alerts", "route", "--config", str(file), "--json", *labels])
    mine = [route["receiver"] for route in json.loads(result.stdout)["routes"]]
    assert ",".join(mine) == theirs
