"""The constant guess "turn it off and on again": restart what alerts most."""

from sim.bots.guess import Guess
from sim.bots.responder import THINKING
from sim.drill import Drill


def restart_loudest(drill: Drill) -> None:
    """Play a drill by restarting the component with most alerts firing."""
    _RestartLoudest(drill, THINKING).play()


class _RestartLoudest(Guess):
    def choose(self) -> tuple[str, ...]:
        self.look("alerts")
        return tuple(f"restart {component}" for component in self.loudest())
