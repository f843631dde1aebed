"""Every play of the drills that lean on slow state, played to the end: it does what it says."""

from dataclasses import dataclass
from functools import lru_cache

import pytest

from scenarios.library import resolve
from sim.drill import Drill
from sim.events import DataLost, FaultEnded, ImpactMeasured, ImpactMitigated, ImpactRelapsed
from sim.journal import Log, header_of
from sim.spec import Play, Scenario, Seat

SEED, FIRST_MIN, STEP_MS = 2, 8, 15_000
"""Somebody acts eight minutes after the onset, with a second person in the war room."""
YOU = Seat(name="you", role="responder")

scenario = lru_cache(resolve)


@dataclass(frozen=True)
class Played:
    """What became of a drill."""

    lost_user_min: float
    records_lost: float
    mitigated: bool
    cured: frozenset[str]


def typed(drill: Drill, line: str) -> None:
    """Type a line when hands are free and no wait is on."""
    while drill.view.board.running_acts or drill.waiting_until() is not None:
        drill.advance(drill.now_ms + STEP_MS)
        if drill.wait_over() and not drill.view.board.running_acts:
            break
    if drill.enter(line).refused:
        drill.enter("yes")
    drill.advance(drill.now_ms + 2 * STEP_MS)


@lru_cache
def played(name: str, play: str) -> Played:
    """Play the commands of a play ('' for none), nothing else, to the end."""
    found = scenario(name)
    header = header_of(found, SEED, (YOU,))
    drill = Drill(found, SEED, YOU, Log(None, header), Log(None, header))
    drill.advance(drill.onset_ms + (FIRST_MIN - 4) * 60_000)
    for line in ("declare P1 x", "page priya"):
        drill.enter(line)
    drill.advance(drill.onset_ms + FIRST_MIN * 60_000)
    while "priya" not in drill.view.board.joined:
        drill.advance(drill.now_ms + STEP_MS)
    for command in play_of(found, play).commands if play else ():
        typed(drill, command)
    drill.finish()
    truth = [record.event for record in drill.truth]
    turns = [event for event in truth if isinstance(event, ImpactMitigated | ImpactRelapsed)]
    measured = [event for event in truth if isinstance(event, ImpactMeasured)]
    return Played(
        lost_user_min=measured[-1].user_min_lost,
        records_lost=sum(event.records for event in truth if isinstance(event, DataLost)),
        mitigated=bool(turns) and isinstance(turns[-1], ImpactMitigated),
        cured=frozenset(event.fault for event in truth if isinstance(event, FaultEnded)),
    )


def play_of(found: Scenario, play: str) -> Play:
    return next(each for each in found.plays if each.id == play)


@pytest.mark.parametrize("play", ["renew", "look-away"])
def test_a_new_certificate_or_none_looked_at_brings_everybody_back(play: str) -> None:
    done, nothing = played("epic-2021-04", play), played("epic-2021-04", "")
    assert done.mitigated
    assert done.lost_user_min < 0.45 * nothing.lost_user_min
    assert done.cured == {"signer-certificate"}


def test_no_rollback_brings_a_certificate_back() -> None:
    done, nothing = played("epic-2021-04", "undo-auth"), played("epic-2021-04", "")
    assert not done.mitigated
    assert done.lost_user_min > 0.99 * nothing.lost_user_min


@pytest.mark.parametrize("play", ["free-drain-switch", "drain-free-switch"])
def test_a_standby_that_has_caught_up_is_promoted_and_nothing_is_lost(play: str) -> None:
    done, nothing = played("github-2018-10", play), played("github-2018-10", "")
    assert done.mitigated
    assert done.records_lost == 0.0
    assert done.lost_user_min < 0.45 * nothing.lost_user_min


def test_a_hasty_switch_loses_what_was_confirmed() -> None:
    done = played("github-2018-10", "switch-at-once")
    assert done.records_lost > 100_000
    assert done.lost_user_min < played("github-2018-10", "").lost_user_min, "it looks like a success"


def test_what_is_not_about_the_zone_changes_nothing() -> None:
    done, nothing = played("github-2018-10", "undo-last-deploy"), played("github-2018-10", "")
    assert not done.mitigated
    assert done.records_lost == 0.0
    assert done.lost_user_min > 0.99 * nothing.lost_user_min
