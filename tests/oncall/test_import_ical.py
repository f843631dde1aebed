"""Calendars: our own export comes back, series become rotations or fixed shifts, and what is refused."""

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cli import main
from sim.mistakes import FileError
from sim.oncall.imports.ical import policy_of_ical
from sim.oncall.imports.written import written as text_of
from sim.oncall.schedule.calendar import calendar
from sim.oncall.schedule.shifts import instant_of, shifts
from tests.oncall.imports_help import policy_of, run, shown
from tests.oncall.small import written
from tests.oncall.test_schedule_properties import OF_2026, policies

BERLIN = ";TZID=Europe/Berlin:"


def ics(*events: str, head: str = "") -> str:
    """A calendar of events, each given as lines with `;` for a new line after the name."""
    body = "".join(f"BEGIN:VEVENT\nUID:e{n}\n{event}\nEND:VEVENT\n" for n, event in enumerate(events))
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//x//EN\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n")


def weekly(name: str, day: str, rule: str = "FREQ=WEEKLY;INTERVAL=2", end: str = "DURATION:P7D") -> str:
    return f"DTSTART{BERLIN}{day}T090000\n{end}\nRRULE:{rule}\nSUMMARY:{name}"


def test_our_own_export_comes_back(tmp_path: Path):
    source, ics_file, out = written(tmp_path), str(tmp_path / "out.ics"), str(tmp_path / "back.yml")
    window = ["--from", "2026-03-02", "--to", "2026-05-04"]

    def rotation(*arguments: str):
        done = CliRunner().invoke(main, ["rotation", *arguments])
        assert done.exit_code == 0, done.output
        return done

    rotation("export", source, *window, "--output", ics_file)
    rotation("import", ics_file, "--zone", "Europe/Berlin", "--output", out)
    before, after = (json.loads(rotation("show", one, *window, "--json").stdout) for one in (source, out))
    assert after == before
    assert len(after) > 30


@settings(max_examples=40, deadline=None)
@given(policies, OF_2026, st.integers(1, 20), st.sampled_from([None, "Europe/Berlin", "Australia/Lord_Howe"]))
def test_every_export_comes_back(of, first, days, zone):
    first = first.replace(microsecond=0)  # as the command has it, and a calendar can say it
    last = first + timedelta(days=days)
    wanted = shifts(of, of.layers[0], first, last)
    if not wanted:
        return
    file = Path("any.ics")
    text = calendar(of, wanted, first, names=False).decode()
    back = policy_of_ical(file, text, zone, None).policy
    text_of(back, file)
    assert shifts(back, back.layers[0], first, last) == wanted


def test_weeks_in_turn_are_a_rotation_that_hands_over_at_nine_through_the_change_of_clocks(tmp_path: Path):
    found = policy_of(tmp_path, ics(weekly("Ana", "20260105"), weekly("Ben", "20260112")))
    rotation = found.layers[0].rules[0].rotation
    assert (rotation.every, rotation.length, rotation.participants) == ("weekly", 1, (("ana",), ("ben",)))
    assert (found.zone, found.temporary, found.overrides) == ("Europe/Berlin", (), ())
    assert shown(found, "2026-03-23T09:00", "2026-04-06T09:00") == [
        "03-23T09:00+0100 03-30T09:00+0200 ben",
        "03-30T09:00+0200 04-06T09:00+0200 ana",
    ]


def test_days_in_turn_are_a_rotation(tmp_path: Path):
    rule = "FREQ=DAILY;INTERVAL=3"
    days = [
        weekly(name, f"2026010{n}", rule, "DURATION:P1D") for n, name in enumerate(["Ana", "Ben", "Cleo"], 5)
    ]
    rotation = policy_of(tmp_path, ics(*days)).layers[0].rules[0].rotation
    assert (rotation.every, rotation.length, len(rotation.participants)) == ("daily", 1, 3)


