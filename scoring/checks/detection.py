"""Checks of detection. They start from the first evidence that could be seen, not from impact onset."""

from collections.abc import Callable, Mapping

from scoring.case import Case
from scoring.checks.verdicts import falling, judged, not_observable
from scoring.durations import clock_text
from scoring.pages import TRUE_LABELS, labels, true_pages
from scoring.record import having
from scoring.rubric import DECLARED_FULL_S, DECLARED_NONE_S, ENGAGED_FULL_S, ENGAGED_NONE_S
from scoring.scorecard import Evidence, Verdict
from scoring.telling import tell
from sim.events import AlertMuted, AlertSilenced

NO_PAGE = "no page of this incident is known to have gone to this seat"


def page_acknowledged(case: Case) -> Verdict:
    """Whether a page of this incident was taken within the time of the first one."""
    pages = true_pages(case)
    if not pages:
        return not_observable(NO_PAGE)
    taken = [page.taken for page in pages if page.taken is not None]
    first = min(taken, key=lambda sign: sign.t_ms, default=None)
    if first is None:
        return judged(0, "no page of this incident was acknowledged by this seat", pages[0].sent)
    wait = clock_text(first.t_ms - pages[0].sent.t_ms)
    in_time = first.t_ms <= pages[0].limit_ms
    return judged(float(in_time), f"acknowledged after {wait}", pages[0].sent, first)


def engaged_soon(case: Case) -> Verdict:
    """First evidence to the first look."""
    return _after_evidence(case, case.clocks.engaged, "looked or declared", ENGAGED_FULL_S, ENGAGED_NONE_S)


def declared_in_time(case: Case) -> Verdict:
    """First evidence to the declaration."""
    if case.measured and case.clocks.onset is None:
        return not_observable("no user was hurt, so nothing had to be declared")
    return _after_evidence(case, case.clocks.declared, "declared", DECLARED_FULL_S, DECLARED_NONE_S)


def _after_evidence(case: Case, moment: Evidence | None, done: str, full_s: int, none_s: int) -> Verdict:
    evidence = case.clocks.evidence
    if evidence is None:
        return not_observable("the record shows no first evidence")
    if moment is None:
        return judged(0, f"nobody {done}", evidence)
    wait_ms = max(0, moment.t_ms - evidence.t_ms)
    return judged(
        falling(wait_ms / 1000, full_s, none_s), f"{done} after {clock_text(wait_ms)}", evidence, moment
    )


def true_pages_not_missed(case: Case) -> Verdict:
    """Share of the true pages that were taken in time or came when it was declared."""
    pages = true_pages(case)
    if not pages:
        return not_observable(NO_PAGE)
    declared = case.clocks.declared
    missed = [
        page.sent
        for page in pages
        if not page.taken_in_time and (declared is None or declared.t_ms > page.limit_ms)
    ]
    why = f"{len(pages) - len(missed)} of {len(pages)} taken in time or covered by the declaration"
    return judged(1 - len(missed) / len(pages), why, *missed[:3])


def silence_cost_nothing(case: Case) -> Verdict:
    """Whether alerts of this incident fired under a silence before it was declared."""
    silences = {silence.silence: record for record, silence in having(case.journal, AlertSilenced)}
    if not silences:
        return not_observable("nothing was silenced")
    truth = labels(case)
    declared_ms = case.clocks.declared.t_ms if case.clocks.declared else case.clocks.horizon_ms
    hidden: list[Evidence] = []
    for fired, alert in having(case.journal, AlertMuted):
        label = truth.get(alert.alert)
        if label is not None and label.label in TRUE_LABELS and fired.t_ms < declared_ms:
            hidden += [tell(case, silences[alert.silence]), tell(case, fired)]
    if hidden:
        return judged(
            0, "an alert of this incident fired under a silence before it was declared", *hidden[:4]
        )
    return judged(1, "no alert of this incident fired under a silence before it was declared")


CHECKS: Mapping[str, Callable[[Case], Verdict]] = {
    "page-acknowledged": page_acknowledged,
    "engaged-soon": engaged_soon,
    "declared-in-time": declared_in_time,
    "true-pages-not-missed": true_pages_not_missed,
    "silence-cost-nothing": silence_cost_nothing,
}
