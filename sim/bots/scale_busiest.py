"""The constant guess "more of it": double what is busiest."""

from math import isfinite

from sim.bots.guess import Guess
from sim.bots.responder import THINKING
from sim.drill import Drill


def scale_busiest(drill: Drill) -> None:
    """Play a drill by scaling the component whose processors or connections are used most, as it can see."""
    _ScaleBusiest(drill, THINKING).play()


class _ScaleBusiest(Guess):
    def choose(self) -> tuple[str, ...]:
        self.look("topology")
        shown = [component.id for component in self.view.world.components if not component.hidden]
        return tuple(f"scale {name} 2x" for name in sorted(shown, key=lambda name: -self._busy(name)))

    def _busy(self, component: str) -> float:
        figures = self.view.figures(component).get((None, ""), {})
        used = [
            figures[s] for s in ("cpu_share", "connections_share") if isfinite(figures.get(s, float("nan")))
        ]
        return max(used, default=0.0)
