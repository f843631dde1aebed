"""The war room: the incident as declared, who is asked to join, updates, decisions, notes."""

from sim.actions.base import Action, Refused
from sim.actions.incident import Affects, Decide, Declare, Note, PagePerson, Say, SetSeverity, Suspect, Update
from sim.answer import said
from sim.board import Board
from sim.decision import Decision, Emit
from sim.events import (
    DecisionTaken,
    HypothesisRecorded,
    IncidentDeclared,
    MessageSaid,
    NoteTaken,
    PersonJoined,
    PersonPaged,
    ScopeStated,
    SeveritySet,
    UpdateSent,
)
from sim.oncall import response
from sim.spec import Person, Policy
from sim.timeline import Order, Timeline
from sim.world.tools import Tools


class WarRoom:
    """Decides the verbs of the incident and brings in the people who are asked."""

    def __init__(
        self,
        timeline: Timeline,
        emit: Emit,
        board: Board,
        people: tuple[Person, ...],
        policy: Policy,
        seed: int,
        tools: Tools,
    ) -> None:
        self._timeline = timeline
        self._emit = emit
        self._board = board
        self._people = people
        self._policy = policy
        self._seed = seed
        self._tools = tools

    def decide(self, action: Action) -> Decision | None:  # noqa: PLR0911 - one return per verb
        """Return what a verb of the incident leads to; None for other verbs. Raises Refused."""
        match action:
            case Declare():
                return self._declare(action)
            case SetSeverity():
                return self._set_severity(action)
            case Affects():
                event = ScopeStated(
                    journeys=action.journeys,
                    zones=action.zones,
                    clients=action.clients,
                    users_share=action.users_share,
                )
                return Decision(said(f"affected: {', '.join(action.journeys)}"), (event,))
            case Suspect():
                suspicion = HypothesisRecorded(
                    component=action.component, mechanism=action.mechanism, confidence=action.confidence
                )
                return Decision(said(f"noted: {action.component}, {action.mechanism}"), (suspicion,))
            case PagePerson():
                return self._page_person(action)
            case Say():
                return Decision(said(""), (MessageSaid(sender=action.actor, text=action.text),))
            case Update():
                return self._update(action)
            case Decide():
                return Decision(said("decision recorded"), (DecisionTaken(text=action.text),))
            case Note():
                return Decision(said("noted"), (NoteTaken(text=action.text),))
        return None

    def ask_to_join(self, person: Person) -> None:
        """Have a person come into the war room after the time they need."""
        nth = 1 if person.id in self._board.paged_people else 0
        delay_ms = response.join_ms(self._seed, person.id, nth)

        def join() -> None:
            if person.id not in self._board.joined:
                self._emit(PersonJoined(person=person.id, team=person.team), actor=person.id)
                text = f"{person.name} from {person.team}, I am here."
                self._emit(MessageSaid(sender=person.id, text=text), actor=person.id)

        self._timeline.call_at(self._timeline.now_ms + delay_ms, Order.PEOPLE, f"{person.id} joins", join)

    def _declare(self, action: Declare) -> Decision:
        board = self._board
        if board.declared_ms is not None and board.resolved_ms is None:
            raise Refused(f"the incident is declared already, as {board.severity}; `severity` changes it")
        cadence = self._policy.cadence_for(action.severity)
        first = cadence.customer_first_min
        due = f"customers should hear of it within {first} minutes" if first else "no customer update is due"
        event = IncidentDeclared(severity=action.severity, title=action.title)
        return Decision(said(f"{action.severity} declared; the war room is open; {due}", "title"), (event,))

    def _set_severity(self, action: SetSeverity) -> Decision:
        if self._board.declared_ms is None:
            raise Refused(f"no incident is declared; `declare {action.severity}` opens one")
        if self._board.severity == action.severity:
            raise Refused(f"the severity is {action.severity} already")
        text = f"severity {self._board.severity} -> {action.severity}"
        return Decision(said(text, "title"), (SeveritySet(severity=action.severity),))

    def _page_person(self, action: PagePerson) -> Decision:
        person = next((p for p in self._people if p.id == action.who), None)
        if person is None:
            team = [p for p in self._people if p.team == action.who and p.id != action.actor]
            if not team:
                raise Refused(f"nobody else of {action.who} can be reached")
            person = next((p for p in team if p.id not in self._board.joined), team[0])
        if person.id == action.actor:
            raise Refused("that is you; you are here already")
        if person.id in self._board.joined:
            raise Refused(f"{person.name} is in the war room already")
        asked_ms = self._board.paged_people.get(person.id)
        if asked_ms is not None and self._timeline.now_ms - asked_ms < 5 * 60_000:
            raise Refused(f"{person.name} was paged less than 5 minutes ago; give them a moment")
        return Decision(
            said(f"{person.name} ({person.title}) is paged"),
            (PersonPaged(person=person.id, team=person.team),),
            lambda: self.ask_to_join(person),
        )

    def _update(self, action: Update) -> Decision:
        promised_ms = self._timeline.now_ms + action.next_s * 1000 if action.next_s else None
        event = UpdateSent(
            audience=action.audience, text=action.text, severity=self._board.severity, promised_ms=promised_ms
        )
        text = f"update sent ({action.audience})"
        if action.audience == "customer" and self._tools.state("status-page") == "lost":
            needs = self._tools.needed("status-page")
            text += (
                f"; but the status page does not load for customers, it needs {needs}: "
                "have support and others post it elsewhere too"
            )
        return Decision(said(text), (event,))
