"""Acts on the world, and changes by others."""

import re
from collections.abc import Iterable

from sim.events.base import Event


class ActStarted(Event):
    """A hands-on act began. `by` is the person at the keyboard, `target` as it was named."""

    kind = "act.started"
    act: int
    verb: str
    target: str
    by: str
    takes_s: int


class ActProgressed(Event):
    """Visible progress, e.g. 2 of 8 ready."""

    kind = "act.progressed"
    act: int
    done: int
    of: int
    what: str


class ActFinished(Event):
    """The act is over as far as the tool that did it can tell; `ok` is False where the tool itself failed."""

    kind = "act.finished"
    act: int
    verb: str
    target: str
    ok: bool
    text: str


class ChangeMade(Event):
    """A logged change by somebody else was made."""

    kind = "change.made"
    change: str
    component: str
    what: str
    summary: str
    by: str


def taking_back(acts: Iterable[ActStarted]) -> frozenset[int]:
    """Return which of these acts, given in order, take back what was done before.

    They are those that end in ` off`, and throttles that let in a higher share than the one before.
    """
    found: set[int] = set()
    let_in: dict[str, float] = {}
    for act in acts:
        if act.target.endswith(" off"):
            found.add(act.act)
        elif act.verb == "throttle" and (said := re.fullmatch(r"(\S+) ([\d.]+)%", act.target)):
            place, share = said[1], float(said[2])
            if share > let_in.get(place, 100.0):
                found.add(act.act)
            let_in[place] = share
    return frozenset(found)
