"""Each check on small drills; a case is a list of what differs from the flawless drill."""

import pytest

from scoring.checks import CHECKS
from scoring.expectations import EXPECTED
from scoring.rubric import AREAS, CHECK_IDS, CHECK_RULES
from scoring.score import judge
from scoring.scorecard import Check
from sim.events import (
    ActFinished,
    ActJudged,
    ActStarted,
    AlertFired,
    AlertLabelled,
    AlertMuted,
    AlertSilenced,
    FaultStarted,
    HintGiven,
    HypothesisRecorded,
    ImpactMeasured,
    ImpactRelapsed,
    IncidentDeclared,
    LookedAt,
    MitigationClaimed,
    PageAcknowledged,
    ScopeStated,
    SeveritySet,
)
from sim.spec import Change, Fault, Where
from tests.scoring.drills_by_hand import (
    ALERT,
    FLAWLESS,
    JUDGED,
    PAGE,
    PAGED,
    Timed,
    drill,
    flawless,
    idle,
    impact,
    scenario,
    update,
)


def check(name: str, journal: list[Timed], truth: list[Timed] | None = None) -> Check:
    card = judge(drill(journal, impact(800) + JUDGED if truth is None else truth))
    return next(check for check in card.checks if check.id == name)


def without(*kinds: str) -> list[Timed]:
    return [pair for pair in FLAWLESS if pair[1].kind not in kinds]


def credit(name: str, journal: list[Timed], truth: list[Timed] | None = None) -> float | None:
    return check(name, journal, truth).verdict.credit


def test_every_rule_has_a_function_and_every_area_a_hundred() -> None:
    assert set(CHECKS) == set(CHECK_IDS)
    assert len(set(CHECK_IDS)) == len(CHECK_IDS)
    for expects, expected in EXPECTED.items():
        sums = {
            area: sum(expected.checks[rule.id] for rule in expected.rules if rule.area == area)
            for area, _, _ in AREAS
        }
        assert sums == {"detection": 100, "triage": 100, "communication": 100, "mitigation": 100}, expects
        assert sum(expected.areas.values()) == 100, expects
        assert set(expected.checks) <= set(CHECK_IDS), expects
    assert {rule.id for rule in CHECK_RULES} == {name for each in EXPECTED.values() for name in each.checks}


def test_results_of_a_flawless_and_of_an_idle_drill() -> None:
    flawless_results = {check.id: check.result for check in judge(flawless()).checks}
    assert flawless_results.pop("silence-cost-nothing") == "not observable"
    assert set(flawless_results.values()) == {"met"}
    idle_results = {check.id: check.result for check in judge(idle()).checks}
    assert set(idle_results.values()) == {"missed", "not observable"}


# --- detection --------------------------------------------------------------------------------------------


def test_an_acknowledgement_is_pass_or_fail_at_the_policy_time() -> None:
    late = [(631, PageAcknowledged(page=1, alert=1, person="sam"))]
    in_time = [(630, PageAcknowledged(page=1, alert=1, person="sam"))]
    by_another = [(350, PageAcknowledged(page=1, alert=1, person="kim"))]
    found = [credit("page-acknowledged", [*PAGED, *ack]) for ack in (late, in_time, by_another, [])]
    assert found == [0, 1, 0, 0]


@pytest.mark.parametrize(("at_s", "expected"), [(630, 1), (930, 0.5), (1230, 0), (2000, 0)])
def test_engagement_counts_from_first_evidence(at_s: int, expected: float) -> None:
    assert credit("engaged-soon", [*PAGED, (at_s, LookedAt(verb="metrics", args="web"))]) == expected


@pytest.mark.parametrize(("at_s", "expected"), [(930, 1), (1530, 0.5), (2130, 0)])
def test_declaration_counts_from_first_evidence(at_s: int, expected: float) -> None:
    assert credit("declared-in-time", [*PAGED, (at_s, IncidentDeclared(severity="P1", title=""))]) == expected


