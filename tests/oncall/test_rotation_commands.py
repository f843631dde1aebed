"""`rotation show`, `who` and `check`, and what a policy file may not say."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from click.testing import CliRunner, Result

from cli import main
from sim.oncall.schedule.load import load
from sim.oncall.schedule.shifts import covers
from sim.oncall.schedule.turns import Turns
from tests.oncall.small import POLICY, written


def rotation(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rotation", *arguments])


def test_show_lists_shifts_with_offsets_through_the_change_of_the_clock(tmp_path: Path):
    done = rotation(
        "show",
        written(tmp_path),
        "--from",
        "2026-03-23",
        "--to",
        "2026-04-07",
        "--layer",
        "primary",
        "--json",
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == [
        {"start": "2026-03-23T00:00:00+01:00", "end": "2026-03-23T09:00:00+01:00", "person": "ben",
         "layer": "primary"},
        {"start": "2026-03-23T09:00:00+01:00", "end": "2026-03-30T09:00:00+02:00", "person": "cleo",
         "layer": "primary"},
        {"start": "2026-03-30T09:00:00+02:00", "end": "2026-04-06T09:00:00+02:00", "person": "ana",
         "layer": "primary"},
        {"start": "2026-04-06T09:00:00+02:00", "end": "2026-04-07T00:00:00+02:00", "person": "ben",
         "layer": "primary"},
    ]  # fmt: skip


def test_show_in_a_terminal_fits_it(tmp_path: Path):
    done = rotation("show", written(tmp_path), "--from", "2026-03-23")
    lines = done.output.splitlines()
    assert lines[0] == "Mon 2026-03-23 00:00+01:00  to  Mon 2026-03-23 09:00+01:00  primary      ben"
    assert max(map(len, lines)) <= 80


def test_who_is_on_call(tmp_path: Path):
    done = rotation("who", written(tmp_path), "--at", "2026-01-07T21:00", "--json")
    assert json.loads(done.output) == {
        "at": "2026-01-07T21:00:00+01:00",
        "layers": [
            {"layer": "primary", "role": "primary", "people": ["ana"]},
            {"layer": "backup", "role": "secondary", "people": []},
        ],
        "steps": [
            {"step": 1, "people": ["ana"], "minutes": 5, "round_robin": False},
            {"step": 2, "people": [], "minutes": 10, "round_robin": False},
            {"step": 3, "people": ["ana"], "minutes": 15, "round_robin": False},
        ],
    }
    assert "step 2, 10 min: nobody" in rotation("who", written(tmp_path), "--at", "2026-01-07T21:00").output


def test_a_moment_may_name_its_zone(tmp_path: Path):
    done = rotation("who", written(tmp_path), "--at", "2026-01-12T07:59:00+0000", "--json")
    assert json.loads(done.output)["layers"][0]["people"] == ["ana"]
    done = rotation("who", written(tmp_path), "--at", "2026-01-12T08:00:00+0000", "--json")
    assert json.loads(done.output)["layers"][0]["people"] == ["ben"]


def _unfolded(done: Result) -> str:
    return " ".join(done.output.split())


WHOLE = POLICY.replace(
    """        restrictions:
          - {weekdays: [mon, tue, wed, thu, fri], from: "08:00", to: "20:00"}
