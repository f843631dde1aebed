"""The time axis of a drill: what was so, what could be seen and what was done, side by side, as values."""

from dataclasses import dataclass
from itertools import groupby
from math import ceil

from scoring.acts import act_text, acts_taking_back
from scoring.case import Case
from scoring.clocks import LOOKS_ASIDE
from scoring.harm import Harm, harms
from scoring.pages import TRUE_LABELS, labels
from scoring.record import having
from scoring.scorecard import Evidence
from scoring.telling import tell
from scoring.updates import Audience, Due, dues, promises
from sim.events import (
    ActFinished,
    ActJudged,
    ActStarted,
    AlertFired,
    AlertResolved,
    HypothesisRecorded,
    LookedAt,
    PageAcknowledged,
    PageSent,
)

AUDIENCES: tuple[tuple[Audience, str], ...] = (
    ("customer", "Customers"),
    ("executive", "Executives"),
    ("internal", "Colleagues"),
)
OUTCOMES = {
    "worked": "worked",
    "partial": "worked in part",
    "no_effect": "no effect",
    "taken_back": "taken back",
    "failed": "failed",
}
"""What an act achieved, in words."""
MINUTE_MS = 60_000
MARGIN = 0.04
"""How much of the axis lies beyond the last thing on it."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A moment from which something was different, e.g. 'declared'."""

    name: str
    at: Evidence


@dataclass(frozen=True, slots=True)
class Bar:
    """Something that lasted from `from_ms` to `to_ms`; `at` is the record of its start, where there is one.

    `outcome` says in a word or two what came of it, `bad` whether that was nothing good.
    """

    label: str
    from_ms: int
    to_ms: int
    at: Evidence | None = None
    outcome: str = ""
    bad: bool = False


@dataclass(frozen=True, slots=True)
class Firing:
    """How many alerts fire from `t_ms` on: symptoms and causes of this incident, and all others."""

    t_ms: int
    of_incident: int
    others: int


@dataclass(frozen=True, slots=True)
class Promised:
    """A moment that somebody named for the next update, and whether it came by then."""

    t_ms: int
    kept: bool


