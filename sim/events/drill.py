"""The drill itself, and what people put into it."""

from sim.events.base import Event


class DrillStarted(Event):
    """The first event: who plays what."""

    kind = "drill.started"
    title: str
    briefing: str
    starts_at: str
    horizon_s: int
    role: str


class DrillPaused(Event):
    """The clock was stopped (input)."""

    kind = "drill.paused"


class DrillResumed(Event):
    """The clock runs again (input)."""

    kind = "drill.resumed"


class DrillEnded(Event):
    """Nobody can act any more; `reason` is 'resolved' or 'time limit'. The world runs on to the horizon."""

    kind = "drill.ended"
    reason: str


class ClockReached(Event):
    """Simulated time reached this point while somebody played live (input)."""

    kind = "clock.reached"


class ClockPaced(Event):
    """The pace was set: simulated seconds per second of wall time (input). Pacing itself lives outside."""

    kind = "clock.paced"
    speed: float


class ActionSubmitted(Event):
    """A verb that was accepted (input): canonical form and the line as typed."""

    kind = "action.submitted"
    verb: str
    command: str
    raw: str


class ActionRefused(Event):
    """A line that was not understood or made no sense now (input). Nothing changed."""

    kind = "action.refused"
    raw: str
    reason: str


class LookedAt(Event):
    """Somebody looked: judging by what could be seen needs it. Seen by who looked."""

    kind = "looked.at"
    verb: str
    args: str
    component: str | None = None
