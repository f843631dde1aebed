"""What the players who respond share: hands that take time, and a voice that keeps the policy's rhythm."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf

from sim.answer import Answer
from sim.board import ActCard
from sim.bots.felt import Felt, worse
from sim.drill import Drill
from sim.spec import Severity

STEP_MS = 5_000
INTERNAL_EVERY_MS = 30 * 60_000
"""Colleagues hear of P1 to P3 so often: each 20 to 30 minutes (facts of published policies)."""
CATCH_UP_MS, CAUGHT_UP_S = 3 * 60_000, 1.0
"""A standby that has not come nearer for so long does not catch up; so little behind it has everything."""
LOST = "would be lost"
"""What is said of an act that loses records for good; a player who does not see to that does not begin it."""
TRIES = 3
"""An act whose tool gives up is tried so often in all."""
WORD_STEPS = 72
"""For somebody to come, or to agree, one waits so many steps: six minutes; an assumption."""
LOWER_AFTER_MS = 5 * 60_000
"""A severity is lowered when it was lower for so long; an assumption."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take a player, in ms: to come to a page, a look, an act or a statement, an update."""

    react_ms: int
    look_ms: int
    act_ms: int
    write_ms: int


THINKING = Pace(react_ms=15_000, look_ms=20_000, act_ms=30_000, write_ms=90_000)
"""Thinking time of somebody who works it out (assumptions of the design)."""
KNOWING = Pace(react_ms=15_000, look_ms=20_000, act_ms=30_000, write_ms=60_000)
"""Of somebody who knows, and has nothing to weigh; assumptions."""


