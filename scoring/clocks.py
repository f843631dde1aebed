"""The clocks of a drill: the moments from which and to which everything is measured.

Two clocks run side by side. Impact onset is what users felt and is only reported; the first evidence that
somebody who looked could have seen is where judging starts. In a false alarm that is its first page.
"""

from dataclasses import dataclass

from scoring.impact import Impact
from scoring.record import DrillRecord, cite, having
from scoring.scorecard import Evidence
from sim.events import (
    DrillEnded,
    EvidenceAppeared,
    IncidentDeclared,
    IncidentResolved,
    LookedAt,
    PageSent,
    Record,
)

LOOKS_ASIDE = frozenset({"help", "who", "oncall", "timeline", "incident"})
"""Looks that are not at the system: they engage nobody."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """Moments of a drill, each with its record; None where it did not come.

    `engaged` is the first look at the system, or the declaration, from the first evidence on.
    """

    onset: Evidence | None
    evidence: Evidence | None
    engaged: Evidence | None
    declared: Evidence | None
    mitigated: Evidence | None
    resolved: Evidence | None
    ended_ms: int
    horizon_ms: int


def read_clocks(record: DrillRecord, impact: Impact) -> Clocks:
    """Return the clocks of a drill."""
    evidence = _first_evidence(record)
    start = evidence or impact.onset
    declared = having(record.records, IncidentDeclared)
    resolved = having(record.records, IncidentResolved)
    ended = having(record.records, DrillEnded)
    return Clocks(
        onset=impact.onset,
        evidence=evidence,
        engaged=_engaged(record.records, start.t_ms if start else 0),
        declared=cite(declared[0][0], f"declared {declared[0][1].severity}") if declared else None,
        mitigated=impact.mitigated,
        resolved=cite(resolved[-1][0], "the incident was closed") if resolved else None,
        ended_ms=ended[0][0].t_ms if ended else impact.horizon_ms,
        horizon_ms=impact.horizon_ms,
    )


def _first_evidence(record: DrillRecord) -> Evidence | None:
    if record.scenario.expects == "no_action":
        paged = [pair for pair in having(record.records, PageSent) if pair[1].step == 1]
        return cite(paged[0][0], f"could be seen: page {paged[0][1].page}") if paged else None
    seen = having(record.truth, EvidenceAppeared)
    return cite(seen[0][0], f"could be seen: {seen[0][1].what}") if seen else None


def _engaged(records: tuple[Record, ...], from_ms: int) -> Evidence | None:
    """The first look at the system from this time on, or the declaration, whenever that was."""
    for record in records:
        event = record.event
        if isinstance(event, IncidentDeclared):
            return cite(record, f"declared {event.severity}")
        if isinstance(event, LookedAt) and event.verb not in LOOKS_ASIDE and record.t_ms >= from_ms:
            return cite(record, f"looked: {event.verb} {event.args}".rstrip())
    return None
