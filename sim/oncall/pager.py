"""Paging: what the alert routing sends to a pager goes to the person on call, then to the next step.

As the paging services do, it keeps one page for a group of alerts: what comes while the page is open is
added to it, and the page closes when the group is told of as resolved.
"""

from collections.abc import Callable
from dataclasses import dataclass

from sim.actions.alerts import Ack, Escalate, Link, MarkNoise
from sim.actions.base import Action, Refused
from sim.alerting.dispatch import Firing, Told
from sim.answer import said
from sim.board import Board, PageCard
from sim.decision import Decision, Emit
from sim.events import (
    AlertFired,
    AlertLinked,
    AlertMarked,
    MessageSaid,
    PageAcknowledged,
    PageClosed,
    PageEscalated,
    PageExtended,
    PageSent,
    PersonJoined,
)
from sim.oncall import response
from sim.spec import Person
from sim.timeline import Order, Timeline

REPEAT_MS = 5 * 60_000
"""What still fires so long after `resolve` pages again: Alertmanager's default group_interval."""


_Group = tuple[str, str]
"""A receiver and a group of alerts."""


@dataclass(frozen=True, slots=True)
class _Page:
    """A page, the alert that led to it, and its name for random draws."""

    number: int
    about: Firing
    identity: str
    more: tuple[int, ...] = ()


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
        silenced: Callable[[AlertFired], bool],
    ) -> None:
        self._timeline = timeline
        self._emit = emit
        self._board = board
        self._chain = chain
        self._ack_timeout_ms = ack_timeout_s * 1000
        self._seed = seed
        self._silenced = silenced
        self._pages: dict[int, _Page] = {}
        self._latest: dict[_Group, int] = {}  # the last page of each group
        self._firing: dict[_Group, tuple[Firing, ...]] = {}  # what it was last told of each group

    def notified(self, told: Told) -> None:
        """Page for a group of alerts, add to its page, or close it."""
        group = (told.notification.receiver, told.notification.group_key)
        self._firing[group] = told.firing
        latest = self._latest.get(group)
        card = None if latest is None else self._board.pages[latest]
        if card is None or card.closed:
            if told.firing:
                self._open(group, told.firing, told.firing[0].identity)
        elif not told.firing:
            self._emit(PageClosed(page=card.page))
        else:
            new = tuple(one.alert.alert for one in told.firing if one.alert.alert not in card.alerts)
            if new:
                self._emit(PageExtended(page=card.page, alerts=new))

    def _open(self, group: _Group, firing: tuple[Firing, ...], identity: str) -> None:
        more = tuple(one.alert.alert for one in firing[1:])
        page = _Page(len(self._pages) + 1, firing[0], identity, more)
        self._pages[page.number] = page
        self._latest[group] = page.number
        self._send(page, 1)

    def resolved(self) -> None:
        """Page again for what still fires a while after somebody closed the incident."""
        self._timeline.call_at(
            self._timeline.now_ms + REPEAT_MS, Order.NOTIFICATIONS, "page again", self._page_again
        )

    def _page_again(self) -> None:
        if self._board.resolved_ms is None:
            return
        for group, number in tuple(self._latest.items()):
            still = tuple(one for one in self._firing[group] if self._still(one.alert))
            if still and not self._board.pages[number].waiting:
                self._open(group, still, f"{self._pages[number].identity} again")

    def _still(self, alert: AlertFired) -> bool:
        return self._board.alerts[alert.alert].open and not self._silenced(alert)

    def decide(self, action: Action) -> Decision | None:
        """Return what a verb of alerts and pages leads to; None for other verbs. Raises Refused."""
        match action:
            case Ack():
                return self._ack(action)
            case Escalate():
                return self._escalate(action)
            case MarkNoise() | Link():
                return self._mark(action)
        return None

    # --- pages going out ----------------------------------------------------------------------------------

    def _send(self, page: _Page, step: int) -> None:
        person = self._chain[step - 1]
        alert = page.about.alert
        self._emit(
            PageSent(
                page=page.number,
                alert=alert.alert,
                rule=alert.rule,
                component=alert.component,
                person=person.id,
                step=step,
                more=page.more,
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
            alert = page.about.alert
            text = f"{person.name} here, {alert.rule} on {alert.component} reached me. What do we know?"
            self._emit(PersonJoined(person=person.id, team=person.team), actor=person.id)
            self._emit(MessageSaid(sender=person.id, text=text), actor=person.id)
        if self._board.pages[page.number].waiting:
            event = PageAcknowledged(page=page.number, alert=page.about.alert.alert, person=person.id)
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
