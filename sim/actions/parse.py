"""From a typed line to an action."""

from difflib import get_close_matches

from sim.actions import acts, alerts, incident, look, time
from sim.actions.base import Action, Names, Refused, Words


def _verbs(*bases: type[Action]) -> dict[str, type[Action]]:
    found: dict[str, type[Action]] = {}
    for base in bases:
        for action in base.__subclasses__():
            if hasattr(action, "verb"):
                found[action.verb] = action
            else:
                found.update(_verbs(action))
    return found


VERBS: dict[str, type[Action]] = _verbs(
    look.Look, alerts.AlertVerb, incident.IncidentVerb, acts.ActVerb, time.TimeVerb
)
"""Every verb by its name, in the order of `help`."""

LINE_MAX = 4000
_REWRITES_MAX = 4


def parse(line: str, names: Names, *, interactive: bool = False) -> Action:
    """Return the action that a line means.

    Only interactive lines may abbreviate verbs and names, and only there bare text is `say`. What comes
    back is what its own canonical line means, so that a replay of the journal does the same. Raises
    Refused, whose text says what to type instead.
    """
    action = _parsed(line, names, interactive=interactive)
    for _ in range(_REWRITES_MAX):
        again = _parsed(action.command(), names, interactive=False)
        if again == action:
            return action
        action = again
    raise Refused("that cannot be written down so that it means the same again; put it more simply")


def _parsed(line: str, names: Names, *, interactive: bool) -> Action:
    line = "".join(c if c.isprintable() else " " for c in line).strip()
    if len(line) > LINE_MAX:
        raise Refused(f"the line is longer than {LINE_MAX} characters")
    if not line:
        raise Refused("nothing was typed; `help` lists the verbs")
    word, _, rest = line.partition(" ")
    verb = _verb(word.lower(), rest, interactive=interactive)
    if verb is None:
        return _parsed(f"say {line}", names, interactive=False)
    words = Words(rest, names, abbreviations=interactive)
    try:
        action = verb.parse(words)
        words.end()
    except Refused as refused:
        stop = "" if str(refused).endswith("?") else "."
        raise Refused(f"{refused}{stop} Usage: {verb.verb} {verb.usage}".rstrip()) from None
    return action


def _verb(word: str, rest: str, *, interactive: bool) -> type[Action] | None:
    """Return the verb that a first word means; None where the line is something to say."""
    if word in VERBS:
        return VERBS[word]
    if interactive:
        begun = [verb for verb in VERBS if verb.startswith(word)]
        if len(begun) == 1 and len(word) > 1:
            return VERBS[begun[0]]
        if begun and len(word) > 1:
            raise Refused(f"{word!r} could be {', '.join(begun)}; type a little more")
    close = get_close_matches(word, VERBS, n=1, cutoff=0.75)
    if interactive and not close and rest:
        return None
    hint = f"did you mean {close[0]}?" if close else "`help` lists the verbs; `say` speaks in the war room"
    raise Refused(f"there is no verb {word!r}; {hint}")