def test_pages_that_come_after_the_declaration_are_not_missed() -> None:
    second = PAGE.model_copy(update={"page": 2})
    assert credit("true-pages-not-missed", [*FLAWLESS, (600, second)]) == 1
    assert credit("true-pages-not-missed", [*without("incident.declared"), (600, second)]) == 0.5


def test_a_silence_costs_where_it_hid_the_incident_before_the_declaration() -> None:
    silenced = AlertSilenced(silence=1, matcher="CheckoutErrors", until_ms=2_000_000)
    hidden = AlertMuted(alert=1, rule="CheckoutErrors", component="checkout", silence=1)
    other = hidden.model_copy(update={"alert": 99})  # nothing says that it belongs to the incident
    assert credit("silence-cost-nothing", [(100, silenced), (330, hidden), *FLAWLESS]) == 0
    assert credit("silence-cost-nothing", [(100, silenced), (330, other), *FLAWLESS]) == 1
    assert credit("silence-cost-nothing", [(100, silenced), *FLAWLESS]) == 1
    assert credit("silence-cost-nothing", [*FLAWLESS, (400, silenced), (450, hidden)]) == 1


# --- triage -----------------------------------------------------------------------------------------------


def severities(*steps: tuple[int, str]) -> list[Timed]:
    (at_s, first), *rest = steps
    declared = IncidentDeclared(severity=first, title="")
    return [(at_s, declared), *((t, SeveritySet(severity=s)) for t, s in rest)]


def with_severity(severity: str, from_s: int, until_s: int) -> list[Timed]:
    """The truth of an outage without end, with another severity between two times."""
    return [
        (t, event.model_copy(update={"severity": severity}))
        if isinstance(event, ImpactMeasured) and from_s <= t < until_s
        else (t, event)
        for t, event in impact(None)
    ]


def test_too_low_a_severity_counts_beyond_the_grace() -> None:
    truth = impact(1500)  # P1 from 600 s on
    found = [
        credit("severity-right", severities(*steps), truth)
        for steps in (
            [(380, "P1")],
            [(380, "P3"), (890, "P1")],
            [(380, "P3"), (1350, "P1")],
            [(380, "P3")],
        )
    ]
    assert found == [1, 1, 0.5, pytest.approx(1 - 600 / 900)]


def test_one_level_too_high_is_free_early_and_costs_later() -> None:
    truth = with_severity("P2", 600, 3600)
    assert credit("severity-right", severities((380, "P1"), (1275, "P2")), truth) == 1
    assert credit("severity-right", severities((380, "P1"), (2490, "P2")), truth) == pytest.approx(0.5)


def test_a_severity_of_an_impact_that_was_not_sustained_fitted_where_one_was_stated() -> None:
    stated = check("severity-right", severities((380, "P1")), impact(590))
    assert stated.result == "met"
    assert stated.verdict.why.startswith("mitigated before the impact had lasted 5 min")
    assert check("severity-right", PAGED, impact(590)).result == "not observable"


def test_a_rise_of_the_true_severity_has_to_be_followed_within_the_grace() -> None:
    truth = with_severity("P3", 600, 1200)
    found = [
        credit("severity-followed", severities(*steps), truth)
        for steps in ([(380, "P3"), (1500, "P1")], [(380, "P3"), (1501, "P1")], [(380, "P1")])
    ]
    assert found == [1, 0.5, 1]


@pytest.mark.parametrize(
    ("journeys", "expected"),
    [(("checkout",), 1), (("checkout", "browse"), 0.5), (("browse",), 0)],
)
def test_scope_by_journey(journeys: tuple[str, ...], expected: float) -> None:
    assert credit("scope-journeys", [(400, ScopeStated(journeys=journeys))]) == expected


@pytest.mark.parametrize(("share", "expected"), [(0.15, 1), (0.6, 1), (0.1, 0.5), (0.07, 0), (0.0, 0)])
def test_users_within_a_factor_of_two_of_thirty_percent(share: float, expected: float) -> None:
    stated = ScopeStated(journeys=("checkout",), users_share=share)
    assert credit("users-estimated", [(500, stated)]) == expected
    assert credit("users-estimated", [(1000, stated)]) == expected, "after recovery the highest counts"


