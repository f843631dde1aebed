"""Which year is played: its zone, its clocks, and what of a policy lies in it."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sim.oncall.load.defaults import default_load
from sim.oncall.schedule.load import load
from sim.oncall.schedule.policy import PolicyPerson, RotationPolicy
from sim.oncall.whatif.arrivals import demand, draw
from sim.oncall.whatif.compare import compare
from sim.oncall.whatif.figures import NAMES, year
from sim.oncall.whatif.played_weeks import played_weeks
from sim.oncall.whatif.reference import simulate
from sim.oncall.whatif.table import compiled, year_of
from tests.oncall.whatif.studies import files_of
from tests.oncall.whatif.years import AT_ONCE, HOUR, MONDAY, policy_of

STEP = [{"targets": ["all"], "minutes": 5}]
WEEKLY = load(Path(files_of("weekly-or-daily")[0]))


def living(zone: str, homes: dict[str, str]) -> RotationPolicy:
    """Return a policy of a zone whose people live in zones of their own."""
    policy = policy_of(["a", "b"], STEP, zone=zone)
    people = {**policy.people, **{person: PolicyPerson(zone=home) for person, home in homes.items()}}
    return policy.model_copy(update={"people": people})


def test_local_times_are_those_of_the_clock_wherever_the_year_begins() -> None:
    berlin, new_york = (living(zone, {"a": "Asia/Kolkata"}) for zone in ("Europe/Berlin", "America/New_York"))
    start = year_of([berlin])
    for policy, home in ((berlin, "Europe/Berlin"), (new_york, "America/New_York")):
        table = compiled(policy, start)
        for person, zone in ((0, "Asia/Kolkata"), (1, home)):
            at = np.arange(0, 8_000, 97) * HOUR
            local = table.local(np.full(len(at), person), at)
            clocks = [datetime.fromtimestamp(start.timestamp() + int(ms) / 1000, ZoneInfo(zone)) for ms in at]
            found = [(int(ms) // HOUR % 168, int(ms) // 60_000 % 60) for ms in local]
            assert found == [(clock.weekday() * 24 + clock.hour, clock.minute) for clock in clocks]


def test_clocks_change_to_the_minute_where_the_year_begins_at_half_past() -> None:
    policy = living("Asia/Kolkata", {"a": "Europe/Berlin"})
    table = compiled(policy, datetime.fromisoformat("2024-01-01T00:00+05:30"))
    changes = [(datetime.fromisoformat("2024-01-01T00:00+05:30").timestamp() * 1000 + at) / 1000
               for at in table.compiled.clocks["at"][1:3].tolist()]  # fmt: skip
    utc = [datetime.fromtimestamp(at, ZoneInfo("UTC")).isoformat() for at in changes]
    assert utc == ["2024-03-31T01:00:00+00:00", "2024-10-27T01:00:00+00:00"]


def test_the_same_rotation_in_another_zone_cannot_be_told_apart() -> None:
    homes = {name: one.model_copy(update={"zone": "Europe/Berlin"}) for name, one in WEEKLY.people.items()}
    layers = tuple(layer.model_copy(update={"zone": "Europe/Berlin"}) for layer in WEEKLY.layers)
    changed = {"people": homes, "layers": layers, "policy": "twin", "zone": "America/New_York"}
    found = compare([WEEKLY, WEEKLY.model_copy(update=changed)], default_load(), 1, map, 10, 2)
    assert WEEKLY.zone == "Europe/Berlin"
    assert not found.signs[1].any()
    np.testing.assert_array_equal(found.means[0], found.means[1])


def fixed(year: int) -> RotationPolicy:
    span: dict[str, Any] = {"start": f"{year}-03-05T00:00", "end": f"{year + 1}-06-01T00:00"}
    layers: list[dict[str, Any]] = [{"id": "all", "rules": []}]
    return policy_of(
        ["a"], STEP, layers=layers, temporary=[{"layer": "all", **span, "shifts": [{**span, "person": "a"}]}]
    )


@pytest.mark.parametrize("year", [2023, 2026])
def test_a_policy_of_fixed_shifts_is_played_when_they_are(year: int) -> None:
    start = year_of([fixed(year)])
    assert start.weekday() == 0 and 0 <= (start.replace(tzinfo=None) - datetime(year, 3, 5)).days < 7
    assert compiled(fixed(year), start).gap_ms == 0


@pytest.mark.parametrize(
    "changed",
    [
        {"layers": [{"id": "all"}]},
        {"leave": [{"person": who, "first": "2024-01-01", "last": "2025-12-31"} for who in "ab"]},
        {"layers": [{"id": "all"}], "overrides": [
            {"layer": "all", "start": "2024-12-31T00:00", "end": "2025-01-02T00:00", "add": "a"}]},
    ],
)  # fmt: skip
def test_a_year_in_which_nobody_is_on_call_is_played(changed: dict[str, Any]) -> None:
    table = compiled(policy_of(["a", "b"], STEP, **changed), MONDAY)
    alerts = draw(demand(default_load(), table), 1, 0)
    found = dict(
        zip(NAMES, year(table, alerts, simulate(table, alerts, AT_ONCE)).values.tolist(), strict=True)
    )
    assert (found["hours without cover"], found["longest stretch on call"]) == (168, 0)
    assert found["missed pages"] == pytest.approx(100, abs=0.5)
    assert found["interruptions per person-week"] == 0 and table.team == 2


def test_who_comes_after_the_year_shares_nothing_in_it() -> None:
    late = {"layer": "all", "start": "2024-12-31T00:00", "end": "2025-01-02T00:00", "add": "c"}
    layers = [{"id": "all", "rules": [{"people": ["a", "b"]}]}]
    table = compiled(policy_of(["a", "b", "c"], STEP, layers=layers, overrides=[late]), MONDAY)
    assert table.people == ("a", "b", "c") and table.rota.tolist() == [True, True, False]


def test_a_year_may_begin_on_the_monday_that_is_wanted() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    assert year_of([WEEKLY], datetime(2027, 1, 4)) == datetime(2027, 1, 4, tzinfo=berlin)
    assert year_of([WEEKLY], datetime(2027, 1, 5)) == datetime(2027, 1, 11, tzinfo=berlin)


def test_exceptions_outside_of_the_year_are_told() -> None:
    leave = [{"person": "ana", "first": f"{year}-05-01", "last": f"{year}-05-09"} for year in (2026, 2028)]
    policy = RotationPolicy.model_validate({**WEEKLY.model_dump(by_alias=True), "leave": leave})
    first, outside = played_weeks([policy], year_of([policy]))
    assert "the 52 weeks from 2026-01-12" in first and "1 of 2 leaves" in outside
    start = year_of([policy], datetime(2028, 1, 1))
    assert start == datetime(2028, 1, 3, tzinfo=ZoneInfo("Europe/Berlin"))
    assert "1 of 2 leaves" in played_weeks([policy], start)[1]
    assert len(played_weeks([WEEKLY], year_of([WEEKLY]))) == 1
