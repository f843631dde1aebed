"""What is asked where a drill is a false alarm: to look, to report and to leave it alone."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scoring.card_text import card_text
from scoring.outcome import outcome_lines
from scoring.record import DrillRecord
from scoring.score import judge, total
from sim.events import (
    ActJudged,
    ActStarted,
    AlertFired,
    AlertLabelled,
    AlertMarked,
    DrillEnded,
    FaultStarted,
    HypothesisRecorded,
    IncidentDeclared,
    IncidentResolved,
    LookedAt,
    NoteTaken,
    PageAcknowledged,
    SeveritySet,
)
from tests.scoring.drills_by_hand import (
    ALERT,
    HORIZON_S,
    PAGED,
    QUIET,
    Timed,
    credits_of,
    drill,
    impact,
    scenario,
    update,
)

ALARM_TRUTH: list[Timed] = [
    *QUIET,
    (300, FaultStarted(fault="blind", fault_kind="blind_monitoring", component="cart")),
    (330, AlertLabelled(alert=1, label="unrelated", cause="fault:blind")),
]
LOOKED: list[Timed] = [
    *PAGED,
    (350, PageAcknowledged(page=1, alert=1, person="sam")),
    (360, LookedAt(verb="status", args="")),
]
REPORTED: list[Timed] = [*LOOKED, (400, update("internal", "Cart is not measured; users are well."))]
CLOSED: list[Timed] = [*REPORTED, (420, AlertMarked(alert=1))]
RESTART: Timed = (500, ActStarted(act=1, verb="restart", target="database", by="ada", takes_s=360))


def alarm(journal: list[Timed], truth: list[Timed] = ALARM_TRUTH) -> DrillRecord:
    return drill(journal, truth, scenario=scenario(expects="no_action", mechanism="monitoring"))


def test_who_looks_reports_and_leaves_a_false_alarm_alone_has_full_credit() -> None:
    card = judge(alarm(CLOSED))
    assert total(card) == pytest.approx(100)
    assert outcome_lines(card)[0] == "A false alarm: nothing was done, and no user was hurt."
    assert "This drill is about restraint" in card_text(card)


def test_nobody_who_looks_at_a_false_alarm_earns_nothing() -> None:
    card = judge(alarm([*PAGED, (HORIZON_S, DrillEnded(reason="time limit"))]))
    assert total(card) == 0
    assert outcome_lines(card)[0] == "A false alarm that nobody looked at."


def test_restraint_costs_more_than_everything_else_earns() -> None:
    acted = judge(alarm([*CLOSED, RESTART]))
    clumsy = judge(
        alarm(
            [*PAGED, (1500, LookedAt(verb="status", args="")), (1600, update("internal", "No users hurt."))]
        )
    )
    assert total(acted) <= 45
    assert total(clumsy) > 70
    assert outcome_lines(acted)[0] == "A false alarm that was acted on: no user was hurt by it."


def test_an_act_that_hurt_users_is_told_in_the_outcome() -> None:
    hurt = judge(alarm([*CLOSED, RESTART], [*impact(900), *ALARM_TRUTH[-2:]]))
    assert outcome_lines(hurt)[0] == "A false alarm that was acted on: users were hurt by it."
    assert credits_of(hurt)["restraint"] == 0


@pytest.mark.parametrize(
    ("act", "outcome", "expected"),
    [
        ("restart", "no_effect", 0),
        ("flag-off", "no_effect", 0),
        ("restart", "failed", 1),
        ("call-vendor", "no_effect", 1),
    ],
)
def test_what_counts_as_an_act_in_a_false_alarm(act: str, outcome: str, expected: float) -> None:
    started = (500, ActStarted(act=1, verb=act, target="database", by="ada", takes_s=60))
    judged = (560, ActJudged(act=1, outcome=outcome))
    assert credits_of(judge(alarm([*CLOSED, started], [*ALARM_TRUTH, judged])))["restraint"] == expected


@pytest.mark.parametrize(
    ("verb", "args", "looked", "restraint"),
    [
        ("status", "", 1, 1),
        ("metrics", "checkout rps", 1, 1),
        ("traces", "browse", 1, 1),
        ("metrics", "cart by zone", 0, 0.5),
        ("logs", "checkout", 0, 0.5),
    ],
)
def test_looking_at_users_is_a_look_at_a_journey(
    verb: str, args: str, looked: float, restraint: float
) -> None:
    found = credits_of(judge(alarm([*PAGED, (360, LookedAt(verb=verb, args=args))])))
    assert (found["users-looked-at"], found["restraint"]) == (looked, restraint)


def test_a_look_at_users_after_the_act_comes_too_late() -> None:
    late = (600, LookedAt(verb="status", args=""))
    assert credits_of(judge(alarm([*PAGED, RESTART, late])))["users-looked-at"] == 0


@pytest.mark.parametrize("severity", ["P1", "P2", "P4"])
def test_declaring_a_false_alarm_and_withdrawing_it_costs_nothing(severity: str) -> None:
    declared: list[Timed] = [
        *REPORTED,
        (370, IncidentDeclared(severity=severity, title="orders stopped?")),
        (410, SeveritySet(severity="P4")),
    ]
    closed = judge(alarm([*declared, (430, IncidentResolved())]))
    assert total(closed) == pytest.approx(100)
    assert credits_of(judge(alarm(declared)))["alarm-closed"] == 0, "left open"


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), 1),
        (("The shop works normally; what you may have read was a false alarm.",), 1),
        (("Orders fail for many of you; we are on it.",), 0),
        (
            ("Orders fail for many of you; we are on it.", "No orders were lost; the shop works as usual."),
            0.5,
        ),
    ],
)
def test_telling_customers_of_an_outage_that_is_none_costs(texts: tuple[str, ...], expected: float) -> None:
    sent: list[Timed] = [(450 + n, update("customer", text)) for n, text in enumerate(texts)]
    assert credits_of(judge(alarm([*CLOSED, *sent])))["no-outage-invented"] == expected


def test_customers_may_hear_of_the_outage_that_an_act_made() -> None:
    truth = [*impact(900), *ALARM_TRUTH[-2:]]
    honest = (450, update("customer", "Orders fail since we restarted a database."))
    assert credits_of(judge(alarm([*CLOSED, RESTART, honest], truth)))["no-outage-invented"] == 1


def test_a_finding_is_an_update_or_a_mark_with_a_line_beside_it() -> None:
    mark, note = (400, AlertMarked(alert=1)), (410, NoteTaken(text="cart is not scraped"))
    suspicion = (410, HypothesisRecorded(component="cart", mechanism="monitoring"))
    found = [
        credits_of(judge(alarm([*LOOKED, *more])))["finding-reported"]
        for more in ([], [mark], [note], [mark, note], [mark, suspicion])
    ]
    assert found == [0, 0.5, 0.5, 1, 1]
    before = [*PAGED, (340, update("internal", "Something is up."))]
    assert credits_of(judge(alarm(before)))["finding-reported"] == 0, "nobody had looked"


def test_only_pages_that_an_act_made_are_not_of_the_false_alarm() -> None:
    own = [
        (700, AlertFired(**{**ALERT.model_dump(), "alert": 2})),
        (700, PAGED[1][1].model_copy(update={"page": 2, "alert": 2})),
    ]
    mine = (700, AlertLabelled(alert=2, label="self_inflicted", cause="act:1"))
    assert credits_of(judge(alarm([*CLOSED, *own], [*ALARM_TRUTH, mine])))["true-pages-not-missed"] == 1
    noise = (700, AlertLabelled(alert=2, label="noise", cause="an ordinary day"))
    assert credits_of(judge(alarm([*CLOSED, *own], [*ALARM_TRUTH, noise])))["true-pages-not-missed"] == 0.5


steps = st.lists(
    st.sampled_from([pair for pair in CLOSED if pair not in PAGED]), unique_by=lambda pair: pair[0]
)


@settings(max_examples=40, deadline=None)
@given(steps, steps, st.sampled_from([0, 60, 1200]))
def test_whoever_acts_on_a_false_alarm_scores_below_whoever_looks_and_reports(
    acting: list[Timed], looking: list[Timed], later_s: int
) -> None:
    reported = {(t, e) for t, e in REPORTED if e.kind in ("looked.at", "update.sent")}
    looker = [*PAGED, *((t + later_s, e) for t, e in [*looking, *reported] if (t, e) not in PAGED)]
    assert total(judge(alarm([*PAGED, *acting, RESTART]))) < total(judge(alarm(looker)))