@pytest.mark.parametrize(
    ("component", "mechanism", "expected"),
    [
        ("payments", "deploy", 1.0),
        ("cart", "deploy", 0.65),
        ("web", "pool", 0.175),
        ("search", "deploy", 0.3),
        ("island", "pool", 0.0),
    ],
)
def test_a_suspicion_near_the_place_has_part_of_the_credit(
    component: str, mechanism: str, expected: float
) -> None:
    suspicion = HypothesisRecorded(component=component, mechanism=mechanism)
    assert credit("suspect-right", [(500, suspicion)]) == pytest.approx(expected)


def test_further_words_that_the_scenario_calls_right_are_right() -> None:
    of = scenario(mechanism_also=("memory",))
    suspicion = HypothesisRecorded(component="payments", mechanism="memory")
    journal = [*PAGED, (450, suspicion)]
    cards = [judge(drill(journal, impact(800), scenario=each)) for each in (of, scenario())]
    found = [each.verdict.credit for card in cards for each in card.checks if each.id == "suspect-right"]
    assert found == [1, pytest.approx(0.7)]


def test_suspicions_are_not_required_stay_on_record_and_end_with_mitigation() -> None:
    right = HypothesisRecorded(component="payments", mechanism="deploy")
    wrong = HypothesisRecorded(component="island", mechanism="pool")
    assert credit("suspect-right", []) is None
    assert credit("suspect-right", [(801, right)]) is None
    found = [
        credit("suspect-right", [*((400 + n, wrong) for n in range(count)), (500, right)])
        for count in (1, 2, 4)
    ]
    assert found == [1, 1, pytest.approx(0.6)]


@pytest.mark.parametrize(
    ("kind", "word", "expected"),
    [("config", "config", 1), ("flag", "config", 1), ("deploy", "config", 0.7), ("config", "cpu", 1)],
)
def test_the_change_that_brought_the_fault_is_a_right_mechanism_too(
    kind: str, word: str, expected: float
) -> None:
    brought = scenario(
        mechanism="cpu",
        faults=(Fault(id="bad-deploy", kind="x", where=Where(component="payments"), change="rules"),),
        changes=(Change(id="rules", at_s=-5, component="payments", kind=kind, summary="", by="jo"),),
    )
    suspicion = HypothesisRecorded(component="payments", mechanism=word)
    card = judge(drill([(500, suspicion)], impact(800), scenario=brought))
    verdict = next(check.verdict for check in card.checks if check.id == "suspect-right")
    assert verdict.credit == pytest.approx(expected)
    what = "a deploy" if kind == "deploy" else f"a {kind} change"
    assert verdict.why.endswith(f"it was payments: cpu, brought by {what}")


def test_a_fault_that_made_no_alert_is_not_the_place() -> None:
    decoy = FaultStarted(fault="harmless", fault_kind="leak", component="island")
    suspicion = HypothesisRecorded(component="island", mechanism="deploy")
    truth = [*impact(800), (100, decoy)]
    assert credit("suspect-right", [(500, suspicion)], truth) == pytest.approx(0.3)


def test_a_look_at_the_target_or_the_changes_comes_before_the_act() -> None:
    act = (500, ActStarted(act=1, verb="flag-off", target="new-pricing", by="ada", takes_s=1))
    found = [
        credit("looked-before-acting", [(400, LookedAt(verb=verb, args=args)), act])
        for verb, args in (
            ("metrics", "payments"),
            ("changes", ""),
            ("metrics", "web"),
            ("alerts", ""),
            ("status", ""),
            ("help", ""),
        )
    ]
    assert found == [1, 1, 0.5, 0.5, 0.5, 0]


