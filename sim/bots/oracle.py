"""The player who reads the truth: proof that a scenario can be mastered, and the best known play.

It acts through the same verbs and with the pace of a person (assumptions: 15 s to a page, 20 s a look,
30 s an act or a statement, 60 s an update), but it knows from the scenario what is wrong and what cures it.
What can be prevented it ends at the first evidence, before anybody is paged; a false alarm it looks at,
reports and leaves alone.
"""

from sim.bots.felt import Felt, by_policy
from sim.bots.responder import KNOWING, STEP_MS, Responder
from sim.drill import Drill
from sim.events import (
    EvidenceAppeared,
    ImpactMeasured,
    ImpactMitigated,
    ImpactRelapsed,
    ImpactStarted,
    Record,
)
from sim.spec import Fault, Scenario
from sim.world import faults


def oracle(drill: Drill) -> None:
    """Play a drill as well as can be done by somebody who knows."""
    _Oracle(drill, KNOWING).play()


class _Oracle(Responder):
    @property
    def scenario(self) -> Scenario:
        return self.drill.scenario

    def play(self) -> None:
        match self.scenario.expects:
            case "no_action":
                self._leave_alone()
            case "prevent":
                self._avert()
            case _:
                self._relieve()

    # --- ways to play -------------------------------------------------------------------------------------

    def _leave_alone(self) -> None:
        """Take the page, look at users and at what is behind it, tell colleagues, and mark it."""
        while not self.view.board.waiting_pages and not self.drill.ended:
            self.pass_(STEP_MS)
        self.pass_(self.pace.react_ms)
        self.do("ack all")
        self.look("status")
        self._look_at_the_culprit()
        self.update("internal", "A false alarm: users are well, and nothing was touched", None)
        for card in self.view.board.open_alerts:
            self.do(f"noise {card.fired.alert}")
        self.run_out()

    def _avert(self) -> None:
        """Act at the first evidence, page or not; where users are hurt by then, relieve them as ever."""
        while self._latest(EvidenceAppeared) is None and not self.drill.ended:
            self.pass_(STEP_MS)
        if self.felt().hurt:
            self._relieve()
            return
        self.pass_(self.pace.react_ms)
        self.do("status")
        self._look_at_the_culprit()
        acts = self._best_play()
        self._act(acts)
        self.update("internal", "It would have hurt users soon; we take it away before", None)
        self._follow(acts)
        self.run_out()

    def _relieve(self) -> None:
        """Declare, act, tell people until users are well, and close."""
        if not self._wait_for_page():
            return
        self.pass_(self.pace.react_ms)
        self.do("ack all")
        self.look("status")
        self._look_at_the_culprit()
        self.declare(self.scenario.title, self.felt().severity)
        self.state_scope(self.felt())
        acts = self._best_play()
        self._act(acts)
        self.tell_everybody("We are acting on it")
        self.news = "We are still on it"
        self._follow(acts)
        self._close()

    # --- steps --------------------------------------------------------------------------------------------

    def _wait_for_page(self) -> bool:
        """Wait until somebody is paged for something real; noise is acknowledged and marked."""
        while not self.drill.ended:
            for page in self.view.board.waiting_pages:
                if self.felt().hurt:
                    return True
                self.do(f"ack {page.page}")
                self.do(f"noise {page.alert}")
            self.pass_(STEP_MS)
        return False

    def _look_at_the_culprit(self) -> None:
        self.look("changes")
        fault = self._fault()
        if fault is not None and fault.where.component is not None:
            self.look(f"metrics {fault.where.component}")
            mechanism = faults.FAULTS[fault.kind].mechanism
            self.do(f"suspect {fault.where.component} {mechanism} 90%")

    def _best_play(self) -> tuple[str, ...]:
        """Return the commands of the scenario's first play that cures or, where none does, that relieves."""
        for effect in ("cures", "relieves"):
            for play in self.scenario.plays:
                if play.effect == effect:
                    return play.commands
        return ()

    def _act(self, commands: tuple[str, ...]) -> None:
        """Give the commands, each when the act before it is done; people hear while the last one runs."""
        for command in commands[:-1]:
            if command.startswith("wait"):
                self.wait(command)
            else:
                self.perform(command)
        for command in commands[-1:]:
            self.begin(command)

    def spared(self, command: str) -> bool:
        """Wait until a standby that is to be promoted has everything."""
        verb, component = command.split()[:2]
        return verb == "failover" and self.caught_up(component)

    def _follow(self, acts: tuple[str, ...]) -> None:
        """Wait until nobody is hurt, trying the last act again if its tool failed."""
        while not self._over() and not self.drill.ended:
            finished = [card.finished for card in self.view.board.acts.values()]
            if acts and finished and finished[-1] is not None and not finished[-1].ok:
                self.begin(acts[-1])
            self.step()

    def _close(self) -> None:
        if self.drill.ended:
            return
        self.do("status")
        self.do("mitigated")
        self.tell_everybody("Resolved: it works again for everybody. We look into the cause", closing=True)
        self.pass_(self.pace.act_ms)
        self.do("resolve")
        self.run_out()

    # --- truth --------------------------------------------------------------------------------------------

    def _fault(self) -> Fault | None:
        hurting = [fault for fault in self.scenario.faults if faults.FAULTS[fault.kind].acts]
        return hurting[0] if hurting else None

    def _latest(self, *kinds: type) -> Record | None:
        return next((r for r in reversed(self.drill.truth) if isinstance(r.event, kinds)), None)

    def _over(self) -> bool:
        """Return whether users are well again, or never were hurt and what was done is done."""
        if self._latest(ImpactStarted) is not None:
            record = self._latest(ImpactMitigated, ImpactRelapsed)
            return record is not None and isinstance(record.event, ImpactMitigated)
        finished = [card.finished for card in self.view.board.acts.values()]
        return bool(finished) and all(done is not None and done.ok for done in finished[-1:])

    def felt(self) -> Felt:
        """Return how bad it really is, and the severity that this moment has by the policy, if it lasts."""
        record = self._latest(ImpactMeasured)
        if record is None or not isinstance(record.event, ImpactMeasured):
            return Felt()
        measured, world = record.event, self.scenario.world
        critical = {journey.id for journey in world.journeys if journey.critical}
        worst = max((p.failed + p.slow for p in measured.hurt if p.journey in critical), default=0.0)
        journeys = tuple(dict.fromkeys(part.journey for part in measured.hurt))
        titles = tuple(journey.title for journey in world.journeys if journey.id in journeys)
        severity = by_policy(self.scenario.policy, measured.users_hurt_share, worst)
        return Felt(severity, journeys, titles, measured.users_hurt_share)
