"""The expert's loop: watch, take a page, diagnose, act, verify, close. The policy is in the package."""

from sim.board import ActCard, AlertCard
from sim.bots.expert.diagnose import Hypothesis, hypotheses, places, with_deploy
from sim.bots.expert.observe import GAUGES, Eyes
from sim.bots.expert.remedies import Remedy, remedies
from sim.bots.expert.watch import Coming, coming
from sim.bots.felt import Felt, felt_by_figures, felt_by_logs
from sim.bots.responder import STEP_MS, Pace, Responder
from sim.drill import Drill

ENOUGH_SCORE, LEAST_SCORE = 2.4, 0.25
"""A hypothesis this likely is acted on without looking further; one less likely than the other is none."""
PLACES_MAX = 4
"""So many components are looked at closely before acting on the best hypothesis there is."""
REFRESH_MS = 120_000
"""How users are is looked at again after so long."""
BLIND_S = 60
"""Without dashboards so much of the logs is read to tell how users are."""
SETTLE_MS = 45_000
"""An act shows in the figures after so long."""
HOLD_MS = 5 * 60_000
"""Users have to be well for so long before it is called over."""
CALM_MS, BUSY_CPU, MOVES_MAX = 3 * 60_000, 0.9, 8
"""What drowns gets so long to keep up with what is let in, that is below this share of its processors; so
many times more or less is let in."""
AGAIN_MS = 3 * 60_000
"""An alert that hurts nobody is looked at again after so long."""
CHRONIC_FIRED, CHRONIC_SHARE = 6, 0.8
"""A rule that fired so often in two weeks and mostly resolved itself is a chronic one."""


