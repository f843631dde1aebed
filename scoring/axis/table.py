"""The time axis as two tables, for who cannot see the picture and for formats without one."""

from dataclasses import dataclass

from scoring.scorecard import Evidence
from scoring.timeline import MINUTE_MS, AudienceRow, Bar, Timeline


@dataclass(frozen=True, slots=True)
class Moment:
    """Something on the axis in words; `until_ms` where it lasted, `at` its record where it has one."""

    t_ms: int
    row: str
    what: str
    until_ms: int | None = None
    at: Evidence | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stood at one time: share of users hurt, alerts firing, severity as it was and as stated."""

    t_ms: int
    hurt: float
    of_incident: int
    others: int
    true: str
    stated: str


def moments(timeline: Timeline) -> tuple[Moment, ...]:
    """Return all that lies on the axis, but for the curves, in order of time."""
    found = [Moment(phase.at.t_ms, "phase", phase.name, at=phase.at) for phase in timeline.phases]
    for row, bars in (
        ("true severity", timeline.true_severity),
        ("stated severity", timeline.stated_severity),
        ("suspected", timeline.suspicions),
        ("act", timeline.acts),
    ):
        found += [_lasting(row, bar) for bar in bars]
    for row, items in (("page", timeline.pages), ("page taken", timeline.taken), ("look", timeline.looks)):
        found += [Moment(item.t_ms, row, item.what, at=item) for item in items]
    for audience in timeline.audiences:
        found += _told(audience, timeline.end_ms)
    return tuple(sorted(found, key=lambda moment: moment.t_ms))


def _lasting(row: str, bar: Bar) -> Moment:
    return Moment(
        bar.from_ms, row, f"{bar.label} ({bar.outcome})" if bar.outcome else bar.label, bar.to_ms, bar.at
    )


def _told(audience: AudienceRow, end_ms: int) -> list[Moment]:
    row, late = f"to {audience.title.lower()}", {item.seq for item in audience.late}
    found = [
        Moment(item.t_ms, row, f"{item.what} (late)" if item.seq in late else item.what, at=item)
        for item in audience.sent
    ]
    for due in audience.due:
        overdue = "due, and not sent in time" if due.late_until_ms else "due"
        found.append(Moment(due.t_ms, row, f"an update was {overdue}", due.late_until_ms))
    for promise in audience.promised:
        if promise.t_ms <= end_ms:
            kept = "kept" if promise.kept else "not kept"
            found.append(Moment(promise.t_ms, row, f"the next update was promised by now ({kept})"))
    return found


def standings(timeline: Timeline) -> tuple[Standing, ...]:
    """Return how it stood minute by minute, without the minutes in which nothing changed."""
    found: list[Standing] = []
    for t_ms in range(0, timeline.end_ms + 1, MINUTE_MS):
        now = _standing(timeline, t_ms)
        if not found or _shown(now) != _shown(found[-1]):
            found.append(now)
    return tuple(found)


def _standing(timeline: Timeline, t_ms: int) -> Standing:
    hurt = [share for at_ms, share in timeline.hurt if at_ms <= t_ms]
    firing = [each for each in timeline.firing if each.t_ms <= t_ms][-1]
    true, stated = (
        next((bar.label for bar in bars if bar.from_ms <= t_ms < bar.to_ms), "-")
        for bars in (timeline.true_severity, timeline.stated_severity)
    )
    return Standing(t_ms, hurt[-1] if hurt else 0.0, firing.of_incident, firing.others, true, stated)


def _shown(standing: Standing) -> tuple[int, int, int, str, str]:
    """What must differ for a line of its own; the share of users hurt in steps of 5 %."""
    hurt = round(20 * standing.hurt)
    return hurt, standing.of_incident, standing.others, standing.true, standing.stated
