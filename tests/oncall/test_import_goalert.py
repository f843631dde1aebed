"""GoAlert's schedules: targets with rules, whose turn it is, temporary schedules, overrides, and refusals."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sim.oncall.schedule.shifts import shifts
from tests.oncall.imports_help import policy_of, run, shown

FILE = Path(__file__).parents[3] / "shared" / "cases" / "goalert_rotation.json"
CASES = json.loads(FILE.read_text())["final_shifts"] if FILE.exists() else []
DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"]
ALWAYS = {"start": "00:00", "end": "00:00", "weekdayFilter": [True] * 7}


def rotation(**more) -> dict:
    return {
        "id": "r1",
        "name": "Ops weekly",
        "type": "weekly",
        "start": "2026-01-05T14:00:00Z",
        "shiftLength": 1,
        "timeZone": "America/Chicago",
        "users": [{"id": "u1", "name": "Foo"}, {"id": "u2", "name": "Bar"}],
        **more,
    }


def target(kind: str, identity: str, *rules: dict) -> dict:
    return {
        "target": {"id": identity, "name": identity.title(), "type": kind},
        "rules": list(rules or [ALWAYS]),
    }


def schedule(*targets: dict, **more) -> dict:
    return {"id": "s1", "name": "Ops", "timeZone": "America/Chicago", "targets": list(targets), **more}


def test_a_rotation_and_a_user_with_rules(tmp_path: Path):
    days = {"start": "08:00", "end": "20:00", "weekdayFilter": [False, *[True] * 5, False]}
    nights = {"start": "20:00", "end": "08:00", "weekdayFilter": [True, *[False] * 6]}
    given = {"data": {
        "schedule": schedule(target("rotation", "r1", days), target("user", "joe", nights)),
        "rotations": {"nodes": [rotation(activeUserIndex=1, nextHandoffTimes=["2026-01-12T14:00:00Z"])]},
    }}  # fmt: skip
    found = policy_of(tmp_path, given)
    assert shown(found, "2026-03-06T00:00", "2026-03-10T00:00") == [
        "03-06T08:00-0600 03-06T20:00-0600 bar",
        "03-08T20:00-0500 03-09T08:00-0500 joe",
        "03-09T08:00-0500 03-09T20:00-0500 foo",
    ]


def test_whose_turn_it_is_is_said_to_be_guessed(tmp_path: Path):
    given = {"schedule": schedule(target("rotation", "r1")), "rotations": [rotation(activeUserIndex=1)]}
    assert "took its first user to begin at its start" in run(tmp_path, given).output
    assert shown(policy_of(tmp_path, given), "2026-01-05T08:00", "2026-01-06T08:00")[0].endswith("foo")


@pytest.mark.parametrize("case", [one for one in CASES if "history" not in one], ids=lambda one: one["name"])
def test_the_cases_of_goalert(tmp_path: Path, case: dict):
    if "expected_future" in case:
        case = {**case, "window": [case["expected_future"][0]["start"], case["window"][1]]}
    users = {name.lower(): {"id": name.lower(), "name": name.lower()} for name in _names(case)}
    rotations, targets = [], []
    for number, rule in enumerate(case["rules"]):
        rules = [{"start": rule["start"], "end": rule["end"],
                  "weekdayFilter": [day in rule["weekdays"] for day in DAYS]}]  # fmt: skip
        if "rotation" not in rule:
            targets.append(target("user", rule["user"].lower(), *rules))
            continue
        of = rule["rotation"]
        since = datetime.fromisoformat(of["current_since"]).timestamp()
        assert of["length"] == 1
        hours = {"hourly": 1, "daily": 24, "weekly": 168}[of["unit"]]
        handoff = datetime.fromtimestamp(since + hours * 3600, UTC)
        rotations.append(rotation(
            id=f"r{number}", type=of["unit"], start=of["start"], shiftLength=1, timeZone=case["tz"],
            users=[users[name.lower()] for name in of["users"]], activeUserIndex=of["current_index"],
            nextHandoffTimes=[handoff.isoformat()],
        ))  # fmt: skip
        targets.append(target("rotation", f"r{number}", *rules))
    temporary = [
        {**one, "shifts": [{**each, "userID": each["user"].lower(), "user": users[each["user"].lower()]}
                           for each in one["shifts"]]}
        for one in case.get("temporary", [])
    ]  # fmt: skip
    overrides = [
        {
            "start": one["start"],
            "end": one["end"],
            "addUserID": one.get("add"),
            "removeUserID": one.get("remove"),
        }
        for one in case["overrides"]
    ]
    given = {
        "schedule": schedule(*targets, timeZone=case["tz"], temporarySchedules=temporary),
        "rotations": rotations,
        "userOverrides": {"nodes": overrides},
    }
    found = policy_of(tmp_path, given, "--layer", "primary-layer")
    first, last = (datetime.fromisoformat(text).astimezone(UTC) for text in case["window"])
    wanted = [
        (datetime.fromisoformat(one["start"]), datetime.fromisoformat(one["end"]), one["user"].lower())
        for one in case.get("expected_future") or case["expected"]
    ]
    assert [(one.start, one.end, one.person) for one in shifts(found, found.layers[0], first, last)] == wanted


def _names(case: dict) -> list[str]:
    text = json.dumps(case)
    known = [
        one for rule in case["rules"] for one in rule.get("rotation", {}).get("users", [rule.get("user")])
    ]
    known += [each["user"] for one in case.get("temporary", []) for each in one["shifts"]]
    return [name for name in known if name and name in text]


def test_overrides_count_outside_of_temporary_schedules_alone(tmp_path: Path):
    temporary = {"start": "2026-02-02T12:00:00Z", "end": "2026-02-02T18:00:00Z", "shifts": [
        {"userID": "u9", "user": {"id": "u9", "name": "Zed"}, "start": "2026-02-02T12:00:00Z",
         "end": "2026-02-02T15:00:00Z"}]}  # fmt: skip
    override = {"start": "2026-02-02T10:00:00Z", "end": "2026-02-02T20:00:00Z", "addUserID": "joe",
                "addUser": {"id": "joe", "name": "Joe"}, "removeUserID": ""}  # fmt: skip
    elsewhere = {**override, "target": {"id": "s2", "type": "schedule", "name": "x"}}
    given = {
        "schedule": schedule(target("user", "ana"), timeZone="UTC", temporarySchedules=[temporary]),
        "userOverrides": [override, elsewhere],
    }
    assert shown(policy_of(tmp_path, given), "2026-02-02T09:00", "2026-02-02T21:00") == [
        "02-02T09:00+0000 02-02T12:00+0000 ana",
        "02-02T10:00+0000 02-02T12:00+0000 joe",
        "02-02T12:00+0000 02-02T15:00+0000 zed",
        "02-02T18:00+0000 02-02T20:00+0000 joe",
        "02-02T18:00+0000 02-02T21:00+0000 ana",
    ]
    assert "left out 1 overrides" in run(tmp_path, given).output


def test_a_bare_schedule_and_an_escalation_policy(tmp_path: Path):
    steps = [
        {"delayMinutes": 7, "targets": [{"id": "s1", "type": "schedule", "name": "Ops"}]},
        {"delayMinutes": 8, "targets": [{"id": "c", "type": "slackChannel", "name": "#ops"},
                                        {"id": "zed", "type": "user", "name": "Zed"}]},
    ]  # fmt: skip
    given = {**schedule(target("user", "ana")), "escalationPolicy": {"repeat": 3, "steps": steps}}
    found = policy_of(tmp_path, given)
    assert [(one.targets, one.minutes) for one in found.escalation.steps] == [(("ops",), 7), (("zed",), 8)]
    assert found.escalation.repeats == 3
    assert "step 2: left out slackChannel #ops" in run(tmp_path, given).output


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"schedule": schedule(target("rotation", "r9"), target("user", "ana"))}, "there is no rotation R9"),
        ({"schedule": schedule(target("rotation", "r1")), "rotations": [rotation(timeZone="UTC")]},
         "a layer has one clock"),
        ({"schedule": schedule(target("rotation", "r1")), "rotations": [rotation(type="yearly")]},
         "rotations[0].type"),
        ({"schedule": schedule(target("user", "a", {"start": "8", "end": "9"}))}, "start"),
        ({"schedule": schedule(target("user", "a", {**ALWAYS, "weekdayFilter": [True]}))}, "weekdayFilter"),
        ({"schedule": schedule()}, "names no users"),
        ({"schedule": schedule(target("user", "a"), timeZone="X")}, "there is no time zone 'X'"),
    ],
)  # fmt: skip
def test_refusals(tmp_path: Path, given: dict, says: str):
    done = run(tmp_path, given)
    assert done.exit_code == 1, done.output
    assert says in done.output
