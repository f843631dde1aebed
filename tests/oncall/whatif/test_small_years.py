"""Small years, of which every event is known: who is paged, who works, what is handed over."""

import numpy as np
import pytest

from sim.oncall import response
from sim.oncall.whatif.parameters import Delay, Response
from sim.oncall.whatif.records import Alerts, Records
from sim.oncall.whatif.reference import simulate
from sim.oncall.whatif.table import Table
from tests.oncall.whatif.years import (
    AT_ONCE,
    HOUR,
    MINUTE,
    MINUTE_EACH,
    alerts_of,
    policy_of,
    table_of,
)

WEEKLY = [
    {
        "id": name,
        "rules": [{"rotation": {"every": "weekly", "start": "2024-01-01T09:00", "participants": who}}],
    }
    for name, who in (("first", ["a", "b"]), ("second", ["b", "a"]))
]
MONDAY_9 = 7 * 24 * HOUR + 9 * HOUR
"""The first hand-over in the year: from a to b."""


def pages(records: Records) -> list[tuple[int, str, int]]:
    return [(int(at) // MINUTE, "abc"[person], int(step)) for _, person, step, at in records.pages]


def work(records: Records) -> list[tuple[int, str, int, int]]:
    return [
        (int(alert), "abc"[person] + "+" * int(helps), int(start) // MINUTE, int(end) // MINUTE)
        for alert, person, start, end, helps in records.work
    ]


def weekly(steps: int = 1) -> Table:
    chain = [{"targets": ["first"], "minutes": 5}, {"targets": ["second"], "minutes": 5}][:steps]
    return table_of(policy_of(["a", "b"], chain, layers=WEEKLY))


def test_a_step_follows_when_nobody_acknowledges_in_time_and_the_first_may_still() -> None:
    slow = MINUTE_EACH._replace(desk=Delay(420.0, 0.0), away=Delay(420.0, 0.0))
    records = simulate(weekly(2), alerts_of([10 * HOUR]), slow)
    assert pages(records) == [(600, "a", 0), (605, "b", 1)]
    assert records.alerts.tolist() == [[607 * MINUTE, 0, 0, 2, 0, 607 * MINUTE, 607 * MINUTE]]


def test_an_alert_is_missed_when_all_steps_and_repeats_are_over() -> None:
    never = MINUTE_EACH._replace(desk=Delay(1e6, 0.0), away=Delay(1e6, 0.0), longest_s=1e6)
    table = table_of(policy_of(["a"], [{"targets": ["a"], "minutes": 5}], repeats=2))
    records = simulate(table, alerts_of([10 * HOUR]), never)
    assert pages(records) == [(600, "a", 0), (605, "a", 1), (610, "a", 2)]
    assert records.alerts.tolist() == [[-1, -1, -1, 3, 0, -1, -1]]
    assert not len(records.work)


@pytest.mark.parametrize(("empty", "paged"), [("wait", 605), ("skip", 600)])
def test_an_empty_step_waits_or_is_skipped(empty: str, paged: int) -> None:
    nobody = {"id": "nobody", "rules": []}
    steps = [{"targets": ["nobody"], "minutes": 5, "empty": empty}, {"targets": ["a"], "minutes": 5}]
    table = table_of(policy_of(["a"], steps, layers=[nobody]))
    assert pages(simulate(table, alerts_of([10 * HOUR]), AT_ONCE)) == [(paged, "a", 1)]


def test_round_robin_pages_its_targets_in_turn() -> None:
    steps = [{"targets": ["a", "b", "c"], "minutes": 5, "round_robin": True}]
    table = table_of(policy_of(["a", "b", "c"], steps))
    records = simulate(table, alerts_of([HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR]), AT_ONCE)
    assert [person for _, person, _ in pages(records)] == ["a", "b", "c", "a"]


def test_one_incident_at_a_time_the_most_severe_first() -> None:
    alerts = alerts_of(
        [600 * MINUTE, 601 * MINUTE, 602 * MINUTE], [30 * MINUTE, 5 * MINUTE, 5 * MINUTE], [3, 4, 2]
    )
    assert work(simulate(weekly(), alerts, AT_ONCE)) == [
        (0, "a", 600, 630),
        (2, "a", 630, 635),
        (1, "a", 635, 640),
    ]


def test_a_colleague_of_the_same_step_takes_what_the_busy_one_acknowledged() -> None:
    table = table_of(policy_of(["a", "b"], [{"targets": ["all"], "minutes": 5}]))
    alerts = alerts_of([600 * MINUTE, 601 * MINUTE], [30 * MINUTE, 30 * MINUTE])
    assert work(simulate(table, alerts, AT_ONCE)) == [(0, "a", 600, 630), (1, "b", 601, 631)]


def test_somebody_of_the_next_step_helps_with_a_p1() -> None:
    alerts = alerts_of([600 * MINUTE], [100 * MINUTE], [1])
    assert work(simulate(weekly(2), alerts, AT_ONCE)) == [(0, "a", 600, 670), (0, "b+", 600, 670)]


def test_at_the_end_of_a_shift_long_work_is_handed_over_and_what_waits_too() -> None:
    before = MONDAY_9 - 60 * MINUTE
    alerts = alerts_of([before, before + MINUTE], [120 * MINUTE, 10 * MINUTE])
    records = simulate(weekly(), alerts, AT_ONCE)
    nine = MONDAY_9 // MINUTE
    assert work(records) == [
        (0, "a", nine - 60, nine),
        (1, "b", nine, nine + 10),
        (0, "b", nine + 10, nine + 80),  # the hour that was left, and ten minutes to brief
    ]
    assert records.alerts[:, 4].tolist() == [1, 1]


def test_what_ends_soon_is_finished_after_the_shift() -> None:
    alerts = alerts_of([MONDAY_9 - 60 * MINUTE], [85 * MINUTE])
    records = simulate(weekly(), alerts, AT_ONCE)
    assert work(records) == [(0, "a", MONDAY_9 // MINUTE - 60, MONDAY_9 // MINUTE + 25)]


def woken(alerts: Alerts, **more: float) -> Records:
    how = Response()._replace(wakes=1.0, asleep=Delay(300.0, 0.0), slower_per_hour=0, **more)
    return simulate(table_of(policy_of(["a"], [{"targets": ["a"], "minutes": 30}])), alerts, how)


def test_a_page_at_night_takes_sleep_until_some_time_after_the_work() -> None:
    records = woken(alerts_of([3 * HOUR], [30 * MINUTE]), inertia=0)
    assert [row[:3] for row in work(records)] == [(0, "a", 185)]
    taken = [
        (int(start) // MINUTE, int(end) // MINUTE, int(lost) // MINUTE)
        for _, start, end, lost in records.awake
    ]
    # awake at once, to work five minutes later for half an hour, asleep twenty minutes after that
    assert taken[0][0] == 180 and taken[-1][1] == 235 and sum(lost for *_, lost in taken) == 55


def test_who_was_just_woken_is_slower() -> None:
    wide_awake, woken_up = (
        woken(alerts_of([3 * HOUR], [30 * MINUTE]), inertia=0),
        woken(alerts_of([3 * HOUR], [30 * MINUTE])),
    )
    quick, slow = (int(records.work[0, 3] - records.work[0, 2]) for records in (wide_awake, woken_up))
    assert quick == 30 * MINUTE and 33 * MINUTE < slow < 40 * MINUTE


@pytest.mark.parametrize("since", [0.0, 1.0, 5.0, 30.0, 300.0])
@pytest.mark.parametrize("work_minutes", [1.0, 10.0, 60.0, 600.0])
def test_work_after_waking_takes_until_the_performance_adds_up_to_it(
    since: float, work_minutes: float
) -> None:
    takes = response.awake_enough_ms(work_minutes * MINUTE, since * MINUTE, 1.0) / MINUTE
    at = since + (np.arange(200_000) + 0.5) / 200_000 * takes
    done = (1 - 0.55 * np.exp(-at / 2) - 0.19 * np.exp(-at / 70)).mean() * takes
    assert done == pytest.approx(work_minutes, rel=1e-4)


@pytest.mark.parametrize(
    ("start", "end", "hours"), [(22, 24, 1), (23, 31, 8), (6, 8, 1), (8, 22, 0), (0, 48, 16), (-1, -0.5, 0.5)]
)
def test_sleep_in_a_span_of_local_time(start: float, end: float, hours: float) -> None:
    found = response.sleep_ms(int(start * HOUR), int(end * HOUR), 23 * HOUR, 7 * HOUR)
    assert found == hours * HOUR


def test_the_end_of_one_of_two_shifts_hands_over_what_was_acknowledged_on_it() -> None:
    """Whoever goes from first to second gives the first's work to the new first, and keeps the second's."""
    turns = {"start": "2024-01-01T00:00", "every": "daily"}
    layers = [
        {"id": "first", "rules": [{"rotation": {**turns, "participants": ["a", "b"]}}]},
        {"id": "second", "rules": [{"rotation": {**turns, "participants": ["b", "a"]}}]},
    ]
    steps = [{"targets": ["first"], "minutes": 5}, {"targets": ["second"], "minutes": 5}]
    table = table_of(policy_of(["a", "b"], steps, layers=layers))
    records = simulate(table, alerts_of([23 * HOUR], [3 * HOUR]), AT_ONCE)
    assert [(who, start // HOUR) for _, who, start, _, _ in records.work.tolist()] == [(0, 23), (1, 24)]
    both = [{"targets": ["first", "second"], "minutes": 5}]
    table = table_of(policy_of(["a", "b"], both, layers=layers))
    assert simulate(table, alerts_of([23 * HOUR], [3 * HOUR]), AT_ONCE).alerts[0, 4] == 0
