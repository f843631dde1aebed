"""Verbs of time, help and the end."""

import math
import re
from typing import Any, ClassVar, Literal, Self

from sim.actions.base import Action, Group, Refused, Words, duration_text
from sim.actions.look import SIGNALS, take_signal

Comparison = Literal["<", ">"]
_COMPARE = re.compile(r"[<>]")


class TimeVerb(Action):
    """Base of the verbs of time."""

    group: ClassVar[Group] = "time"


class Wait(TimeVerb):
    """Let time pass."""

    verb = "wait"
    usage = "DURATION | until page|update | until SUBJECT SIGNAL <|> VALUE"
    about = "let time pass; a new page ends the wait early"
    example = "wait until checkout error_share < 1%"
    for_s: int | None = None
    until: Literal["page", "update", "signal"] | None = None
    subject: str | None = None
    signal: str | None = None
    compare: Comparison | None = None
    value: float | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        if not words.skip("until"):
            return cls(for_s=words.duration_s("how long", 24 * 3600))
        if words.peek() in ("page", "update"):
            return cls(until=words.take("what"))
        subject = words.name(
            "page, update, component or journey", words.names.components + words.names.journeys
        )
        signal = take_signal(words, subject)
        compare = words.take("< or >")
        if not _COMPARE.fullmatch(compare):
            raise Refused(f"compare with < or >, not {compare!r}")
        word = words.take("the value")
        try:
            value = float(word.rstrip("%")) / (100 if word.endswith("%") else 1)
            if not math.isfinite(value):
                raise ValueError
        except ValueError:
            raise Refused(f"the value must be a number, not {word!r}") from None
        return cls(until="signal", subject=subject, signal=signal, compare=compare, value=value)

    def parameters(self) -> list[Any]:
        if self.for_s is not None:
            return [duration_text(self.for_s)]
        if self.until != "signal":
            return ["until", self.until]
        return ["until", self.subject, self.signal, self.compare, repr(self.value)]


class AskHint(TimeVerb):
    """Ask for a hint."""

    verb = "hint"
    about = "ask for a hint; it is recorded, and it is no shame"
    example = "hint"


class Pause(TimeVerb):
    """Stop the clock."""

    verb = "pause"
    about = "stop the clock; while it stands nothing can be looked at"
    example = "pause"


class Resume(TimeVerb):
    """Let the clock run again."""

    verb = "resume"
    about = "let the clock run again"
    example = "resume"


class Claim(TimeVerb):
    """Base of the verbs that claim that all is well. `confirmed`: said yes though it does not look so."""

    confirmed: bool = False

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(confirmed=words.skip("yes"))

    def parameters(self) -> list[Any]:
        return ["yes" if self.confirmed else None]


class Mitigated(Claim):
    """Say that users are well again."""

    verb = "mitigated"
    about = "say that users are no longer hurt; the cause may remain"
    example = "mitigated"


class Resolve(Claim):
    """Close the incident."""

    verb = "resolve"
    about = "close the incident; the world runs on, and a relapse pages again"
    example = "resolve"


__all__ = ["SIGNALS", "AskHint", "Mitigated", "Pause", "Resolve", "Resume", "TimeVerb", "Wait"]
