"""Cases taken from GoAlert's own tests: hand-overs, shifts, weekly rules, overrides, steps."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sim.oncall.schedule.escalation import steps
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import on_call, shifts
from sim.oncall.schedule.turns import Turns
from sim.oncall.schedule.wall_clock import first_at, last_at, shown
from sim.oncall.schedule.windows import Window, covered

FILE = Path(__file__).parents[3] / "shared" / "cases" / "goalert_rotation.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared cases are not here")
CASES = json.loads(FILE.read_text()) if FILE.exists() else {}
UTC_ZONE = ZoneInfo("UTC")


def cases(kind: str) -> list:
    return [pytest.param(case, id=f"{kind}{number}") for number, case in enumerate(CASES.get(kind, ()))]


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def turns(case: dict) -> Turns:
    return Turns(case["unit"], case["length"], local(case["rotation_start_local"]), ZoneInfo(case["tz"]))


@pytest.mark.parametrize("case", cases("handoff_sequences"))
def test_handoffs(case):
    of = turns(case)
    first, last = (first_at(local(case[f"window_{end}_local"]), of.zone) for end in ("from", "to"))
    wanted = [instant(text) for text in case["handoffs"]]
    assert list(of.handoffs(first, last))[: len(wanted)] == wanted
    assert of.handoffs(first, last)[-1] > last


@pytest.mark.parametrize("case", cases("shift_end_lengths"))
def test_the_length_of_a_shift(case):
    of = turns(case)
    at = first_at(local(case["at_local"]), of.zone)
    number = of.number_at(at)
    ends = of.begins(number + 1)
    assert shown(ends, of.zone) == local(case["shift_end_local"])
    assert ends - of.begins(number) == timedelta(hours=case["shift_hours"])


@pytest.mark.parametrize("case", cases("shift_at_instant"))
def test_the_shift_of_an_instant(case):
    of = turns(case)
    number = of.number_at(instant(case["at"]))
    if case["shift_start"] is not None:
        assert of.begins(number) == instant(case["shift_start"])
    assert of.begins(number + 1) == instant(case["shift_end"])


def clock(text: str) -> time:
    return time.fromisoformat(text)


def window(case: dict) -> Window:
    return Window(tuple(case["weekdays"]), clock(case["start"]), clock(case["end"]))


@pytest.mark.parametrize("case", cases("weekly_rule_active"))
def test_when_a_weekly_rule_is_active(case):
    def active(text: str) -> bool:
        at = first_at(local(text), ZoneInfo(case["tz"]))
        return bool(covered([window(case)], at, at + timedelta(seconds=1), ZoneInfo(case["tz"])))

    assert [active(text) for text in case["active_at"]] == [True] * len(case["active_at"])
    assert [active(text) for text in case["inactive_at"]] == [False] * len(case["inactive_at"])


@pytest.mark.parametrize("case", cases("weekly_rule_bounds"))
def test_the_bounds_of_a_weekly_rule(case):
    zone = ZoneInfo(case["tz"])

    def now_or_next(text: str) -> tuple[datetime, datetime]:
        at = first_at(local(text), zone)
        begins, ends = next(
            s for s in covered([window(case)], at, at + timedelta(days=15), zone) if s[1] > at
        )
        return shown(begins, zone), shown(ends, zone)

    for at, begins in case["current_or_next_shift_start"]:
        assert now_or_next(at)[0] == local(begins)
    for at, ends in case["current_or_next_shift_end"]:
        assert now_or_next(at)[1] == local(ends)


@pytest.mark.parametrize("case", cases("local_clock_resolution"))
def test_local_clocks(case):
    at = local(f"{case['date']}T{case['clock']}")
    assert first_at(at, ZoneInfo(case["tz"])) == instant(case["first_of_day"])
    assert last_at(at, ZoneInfo(case["tz"])) == instant(case["last_of_day"])


@pytest.mark.parametrize("case", cases("rotation_wrap"))
def test_a_rotation_wraps(case):
    now = datetime(2026, 6, 3, 12, tzinfo=UTC)
    start = now - timedelta(minutes=case["started_minutes_ago"])
    of = Turns(case["unit"], case["length"], start.replace(tzinfo=None), UTC_ZONE)

    def whose(at: datetime) -> str:
        return case["users"][of.number_at(at) % len(case["users"])]

    assert whose(now) == case["now"]
    for minutes, user in case["after_minutes"].items():
        assert whose(now + timedelta(minutes=int(minutes))) == user


# --- whole schedules --------------------------------------------------------------------------------------


NAMES = (
    *("foobar", "binbaz", "donna", "aru", "craig", "caza", "cook"),
    *("rab", "baz", "bin", "foo", "bar", "joe", "bob"),
)


def policy_of(case: dict) -> RotationPolicy:
    """A policy of one layer out of GoAlert's rules, overrides and temporary schedules."""
    zone = ZoneInfo(case["tz"])
    return RotationPolicy.model_validate(
        {
            "policy": "case",
            "zone": case["tz"],
            "people": {name: {} for name in NAMES},
            "layers": [{"id": "primary", "rules": [rule_of(rule, zone) for rule in case["rules"]]}],
            "overrides": [
                {"layer": "primary", **{k: v for k, v in one.items() if v is not None}}
                for one in case["overrides"]
            ],
            "temporary": [
                {
                    "layer": "primary",
                    "start": one["start"],
                    "end": one["end"],
                    "shifts": [
                        {"start": fixed["start"], "end": fixed["end"], "person": fixed["user"]}
                        for fixed in one["shifts"]
                    ],
                }
                for one in case.get("temporary", [])
            ],
            "escalation": {"steps": [{"targets": ["primary"], "minutes": 5}]},
        }
    )