""",
    "",
)


def test_nothing_is_wrong(tmp_path: Path):
    done = rotation("check", written(tmp_path, WHOLE))
    assert (done.exit_code, done.output) == (0, "nothing is wrong from 2026-01-05 to 2027-01-06\n")


def restricted(what: str) -> str:
    return WHOLE.replace(
        "participants: [ana, ben, cleo]}\n",
        f"participants: [ana, ben, cleo]}}\n        restrictions: [{what}]\n",
    )


@pytest.mark.parametrize(
    ("text", "says", "code"),
    [
        (restricted('{from: "08:00", to: "20:00"}'), "MISSING layer primary: nobody is on call for", 1),
        (
            restricted("{weekdays: [mon, tue, wed, thu, fri], from: '00:00', to: '24:00'}"),
            "holidays without cover: ",
            1,
        ),
        (POLICY, "note layer backup: nobody is on call for", 0),
        (WHOLE + "leave: [{person: ana, first: 2026-01-06, last: 2026-01-07}]\n",
         "MISSING person ana: is away 2026-01-06 to 2026-01-07 and has a turn under primary", 1),
        (WHOLE.replace("every: weekly, start: 2026-01-05T09:00, participants: [ana",
                       "every: daily, length: 7, start: 2026-01-05T09:00, participants: [ana")
         .replace("participants: [ana, ben, cleo]}\n",
                  "participants: [ana, ben, cleo]}\n        restrictions: "
                  "[{weekdays: [mon], from: '10:00', to: '11:00'}]\n", 1),
         "MISSING", 1),
        (WHOLE.replace("[{targets: [backup]", "[{targets: [primary]").replace(
            "{targets: [backup], minutes: 10, empty: skip}", "{targets: [primary], minutes: 10}"),
         "note step 2: always pages the same people as the step before", 0),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, text: str, says: str, code: int):
    done = rotation("check", written(tmp_path, text))
    assert says in _unfolded(done)
    assert done.exit_code == code


SWAP = """swaps:
  - {layer: primary, first: %s, first_start: 2026-01-%sT09:00, first_end: 2026-01-%sT09:00,
     second: %s, second_start: 2026-01-%sT09:00, second_end: 2026-01-%sT09:00}
