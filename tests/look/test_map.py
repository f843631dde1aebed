"""The map: every call can be followed along its rail, and marks say what is measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.library import listed, resolve
from sim.answer import Line, Table
from sim.drill import Drill
from sim.journal import Log, header_of
from sim.look.health import mark
from sim.look.rails import calls_shown, rails
from sim.spec import Call, Operation, Seat
from tests.spine.small import SCENARIO, component, drill

CALLS = {"edge": ("web", "api"), "web": ("db", "cache"), "api": ("db",), "cache": (), "db": (), "mail": ()}


def test_a_small_map():
    assert [f"{rail} {name}" for rail, name in zip(rails(CALLS, 20), CALLS, strict=True)] == [
        "┌─┬───── edge",
        "│ └─┬─┬─ web",
        "└───┼─│─ api",
        "    │ └─ cache",
        "    └─── db",
        "         mail",
    ]
    assert rails(CALLS, 6)[:3] == ["┌┬───", "│└┬┬─", "└─┼│─"]


def followed(drawing: list[str], names: list[str]) -> dict[str, set[str]]:
    """Read the calls back off a drawing: a rail's callers are the rows that begin or join it."""
    found: dict[str, set[str]] = {name: set() for name in names}
    for column in range(len(drawing[0])):
        callers: list[str] = []
        for row, name in zip(drawing, names, strict=True):
            sign = row[column]
            if sign in "┌┬":
                assert not callers, "a rail begins where none is"
                callers = [name]
            elif sign in "├┼":
                assert callers
                callers.append(name)
            elif sign in "└┴":
                for caller in callers:
                    found[caller].add(name)
                callers = []
        assert not callers, "a rail ends nowhere"
    return found


@st.composite
def graphs(draw: st.DrawFn) -> dict[str, tuple[str, ...]]:
    names = [f"c{n}" for n in range(draw(st.integers(1, 12)))]
    return {
        name: tuple(sorted(draw(st.sets(st.sampled_from(names[n + 1 :]))))) if names[n + 1 :] else ()
        for n, name in enumerate(names)
    }


@given(graphs(), st.sampled_from([10, 80]))
def test_the_calls_can_be_read_off_any_map(calls, width):
    drawing = rails(calls, width)
    assert len({len(row) for row in drawing}) == 1
    assert followed(drawing, list(calls)) == {name: set(callees) for name, callees in calls.items()}


@pytest.mark.parametrize("scenario_id", [entry.id for entry in listed()])
def test_the_map_of_a_shipped_world_fits_the_terminal_and_is_right(scenario_id):
    scenario = resolve(scenario_id)
    calls = calls_shown(scenario.world)
    hidden = {c.id for c in scenario.world.components if c.hidden}
    assert set(calls) == {c.id for c in scenario.world.components} - hidden
    seat = Seat(name="you", role="responder")
    header = header_of(scenario, 5, (seat,))
    of = Drill(scenario, 5, seat, Log(None, header), Log(None, header))
    of.advance(20_000)
    rows = [block.text for block in of.enter("topology").blocks if isinstance(block, Line)]
    drawn = [row for row in rows[1:] if not row.startswith("users of ")]
    assert all(len(row) <= 80 for row in drawn)
    assert not [name for name in hidden for row in drawn if f" {name} " in row]
    assert len(rows) <= 24


def test_calls_round_in_a_circle_are_left_out():
    components = (
        component("a", Operation(work_ms=1, calls=(Call(to="b"),))),
        component("b", Operation(work_ms=1, calls=(Call(to="a", lagged=True),))),
    )
    world = SCENARIO.world.model_copy(update={"components": components})
    calls = calls_shown(world)
    assert calls == {"a": ("b",), "b": ("a",)}
    assert rails(calls, 10) == ["┌─", "└─"]


USUAL = {"rps": 100.0, "error_share": 0.001, "p95_ms": 40.0, "cpu_share": 0.4, "connections_share": 0.3,
         "disk_share": 0.5, "memory_share": 0.6}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "sign"),
    [
        ({}, "ok"),
        ({"error_share": 0.02}, "!"),
        ({"error_share": 0.3}, "!!"),
        ({"error_share": 0.3, "rps": 0.02}, "ok"),  # one request of three in a minute says nothing
        ({"p95_ms": 120.0}, "!"),
        ({"p95_ms": 60.0}, "ok"),
        ({"p95_ms": 4_000.0}, "!!"),
        ({"cpu_share": 0.95}, "!"),
        ({"connections_share": 1.0}, "!"),
        ({"rps": 0.0, "error_share": float("nan"), "p95_ms": float("nan")}, "-"),
        ({"rps": float("nan")}, "?"),
    ],
)
def test_the_mark_says_what_is_measured(changed, sign):
    assert mark(USUAL | changed, USUAL) == sign