def test_office_hours_of_alternate_weeks_are_a_rotation_with_restrictions(tmp_path: Path):
    rule, end = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TU,WE,TH,FR", "DURATION:PT8H"
    found = policy_of(
        tmp_path, ics(weekly("Ana", "20260105", rule, end), weekly("Ben", "20260112", rule, end))
    )
    assert found.layers[0].rules[0].rotation is not None
    assert shown(found, "2026-01-09T00:00", "2026-01-13T00:00") == [
        "01-09T09:00+0100 01-09T17:00+0100 ana",
        "01-12T09:00+0100 01-12T17:00+0100 ben",
    ]


def test_the_same_nights_every_week_are_people_with_restrictions(tmp_path: Path):
    night = f"DTSTART{BERLIN}20260109T170000\nDTEND{BERLIN}20260112T090000\nRRULE:FREQ=WEEKLY\nSUMMARY:Ana"
    found = policy_of(tmp_path, ics(night))
    assert found.layers[0].rules[0].people == ("ana",)
    assert shown(found, "2026-03-24T00:00", "2026-04-01T00:00") == ["03-27T17:00+0100 03-30T09:00+0200 ana"]


@settings(max_examples=150, deadline=None)
@example("Europe/Berlin", "WEEKLY", 2, ";BYDAY=MO,WE,SU", "PT8H", 2, 2, 7)
@given(
    st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe", "America/Chicago"]),
    st.sampled_from(["DAILY", "WEEKLY"]),
    st.integers(1, 4),
    st.sampled_from(["", ";BYDAY=MO", ";BYDAY=MO,WE,SU", ";BYDAY=SU,MO;WKST=SU", ";BYDAY=MO,TU,WE,TH,FR"]),
    st.sampled_from(["PT30M", "PT8H", "P1D", "PT40H", "P2D", "P4D", "P7D", "P14D"]),
    st.integers(0, 23),
    st.integers(1, 4),
    st.sampled_from([1, 2, 7, 14]),
)
def test_rules_are_what_the_series_say(zone, frequency, interval, days, length, hour, people, apart):
    """A series and its twin with a far COUNT, which becomes no rule, give the same shifts."""
    begins = [datetime(2026, 1, 5, hour, 30) + timedelta(days=apart * n) for n in range(people)]

    def text(end: str) -> str:
        return ics(
            *(
                f"DTSTART;TZID={zone}:{begin:%Y%m%dT%H%M%S}\nDURATION:{length}\n"
                f"RRULE:FREQ={frequency};INTERVAL={interval}{days}{end}\nSUMMARY:p{n}"
                for n, begin in enumerate(begins)
            )
        )

    try:
        by_rule, by_count = (policy_of_ical(Path("any.ics"), text(end), zone, None).policy
                             for end in ("", ";COUNT=100000"))  # fmt: skip
    except FileError as problem:
        assert "RRULE does not name" in str(problem)
        return
    assert by_count.layers[0].rules == ()
    first = begins[-1].replace(tzinfo=ZoneInfo(zone)) + timedelta(days=35)
    last = first + timedelta(days=300)
    assert shifts(by_rule, by_rule.layers[0], first, last) == shifts(
        by_count, by_count.layers[0], first, last
    )


def test_exceptions_make_fixed_shifts_of_a_series(tmp_path: Path):
    ana = weekly("Ana", "20260105", "FREQ=WEEKLY;INTERVAL=2;COUNT=4") + f"\nEXDATE{BERLIN}20260119T090000"
    moved = f"DTSTART{BERLIN}20260203T090000\nDURATION:P1D\nSUMMARY:Ben\nRECURRENCE-ID{BERLIN}20260202T090000"
    gone = f"DTSTART{BERLIN}20260216T090000\nDURATION:P7D\nSUMMARY:Ana\nSTATUS:CANCELLED" + (
        f"\nRECURRENCE-ID{BERLIN}20260216T090000"
    )
    text = ics(ana, moved, gone, f"DTSTART{BERLIN}20260301T090000\nDURATION:P1D\nSUMMARY:X\nSTATUS:CANCELLED")
    text = text.replace("UID:e1", "UID:e0").replace("UID:e2", "UID:e0")
    found = policy_of(tmp_path, text)
    assert [one.person for one in found.temporary[0].shifts] == ["ana", "ben"]
    assert shown(found, "2026-01-01T00:00", "2026-04-01T00:00") == [
        "01-05T09:00+0100 01-12T09:00+0100 ana",
        "02-03T09:00+0100 02-04T09:00+0100 ben",
    ]
    said = run(tmp_path, text).stderr
    assert "left out 2 cancelled events" in said
    assert "1 series are no rotation; wrote their 1 shifts from" in said