def test_a_look_before_an_act_known_to_harm_earns_nothing() -> None:
    kick: Timed = (500, ActStarted(act=1, verb="restart", target="database", by="ada", takes_s=60))
    look: Timed = (400, LookedAt(verb="metrics", args="database", component="database"))
    undo: Timed = (600, ActStarted(act=2, verb="rollback", target="payments", by="ada", takes_s=60))
    found = [credit("looked-before-acting", played) for played in ([look, kick], [kick], [look, kick, undo])]
    assert found == [None, 0, 0.5]


def test_the_most_telling_look_before_the_act_is_cited() -> None:
    act = (500, ActStarted(act=1, verb="rollback", target="payments", by="ada", takes_s=1))
    looks: list[Timed] = [
        (400, LookedAt(verb="alerts", args="")),
        (410, LookedAt(verb="logs", args="payments", component="payments")),
        (420, LookedAt(verb="changes", args="")),
        (430, LookedAt(verb="runbook", args="payments", component="payments")),
        (440, LookedAt(verb="status", args="")),
    ]

    def cited(given: list[Timed]) -> str:
        return check("looked-before-acting", [*given, act]).verdict.evidence[0].what

    assert [cited(looks), cited(looks[:1] + looks[2:]), cited([looks[0], looks[4]])] == [
        "looked: logs payments",
        "looked: runbook payments",
        "looked: status",
    ]


# --- communication ----------------------------------------------------------------------------------------


def updates(*at_s: int, audience: str = "customer") -> list[Timed]:
    return [(t, update(audience, f"Checkout fails, note {t}.")) for t in at_s]


def test_customers_are_told_at_the_times_of_the_policy() -> None:
    """Declared P1 at 380 s: due by 380 + 600 + 120 s, then every 1200 + 120 s."""
    declared: list[Timed] = [(380, IncidentDeclared(severity="P1", title=""))]
    truth = impact(3000)
    found = [
        credit("customers-told", declared + updates(*times), truth)
        for times in ((900, 2100), (1090, 2400), (2000, 2700), (900,), ())
    ]
    assert found == [1, 1, pytest.approx(1 - 900 / 1800), pytest.approx(1 - 780 / 1800), 0]


def test_customers_clock_starts_where_a_p1_could_be_seen_undeclared() -> None:
    late = credit("customers-told", updates(1500), impact(3000))
    assert late == pytest.approx(1 - (1500 - 1320 + 3000 - 2820) / 1800)


@pytest.mark.parametrize("audience", ["customer", "executive", "internal"])
def test_where_nothing_fell_due_silence_earns_nothing_and_an_update_does(audience: str) -> None:
    """P1 declared at 380 s, over at 700 s: customers were due at 380 + 600 + 120 s."""
    name = {"customer": "customers-told", "executive": "executives-told", "internal": "internal-told"}[
        audience
    ]
    silent: list[Timed] = [*PAGED, (380, IncidentDeclared(severity="P1", title=""))]
    short = impact(700)
    assert check(name, silent, short).result == "not observable"
    assert check(name, [*silent, *updates(500, audience=audience)], short).result == "met"
    assert check(name, [*silent, *updates(1000, audience=audience)], short).result == "met", "still in time"
    assert check(name, [*silent, *updates(3500, audience=audience)], short).result == "not observable"


def test_within_the_grace_the_text_names_the_deadline_and_silence_still_owes_a_closing_notice() -> None:
    """P1 declared at 380 s: customers were due within ten minutes of the next sample."""
    silent: list[Timed] = [*PAGED, (380, IncidentDeclared(severity="P1", title=""))]
    assert check("customers-told", silent, impact(1070)).verdict.why == (
        "due by 14:16:30, with 2 min of grace; users had recovered at 14:17:50, and none was sent in time"
    )
    assert credit("closing-notice", silent, impact(1070)) == 0
    assert credit("closing-notice", silent, impact(900)) is None, "none had fallen due"


def test_a_silent_drill_has_no_strong_communication() -> None:
    silent = [pair for pair in FLAWLESS if pair[1].kind != "update.sent"]
    card = judge(drill(silent, impact(590) + JUDGED))
    area = next(area for area in card.areas if area.area == "communication")
    assert (area.share, area.observable) == (None, 0)
    tell = next(objective for objective in card.objectives if objective.id == "tell")
    assert tell.result == "not observable"


