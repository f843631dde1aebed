"""Hands-on acts: what was looked at before them, and which of them did harm."""

import re

from scoring.case import Case
from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import ActJudged, ActStarted, AlertFired, AlertLabelled, LookedAt, Record

DIAGNOSTIC = frozenset({"metrics", "logs", "traces", "alert", "alerts", "topology", "changes", "runbook"})
"""Looks that can tell a cause."""
ANY_LOOK, TARGETED_LOOK = 0.5, 1.0


def act_text(act: ActStarted) -> str:
    """Return an act as it was typed."""
    return f"{act.verb} {act.target}".rstrip()


def first_look(case: Case) -> Evidence | None:
    """Return the first diagnostic look since first evidence."""
    looks = _looks(case)
    return cite(looks[0][0], f"looked: {looks[0][1].verb} {looks[0][1].args}".rstrip()) if looks else None


def least_looked_at(case: Case) -> tuple[Evidence, float] | None:
    """Return the act prepared least, with 0, 0.5 (some look) or 1 (at its target, or the changes)."""
    looks = _looks(case)
    graded = [
        (cite(record, act_text(act)), _looked(case, looks, record, act))
        for record, act in having(case.journal, ActStarted)
    ]
    return min(graded, key=lambda pair: pair[1], default=None)


def _looks(case: Case) -> tuple[tuple[Record, LookedAt], ...]:
    from_ms = case.clocks.evidence.t_ms if case.clocks.evidence else 0
    return tuple(
        pair
        for pair in having(case.journal, LookedAt)
        if pair[1].verb in DIAGNOSTIC and pair[0].t_ms >= from_ms
    )


def _looked(case: Case, looks: tuple[tuple[Record, LookedAt], ...], record: Record, act: ActStarted) -> float:
    before = [look for looked, look in looks if looked.seq < record.seq]
    if not before:
        return 0.0
    targets = _components_of(case, act)
    if any(look.verb == "changes" or _shown(case, look) & targets for look in before):
        return TARGETED_LOOK
    return ANY_LOOK


def _components_of(case: Case, act: ActStarted) -> set[str]:
    """The components an act acts on: named, or behind a flag or change that is named."""
    names = set(re.findall(r"[\w-]+", act.target))
    scenario = case.record.scenario
    behind = {c.id for c in scenario.world.components if any(flag.id in names for flag in c.flags)}
    return names | behind | {change.component for change in scenario.changes if change.id in names}


def _shown(case: Case, look: LookedAt) -> set[str]:
    """The names that a look showed; `alert 4` shows the component of that alert."""
    names = set(re.findall(r"[\w-]+", look.args))
    if look.component:
        names.add(look.component)
    if look.verb == "alert":
        names |= {e.component for _, e in having(case.journal, AlertFired) if str(e.alert) in names}
    return names


def harms(case: Case) -> tuple[Evidence, ...]:
    """Return what was done that hurt: acts of a play that the scenario knows to harm, and critical alerts
    brought about by an act that had no effect or failed. An act whose tool failed did nothing.
    """
    verdicts = {event.act: event for _, event in having(case.truth, ActJudged)}
    harmful = _harmful_acts(case)
    found = [
        cite(record, act_text(act))
        for record, act in having(case.journal, ActStarted)
        if _first_words(act_text(act)) in harmful
        and (act.act not in verdicts or verdicts[act.act].outcome != "failed")
    ]
    helped = {str(act) for act, verdict in verdicts.items() if verdict.outcome in ("worked", "partial")}
    fired = {event.alert: (record, event) for record, event in having(case.journal, AlertFired)}
    for _, label in having(case.truth, AlertLabelled):
        pair = fired.get(label.alert)
        if label.label != "self_inflicted" or pair is None or pair[1].severity != "critical":
            continue
        if not helped & set(re.findall(r"\d+", label.cause)):
            found.append(cite(pair[0], f"{pair[1].rule} fired because of {label.cause}"))
    return tuple(found)


def _harmful_acts(case: Case) -> set[str]:
    """Verb and target of the acts that only plays with the effect 'harms' hold."""
    acts: dict[bool, set[str]] = {True: set(), False: set()}
    for play in case.record.scenario.plays:
        acts[play.effect == "harms"] |= {_first_words(command) for command in play.commands}
    return acts[True] - acts[False]


def _first_words(command: str) -> str:
    return " ".join(command.split()[:2]).lower()
