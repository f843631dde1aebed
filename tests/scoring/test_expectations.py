"""What a drill is judged by, where it expects something else than mitigating."""

import pytest

from scoring.card_text import card_text
from scoring.checks.mitigation import loss_credit
from scoring.outcome import outcome_lines
from scoring.record import DrillRecord
from scoring.score import judge, total
from scoring.scorecard import Scorecard
from sim.events import (
    ActJudged,
    ActStarted,
    AlertLabelled,
    DataLost,
    DataRiskEnded,
    DataRiskStarted,
    EvidenceAppeared,
    FaultStarted,
    HypothesisRecorded,
    IncidentDeclared,
    LookedAt,
)
from sim.spec import Rubric
from tests.scoring.drills_by_hand import (
    ALERT,
    FLAWLESS,
    JUDGED,
    PAGED,
    QUIET,
    Timed,
    credits_of,
    drill,
    impact,
    scenario,
    update,
)

# --- preventing -------------------------------------------------------------------------------------------

WARNED: list[Timed] = [
    (100, FaultStarted(fault="leak", fault_kind="bad_deploy_leak", component="payments")),
    (330, AlertLabelled(alert=1, label="cause", cause="fault:leak")),
    (330, EvidenceAppeared(what="alert 1")),
]
WARNING: Timed = (330, ALERT.model_copy(update={"severity": "warning"}))
AVERTED: list[Timed] = [
    WARNING,
    (350, LookedAt(verb="metrics", args="payments", component="payments")),
    (380, LookedAt(verb="changes", args="payments", component="payments")),
    (390, HypothesisRecorded(component="payments", mechanism="deploy")),
    (400, ActStarted(act=1, verb="rollback", target="payments", by="ada", takes_s=120)),
    (430, update("internal", "Payments loses memory; rolled back before anybody felt it.")),
]


def prevent(journal: list[Timed], truth: list[Timed], **anchors: object) -> DrillRecord:
    rubric = Rubric.model_validate({"par_user_min": 0, "unacceptable_user_min": 100_000, **anchors})
    return drill(journal, truth, scenario=scenario(expects="prevent", rubric=rubric))


def test_averting_before_onset_has_full_credit_without_any_page() -> None:
    card = judge(prevent(AVERTED, [*QUIET, *WARNED]))
    assert total(card) == pytest.approx(100)
    assert outcome_lines(card)[0] == "Averted: no user was hurt."
    assert "mitigated" not in credits_of(card)


def test_the_clock_of_prevention_starts_at_the_warning() -> None:
    late = [WARNING, (330 + 600, LookedAt(verb="metrics", args="payments"))]
    assert credits_of(judge(prevent(late, [*QUIET, *WARNED])))["engaged-soon"] == 0.5


def test_idle_where_it_could_have_been_averted_earns_nothing() -> None:
    card = judge(prevent([WARNING, *PAGED], [*WARNED, *impact(None)]))
    assert total(card) <= 5
    assert credits_of(card)["averted"] <= 0.1
    assert outcome_lines(card)[0] == "Not averted. Not mitigated: users did not recover."


def test_who_mitigates_soon_after_onset_has_part_of_what_averting_earns() -> None:
    quick, slow = (judge(prevent(FLAWLESS, [*WARNED, *impact(until_s), *JUDGED])) for until_s in (420, 2000))
    assert 0 < credits_of(slow)["averted"] < credits_of(quick)["averted"] <= 0.5
    assert total(slow) < total(quick) < 90


def test_customers_need_not_hear_of_what_was_averted() -> None:
    declared = (370, IncidentDeclared(severity="P2", title="payments will run out of memory"))
    card = judge(prevent([*AVERTED, declared], [*QUIET, *WARNED]))
    assert total(card) == pytest.approx(100)


def test_a_log_scale_from_a_par_of_zero_begins_at_a_thousandth() -> None:
    anchors = Rubric(par_user_min=0, unacceptable_user_min=100_000)
    found = [loss_credit(lost, anchors) for lost in (0, 100, 1_000, 10_000, 100_000)]
    assert found == pytest.approx([1, 1, 2 / 3, 1 / 3, 0])
    tiny = Rubric(par_user_min=50, unacceptable_user_min=100_000)
    assert loss_credit(1_000, tiny) == pytest.approx(2 / 3), "as if par were a thousandth"


def test_par_is_shown_as_a_band_where_its_quartiles_are_known() -> None:
    def why(**anchors: object) -> str:
        card = judge(prevent(AVERTED, [*QUIET, *WARNED], **anchors))
        return next(check.verdict.why for check in card.checks if check.id == "loss-small")

    assert why() == "0 lost; par 0, unacceptable 100,000"
    assert (
        why(par_user_min=900, par_band_user_min=(500, 1500))
        == "0 lost; par 500 to 1,500, unacceptable 100,000"
    )


