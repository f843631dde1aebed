"""The player who acts on everything that alerts, one act after another; looks at nothing, tells nobody."""

from collections.abc import Iterator

from sim.bots.guess import Guess
from sim.bots.responder import STEP_MS, Pace
from sim.drill import Drill

HASTY = Pace(react_ms=15_000, look_ms=5_000, act_ms=5_000, write_ms=30_000)
"""Hardly a thought; assumptions."""
ACTS_MAX = 12
_ACTS = (
    "restart {}",
    "scale {} 2x",
    "rollback {}",
    "revert-config {}",
    "failover {}",
    "flush {}",
    "kill-query {}",
)


def shotgun(drill: Drill) -> None:
    """Play a drill by acting at once, on all that alerts, with all there is."""
    _Shotgun(drill, HASTY).play()


class _Shotgun(Guess):
    def play(self) -> None:
        if self.wait_for_page():
            self.do("ack all")
            done = 0
            while done < ACTS_MAX and not self.drill.ended:
                command = next((c for c in self._commands() if not self.act(c).refused), None)
                done += 1
                if command is None:
                    self.pass_(12 * STEP_MS)
        self.run_out()

    def choose(self) -> tuple[str, ...]:
        return ()

    def _commands(self) -> Iterator[str]:
        """Yield acts on what alerts now that were not begun yet."""
        begun = {f"{card.started.verb} {card.started.target}" for card in self.view.board.acts.values()}
        for act in _ACTS:
            for component in self.loudest():
                command = act.format(component)
                if command not in begun:
                    yield command
