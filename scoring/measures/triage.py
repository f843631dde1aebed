"""Measures of triage: severity, scope and suspicion against the truth."""

from scoring.case import Case
from scoring.hypothesis import last_suspicion
from scoring.measures.kind import MeasureKind
from scoring.record import having
from scoring.scope import journey_scope, users_estimate
from scoring.scorecard import Measure
from scoring.severity import misfit, why_no_severity
from sim.events import HypothesisRecorded

UNDER = MeasureKind(
    "severity-under",
    "Time at too low a severity",
    "triage",
    "s",
    "first sustained impact",
    "Time before mitigation at a severity below the policy's table (or at none), beyond the grace.",
)
OVER = MeasureKind(
    "severity-over",
    "Time at too high a severity",
    "triage",
    "s",
    "first sustained impact",
    "Time before mitigation at a severity above the table, beyond the grace; one level too high counts "
    "from 15 minutes after the declaration on.",
)
JOURNEYS = MeasureKind(
    "journeys-named",
    "Affected journeys named",
    "triage",
    "share",
    "none",
    "Share of the journeys with at least 5 % bad requests that the last statement of scope names.",
)
USERS = MeasureKind(
    "users-factor",
    "Users estimated, off by factor",
    "triage",
    "ratio",
    "none",
    "The last stated share of users against the share hurt then or the highest until then, whichever is "
    "nearer, as a factor of 1 or more.",
)
SUSPICIONS = MeasureKind(
    "suspicions",
    "Suspicions recorded",
    "triage",
    "count",
    "drill start",
    "Suspicions recorded in the whole drill, withdrawn ones too.",
)
HOPS = MeasureKind(
    "suspect-hops",
    "Calls from the last suspicion to the fault",
    "triage",
    "hops",
    "none",
    "Calls between the last component suspected before mitigation and the nearest faulty one.",
)

KINDS = (UNDER, OVER, JOURNEYS, USERS, SUSPICIONS, HOPS)


def measure(case: Case) -> tuple[Measure, ...]:
    """Return the measures of triage."""
    return (
        *_severity(case),
        _journeys(case),
        _users(case),
        SUSPICIONS.of(len(having(case.journal, HypothesisRecorded))),
        _hops(case),
    )


def _severity(case: Case) -> tuple[Measure, Measure]:
    if not case.measured:
        why = "the record shows no impact samples"
        return UNDER.no_evidence(why), OVER.no_evidence(why)
    if not case.impact.severities:
        why = why_no_severity(case.impact, case.policy.sustained_s)
        if case.impact.onset is None or not case.stated.steps:
            return UNDER.not_applicable(why), OVER.not_applicable(why)
        return UNDER.of(0, why), OVER.of(0, why)
    wrong = misfit(case.stated, case.impact, case.impact.over_ms, case.policy.severity_grace_s * 1000)
    under = UNDER.of(wrong.under_ms / 1000, "" if case.stated.steps else "no severity was stated")
    return under, OVER.of(wrong.over_ms / 1000)


def _journeys(case: Case) -> Measure:
    if not case.measured:
        return JOURNEYS.no_evidence("the record shows no impact samples")
    scope = journey_scope(case)
    if scope is None:
        return JOURNEYS.not_applicable("no journey was hurt")
    if scope.stated is None:
        return JOURNEYS.no_evidence("no scope was stated")
    return JOURNEYS.of(len(set(scope.named) & set(scope.to_name)) / len(scope.to_name))


def _users(case: Case) -> Measure:
    if case.impact.onset is None and case.measured:
        return USERS.not_applicable("no user was hurt")
    estimate = users_estimate(case)
    if estimate is None:
        return USERS.no_evidence("no share of users was stated")
    if estimate.factor is None:
        return USERS.no_evidence("stated or true share was zero")
    return USERS.of(estimate.factor)


def _hops(case: Case) -> Measure:
    suspicion = last_suspicion(case)
    if suspicion is None:
        return HOPS.no_evidence("nothing was suspected before mitigation")
    if suspicion.hops is None:
        return HOPS.no_evidence("no call path leads from there to a faulty component")
    return HOPS.of(suspicion.hops)
