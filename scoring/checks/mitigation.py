"""Checks of mitigation: what it cost, whether it held, and whether claims of recovery were true."""

import math
from collections.abc import Callable, Mapping

from scoring.acts import act_text
from scoring.case import Case
from scoring.checks.verdicts import falling, judged, not_observable
from scoring.data import at_risk_ms, losses, records_credit, records_lost, still_at_risk
from scoring.durations import clock_text, minutes_text
from scoring.harm import harms, without_effect
from scoring.record import cite, having
from scoring.rubric import AT_RISK_FULL_S, AT_RISK_NONE_S, PAR_FLOOR_SHARE
from scoring.scorecard import Evidence, Verdict
from scoring.wording import says_recovered
from sim.events import ActStarted, IncidentResolved, LookedAt, MitigationClaimed, UpdateSent
from sim.spec import Rubric

VERIFYING = frozenset({"status", "metrics", "alerts", "alert", "logs", "traces"})
"""Looks that can tell whether users have recovered."""
RELAPSED_CREDIT = 0.5
HURT_CREDIT = 0.5
"""What averting can still earn where users were hurt."""
IN_VAIN_COST = 0.5


def loss_credit(lost_user_min: float, anchors: Rubric) -> float:
    """Return 1 at par or better, 0 at the unacceptable loss or worse, linear in the logarithm between.

    A logarithm has no zero: a par below a thousandth of the unacceptable loss, 0 too, counts as that.
    """
    unacceptable = anchors.unacceptable_user_min
    par = max(anchors.par_user_min, PAR_FLOOR_SHARE * unacceptable)
    if lost_user_min <= par:
        return 1.0
    if lost_user_min >= unacceptable:
        return 0.0
    return math.log(unacceptable / lost_user_min) / math.log(unacceptable / par)


def loss_small(case: Case) -> Verdict:
    """User-minutes lost between par and the unacceptable loss."""
    lost = case.impact.user_min_lost
    if lost is None:
        return not_observable("the record shows no impact samples")
    if not case.engaged and case.impact.onset is None:
        return not_observable("no user was hurt and nobody was engaged")
    if not case.engaged and case.expects == "wait_out":
        return not_observable("it passed by itself and nobody was engaged")
    anchors = case.record.scenario.rubric
    why = f"{lost:,.0f} lost; par {_par_text(anchors)}, unacceptable {anchors.unacceptable_user_min:,.0f}"
    last = case.impact.samples[-1][0]
    return judged(loss_credit(lost, anchors), why, cite(last, f"{lost:,.0f} user-minutes lost in sum"))


def _par_text(anchors: Rubric) -> str:
    """Par as a band where the expert's quartiles are known."""
    if anchors.par_band_user_min is None:
        return f"{anchors.par_user_min:,.0f}"
    low, high = anchors.par_band_user_min
    return f"{low:,.0f} to {high:,.0f}"


def averted(case: Case) -> Verdict:
    """Whether no user was hurt up to the horizon."""
    lost, onset = case.impact.user_min_lost, case.impact.onset
    if lost is None:
        return not_observable("the record shows no impact samples")
    if onset is not None:
        credit = HURT_CREDIT * loss_credit(lost, case.record.scenario.rubric)
        return judged(credit, f"users were hurt; {lost:,.0f} user-minutes were lost", onset)
    if not case.engaged:
        return not_observable("no user was hurt and nobody was engaged")
    acts = [cite(record, act_text(act)) for record, act in having(case.journal, ActStarted)]
    return judged(1, "no journey left its objective", *acts[:4])


def data_safe(case: Case) -> Verdict:
    """Records lost for good, and the time that data was at risk once it could be seen."""
    if not case.truth:
        return not_observable("no truth was recorded")
    lost, risk_ms = records_lost(case), at_risk_ms(case)
    none_lost = records_credit(lost, case.record.scenario.rubric.unacceptable_records)
    why = f"{lost:,.0f} records lost"
    if risk_ms is None:
        if not case.engaged and not lost:
            return not_observable("nothing was lost and nobody was engaged")
        return judged(none_lost, why, *losses(case)[:5])
    soon = 0.0 if still_at_risk(case) else falling(risk_ms / 1000, AT_RISK_FULL_S, AT_RISK_NONE_S)
    why += f"; data was at risk for {minutes_text(risk_ms)}" + (", to the end" if still_at_risk(case) else "")
    return judged((none_lost * case.engaged + soon) / 2, why, *losses(case)[:5])


def nothing_in_vain(case: Case) -> Verdict:
    """Acts that changed nothing where nothing could help."""
    if not case.engaged:
        return not_observable("nobody was engaged; doing nothing is not counted as waiting")
    vain = without_effect(case)
    if not vain.acts:
        return judged(1, "nothing was tried that changed nothing")
    count = f"{len(vain.acts)} act{'' if len(vain.acts) == 1 else 's'}"
    why = f"{count} changed nothing and took {minutes_text(vain.took_ms)}"
    return judged(1 - IN_VAIN_COST * len(vain.acts), why, *vain.acts[:5])


