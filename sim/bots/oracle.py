"""The player who reads the truth: proof that a scenario can be mastered, and the best known play.

It acts through the same verbs and with the pace of a person (assumptions: 15 s to a page, 20 s a look,
30 s an act or a statement, 60 s an update), but it knows from the scenario what is wrong and what cures it.
What can be prevented it ends at the first evidence, before anybody is paged; a false alarm it looks at,
reports and leaves alone.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.answer import Answer
from sim.drill import Drill
from sim.events import (
    EvidenceAppeared,
    ImpactMeasured,
    ImpactMitigated,
    ImpactRelapsed,
    ImpactStarted,
    Record,
)
from sim.spec import Fault, Scenario, Severity
from sim.world import faults

REACT_MS, LOOK_MS, SAY_MS, WRITE_MS = 15_000, 20_000, 30_000, 60_000
STEP_MS = 5_000
RANKS: tuple[Severity, ...] = ("P4", "P3", "P2", "P1")


def oracle(drill: Drill) -> None:
    """Play a drill as well as can be done by somebody who knows."""
    _Oracle(drill).play()


@dataclass(slots=True)
class _Oracle:
    drill: Drill
    last_update_ms: dict[str, int] = field(default_factory=dict)

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

    # --- steps --------------------------------------------------------------------------------------------

    def _leave_alone(self) -> None:
        """Take the page, look at users and at what is behind it, tell colleagues, and mark it."""
        while not self.drill.view.board.waiting_pages and not self.drill.ended:
            self._pass(STEP_MS)
        self._pass(REACT_MS)
        self._do("ack all")
        self._pass(LOOK_MS)
        self._do("status")
        self._look_at_the_culprit()
        self._update("internal", "A false alarm: users are well, and nothing was touched", None)
        for card in self.drill.view.board.open_alerts:
            self._do(f"noise {card.fired.alert}")
        self.drill.advance(self.drill.end_ms)

    def _avert(self) -> None:
        """Act at the first evidence, page or not; where users are hurt by then, relieve them as ever."""
        while self._latest(EvidenceAppeared) is None and not self.drill.ended:
            self._pass(STEP_MS)
        if self._hurting():
            self._relieve()
            return
        self._pass(REACT_MS)
        self._do("status")
        self._look_at_the_culprit()
        acts = list(self._cure())
        self._act(acts)
        self._update("internal", "It would have hurt users soon; we take it away before", None)
        self._follow(acts)
        self.drill.advance(self.drill.end_ms)

    def _relieve(self) -> None:
        """Declare, act, tell people until users are well, and close."""
        if not self._wait_for_page():
            return
        self._pass(REACT_MS)
        self._do("ack all")
        self._pass(LOOK_MS)
        self._do("status")
        self._look_at_the_culprit()
        self._do(f"declare {self._severity()} {self.scenario.title}")
        self._state_scope()
        acts = list(self._cure())
        self._act(acts)
        self._tell_everybody("We are acting on it")
        self._follow(acts)
        self._close()

    def _wait_for_page(self) -> bool:
        """Wait until somebody is paged for something real; noise is acknowledged and marked."""
        drill = self.drill
        while not drill.ended:
            for page in drill.view.board.waiting_pages:
                if self._hurting():
                    return True
                self._do(f"ack {page.page}")
                self._do(f"noise {page.alert}")
            self._pass(STEP_MS)
        return False

    def _look_at_the_culprit(self) -> None:
        fault = self._fault()
        if fault is None or fault.where.component is None:
            return
        for look in (f"metrics {fault.where.component}", f"logs {fault.where.component}"):
            self._pass(LOOK_MS)
            self._do(look)
        mechanism = faults.FAULTS[fault.kind].mechanism
        self._do(f"suspect {fault.where.component} {mechanism} 90%")

    def _state_scope(self) -> None:
        measured = self._impact()
        if measured is None or not measured.hurt:
            return
        journeys = dict.fromkeys(part.journey for part in measured.hurt)
        users = round(measured.users_hurt_share * 100)
        self._pass(SAY_MS)
        self._do(f"affects {','.join(journeys)} users {users}%")

    def _cure(self) -> Iterator[str]:
        """Return the commands of the scenario's first play that cures."""
        for play in self.scenario.plays:
            if play.effect == "cures":
                return iter(play.commands)
        return iter(())

    def _act(self, commands: list[str]) -> None:
        """Type the commands, each when the act before it is over and its tool did not fail."""
        before = ""
        for command in commands:
            while before and self._tool_failed() and not self.drill.ended:
                self._begin(before)
            self._begin(command)
            before = command

    def _begin(self, command: str) -> None:
        """Begin an act when hands are free; keep telling people meanwhile."""
        self._pass(SAY_MS)
        self._until_hands_are_free()
        if self._do(command).refused:
            self._do("yes")

    def _until_hands_are_free(self) -> None:
        while self.drill.view.board.running_acts and not self.drill.ended:
            self._keep_rhythm()
            self._pass(STEP_MS)

    def _tool_failed(self) -> bool:
        """Return, once hands are free, whether the tool of the newest act failed."""
        self._until_hands_are_free()
        finished = [card.finished for card in self.drill.view.board.acts.values()]
        return bool(finished) and finished[-1] is not None and not finished[-1].ok

    def _follow(self, acts: list[str]) -> None:
        """Wait until nobody is hurt, trying the last act again if its tool failed."""
        while not self._over() and not self.drill.ended:
            if acts and self._tool_failed():
                self._begin(acts[-1])
            self._keep_rhythm()
            self._pass(STEP_MS)

    def _close(self) -> None:
        if self.drill.ended:
            return
        self._do("status")
        self._do("mitigated")
        self._tell_everybody("Resolved: it works again for everybody. We look into the cause", closing=True)
        self._pass(SAY_MS)
        self._do("resolve")
        self.drill.advance(self.drill.end_ms)

    # --- telling people -----------------------------------------------------------------------------------

    def _keep_rhythm(self) -> None:
        """Follow the severity, acknowledge pages, and send what is due within the next minute."""
        board = self.drill.view.board
        if board.waiting_pages:
            self._do("ack all")
        if board.severity is None:
            return
        severity = self._severity()
        if RANKS.index(severity) > RANKS.index(board.severity):
            self._do(f"severity {severity}")
            self._state_scope()
        for audience, every_ms in self._rhythm():
            if self.drill.now_ms - self.last_update_ms.get(audience, 0) > every_ms - 2 * WRITE_MS:
                self._update(audience, "We are still on it", every_ms)

    def _tell_everybody(self, text: str, *, closing: bool = False) -> None:
        for audience, every_ms in self._rhythm():
            self._update(audience, text, None if closing else every_ms)

    def _update(self, audience: str, text: str, every_ms: int | None) -> None:
        measured = self._impact()
        hurt = list(dict.fromkeys(part.journey for part in measured.hurt)) if measured else []
        scope = self.drill.view.board.scope
        journeys = hurt or (list(scope.journeys) if scope else [])
        titles = [j.title for j in self.scenario.world.journeys if j.id in journeys]
        promise = f" next {every_ms // 60_000}m" if every_ms else ""
        affected = f" Affected: {', '.join(titles)}." if titles else ""
        self._pass(WRITE_MS)
        self._do(f'update {audience} "{text}.{affected}"{promise}')
        self.last_update_ms[audience] = self.drill.now_ms

    def _rhythm(self) -> list[tuple[str, int]]:
        """Return who has to hear from us, and how often in ms."""
        severity = self.drill.view.board.severity or "P1"
        row = self.scenario.policy.cadence_for(severity)
        rhythm = {
            "customer": row.customer_every_min,
            "executive": row.executive_every_min,
            "internal": row.executive_every_min,
        }
        return [(audience, minutes * 60_000) for audience, minutes in rhythm.items() if minutes]

    # --- truth --------------------------------------------------------------------------------------------

    def _fault(self) -> Fault | None:
        hurting = [fault for fault in self.scenario.faults if faults.FAULTS[fault.kind].hurts]
        return hurting[0] if hurting else None

    def _latest(self, *kinds: type) -> Record | None:
        return next((r for r in reversed(self.drill.truth) if isinstance(r.event, kinds)), None)

    def _impact(self) -> ImpactMeasured | None:
        record = self._latest(ImpactMeasured)
        return record.event if record is not None else None  # type: ignore[return-value]

    def _hurting(self) -> bool:
        measured = self._impact()
        return measured is not None and bool(measured.hurt)

    def _mitigated(self) -> bool:
        record = self._latest(ImpactMitigated, ImpactRelapsed)
        return record is not None and isinstance(record.event, ImpactMitigated)

    def _over(self) -> bool:
        """Return whether users are well again, or never were hurt and what was done is done."""
        if self._latest(ImpactStarted) is not None:
            return self._mitigated()
        finished = [card.finished for card in self.drill.view.board.acts.values()]
        return bool(finished) and all(done is not None and done.ok for done in finished[-1:])

    def _severity(self) -> Severity:
        """Return the severity that the impact of this moment has by the policy, if it lasts."""
        measured = self._impact()
        if measured is None:
            return "P4"
        worst = max((p.failed + p.slow for p in measured.hurt if self._critical(p.journey)), default=0.0)
        for row in self.scenario.policy.impact:
            if measured.users_hurt_share >= row.users_hurt_share or worst >= row.journey_bad_share:
                return row.severity
        return "P4"

    def _critical(self, journey: str) -> bool:
        return any(j.critical for j in self.scenario.world.journeys if j.id == journey)

    # --- hands --------------------------------------------------------------------------------------------

    def _do(self, line: str) -> Answer:
        return self.drill.enter(line)

    def _pass(self, ms: int) -> None:
        self.drill.advance(self.drill.now_ms + ms)