def test_until_rdate_and_monthly_series(tmp_path: Path):
    until = weekly("Ana", "20260105", "FREQ=WEEKLY;UNTIL=20260112T080000Z", "DURATION:P1D")
    added = f"DTSTART{BERLIN}20260120T090000\nDURATION:P1D\nSUMMARY:Ben\nRDATE{BERLIN}20260125T090000"
    monthly = weekly("Cleo", "20260202", "FREQ=MONTHLY;BYDAY=1MO;COUNT=2", "DURATION:P1D")
    found = policy_of(tmp_path, ics(until, added, monthly))
    assert [f"{one.start:%m-%d} {one.person}" for one in found.temporary[0].shifts] == [
        "01-05 ana", "01-12 ana", "01-20 ben", "01-25 ben", "02-02 cleo", "03-02 cleo",
    ]  # fmt: skip


def test_single_events_stand_beside_rules(tmp_path: Path):
    single = "DTSTART:20260106T120000Z\nDTEND:20260106T140000Z\nATTENDEE;CN=Ben B:mailto:b@x.org\n" + (
        "ATTENDEE;PARTSTAT=DECLINED:mailto:no@x.org\nATTENDEE:mailto:cleo@x.org\nSUMMARY:Help"
    )
    found = policy_of(tmp_path, ics(weekly("Ana", "20260105", "FREQ=WEEKLY"), single))
    assert shown(found, "2026-01-06T00:00", "2026-01-07T00:00") == [
        "01-06T00:00+0100 01-07T00:00+0100 ana",
        "01-06T13:00+0100 01-06T15:00+0100 ben-b",
        "01-06T13:00+0100 01-06T15:00+0100 cleo",
    ]


def test_days_and_floating_times_are_local_to_the_zone_that_is_given(tmp_path: Path):
    text = ics(
        "DTSTART;VALUE=DATE:20260329\nSUMMARY:Ana",
        "DTSTART;VALUE=DATE:20260330\nDTEND;VALUE=DATE:20260401\nSUMMARY:Ben",
        "DTSTART:20260401T090000\nDTEND:20260401T170000\nSUMMARY:Cleo On-Call (GoAlert: Ops)",
    )
    found = policy_of(tmp_path, text, "--zone", "Europe/Berlin", "--layer", "ops")
    assert shown(found, "2026-03-28T00:00", "2026-04-02T00:00") == [
        "03-29T00:00+0100 03-30T00:00+0200 ana",
        "03-30T00:00+0200 04-01T00:00+0200 ben",
        "04-01T09:00+0200 04-01T17:00+0200 cleo",
    ]
    assert found.layers[0].id == "ops"
    done = run(tmp_path, text)
    assert done.exit_code == 1
    assert "in.ics:4: event e0: has a DTSTART without zone; say with --zone" in done.output
    named = ics("DTSTART:20260401T090000\nDURATION:PT8H\nSUMMARY:Cleo", head="X-WR-TIMEZONE:Asia/Tokyo\n")
    assert shown(policy_of(tmp_path, named), "2026-04-01", "2026-04-02") == [
        "04-01T09:00+0900 04-01T17:00+0900 cleo"
    ]


@pytest.mark.parametrize("zone", ["W. Europe Standard Time", "/vendor.example/20260101/Europe/Berlin"])
def test_zones_by_other_names(tmp_path: Path, zone: str):
    text = ics(f"DTSTART;TZID={zone}:20260701T090000\nDURATION:PT8H\nSUMMARY:Ana")
    (only,) = policy_of(tmp_path, text).temporary[0].shifts
    assert instant_of(only.start, ZoneInfo("UTC")) == datetime(2026, 7, 1, 7, tzinfo=UTC)


