"""Hands-on acts: what was looked at before them, which changed nothing, and which are known to harm."""

import re
from dataclasses import dataclass

from scoring.case import Case
from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import ActJudged, ActStarted, AlertFired, LookedAt, Record, taking_back

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


def act_number(owner: str) -> int | None:
    """Return the number of the act that an owner such as 'act:3' is; None for a fault."""
    kind, _, number = owner.partition(":")
    return int(number) if kind == "act" and number.isdigit() else None


def acts_taking_back(case: Case) -> frozenset[int]:
    """Return the acts that take back what was done before."""
    return taking_back(act for _, act in having(case.journal, ActStarted))


def failed_acts(case: Case) -> set[int]:
    """Return the acts whose tool failed; they changed nothing."""
    return {event.act for _, event in having(case.truth, ActJudged) if event.outcome == "failed"}


def only_harm(case: Case) -> bool:
    """Return whether all that was done is known to harm."""
    return len(known_to_harm(case)) == len(having(case.journal, ActStarted))


def known_to_harm(case: Case) -> tuple[tuple[Record, ActStarted], ...]:
    """Return the acts that only plays which harm hold.

    One whose tool failed did nothing, and taking back what a play names is not that play.
    """
    harmless = failed_acts(case) | acts_taking_back(case)
    harmful = _commands(case, helping=False) - _commands(case, helping=True)
    return tuple(
        (record, act)
        for record, act in having(case.journal, ActStarted)
        if _first_words(act_text(act)) in harmful and act.act not in harmless
    )


def helpful(case: Case) -> frozenset[int]:
    """Return the acts that a play which cures or relieves holds."""
    commands = _commands(case, helping=True)
    started = (act for _, act in having(case.journal, ActStarted))
    return frozenset(act.act for act in started if _first_words(act_text(act)) in commands)


def _commands(case: Case, *, helping: bool) -> set[str]:
    """Verb and target of the acts that plays hold: those that help, or those that harm."""
    plays = (play for play in case.record.scenario.plays if (play.effect != "harms") == helping)
    return {_first_words(command) for play in plays for command in play.commands}


def _first_words(command: str) -> str:
    return " ".join(command.split()[:2]).lower()
