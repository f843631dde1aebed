"""Hands-on acts: whose hands they are, and whether the act makes sense now.

A responder acts alone. An incident commander coordinates: the person of the second escalation step has the
keyboard, reads every order back, and begins a little later.
"""

from dataclasses import replace

from sim.actions.acts import ActVerb
from sim.actions.base import Refused
from sim.answer import said
from sim.board import Board
from sim.decision import Decision, Emit
from sim.events import FACILITATOR, GuideSaid, MessageSaid
from sim.oncall import response
from sim.people.seats import colleagues
from sim.spec import Person, Seat
from sim.timeline import Order, Timeline
from sim.world.mitigations.catalogue import plan, second_word, warning
from sim.world.mitigations.plan import Act, Plan, Refusal
from sim.world.production import Production
from sim.world.tools import Tools

_BY_TELEPHONE = frozenset({"call-vendor"})


class Operator:
    """Decides the hands-on verbs. `person` is who acts for an incident commander, None for a responder."""

    def __init__(
        self,
        production: Production,
        timeline: Timeline,
        emit: Emit,
        board: Board,
        seat: Seat,
        chain: tuple[Person, ...],
        seed: int,
        tools: Tools,
    ) -> None:
        self.person = chain[1] if seat.role == "ic" and len(chain) > 1 else None
        self._seat = seat
        self._chain = chain
        self._colleagues = colleagues(production.scenario)
        self._production = production
        self._timeline = timeline
        self._emit = emit
        self._board = board
        self._seed = seed
        self._tools = tools
        self._ordered: list[Act] = []

    @property
    def _hands(self) -> str:
        return self.person.id if self.person else self._seat.name

    def introduce(self) -> None:
        """Tell an incident commander at the start how acts are done."""
        if self.person is not None:
            name, person = self.person.name, self.person.id
            text = (
                f"You are incident commander: you coordinate, {name} has the keyboard and joins when you "
                f"declare, or with `page {person}`. Acts you order are read back and begin a little later."
            )
            self._emit(GuideSaid(text=text), seen_by=(self._seat.name, FACILITATOR))

    def warning(self, action: ActVerb) -> str:
        """Return what a dangerous act will hit; '' where it needs no second word."""
        return warning(self._act(action), self._production.situation())

    def decide(self, action: ActVerb) -> Decision:
        """Return what an act leads to. Raises Refused where it makes no sense now."""
        act = self._act(action)
        busy = next((a for a in self._unfinished() if a.by == act.by), None)
        if busy is not None:
            whom = "you are" if self.person is None else f"{self.person.name} is"
            raise Refused(
                f"{whom} busy with `{busy.verb} {busy.typed}`{self._left(busy)}; "
                "one hands-on act at a time a person"
            )
        if self.person is not None and self.person.id not in self._board.joined:
            raise Refused(
                f"you coordinate and nobody is at the keyboard yet; `page {self.person.id}`, then wait"
            )
        cut_off = self._cut_off(act)
        if cut_off:
            raise Refused(cut_off)
        outcome = plan(act, self._production.situation(), self._seed)
        if isinstance(outcome, Refusal):
            raise Refused(outcome.reason)
        if self.person is None:
            why = second_word(act, self._production.situation())
            text = f"{act.verb} {act.typed} begins{_detail(act, outcome)}; about {_minutes(outcome.takes_ms)}"
            return self._agreed(act, why) if why else Decision(said(text), (), lambda: self._begin_now(act))
        return Decision(said(f"{self.person.name} reads it back"), (), lambda: self._order(act))

    def _cut_off(self, act: Act) -> str:
        """Return why no hands reach the system now; '' while remote access works, or for a telephone call."""
        if act.verb in _BY_TELEPHONE or self._tools.state("remote-access") != "lost":
            return ""
        needs = self._tools.needed("remote-access")
        return (
            f"remote access is lost, it needs {needs}: nobody can reach the systems to {act.verb}. "
            "`page` somebody who can go to the site, `call-vendor` works by telephone, or wait"
        )

    def _agreed(self, act: Act, why: str) -> Decision:
        """Put a dangerous act to somebody else in the war room. Raises Refused where nobody is there.

        For an incident commander who orders it the person at the keyboard is the second one.
        """
        others = {person.id: person for person in self._colleagues}
        asked = next((others[name] for name in self._board.joined if name in others), None)
        if asked is None:
            whom = self._chain[1].id if len(self._chain) > 1 else "TEAM"
            raise Refused(
                f"{why}. That needs a second person's word, and nobody else is in the war room; "
                f"`page {whom}`, wait until they join, then again"
            )
        nth = self._nth(act)
        text = f"I have looked at it: {why}. Agreed, go ahead with {act.verb} {act.typed}."

        def agree() -> None:
            self._emit(MessageSaid(sender=asked.id, text=text), actor=asked.id)
            self._begin(act)

        def ask() -> None:
            self._ordered.append(act)
            delay_ms = response.second_word_ms(self._seed, asked.id, act.verb, act.target, nth)
            self._timeline.call_at(self._timeline.now_ms + delay_ms, Order.PEOPLE, act.owner, agree)

        answer = f"{why}. {asked.name} looks at it and has to agree; it begins by itself then"
        return Decision(said(answer), (), ask)

    def _nth(self, act: Act) -> int:
        return sum((a.verb, a.target) == (act.verb, act.target) for a in self._ordered)

    def _act(self, action: ActVerb) -> Act:
        return Act(
            number=len(self._ordered) + 1,
            verb=action.verb,
            where=action.where,
            by=self._hands,
            t_ms=self._timeline.now_ms,
            to=action.to,
            amount=action.amount,
            typed=action.target,
        )

    def _unfinished(self) -> list[Act]:
        finished = {entry.act.number for entry in self._production.finished}
        return [act for act in self._ordered if act.number not in finished]

    def _left(self, act: Act) -> str:
        """Return how long an act that has begun still takes."""
        card = self._board.acts.get(act.number)
        if card is None:
            return ""
        left_ms = card.since_ms + card.started.takes_s * 1000 - self._timeline.now_ms
        return f" for about {_minutes(left_ms)} more"

    def _begin_now(self, act: Act) -> None:
        self._ordered.append(act)
        self._begin(act)

    def _order(self, act: Act) -> None:
        assert self.person is not None
        nth = self._nth(act)
        self._ordered.append(act)
        text = f"Reading back: {act.verb} {act.typed}. Doing it now."
        self._emit(MessageSaid(sender=self.person.id, text=text), actor=self.person.id)
        delay_ms = response.read_back_ms(self._seed, self.person.id, act.verb, act.target, nth)
        at_ms = self._timeline.now_ms + delay_ms
        self._timeline.call_at(at_ms, Order.PEOPLE, act.owner, lambda: self._begin(act))

    def _begin(self, act: Act) -> None:
        """Plan again as things are now, since they may have changed while the order was read back."""
        begun = replace(act, t_ms=self._timeline.now_ms)
        outcome = plan(begun, self._production.situation(), self._seed)
        cut_off = self._cut_off(act)
        if cut_off or isinstance(outcome, Refusal):
            why_not = outcome.reason if isinstance(outcome, Refusal) else cut_off
            self._ordered.remove(act)
            self._emit(MessageSaid(sender=act.by, text=f"I cannot: {why_not}"), actor=act.by)
            return
        self._production.begin_act(begun, outcome)


def _detail(act: Act, outcome: Plan) -> str:
    """Return what was not typed and matters: which change is taken back, which version comes back."""
    if outcome.reverted is not None:
        return f" (takes back {outcome.reverted})"
    if act.verb != "rollback":
        return ""
    heading = next((step.progress[2] for step in outcome.steps if step.progress is not None), None)
    return f" ({heading})" if heading else ""


def _minutes(takes_ms: int) -> str:
    minutes = round(takes_ms / 60_000)
    return f"{minutes} min" if minutes else f"{round(takes_ms / 1000)} s"