"""
MONTH = "{layer: primary, start: 2026-02-01T00:00, end: 2026-03-01T00:00, shifts: []}"
OVERRIDE = "overrides: [{layer: primary, start: 2026-06-11T09:00, end: 2026-06-12T09:00"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (WHOLE.replace("cleo: {", "zed: {}\n  cleo: {"),
         "note person zed: takes no turn, and no step names them"),
        (WHOLE.replace("[ben, cleo, ana]", "[ana, cleo, ben]"),
         "note escalation: 18 times all steps page one person alone, first ana at Mon 2026-01-05 09:00"),
        (WHOLE.replace("  - id: backup", "  - {id: bare, rules: [{people: [ana]}]}\n  - id: backup"),
         "note layer bare: no step pages it"),
        (WHOLE.replace("[ana, ben, cleo]}\n  - id", "[ana, ben, cleo]}\n      - {people: [ana]}\n  - id"),
         "note layer primary: 35 times two at once"),
        (WHOLE.replace("  - id: backup", "      - {people: [cleo], restrictions: "
                       "[{weekdays: [tue], from: '08:00', to: '12:00'}]}\n  - id: backup"),
         "note layer primary: 36 times two at once, first ana and cleo at Tue 2026-01-06 08:00"),
        (WHOLE + OVERRIDE + ", add: ben, remove: ana}]\n",
         "note override of 2026-06-11 09:00: ana is not on call under primary then, so nobody is replaced"),
        (WHOLE + "swaps: [{layer: primary, first: ana, first_start: 2026-01-06T09:00, first_end: "
         "2026-01-07T09:00, second: ben, second_start: 2026-01-08T09:00, second_end: 2026-01-09T09:00}]\n",
         "note swap of 2026-01-08 09:00: ben is not on call under primary then, so nothing is swapped"),
        (WHOLE + "temporary: [{layer: primary, start: 2026-02-02T09:00, end: 2026-02-03T09:00, shifts: "
         "[{person: ana, start: 2026-02-02T09:00, end: 2026-02-05T09:00}]}]\n",
         "note temporary schedule of 2026-02-02 09:00: the shift of ana reaches out of its schedule and is "
         "cut"),
        (WHOLE + f"temporary: [{MONTH}]\n" + OVERRIDE + ", add: ben}]\n",
         "MISSING layer primary: nobody is on call for 28 d"),
    ],
)  # fmt: skip
def test_what_helps_nobody_is_named(tmp_path: Path, text: str, says: str):
    assert says in _unfolded(rotation("check", written(tmp_path, text)))


@pytest.mark.parametrize(
    "text",
    [
        # replaced after a swap, swapped back, and replaced in the place of a replacement
        WHOLE + SWAP % ("ana", "06", "07", "ben", "13", "14") + OVERRIDE.replace("06-11", "01-13").replace(
            "06-12", "01-14") + ", remove: ana, add: cleo}]\n",
        WHOLE + SWAP % ("ana", "06", "07", "ben", "13", "14") + SWAP.replace("swaps:\n", "") % (
            "ben", "06", "07", "ana", "13", "14"),
        WHOLE + OVERRIDE + ", remove: ben, add: ana}" + OVERRIDE.replace("overrides: [", ", ")
        + ", remove: ana, add: cleo}]\n",
        # a temporary schedule by the clock, its shift by its offset
        WHOLE + "temporary: [{layer: primary, start: 2026-02-02T09:00, end: 2026-02-03T09:00, shifts: "
        "[{person: ana, start: 2026-02-02T09:00+01:00, end: 2026-02-03T09:00+01:00}]}]\n",
        # a step for those whom no other reaches, which two people back up
        WHOLE.replace("[ben, cleo, ana]", "[ana, cleo, ben]").replace("s: [ana]", "s: [ana, ben]"),
        # leave that ends, where the person is, before the turn begins
        WHOLE.replace("ana: {", "ana: {zone: Asia/Tokyo, ") +
        "leave: [{person: ana, first: 2026-01-03, last: 2026-01-05}]\n".replace("2026-01-05}", "2026-01-04}"),
    ],
)  # fmt: skip
def test_what_is_all_right_is_not_named(tmp_path: Path, text: str):
    done = rotation("check", written(tmp_path, text))
    assert (done.exit_code, done.output.partition(" from ")[0]) == (0, "nothing is wrong"), done.output


def test_leave_of_one_of_two_on_call_is_no_gap(tmp_path: Path):
    text = WHOLE.replace("participants: [ana, ben, cleo]", "participants: [[ana, cleo], ben]", 1)
    done = rotation(
        "check", written(tmp_path, text + "leave: [{person: ana, first: 2026-01-06, last: 2026-01-07}]\n")
    )
    assert done.exit_code == 0
    assert "note person ana: is away 2026-01-06 to 2026-01-07 and has a turn under primary" in _unfolded(done)


def test_steps_are_looked_at_where_no_layer_changes_and_after_the_last_shift(tmp_path: Path):
    names = """
policy: names
zone: UTC
people: {ana: {}, ben: {}}
layers: [{id: primary}]
temporary: [{layer: primary, start: 2026-01-05T00:00, end: 2026-02-01T00:00, shifts:
  [{person: ana, start: 2026-01-05T00:00, end: 2026-02-01T00:00}]}]
escalation: {steps: [{targets: [ana], minutes: 5}, {targets: [ben], minutes: 5}]}
"""
    bare = names[: names.index("temporary")] + names[names.index("escalation") :]
    told = _unfolded(rotation("check", written(tmp_path, bare), "--from", "2026-01-05"))
    assert "never finds anybody" not in told
    until = names.replace(
        "[{targets: [ana], minutes: 5}, {targets: [ben]", "[{targets: [primary], minutes: 5}, {targets: [ana]"
    )
    told = _unfolded(rotation("check", written(tmp_path, until)))
    assert "always pages the same people" not in told


def test_breaks_for_another_layer_and_short_windows_are_no_mistakes(tmp_path: Path):
    """Who is on call all week rests no less for an hour under another layer; a week starves nobody."""
    hour = '{weekdays: [mon], from: "10:00", to: "11:00"}, {weekdays: [mon], from: "15:00", to: "16:00"}'
    text = WHOLE.replace("[ben, cleo, ana]}\n", f"[ana, ben, cleo]}}\n        restrictions: [{hour}]\n")
    assert hour in text
    told = _unfolded(rotation("check", written(tmp_path, text)))
    assert "less than 11 h" not in told
    short = rotation("check", written(tmp_path, WHOLE), "--from", "2026-01-06", "--to", "2026-01-12")
    assert short.output == "nothing is wrong from 2026-01-06 to 2026-01-12\n"


def test_steps_that_differ_after_hours_are_not_the_same(tmp_path: Path):
    """In office hours the first step and the second find the same person; at night only the second does."""
    text = """