def test_promises_are_kept_by_a_next_update_or_by_closing() -> None:
    made = (400, update("customer", "Checkout fails.", 1000))
    base = without("update.sent", "incident.resolved", "drill.ended")
    closed = [pair for pair in FLAWLESS if pair[1].kind == "incident.resolved"]
    assert credit("promises-kept", [*base, made, *updates(1120)]) == 1
    assert credit("promises-kept", [*base, made, *updates(1121)]) == 0
    assert credit("promises-kept", [*base, (400, update("customer", "x", 1300)), *closed]) == 1
    assert credit("promises-kept", [*base, (400, update("customer", "x", 400 + 1321)), *closed]) == 0, (
        "too long"
    )


def test_an_update_says_severity_journey_and_next_time() -> None:
    base = without("update.sent")
    full = update("customer", "Paying for your basket fails for many.", 1500)
    vague = update("customer", "We are looking into an issue.")
    other = update("customer", "You cannot browse at the moment.", 1500)
    assert credit("update-says-what-matters", [*base, (400, full)]) == 1
    assert credit("update-says-what-matters", [*base, (400, vague)]) == pytest.approx(1 / 3)
    assert credit("update-says-what-matters", [*base, (400, other)]) == pytest.approx(2 / 3), "not affected"
    assert credit("update-says-what-matters", [*base, (400, full), (600, full)]) == 0.5, "a repetition"
    assert credit("update-says-what-matters", base) is None


def test_executives_who_got_updates_hear_of_the_end_too() -> None:
    def of(*audiences: str) -> float | None:
        return credit("closing-notice", [*silent, *((1170, update(a, "It is fixed.")) for a in audiences)])

    silent = [pair for pair in FLAWLESS if pair[0] not in (1170, 1175)]
    assert [of("customer", "executive"), of("customer"), of("executive"), of()] == pytest.approx(
        [1, 0.7, 0.3, 0]
    )
    silent = [pair for pair in silent if pair[0] != 420]
    assert of("customer") == 1, "executives had heard nothing"


def test_after_recovery_an_update_is_not_tested_as_one_that_goes_on() -> None:
    late = update("customer", "Thank you for your patience.")
    base = [pair for pair in FLAWLESS if pair[0] not in (1170, 1175)]
    assert credit("update-says-what-matters", [*base, (1170, late)]) == 1
    assert credit("update-says-what-matters", [*base, (700, late)]) == pytest.approx((1 + 1 + 1 / 3) / 3)


def test_a_closing_notice_comes_after_recovery_and_says_so() -> None:
    base = [pair for pair in FLAWLESS if pair[0] not in (420, 1170, 1175)]
    assert credit("closing-notice", base) == 0
    assert credit("closing-notice", [*base, (790, update("customer", "It is fixed."))]) == 0
    assert credit("closing-notice", [*base, (900, update("customer", "It is fixed."))]) == 1
    assert credit("closing-notice", [*base, (1170, update("customer", "Thank you for waiting."))]) == 1


# --- mitigation -------------------------------------------------------------------------------------------


def test_a_relapse_that_stays_leaves_half() -> None:
    truth = [*impact(800), (2000, ImpactRelapsed(journey="checkout"))]
    assert credit("mitigated", FLAWLESS, truth) == 0.5
    assert credit("mitigated", FLAWLESS) == 1
    assert credit("mitigated", PAGED) is None, "it passed by itself"


