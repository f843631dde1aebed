"""The time axis as values: what stands on it for plays written by hand."""

from scoring.axis.table import moments, standings
from scoring.score import judge
from scoring.scorecard import Scorecard
from scoring.timeline import Bar, Firing, Timeline
from scoring.updates import Due
from sim.events import ActStarted, AlertResolved
from tests.scoring.drills_by_hand import (
    ALERT,
    FLAWLESS,
    HORIZON_S,
    IDLE,
    JUDGED,
    drill,
    flawless,
    idle,
    impact,
    update,
)

LATE_S = 2600


def axis(card: Scorecard) -> Timeline:
    return card.timeline


def late_play() -> Scorecard:
    """Never mitigated; customers hear at 400 s, promised by 1500 s, and then not before 2600 s."""
    kept = [pair for pair in FLAWLESS if pair[0] < 500]
    return judge(drill([*kept, (LATE_S, update("customer", "Still."))], impact(None)))


def test_the_phases_come_in_order_of_time():
    found = [(phase.name, phase.at.t_ms // 1000) for phase in axis(judge(flawless())).phases]
    assert found == [
        ("impact began", 300),
        ("could be seen", 330),
        ("engaged", 360),
        ("declared", 380),
        ("recovered", 800),
        ("closed", 1200),
    ]
    assert [phase.name for phase in axis(judge(idle())).phases] == ["impact began", "could be seen"]


def test_severity_as_it_was_and_as_it_was_stated():
    found = axis(judge(flawless()))
    assert found.true_severity == (Bar("P1", 600_000, 800_000 // 15_000 * 15_000 + 15_000),)
    assert [(bar.label, bar.from_ms, bar.to_ms) for bar in found.stated_severity] == [
        ("P1", 380_000, 1_200_000)
    ]


def test_alerts_of_the_incident_and_others_are_counted_apart():
    other = ALERT.model_copy(update={"alert": 2})
    gone = AlertResolved(alert=1, rule="CheckoutErrors", component="web")
    found = axis(judge(drill([(330, ALERT), (400, other), (900, gone)], impact(800))))
    assert found.firing == (
        Firing(0, 0, 0),
        Firing(330_000, 1, 0),
        Firing(400_000, 1, 1),
        Firing(900_000, 0, 1),
    )


def test_acts_have_their_length_and_what_came_of_them():
    extra = [(700, ActStarted(act=2, verb="restart", target="database", by="ada", takes_s=60))]
    found = axis(judge(flawless(extra=extra)))
    assert [(bar.label, bar.from_ms, bar.to_ms, bar.outcome, bar.bad) for bar in found.acts] == [
        ("rollback payments", 500_000, 620_000, "worked", False),
        ("restart database", 700_000, found.end_ms, "not judged, known to harm", True),
    ]


def test_a_suspicion_lasts_until_users_had_recovered():
    (bar,) = axis(judge(flawless())).suspicions
    assert (bar.label, bar.from_ms, bar.to_ms) == ("payments: deploy", 450_000, 800_000)


def test_updates_that_came_too_late_are_marked_as_late():
    customers, executives, colleagues = axis(late_play()).audiences
    assert customers.due[0] == Due(400_000 + 20 * 60_000, LATE_S * 1000)
    assert [item.t_ms for item in customers.late] == [LATE_S * 1000]
    assert [(each.t_ms, each.kept) for each in customers.promised] == [(1_500_000, False)]
    assert executives.due == (Due((420 + 30 * 60) * 1000, HORIZON_S * 1000),)
    assert (len(executives.sent), executives.late) == (1, ())
    assert colleagues.due == (Due((410 + 30 * 60) * 1000, HORIZON_S * 1000),)


def test_nothing_is_due_after_recovery_or_late_within_the_grace():
    assert [row.due for row in axis(judge(flawless())).audiences] == [(), (), ()]
    just = 400 + 20 * 60 + 100
    kept = [pair for pair in FLAWLESS if pair[0] < 500]
    card = judge(drill([*kept, (just, update("customer", "Still."))], impact(just + 60)))
    assert axis(card).audiences[0].due == (Due((400 + 20 * 60) * 1000),)
    assert axis(card).audiences[0].late == ()


def test_the_axis_ends_with_the_drill_or_the_impact_and_a_margin():
    played = axis(judge(flawless()))
    assert (played.played_ms, played.end_ms) == (1_200_000, 1_260_000)
    assert axis(judge(idle())).end_ms == HORIZON_S * 1000
    assert axis(judge(drill([], []))).end_ms > 0


def test_every_mark_is_once_in_the_journal_of_the_card():
    card = judge(flawless())
    entries = [(entry.at.file, entry.at.seq) for entry in card.journal]
    assert len(entries) == len(set(entries))
    assert {(item.file, item.seq) for item in axis(card).marks} <= set(entries)
    cited = {(item.file, item.seq) for check in card.checks for item in check.verdict.evidence}
    assert cited <= set(entries)


def test_the_journal_tells_what_was_said():
    told = {entry.at.seq: entry.at.what for entry in judge(flawless()).journal if entry.at.file == "journal"}
    assert "update to customer, P1: Checkout fails for many of you; we are on it. (next by 14:25:00)" in (
        told.values()
    )
    assert "suspected payments: deploy (70 % sure)" in told.values()


def test_beliefs_are_what_was_stated_in_order():
    card = judge(flawless())
    assert [item.what for item in card.beliefs] == [
        "declared P1: checkout fails",
        "said it affects checkout, 40% of users",
        "suspected payments: deploy (70 % sure)",
        "said that users are no longer hurt",
    ]
    assert card.answer == "payments: deploy"
    assert judge(drill(IDLE, [*impact(None), *JUDGED])).beliefs == ()


def test_the_tables_say_what_the_picture_shows():
    card = late_play()
    rows = [(moment.row, moment.what) for moment in moments(axis(card))]
    assert ("to customers", "an update was due, and not sent in time") in rows
    assert ("to customers", "update to customer, P1: Still. (late)") in rows
    assert ("to customers", "the next update was promised by now (not kept)") in rows
    stood = {each.t_ms // 60_000: each for each in standings(axis(card))}
    assert (stood[5].hurt, stood[5].of_incident, stood[5].true) == (0.3, 0, "-")
    assert (stood[10].true, stood[10].stated) == ("P1", "P1")
    assert 20 not in stood, "nothing changed then"
