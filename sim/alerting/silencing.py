"""Silences of a running drill: the verbs `silence` and `unsilence`."""

from sim.actions import Action, Names, Refused
from sim.actions.alerts import Silence, Unsilence
from sim.actions.base import duration_text
from sim.alerting.routing.matchers import Matcher, matcher
from sim.alerting.routing.silences import Silence as Silenced
from sim.alerting.routing.silences import Silences, silence_id
from sim.answer import said
from sim.board import Board, SilenceCard
from sim.decision import Decision, Emit
from sim.events import AlertSilenced, SilenceEnded, SilenceMoved
from sim.timeline import Order, Timeline


class Silencing:
    """Decides the verbs, and keeps the silences of the drill's Alertmanager as the journal tells."""

    def __init__(
        self, silences: Silences, names: Names, timeline: Timeline, emit: Emit, board: Board
    ) -> None:
        self._silences = silences
        self._names = names
        self._timeline = timeline
        self._emit = emit
        self._board = board

    def decide(self, action: Action) -> Decision | None:
        """Return what a verb leads to; None for other verbs. Raises Refused."""
        match action:
            case Silence(silence=None):
                return self._silence(action)
            case Silence():
                return self._move(action)
            case Unsilence():
                return self._lift(action)
        return None

    def _silence(self, action: Silence) -> Decision:
        now_ms = self._timeline.now_ms
        number = self._silences.made + 1
        from_ms = now_ms + action.in_s * 1000
        until_ms = from_ms + action.for_s * 1000
        silence = Silenced(
            "", self._meant(action.matchers), from_ms, until_ms, action.by or action.actor, action.comment
        )
        try:
            silence.check()
        except ValueError as problem:
            raise Refused(str(problem)) from None
        event = AlertSilenced(
            silence=number,
            matcher=" ".join(action.matchers),
            until_ms=until_ms,
            from_ms=from_ms if action.in_s else None,
            by=action.by,
            comment=action.comment,
        )
        later = f", beginning in {duration_text(action.in_s)}" if action.in_s else ""
        text = f"silence {number}: {event.matcher} makes no pages for {duration_text(action.for_s)}{later}"

        def begin() -> None:
            self._silences.put(silence, now_ms)
            self._end_at(until_ms, number)

        return Decision(said(text), (event,), begin)

    def _move(self, action: Silence) -> Decision:
        assert action.silence is not None
        card = self._card(action.silence)
        until_ms = self._timeline.now_ms + action.for_s * 1000
        event = SilenceMoved(silence=card.silence, matcher=card.matcher, until_ms=until_ms)

        def move() -> None:
            self._silences.move(card.silence, until_ms, self._timeline.now_ms)
            self._end_at(until_ms, card.silence)

        text = f"silence {card.silence} on {card.matcher} ends in {duration_text(action.for_s)}"
        return Decision(said(text), (event,), move)

    def _lift(self, action: Unsilence) -> Decision:
        card = self._card(action.silence)
        event = SilenceEnded(silence=card.silence, matcher=card.matcher)

        def lift() -> None:
            self._silences.expire(silence_id(card.silence), self._timeline.now_ms)

        return Decision(said(f"silence {card.silence} on {card.matcher} is lifted"), (event,), lift)

    def _card(self, number: int) -> SilenceCard:
        card = self._board.silences.get(number)
        if card is None:
            there = ", ".join(str(one) for one in self._board.silences) or "none"
            raise Refused(f"there is no silence {number} in force; there are: {there}")
        return card

    def _end_at(self, until_ms: int, number: int) -> None:
        def end() -> None:
            card = self._board.silences.get(number)
            if card is not None and card.until_ms == until_ms:
                self._emit(SilenceEnded(silence=number, matcher=card.matcher))

        self._timeline.call_at(until_ms, Order.NOTIFICATIONS, f"silence {number:06d}", end)

    def _meant(self, matchers: tuple[str, ...]) -> tuple[Matcher, ...]:
        """Return the label matchers that words mean; a name alone is a rule, a component or a journey."""
        label = {
            **dict.fromkeys(self._names.journeys, "journey"),
            **dict.fromkeys(self._names.components, "component"),
            **dict.fromkeys(self._names.rules, "alertname"),
        }
        return tuple(Matcher(label[word], "=", word) if word in label else matcher(word) for word in matchers)
