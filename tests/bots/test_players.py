"""Every player on the shipped drills, and what the expert may and may not see."""

from collections.abc import Mapping

import pytest

import cli
from scenarios.inequalities import broken
from scenarios.library import resolve
from sim.actions import VERBS
from sim.bots import BOTS
from sim.bots.novice import quoted
from sim.bots.runs import Job, Run, play_all
from sim.bots.undo_last import undoing
from sim.drill import Drill
from sim.events import ActionSubmitted, LookedAt
from sim.journal import Log, header_of
from sim.spec import Scenario, Seat
from sim.view import KnownChange
from tests.spine.small import SCENARIO

DRILLS = ("github-2023-09", "cloudflare-2019-07")
SMALL = SCENARIO.model_copy(update={"horizon_s": 900})


@pytest.fixture(scope="module", params=DRILLS)
def played(request: pytest.FixtureRequest) -> Mapping[str, Run]:
    """What each player comes to on one seed of a shipped drill, played in two processes."""
    spec = resolve(request.param)
    jobs = [Job(spec, name, 3) for name in BOTS]
    return {run.player: run for run in play_all(jobs, cli.bot_run)}


def test_all_promises_hold_on_a_seed(played: Mapping[str, Run]):
    assert tuple(played) == tuple(BOTS) == cli.PLAYERS
    assert broken("mitigate", tuple(played.values())) == ()
    assert played["expert"].score >= 90
    assert played["idle"].acts == 0
    assert all(played[name].acts == 1 for name in ("undo-last", "restart-loudest", "scale-busiest"))


HIDDEN = ("truth", "scenario", "production", "seed", "onset_ms")


class Blind(Drill):
    """A drill whose truth nobody may read once it is guarded."""

    guarded = False

    def __getattribute__(self, name: str):
        if name in HIDDEN and type(self).guarded:
            raise AssertionError(f"{name} was read")
        return super().__getattribute__(name)


def test_the_guard_holds(monkeypatch: pytest.MonkeyPatch):
    drill = drill_of(SMALL, Blind)
    monkeypatch.setattr(Blind, "guarded", True)
    with pytest.raises(AssertionError, match="was read"):
        BOTS["oracle"](drill)


def drill_of(spec: Scenario, kind: type[Drill] = Drill) -> Drill:
    seat = Seat(name="you", role="responder")
    header = header_of(spec, 3, (seat,))
    return kind(spec, 3, seat, Log(None, header), Log(None, header))


def journal_of(drill: Drill) -> list[tuple[int, object]]:
    return [(record.t_ms, record.event) for record in drill.view.events(0)]


@pytest.mark.parametrize("bot", [name for name in BOTS if name != "oracle"])
def test_players_see_their_view_alone(bot: str, monkeypatch: pytest.MonkeyPatch):
    drill = drill_of(SMALL, Blind)
    monkeypatch.setattr(Blind, "guarded", True)
    BOTS[bot](drill)
    assert drill.ended


def test_the_expert_plays_the_same_again():
    one, two = drill_of(SMALL), drill_of(SMALL)
    for drill in (one, two):
        BOTS["expert"](drill)
    assert journal_of(one) == journal_of(two)
    assert len(journal_of(one)) > 30


def test_the_expert_looks_before_it_acts_and_finds_the_disk():
    drill = drill_of(SMALL)
    BOTS["expert"](drill)
    typed = [event.command for _, event in journal_of(drill) if isinstance(event, ActionSubmitted)]
    looks = [event.verb for _, event in journal_of(drill) if isinstance(event, LookedAt)]
    assert looks[:2] == ["status", "journeys"]
    assert any(line.startswith("suspect db disk") for line in typed)
    acts = [number for number, line in enumerate(typed) if VERBS[line.split()[0]].group == "act"]
    suspected = next(number for number, line in enumerate(typed) if line.startswith("suspect"))
    assert not acts or acts[0] > suspected


def test_a_runbook_is_read_for_its_commands():
    text = "Look: `metrics db`. Then `rollback`, `not a verb`, or `runbook other`."
    assert list(quoted(text, "web")) == ["metrics db", "rollback web", "runbook other"]


@pytest.mark.parametrize(
    ("what", "undone"),
    [
        ("deploy", ("rollback web",)),
        ("config", ("revert-config web c",)),
        ("flag", ("flag-off web banner", "revert-config web c")),
        ("migration", ()),
    ],
)
def test_a_change_is_undone_as_its_kind_wants(what: str, undone: tuple[str, ...]):
    change = KnownChange(0, "c", "web", what, "the banner turned on", "ana", "core")
    assert undoing(change, ("banner", "other")) == undone
