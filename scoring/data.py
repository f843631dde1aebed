"""Data: what was lost for good, and for how long it was at risk."""

import math

from scoring.case import Case
from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import DataLost, DataRiskEnded, DataRiskStarted


def losses(case: Case) -> tuple[Evidence, ...]:
    """Return each time records were lost."""
    return tuple(
        cite(record, f"{event.records:,.0f} records of {event.component} lost by {event.by}")
        for record, event in having(case.truth, DataLost)
    )


def records_lost(case: Case) -> float:
    """Return how many records were lost in all."""
    return sum(event.records for _, event in having(case.truth, DataLost))


def records_credit(lost: float, unacceptable: float | None) -> float:
    """Return 1 where nothing was lost, 0 at the unacceptable loss, linear in the logarithm between.

    Without an unacceptable loss any is one.
    """
    if lost <= 0.0:
        return 1.0
    if unacceptable is None or lost >= unacceptable:
        return 0.0
    return 1.0 - math.log1p(lost) / math.log1p(unacceptable)


def at_risk_ms(case: Case) -> int | None:
    """Return for how long data was at risk from the first evidence on; None where none ever was.

    A risk that nobody ended lasts to the horizon.
    """
    begun = having(case.truth, DataRiskStarted)
    if not begun:
        return None
    ended = {event.fault: record.t_ms for record, event in having(case.truth, DataRiskEnded)}
    until_ms = max(ended.get(event.fault, case.impact.horizon_ms) for _, event in begun)
    start_ms = begun[0][0].t_ms
    if case.clocks.evidence is not None:
        start_ms = max(start_ms, case.clocks.evidence.t_ms)
    return max(0, until_ms - start_ms)


def still_at_risk(case: Case) -> bool:
    """Return whether data was at risk at the horizon."""
    ended = {event.fault for _, event in having(case.truth, DataRiskEnded)}
    return any(event.fault not in ended for _, event in having(case.truth, DataRiskStarted))
