"""What could be typed next: the words that the usage of a verb allows."""

from sim.actions.base import Action, Names
from sim.actions.incident import AUDIENCES, SEVERITIES
from sim.actions.look import SIGNALS, SPLITS
from sim.actions.parse import VERBS

_POOLS: dict[str, tuple[str, ...]] = {
    "COMPONENT": ("components",),
    "JOURNEY": ("journeys",),
    "ZONE": ("zones",),
    "CLIENT": ("clients",),
    "PERSON": ("people",),
    "TEAM": ("teams",),
    "RULE": ("rules",),
    "RUNBOOK": ("runbooks",),
    "MECHANISM": ("mechanisms",),
    "CALLEE": ("components",),
    "CHANGE": ("changes",),
}


def completed(text_before_cursor: str, names: Names) -> tuple[str, ...]:
    """Return the words that could stand next: everything there is, never only what matters."""
    words = text_before_cursor.lstrip().split(" ")
    if len(words) == 1:
        return tuple(sorted(VERBS))
    verb = VERBS.get(words[0].lower())
    return () if verb is None else _of_verb(verb, words[1:], names)


def _of_verb(verb: type[Action], typed: list[str], names: Names) -> tuple[str, ...]:
    """Return what the usage of a verb allows, as far as it names sorts of things."""
    found: set[str] = set()
    for sort, pools in _POOLS.items():
        if sort in verb.usage:
            for pool in pools:
                found.update(getattr(names, pool))
    if verb.verb == "suspect":
        return names.mechanisms if len(typed) > 1 else names.components
    fixed = {
        "SIGNAL": SIGNALS,
        "by zone|version|shard": ("by", *SPLITS, "since", "compare", "yesterday"),
        "P1|P2": SEVERITIES,
        "internal|": AUDIENCES,
        "VERB": tuple(VERBS),
        "until": ("until", "page", "update"),
        "all": ("all",),
        "[off]": ("off",),
    }
    for sort, words in fixed.items():
        if sort in verb.usage:
            found.update(words)
    if "FLAG" in verb.usage and len(typed) > 1:
        found = set(names.flags.get(typed[0], ()))
    return tuple(sorted(found))