def test_what_is_so_every_day_is_no_news():
    assert mark(USUAL | {"error_share": 0.03}, USUAL | {"error_share": 0.025}) == "ok"
    assert mark(USUAL | {"disk_share": 0.95}, USUAL | {"disk_share": 0.94}) == "ok"
    assert mark(USUAL | {"p95_ms": 900.0}, USUAL | {"p95_ms": 800.0}) == "ok"


def test_nothing_measured_is_no_data():
    assert mark({}, {}) == "?"
    assert mark(USUAL, {}) == "ok"


def rows_of(of: Drill) -> dict[str, str]:
    """The signs of each component on the map, by name."""
    found = {}
    for block in of.enter("topology").blocks:
        words = block.text.replace("─", " ").split()
        name = next((name for name in ("web", "api", "db") if name in words[:4]), None)
        if name is not None and "of" not in words:
            found[name] = words[words.index(name) + 1]
    return found


def test_the_map_shows_where_it_hurts():
    of = drill()
    of.advance(30_000)
    assert rows_of(of) == {"web": "ok", "api": "ok", "db": "ok"}
    of.advance(400_000)
    assert rows_of(of) == {"web": "!!", "api": "!!", "db": "!!"}


def test_one_component_shows_queues_copies_and_what_a_miss_asks():
    of = drill(resolve("github-2023-09"))
    of.advance(15_000)

    def told(name: str) -> list[str]:
        return [block.text for block in of.enter(f"topology {name}").blocks if isinstance(block, Line)]

    assert "works off the queue jobs ok" in told("notifications")
    assert "worked off by notifications ok, webhooks ok" in told("jobs")
    assert "copies what mysql ok writes" in told("mysql-replicas")
    assert "copied by mysql-replicas ok" in told("mysql")
    calls = next(block for block in of.enter("topology web").blocks if isinstance(block, Table))
    assert [row[-1] for row in calls.rows if row[1] == "mysql-replicas.read"][:2] == [
        "on a miss of cache", "needs it",
    ]  # fmt: skip


def test_one_component_shows_its_neighbours_and_its_parts():
    of = drill()
    of.advance(400_000)
    blocks = of.enter("topology api").blocks
    assert "called by web !!" in [block.text for block in blocks if isinstance(block, Line)]
    calls, parts = [block for block in blocks if not isinstance(block, Line)]
    assert calls.rows[0][:3] == ("serve", "db.write", "!!")
    assert [row[0] for row in parts.rows] == [
        "all of it", "zone zone-a", "zone zone-b", "version v2",
    ]  # fmt: skip
    marks = {row[0]: row[1] for row in parts.rows}
    assert marks["version v2"] == "!!"


def test_after_a_failover_the_map_shows_the_zone_of_the_new_primary():
    of = drill()
    of.advance(60_000)

    def told():
        blocks = (*of.enter("topology").blocks, *of.enter("topology db").blocks)
        return [block.text for block in blocks if isinstance(block, Line)]

    def dots():
        return next(line for line in told() if " db " in line).split()[3]

    waits = "a standby waits in zone-b; `failover` promotes it"
    assert dots() in ("•", "!", "X")
    assert waits in told()
    of.enter("failover db yes")
    of.advance(300_000)
    assert dots() in ("•", "!", "X")
    assert waits not in told()
    assert [line for line in told() if line.endswith(" in zone-b")]


def test_what_an_act_turned_off_is_off_and_on_the_record_of_its_component():
    of = drill(resolve("cloudflare-2019-07"))
    of.advance(15_000)

    def flags() -> str:
        lines = (block.text for block in of.enter("topology edge").blocks if isinstance(block, Line))
        return next(line for line in lines if line.startswith("flags: "))

    assert flags().startswith("flags: waf on (")
    assert not of.enter("flag-off edge waf").refused
    assert flags().startswith("flags: waf on ("), "it is under way"
    of.advance(315_000)
    assert flags().startswith("flags: waf off (")
    titles = [block.text for block in of.enter("changes edge").blocks]
    assert any("edge waf: flag-off act-1 by" in title for title in titles)
    assert "flag-off" not in "".join(block.text for block in of.enter("changes web").blocks)
