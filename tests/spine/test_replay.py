"""Whatever was accepted at the keyboard plays again to the same journal."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.actions import VERBS
from sim.drill import Drill
from sim.journal import DrillFolder, Log, header_of
from sim.opening import replayed
from tests.spine.small import META, SCENARIO, YOU

SEED = 3
ODD_LINES = [
    '"hello there everybody"',
    "looking at " + "x" * 2500,
    "looking at " + "word " * 390,
    'declare P2 "  x"',
    "declare P2   two  blanks",
    "affects ,",
    "affects buy,,buy users 12.345678%",
    "affects buy users 1e-9%",
    "throttle web 33.33333% yes",
    "scale web 1.2345678x yes",
    "update customer " + "y" * 1992 + " next 5m",
    'update customer "quoted" twice" next 5m',
    'rollback api to "v 1"',
    "say it's 5 o'clock",
    'say "',
    "say \x00 \x1b[31mred\x1b[0m \u202e reversed \udcff",
    "suspect db disk 66.6%",
    "silence DbSlow 90",
    "metrics",
    "logs last 5m",
    "wait until buy p95 > 1e3",
    "failover db",
    "yes",
    "restart api yes",
    "drain zone-a yes",
    "isolate db from api yes",
    "block eu yes",
]


def entered(lines: list[str]) -> Drill:
    header = header_of(SCENARIO, SEED, (YOU,))
    drill = Drill(SCENARIO, SEED, YOU, Log(None, header), Log(None, header), interactive=True)
    for number, line in enumerate(lines):
        drill.advance(100_000 + number * 7_000)
        drill.enter(line)
    drill.advance(drill.now_ms + 20_000)
    return drill


def replay(drill: Drill) -> Drill:
    header = header_of(SCENARIO, SEED, (YOU,))
    records, truth = tuple(drill._journal.records), tuple(drill.truth)
    folder = DrillFolder(None, header, SCENARIO, records, truth, META)  # type: ignore[arg-type]
    logs = Log(None, header, records), Log(None, header, truth)
    return replayed(folder, *logs, interactive=False)


@pytest.mark.parametrize("line", ODD_LINES)
def test_an_odd_line_plays_again(line: str):
    drill = entered(["metrics db", line, "status"])
    again = replay(drill)
    assert again._journal.records == drill._journal.records
    assert again.truth == drill.truth


WORDS = [
    *VERBS,
    "web",
    "api",
    "db",
    "buy",
    "zone-a",
    "eu",
    "ben",
    "cleo",
    "data",
    "P1",
    "40%",
    "7.5%",
    "5m",
    "yes",
]
WORDS += [
    "by",
    "zone",
    "last",
    "to",
    "from",
    "next",
    "users",
    "disk",
    '"a b"',
    "2x",
    "v1",
    "c-new",
    "internal",
    "off",
]
LINES = st.lists(
    st.one_of(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), st.text(max_size=40)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LINES)
def test_any_lines_play_again(lines: list[str]):
    drill = entered(lines)
    assert replay(drill)._journal.records == drill._journal.records


def test_a_wait_does_not_come_back():
    drill = entered(["wait until buy rps > 1e9", "status"])
    assert drill.waiting_until() is None, "typing ends a wait"


def test_a_question_waits_for_its_yes_while_one_looks():
    drill = entered(["failover db", "status", "yes"])
    kinds = [r.event.kind for r in drill._journal.records]
    assert "act.started" in kinds
    assert drill.enter("yes").text == "there is nothing to say yes to"


def test_a_question_and_its_no_are_refusals_but_no_mistakes():
    drill = entered([])
    drill.interactive = True
    asked, unknown = drill.enter("failover db"), drill.enter("frobnicate")
    assert asked.text.endswith("Type `yes` to do it, or `failover db yes`")
    assert [(a.refused, a.asked_back) for a in (asked, unknown)] == [(True, True), (True, False)]
    no = drill.enter("n")
    assert (no.text, no.refused, no.asked_back) == ("as you wish, failover was not done", True, True)
    drill.enter("failover db")
    assert not drill.enter("y").refused


def test_a_look_that_finds_nothing_is_a_refusal_and_not_a_look():
    drill = entered(["alert 999"])
    kinds = [r.event.kind for r in drill._journal.records]
    assert "action.refused" in kinds
    assert "looked.at" not in kinds