class Expert(Responder):
    """Plays by what the view shows alone."""

    def __init__(self, drill: Drill, pace: Pace) -> None:
        super().__init__(drill, pace)
        self.eyes = Eyes(drill.view, self.look)
        self._felt = Felt()
        self._felt_ms = 0
        self._considered: set[int] = set()
        self._tried: set[str] = set()
        self._asked: set[str] = set()
        self._worries: dict[int, int] = {}
        self._scoped = False

    def play(self) -> None:
        """Play to the end: watch, and see to what comes."""
        while not self.drill.ended:
            if self._watch():
                self._respond()

    # --- how users are ------------------------------------------------------------------------------------

    def felt(self) -> Felt:
        """Return how users were when last looked at."""
        return self._felt

    def _feel(self, line: str = "journeys") -> Felt:
        if line == "status" or not self.eyes.blind:
            self.look(line)
        if self.eyes.blind:
            for entry in dict.fromkeys(j.entry.split(".")[0] for j in self.view.world.journeys):
                self.look(f"logs {entry} last {BLIND_S}s")
            self._felt = felt_by_logs(self.view, BLIND_S)
        else:
            self._felt = felt_by_figures(self.view)
        self._felt_ms = self.drill.now_ms
        return self._felt

    def keep_rhythm(self) -> None:
        """Look at users again now and then, so that severity and updates say what is so."""
        if self.declared and self.drill.now_ms - self._felt_ms >= REFRESH_MS:
            self._feel()
        super().keep_rhythm()

    # --- watching -----------------------------------------------------------------------------------------

    def _watch(self) -> bool:
        """Wait until users are hurt; see to alerts meanwhile. Return False where the drill is over."""
        while not self.drill.ended:
            waiting = self.view.board.waiting_pages
            fresh = [c for c in self.view.board.open_alerts if c.fired.alert not in self._considered]
            due = [number for number, at_ms in self._worries.items() if at_ms <= self.drill.now_ms]
            if waiting:
                self.pass_(self.pace.react_ms)
                self.take_pages()
            if waiting or fresh or due:
                if self._feel("status").hurt:
                    return True
                for card in fresh:
                    self._considered.add(card.fired.alert)
                    self._consider(card)
                for number in due:
                    self._consider_again(self.view.board.alerts[number])
            self.pass_(STEP_MS)
        return False

    def _consider(self, card: AlertCard) -> None:
        """Look into an alert that hurts nobody: avert what is coming, or leave it alone for now."""
        number, rule = card.fired.alert, self.view.rules_named(card.fired.rule)[0].rule
        self.look(f"alert {number}")
        history = self.view.alert_history(rule.name)
        often = history.fired >= CHRONIC_FIRED
        chronic = often and history.resolved_itself >= CHRONIC_SHARE * history.fired
        if chronic and rule.severity != "critical" and rule.signal not in GAUGES:
            self.do(f"noise {number}")
        elif rule.component is not None and not self._threatened(rule.component):
            self._worries[number] = self.drill.now_ms + AGAIN_MS

    def _consider_again(self, card: AlertCard) -> None:
        """Nobody was hurt a while later either: say so and mark it, unless it moves now."""
        number, component = card.fired.alert, card.fired.component
        del self._worries[number]
        if self._threatened(component):
            return
        if card.fired.severity == "critical":
            self.state(f"note {card.fired.rule}: users are well, nothing to act on")
            self.update("internal", f"{card.fired.rule} on {component}: looked at it, users are well", None)
        self.do(f"noise {number}")

    def _threatened(self, component: str) -> bool:
        """Look at a component and act on what its gauges say is coming; return whether anything is."""
        self.eyes.closely(component)
        scene = self.eyes.scene(())
        threat = coming(scene.of(component), scene)
        if threat is not None:
            self._avert(threat)
        return threat is not None

    def _avert(self, threat: Coming) -> None:
        """Act on what will hurt users soon, and tell colleagues."""
        component = threat.hypothesis.component
        self.eyes.changes_of(component)
        scene = self.eyes.scene(())
        of = with_deploy(threat.hypothesis, scene)
        self.state(f"suspect {component} {of.mechanism} {of.confidence}%")
        untried = (r for r in remedies(of, scene) if r.commands[0] not in self._tried)
        done = next((r.commands[0] for r in untried if self._first_time(r)), None)
        text = f"done: {done}" if done else "nothing of ours helps; somebody of that team should look"
        self.update("internal", f"{of.why}; users are not hurt. {text}", None)

    def _first_time(self, remedy: Remedy) -> bool:
        """Do what was not tried yet; return whether it was done."""
        self._tried.add(remedy.commands[0])
        return self._perform(remedy)

    # --- an incident --------------------------------------------------------------------------------------

    def _respond(self) -> None:
        """See an incident through: declare, act until users are well, close."""
        self.take_pages()
        self._tried.clear()
        self._scoped = False
        felt = self._feel()
        if not felt.hurt:
            return
        self._open(felt)
        self.eyes.forget()
        self.eyes.the_map()
        self.eyes.changes()
        while not self.drill.ended:
            if self._well():
                break
            chosen = self._next()
            if chosen is None:
                self._ask_for_help()
            else:
                self._try(*chosen)
        self._close()

    def _open(self, felt: Felt) -> None:
        if self.declared:
            return
        self.pass_(self.pace.act_ms)
        titles = ", ".join(felt.titles[:3])
        self.declare(f"{titles}: users are hurt", felt.severity)

    def _next(self) -> tuple[Hypothesis, Remedy] | None:
        """Look until a hypothesis is likely enough; return it with the first remedy not tried yet."""
        hurt = self._felt.journeys
        if self.eyes.blind and hurt:
            self.eyes.trace(hurt[0])
        for _ in range(PLACES_MAX):
            best = self._untried(ENOUGH_SCORE)
            if best is not None:
                return best
            scene = self.eyes.scene(hurt)
            place = next((name for name, _ in places(scene) if not self.eyes.looked_at(name)), None)
            if place is None or self.drill.ended:
                break
            self.eyes.closely(place)
            if scene.of(place).ratio("rps") > 1.35 and hurt and not scene.busy_clients:
                self.eyes.clients(hurt[0])
        return self._untried(LEAST_SCORE)

    def _untried(self, least: float) -> tuple[Hypothesis, Remedy] | None:
        scene = self.eyes.scene(self._felt.journeys)
        for hypothesis in hypotheses(scene):
            if hypothesis.score < least:
                break
            for remedy in remedies(hypothesis, scene):
                if remedy.commands[0] not in self._tried:
                    return hypothesis, remedy
        return None

    def _try(self, of: Hypothesis, remedy: Remedy) -> None:
        """Act on a hypothesis and see whether it helped; take it back where it did not."""
        suspicions = self.view.board.hypotheses
        last = suspicions[-1][1] if suspicions else None
        if last is None or (last.component, last.mechanism) != (of.component, of.mechanism):
            self.do(f"suspect {of.component} {of.mechanism} {of.confidence}%")
        self._tried.add(remedy.commands[0])
        before = self._felt
        self.news = f"We are acting on what is likely the cause, in {of.component}"
        if not self._perform(remedy):
            return
        if remedy.lift:
            self._let_in(remedy)
        if self._helped(before):
            return
        for command in remedy.undo:
            self.perform(command)
        self.news = "What we did has not helped yet; we are following the next idea"
        self.eyes.forget()
        self.eyes.the_map()

    def _helped(self, before: Felt) -> bool:
        """Wait while it gets better; return whether it is much better than before."""
        share = before.users_share
        for _ in range(6):
            self.spend(SETTLE_MS)
            now = self._feel()
            if not now.hurt:
                return True
            if now.users_share > 0.8 * share:
                break
            share = now.users_share
        return self._felt.users_share < 0.3 * before.users_share

    def _well(self) -> bool:
        """Return whether users are well and stay so for a while."""
        since_ms = self.drill.now_ms
        self.news = "It looks better since we acted; we keep watching"
        while not self._felt.hurt and not self.drill.ended:
            if self.drill.now_ms - since_ms >= HOLD_MS:
                return True
            self.spend(STEP_MS * 6)
            self._feel("status")
        return False

    def _let_in(self, remedy: Remedy) -> None:
        """Let everybody in again by steps, each while the place keeps up; a step back where it does not."""
        levels, at = (remedy.commands[0], *remedy.lift), 0
        for _ in range(MOVES_MAX):
            keeps_up = self._keeps_up(remedy.watch)
            if (keeps_up and at + 1 == len(levels)) or self.drill.ended:
                return
            at = at + 1 if keeps_up else max(0, at - 1)
            self.perform(levels[at])
        self.perform(levels[-1])

    def _keeps_up(self, component: str) -> bool:
        """Wait until a component has processors to spare and answers soon; False where it does not get so."""
        from_ms = self.drill.now_ms
        while self.drill.now_ms - from_ms < CALM_MS and not self.drill.ended:
            self.spend(SETTLE_MS)
            self.look(f"metrics {component}")
            now = self.view.figures(component, samples=2).get((None, ""), {})
            if now.get("cpu_share", 0.0) < BUSY_CPU:
                return True
        return False

    def _ask_for_help(self) -> None:
        """Page the team that owns the likeliest place, and look anew after a while."""
        likely = next((name for name, _ in places(self.eyes.scene(self._felt.journeys))), None)
        team = self.view.world.component(likely).team if likely else ""
        if team in self.view.names.teams and team not in self._asked:
            self._asked.add(team)
            self.state(f"page {team}")
        self.spend(60_000)
        self._tried.clear()
        self.eyes.forget()
        self._feel()
        self.eyes.the_map()
        self.eyes.changes()

    def _close(self) -> None:
        if self.drill.ended or not self.declared:
            return
        self._feel("status")
        self.state("mitigated")
        self.tell_everybody("It works again, users have recovered. We look into the cause", closing=True)
        self._feel("status")
        if not self._felt.hurt:
            self.state("resolve")

    def spared(self, command: str) -> bool:
        """Free what holds a standby back and wait until it has caught up: confirmed is confirmed."""
        verb, component = command.split()[:2]
        if verb != "failover":
            return False
        self.news = "We wait until the copy has everything, so that nothing is lost"
        self.eyes.closely(component)
        scene = self.eyes.scene(())
        held = (of for of in hypotheses(scene) if (of.component, of.mechanism) == (component, "database"))
        for of in held:
            self.do(f"note {component}: {of.why.split(maxsplit=1)[-1]}")
            self.perform(f"kill-query {component}")
        return self.caught_up(component)

    # --- hands --------------------------------------------------------------------------------------------

    def _perform(self, remedy: Remedy) -> bool:
        """Give the commands in order; return whether the first of them was done."""
        done = [self.perform(command) for command in remedy.commands]
        return done[0]

    def begin(self, command: str) -> ActCard | None:
        """Begin an act, and state the scope once the first one runs."""
        card = super().begin(command)
        if card is not None and not self._scoped:
            self._scoped = True
            self.state_scope(self._felt)
        return card