class Responder(ABC):
    """A player who declares, tells people and acts. Each finds out in their own way how bad it is."""

    def __init__(self, drill: Drill, pace: Pace) -> None:
        self.drill = drill
        self.view = drill.view
        self.pace = pace
        self.news = "We are looking into it"
        self._told_ms: dict[str, int] = {}
        self._promised_ms: dict[str, int] = {}
        self._lower_since_ms: int | None = None

    @abstractmethod
    def felt(self) -> Felt:
        """Return how bad it is for users, as far as this player knows."""

    # --- hands --------------------------------------------------------------------------------------------

    def do(self, line: str) -> Answer:
        """Type a line at this moment."""
        return self.drill.enter(line)

    def pass_(self, ms: int) -> None:
        """Let time go by."""
        self.drill.advance(self.drill.now_ms + ms)

    def look(self, line: str) -> Answer:
        """Type a line that looks, after the time it takes to think of it and read."""
        self.pass_(self.pace.look_ms)
        self.take_pages()
        return self.do(line)

    def take_pages(self) -> None:
        """Acknowledge the pages that wait; it costs no thought."""
        if self.view.board.waiting_pages:
            self.do("ack all")

    def state(self, line: str) -> Answer:
        """Type an act or a statement, after the time it takes to make up one's mind."""
        self.pass_(self.pace.act_ms)
        return self.do(line)

    def act(self, line: str) -> Answer:
        """Begin an act when hands are free, and say yes where it asks; keep telling people meanwhile."""
        self.pass_(self.pace.act_ms)
        self.until_hands_are_free()
        answer = self.do(line)
        return self.do("yes") if answer.refused and "`yes`" in answer.text else answer

    def wait(self, line: str) -> None:
        """Type a `wait` and let time pass until it is over."""
        self.do(line)
        while self.drill.waiting_until() is not None and not (self.drill.wait_over() or self.drill.ended):
            self.step()

    def begin(self, command: str) -> ActCard | None:
        """Begin an act; get somebody for its second word where it needs one. None where it is refused."""
        known = set(self.view.board.acts)
        answer = self.act(command)
        if answer.refused and LOST in answer.text and self.spared(command):
            answer = self.act(command)
        if answer.refused and "second person" in answer.text and LOST not in answer.text:
            self.get_somebody()
            answer = self.act(command)
        for _ in range(0 if answer.refused else WORD_STEPS):
            begun = [card for number, card in self.view.board.acts.items() if number not in known]
            if begun:
                return begun[0]
            self.step()  # somebody has to agree first
        return None

    def done(self, card: ActCard) -> bool:
        """Wait for the end of an act; return whether its tool did it."""
        self.until_hands_are_free()
        finished = self.view.board.acts[card.started.act].finished
        return finished is not None and finished.ok

    def perform(self, command: str) -> bool:
        """Begin an act and see it to its end, again where its tool gave up; return whether it was done."""
        for _ in range(TRIES):
            card = self.begin(command)
            if card is None:
                return False
            if self.done(card):
                return True
        return False

    def spared(self, command: str) -> bool:
        """See to it that an act loses no records any more; return whether it is so. By default not."""
        return False

    def caught_up(self, component: str) -> bool:
        """Wait while a standby catches up; return whether it has everything."""
        lag_s, since_ms = inf, self.drill.now_ms
        while self.drill.now_ms - since_ms < CATCH_UP_MS and not self.drill.ended:
            self.look(f"metrics {component} lag_s")
            now_s = self.view.measured_now(component, "lag_s") or 0.0
            if now_s < CAUGHT_UP_S:
                return True
            if now_s < 0.9 * lag_s:
                lag_s, since_ms = now_s, self.drill.now_ms
            self.spend(CATCH_UP_MS // 6)
        return False

    def get_somebody(self) -> None:
        """Page whoever is behind us and wait until they are here."""
        other = next((person.id for person in self.view.chain[1:]), None)
        if other is None:
            return
        self.state(f"page {other}")
        for _ in range(WORD_STEPS):
            if other in self.view.board.joined or self.drill.ended:
                return
            self.step()

    def until_hands_are_free(self) -> None:
        """Wait until no act of ours runs."""
        while self.view.board.running_acts and not self.drill.ended:
            self.step()

    def step(self) -> None:
        """Let a moment go by, and tell whom it is time to tell."""
        self.keep_rhythm()
        self.pass_(STEP_MS)

    def spend(self, ms: int) -> None:
        """Let so much time go by, telling whom it is time to tell."""
        until_ms = self.drill.now_ms + ms
        while self.drill.now_ms < until_ms and not self.drill.ended:
            self.step()

    def run_out(self) -> None:
        """Let the drill come to its end."""
        self.drill.advance(self.drill.end_ms)

    # --- telling people -----------------------------------------------------------------------------------

    @property
    def declared(self) -> bool:
        """Whether an incident is open."""
        board = self.view.board
        return board.declared_ms is not None and board.resolved_ms is None

    def declare(self, title: str, severity: Severity) -> None:
        """Open the incident; updates of one before do not count for it."""
        self._told_ms.clear()
        self._promised_ms.clear()
        self.do(f"declare {severity} {title}")

    def state_scope(self, felt: Felt) -> None:
        """Say which journeys and how many users are hurt."""
        if felt.hurt:
            users = f"{max(0.1, felt.users_share * 100):.2g}"
            self.state(f"affects {','.join(felt.journeys)} users {users}%")

    def keep_rhythm(self) -> None:
        """Acknowledge pages, follow the severity, and send what is due soon."""
        self.take_pages()
        if not self.declared:
            return
        self.follow_severity()
        for audience, due_ms, every_ms in self._due():
            if self.drill.now_ms > due_ms - 2 * self.pace.write_ms:
                self.update(audience, self.news, every_ms)

    def follow_severity(self) -> None:
        """Raise the severity as soon as it is worse, lower it when it has been less for some minutes."""
        felt, stated = self.felt(), self.view.board.severity
        if stated is None or felt.severity == stated:
            self._lower_since_ms = None
        elif worse(felt.severity, stated):
            self.do(f"severity {felt.severity}")
            self.state_scope(felt)
        elif felt.hurt:
            since_ms = self._lower_since_ms = self._lower_since_ms or self.drill.now_ms
            if self.drill.now_ms - since_ms >= LOWER_AFTER_MS:
                self.do(f"severity {felt.severity}")

    def tell_everybody(self, text: str, *, closing: bool = False) -> None:
        """Tell all audiences that this severity has."""
        for audience, _, every_ms in self._due():
            self.update(audience, text, None if closing else every_ms)

    def update(self, audience: str, text: str, every_ms: int | None) -> None:
        """Write an update: since when it is so, what is affected, when they hear again."""
        felt, scope = self.felt(), self.view.board.scope
        named = felt.journeys or (scope.journeys if scope else ())
        titles = [j.title for j in self.view.world.journeys if j.id in named]
        self.pass_(self.pace.write_ms)
        if every_ms and self.declared:
            self.follow_severity()  # it may have got worse meanwhile, and ask for a faster rhythm
            every_ms = next((every for heard, _, every in self._due() if heard == audience), every_ms)
        clock = self.view.wall_clock(self.drill.now_ms)[:5]
        affected = f" Affected: {', '.join(titles)}." if titles else ""
        promise = f" next {every_ms // 60_000}m" if every_ms else ""
        self.do(f'update {audience} "{clock}: {text}.{affected}"{promise}')
        self._told_ms[audience] = now_ms = self.drill.now_ms
        self._promised_ms.pop(audience, None)
        if every_ms:
            self._promised_ms[audience] = now_ms + every_ms

    def _due(self) -> list[tuple[str, int, int]]:
        """Return audience, when it is due to hear from us, and how often then, in ms."""
        board = self.view.board
        severity, declared_ms = board.severity or "P1", board.declared_ms or 0
        row = self.view.policy.cadence_for(severity)
        rhythm = {
            "customer": (_ms(row.customer_first_min), _ms(row.customer_every_min)),
            "executive": (_ms(row.executive_every_min),) * 2,
            "internal": (INTERNAL_EVERY_MS if severity != "P4" else None,) * 2,
        }
        found = []
        for audience, (first_ms, every_ms) in rhythm.items():
            if first_ms and every_ms:
                told_ms = self._told_ms.get(audience)
                due_ms = declared_ms + first_ms if told_ms is None else told_ms + every_ms
                due_ms = min(due_ms, self._promised_ms.get(audience, due_ms))
                found.append((audience, due_ms, every_ms))
        return sorted(found, key=lambda each: each[1])


def _ms(minutes: int | None) -> int | None:
    return None if minutes is None else minutes * 60_000
