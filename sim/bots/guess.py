"""What the players with one fixed rule share: they take the page, declare, act once by the rule, and wait.

They are what a scenario must not reward: whoever always does the same should not do well.
"""

from abc import abstractmethod

from sim.board import AlertCard
from sim.bots.felt import Felt
from sim.bots.responder import STEP_MS, Responder
from sim.spec import Severity

ALWAYS: Severity = "P2"
"""What a constant guess declares, whatever it is."""


class Guess(Responder):
    """Takes the first page, declares P2, does what `choose` says, tells customers once."""

    def play(self) -> None:
        """Play to the end."""
        if self.wait_for_page():
            self.state("ack all")
            self.pass_(self.pace.act_ms)
            self.declare("something is broken", ALWAYS)
            for command in self.choose():
                if not self.act(command).refused:
                    break
            self.update("customer", "We see trouble and are working on it", None)
        self.run_out()

    @abstractmethod
    def choose(self) -> tuple[str, ...]:
        """Return what to do, best first; the first that is not refused is done."""

    def felt(self) -> Felt:
        """Return that nothing is known: a guess does not look at users."""
        return Felt()

    def wait_for_page(self) -> bool:
        """Wait for a page and come to it; return False where the drill ends without one."""
        while not self.drill.ended:
            if self.view.board.waiting_pages:
                self.pass_(self.pace.react_ms)
                return True
            self.pass_(STEP_MS)
        return False

    def loudest(self) -> tuple[str, ...]:
        """Return the components that alert, those with most alerts first."""
        names = self.view.names.components
        firing = [card.fired.component for card in self.view.board.open_alerts]
        return tuple(sorted({c for c in firing if c in names}, key=lambda c: (-firing.count(c), c)))


def loudness(card: AlertCard) -> tuple[int, int]:
    """Return how loud an alert is: critical before warning before info, then the oldest."""
    return (("critical", "warning", "info").index(card.fired.severity), card.since_ms)
