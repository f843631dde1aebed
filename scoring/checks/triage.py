"""Checks of triage: severity, scope, users, suspicion, and looking before acting."""

from collections.abc import Callable, Mapping

from scoring.acts import TARGETED_LOOK, least_looked_at, only_harm
from scoring.case import Case
from scoring.checks.verdicts import judged, not_observable
from scoring.durations import clock_text
from scoring.hypothesis import last_suspicion
from scoring.rubric import OVER_NONE_S, UNDER_NONE_S
from scoring.scope import journey_scope, users_estimate
from scoring.scorecard import Verdict
from scoring.severity import changes, misfit, why_no_severity

NO_SAMPLES = "the record shows no impact samples"
NOT_HURT = "no user was hurt"
FOLLOW_COST = 0.5


def severity_right(case: Case) -> Verdict:
    """Time at a severity that was too low or too high."""
    if not case.measured:
        return not_observable(NO_SAMPLES)
    if not case.impact.severities:
        why = why_no_severity(case.impact, case.policy.sustained_s)
        if case.impact.onset is None or not case.stated.steps:
            return not_observable(why)
        return judged(1, f"{why}, so none was wrong for longer than the grace", *case.stated.evidence[:1])
    if not case.stated.steps:
        return judged(0, "no severity was stated")
    wrong = misfit(case.stated, case.impact, case.impact.over_ms, case.policy.severity_grace_s * 1000)
    credit = 1 - wrong.under_ms / (UNDER_NONE_S * 1000) - wrong.over_ms / (OVER_NONE_S * 1000)
    why = f"too low for {clock_text(wrong.under_ms)}, too high for {clock_text(wrong.over_ms)}"
    return judged(credit, why, *case.stated.evidence)


def severity_followed(case: Case) -> Verdict:
    """Changes of the true severity after the declaration."""
    if not case.measured:
        return not_observable(NO_SAMPLES)
    if not case.stated.steps:
        return not_observable("no severity was stated")
    turns = changes(case.stated, case.impact, case.impact.over_ms, case.policy.severity_grace_s * 1000)
    missed = [turn for turn in turns if turn.followed is False]
    if not missed:
        return judged(1, "nothing had to be followed" if not turns else "each change was followed in time")
    at = ", ".join(f"{turn.severity} at {clock_text(turn.t_ms)}" for turn in missed)
    return judged(
        1 - FOLLOW_COST * len(missed), f"not followed: {at} from drill start", *case.stated.evidence
    )


def scope_journeys(case: Case) -> Verdict:
    """The journeys that the last statement of scope names."""
    if not case.measured:
        return not_observable(NO_SAMPLES)
    scope = journey_scope(case)
    if scope is None:
        return not_observable(NOT_HURT)
    if scope.stated is None:
        return judged(0, f"no scope was stated; hurt were {', '.join(scope.to_name)}")
    why = f"hurt were {', '.join(scope.to_name)}"
    if scope.wrong:
        why += f"; not hurt: {', '.join(scope.wrong)}"
    return judged(scope.credit, why, scope.stated)


def users_estimated(case: Case) -> Verdict:
    """The stated share of users, within a factor of two."""
    if not case.measured:
        return not_observable(NO_SAMPLES)
    if case.impact.onset is None:
        return not_observable(NOT_HURT)
    estimate = users_estimate(case)
    if estimate is None:
        return judged(0, "no share of users was stated")
    if estimate.factor is None:
        return judged(0, "stated or true share was zero", estimate.stated)
    credit = 1.0 if estimate.factor <= 2 else 0.5 if estimate.factor <= 4 else 0.0
    return judged(credit, f"off by a factor of {estimate.factor:.1f}", estimate.stated)


def suspect_right(case: Case) -> Verdict:
    """Place and mechanism of the last suspicion before mitigation."""
    suspicion = last_suspicion(case)
    if suspicion is None:
        return not_observable("nothing was suspected before mitigation; it is not required")
    if not case.truth:
        return not_observable("no truth was recorded")
    near = {None: "no call path to the place", 0: "the place right", 1: "one call from the place"}
    place = near.get(suspicion.hops, f"{suspicion.hops} calls from the place")
    mechanism = "mechanism right" if suspicion.mechanism_right else "another mechanism"
    return judged(suspicion.credit, f"{place}, {mechanism}; it was {suspicion.answer}", *suspicion.stated)


def looked_before_acting(case: Case) -> Verdict:
    """A look before every act, at its target or the changes."""
    least = least_looked_at(case)
    if least is None:
        return not_observable("nothing was acted on")
    if least.credit > 0 and only_harm(case):
        return not_observable("all that was done is known to harm; a look before it earns nothing", least.act)
    if least.credit >= TARGETED_LOOK:
        why = "every act was preceded by a look at what it acted on, or at the changes"
    else:
        lacking = "its target had not been looked at" if least.look else "no look came before it"
        why = f"{least.act.what}: {lacking}"
    return judged(least.credit, why, least.look, least.act)


CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    "severity-right": severity_right,
    "severity-followed": severity_followed,
    "scope-journeys": scope_journeys,
    "users-estimated": users_estimated,
    "suspect-right": suspect_right,
    "looked-before-acting": looked_before_acting,
}
