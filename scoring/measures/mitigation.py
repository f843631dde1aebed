"""Measures of mitigation: what the outage cost, and how long until users had recovered."""

from scoring.case import Case
from scoring.data import at_risk_ms, records_lost
from scoring.durations import minutes_text
from scoring.harm import without_effect
from scoring.measures.kind import MeasureKind
from scoring.record import having
from scoring.scorecard import Evidence, Measure
from sim.events import ActStarted, HintGiven

LOST = MeasureKind(
    "user-minutes-lost",
    "User-minutes lost",
    "mitigation",
    "user-min",
    "drill start",
    "Minutes that users spent with failed, slow or degraded requests, added up to the horizon against the "
    "demand of the undisturbed world.",
)
USERS_AFFECTED = MeasureKind(
    "users-affected",
    "Users affected",
    "mitigation",
    "count",
    "drill start",
    "Users who had at least one bad request; a session counts once.",
)
WORST_SHARE = MeasureKind(
    "worst-users-share",
    "Users hurt at the worst moment",
    "mitigation",
    "share",
    "none",
    "Highest share of all active users with a bad experience in one 15 s sample.",
)
MTTM = MeasureKind(
    "mttm",
    "Time to mitigate (MTTM)",
    "mitigation",
    "s",
    "impact onset",
    "Impact onset to the start of the recovery that held to the horizon.",
)
TO_MITIGATED = MeasureKind(
    "evidence-to-mitigated",
    "Time to mitigate, once visible",
    "mitigation",
    "s",
    "first evidence",
    "First evidence to the start of the recovery that held to the horizon.",
)
MTTR = MeasureKind(
    "mttr",
    "Time to resolve (MTTR)",
    "mitigation",
    "s",
    "impact onset",
    "Impact onset to the closing of the incident, where users had recovered by then.",
)
RELAPSES = MeasureKind(
    "relapses",
    "Relapses",
    "mitigation",
    "count",
    "first recovery",
    "Times that a recovered journey was out of its objective again.",
)
ACTS = MeasureKind(
    "acts",
    "Hands-on acts",
    "mitigation",
    "count",
    "drill start",
    "Hands-on acts that were started.",
)
ACTS_IN_VAIN = MeasureKind(
    "acts-without-effect",
    "Acts that changed nothing",
    "mitigation",
    "count",
    "drill start",
    "Hands-on acts that had no effect or whose tool failed, without those that took something back or made "
    "it worse; the note names them and says how long they took together.",
)
HINTS = MeasureKind(
    "hints",
    "Hints used",
    "mitigation",
    "count",
    "drill start",
    "Hints asked for and given. Asking for help is good; it is recorded, not fined.",
)
RECORDS_LOST = MeasureKind(
    "records-lost",
    "Records lost",
    "mitigation",
    "count",
    "drill start",
    "Confirmed writes and messages that are gone for good. Only where a drill expects integrity.",
)
AT_RISK = MeasureKind(
    "data-at-risk",
    "Time that data was at risk",
    "mitigation",
    "s",
    "first evidence",
    "The later of first evidence and the start of the first risk by a fault, to the end of the last one (or "
    "the horizon, where it was not ended). Only where a drill expects integrity.",
)

KINDS = (
    LOST,
    USERS_AFFECTED,
    WORST_SHARE,
    MTTM,
    TO_MITIGATED,
    MTTR,
    RELAPSES,
    ACTS,
    ACTS_IN_VAIN,
    HINTS,
    RECORDS_LOST,
    AT_RISK,
)


def measure(case: Case) -> tuple[Measure, ...]:
    """Return the measures of mitigation."""
    clocks, impact = case.clocks, case.impact
    return (
        *_cost(case),
        _time(case, MTTM, clocks.onset, clocks.mitigated),
        _time(case, TO_MITIGATED, clocks.evidence, clocks.mitigated),
        _resolved(case),
        RELAPSES.of(len(impact.relapses)) if impact.onset else RELAPSES.not_applicable("no user was hurt"),
        ACTS.of(len(having(case.journal, ActStarted))),
        _in_vain(case),
        HINTS.of(len(having(case.journal, HintGiven))),
        *(_data(case) if case.expects == "integrity" else ()),
    )


def _data(case: Case) -> tuple[Measure, ...]:
    if not case.truth:
        return tuple(kind.no_evidence("no truth was recorded") for kind in (RECORDS_LOST, AT_RISK))
    risk_ms, lost = at_risk_ms(case), records_lost(case)
    if risk_ms is None:
        why = "no fault put data at risk" + ("; what was lost, an act lost" if lost else "")
        return RECORDS_LOST.of(lost), AT_RISK.not_applicable(why)
    return RECORDS_LOST.of(lost), AT_RISK.of(risk_ms / 1000)


def _in_vain(case: Case) -> Measure:
    if not case.truth:
        return ACTS_IN_VAIN.no_evidence("no truth was recorded")
    vain = without_effect(case)
    named = ", ".join(act.what for act in vain.acts)
    return ACTS_IN_VAIN.of(len(vain.acts), f"{named}; took {minutes_text(vain.took_ms)}" if vain.acts else "")


def _cost(case: Case) -> tuple[Measure, ...]:
    if not case.impact.samples:
        why = "the record shows no impact samples"
        return tuple(kind.no_evidence(why) for kind in (LOST, USERS_AFFECTED, WORST_SHARE))
    last = case.impact.samples[-1][1]
    return (
        LOST.of(last.user_min_lost),
        USERS_AFFECTED.of(last.users_affected),
        WORST_SHARE.of(case.impact.highest_users_share(case.impact.horizon_ms)),
    )


def _time(case: Case, kind: MeasureKind, start: Evidence | None, end: Evidence | None) -> Measure:
    if case.measured and case.impact.onset is None:
        return kind.not_applicable("no user was hurt")
    return kind.between(
        start, end, "the record does not show where this clock starts", "users did not recover"
    )


def _resolved(case: Case) -> Measure:
    resolved = case.clocks.resolved
    if resolved is not None and case.impact.hurts_at(resolved.t_ms):
        return MTTR.no_evidence("it was closed while users were hurt")
    if case.measured and case.impact.onset is None:
        return MTTR.not_applicable("no user was hurt")
    return MTTR.between(case.clocks.onset, resolved, "the record shows no onset", "it was not closed")
