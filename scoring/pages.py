"""Pages of the incident: which were true, and whether the trainee's seat took them in time."""

from dataclasses import dataclass

from scoring.case import Case
from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import AlertLabelled, PageAcknowledged, PageSent

TRUE_LABELS = frozenset({"cause", "symptom"})
"""Labels of alerts that belong to the incident."""
ALARM_LABELS = TRUE_LABELS | {"noise", "transient", "unrelated"}
"""Labels of alerts that belong to a false alarm: all that no act brought about."""


@dataclass(frozen=True, slots=True)
class TruePage:
    """A page of this incident to the trainee's seat; `taken` is its acknowledgement by that seat."""

    sent: Evidence
    taken: Evidence | None
    limit_ms: int

    @property
    def taken_in_time(self) -> bool:
        """Whether it was acknowledged within the policy's time."""
        return self.taken is not None and self.taken.t_ms <= self.limit_ms


def labels(case: Case) -> dict[int, AlertLabelled]:
    """Return what each alert really was."""
    return {event.alert: event for _, event in having(case.truth, AlertLabelled)}


def true_pages(case: Case) -> tuple[TruePage, ...]:
    """Return the pages of this incident that went to the trainee's seat, in order.

    That seat is step 1 of the escalation policy. In a false alarm they are all pages but those that an act
    brought about.
    """
    truth = labels(case)
    of_this = ALARM_LABELS if case.expects == "no_action" else TRUE_LABELS
    timeout_ms = case.policy.ack_timeout_s * 1000
    found = []
    for record, page in having(case.journal, PageSent):
        label = truth.get(page.alert)
        if page.step == 1 and label is not None and label.label in of_this:
            sent = cite(record, f"page {page.page}: {page.rule} on {page.component}")
            found.append(TruePage(sent, _taken(case, page), record.t_ms + timeout_ms))
    return tuple(found)


def _taken(case: Case, page: PageSent) -> Evidence | None:
    """The acknowledgement by the seat, or by the person it stands for in the escalation policy."""
    ours = {case.record.seat_name, page.person}
    for record, event in having(case.journal, PageAcknowledged):
        if event.page == page.page and ours & {record.actor, event.person}:
            return cite(record, f"page {event.page} acknowledged")
    return None