policy: office
zone: UTC
people: {ana: {}}
layers:
  - id: office
    rules: [{people: [ana], restrictions: [{from: "08:00", to: "18:00"}]}]
  - {id: always, rules: [{people: [ana]}]}
escalation: {steps: [{targets: [office], minutes: 5}, {targets: [always], minutes: 5}]}
"""
    told = _unfolded(rotation("check", written(tmp_path, text), "--from", "2026-01-05"))
    assert "always pages the same people" not in told


@pytest.mark.parametrize("length", ["every: hourly, length: 5", "every: daily, length: 2"])
def test_turns_that_cover_nothing_are_left_out_however_long_ago_they_began(tmp_path: Path, length: str):
    """As somebody counts who goes through all of them."""
    policy = POLICY.replace(
        "every: weekly, start: 2026-01-05T09:00", f"{length}, advance: covered, start: 2013-03-04T09:00"
    )
    file = written(tmp_path, policy)
    shown = rotation(
        "show", file, "--from", "2026-03-27", "--to", "2026-04-01", "--layer", "backup", "--json"
    )
    rule, zone = load(Path(file)).layers[1].rules[0], ZoneInfo("Europe/Berlin")
    assert rule.rotation is not None
    counted = Turns(rule.rotation.every, rule.rotation.length, rule.rotation.start, zone)
    place, expected = 0, []
    for number in range(counted.number_at(datetime(2026, 4, 1, tzinfo=UTC)) + 1):
        span = counted.begins(number), counted.begins(number + 1)
        if span[0] < span[1] and (found := covers(rule, *span, zone)):
            expected += [(start, ["ben", "cleo", "ana"][place % 3]) for start, _ in found]
            place += 1
    first = datetime.fromisoformat("2026-03-27T00:00+01:00")
    merged = [one for one in expected if one[0] >= first]
    told = [(datetime.fromisoformat(one["start"]), one["person"]) for one in json.loads(shown.output)]
    assert told and set(told) <= set(merged)


def test_a_daily_turn_under_a_weekday_starves_and_covered_turns_do_not(tmp_path: Path):
    """Seven people, a turn a day, only Mondays covered: the same one every time."""
    names = ", ".join(f"p{n}" for n in range(7))
    text = f"""
policy: starving
zone: UTC
people: {{{", ".join(f"p{n}: {{}}" for n in range(7))}}}
layers:
  - id: primary
    rules:
      - rotation: {{every: daily, start: 2026-01-05T00:00, participants: [{names}]}}
        restrictions: [{{weekdays: [mon], from: "00:00", to: "24:00"}}]
escalation: {{steps: [{{targets: [primary], minutes: 5}}]}}
"""
    done = rotation("check", written(tmp_path, text))
    assert "never on call: p1, p2, p3, p4, p5, p6" in _unfolded(done)
    fair = text.replace("participants", "advance: covered, participants")
    assert "never on call" not in rotation("check", written(tmp_path, fair)).output
    shown = rotation("show", written(tmp_path, fair), "--from", "2026-01-05", "--to", "2026-03-01", "--json")
    assert [one["person"] for one in json.loads(shown.output)] == [
        "p0",
        "p1",
        "p2",
        "p3",
        "p4",
        "p5",
        "p6",
        "p0",
    ]


def test_short_rest_is_named(tmp_path: Path):
    text = """
