"""A drill that is being played and answers tools meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.actions import Action, Refused, parse
from sim.answer import Answer
from sim.bridge.alertmanager import Seen
from sim.bridge.answer import Problem
from sim.bridge.prometheus import Asked, check_measured
from sim.bridge.store import DrillStore
from sim.bridge.time_map import TimeMap
from sim.drill import Drill


@dataclass(frozen=True, slots=True)
class Hosted:
    """The drill, what its clock shows now (ms), the outside time now (ms from 1970), the clock's speed.

    `since_ms` is the simulated time since when there is a bridge.
    """

    drill: Drill
    clock_ms: Callable[[], int]
    unix_ms: Callable[[], int]
    speed: Callable[[], float]
    since_ms: int
    store: DrillStore

    def times(self) -> TimeMap:
        """Return how simulated and outside time belong together now."""
        return TimeMap(self.clock_ms(), self.unix_ms())

    def seen(self) -> Seen:
        """Return the alerting side of the drill as it is now. Raises Problem while nobody may look."""
        self.check_running()
        return Seen(self.drill.view.router, self.drill.now_ms, self.times())

    def asked(self) -> Asked:
        """Return the measuring side of the drill as it is now. Raises Problem while nobody may look."""
        self.check_running()
        asked = Asked(self.drill.view, self.store, self.times())
        check_measured(asked)
        return asked

    def check_running(self) -> None:
        """Raise Problem while the drill is paused: nobody may look at it then."""
        if self.drill.paused and not self.drill.ended:
            raise Problem("the drill is paused; nothing can be looked at until it goes on", 503)

    def submit(self, action: Action) -> Answer:
        """Do what an action says, as the person in the seat would by typing it."""
        if not self.drill.ended:
            self.drill.advance(max(self.clock_ms(), self.drill.now_ms))
        line = action.command()
        try:
            parse(line, self.drill.view.names)
        except Refused as refused:
            raise Problem(f"the drill refused it: {refused}") from None
        return self.drill.enter(line)
