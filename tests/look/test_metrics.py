"""Graphs: windows, splits, yesterday beside today, and only the signals that a component has."""

from datetime import timedelta

import numpy as np
import pytest

from sim.answer import Answer, Chart, Line, Table
from sim.room.draw import drawn
from sim.spec import Cache, Fault, Where
from tests.spine.small import SCENARIO, drill

NOW_MS = 420_000
NO_FAULT = SCENARIO.model_copy(update={"faults": ()})


def at(now_ms: int = NOW_MS, scenario=SCENARIO):
    of = drill(scenario)
    of.advance(now_ms)
    return of


def charts(answer: Answer) -> list[Chart]:
    return [block for block in answer.blocks if isinstance(block, Chart)]


def heading(answer: Answer) -> str:
    return answer.text


def test_a_window_begins_at_a_time_of_the_clock():
    answer = at().enter("metrics db p95 since 10:02")
    assert heading(answer) == "db, last 5 min until 10:07:00"
    assert len(charts(answer)[0].values) == 21
    assert heading(at().enter("metrics db p95 last 5m")) == heading(answer)


@pytest.mark.parametrize(
    ("clock", "ago"), [("10:06:30", 30_000), ("10:07", 0), ("10:08", 86_340_000), ("00:00", 36_420_000)]
)
def test_a_time_of_the_clock_is_the_last_one(clock, ago):
    assert at().view.moment(clock) == NOW_MS - ago


def test_a_time_of_the_clock_follows_the_scenario_zone():
    later = SCENARIO.model_copy(update={"starts_at": SCENARIO.starts_at + timedelta(seconds=45)})
    assert at(scenario=later).view.moment("10:07") == NOW_MS - 45_000


def test_yesterday_stands_beside_today_on_the_same_scale():
    (chart,) = charts(at().enter("metrics db p95 last 5m compare yesterday"))
    assert len(chart.day_before) == len(chart.values) == 21
    then = at().view.curves("db", "p95_ms", NOW_MS - 86_400_000 - 300_000, NOW_MS - 86_400_000)[0]
    assert np.array(chart.day_before) == pytest.approx(then.values)
    rows = drawn([chart], 80, colour=False).splitlines()
    assert rows[1].startswith("day before  ▁▁▁▁▁")
    assert rows[0].startswith("p95_ms      ")
    assert "█" in rows[0]
    assert len(rows) == 3


def test_each_part_is_compared_with_itself():
    found = charts(at().enter("metrics api rps by zone compare yesterday"))
    assert [chart.label for chart in found] == ["rps zone-a", "rps zone-b"]
    assert all(chart.day_before for chart in found)


def test_failures_by_code_add_up_to_the_failing_share():
    of = at()
    split = charts(of.enter("metrics api by code"))
    (whole,) = charts(of.enter("metrics api error_share since 10:00"))
    assert {"504"} <= {chart.label for chart in split}
    total = np.sum([chart.values for chart in split], axis=0)
    assert total == pytest.approx(np.array(whole.values), abs=1e-6)
    assert all(chart.brief for chart in split)


def test_replicas_are_told_one_by_one():
    of = at(scenario=NO_FAULT)
    (table,) = [block for block in of.enter("metrics web by instance").blocks if isinstance(block, Table)]
    assert [row[0] for row in table.rows] == [f"web-{zone}-{n}" for zone in "ab" for n in (1, 2, 3)]
    assert [chart.label for chart in charts(of.enter("metrics web cpu by instance"))] == [
        row[0] for row in table.rows
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("metrics buy by instance", "journeys are measured as a whole; `journeys buy` splits it"),
        ("metrics api p95 by code", "codes split failures alone"),
        ("metrics api by code compare yesterday", "figures by code are kept for an hour"),
        ("metrics api hit", "api has no hit_share"),
        ("metrics web certificate", "web has no certificate_days"),
    ],
)
def test_what_there_is_not_is_said(line, why):
    answer = at().enter(line)
    assert answer.refused
    assert answer.text.startswith(why)


def test_signals_that_few_have_are_shown_where_they_are():
    changed = {
        "web": {"certificate_days": 30.0},
        "db": {"kind": "cache", "cache": Cache(hit_share=0.9, keys=1e4)},
    }
    components = tuple(c.model_copy(update=changed.get(c.id, {})) for c in SCENARIO.world.components)
    of = at(
        60_000,
        NO_FAULT.model_copy(update={"world": SCENARIO.world.model_copy(update={"components": components})}),
    )
    labels = {
        name: [chart.label for chart in charts(of.enter(f"metrics {name}"))] for name in ("web", "api", "db")
    }
    own = {name: [one for one in found if one in ("certificate_days", "hit_share", "lag_s", "queue_age_s")]
           for name, found in labels.items()}  # fmt: skip
    assert own == {"web": ["certificate_days"], "api": [], "db": ["hit_share", "lag_s"]}
    (days,) = charts(of.enter("metrics web certificate"))
    assert days.now == pytest.approx(30.0, abs=0.1)
    assert drawn([days], 80, colour=False).splitlines()[1].strip().startswith("now 30 d")


def test_what_is_not_collected_is_no_data_and_not_well():
    blind = Fault(id="blind", kind="blind_monitoring", where=Where(component="api"))
    of = at(scenario=NO_FAULT.model_copy(update={"faults": (blind,)}))
    assert charts(of.enter("metrics api p95"))[0].now is None
    assert [block.text for block in of.enter("metrics api by code last 3m").blocks][
        -1
    ] == "there is no data of api"
    rows = [block.text for block in of.enter("topology").blocks if isinstance(block, Line)]
    (api,) = [row for row in rows if " api " in row]
    assert " ? " in api


def test_busy_as_the_map_calls_it_draws_processors_and_slots():
    of = at()
    assert [chart.label for chart in charts(of.enter("metrics db busy"))] == [
        "cpu_share",
        "connections_share",
    ]
    assert heading(of.enter("metrics busy")) == "db, last 30 min until 10:07:00"
    assert of.enter("metrics buy busy").refused
