"""Journals of a small drill, written by hand: (t_ms, kind, who sees it)."""

from sim.spec import Seat
from tests.spine.small import drill, play, story

ALL, MINE = ("all",), ("you", "facilitator")


def test_a_drill_that_nobody_plays():
    idle = drill()
    idle.advance(10**9)
    assert story(idle) == [
        (0, "drill.started", ALL),
        (90_000, "alert.fired", ALL),  # the fault begins at 60 s; BuyErrorsHigh waits 30 s
        (90_000, "notification.sent", ALL),
        (90_000, "page.sent", ALL),
        (120_000, "alert.fired", ALL),  # DbSlow waits 60 s
        (180_000, "change.made", ALL),  # 120 s after the lead-in; what is not logged is not announced
        (240_000, "message.said", ALL),
        (390_000, "page.escalated", ALL),  # nobody took it for five minutes
        (390_000, "page.sent", ALL),
        (772_160, "person.joined", ALL),  # ben needs his time
        (772_160, "message.said", ALL),
        (772_160, "page.acknowledged", ALL),
        (1_560_000, "message.said", ALL),  # five minutes are left
        (1_860_000, "drill.ended", ALL),  # 60 s of lead-in and the horizon of 1,800 s
    ]


def test_a_drill_that_is_mastered():
    played = play(
        drill(),
        (10, "status"),
        (130, "ack"),
        (140, "declare P1 buying fails"),
        (150, "failover db yes"),
        (1200, "mitigated"),
        (1200, "resolve"),
    )
    played.advance(10**9)
    typed = "action.submitted"
    assert story(played) == [
        (0, "drill.started", ALL),
        (10_000, typed, MINE),
        (10_000, "looked.at", MINE),
        (90_000, "alert.fired", ALL),
        (90_000, "notification.sent", ALL),
        (90_000, "page.sent", ALL),
        (120_000, "alert.fired", ALL),
        (130_000, typed, MINE),
        (130_000, "page.acknowledged", ALL),
        (140_000, typed, MINE),
        (140_000, "incident.declared", ALL),
        (150_000, typed, MINE),
        (150_000, "act.started", ALL),
        (150_000, "act.progressed", ALL),
        (180_000, "change.made", ALL),
        (204_787, "act.progressed", ALL),
        (240_000, "message.said", ALL),
        (254_000, "act.progressed", ALL),
        (254_000, "act.finished", ALL),
        (255_000, "alert.resolved", ALL),
        (255_000, "alert.resolved", ALL),
        (255_000, "notification.sent", ALL),
        (255_000, "page.closed", ALL),
        (1_200_000, typed, MINE),
        (1_200_000, "mitigation.claimed", ALL),
        (1_200_000, typed, MINE),
        (1_200_000, "incident.resolved", ALL),
        (1_860_000, "drill.ended", ALL),
    ]


def test_the_truth_of_a_drill_that_is_mastered():
    played = play(drill(), (150, "failover db yes"))
    played.advance(10**9)
    told = [(r.t_ms, r.event.kind) for r in played.truth if r.event.kind != "truth.impact_measured"]
    assert told == [
        (60_000, "truth.fault_started"),
        (75_000, "truth.impact_started"),  # two of three samples out of the objective
        (90_000, "truth.alert_labelled"),
        (90_000, "truth.evidence_appeared"),
        (120_000, "truth.alert_labelled"),
        (254_000, "truth.fault_ended"),
        (254_000, "truth.act_judged"),
        (555_000, "truth.impact_mitigated"),  # 300 s after 255 s, when the objective was met again
    ]
    assert {r.seen_by for r in played.truth} == {("truth",)}


def test_an_incident_commander_has_no_hands_and_an_operator():
    commander = drill(seat=Seat(name="you", role="ic"))
    play(commander, (95, "ack"), (96, "failover db yes"), (100, "declare P1 buying fails"))
    commander.advance(700_000)
    assert commander.enter("failover db yes").refused is False
    commander.advance(900_000)
    boring = ("alert.fired", "alert.resolved", "notification.sent", "page.sent", "page.closed")
    told = story(commander, *boring, "act.progressed", "change.made")
    assert [(t_ms // 1000, kind) for t_ms, kind, _ in told] == [
        (0, "drill.started"),
        (0, "guide.said"),  # who has the keyboard
        (95, "action.submitted"),
        (95, "page.acknowledged"),
        (96, "action.refused"),  # nobody is at the keyboard yet
        (100, "action.submitted"),
        (100, "incident.declared"),
        (240, "message.said"),
        (444, "person.joined"),
        (444, "message.said"),
        (700, "action.submitted"),
        (700, "message.said"),  # the operator reads the order back
        (733, "act.started"),
        (837, "act.finished"),
    ]
    act = next(r for r in commander._journal.records if r.event.kind == "act.started")
    assert act.actor == "ben"


def test_resolving_too_early_pages_again():
    early = play(drill(), (100, "ack"), (110, "declare P1 x"), (120, "resolve"), (120, "yes"))
    early.advance(10**9)
    told = story(early, "alert.fired", "change.made", "message.said", "person.joined")
    assert told[-8:] == [
        (120_000, "action.refused", MINE),  # it asks once, since users are still hurt
        (120_000, "action.submitted", MINE),
        (120_000, "incident.resolved", ALL),
        (420_000, "page.sent", ALL),  # five minutes later the alert still fires
        (720_000, "page.escalated", ALL),
        (720_000, "page.sent", ALL),
        (881_607, "page.acknowledged", ALL),
        (1_020_000, "drill.ended", ALL),  # 15 minutes after the resolving, which nobody took back
    ]


def test_declaring_again_keeps_the_drill_open():
    again = play(drill(), (100, "ack"), (110, "declare P1 x"), (120, "resolve yes"), (430, "declare P1 y"))
    again.advance(10**9)
    assert story(again)[-1] == (1_860_000, "drill.ended", ALL)