def mitigated(case: Case) -> Verdict:
    """Recovery that held to the horizon."""
    impact = case.impact
    if impact.onset is None:
        return not_observable("no user was hurt" if case.measured else "the record shows no onset")
    if impact.mitigated is not None:
        if not case.engaged:
            return not_observable("users recovered without anybody engaged", impact.mitigated)
        after = clock_text(max(0, impact.mitigated.t_ms - impact.onset.t_ms))
        acts = [cite(record, act_text(act)) for record, act in having(case.journal, ActStarted)]
        return judged(1, f"users recovered {after} after onset", impact.onset, *acts[:4], impact.mitigated)
    if impact.relapses and case.engaged:
        return judged(RELAPSED_CREDIT, "users recovered and were hurt again", *impact.relapses[-3:])
    return judged(0, "users had not recovered at the horizon", impact.onset)


def no_harm_done(case: Case) -> Verdict:
    """Absence of harmful acts, once somebody was engaged."""
    found = harms(case)
    if found:
        evidence = [each for harm in found for each in harm.evidence[:3]]
        why = f"something that was done made it worse, or was known to{_in_vain(case)}"
        return judged(0, why, *evidence[:6])
    if not case.engaged:
        return not_observable("nobody was engaged; doing nothing is not counted as doing no harm")
    acts = having(case.journal, ActStarted)
    count = f"{len(acts)} act{'' if len(acts) == 1 else 's'}"
    why = f"{count}, none known to harm{_in_vain(case)}"
    return judged(1, why, *(cite(r, act_text(a)) for r, a in acts[:3]))


def _in_vain(case: Case) -> str:
    """What acts without effect took, for a reason; it costs nothing here, the time they took does."""
    vain = without_effect(case)
    if not vain.acts:
        return ""
    acts = f"{len(vain.acts)} act{'' if len(vain.acts) == 1 else 's'}"
    return f"; {acts} changed nothing and took {minutes_text(vain.took_ms)}"


def recovery_verified(case: Case) -> Verdict:
    """A look between recovery and closing, and a closing after recovery."""
    recovered, closed = case.impact.mitigated, case.clocks.resolved
    if case.impact.onset is None:
        return not_observable("no user was hurt" if case.measured else "the record shows no onset")
    if recovered is None and closed is None:
        return not_observable("users did not recover and nobody closed")
    if not case.engaged:
        return not_observable("nobody was engaged")
    if closed is not None and case.impact.hurts_at(closed.t_ms):
        return judged(0, "it was closed while users were hurt", closed)
    if recovered is not None and case.no_time_to_close:
        return not_observable("users recovered less than 10 min before the time limit", recovered)
    look = _look_after(case, recovered, closed)
    credit = 0.5 * (look is not None) + 0.5 * (closed is not None)
    why = "looked at after recovery" if look else "no look between recovery and closing"
    return judged(credit, f"{why}, {'closed' if closed else 'not closed'}", recovered, look, closed)


def _look_after(case: Case, recovered: Evidence | None, closed: Evidence | None) -> Evidence | None:
    from_ms = recovered.t_ms if recovered else 0
    until_ms = closed.t_ms if closed else case.clocks.ended_ms
    for record, look in having(case.journal, LookedAt):
        if look.verb in VERIFYING and from_ms <= record.t_ms <= until_ms:
            return cite(record, f"looked: {look.verb} {look.args}".rstrip())
    return None


def claim_true(case: Case) -> Verdict:
    """Claims of recovery against what users felt at that time."""
    claims = _claims(case)
    if not claims:
        return not_observable("nobody claimed recovery")
    if not case.measured:
        return not_observable("the record shows no impact samples")
    false = [claim for claim in claims if case.impact.hurts_at(claim.t_ms)]
    if not false:
        return judged(1, f"{len(claims)} made, none while users were hurt", *claims[:3])
    why = f"{len(false)} of {len(claims)} made while users were hurt"
    return judged(0, why, *false[:5])


def _claims(case: Case) -> list[Evidence]:
    found = []
    for record in case.journal:
        event = record.event
        if isinstance(event, MitigationClaimed):
            found.append(cite(record, "claimed: mitigated"))
        elif isinstance(event, IncidentResolved):
            found.append(cite(record, "the incident was closed"))
        elif isinstance(event, UpdateSent) and says_recovered(event.text):
            found.append(cite(record, f"{event.audience} update says recovered"))
    return found


CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    "averted": averted,
    "data-safe": data_safe,
    "loss-small": loss_small,
    "mitigated": mitigated,
    "no-harm-done": no_harm_done,
    "nothing-in-vain": nothing_in_vain,
    "recovery-verified": recovery_verified,
    "claim-true": claim_true,
}
