"""Help: all verbs, or one with its usage, an example and, of an act, what it hits and what it risks."""

from difflib import get_close_matches

from sim.actions import VERBS
from sim.actions.look import Help
from sim.answer import Answer, Block, Line, refusal
from sim.view import View
from sim.world.mitigations import MITIGATIONS

_GROUPS = {
    "look": "look (changes nothing)",
    "alerts": "alerts and pages",
    "incident": "the incident",
    "act": "act on the system",
    "time": "time, help and the end",
}


def help_page(action: Help, _: View) -> Answer:
    """Answer `help`."""
    if action.topic is None:
        return Answer(tuple(_overview()))
    verb = VERBS.get(action.topic)
    if verb is None:
        close = get_close_matches(action.topic, VERBS, n=1)
        hint = f"did you mean {close[0]}?" if close else "`help` lists the verbs"
        return refusal(f"there is no verb {action.topic!r}; {hint}")
    lines = [
        Line(f"{verb.verb} {verb.usage}".strip(), "title"),
        Line(verb.about),
        *_consequences(verb.verb),
        Line(f"example: {verb.example}"),
    ]
    return Answer(tuple(lines))


def _consequences(verb: str) -> list[Line]:
    """Return what an act on the system hits and risks; nothing for other verbs."""
    mitigation = MITIGATIONS.get(verb)
    if mitigation is None:
        return []
    lines = [Line(f"hits: {mitigation.hits}"), Line(f"risk: {mitigation.risk}")]
    if mitigation.warn is not None:
        lines.append(Line("Where it is dangerous it says what it will hit, and asks once."))
    return lines


def _overview() -> list[Block]:
    blocks: list[Block] = []
    for group, title in _GROUPS.items():
        verbs = [verb.verb for verb in VERBS.values() if verb.group == group]
        blocks.append(Line(f"{title}: {'  '.join(verbs)}"))
    blocks.append(Line("`help VERB` shows how one is used, with an example. Tab completes.", "dim"))
    return blocks
