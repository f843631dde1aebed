"""The player who does nothing: what an outage does when nobody comes."""

from sim.drill import Drill


def idle(drill: Drill) -> None:
    """Let the drill run to its limit."""
    drill.advance(drill.end_ms)
