"""What each export tells of incidents, and what is counted or refused, by file and line."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import PagerDrillError
from sim.mistakes import FileError
from sim.oncall.fit.history import History
from sim.oncall.fit.read import read_history
from sim.oncall.fit.values import severity_of

TICKETS = "number,incident_state,sys_updated_at,opened_at,resolved_at,priority,category,reassignment_count\n"


def read(tmp_path: Path, text: str, kind=None, zone=None, dates=None, **mapped: str) -> History:
    file = tmp_path / "history"
    file.write_text(text, encoding="utf-8")
    columns = {thing.replace("_", "-"): name for thing, name in mapped.items()}
    return read_history([file], kind, columns, zone, dates)  # type: ignore[arg-type]


def mistake(tmp_path: Path, text: str, **given) -> str:
    with pytest.raises(FileError) as found:
        read(tmp_path, text, **given)
    return str(found.value).replace(f"{tmp_path}/", "")


def plain(rows: int = 20, more: str = "") -> str:
    """Return a table of an incident on each day of March."""
    days = "".join(f"2026-03-{day + 1:02}T10:00:00Z,2026-03-{day + 1:02}T10:30:00Z\n" for day in range(rows))
    return f"opened,resolved\n{days}{more}"


def test_updates_of_a_ticket_are_one_incident(tmp_path: Path):
    rows = "".join(
        f"INC{n},New,{n}/1/2026 10:00,{n}/1/2026 09:50,{n}/1/2026 12:00,2 - High,disk,0\n"
        f"INC{n},Active,{n}/1/2026 10:20,{n}/1/2026 09:50,{n}/1/2026 12:00,2 - High,disk,0\n"
        f"INC{n},Closed,{n}/2/2026 00:00,{n}/1/2026 09:50,{n}/1/2026 12:00,1 - Critical,disk,2\n"
        for n in range(1, 31)
    )
    found = read(tmp_path, TICKETS + rows)
    assert (found.format, found.zone, len(found.incidents)) == ("servicenow", None, 30)
    first = found.incidents[0]
    assert first.opened == datetime(2026, 1, 1, 9, 50, tzinfo=UTC)
    assert (first.line, first.severity, first.rule, first.reassigned) == (2, "P1", "disk", True)
    assert (first.acknowledged, first.resolved, first.hands_on) == (30, 130, None)
    assert "dates were read day-first" in found.notes


def test_a_row_for_each_ticket_tells_no_acknowledgement(tmp_path: Path):
    rows = "".join(
        f"INC{n},Closed,2026-01-{n:02} 12:00:00,2026-01-{n:02} 09:50:00,2026-01-{n:02} 12:00:00,P3,db,0\n"
        for n in range(1, 31)
    )
    found = read(tmp_path, TICKETS + rows, zone="Europe/Berlin")
    assert {one.acknowledged for one in found.incidents} == {None}
    assert found.incidents[0].opened == datetime(2026, 1, 1, 8, 50, tzinfo=UTC)
    assert found.zone == "Europe/Berlin"


def test_pagerduty(tmp_path: Path):
    head = (
        "incident_number,created_at,resolved_at,urgency,priority_name,service_name,seconds_to_first_ack,"
        "auto_resolved,reassignment_count,user_defined_effort_seconds,engaged_seconds\n"
    )
    rows = "".join(
        f"{n},2026-01-{n % 28 + 1:02}T10:00:05Z,2026-01-{n % 28 + 1:02}T11:00:05Z,high,,checkout,90,"
        f"{'true' if n % 2 else 'false'},1,{'600' if n % 2 else ''},1200\n"
        for n in range(30)
    )
    found = read(tmp_path, head + rows)
    even, odd = (next(one for one in found.incidents if one.line % 2 == parity) for parity in (0, 1))
    assert (found.format, found.zone, even.severity, even.rule) == ("pagerduty", "UTC", "P2", "checkout")
    assert (even.acknowledged, even.resolved, even.reassigned) == (1.5, 60, True)
    assert (even.hands_on, even.needs_action) == (20, True)
    assert (odd.hands_on, odd.needs_action) == (10, False)
    assert found.step == pytest.approx(1 / 60)


def alert(day: int, status: str = "firing", **more: object) -> dict[str, object]:
    ends = f"2026-01-{day:02}T10:20:00Z" if status == "resolved" else "0001-01-01T00:00:00Z"
    labels = {"alertname": "Down", "severity": "critical"}
    at = f"2026-01-{day:02}T10:00:00Z"
    return {"labels": labels, "startsAt": at, "endsAt": ends, "status": status, "fingerprint": "a", **more}


def test_webhooks_of_alertmanager_one_a_line(tmp_path: Path):
    bodies = [
        {"alerts": [alert(day, status, annotations={"summary": "down\u2028again"})]}
        for day in range(1, 26)
        for status in ("firing", "firing", "resolved")
    ]
    found = read(tmp_path, "\n".join(json.dumps(body, ensure_ascii=False) for body in bodies))
    assert (found.format, len(found.incidents)) == ("alertmanager", 25)
    first = found.incidents[0]
    assert (first.severity, first.rule, first.resolved, first.needs_action) == ("P1", "Down", 20, None)


def test_alerts_of_its_api_have_no_end(tmp_path: Path):
    told = [
        alert(day, status={"state": "active"}, endsAt=f"2026-01-{day:02}T10:05:00Z") for day in range(1, 26)
    ]  # type: ignore[misc]
    found = read(tmp_path, json.dumps(told))
    assert {one.resolved for one in found.incidents} == {None}


def test_any_table_by_its_columns(tmp_path: Path):
    rows = "".join(f"{n};2026/1;{1_770_000_000 + 3600 * n};4.5;SEV1;yes\n" for n in range(25))
    text = f"id;month;created;ack;level;real\n{rows}"
    columns = {
        "opened": "created",
        "acknowledged_minutes": "ack",
        "severity": "level",
        "needs_action": "real",
    }
    first = read(tmp_path, text, **columns).incidents[0]
    assert (first.acknowledged, first.severity, first.needs_action) == (4.5, "P1", True)
    assert first.opened == datetime.fromtimestamp(1_770_000_000, UTC)


def test_a_packed_table(tmp_path: Path):
    file = tmp_path / "h.csv.gz"
    file.write_bytes(gzip.compress(plain().encode()))
    assert len(read_history([file], None, {}, None, None).incidents) == 20
    file.write_bytes(gzip.compress(plain().encode())[:-20])
    with pytest.raises(FileError, match="cannot be unpacked"):
        read_history([file], None, {}, None, None)


def test_what_cannot_be_used_is_counted_with_its_first_line(tmp_path: Path):
    more = (
        "2026-03-25T10:00:00Z,2026-03-25T09:00:00Z\n"
        "2026-03-25T11:00:00Z,2026-03-25T09:00:00Z\n"
        ",2026-03-25T11:00:00Z\n"
        "soon,2026-03-25T11:00:00Z\n"
        "2026-03-25T12:00:00Z,later\n"
        "2026-03-25T10:00:00Z\n"
    )
    found = read(tmp_path, plain(20, more))
    assert [told.replace(f"{tmp_path}/", "") for told in found.unused] == [
        "1 x rows with more or fewer cells than the header, left out, first at history:27",
        "2 x resolved before it was opened; that time was left out, first at history:22",
        "1 x rows without a time at which they were opened, left out, first at history:24",
        "1 x rows opened at a time that cannot be read, left out, first at history:25",
        "1 x resolved at a time that cannot be read, first at history:26",
    ]
    assert len(found.incidents) == 23


def test_updates_are_read_in_the_order_of_their_times(tmp_path: Path):
    """Newest first, with states as ServiceNow keeps them: 1 is New."""
    updates = (("3", "15:00"), ("2", "10:20"), ("1", "10:00"))
    rows = "".join(
        f"INC{n},{state},2026-01-{n:02} {at},2026-01-{n:02} 09:50,2026-01-{n:02} 12:00,P3,db,0\n"
        for n in range(1, 29)
        for state, at in updates
    )
    found = read(tmp_path, TICKETS + rows)
    assert {(one.acknowledged, one.resolved) for one in found.incidents} == {(30, 130)}


def test_what_is_mapped_takes_the_place_of_what_is_known(tmp_path: Path):
    head = "incident_number,created_at,urgency,user_defined_effort_seconds,mine\n"
    rows = "".join(f"{n},2026-01-{n:02}T10:00Z,high,600,77\n" for n in range(1, 29))
    found = read(tmp_path, head + rows, hands_on_minutes="mine")
    assert {one.hands_on for one in found.incidents} == {77}


def test_words_and_times_that_cannot_be_are_counted(tmp_path: Path):
    text = "opened,needs-action,hands-on-minutes\n" + "".join(
        f"2026-03-{n:02}T10:00Z,{'noise' if n < 4 else 'yes'},{99999999999 if n < 3 else 0}\n"
        for n in range(1, 29)
    )
    found = read(tmp_path, text)
    assert [one.split(",")[0] for one in found.unused] == [
        "2 x hands-on over ten years; that time was left out",
        "3 x needs-action: neither yes nor no",
    ]
    assert [one.hands_on for one in found.incidents[:4]] == [None, None, 0, 0]


def test_alerts_of_no_year_are_left_out(tmp_path: Path):
    told = [alert(day) for day in range(1, 26)]
    told += [{**alert(1), "startsAt": at} for at in ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00")]
    found = read(tmp_path, json.dumps(told))
    assert len(found.incidents) == 25
    assert found.unused[0].startswith("2 x alerts that start outside of 1990 to 2099, left out")


def test_utc_is_told_and_not_taken_for_the_clock_of_the_team(tmp_path: Path):
    assert not read(tmp_path, plain()).clock_known
    assert "give the team's --zone" in read(tmp_path, plain()).notes[0]
    assert read(tmp_path, plain(), zone="Europe/Berlin").clock_known


def test_a_number_that_was_there_is_counted(tmp_path: Path):
    rows = "".join(f"{n // 2},2026-01-{n % 28 + 1:02}T10:00Z\n" for n in range(50))
    found = read(tmp_path, f"number,opened\n{rows}")
    assert len(found.incidents) == 25
    assert found.unused[0].startswith("25 x rows with a number that was there before")


@pytest.mark.parametrize(
    ("text", "given", "told"),
    [
        ("created,closed\n1,2\n", {}, "history:1: has no column 'opened', which says when"),
        (plain(), {"severity": "prio"}, "history:1: has no column 'prio'; known: opened, resolved"),
        ("opened,opened\n1,2\n", {}, "history:1: has 2 columns 'opened'; rename all but one"),
        ("sep=;\n\ncreated;closed\n1;2\n", {}, "history:3: has no column 'opened', which says when"),
        (
            plain(5),
            {},
            "history:1: holds 5 incidents that can be used, and nothing is fitted to fewer than 20",
        ),
        ("", {}, "history:1: holds no rows below its header"),
        ("opened\n", {}, "history:1: holds no rows below its header"),
        (
            plain(20, "2026-03-22T10:00:00,\n"),
            {},
            "and '2026-03-22T10:00:00' does not; say with --zone",
        ),
        ("opened\n" + "3/4/2026 10:00\n" * 30, {}, "'3/4/2026 10:00' can be read in two ways; say --dates"),
        (
            "opened\n" + "13/4/2026\n" * 20 + "4/13/2026\n",
            {},
            "'13/4/2026' and '4/13/2026'; export them in one",
        ),
        ('{"alerts": [\n', {}, "history:1: is neither JSON as a whole nor in this line"),
        ("[" * 100_000, {}, "history:1: is nested too deep to be read"),
        ('[{"labels": 3}]', {}, "alerts in which labels cannot be read, left out, first at"),
        ('"a\nb', {"kind": "csv"}, "history:1: is no CSV that can be read: unexpected end of data"),
        (plain(20, '2026-03-22T10:00Z,"x\n' + "2026-03-23T10:00Z,\n" * 9), {}, "history:22: is no CSV"),
        ("opened\n" + "".join(f"2026-01-{n:02}\n" for n in range(1, 29)), {}, "these are days; export times"),
        (
            f"opened\n{'x' * 200_000}\n",
            {},
            "opened at a time that cannot be read, left out, first at history:2",
        ),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, given: dict[str, str], told: str):
    found = mistake(tmp_path, text, **given)
    assert told in found


def test_times_with_and_without_zone_are_read_when_the_zone_is_said(tmp_path: Path):
    found = read(tmp_path, plain(20, "2026-03-22T10:00:00,\n"), zone="Europe/Berlin")
    assert found.incidents[-1].opened == datetime(2026, 3, 22, 9, tzinfo=UTC)


def test_dates_are_read_as_said(tmp_path: Path):
    text = "opened\n" + "3/4/2026 1:05 PM\n" * 30
    assert read(tmp_path, text, dates="month-first").incidents[0].opened == datetime(
        2026, 3, 4, 13, 5, tzinfo=UTC
    )
    assert read(tmp_path, text, dates="day-first").incidents[0].opened == datetime(
        2026, 4, 3, 13, 5, tzinfo=UTC
    )


def test_several_tables_at_once_are_refused(tmp_path: Path):
    with pytest.raises(PagerDrillError, match="only drills can be read several at once"):
        read_history([tmp_path / "a", tmp_path / "b"], None, {}, None, None)


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("1 - Critical", "P1"),
        ("2 - High", "P2"),
        ("P3", "P3"),
        ("sev-4", "P4"),
        ("SEV0", "P1"),
        ("5 - Planning", "P4"),
        ("warning", "P3"),
        ("Page", "P1"),
        ("12", None),
        ("15", None),
        ("A3", None),
        ("green", None),
    ],
)
def test_severities(text: str, severity: str | None):
    assert severity_of(text) == severity


def test_a_ticket_without_resolution_ended_when_it_was_closed(tmp_path: Path):
    rows = "".join(
        f"INC{n},2026-01-{n:02} 09:50:00,{f'2026-01-{n:02} 10:50:00' * (n % 2)},2026-01-{n:02} 11:50:00\n"
        for n in range(1, 31)
    )
    found = read(tmp_path, f"number,opened_at,resolved_at,closed_at\n{rows}")
    assert [one.resolved for one in found.incidents] == [60, 120] * 15


def test_the_delimiter_may_be_told_above_the_header(tmp_path: Path):
    lines = plain().replace(",", ";").splitlines()
    found = read(tmp_path, "sep=;\n" + "\n".join(f"{line};a,b,c,d" for line in lines))
    assert (len(found.incidents), found.incidents[0].line) == (20, 3)


def test_a_description_may_be_long(tmp_path: Path):
    long = "x" * 200_000
    rows = "".join(f"2026-03-{day:02}T10:00:00Z,{long}\n" for day in range(1, 21))
    assert len(read(tmp_path, f"opened,text\n{rows}").incidents) == 20


@settings(max_examples=150)
@given(st.text(max_size=300), st.sampled_from([None, "csv", "servicenow", "pagerduty", "alertmanager"]))
def test_no_text_is_read_as_a_crash(tmp_path_factory: pytest.TempPathFactory, text: str, kind):
    file = tmp_path_factory.mktemp("fuzz") / "history"
    file.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(FileError):
        read_history([file], kind, {}, None, None)


CELLS = st.sampled_from(
    ["", "?", "2026-01-01T00:00Z", "2026-01-01", "31/12/2025 10:00", "99999999999999", "1e400", "-5", "nan",
     "9999-12-31T23:59:59Z", "0001-01-01", "true", "P1", "\x00", "٣/٤/2026", "2026-01-01T00:00:00+99:00"]
)  # fmt: skip


@settings(max_examples=200)
@given(st.lists(st.tuples(*[CELLS] * 4), min_size=20, max_size=40))
def test_no_cell_is_read_as_a_crash(tmp_path_factory: pytest.TempPathFactory, rows):
    file = tmp_path_factory.mktemp("fuzz") / "history"
    body = "".join(",".join(row) + "\n" for row in rows)
    file.write_text(f"opened,acknowledged,hands-on-minutes,severity\n{body}", encoding="utf-8")
    try:
        found = read_history([file], "csv", {}, None, None)
    except FileError:
        return
    for one in found.incidents:
        assert 1990 <= one.opened.year < 2100
        assert (one.acknowledged or 0) >= 0
        assert (one.hands_on or 0) >= 0
