"""Verbs for alerts and pages."""

from typing import Any, ClassVar, Self

from sim.actions.base import Action, Group, Words, duration_text


class AlertVerb(Action):
    """Base of the verbs for alerts and pages."""

    group: ClassVar[Group] = "alerts"


class Ack(AlertVerb):
    """Take a page."""

    verb = "ack"
    usage = "[PAGE ... | all]"
    about = "take a page: you have it, it will not escalate; alone it takes the newest"
    example = "ack"
    pages: tuple[int, ...] = ()
    everything: bool = False

    @classmethod
    def parse(cls, words: Words) -> Self:
        if words.skip("all"):
            return cls(everything=True)
        pages: list[int] = []
        while words.left:
            pages.append(words.number("the number of the page"))
        return cls(pages=tuple(dict.fromkeys(pages)))

    def parameters(self) -> list[Any]:
        return ["all"] if self.everything else list(self.pages)


class Escalate(AlertVerb):
    """Hand a page to the next step."""

    verb = "escalate"
    usage = "[PAGE]"
    about = "page the next person on the escalation policy too; asking for help is good"
    example = "escalate"
    page: int | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(page=words.number("the number of the page") if words.left else None)

    def parameters(self) -> list[Any]:
        return [self.page]


class Silence(AlertVerb):
    """Keep alerts from paging for a while."""

    verb = "silence"
    usage = "RULE|COMPONENT DURATION"
    about = "alerts of a rule or component make no pages for a while (they still show)"
    example = "silence DiskFilling 30m"
    matcher: str
    for_s: int

    @classmethod
    def parse(cls, words: Words) -> Self:
        matcher = words.name("rule or component", words.names.rules + words.names.components)
        words.skip("for")
        return cls(matcher=matcher, for_s=words.duration_s("how long", 24 * 3600))

    def parameters(self) -> list[Any]:
        return [self.matcher, duration_text(self.for_s)]


class Unsilence(AlertVerb):
    """Lift a silence."""

    verb = "unsilence"
    usage = "NUMBER"
    about = "lift a silence before it ends"
    example = "unsilence 1"
    silence: int

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(silence=words.number("the number of the silence"))

    def parameters(self) -> list[Any]:
        return [self.silence]


class OfAlert(AlertVerb):
    """Base of the verbs that say something of one alert."""

    usage = "ALERT"
    alert: int

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(alert=words.number("the number of the alert"))

    def parameters(self) -> list[Any]:
        return [self.alert]


class MarkNoise(OfAlert):
    """Call an alert noise."""

    verb = "noise"
    about = "say that an alert is noise and has nothing to do with this"
    example = "noise 4"


class Link(OfAlert):
    """Link an alert to the incident."""

    verb = "link"
    about = "say that an alert belongs to the incident"
    example = "link 2"
