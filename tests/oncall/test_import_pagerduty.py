"""PagerDuty's schedules: stacked layers, restrictions, overrides, what begins and ends, refusals."""

from pathlib import Path

import pytest

from tests.oncall.imports_help import policy_of, run, shown


def layer(*users: str, turn: int = 604_800, start: str = "2026-01-05T09:00:00+01:00", **more) -> dict:
    return {
        "start": start,
        "end": None,
        "rotation_virtual_start": "2026-01-05T09:00:00+01:00",
        "rotation_turn_length_seconds": turn,
        "users": [{"user": {"id": f"P{name}", "summary": name}} for name in users],
        "restrictions": [],
        **more,
    }


def schedule(*layers: dict, **more) -> dict:
    return {"id": "PS", "name": "Ops", "time_zone": "Europe/Berlin", "schedule_layers": list(layers), **more}


def entry(start: str, end: str, user: str) -> dict:
    return {"start": start, "end": end, "user": {"id": f"P{user}", "summary": user}}


WEEKEND = [
    {"type": "weekly_restriction", "start_day_of_week": 5, "start_time_of_day": "17:00:00",
     "duration_seconds": 64 * 3600}
]  # fmt: skip


def test_the_first_layer_lies_on_top_and_hand_offs_stay_at_nine_through_the_change_of_clocks(tmp_path: Path):
    found = policy_of(tmp_path, schedule(layer("Cleo", restrictions=WEEKEND), layer("Ana", "Ben")))
    assert shown(found, "2026-03-23T09:00", "2026-04-06T09:00") == [
        "03-23T09:00+0100 03-27T17:00+0100 ben",
        "03-27T17:00+0100 03-30T09:00+0200 cleo",
        "03-30T09:00+0200 04-03T17:00+0200 ana",
        "04-03T17:00+0200 04-06T09:00+0200 cleo",
    ]
    assert (tmp_path / "out.yml").read_text().splitlines()[:12] == [
        "policy: ops", "title: Ops", "zone: Europe/Berlin", "people:", "  cleo: {name: Cleo}",
        "  ana: {name: Ana}", "  ben: {name: Ben}", "layers:", "- id: ops", "  stacking: last", "  rules:",
        "  - rotation:",
    ]  # fmt: skip


@pytest.mark.parametrize("top", ["Ana", "Cleo"])
def test_the_rendered_schedule_says_which_layer_lies_on_top(tmp_path: Path, top: str):
    rendered = {"rendered_schedule_entries": [
        entry("2026-02-02T09:00:00+01:00", "2026-02-09T09:00:00+01:00", top)]}  # fmt: skip
    given = schedule(layer("Cleo"), layer("Ana"), final_schedule=rendered)
    found = policy_of(tmp_path, given)
    assert shown(found, "2026-02-02T09:00", "2026-02-09T09:00")[0].endswith(top.lower())
    note = "took the last of the layers as the topmost" in run(tmp_path, given).output
    assert note is (top == "Ana")


def test_a_rendered_schedule_that_differs_is_said(tmp_path: Path):
    rendered = {"rendered_schedule_entries": [
        entry("2026-02-02T09:00:00+01:00", "2026-02-09T09:00:00+01:00", "Dana")]}  # fmt: skip
    done = run(tmp_path, schedule(layer("Ana"), final_schedule=rendered))
    assert "2 shifts differ from the rendered schedule" in done.output


@pytest.mark.parametrize(
    ("seconds", "every", "length"),
    [(604_800, "weekly", 1), (1_209_600, "weekly", 2), (86_400, "daily", 1), (259_200, "daily", 3),
     (43_200, "hourly", 12)],
)  # fmt: skip
def test_lengths_of_turns(tmp_path: Path, seconds: int, every: str, length: int):
    rotation = policy_of(tmp_path, schedule(layer("Ana", turn=seconds))).layers[0].rules[0].rotation
    assert (rotation.every, rotation.length) == (every, length)


