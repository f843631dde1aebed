"""Checks of communication: who was told, when, and whether the text was worth reading."""

from collections.abc import Callable, Mapping

from scoring.case import Case
from scoring.checks.verdicts import falling, judged, not_observable
from scoring.durations import clock_text, minutes_text, wall_text
from scoring.record import cite, having
from scoring.rubric import OVERDUE_NONE_S
from scoring.scorecard import Evidence, Verdict
from scoring.updates import Audience, closes, dues, overdue_ms, points, promises, told_in_time
from scoring.wording import says_recovered
from sim.events import (
    AlertMarked,
    DecisionTaken,
    Event,
    HypothesisRecorded,
    NoteTaken,
    UpdateSent,
)

FINDINGS = (NoteTaken, DecisionTaken, HypothesisRecorded)
"""What puts a finding on record beside an update."""
BROKEN_COST = 0.5
NOTICE_SHARES: Mapping[Audience, float] = {"customer": 0.7, "executive": 0.3}
"""What each audience's closing notice counts, of those owed one."""


def customers_told(case: Case) -> Verdict:
    """Customer updates at the policy's times."""
    return _told(case, "customer")


def executives_told(case: Case) -> Verdict:
    """Executive updates at the policy's times."""
    return _told(case, "executive")


def internal_told(case: Case) -> Verdict:
    """Internal updates from declaration on."""
    if case.clocks.declared is None and case.impact.severities:
        return judged(0, "nothing was declared, so nobody inside was told")
    return _told(case, "internal")


def _told(case: Case, audience: Audience) -> Verdict:
    if not case.measured:
        return not_observable("the record shows no impact samples")
    if case.expects == "prevent" and case.impact.onset is None:
        return not_observable("no user was hurt, so nobody had to hear of it in time")
    late_ms = overdue_ms(case, audience)
    if not late_ms:
        in_time = told_in_time(case, audience)
        if not in_time:
            return not_observable(f"{_why_none_late(case, audience)}, and none was sent in time")
        return judged(1, "none was overdue", *in_time)
    sent = [cite(record, f"{audience} update") for record, _ in case.updates(audience)]
    if not sent:
        return judged(0, "none was sent")
    credit = falling(late_ms / 1000, 0, OVERDUE_NONE_S)
    return judged(credit, f"{len(sent)} sent, overdue for {clock_text(late_ms)} in sum", *sent)


def _why_none_late(case: Case, audience: Audience) -> str:
    """Why no update was late: none was due, or users had recovered within the grace."""
    due = dues(case, audience)
    if not due:
        return "none fell due before users had recovered"
    starts_at = case.record.scenario.starts_at
    by, over = wall_text(starts_at, due[0].t_ms), wall_text(starts_at, case.impact.over_ms)
    grace = minutes_text(case.policy.update_grace_s * 1000)
    until = "users had recovered" if case.impact.mitigated else "the drill was over"
    return f"due by {by}, with {grace} of grace; {until} at {over}"


def promises_kept(case: Case) -> Verdict:
    """Promised next updates."""
    made = promises(case)
    if not made:
        return not_observable("no promised update fell due")
    failed = [promise.made for promise in made if not promise.kept or promise.too_long]
    if not failed:
        return judged(1, f"{len(made)} of {len(made)} kept", *(promise.made for promise in made))
    late = sum(not promise.kept for promise in made)
    long = sum(promise.too_long for promise in made)
    why = f"of {len(made)}, {late} not in time and {long} longer than the policy allows"
    credit = 1 - BROKEN_COST * len(failed) if len(failed) < len(made) else 0
    return judged(credit, why, *failed)


def update_says_what_matters(case: Case) -> Verdict:
    """What the texts of updates hold, by their fields and by the journeys they name."""
    running = [
        (record, update)
        for record, update in having(case.journal, UpdateSent)
        if update.audience != "internal"
        and record.t_ms < case.impact.over_ms
        and not says_recovered(update.text)
    ]
    if not running:
        return not_observable("no update to customers or executives was sent while it went on")
    shares, evidence = [], []
    for record, update in running:
        share, lack = points(case, record, update)
        shares.append(share)
        evidence.append(cite(record, f"{update.audience} update {lack}"))
    credit = sum(shares) / len(shares)
    return judged(credit, "looked for: severity, an affected journey, for customers the next time", *evidence)


def closing_notice(case: Case) -> Verdict:
    """Updates that say it is over, to customers and to executives who had got updates."""
    mitigated = case.impact.mitigated
    if mitigated is None:
        return not_observable("users did not recover")
    if not case.engaged:
        return not_observable("nobody was engaged")
    owed = [
        audience
        for audience in NOTICE_SHARES
        if case.updates(audience) or (audience == "customer" and dues(case, audience))
    ]
    if not owed:
        return not_observable("nobody outside had been told of it, and no update to customers had fallen due")
    heard = {audience: notice for audience in owed if (notice := _notice(case, audience)) is not None}
    if not heard and case.no_time_to_close:
        return not_observable("users recovered less than 10 min before the time limit", mitigated)
    share = sum(NOTICE_SHARES[audience] for audience in heard)
    credit = share / sum(NOTICE_SHARES[audience] for audience in owed)
    why = "; ".join(
        f"{audience}s {'heard it' if audience in heard else 'did not hear it'}" for audience in owed
    )
    return judged(credit, why, mitigated, *heard.values())


def _notice(case: Case, audience: Audience) -> Evidence | None:
    """The first update that tells this audience of the end."""
    for record, update in case.updates(audience):
        if closes(case, record, update):
            return cite(record, f"{audience} update")
    return None


def finding_reported(case: Case) -> Verdict:
    """Whether colleagues heard of what was found, after a look."""
    engaged = case.clocks.engaged
    if engaged is None:
        return judged(0, "nobody looked, so there was nothing to tell")
    after = [record for record in case.journal if record.t_ms >= engaged.t_ms]
    told = [
        cite(record, f"{event.audience} update")
        for record, event in having(after, UpdateSent)
        if event.audience != "customer"
    ]
    if told:
        return judged(1, "colleagues were told", told[0])
    marks = [cite(r, f"alert {e.alert} marked as noise") for r, e in having(after, AlertMarked)]
    found = [cite(record, _finding(record.event)) for record in after if isinstance(record.event, FINDINGS)]
    steps = (marks if case.expects == "no_action" else [], found)
    said = [step[-1] for step in steps if step]
    return judged(len(said) / 2, "no update; a mark and a finding count half each", *said)


def _finding(event: Event) -> str:
    return f"suspected {event.component}" if isinstance(event, HypothesisRecorded) else "a finding noted"


CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    "customers-told": customers_told,
    "executives-told": executives_told,
    "internal-told": internal_told,
    "promises-kept": promises_kept,
    "update-says-what-matters": update_says_what_matters,
    "closing-notice": closing_notice,
    "finding-reported": finding_reported,
}
