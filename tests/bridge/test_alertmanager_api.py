"""Alertmanager's API v2 over a drill: what it shows, what it refuses, and what a silence does."""

import pytest

from tests.bridge.hosting import Stage
from tests.spine.small import SCENARIO, drill

GROUPED = """
route: {receiver: all, group_by: [alertname], group_wait: 1s, group_interval: 15s}
inhibit_rules:
  - {source_matchers: [severity=critical], target_matchers: [severity=warning]}
receivers:
  - {name: all, webhook_configs: [{url: "http://x/"}]}
"""


def stage(text: str | None = None) -> Stage:
    return Stage(drill(SCENARIO.model_copy(update={"alertmanager": text})))


def test_alerts_as_they_fire():
    (first, second) = stage().at(130).get("/api/v2/alerts")
    errors, slow = sorted((first, second), key=lambda alert: alert["startsAt"])
    assert errors["labels"] == {"alertname": "BuyErrorsHigh", "journey": "buy", "severity": "critical"}
    assert errors["startsAt"] == "2026-01-05T09:01:30.000Z"
    assert errors["endsAt"] == "2026-01-05T09:06:10.000Z"  # four minutes on
    assert errors["receivers"] == [{"name": "pager"}]
    assert errors["status"] == {"inhibitedBy": [], "silencedBy": [], "state": "active"}
    assert errors["annotations"] == {"summary": "Buying fails"}
    assert slow["receivers"] == [{"name": "nobody"}]
    assert slow["status"]["state"] == "active"


def test_what_is_over_is_not_shown():
    assert stage().at(80).get("/api/v2/alerts") == []
    mended = stage().at(150, "failover db yes").at(400)
    assert mended.get("/api/v2/alerts") == []
    assert mended.get("/api/v2/alerts/groups") == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, {"BuyErrorsHigh", "DbSlow"}),
        ({"filter": "severity=critical"}, {"BuyErrorsHigh"}),
        ({"filter": ["severity=~crit.*", 'journey!="buy"']}, set()),
        ({"receiver": "al"}, set()),
        ({"receiver": "al.*"}, {"BuyErrorsHigh", "DbSlow"}),
        ({"inhibited": "false"}, {"BuyErrorsHigh"}),
        ({"silenced": "false"}, {"DbSlow"}),
        ({"active": "false"}, {"BuyErrorsHigh", "DbSlow"}),
    ],
)
def test_queries(query, found):
    shown = stage(GROUPED).at(140, "silence BuyErrorsHigh 10m")
    assert {alert["labels"]["alertname"] for alert in shown.get("/api/v2/alerts", **query)} == found


def test_groups_and_what_mutes():
    grouped = stage(GROUPED).at(140)
    errors, slow = grouped.get("/api/v2/alerts/groups")
    assert (errors["labels"], errors["receiver"]) == ({"alertname": "BuyErrorsHigh"}, {"name": "all"})
    (inhibited,) = slow["alerts"]
    assert inhibited["status"] == {
        "inhibitedBy": [errors["alerts"][0]["fingerprint"]],
        "silencedBy": [],
        "state": "suppressed",
    }
    assert [g["labels"] for g in grouped.get("/api/v2/alerts/groups", inhibited="false")] == [
        errors["labels"]
    ]


def silence(of: Stage, **fields) -> dict:
    body = {
        "matchers": [{"name": "alertname", "value": "Buy.*", "isRegex": True, "isEqual": True}],
        "startsAt": "2026-01-05T09:00:00Z",
        "endsAt": "2026-01-05T10:00:00Z",
        "createdBy": "kim the first",
        "comment": "known,\nreally",
    }
    return of.ask("POST", "/api/v2/silences", json={**body, **fields})


def test_a_silence_silences_in_the_drill():
    quiet = stage().at(80)
    name = silence(quiet).json()["silenceID"]
    assert quiet.get(f"/api/v2/silence/{name}")["status"] == {"state": "active"}
    (shown,) = quiet.get("/api/v2/silences")
    assert (shown["startsAt"], shown["endsAt"]) == ("2026-01-05T09:01:20.000Z", "2026-01-05T10:00:00.000Z")
    assert (shown["createdBy"], shown["comment"]) == ("kim-the-first", "known, really")
    quiet.at(200)
    assert quiet.drill.view.board.pages == {}
    assert quiet.drill.view.board.alerts[1].muted_by == 1
    (muted,) = quiet.get("/api/v2/alerts", filter="severity=critical")
    assert muted["status"]["silencedBy"] == [name]
    assert quiet.ask("DELETE", f"/api/v2/silence/{name}").status_code == 200
    quiet.at(215)
    assert list(quiet.drill.view.board.pages) == [1]
    assert quiet.get(f"/api/v2/silence/{name}")["status"] == {"state": "expired"}


