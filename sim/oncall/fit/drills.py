"""Drills that were played, as a history: their pages, and how fast people acknowledged them."""

from collections.abc import Iterator
from datetime import UTC, timedelta
from pathlib import Path

from sim.events import AlertFired, AlertLinked, AlertMarked, PageAcknowledged, PageSent
from sim.journal import DrillFolder
from sim.oncall.fit.history import History, Incident, Tally, in_order
from sim.oncall.fit.values import severity_of

_MINUTE_MS = 60_000


def history_of(file: Path, drills: list[DrillFolder]) -> History:
    """Return the history of drills. Raises FileError where they hold too few pages.

    A page is an incident; to link its alert says that it needed action, to mark it as noise that it did not.
    """
    found = [incident for drill in drills for incident in _pages(drill)]
    return in_order(file, found, "journal", None, Tally())


def _pages(drill: DrillFolder) -> Iterator[Incident]:
    alerts = {r.event.alert: r.event for r in drill.records if isinstance(r.event, AlertFired)}
    linked = {r.event.alert for r in drill.records if isinstance(r.event, AlertLinked)}
    noise = {r.event.alert for r in drill.records if isinstance(r.event, AlertMarked)}
    acknowledged: dict[int, int] = {}
    for record in drill.records:
        if isinstance(record.event, PageAcknowledged):
            acknowledged.setdefault(record.event.page, record.t_ms)
    sent: set[int] = set()
    begins = drill.scenario.starts_at.replace(tzinfo=UTC)  # what clocks showed, as for times without zone
    for record in drill.records:
        page = record.event
        if not isinstance(page, PageSent) or page.page in sent:
            continue
        sent.add(page.page)
        at = acknowledged.get(page.page)
        about = alerts.get(page.alert)
        yield Incident(
            line=record.seq + 1,
            opened=begins + timedelta(milliseconds=record.t_ms),
            severity=severity_of(about.severity) if about else None,
            rule=page.rule,
            acknowledged=None if at is None else (at - record.t_ms) / _MINUTE_MS,
            needs_action=True if page.alert in linked else False if page.alert in noise else None,
        )
