"""Tools can be lost with the outage: they are slow or gone while what they need fails."""

from typing import get_args

import pytest

from sim.spec import Fault, Seat, Tool, ToolName, Where
from tests.spine.small import SCENARIO, drill

TOOLS = tuple(Tool(tool=name, needs="db.write") for name in get_args(ToolName))
WORLD = SCENARIO.world.model_copy(update={"tools": TOOLS})
LOST_AT_MS = 300_000
"""The fault begins at 60 s and stalls every write."""


def play(intensity: float = 0.0, seat: Seat | None = None, kind: str = "bad_config"):
    """A drill in which that share of the writes to the database fails; 0: its own fault, all of them."""
    fault = Fault(
        id="f-tools",
        kind=kind,
        where=Where(component="db", operation="write"),
        intensity=max(intensity, 0.01),
    )
    faults = (fault,) if intensity else SCENARIO.faults
    of = drill(
        SCENARIO.model_copy(update={"world": WORLD, "faults": faults}),
        seat=seat or Seat(name="you", role="responder"),
    )
    of.advance(LOST_AT_MS)
    return of


def states(of) -> dict[str, str]:
    return {tool.tool: of.view.tool(tool.tool) for tool in TOOLS}


@pytest.mark.parametrize(("intensity", "state"), [(0.1, "ok"), (0.5, "slow"), (1.6, "lost")])
def test_a_tool_is_as_well_as_what_it_needs(intensity, state):
    assert set(states(play(intensity)).values()) == {state}  # intensity 1 fails half of the requests


def test_tools_without_needs_never_fail():
    of = drill()
    of.advance(LOST_AT_MS)
    assert set(states(of).values()) == {"ok"}


@pytest.mark.parametrize("line", ["metrics db", "metrics buy", "journeys", "journeys buy", "status"])
def test_lost_dashboards_do_not_load_and_say_what_they_need(line):
    of = play()
    said = [block.text for block in of.enter(line).blocks if hasattr(block, "text")]
    assert [text for text in said if "the dashboards do not load: they need db" in text]
    assert of.view.events(0)[-1].event.kind == "looked.at", "who tried has looked"


def test_without_dashboards_nothing_measured_is_seen():
    view = play().view
    assert view.measured_now("buy", "error_share") is None
    assert view.curves("db", "p95_ms", 0, LOST_AT_MS) == []
    assert view.figures("db") == {}
    assert view.clients_of("buy") == {}
    assert view.status().impact == "dashboards do not load"
    assert not any(now.hurt for now in view.journeys_now())


def test_alerts_and_the_map_are_still_there():
    of = play()
    assert not of.enter("alerts").refused
    rows = [block.text for block in of.enter("topology").blocks]
    assert [row.split()[-2:] for row in rows if " db " in row and "─" in row] == [["?", "?"]]
    assert [row for row in rows if row.startswith("the dashboards do not load")]


@pytest.mark.parametrize(("line", "tool"), [("logs db", "logs"), ("traces buy", "traces")])
def test_logs_and_traces_can_be_lost(line, tool):
    assert play().enter(line).text == f"{tool} do not load: they need db"


def test_slow_dashboards_show_what_was_a_minute_ago():
    slow, well = play(0.5), drill(SCENARIO.model_copy(update={"faults": play(0.5).scenario.faults}))
    well.advance(LOST_AT_MS - 60_000)
    assert slow.view.data_ms == LOST_AT_MS - 60_000
    assert slow.view.measured_now("db", "rps") == well.view.measured_now("db", "rps")
    said = [block.text for block in slow.enter("metrics db").blocks if hasattr(block, "text")]
    assert said[0] == "db, last 30 min until 10:04:00"
    assert said[1] == "the dashboards are slow and took half a minute: data up to 10:04:00"
    assert "10:04" not in slow.enter("logs db last 1m").text


def test_slow_traces_tell_of_a_minute_ago():
    texts = [block.text for block in play(0.5).enter("traces buy").blocks if hasattr(block, "text")]
    assert texts == [
        "traces are slow to load: nothing of the last minute is there yet",
        "one typical request of buy at 10:04:00",
    ]


def test_without_remote_access_hands_do_not_reach_the_systems():
    of = play()
    why = "remote access is lost, it needs db: nobody can reach the systems to restart."
    assert of.enter("restart web yes").text.startswith(why)
    assert "remote access" not in of.enter("call-vendor db yes").text
    assert not of.view.board.acts


def test_the_operator_of_an_incident_commander_is_cut_off_too():
    of = play(seat=Seat(name="you", role="ic"))
    of.enter("declare P1 all of it")
    of.advance(1_500_000)
    assert of.view.board.joined
    assert of.enter("restart web yes").text.startswith("remote access is lost")


def test_an_update_is_recorded_although_the_status_page_is_down():
    of = play()
    of.enter("declare P1 all of it")
    text = of.enter('update customer "We know." next 10m').text
    assert text.startswith(
        "update sent (customer); but the status page does not load for customers, it needs db"
    )
    assert len(of.view.board.updates) == 1
    assert of.enter('update internal "We know."').text == "update sent (internal)"
