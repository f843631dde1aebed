"""The incident and its war room."""

from sim.events.base import Event
from sim.spec import Severity


class IncidentDeclared(Event):
    """The incident exists from here on; the war room is open."""

    kind = "incident.declared"
    severity: Severity
    title: str


class SeveritySet(Event):
    """The severity was changed after declaration."""

    kind = "severity.set"
    severity: Severity


class ScopeStated(Event):
    """What is affected (verb `affects`); the last statement counts. `users_share` in [0, 1], if stated."""

    kind = "scope.stated"
    journeys: tuple[str, ...]
    zones: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    users_share: float | None = None


class HypothesisRecorded(Event):
    """A suspicion (verb `suspect`): component, mechanism and confidence in percent."""

    kind = "hypothesis.recorded"
    component: str
    mechanism: str
    confidence: int | None = None


class UpdateSent(Event):
    """A status update. `promised_ms` is when the next one is due, if it said so."""

    kind = "update.sent"
    audience: str
    text: str
    severity: Severity | None
    promised_ms: int | None = None


class MessageSaid(Event):
    """Somebody said something in the war room, or a message came in from outside."""

    kind = "message.said"
    sender: str
    text: str


class GuideSaid(Event):
    """The guide of a first drill said something."""

    kind = "guide.said"
    text: str


class NoteTaken(Event):
    """A line for the timeline (verb `note`)."""

    kind = "note.taken"
    text: str


class DecisionTaken(Event):
    """A decision for the timeline (verb `decide`)."""

    kind = "decision.taken"
    text: str


class PersonPaged(Event):
    """Somebody was asked to join (verb `page`)."""

    kind = "person.paged"
    person: str
    team: str


class PersonJoined(Event):
    """A paged person came into the war room."""

    kind = "person.joined"
    person: str
    team: str


class HintGiven(Event):
    """A hint was asked for and given."""

    kind = "hint.given"
    number: int
    text: str


class MitigationClaimed(Event):
    """A person says that users are no longer hurt (verb `mitigated`)."""

    kind = "mitigation.claimed"


class IncidentResolved(Event):
    """A person closed the incident (verb `resolve`)."""

    kind = "incident.resolved"
