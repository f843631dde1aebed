"""Acts on the world, and changes by others."""

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