policy: tired
zone: UTC
people: {ana: {}, ben: {}}
layers:
  - id: primary
    rules:
      - rotation: {every: hourly, length: 8, start: 2026-01-05T00:00, participants: [ana, ben]}
escalation: {steps: [{targets: [primary], minutes: 5}]}
"""
    done = rotation("check", written(tmp_path, text))
    assert "person ana: 548 times less than 11 h between two shifts" in _unfolded(done)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("zone: Europe/Berlin", "zone: Europe/Berlyn", "3: zone: there is no time zone 'Europe/Berlyn'"),
        ("participants: [ana, ben, cleo]", "participants: [ana, bem, cleo]", "did you mean 'ben'?"),
        ("targets: [backup]", "targets: [bakcup]", "did you mean 'backup'?"),
        ("holidays: DE-BY", "holidays: XX", "holidays of 'XX' are not known"),
        ("every: weekly", "every: fortnightly", "is not one of"),
        ("minutes: 5", "minutes: 0", "should be at least 1"),
        ("id: backup", "id: ana", "is also a person"),
        ("start: 2026-01-05T09:00", "start: 2026-01-05T09:00+01:00", "local time without zone"),
        ("start: 2026-01-05T09:00", "start: 9999-01-05T09:00", "the year 9999 is none of 1970 to 2200"),
        (
            "start: 2026-01-05T09:00",
            "start: soon",
            "a date and time, e.g. 2023-09-05T16:10 (of UTC: 2023-09-05T16:10Z)",
        ),
        ('from: "08:00"', 'from: "8 o\'clock"', "from"),
        ('from: "08:00"', 'start: "08:00"', "unknown key; known: from, to, weekdays"),
        ("escalation:", "overides: []\nescalation:", "did you mean 'overrides'?"),
    ],
)
def test_what_a_policy_may_not_say(tmp_path: Path, old: str, new: str, says: str):
    assert old in POLICY
    done = rotation("check", written(tmp_path, POLICY.replace(old, new, 1)))
    assert done.exit_code == 1
    assert "policy.yml:" in done.output
    assert says in done.output


def test_exceptions_that_make_no_sense_are_named(tmp_path: Path):
    text = POLICY + (
        "overrides:\n"
        "  - {layer: primary, start: 2026-02-02T09:00, end: 2026-02-01T09:00, add: ana}\n"
        "  - {layer: primry, start: 2026-02-02T09:00, end: 2026-02-03T09:00, add: ana}\n"
        "leave: [{person: ana, first: 2026-01-08, last: 2026-01-07}]\n"
    )
    done = rotation("check", written(tmp_path, text))
    assert "overrides[0].end: has to end after it begins" in done.output
    assert "overrides[1].layer: there is no layer 'primry'; did you mean 'primary'?" in done.output
    assert "leave[0].last: lies before `first`" in done.output


def test_a_window_that_ends_before_it_begins(tmp_path: Path):
    done = rotation("show", written(tmp_path), "--from", "2026-02-01", "--to", "2026-01-01")
    assert done.exit_code == 2
    assert "--to has to be later than --from" in done.output


def test_a_calendar_keeps_the_uid_of_a_shift(tmp_path: Path):
    def events(*arguments: str) -> dict[str, tuple]:
        done = rotation("export", written(tmp_path), "--layer", "primary", *arguments)
        assert done.exit_code == 0, done.output
        found = icalendar.Calendar.from_ical(done.output).walk("VEVENT")
        return {str(one["uid"]): (one["dtstart"].dt, one["dtend"].dt, str(one["summary"])) for one in found}

    week = events("--from", "2026-03-23T09:00", "--to", "2026-04-06T09:00")
    longer = events("--from", "2026-03-23T09:00", "--to", "2026-05-04T09:00")
    assert week.items() <= longer.items()
    assert len(longer) == 6
    (first, *_) = week.values()
    assert first == (
        datetime(2026, 3, 23, 8, tzinfo=UTC),
        datetime(2026, 3, 30, 7, tzinfo=UTC),
        "cleo on call (primary)",
    )
    named = events("--from", "2026-03-23T09:00", "--to", "2026-04-06T09:00", "--names")
    assert set(named) == set(week)
    assert next(summary for _, _, summary in named.values()) == "Cleo on call (primary)"


def test_a_shift_that_runs_has_the_uid_that_it_has_from_its_beginning(tmp_path: Path):
    def uids(first: str) -> list[str]:
        done = rotation(
            "export", written(tmp_path), "--layer", "primary", "--from", first, "--to", "2026-02-20"
        )
        return [str(one["uid"]) for one in icalendar.Calendar.from_ical(done.output).walk("VEVENT")]

    assert uids("2026-02-02T09:00") == uids("2026-02-03") == uids("2026-02-08T12:00")
    assert uids("2026-02-02T09:00")[1:] == uids("2026-02-09T09:00")


def test_a_long_shift_keeps_its_uid_for_years_and_many_years_are_exported(tmp_path: Path):
    text = (
        POLICY + "overrides: [{layer: primary, start: 2026-01-10T09:00, end: 2028-06-01T09:00, add: cleo}]\n"
    )

    def uids(first: str, last: str) -> set[str]:
        done = rotation(
            "export", written(tmp_path, text), "--layer", "primary", "--from", first, "--to", last
        )
        assert done.exit_code == 0, done.output
        found = icalendar.Calendar.from_ical(done.output).walk("VEVENT")
        return {str(one["uid"]) for one in found if str(one["summary"]).startswith("cleo")}

    assert len(uids("2026-06-03", "2026-06-04") & uids("2028-05-03", "2028-05-04")) == 1
    assert uids("2026-06-03", "2045-12-31") >= uids("2026-06-03", "2026-06-04")


def test_outputs_do_not_replace_the_policy(tmp_path: Path):
    file = written(tmp_path)
    for command in (["export", file, "--from", "2026-01-05", "--output", file],
                    ["simulate", file, "--years", "1", "--html", file]):  # fmt: skip
        done = rotation(*command)
        assert (done.exit_code, Path(file).read_text()) == (1, POLICY)
        assert "is what is read here; name another file" in done.output


@pytest.mark.parametrize("moment", ["0001-01-01", "9999-12-30"])
def test_years_without_arithmetic_are_refused(tmp_path: Path, moment: str):
    for command in (["who", "--at"], ["show", "--from"], ["check", "--from"], ["export", "--from"]):
        done = rotation(command[0], written(tmp_path), command[1], moment)
        assert done.exit_code == 2
        assert "is none of 1970 to 2200" in done.output


def test_who_says_that_a_step_pages_in_turn(tmp_path: Path):
    turning = POLICY.replace(
        "{targets: [primary], minutes: 5}", "{targets: [ana, ben], minutes: 5, round_robin: true}"
    )
    told = rotation("who", written(tmp_path, turning), "--at", "2026-01-07T21:00:00").output
    assert "step 1, 5 min, in turn: ana or ben" in told


def test_a_calendar_goes_into_a_file(tmp_path: Path):
    file = tmp_path / "shifts.ics"
    done = rotation("export", written(tmp_path), "--from", "2026-01-05", "--output", str(file))
    assert "shifts" in done.output
    assert file.read_bytes().startswith(b"BEGIN:VCALENDAR\r\n")
    done = rotation(
        "export", written(tmp_path), "--from", "2026-01-05", "--output", str(tmp_path / "no" / "x")
    )
    assert done.exit_code == 1
    assert "cannot write" in done.output


def test_the_schema_names_what_a_policy_file_may_say():
    schema = json.loads(rotation("schema").output)
    assert {"policy", "zone", "people", "layers", "escalation"} <= set(schema["required"])
    assert "from" in schema["$defs"]["Restriction"]["properties"]
