"""Hands-on acts: what was looked at before them, and which of them did harm."""

import re
from dataclasses import dataclass

from scoring.case import Case
from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import ActFinished, ActJudged, ActStarted, AlertFired, AlertLabelled, LookedAt, Record

SIGNALS = frozenset({"metrics", "logs", "traces"})
DIAGNOSTIC = SIGNALS | {"alert", "alerts", "status", "topology", "changes", "runbook"}
"""Looks that can tell a cause."""
SIGNALS_RANK, TARGET_RANK, CHANGES_RANK, ANY_RANK = 3, 2, 1, 0
"""Looks from the most telling: signals of the target, another look at it, the changes, any other."""
ANY_LOOK, TARGETED_LOOK = 0.5, 1.0


def act_text(act: ActStarted) -> str:
    """Return an act as it was typed."""
    return f"{act.verb} {act.target}".rstrip()


@dataclass(frozen=True, slots=True)
class Prepared:
    """An act with the most telling look before it, and what that counts: 0, 0.5 (some look) or 1."""

    act: Evidence
    look: Evidence | None
    credit: float


def least_looked_at(case: Case) -> Prepared | None:
    """Return the act that was prepared least; None where nothing was acted on."""
    looks = _looks(case)
    prepared = [_prepared(case, looks, record, act) for record, act in having(case.journal, ActStarted)]
    return min(prepared, key=lambda each: each.credit, default=None)


def _looks(case: Case) -> tuple[tuple[Record, LookedAt], ...]:
    from_ms = case.clocks.evidence.t_ms if case.clocks.evidence else 0
    return tuple(
        pair
        for pair in having(case.journal, LookedAt)
        if pair[1].verb in DIAGNOSTIC and pair[0].t_ms >= from_ms
    )


def _prepared(
    case: Case, looks: tuple[tuple[Record, LookedAt], ...], record: Record, act: ActStarted
) -> Prepared:
    targets = _components_of(case, act)
    graded = [
        (_telling(case, look, targets), looked, look) for looked, look in looks if looked.seq < record.seq
    ]
    started = cite(record, act_text(act))
    if not graded:
        return Prepared(started, None, 0.0)
    rank, looked, look = max(graded, key=lambda each: (each[0], each[1].seq))
    shown = cite(looked, f"looked: {look.verb} {look.args}".rstrip())
    return Prepared(started, shown, TARGETED_LOOK if rank >= CHANGES_RANK else ANY_LOOK)


def _telling(case: Case, look: LookedAt, targets: set[str]) -> int:
    """How much a look tells before an act on these targets; see the ranks."""
    if _shown(case, look) & targets:
        return SIGNALS_RANK if look.verb in SIGNALS else TARGET_RANK
    return CHANGES_RANK if look.verb == "changes" else ANY_RANK


def _components_of(case: Case, act: ActStarted) -> set[str]:
    """The components an act acts on: named, or behind a flag or change that is named."""
    names = set(re.findall(r"[\w-]+", act.target))
    scenario = case.record.scenario
    behind = {c.id for c in scenario.world.components if any(flag.id in names for flag in c.flags)}
    return names | behind | {change.component for change in scenario.changes if change.id in names}


def _shown(case: Case, look: LookedAt) -> set[str]:
    """The names that a look showed; `alert 4` shows the component of that alert, `by zone` all zones."""
    names = set(re.findall(r"[\w-]+", look.args))
    if look.verb == "topology" or "by zone" in look.args:
        names |= set(case.record.scenario.world.zones)
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
    found = [cite(record, act_text(act)) for record, act in _known_to_harm(case)]
    helped = {str(act) for act, verdict in verdicts.items() if verdict.outcome in ("worked", "partial")}
    fired = {event.alert: (record, event) for record, event in having(case.journal, AlertFired)}
    for _, label in having(case.truth, AlertLabelled):
        pair = fired.get(label.alert)
        if label.label != "self_inflicted" or pair is None or pair[1].severity != "critical":
            continue
        if not helped & set(re.findall(r"\d+", label.cause)):
            found.append(cite(pair[0], f"{pair[1].rule} fired because of {label.cause}"))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class InVain:
    """The acts that changed nothing, and how long they took together."""

    acts: tuple[Evidence, ...]
    took_ms: int


def without_effect(case: Case) -> InVain:
    """Return the acts that changed nothing, because they had no effect or their tool failed."""
    vain = {e.act for _, e in having(case.truth, ActJudged) if e.outcome in ("no_effect", "failed")}
    ends = {event.act: record.t_ms for record, event in having(case.journal, ActFinished)}
    started = [(record, act) for record, act in having(case.journal, ActStarted) if act.act in vain]
    return InVain(
        tuple(cite(record, act_text(act)) for record, act in started),
        sum(ends.get(act.act, record.t_ms) - record.t_ms for record, act in started),
    )


def failed_acts(case: Case) -> set[int]:
    """Return the acts whose tool failed; they changed nothing."""
    return {event.act for _, event in having(case.truth, ActJudged) if event.outcome == "failed"}


def only_harm(case: Case) -> bool:
    """Return whether all that was done is known to harm."""
    return len(_known_to_harm(case)) == len(having(case.journal, ActStarted))


def _known_to_harm(case: Case) -> tuple[tuple[Record, ActStarted], ...]:
    """The acts of a play that harms; one whose tool failed did nothing."""
    failed, harmful = failed_acts(case), _harmful_commands(case)
    return tuple(
        (record, act)
        for record, act in having(case.journal, ActStarted)
        if _first_words(act_text(act)) in harmful and act.act not in failed
    )


def _harmful_commands(case: Case) -> set[str]:
    """Verb and target of the acts that only plays with the effect 'harms' hold."""
    acts: dict[bool, set[str]] = {True: set(), False: set()}
    for play in case.record.scenario.plays:
        acts[play.effect == "harms"] |= {_first_words(command) for command in play.commands}
    return acts[True] - acts[False]


def _first_words(command: str) -> str:
    return " ".join(command.split()[:2]).lower()
