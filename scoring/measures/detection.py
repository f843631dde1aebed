"""Measures of detection: when users were hurt, when it could be seen, when somebody saw it."""

from scoring.case import Case
from scoring.measures.kind import MeasureKind
from scoring.pages import true_pages
from scoring.record import having
from scoring.scorecard import Evidence, Measure
from sim.events import PageSent

ONSET_TO_EVIDENCE = MeasureKind(
    "onset-to-evidence",
    "Hidden time",
    "detection",
    "s",
    "impact onset",
    "Impact onset to the first evidence that somebody who looked could have seen; 0 where it came before.",
)
MTTD = MeasureKind(
    "mttd",
    "Time to detect (MTTD)",
    "detection",
    "s",
    "impact onset",
    "Impact onset to the first sign that somebody knew: a page of this incident acknowledged, a look at the "
    "system from first evidence on, or the declaration; 0 where it came before.",
)
MTTA = MeasureKind(
    "mtta",
    "Time to acknowledge (MTTA)",
    "detection",
    "s",
    "first page of this incident",
    "First page of this incident to the trainee's seat to the first acknowledgement of one by that seat.",
)
TO_ENGAGED = MeasureKind(
    "evidence-to-engaged",
    "Time to engage",
    "detection",
    "s",
    "first evidence",
    "First evidence to the first look at the system, or the declaration.",
)
TO_DECLARED = MeasureKind(
    "evidence-to-declared",
    "Time to declare",
    "detection",
    "s",
    "first evidence",
    "First evidence to the declaration of the incident.",
)
PAGES = MeasureKind(
    "pages",
    "Pages",
    "detection",
    "count",
    "drill start",
    "Pages to the trainee's seat, of any cause.",
)
TRUE_PAGES = MeasureKind(
    "true-pages",
    "Pages of this incident",
    "detection",
    "count",
    "drill start",
    "Pages to the trainee's seat whose alert was a cause or symptom of this incident.",
)

KINDS = (ONSET_TO_EVIDENCE, MTTD, MTTA, TO_ENGAGED, TO_DECLARED, PAGES, TRUE_PAGES)

NO_IMPACT = "no user was hurt"
NO_EVIDENCE = "the record shows no first evidence"


def measure(case: Case) -> tuple[Measure, ...]:
    """Return the measures of detection."""
    clocks, pages = case.clocks, true_pages(case)
    sent = [page for _, page in having(case.journal, PageSent) if page.step == 1]
    return (
        _from_onset(case, ONSET_TO_EVIDENCE, clocks.evidence, NO_EVIDENCE),
        _from_onset(case, MTTD, _first_sign(case), "nobody was seen to notice"),
        _acknowledged(case),
        TO_ENGAGED.between(clocks.evidence, clocks.engaged, NO_EVIDENCE, "nobody looked or declared"),
        TO_DECLARED.between(clocks.evidence, clocks.declared, NO_EVIDENCE, "nothing was declared"),
        PAGES.of(len(sent)),
        TRUE_PAGES.of(len(pages)) if case.truth else TRUE_PAGES.no_evidence("no truth was recorded"),
    )


def _from_onset(case: Case, kind: MeasureKind, end: Evidence | None, no_end: str) -> Measure:
    if case.measured and case.clocks.onset is None:
        return kind.not_applicable(NO_IMPACT)
    return kind.between(case.clocks.onset, end, "the record shows no onset", no_end)


def _first_sign(case: Case) -> Evidence | None:
    taken = [page.taken for page in true_pages(case)]
    signs = [sign for sign in (*taken, case.clocks.engaged, case.clocks.declared) if sign is not None]
    return min(signs, key=lambda sign: sign.t_ms, default=None)


def _acknowledged(case: Case) -> Measure:
    pages = true_pages(case)
    if not pages:
        return MTTA.not_applicable("no page of this incident was sent to this seat")
    taken = [page.taken for page in pages if page.taken is not None]
    first = min(taken, key=lambda sign: sign.t_ms, default=None)
    return MTTA.between(pages[0].sent, first, "", "no page of this incident was acknowledged")
