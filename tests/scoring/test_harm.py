"""Which acts did harm: what was taken back, what was brought about, what was lost."""

import pytest

from scoring.case import prepare
from scoring.harm import Harm, harms, without_effect
from scoring.score import judge
from scoring.timeline import timeline
from sim.events import (
    ActFinished,
    ActJudged,
    ActStarted,
    AlertFired,
    AlertLabelled,
    DataLost,
    FaultStarted,
    ImpactRelapsed,
    taking_back,
)
from tests.scoring.drills_by_hand import ALERT, FLAWLESS, JUDGED, QUIET, Timed, drill, impact

RECOVERED = [*impact(800), *JUDGED]
RELAPSED = ImpactRelapsed(journey="checkout")


def act(at_s: int, number: int, verb: str, target: str, outcome: str = "no_effect") -> list[Timed]:
    return [
        (at_s, ActStarted(act=number, verb=verb, target=target, by="ada", takes_s=60)),
        (at_s + 60, ActFinished(act=number, verb=verb, target=target, ok=True, text="done")),
        (at_s + 60, ActJudged(act=number, outcome=outcome)),
    ]


def case_of(*events: Timed, base: list[Timed] = RECOVERED, journal: list[Timed] = FLAWLESS):
    seen = [pair for pair in events if not pair[1].kind.startswith("truth.")]
    truth = [pair for pair in events if pair[1].kind.startswith("truth.")]
    return prepare(drill([*journal, *seen], [*base, *truth]))


def found(*events: Timed, **more: list[Timed]) -> list[tuple[int, bool]]:
    return [(harm.act, harm.known) for harm in harms(case_of(*events, **more))]


def started(*commands: str) -> list[ActStarted]:
    split = [command.split(" ", 1) for command in commands]
    return [
        ActStarted(act=n, verb=verb, target=target, by="ada", takes_s=1)
        for n, (verb, target) in enumerate(split, start=1)
    ]


def test_what_takes_something_back():
    assert taking_back(started("drain zone-b", "drain zone-b off", "restart web")) == {2}
    steps = (
        "throttle web 40%",
        "throttle db 60%",
        "throttle web 70%",
        "throttle web 50%",
        "throttle web 100%",
    )
    assert taking_back(started(*steps)) == {3, 5}


def test_undoing_what_relieved_is_harm_where_users_are_hurt_again():
    off = act(1200, 2, "drain", "zone-b off")
    (harm,) = harms(case_of(*off, (1500, RELAPSED)))
    assert harm.act == 2
    assert not harm.known
    assert [each.what for each in harm.evidence] == ["drain zone-b off", "checkout relapsed"]
    assert found(*off, (1560, RELAPSED)) == [(2, False)], "5 minutes after its end"
    assert found(*off, (1561, RELAPSED)) == []
    assert found(*off, (1199, RELAPSED)) == [], "before it"
    assert found(*act(1200, 2, "drain", "zone-b off", "failed"), (1500, RELAPSED)) == []


def test_a_fault_that_begins_in_between_is_no_harm_of_the_act():
    second = FaultStarted(fault="second", fault_kind="bad_disk", component="database")
    off = act(1200, 2, "drain", "zone-b off")
    assert found(*off, (1300, second), (1400, RELAPSED)) == []
    assert found(*off, (1100, second), (1400, RELAPSED)) == [(2, False)]


def test_the_last_of_several_that_took_back_is_the_one():
    steps = [*act(1200, 2, "throttle", "web 60%"), *act(1260, 3, "throttle", "web 80%")]
    steps += act(1320, 4, "throttle", "web 100%")
    assert found(*steps, (1400, RELAPSED)) == [(4, False)]


def test_users_hurt_again_before_recovery_had_held_count_by_their_share():
    back = [pair for pair in impact(1100) if not (800 <= pair[0] < 930 and pair in SAMPLES_OF_1100)]
    calm = [pair for pair in QUIET if 800 <= pair[0] < 930]
    assert found(*act(880, 2, "block", "eu off"), base=[*back, *calm, *JUDGED]) == [(2, False)]
    assert found(*act(880, 2, "block", "eu"), base=[*back, *calm, *JUDGED]) == []


SAMPLES_OF_1100 = [pair for pair in impact(1100) if pair[1].kind == "truth.impact_measured"]


def test_an_alert_of_its_own_is_harm_where_users_are_hurt_anew():
    warning = AlertFired(**{**ALERT.model_dump(), "alert": 9, "severity": "warning"})
    label = AlertLabelled(alert=9, label="self_inflicted", cause="act:2")
    scale = act(1200, 2, "scale", "web", "worked")
    fired: list[Timed] = [(1300, warning), (1300, label)]
    assert found(*scale, *fired) == []
    assert found(*scale, *fired, (1310, RELAPSED)) == [(2, False)]


@pytest.mark.parametrize(
    ("verb", "target", "expected"), [("restart", "web", [2]), ("rollback", "payments", [])]
)
def test_an_act_that_lost_records_did_harm_unless_a_play_that_helps_holds_it(verb, target, expected):
    lost = DataLost(component="web", records=276_100, by="act:2")
    events = [*act(1200, 2, verb, target), (1260, lost)]
    assert [number for number, _ in found(*events)] == expected


def test_what_is_taken_back_is_never_without_effect_and_what_hurt_is_worse():
    up = act(1200, 2, "throttle", "web 30%") + act(1400, 3, "throttle", "web 100%")
    quiet = case_of(*up)
    assert [each.what for each in without_effect(quiet).acts] == ["throttle web 30%"]
    assert [(bar.outcome, bar.bad) for bar in timeline(quiet).acts] == [
        ("worked", False),
        ("no effect", True),
        ("taken back", False),
    ]
    hurt = case_of(*up, (1500, RELAPSED))
    assert (timeline(hurt).acts[-1].outcome, timeline(hurt).acts[-1].bad) == ("made it worse", True)
    card = judge(hurt.record)
    verdict = next(each.verdict for each in card.checks if each.id == "no-harm-done")
    assert verdict.credit == 0
    assert [each.what for each in verdict.evidence] == ["throttle web 100%", "checkout relapsed"]


def test_taking_back_what_is_known_to_harm_is_not_known_to_harm():
    assert found(*act(1200, 2, "restart", "database off")) == []
    (harm,) = harms(case_of(*act(1200, 2, "restart", "database")))
    assert harm == Harm(2, True, harm.evidence)