def rule_of(rule: dict, zone: ZoneInfo) -> dict:
    limits = [{"weekdays": rule["weekdays"], "from": rule["start"], "to": rule["end"]}]
    if "rotation" not in rule:
        return {"people": [rule["user"]], "restrictions": limits}
    rotation = rule["rotation"]
    start = shown(instant(rotation["start"]), zone)
    names = [name.lower() for name in rotation["users"]]
    # GoAlert knows whose turn it is; a policy file says it by the order of its participants.
    turn = Turns(rotation["unit"], rotation["length"], start, zone).number_at(
        instant(rotation["current_since"])
    )
    shift = (rotation["current_index"] - turn) % len(names)
    return {
        "restrictions": limits,
        "rotation": {
            "every": rotation["unit"],
            "length": rotation["length"],
            "start": start.isoformat(),
            "participants": names[shift:] + names[:shift],
        },
    }


@pytest.mark.parametrize("case", [case for case in cases("final_shifts") if "history" not in case.values[0]])
def test_final_shifts(case):
    """Without history: that is of what was, and a policy says what will be."""
    policy = policy_of(case)
    first, last = (instant(text) for text in case["window"])
    if "expected_future" in case:
        first = instant(case["expected_future"][0]["start"])
    wanted = [
        (instant(one["start"]), instant(one["end"]), one["user"].lower())
        for one in case.get("expected_future") or case["expected"]
    ]
    found = [(one.start, one.end, one.person) for one in shifts(policy, policy.layers[0], first, last)]
    assert found == wanted


def small(layer: dict, *overrides: dict) -> RotationPolicy:
    return RotationPolicy.model_validate(
        {
            "policy": "case",
            "zone": "UTC",
            "people": {name: {} for name in NAMES},
            "layers": [{"id": "primary", **layer}, {"id": "other", "rules": [{"people": ["joe"]}]}],
            "overrides": [
                {"layer": "primary", "start": "2026-01-01T00:00", "end": "2027-01-01T00:00", **one}
                for one in overrides
            ],
            "escalation": {
                "steps": [{"targets": ["primary"], "minutes": 5}, {"targets": ["other"], "minutes": 5}]
            },
        }
    )


NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)


@pytest.mark.parametrize("case", cases("override_mapping"))
def test_overrides(case):
    policy = small({"rules": [{"people": case["on_call"]}]}, *case["overrides"])
    assert list(on_call(policy, policy.layers[0], NOW)) == sorted(case["expected"])


@pytest.mark.parametrize("case", cases("escalation_step_on_call"))
def test_who_is_on_call_on_a_step(case):
    found = []
    for number, target in enumerate(case["step_targets"]):
        schedule = target.get("schedule", {"rules": [{"rotation": target.get("rotation"), "days": "all"}]})
        rules = []
        for rule in schedule["rules"]:
            people = [rule["user"]] if "user" in rule else rule["rotation"]
            if people and rule["days"] == "all":
                rotation = {"every": "daily", "start": "2026-01-01T00:00", "participants": people}
                rules.append({"rotation": rotation})
        overrides = [
            {key: one[key] for key in ("add", "remove") if key in one}
            for one in schedule.get("overrides", ())
        ]
        reached, _ = steps(small({"rules": rules}, *overrides), NOW)
        found += [{"step": number, "user": person} for person in reached.people]
    assert found == case["expected"]