# --- waiting ----------------------------------------------------------------------------------------------


def wait_out(journal: list[Timed], truth: list[Timed]) -> DrillRecord:
    anchors = Rubric(par_user_min=30_000, unacceptable_user_min=60_000)
    return drill(journal, truth, scenario=scenario(expects="wait_out", rubric=anchors))


PATIENT = [pair for pair in FLAWLESS if not pair[1].kind.startswith("act.")]


def test_waiting_and_telling_people_has_full_credit() -> None:
    card = judge(wait_out(PATIENT, impact(800)))
    assert total(card) == pytest.approx(100)
    assert outcome_lines(card)[0] == "It passed: users had recovered 8 min after they were first hurt."


def test_what_passes_by_itself_is_nobodys_merit() -> None:
    card = judge(wait_out(PAGED, impact(800)))
    assert total(card) == 0


def test_acting_in_vain_and_doing_harm_cost_where_waiting_is_right() -> None:
    vain = (500, ActStarted(act=1, verb="scale", target="web", by="ada", takes_s=60))
    nothing = (560, ActJudged(act=1, outcome="no_effect"))
    harm = (500, ActStarted(act=1, verb="restart", target="database", by="ada", takes_s=60))
    waited, tried, kicked = (
        judge(wait_out([*PATIENT, *did], [*impact(800), *was]))
        for did, was in (([], []), ([vain], [nothing]), ([harm], [nothing]))
    )
    assert credits_of(tried)["nothing-in-vain"] == 0.5
    assert total(kicked) < total(tried) < total(waited)


def test_silence_costs_more_where_there_is_nothing_else_to_do() -> None:
    silent = [pair for pair in PATIENT if pair[1].kind != "update.sent"]
    truth = impact(2700)
    waiting = total(judge(wait_out(PATIENT, truth))) - total(judge(wait_out(silent, truth)))
    usual = total(judge(drill(PATIENT, truth))) - total(judge(drill(silent, truth)))
    assert waiting > usual > 0


# --- data first -------------------------------------------------------------------------------------------


def integrity(journal: list[Timed], truth: list[Timed]) -> Scorecard:
    anchors = Rubric(par_user_min=10_000, unacceptable_user_min=50_000, unacceptable_records=999)
    return judge(drill(journal, truth, scenario=scenario(expects="integrity", rubric=anchors)))


RISK: Timed = (300, DataRiskStarted(fault="bad-deploy"))
SAFE: Timed = (620, DataRiskEnded(fault="bad-deploy"))


def lost(records: float) -> Timed:
    return 620, DataLost(component="database", records=records, by="act:1")


def test_data_that_was_made_safe_soon_has_full_credit() -> None:
    card = integrity(FLAWLESS, [*impact(800), *JUDGED, RISK, SAFE])
    assert credits_of(card)["data-safe"] == 1
    assert outcome_lines(card)[0].startswith("No record was lost. Mitigated:")
    values = {measure.id: measure.value for measure in card.measures}
    assert (values["records-lost"], values["data-at-risk"]) == (0, 290)


@pytest.mark.parametrize(("records", "expected"), [(0, 1), (99, 5 / 6 - 1 / 6), (999, 0.5), (5000, 0.5)])
def test_records_lost_count_on_a_log_scale(records: float, expected: float) -> None:
    card = integrity(FLAWLESS, [*impact(800), *JUDGED, RISK, SAFE, lost(records)])
    assert credits_of(card)["data-safe"] == pytest.approx(expected)


def test_records_weigh_more_than_minutes_of_users() -> None:
    slow_and_safe = integrity(FLAWLESS, [*impact(1100), *JUDGED, RISK, SAFE])
    quick_and_lossy = integrity(FLAWLESS, [*impact(700), *JUDGED, RISK, SAFE, lost(5000)])
    assert total(slow_and_safe) > total(quick_and_lossy)


def test_a_risk_that_nobody_ended_leaves_what_was_not_lost_and_idle_nothing() -> None:
    assert credits_of(integrity(FLAWLESS, [*impact(800), *JUDGED, RISK]))["data-safe"] == 0.5
    assert credits_of(integrity(PAGED, [*impact(None), RISK]))["data-safe"] == 0
    assert total(integrity(PAGED, [*impact(None), RISK])) == 0


@pytest.mark.parametrize("expects", ["mitigate", "wait_out", "prevent", "no_action", "integrity"])
def test_every_expectation_makes_a_card_of_what_it_asks(expects: str) -> None:
    card = judge(drill(FLAWLESS, [*impact(800), *JUDGED], scenario=scenario(expects=expects)))
    assert sum(check.weight for check in card.checks) == pytest.approx(1)
    assert "This drill is about" in card_text(card)
