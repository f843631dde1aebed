"""Verbs of the incident and its war room."""

from typing import Any, ClassVar, Literal, Self

from sim.actions.base import Action, Group, Refused, Words, duration_text, percent_text
from sim.spec import Severity

SEVERITIES = ("P1", "P2", "P3", "P4")
AUDIENCES = ("internal", "executive", "customer")
Audience = Literal["internal", "executive", "customer"]


class IncidentVerb(Action):
    """Base of the verbs of the incident."""

    group: ClassVar[Group] = "incident"


def _severity(words: Words) -> Severity:
    return words.name("severity", SEVERITIES)  # type: ignore[return-value]


class Declare(IncidentVerb):
    """Open the incident."""

    verb = "declare"
    usage = "P1|P2|P3|P4 [TITLE]"
    about = "declare the incident: opens the war room and starts the clocks of communication"
    example = "declare P2 checkout fails for some users"
    severity: Severity
    title: str = ""

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(severity=_severity(words), title=words.rest())

    def parameters(self) -> list[Any]:
        return [self.severity, self.title]


class SetSeverity(IncidentVerb):
    """Change the severity."""

    verb = "severity"
    usage = "P1|P2|P3|P4"
    about = "change the severity when the impact turns out otherwise"
    example = "severity P1"
    severity: Severity

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(severity=_severity(words))

    def parameters(self) -> list[Any]:
        return [self.severity]


class Affects(IncidentVerb):
    """State what is affected."""

    verb = "affects"
    usage = "JOURNEY[,JOURNEY] [zones A,B] [clients X,Y] [users 40%]"
    about = "state what is affected; the last statement counts"
    example = "affects checkout,search zones zone-a users 30%"
    journeys: tuple[str, ...]
    zones: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    users_share: float | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        names = words.names
        journeys = names.journeys if words.skip("all") else words.listed("journey", names.journeys)
        zones: tuple[str, ...] = ()
        clients: tuple[str, ...] = ()
        users_share: float | None = None
        while words.left:
            match words.options("zones", "clients", "users"):
                case "zones":
                    zones = words.listed("zone", names.zones)
                case "clients":
                    clients = words.listed("client class", names.clients)
                case "users":
                    users_share = words.share("the share of users")
                case _:
                    words.end()
        return cls(journeys=journeys, zones=zones, clients=clients, users_share=users_share)

    def parameters(self) -> list[Any]:
        return [
            ",".join(self.journeys),
            f"zones {','.join(self.zones)}" if self.zones else None,
            f"clients {','.join(self.clients)}" if self.clients else None,
            f"users {percent_text(self.users_share)}" if self.users_share is not None else None,
        ]


class Suspect(IncidentVerb):
    """Record a hypothesis."""

    verb = "suspect"
    usage = "COMPONENT MECHANISM [CONFIDENCE%]"
    about = "record what you think it is; being wrong early is part of the work"
    example = "suspect payments deploy 60%"
    component: str
    mechanism: str
    confidence: int | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.name("component", words.names.components)
        mechanism = words.name("mechanism", words.names.mechanisms)
        confidence = round(words.share("confidence") * 100) if words.left else None
        return cls(component=component, mechanism=mechanism, confidence=confidence)

    def parameters(self) -> list[Any]:
        return [
            self.component,
            self.mechanism,
            f"{self.confidence}%" if self.confidence is not None else None,
        ]


class PagePerson(IncidentVerb):
    """Ask somebody to join."""

    verb = "page"
    usage = "PERSON|TEAM"
    about = "page a person or the on-call of a team into the war room"
    example = "page database"
    who: str

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(who=words.name("person or team", words.names.people + words.names.teams))

    def parameters(self) -> list[Any]:
        return [self.who]


class TextVerb(IncidentVerb):
    """Base of the verbs that take a line of text; `what` names it where it is missing."""

    usage = "TEXT"
    what: ClassVar[str]
    text: str

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(text=_text(words, cls.what))

    def parameters(self) -> list[Any]:
        return [self.text]


class Say(TextVerb):
    """Say something."""

    verb = "say"
    what = "what to say"
    about = "say something in the war room; a line that begins with no verb is said too"
    example = "say looking at the database now"


class Update(IncidentVerb):
    """Send a status update."""

    verb = "update"
    usage = "internal|executive|customer TEXT [next 20m]"
    about = "send a status update, with a promise when the next one comes; tell people even without a fix"
    example = 'update customer "Pushes fail for some users; we are switching databases." next 20m'
    audience: Audience
    text: str
    next_s: int | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        audience = words.name("audience", AUDIENCES)
        text = _text(words, "the text of the update")
        next_s: int | None = None
        head, found, tail = text.rpartition(" next ")
        if found and tail and " " not in tail.strip():
            try:
                next_s = Words(tail, words.names, abbreviations=False).duration_s("the promise", 24 * 3600)
                text = head.strip()
            except Refused:
                next_s = None
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        if not text.strip():
            raise Refused("the text of the update is missing")
        return cls(audience=audience, text=text, next_s=next_s)

    def parameters(self) -> list[Any]:
        return [
            self.audience,
            f'"{self.text}"',
            f"next {duration_text(self.next_s)}" if self.next_s else None,
        ]


class Decide(TextVerb):
    """Record a decision."""

    verb = "decide"
    what = "the decision"
    about = "record a decision and its reason for the timeline"
    example = "decide fail over now, we look for the cause afterwards"


class Note(TextVerb):
    """Take a note."""

    verb = "note"
    what = "the note"
    about = "put a line into the timeline"
    example = "note errors began two minutes after the failover test"


def _text(words: Words, what: str) -> str:
    text = words.rest().strip()
    if not text:
        raise Refused(f"{what} is missing")
    if len(text) > 2000:
        raise Refused(f"{what} is longer than 2000 characters")
    return text