def test_a_silence_that_changes_keeps_its_name_where_it_silences_the_same():
    quiet = stage().at(80)
    name = silence(quiet).json()["silenceID"]
    shown = quiet.at(90).get(f"/api/v2/silence/{name}")
    again = silence(quiet, id=name, startsAt=shown["startsAt"], endsAt="2026-01-05T09:30:00Z")
    assert again.json() == {"silenceID": name}
    assert quiet.get(f"/api/v2/silence/{name}")["endsAt"] == "2026-01-05T09:30:00.000Z"
    other = [{"name": "severity", "value": "warning", "isRegex": False}]
    changed = silence(quiet, id=name, matchers=other).json()["silenceID"]
    assert changed != name
    assert quiet.get(f"/api/v2/silence/{name}")["status"] == {"state": "expired"}


def test_silences_come_in_the_order_of_their_states():
    of = stage().at(60)
    names = [
        silence(of, startsAt="2026-01-05T09:30:00Z").json()["silenceID"],
        silence(of, endsAt="2026-01-05T09:50:00Z").json()["silenceID"],
        silence(of, endsAt="2026-01-05T09:40:00Z").json()["silenceID"],
        silence(of).json()["silenceID"],
    ]
    of.ask("DELETE", f"/api/v2/silence/{names[3]}")
    states = [(one["id"], one["status"]["state"]) for one in of.get("/api/v2/silences")]
    assert states == [
        (names[2], "active"),
        (names[1], "active"),
        (names[0], "pending"),
        (names[3], "expired"),
    ]
    assert of.get("/api/v2/silences", filter="alertname=Other") == []


UNKNOWN = "00000000-0000-4000-8000-00000000abcd"
NOTHING = [{"name": "x", "value": ".*", "isRegex": True}]


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "alerts", [{"labels": {"a": "b"}}], 400, "this is a drill"),
        ("POST", "silences", {"comment": ""}, 422, "matchers in body is required"),
        ("POST", "silences", [], 400, "silence in body"),
        ("GET", "silence/nonsense", None, 422, "silenceID in path must be of type uuid"),
        ("GET", f"silence/{UNKNOWN}", None, 404, ""),
        ("DELETE", f"silence/{UNKNOWN}", None, 500, "silence not found"),
        ("GET", "alerts?filter=foo~bar", None, 400, "bad matcher format: foo~bar"),
        ("GET", "alerts?receiver=(", None, 400, "failed to parse receiver param"),
        ("PUT", "alerts", None, 405, ""),
        ("GET", "nothing", None, 404, ""),
    ],
)
def test_what_is_refused(method, path, body, status, says):
    answer = stage().at(60).ask(method, f"/api/v2/{path}", json=body)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text


@pytest.mark.parametrize(
    ("fields", "status", "says"),
    [
        ({"matchers": []}, 422, "matchers in body should have at least 1 items"),
        ({"matchers": NOTHING}, 400, "at least one matcher must not match the empty string"),
        ({"endsAt": "2026-01-05T08:00:00Z"}, 400, "end time must not be before start time"),
        (
            {"startsAt": "2026-01-05T08:00:00Z", "endsAt": "2026-01-05T08:30:00Z"},
            400,
            "end time can't be in the past",
        ),
        ({"endsAt": "2026-03-05T08:00:00Z"}, 400, "how long can be 336h at most"),
        ({"id": UNKNOWN}, 404, "silence not found"),
        ({"startsAt": "tomorrow"}, 400, "startsAt in body"),
        ({"matchers": [{"name": "a-b", "value": "x", "isRegex": False}]}, 400, "bad matcher format"),
        ({"matchers": [{"name": "a", "value": "(", "isRegex": True}]}, 400, "no regular expression"),
    ],
)
def test_silences_that_are_refused(fields, status, says):
    of = stage().at(60)
    answer = silence(of, **fields)
    assert (answer.status_code, says in answer.text) == (status, True), answer.text
    assert of.get("/api/v2/silences") == []


def test_nobody_looks_while_it_is_paused():
    of = stage().at(130)
    of.drill.pause()
    assert of.ask("GET", "/api/v2/alerts").status_code == 503
    assert silence(of).status_code == 503


def test_a_replay_makes_the_same_silences():
    of = stage().at(80)
    silence(
        of, comment='a "quoted" word = 5m', matchers=[{"name": "a", "value": 'b "c" \\', "isRegex": False}]
    )
    (command,) = [r.event.command for r in of.drill._journal.records if r.event.kind == "action.submitted"]
    again = drill()
    again.advance(80_000)
    again.repeat(command, command)
    assert [str(m) for s in again.view.router.silences for m in s.matchers] == ['a="b \\"c\\" \\\\"']


def test_status_shows_the_configuration():
    shown = stage(GROUPED).at(10).get("/api/v2/status")
    assert shown["config"]["original"] == GROUPED
    assert shown["versionInfo"]["version"] == "0.25.0"
    assert stage(GROUPED).get("/api/v2/receivers") == [{"name": "all"}]