def test_daily_restrictions_and_equal_weekly_ones_are_one(tmp_path: Path):
    weekly = [
        {"type": "weekly_restriction", "start_day_of_week": day, "start_time_of_day": "09:00:00",
         "duration_seconds": 8 * 3600}
        for day in range(1, 6)
    ]  # fmt: skip
    daily = [{"type": "daily_restriction", "start_time_of_day": "22:00:00", "duration_seconds": 8 * 3600}]
    found = policy_of(tmp_path, schedule(layer("Ana", restrictions=weekly), layer("Ben", restrictions=daily)))
    assert "weekdays: [mon, tue, wed, thu, fri]" in (tmp_path / "out.yml").read_text()
    assert shown(found, "2026-01-09T00:00", "2026-01-11T00:00") == [
        "01-09T00:00+0100 01-09T06:00+0100 ben",
        "01-09T09:00+0100 01-09T17:00+0100 ana",
        "01-09T22:00+0100 01-10T06:00+0100 ben",
        "01-10T22:00+0100 01-11T00:00+0100 ben",
    ]


def test_an_override_takes_its_whole_span(tmp_path: Path):
    nine_to_five = [
        {"type": "daily_restriction", "start_time_of_day": "09:00:00", "duration_seconds": 8 * 3600}
    ]
    overrides = {"rendered_schedule_entries": [
        entry("2026-02-03T16:00:00+01:00", "2026-02-03T20:00:00+01:00", "Zoë")]}  # fmt: skip
    found = policy_of(
        tmp_path, schedule(layer("Ana", restrictions=nine_to_five), overrides_subschedule=overrides)
    )
    assert shown(found, "2026-02-03T00:00", "2026-02-04T00:00") == [
        "02-03T09:00+0100 02-03T16:00+0100 ana",
        "02-03T16:00+0100 02-03T20:00+0100 zoe",
    ]
    assert found.people["zoe"].name == "Zoë"


def test_layers_that_begin_and_end_become_fixed_shifts(tmp_path: Path):
    given = schedule(
        layer("Ben", start="2026-02-02T09:00:00+01:00", end="2026-02-09T09:00:00+01:00"),
        layer("Ana"),
    )
    found = policy_of(tmp_path, given)
    assert "wrote 2 fixed shifts from 2026-01-05 09:00 to 2026-02-09 09:00" in run(tmp_path, given).output
    assert shown(found, "2026-01-05T09:00", "2026-02-16T09:00") == [
        "01-05T09:00+0100 02-02T09:00+0100 ana",
        "02-02T09:00+0100 02-09T09:00+0100 ben",
        "02-09T09:00+0100 02-16T09:00+0100 ana",
    ]


def test_an_escalation_policy_beside_it(tmp_path: Path):
    escalation = {
        "num_loops": 2,
        "escalation_rules": [
            {"escalation_delay_in_minutes": 10, "targets": [{"id": "PT", "type": "schedule_reference"}]},
            {"escalation_delay_in_minutes": 15,
             "escalation_rule_assignment_strategy": {"type": "round_robin"},
             "targets": [{"id": "PS", "type": "schedule_reference"}, {"id": "PDana", "type": "user_reference",
                         "summary": "Dana"}, {"id": "PX", "type": "schedule_reference", "summary": "Other"}]},
            {"escalation_delay_in_minutes": 5, "targets": [{"id": "PX", "type": "schedule_reference"}]},
        ],
    }  # fmt: skip
    second = {**schedule(layer("Ben")), "id": "PT", "name": "First line", "time_zone": "Asia/Tokyo"}
    given = {"schedules": [schedule(layer("Ana")), second], "escalation_policy": escalation}
    found = policy_of(tmp_path, given)
    assert [(one.id, one.role, one.zone) for one in found.layers] == [
        ("ops", "secondary", None), ("first-line", "primary", "Asia/Tokyo"),
    ]  # fmt: skip
    assert [(one.targets, one.minutes, one.round_robin) for one in found.escalation.steps] == [
        (("first-line",), 10, False), (("ops", "dana"), 15, True),
    ]  # fmt: skip
    assert found.escalation.repeats == 2
    said = run(tmp_path, given).output
    assert "left out schedule_reference Other" in said
    assert "left out escalation rule 3" in said
    assert "--layer names one" in run(tmp_path, given, "--layer", "x").output