def test_harm_is_an_act_known_to_harm_or_a_critical_alert_of_an_act() -> None:
    kick = (700, ActStarted(act=2, verb="restart", target="database", by="ada", takes_s=60))
    assert credit("no-harm-done", [*FLAWLESS, kick]) == 0
    fired = (700, AlertFired(**{**ALERT.model_dump(), "alert": 9}))
    scaled = (690, ActStarted(act=2, verb="scale", target="web", by="ada", takes_s=60))
    mine = (700, AlertLabelled(alert=9, label="self_inflicted", cause="act:2"))
    cure = (700, AlertLabelled(alert=9, label="self_inflicted", cause="act:1"))
    truth = impact(800) + JUDGED
    assert credit("no-harm-done", [*FLAWLESS, scaled, fired], [*truth, mine]) == 0
    assert credit("no-harm-done", [*FLAWLESS, scaled, fired], [*truth, cure]) == 1
    assert credit("no-harm-done", PAGED) is None, "nobody was engaged"


def test_acts_that_changed_nothing_are_mentioned_and_cost_nothing() -> None:
    useless: list[Timed] = [
        (700, ActStarted(act=2, verb="scale", target="web", by="ada", takes_s=300)),
        (1180, ActFinished(act=2, verb="scale", target="web", ok=True, text="done")),
    ]
    truth = [*impact(800), *JUDGED, (1180, ActJudged(act=2, outcome="no_effect"))]
    verdict = check("no-harm-done", [*FLAWLESS, *useless], truth).verdict
    assert (verdict.credit, verdict.why) == (
        1,
        "2 acts, none known to harm; 1 act changed nothing and took 8 min",
    )
    assert check("no-harm-done", FLAWLESS).verdict.why == "1 act, none known to harm"


def test_recovery_is_verified_by_a_look_before_closing() -> None:
    unseen = [pair for pair in FLAWLESS if pair[0] != 1150]
    assert credit("recovery-verified", unseen) == 0.5
    assert credit("recovery-verified", FLAWLESS, impact(1300)) == 0, "closed while users were hurt"
    assert credit("recovery-verified", without("incident.resolved", "drill.ended")) == 0.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Checkout is fixed.", 0),
        ("Checkout works again: resolved", 0),
        ("Not fixed yet; we will tell you when it is resolved.", None),
        ("We expect it to be mitigated soon.", None),
        ("Checkout isn't back to normal.", None),
    ],
)
def test_an_update_overclaims_while_users_are_hurt(text: str, expected: float | None) -> None:
    assert credit("claim-true", [(500, update("customer", text))]) == expected


def test_a_claim_is_true_from_the_start_of_recovery_on() -> None:
    assert credit("claim-true", [(800, MitigationClaimed())]) == 1
    assert credit("claim-true", [(799, MitigationClaimed())]) == 0


def test_a_hint_helped_only_with_what_was_not_settled_before_it() -> None:
    """Suspected at 450 s, acted at 500 s, recovered at 800 s."""
    names = ("suspect-right", "looked-before-acting", "loss-small", "mitigated")

    def helped(at_s: int) -> list[bool]:
        card = judge(flawless(extra=[(at_s, HintGiven(number=1, text="Look at changes."))]))
        found = {check.id: check.with_help for check in card.checks}
        return [found[name] for name in names]

    assert [helped(at_s) for at_s in (440, 460, 510, 810)] == [
        [True, True, True, True],
        [False, True, True, True],
        [False, False, True, True],
        [False, False, False, False],
    ]


def test_a_hint_is_recorded_and_costs_nothing() -> None:
    hinted = judge(flawless(extra=[(440, HintGiven(number=1, text="Look at changes."))]))
    found = {check.id: check.in_words for check in hinted.checks}
    assert (found["suspect-right"], found["mitigated"]) == ("met with help", "met with help")
    assert found["engaged-soon"] == "met"
    plain = {check.id: check.verdict.credit for check in judge(flawless()).checks}
    assert {check.id: check.verdict.credit for check in hinted.checks} == plain


def test_who_recovers_just_before_the_time_limit_is_not_asked_to_close() -> None:
    """The time limit is at 3600 s."""
    unclosed = [pair for pair in FLAWLESS if pair[0] < 1150]
    for name in ("recovery-verified", "closing-notice"):
        found = [credit(name, unclosed, [*impact(until_s), *JUDGED]) for until_s in (3000, 3015)]
        assert found == [0, None], name
