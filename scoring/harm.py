"""Harm: the acts that made it worse, or that the scenario knows to do so, and those that changed nothing.

An act whose tool failed did nothing. Of the others an act did harm where

- only plays that harm hold it, or
- it took something back and users were hurt again, or for the first time, from then until five minutes
  after its end, with no fault begun in between; of several the last one begun counts, or
- it brought about an alert and users were hurt anew within that time, or
- it brought about a critical alert and helped with nothing, or
- it lost records, and no play that helps holds it.
"""

from dataclasses import dataclass
from itertools import pairwise

from scoring.acts import act_number, act_text, acts_taking_back, failed_acts, helpful, known_to_harm
from scoring.case import Case
from scoring.record import cite, having
from scoring.rubric import HURT_SHARE_ALLOWED
from scoring.scorecard import Evidence
from sim.events import (
    ActFinished,
    ActJudged,
    ActStarted,
    AlertFired,
    AlertLabelled,
    DataLost,
    FaultStarted,
    ImpactRelapsed,
    ImpactStarted,
    Record,
)

AFTER_MS = 5 * 60_000
"""Users who are hurt anew so long after the end of an act may still be hurt by it; an assumption."""


@dataclass(frozen=True, slots=True)
class Harm:
    """An act that did harm: its number, whether only the scenario says so, and what shows it."""

    act: int
    known: bool
    evidence: tuple[Evidence, ...]


def harms(case: Case) -> tuple[Harm, ...]:
    """Return the acts that did harm, in order, each once with all that shows it."""
    known = {act.act for _, act in known_to_harm(case)}
    failed, signs = failed_acts(case), _signs(case)
    found = []
    for record, act in having(case.journal, ActStarted):
        shown = tuple(dict.fromkeys(signs.get(act.act, ())))
        if act.act not in failed and (act.act in known or shown):
            found.append(Harm(act.act, not shown, (cite(record, act_text(act)), *shown)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class InVain:
    """The acts that changed nothing, and how long they took together."""

    acts: tuple[Evidence, ...]
    took_ms: int


def without_effect(case: Case) -> InVain:
    """Return the acts that changed nothing, because they had no effect or their tool failed.

    What takes something back changes as much as that had changed; what made it worse is harm.
    """
    changed = acts_taking_back(case) | {harm.act for harm in harms(case) if not harm.known}
    vain = {
        event.act
        for _, event in having(case.truth, ActJudged)
        if event.outcome == "failed" or (event.outcome == "no_effect" and event.act not in changed)
    }
    ends = {event.act: record.t_ms for record, event in having(case.journal, ActFinished)}
    started = [(record, act) for record, act in having(case.journal, ActStarted) if act.act in vain]
    return InVain(
        tuple(cite(record, act_text(act)) for record, act in started),
        sum(ends.get(act.act, record.t_ms) - record.t_ms for record, act in started),
    )


def _signs(case: Case) -> dict[int, list[Evidence]]:
    """What shows of acts, by number, that they made it worse."""
    spans, anew = _spans(case), _hurt_anew(case)
    found: dict[int, list[Evidence]] = {}
    for sign in anew:
        act = _taken_back_before(case, spans, sign.t_ms)
        if act is not None:
            found.setdefault(act, []).append(sign)
    hurting = {act for act, span in spans.items() if any(_within(span, sign.t_ms) for sign in anew)}
    for act, fired, critical in _own_alerts(case):
        if act in hurting or (critical and act not in _helped(case)):
            found.setdefault(act, []).append(fired)
    helping = helpful(case)
    for record, event in having(case.truth, DataLost):
        owner = act_number(event.by)
        if owner is not None and owner not in helping:
            lost = cite(record, f"{event.records:,.0f} records of {event.component} lost by it")
            found.setdefault(owner, []).append(lost)
    return found


Span = tuple[int, int]
"""From the beginning of an act to the end of the time in which what goes wrong may be its doing, in ms."""


def _spans(case: Case) -> dict[int, Span]:
    ends = {event.act: record.t_ms for record, event in having(case.journal, ActFinished)}
    return {
        act.act: (record.t_ms, ends.get(act.act, record.t_ms + act.takes_s * 1000) + AFTER_MS)
        for record, act in having(case.journal, ActStarted)
    }


def _within(span: Span, t_ms: int) -> bool:
    return span[0] < t_ms <= span[1]


def _taken_back_before(case: Case, spans: dict[int, Span], t_ms: int) -> int | None:
    """The last act begun that took something back and may be behind what happened then.

    None is where a fault began in between, which is enough to hurt users.
    """
    takes_back = acts_taking_back(case) - failed_acts(case)
    began_ms = max((r.t_ms for r, _ in having(case.truth, FaultStarted) if r.t_ms <= t_ms), default=-1)
    near = [
        act
        for act, span in spans.items()
        if act in takes_back and _within(span, t_ms) and span[0] >= began_ms
    ]
    return near[-1] if near else None


def _hurt_anew(case: Case) -> list[Evidence]:
    """Each time users were hurt for the first time or again: as the truth says, and by their share.

    The share also tells of a recovery that had not been held long enough to count as one.
    """
    found = [cite(r, f"users were hurt: {e.journey}") for r, e in having(case.truth, ImpactStarted)]
    found += [cite(r, f"{e.journey} relapsed") for r, e in having(case.truth, ImpactRelapsed)]
    for (_, was), (after, now) in pairwise(_settled(case)):
        if was < HURT_SHARE_ALLOWED <= now:
            found.append(cite(after, f"{now:.1%} of users hurt, {was:.1%} before"))
    return sorted(found, key=lambda sign: sign.t_ms)


def _settled(case: Case) -> list[tuple[Record, float]]:
    """The samples, each with the share of users hurt then and in the next one: the lower, against blips."""
    samples = [(record, event.users_hurt_share) for record, event in case.impact.samples]
    return [(record, min(share, following)) for (record, share), (_, following) in pairwise(samples)]


def _own_alerts(case: Case) -> list[tuple[int, Evidence, bool]]:
    """The alerts that acts brought about: the act, the alert as evidence, and whether it is critical."""
    fired = {event.alert: (record, event) for record, event in having(case.journal, AlertFired)}
    found = []
    for _, label in having(case.truth, AlertLabelled):
        act = act_number(label.cause)
        if label.label == "self_inflicted" and act is not None and label.alert in fired:
            record, event = fired[label.alert]
            shown = cite(record, f"{event.rule} fired because of {label.cause}")
            found.append((act, shown, event.severity == "critical"))
    return found


def _helped(case: Case) -> set[int]:
    return {e.act for _, e in having(case.truth, ActJudged) if e.outcome in ("worked", "partial")}
