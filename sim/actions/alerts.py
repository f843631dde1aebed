"""Verbs for alerts and pages."""

import re
from typing import Any, ClassVar, Self

from sim.actions.base import Action, Group, Refused, Words, duration_text
from sim.alerting.routing.matchers import MatcherError, matcher

SILENCE_MAX_S = 14 * 24 * 3600
"""The longest silence, and the longest wait for one; an assumption."""

_BY = re.compile(r"[^\s\"]{1,100}")


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
    """Keep alerts from paging for a while, or move the end of a silence.

    `matchers` is one rule, component or journey, or label matchers that must all pass; () where `silence`
    names the one whose end moves.
    """

    verb = "silence"
    usage = "RULE|COMPONENT|JOURNEY|LABEL=VALUE...|NUMBER DURATION [in DURATION] [because TEXT]"
    about = (
        "alerts of a rule or component, or with labels, make no pages for a while (they still show); "
        "with the number of a silence it ends then instead"
    )
    example = "silence DiskFilling 30m"
    matchers: tuple[str, ...] = ()
    silence: int | None = None
    for_s: int
    in_s: int = 0
    by: str = ""
    comment: str = ""

    @classmethod
    def parse(cls, words: Words) -> Self:
        if words.peek().lstrip("#").isdecimal():
            number = words.number("the number of the silence")
            words.skip("for")
            return cls(silence=number, for_s=words.duration_s("how long", SILENCE_MAX_S))
        matchers = _matchers(words)
        words.skip("for")
        for_s = words.duration_s("how long", SILENCE_MAX_S)
        in_s = words.duration_s("in how long", SILENCE_MAX_S) if words.skip("in") else 0
        by = words.take("who wants it") if words.skip("by") else ""
        if by and not _BY.fullmatch(by):
            raise Refused("who wants it must be one word without quotes, of 100 letters at most")
        comment = words.rest() if words.skip("because") else ""
        return cls(matchers=matchers, for_s=for_s, in_s=in_s, by=by, comment=comment)

    def parameters(self) -> list[Any]:
        if self.silence is not None:
            return [self.silence, duration_text(self.for_s)]
        return [
            *self.matchers,
            duration_text(self.for_s),
            f"in {duration_text(self.in_s)}" if self.in_s else None,
            f"by {self.by}" if self.by else None,
            f"because {self.comment}" if self.comment else None,
        ]


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


def _matchers(words: Words) -> tuple[str, ...]:
    """Take a name, or label matchers for as long as there are any; returns them in canonical form."""
    names = words.names
    if not _is_matcher(words.peek()):
        known = names.rules + names.components + names.journeys
        return (words.name("rule, component or journey", known),)
    found = []
    while words.left and _is_matcher(words.peek()):
        try:
            found.append(str(matcher(words.take("label matcher").rstrip(","))))
        except MatcherError as problem:
            raise Refused(str(problem)) from None
    return tuple(found)


def _is_matcher(word: str) -> bool:
    return "=" in word or "!~" in word


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