@dataclass(frozen=True, slots=True)
class AudienceRow:
    """One audience: the updates it got, those that came late among them, and when they were due."""

    title: str
    sent: tuple[Evidence, ...]
    late: tuple[Evidence, ...]
    due: tuple[Due, ...]
    promised: tuple[Promised, ...]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What lies on the axis of one drill, from its start to `end_ms`; every time in ms since the start.

    `hurt` holds the share of users hurt from a time on. After `played_ms` nobody could act any more.
    """

    end_ms: int
    played_ms: int
    phases: tuple[Phase, ...]
    hurt: tuple[tuple[int, float], ...]
    true_severity: tuple[Bar, ...]
    stated_severity: tuple[Bar, ...]
    firing: tuple[Firing, ...]
    pages: tuple[Evidence, ...]
    taken: tuple[Evidence, ...]
    looks: tuple[Evidence, ...]
    suspicions: tuple[Bar, ...]
    acts: tuple[Bar, ...]
    audiences: tuple[AudienceRow, ...]

    @property
    def marks(self) -> tuple[Evidence, ...]:
        """Every record that the axis shows, each once, in order of time."""
        found = [phase.at for phase in self.phases]
        found += [bar.at for bar in (*self.stated_severity, *self.suspicions, *self.acts) if bar.at]
        found += [*self.pages, *self.taken, *self.looks]
        found += [each for row in self.audiences for each in row.sent]
        unique = {(each.file, each.seq): each for each in reversed(found)}
        return tuple(sorted(unique.values(), key=lambda each: (each.t_ms, each.file, each.seq)))


def timeline(case: Case) -> Timeline:
    """Return the time axis of a drill."""
    end_ms = _end_ms(case)
    return Timeline(
        end_ms=end_ms,
        played_ms=min(case.clocks.ended_ms, end_ms),
        phases=_phases(case),
        hurt=tuple(
            (record.t_ms, event.users_hurt_share)
            for record, event in case.impact.samples
            if record.t_ms <= end_ms
        ),
        true_severity=_true_severity(case),
        stated_severity=_stated_severity(case, end_ms),
        firing=_firing(case),
        pages=tuple(tell(case, record) for record, _ in having(case.journal, PageSent)),
        taken=tuple(tell(case, record) for record, _ in having(case.journal, PageAcknowledged)),
        looks=tuple(
            tell(case, record)
            for record, look in having(case.journal, LookedAt)
            if look.verb not in LOOKS_ASIDE
        ),
        suspicions=_suspicions(case, end_ms),
        acts=_acts(case, end_ms),
        audiences=tuple(_audience(case, audience, title) for audience, title in AUDIENCES),
    )


def _end_ms(case: Case) -> int:
    """The end of the drill or of the impact, whichever is later, and a margin; not beyond the horizon."""
    last_ms = case.clocks.ended_ms
    if case.impact.onset is not None:
        last_ms = max(last_ms, case.impact.over_ms)
    whole_minutes = ceil(last_ms * (1 + MARGIN) / MINUTE_MS) * MINUTE_MS
    return max(MINUTE_MS, last_ms, min(whole_minutes, case.clocks.horizon_ms))


def _phases(case: Case) -> tuple[Phase, ...]:
    clocks = case.clocks
    moments = (
        ("impact began", clocks.onset),
        ("could be seen", clocks.evidence),
        ("engaged", clocks.engaged),
        ("declared", clocks.declared),
        ("recovered", clocks.mitigated),
        ("closed", clocks.resolved),
    )
    found = [Phase(name, at) for name, at in moments if at is not None]
    return tuple(sorted(found, key=lambda phase: phase.at.t_ms))


def _true_severity(case: Case) -> tuple[Bar, ...]:
    """Spells of samples of one severity as one bar."""
    found: list[Bar] = []
    for start, end, severity in case.impact.severities:
        if found and found[-1].to_ms == start and found[-1].label == severity:
            found[-1] = Bar(severity, found[-1].from_ms, end)
        else:
            found.append(Bar(severity, start, end))
    return tuple(found)


def _stated_severity(case: Case, end_ms: int) -> tuple[Bar, ...]:
    closed = case.clocks.resolved.t_ms if case.clocks.resolved else end_ms
    steps = case.stated.steps
    ends = [*(start for start, _, _ in steps[1:]), closed]
    return tuple(
        Bar(severity, start, max(start, end), at)
        for (start, severity, at), end in zip(steps, ends, strict=False)
    )


def _firing(case: Case) -> tuple[Firing, ...]:
    """The alerts that fire, from each moment on at which their number changed."""
    truth = labels(case)
    ours = {alert for alert, label in truth.items() if label.label in TRUE_LABELS}
    firing: set[int] = set()
    found = [Firing(0, 0, 0)]
    for t_ms, group in groupby(case.journal, key=lambda record: record.t_ms):
        before = firing.copy()
        for record in group:
            if isinstance(record.event, AlertFired):
                firing.add(record.event.alert)
            elif isinstance(record.event, AlertResolved):
                firing.discard(record.event.alert)
        if firing != before:
            found.append(Firing(t_ms, len(firing & ours), len(firing - ours)))
    return tuple(found)


def _suspicions(case: Case, end_ms: int) -> tuple[Bar, ...]:
    """Each suspicion until the next one, the last one until users had recovered."""
    stated = having(case.journal, HypothesisRecorded)
    ends = [*(record.t_ms for record, _ in stated[1:]), case.impact.over_ms]
    return tuple(
        Bar(
            f"{event.component}: {event.mechanism}",
            record.t_ms,
            end if end > record.t_ms else end_ms,
            tell(case, record),
        )
        for (record, event), end in zip(stated, ends, strict=False)
    )


def _acts(case: Case, end_ms: int) -> tuple[Bar, ...]:
    outcomes = {event.act: event.outcome for _, event in having(case.truth, ActJudged)}
    ends = {event.act: record.t_ms for record, event in having(case.journal, ActFinished)}
    harmful, taken_back = {harm.act: harm for harm in harms(case)}, acts_taking_back(case)
    found = []
    for record, act in having(case.journal, ActStarted):
        harm, judged = harmful.get(act.act), outcomes.get(act.act, "")
        if judged == "no_effect" and act.act in taken_back:
            judged = "taken_back"
        bad = harm is not None or judged in ("no_effect", "failed")
        outcome = _outcome(judged, harm)
        at = tell(case, record)
        found.append(Bar(act_text(act), record.t_ms, ends.get(act.act, end_ms), at, outcome, bad))
    return tuple(found)


def _outcome(judged: str, harm: Harm | None) -> str:
    """What came of an act, in words."""
    if harm is not None and not harm.known:
        helped = judged in ("worked", "partial")
        return f"{OUTCOMES[judged]}, made it worse" if helped else "made it worse"
    outcome = OUTCOMES.get(judged, "not judged")
    return outcome if harm is None else f"{outcome}, known to harm"


def _audience(case: Case, audience: Audience, title: str) -> AudienceRow:
    due = dues(case, audience)
    late_ms = {each.late_until_ms for each in due}
    sent = tuple(tell(case, record) for record, _ in case.updates(audience))
    named = tuple(Promised(each.by_ms, each.kept) for each in promises(case) if each.audience == audience)
    return AudienceRow(title, sent, tuple(each for each in sent if each.t_ms in late_ms), due, named)