GOOD = "DTSTART:20260105T090000Z\nDTEND:20260106T090000Z\n"


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ("DTSTART:20260105T090000Z\nSUMMARY:Ana", "has no end"),
        ("DTEND:20260105T090000Z\nSUMMARY:Ana", "has no DTSTART"),
        ("DTSTART:20260106T090000Z\nDTEND:20260105T090000Z\nSUMMARY:Ana", "has to end after it begins"),
        ("DTSTART:20260105T090000Z\nDTEND:21260105T090000Z\nSUMMARY:Ana", "lasts longer than 366 days"),
        ("DTSTART:20260105T090000Z\nDURATION:P36500D\nSUMMARY:Ana", "longer than two years"),
        ("DTSTART:00010105T090000Z\nDTEND:00010106T090000Z\nSUMMARY:Ana", "outside of 1970 to 2200"),
        ("DTSTART:soon\nDTEND:20260106T090000Z\nSUMMARY:Ana", "has a DTSTART that cannot be read"),
        (
            "DTSTART;TZID=Mars/Base:20260105T090000\nDURATION:P1D\nSUMMARY:Ana",
            "which is no zone that is known",
        ),
        (GOOD, "names nobody"),
        (GOOD + "SUMMARY:Ana\nRRULE:FREQ=SECONDLY", "comes back 'SECONDLY'"),
        (GOOD + "SUMMARY:Ana\nRRULE:FREQ=DAILY;BYHOUR=3", "RRULE with BYHOUR"),
        (GOOD + "SUMMARY:Ana\nRRULE:FREQ=DAILY;INTERVAL=0", "INTERVAL is not within"),
        (GOOD + "SUMMARY:Ana\nRRULE:FREQ=WEEKLY;BYDAY=TU", "a time that its RRULE does not name"),
        (GOOD + "SUMMARY:Ana\nEXRULE:FREQ=DAILY", "EXRULE"),
        (GOOD + "SUMMARY:Ana\nRECURRENCE-ID;RANGE=THISANDFUTURE:20260105T090000Z", "all future occurrences"),
    ],
)
def test_refusals(tmp_path: Path, event: str, says: str):
    done = run(tmp_path, ics(event))
    assert done.exit_code == 1, done.output
    assert says in done.output
    assert "in.ics:4: event e0:" in done.output


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "holds no events"),
        ("BEGIN:VCALENDAR\r\nnonsense\r\nEND:VCALENDAR\r\n", "is no iCalendar that can be read"),
        ("BEGIN:VEVENT\r\nEND:VEVENT\r\n", "iCalendar"),
        (ics(GOOD + "SUMMARY:Ana\nSTATUS:CANCELLED"), "no events but 1 cancelled"),
        (ics(*[GOOD + f"SUMMARY:Ana {n}" for n in range(600)]), "at most 500"),
        (ics(*[GOOD + "SUMMARY:A"] * 10_001), "at most 10,000"),
        (ics(*[GOOD + "SUMMARY:A\nRRULE:FREQ=DAILY;COUNT=3"] * 201), "201 series; at most 200"),
        (ics(*[f"DTSTART:202601{n % 28 + 1:02}T{n // 28 % 24:02}{n // 672:02}00Z\nDURATION:PT1M\nSUMMARY:A"
               for n in range(5_100)]), "at most 5,000"),
    ],
    ids=range(8),
)  # fmt: skip
def test_refusals_of_files(tmp_path: Path, text: str, says: str):
    done = run(tmp_path, text, "--format", "ical")
    assert done.exit_code == 1, done.output[-500:]
    assert says in done.output


def test_a_billion_of_occurrences_are_bounded(tmp_path: Path):
    begun = time.perf_counter()
    text = ics(GOOD + "SUMMARY:Ana\nRRULE:FREQ=DAILY;INTERVAL=2;COUNT=1000000000")
    done = run(tmp_path, text)
    assert "wrote their 184 shifts from 2025-01-04 to 2027-01-06" in done.stderr
    assert time.perf_counter() - begun < 10