def test_without_escalation_one_step_is_written_and_said(tmp_path: Path):
    done = run(tmp_path, {"schedule": schedule(layer("Ana"))}, "--layer", "primary")
    assert "wrote one step that pages primary and waits 5 minutes" in done.stderr
    assert "note" not in done.stdout


def test_names_that_are_hard_to_write(tmp_path: Path):
    names = [
        "Ana",
        "ana!",
        "日本",
        "1e3",
        "yes",
        "ops",
        'Q: "x" #',
        "A" * 60,
        "A" * 61,
        "\U0001f600",
        "Łukasz Ø",
    ]
    found = policy_of(tmp_path, schedule(layer(*names)))
    assert [person.name or key for key, person in found.people.items()] == names
    assert [*found.people][:6] == ["ana", "ana-2", "person", "person-1e3", "yes", "ops-2"]
    assert {"lukasz-o", "person-2"} <= set(found.people)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"schedule": schedule(layer("Ana", turn=5_000))}, "turns of 5000 seconds cannot be said"),
        ({"schedule": schedule(layer("Ana"), time_zone="Mars/Base")}, "there is no time zone 'Mars/Base'"),
        (
            {"schedule": schedule(layer("Ana", rotation_virtual_start=5))},
            "should be a date and time in quotes",
        ),
        (
            {"schedule": schedule(layer("Ana", start="0001-01-01T00:00:00+01:00"))},
            "lies outside of 1970 to 2200",
        ),
        ({"schedule": schedule(layer("Ana", users="x"))}, "should be a list"),
        ({"schedule": schedule(layer("Ana", restrictions=[{"type": "monthly"}]))}, "is not one of"),
        ({"schedule": {"name": "x", "schedule_layers": []}}, "time_zone: is missing"),
        ({"schedule": schedule()}, "names no users"),
        ({"schedule": schedule(layer(*(f"n{n}" for n in range(501))))}, "at most 500"),
        ({"hello": 1}, "holds no schedule that is known"),
        ("[1]", "neither an iCalendar nor a JSON object"),
        ('{"schedule": ', "is not valid JSON"),
        ('{"a":' * 100_000, "is not JSON that can be read"),
        ('{"schedule": {"schedule_layers": 1, "time_zone": NaN}}', "in.json:1: schedule"),
        ("", "neither an iCalendar"),
    ],
)
def test_refusals(tmp_path: Path, given, says: str):
    done = run(tmp_path, given)
    assert done.exit_code == 1, done.output
    assert says in done.output
    assert "in.json:" in done.output
    assert not (tmp_path / "out.yml").exists()


def test_a_mistake_has_its_line(tmp_path: Path):
    text = '{\n"schedule": {\n"time_zone": "UTC",\n"schedule_layers": [\n{"users": []}]}}'
    assert "in.json:5: schedule.schedule_layers[0].start: is missing" in run(tmp_path, text).output


def test_a_zone_or_layer_that_is_none(tmp_path: Path):
    assert run(tmp_path, schedule(layer("Ana")), "--zone", "Mars").exit_code == 2
    assert run(tmp_path, schedule(layer("Ana")), "--layer", "No Id").exit_code == 2
    found = policy_of(tmp_path, schedule(layer("Ana")), "--zone", "UTC")
    assert (found.zone, found.layers[0].zone) == ("UTC", "Europe/Berlin")
