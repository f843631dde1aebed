"""Paging: critical alerts page the person on call; what nobody takes goes to the next step.

An alert that resolves closes its page, as the paging services do. A silence keeps an alert from paging; it
still shows.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.actions.alerts import Ack, Escalate, Link, MarkNoise, Silence, Unsilence
from sim.actions.base import Action, Refused, duration_text
from sim.answer import said
from sim.board import Board, PageCard
from sim.decision import Decision, Emit
from sim.events import (
    AlertFired,
    AlertLinked,
    AlertMarked,
    AlertSilenced,
    MessageSaid,
    PageAcknowledged,
    PageEscalated,
    PageSent,
    PersonJoined,
    SilenceEnded,
)
from sim.oncall import response
from sim.spec import Person
from sim.timeline import Order, Timeline

REPEAT_MS = 5 * 60_000
"""What still fires so long after `resolve` pages again: Alertmanager's default group_interval."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page and the alert it is about; `identity` names the alert by content, for random draws."""

    number: int
    alert: AlertFired
    identity: str


class Pager:
    """Sends pages up the escalation steps and decides the verbs of alerts and pages."""

    def __init__(
        self,
        timeline: Timeline,
        emit: Emit,
        board: Board,
        chain: tuple[Person, ...],
        ack_timeout_s: int,
        seed: int,
    ) -> None:
        self._timeline = timeline
        self._emit = emit
        self._board = board
        self._chain = chain
        self._ack_timeout_ms = ack_timeout_s * 1000
        self._seed = seed
        self._pages: dict[int, _Page] = {}

    def alert_fired(self, alert: AlertFired, identity: str) -> None:
        """Page for this alert if it is critical and not silenced."""
        if alert.severity != "critical" or self._silenced(alert):
            return
        page = _Page(len(self._pages) + 1, alert, identity)
        self._pages[page.number] = page
        self._at(0, page, 0, lambda: self._send(page, 1))

    def resolved(self) -> None:
        """Page again for what still fires a while after somebody closed the incident."""
        self._timeline.call_at(
            self._timeline.now_ms + REPEAT_MS, Order.NOTIFICATIONS, "page again", self._page_again
        )

    def _page_again(self) -> None:
        if self._board.resolved_ms is None:
            return
        covered = {card.alert for card in self._board.waiting_pages}
        for page in tuple(self._pages.values()):
            if self._board.alerts[page.alert.alert].open and page.alert.alert not in covered:
                covered.add(page.alert.alert)
                self.alert_fired(page.alert, f"{page.identity} again")

    def decide(self, action: Action) -> Decision | None:
        """Return what a verb of alerts and pages leads to; None for other verbs. Raises Refused."""
        match action:
            case Ack():
                return self._ack(action)
            case Escalate():
                return self._escalate(action)
            case Silence():
                return self._silence(action)
            case Unsilence():
                return self._unsilence(action)
            case MarkNoise() | Link():
                return self._mark(action)
        return None

    # --- pages going out ----------------------------------------------------------------------------------

    def _silenced(self, alert: AlertFired) -> bool:
        return any(card.matcher in (alert.rule, alert.component) for card in self._board.silences.values())

    def _send(self, page: _Page, step: int) -> None:
        person = self._chain[step - 1]
        alert = page.alert
        self._emit(
            PageSent(
                page=page.number,
                alert=alert.alert,
                rule=alert.rule,
                component=alert.component,
                person=person.id,
                step=step,
            )
        )
        self._at(self._ack_timeout_ms, page, step, lambda: self._timed_out(page, step))
        if step > 1:
            delay_ms = response.acknowledge_ms(self._seed, page.identity, person.id)
            self._at(delay_ms, page, step, lambda: self._colleague_answers(page, person))

    def _timed_out(self, page: _Page, step: int) -> None:
        card = self._board.pages[page.number]
        if card.waiting and card.step == step and step < len(self._chain):
            self._next_step(page, step + 1, "unacknowledged")

    def _next_step(self, page: _Page, step: int, reason: str) -> None:
        self._emit(PageEscalated(page=page.number, step=step, reason=reason))
        self._send(page, step)

    def _colleague_answers(self, page: _Page, person: Person) -> None:
        if person.id not in self._board.joined:
            alert = page.alert
            text = f"{person.name} here, {alert.rule} on {alert.component} reached me. What do we know?"
            self._emit(PersonJoined(person=person.id, team=person.team), actor=person.id)
            self._emit(MessageSaid(sender=person.id, text=text), actor=person.id)
        if self._board.pages[page.number].waiting:
            event = PageAcknowledged(page=page.number, alert=page.alert.alert, person=person.id)
            self._emit(event, actor=person.id)

    def _at(self, delay_ms: int, page: _Page, step: int, action: Callable[[], None]) -> None:
        key = f"page {page.number:06d} {step}"
        self._timeline.call_at(self._timeline.now_ms + delay_ms, Order.NOTIFICATIONS, key, action)

    # --- verbs --------------------------------------------------------------------------------------------

    def _ack(self, action: Ack) -> Decision:
        waiting = [card for card in self._board.waiting_pages if action.actor in card.persons]
        cards = waiting if action.everything else waiting[-1:]
        if action.pages:
            cards = [self._page(number) for number in action.pages]
            taken = next((card for card in cards if card.acknowledged_by is not None), None)
            if taken is not None:
                raise Refused(f"page {taken.page} is taken already, by {taken.acknowledged_by}")
        if not cards:
            raise Refused("no page waits for you")
        events = tuple(PageAcknowledged(page=c.page, alert=c.alert, person=action.actor) for c in cards)
        named = ", ".join(f"page {c.page} ({c.rule} on {c.component})" for c in cards)
        return Decision(said(f"you have {named}"), events)

    def _escalate(self, action: Escalate) -> Decision:
        if not self._board.pages:
            raise Refused("there is no page to escalate; `page PERSON` asks somebody to join")
        number = action.page if action.page is not None else max(self._board.pages)
        card = self._page(number)
        if card.step >= len(self._chain):
            raise Refused(f"page {number} has reached the last step, {self._chain[-1].name}")
        person = self._chain[card.step]
        page = self._pages[number]
        return Decision(
            said(f"{person.name} ({person.team}) is paged"),
            effect=lambda: self._next_step(page, card.step + 1, "asked"),
        )

    def _silence(self, action: Silence) -> Decision:
        number = self._board.silences_made + 1
        until_ms = self._timeline.now_ms + action.for_s * 1000
        event = AlertSilenced(silence=number, matcher=action.matcher, until_ms=until_ms)
        text = f"silence {number}: {action.matcher} makes no pages for {duration_text(action.for_s)}"
        return Decision(said(text), (event,), lambda: self._end_silence_at(until_ms, event))

    def _end_silence_at(self, until_ms: int, silenced: AlertSilenced) -> None:
        def end() -> None:
            if silenced.silence in self._board.silences:
                self._emit(SilenceEnded(silence=silenced.silence, matcher=silenced.matcher))

        self._timeline.call_at(until_ms, Order.NOTIFICATIONS, f"silence {silenced.silence:06d}", end)

    def _unsilence(self, action: Unsilence) -> Decision:
        card = self._board.silences.get(action.silence)
        if card is None:
            there = ", ".join(str(number) for number in self._board.silences) or "none"
            raise Refused(f"there is no silence {action.silence} in force; there are: {there}")
        event = SilenceEnded(silence=card.silence, matcher=card.matcher)
        return Decision(said(f"silence {card.silence} on {card.matcher} is lifted"), (event,))

    def _mark(self, action: MarkNoise | Link) -> Decision:
        number = action.alert
        if number not in self._board.alerts:
            raise Refused(f"there is no alert #{number}; `alerts all` shows what there was")
        if isinstance(action, Link):
            return Decision(said(f"alert #{number} belongs to the incident"), (AlertLinked(alert=number),))
        return Decision(said(f"alert #{number} is marked as noise"), (AlertMarked(alert=number),))

    def _page(self, number: int) -> PageCard:
        card = self._board.pages.get(number)
        if card is None:
            raise Refused(f"there is no page {number}; `alerts` shows what there is")
        return card
