"""Counterfactual runs are drills like any other, and are what an independent drill would have been."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from scoring.baselines import in_words, read_baselines
from scoring.card_json import card_fields
from scoring.card_text import card_text
from scoring.record import load
from scoring.score import judge
from scoring.scorecard import Comparison
from sim import baselines, journal
from sim.bots import BOTS
from sim.errors import JournalError
from sim.home import Home
from sim.opening import new_drill, resume, verify
from sim.spec import Play, Scenario, Seat
from tests.spine.small import META, YOU, play
from tests.twin.small import BAD_DISK, fault, scenario

STUCK_DISK = fault("stuck-disk", "disk_stall", 60, "db")
HARMFUL = Play(id="p", title="Throttle", effect="harms", commands=("throttle web 30% yes",), why="")
SHOP = scenario(STUCK_DISK, horizon_s=900, plays=(HARMFUL,))
HARM = (130, "throttle web 30% yes")
VAIN = (300, "restart mail yes")
LATER = ((560, "isolate mail from web yes"), (700, "isolate mail from web off yes"))
PLAYERS = {name: BOTS[name] for name in ("idle", "oracle")}


def drill_in(
    path: Path, *lines: tuple[int, str], seat: Seat = YOU, of: Scenario = SHOP, finish: bool = True
) -> Path:
    """Play lines in a folder, to the horizon."""
    with new_drill(path, of, 3, seat, META, interactive=True) as opened:
        play(opened.drill, *lines)
        if finish:
            opened.finish()
    return path


def files(path: Path) -> tuple[bytes, ...]:
    names = (journal.SCENARIO_FILE, journal.JOURNAL_FILE, journal.TRUTH_FILE)
    return tuple((path / name).read_bytes() for name in names)


def typed(path: Path) -> list[tuple[int, str, str]]:
    records = journal.read(path).records
    return [
        (r.t_ms // 1000, r.event.kind, r.event.raw) for r in records if r.event.kind.startswith("action.")
    ]


def test_idle_is_an_independent_idle_run(tmp_path: Path):
    drill = drill_in(tmp_path / "drill", (100, "ack"), HARM)
    made = baselines.make(drill, {"idle": BOTS["idle"]})
    alone = drill_in(tmp_path / "alone", seat=Seat(name="idle", role="responder"))
    assert made[0] == drill / "baselines" / "idle"
    assert files(made[0]) == files(alone)
    assert verify(made[0]) > 0


def test_without_an_act_is_a_run_that_was_scripted_without_it(tmp_path: Path):
    lines = ((100, "ack"), HARM, VAIN, *LATER)
    drill = drill_in(tmp_path / "drill", *lines)
    made = baselines.make(drill, {})
    assert [path.name for path in made] == ["without-act-1", "without-act-2", "without-act-3"]
    for path, left_out in zip(made, (HARM, VAIN, LATER[0]), strict=True):
        scripted = drill_in(tmp_path / path.name, *(line for line in lines if line != left_out))
        assert files(path) == files(scripted)
    last = typed(made[2])[-1]
    assert last == (700, "action.refused", LATER[1][1]), "there is nothing to take back any more"


def test_what_was_refused_then_stays_refused(tmp_path: Path):
    drill = drill_in(tmp_path / "drill", VAIN, (400, "scale api 2x yes"))
    (made,) = baselines.make(drill, {})
    assert typed(made) == [(400, "action.refused", "scale api 2x yes")], "hands were busy then"


def test_a_lone_yes_goes_with_the_question_before_it(tmp_path: Path):
    drill = drill_in(
        tmp_path / "drill", (100, "ack"), (130, "throttle web 30%"), (140, "yes"), (200, "status")
    )
    (made,) = baselines.make(drill, {})
    assert typed(made) == [(100, "action.submitted", "ack"), (200, "action.submitted", "status")]


def test_an_order_that_is_read_back_is_left_out_as_well(tmp_path: Path):
    lines = ((100, "ack"), (110, "declare P1 down"), (500, "throttle web 30% yes"))
    drill = drill_in(tmp_path / "drill", *lines, seat=Seat(name="you", role="ic"))
    folder = journal.read(drill)
    assert baselines.questionable(folder) == (1,)
    assert typed(baselines.make(drill, {})[0]) == [
        (at_s, "action.submitted", line) for at_s, line in lines[:2]
    ]


def test_an_act_that_helped_has_no_baseline(tmp_path: Path):
    of = scenario(BAD_DISK, horizon_s=900, plays=())
    drill = drill_in(tmp_path / "drill", (130, "status"), of=of)
    assert baselines.make(drill, {}) == ()


def test_what_was_made_is_kept_and_what_was_left_half_made_is_made_again(tmp_path: Path):
    drill = drill_in(tmp_path / "drill", (100, "ack"))
    (idle,) = baselines.make(drill, {"idle": BOTS["idle"]})
    whole = files(idle)
    (idle / journal.JOURNAL_FILE).write_bytes(whole[1][: len(whole[1]) // 2])
    names: list[str] = []
    assert baselines.make(drill, {"idle": BOTS["idle"]}, names.append) == (idle,)
    assert names == list(baselines.missing(drill, ["idle"])) == []
    assert files(idle) != whole, "a finished one is not played again"
    journal.write_meta(idle, journal.read_meta(idle).model_copy(update={"finished": False}))
    assert baselines.missing(drill, ["idle"]) == ("idle",)
    baselines.make(drill, {"idle": BOTS["idle"]}, names.append)
    assert names == ["idle"]
    assert files(idle) == whole


def test_a_drill_that_is_not_over_has_none(tmp_path: Path):
    drill = drill_in(tmp_path / "drill", (100, "ack"), finish=False)
    with pytest.raises(JournalError, match="drill is not over; go on with `pagerdrill play --resume drill`"):
        baselines.make(drill, PLAYERS)
    with resume(drill, interactive=False) as opened:
        opened.finish()
    assert len(baselines.make(drill, PLAYERS)) == 2


def test_the_card_says_what_would_have_been(tmp_path: Path):
    drill = drill_in(tmp_path / "drill", (100, "ack"), HARM)
    assert read_baselines(drill) == ()
    before = judge(load(drill))
    baselines.make(drill, {"idle": BOTS["idle"]})
    idle, without = read_baselines(drill)
    assert (idle.name, idle.acts, without.name, without.acts) == ("idle", (), "without-act-1", ())
    card = judge(load(drill), read_baselines(drill))
    lost = {measure.id: measure.value for measure in card.measures}["user-minutes-lost"]
    assert [round(c.fewer_lost, 2) for c in card.comparisons] == [
        round(lost - idle.user_min_lost, 2),
        round(lost - without.user_min_lost, 2),
    ]
    assert card.checks == before.checks, "baselines judge nobody"
    assert "WHAT WOULD HAVE BEEN" not in card_text(before)
    text = " ".join(card_text(card).split())
    assert all(in_words(comparison) in text for comparison in card.comparisons)
    assert [c["name"] for c in card_fields(card)["comparisons"]] == ["idle", "without-act-1"]


@pytest.mark.parametrize(
    ("comparison", "words"),
    [
        (Comparison("idle", "Had nobody come", 9000.0, -4000.0, None),
         "Had nobody come: 4,000 more user-minutes lost (9,000), not mitigated."),
        (Comparison("oracle", "Best known play", 1000.0, 4000.0, 240_000),
         "Best known play: 4,000 fewer user-minutes lost (1,000), mitigated after 4 min."),
        (Comparison("without-act-1", "Without `restart db`", 4960.0, 40.0, None),
         "Without `restart db`: as many user-minutes lost."),
        (Comparison("without-act-1", "Without `restart db`", 0.0, 0.0, None),
         "Without `restart db`: as many user-minutes lost."),
    ],
)  # fmt: skip
def test_words(comparison: Comparison, words: str):
    assert in_words(comparison) == words


def test_at_the_command_line(tmp_path: Path):
    home = Home(tmp_path)
    drill_in(home.drills / "small-1", (100, "ack"), HARM)

    def run(*words: str) -> str:
        done = CliRunner().invoke(main, [*words, "--home", str(tmp_path)])
        assert done.exit_code == 0, done.output
        return done.output

    made = json.loads(run("drills", "baselines", "small-1", "--json"))["baselines"]
    assert made == ["idle", "expert", "oracle", "without-act-1"]
    assert "small-1 can now be compared with: idle, expert, oracle, without-act-1" in run(
        "drills", "baselines", "small-1"
    )
    assert [row["id"] for row in json.loads(run("drills", "list", "--json"))] == ["small-1"]
    card = run("score", "small-1")
    assert "What an expert does:" in card
    assert "Best known play:" in card
    assert "Without `throttle web 30%`:" in card
    run("drills", "delete", "small-1", "--yes")
    assert not (home.drills / "small-1").exists()
