"""Verbs that look and change nothing. That one looked is journaled all the same."""

import re
from typing import Any, ClassVar, Literal, Self, get_args

from sim.actions.base import Action, Group, Refused, Words, duration_text
from sim.spec import JOURNEY_SIGNALS, Signal

Split = Literal["zone", "version", "shard", "instance", "code"]
SPLITS: tuple[Split, ...] = get_args(Split)
WINDOW_S = 1800
"""What `metrics` shows unless told otherwise."""
DAY_S = 24 * 3600
LOGS_KEPT_S = 3600
SIGNALS: tuple[str, ...] = get_args(Signal)
BUSY = "busy"
"""What the map calls the higher of a component's shares of processors and of slots; graphs show both."""


class Look(Action):
    """Base of the verbs that look."""

    group: ClassVar[Group] = "look"


class Status(Look):
    """The state of things in a few lines."""

    verb = "status"
    about = "where things stand: clock, incident, pages, journeys as measured"
    example = "status"


class Alerts(Look):
    """The list of alerts."""

    verb = "alerts"
    usage = "[all | COMPONENT]"
    about = "alerts that fire now, newest first; `all` shows resolved ones too"
    example = "alerts"
    component: str | None = None
    everything: bool = False

    @classmethod
    def parse(cls, words: Words) -> Self:
        if words.skip("all"):
            return cls(everything=True)
        return cls(component=words.component() if words.left else None)

    def parameters(self) -> list[Any]:
        return ["all" if self.everything else self.component]


class AlertDetail(Look):
    """One alert with its rule, its past and its runbook."""

    verb = "alert"
    usage = "NUMBER"
    about = "one alert: its rule, its value, how it behaved in the last 14 days"
    example = "alert 3"
    alert: int

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(alert=words.number("the number of the alert"))

    def parameters(self) -> list[Any]:
        return [self.alert]


class Metrics(Look):
    """Graphs of a component or a journey, `last_s` long or since a time of the clock."""

    verb = "metrics"
    usage = (
        "COMPONENT|JOURNEY [SIGNAL] [by zone|version|shard|instance|code] [last 30m | since 14:20] "
        "[compare yesterday]"
    )
    about = "graphs with the values now, an hour ago and yesterday"
    example = "metrics web p95_ms by zone"
    subject: str
    signal: str | None = None
    by: Split | None = None
    last_s: int = WINDOW_S
    since: str | None = None
    compare: bool = False

    @classmethod
    def parse(cls, words: Words) -> Self:
        known = words.names.components + words.names.journeys
        found: dict[str, Any] = {}
        if words.left and not _is_option(words.peek()) and not _is_signal(words.peek()):
            found["subject"] = words.name("component or journey", known)
        else:
            found["subject"] = words.last_component()
        while words.left:
            option = words.options(*_OPTIONS)
            match option and option.lstrip("-"):
                case "by":
                    found["by"] = words.name("split", SPLITS)
                case "last":
                    found |= {"last_s": words.duration_s("the window", DAY_S), "since": None}
                case "since":
                    found |= _since(words)
                case "compare":
                    words.name("day to compare with", ("yesterday",))
                    found["compare"] = True
                case _ if "signal" not in found and _is_busy(words, found["subject"]):
                    found["signal"] = words.name("signal", (BUSY,))
                case _ if "signal" not in found:
                    found["signal"] = take_signal(words, found["subject"])
                case _:
                    words.end()
        return cls(**found)

    def parameters(self) -> list[Any]:
        by = f"by {self.by}" if self.by else None
        last = f"last {duration_text(self.last_s)}" if self.last_s != WINDOW_S else None
        since = f"since {self.since}" if self.since else None
        return [self.subject, self.signal, by, last, since, "compare yesterday" if self.compare else None]


_OPTIONS = ("by", "last", "since", "compare", "--by", "--last", "--since", "--compare")
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?")


def _is_option(word: str) -> bool:
    return word.partition("=")[0] in _OPTIONS


def _since(words: Words) -> dict[str, Any]:
    """Take a time of the clock, or a duration, which means the last of that length."""
    clock = _CLOCK.fullmatch(words.peek())
    if clock is None:
        if ":" in words.peek():
            raise Refused(f"the time must look like 14:20, not {words.peek()!r}")
        return {"last_s": words.duration_s("the window", DAY_S), "since": None}
    words.take("the time")
    hour, minute, second = clock.groups()
    return {"since": f"{int(hour):02d}:{minute}" + (f":{second}" if second else ""), "last_s": WINDOW_S}


def _is_busy(words: Words, subject: str) -> bool:
    return words.peek() == BUSY and subject in words.names.components


def _is_signal(word: str) -> bool:
    return word in (*SIGNALS, BUSY) or any(name.rpartition("_")[0] == word for name in SIGNALS)


def take_signal(words: Words, subject: str) -> str:
    """Take a signal of a component or journey; its unit may be left out: p95 for p95_ms."""
    known: tuple[str, ...] = JOURNEY_SIGNALS if subject in words.names.journeys else SIGNALS
    word = words.peek()
    short = [name for name in known if name.rpartition("_")[0] == word]
    if short:
        words.take("signal")
        return short[0]
    return words.name(f"signal of {subject}", known)


class Journeys(Look):
    """The journeys as customers see them."""

    verb = "journeys"
    usage = "[JOURNEY]"
    about = "what customers meet: good, failed, slow and degraded shares; of one journey by class of client"
    example = "journeys checkout"
    journey: str | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(journey=words.name("journey", words.names.journeys) if words.left else None)

    def parameters(self) -> list[Any]:
        return [self.journey]


class Topology(Look):
    """The map of the system."""

    verb = "topology"
    usage = "[COMPONENT]"
    about = "a drawing of what calls what and how it is; with a component, its calls, team, cells and flags"
    example = "topology web"
    component: str | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(component=words.component() if words.left else None)

    def parameters(self) -> list[Any]:
        return [self.component]


class Logs(Look):
    """What a component writes to its log."""

    verb = "logs"
    usage = "COMPONENT [last 5m]"
    about = "what a component logs, alike lines grouped with their count"
    example = "logs web last 5m"
    component: str
    last_s: int = 300

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.last_component() if words.peek() == "last" else words.component()
        words.skip("last")
        last_s = words.duration_s("the window", LOGS_KEPT_S) if words.left else 300
        return cls(component=component, last_s=last_s)

    def parameters(self) -> list[Any]:
        return [self.component, f"last {duration_text(self.last_s)}" if self.last_s != 300 else None]


class Traces(Look):
    """One typical request, step by step."""

    verb = "traces"
    usage = "JOURNEY"
    about = "one typical request of a journey as a waterfall: where its time goes"
    example = "traces checkout"
    journey: str

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(journey=words.name("journey", words.names.journeys))

    def parameters(self) -> list[Any]:
        return [self.journey]


class Changes(Look):
    """What was changed lately."""

    verb = "changes"
    usage = "[COMPONENT] [last 24h]"
    about = "deploys, configuration and flags that were changed lately, newest first"
    example = "changes last 2h"
    component: str | None = None
    last_s: int = DAY_S

    @classmethod
    def parse(cls, words: Words) -> Self:
        component = words.component() if words.left and words.peek() != "last" else None
        last_s = words.duration_s("the window", DAY_S) if words.skip("last") else DAY_S
        return cls(component=component, last_s=last_s)

    def parameters(self) -> list[Any]:
        return [self.component, f"last {duration_text(self.last_s)}" if self.last_s != DAY_S else None]


class RunbookPage(Look):
    """A runbook."""

    verb = "runbook"
    usage = "[RUNBOOK | RULE | ALERT NUMBER]"
    about = "a runbook by its name, by the rule that links to it or by alert; alone it lists them"
    example = "runbook database-writes"
    runbook: str | None = None
    alert: int | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        if not words.left:
            return cls()
        if words.peek().lstrip("#").isdecimal():
            return cls(alert=words.number("the number of the alert"))
        return cls(runbook=words.name("runbook or rule", words.names.runbooks + words.names.rules))

    def parameters(self) -> list[Any]:
        return [self.runbook, self.alert]


class Oncall(Look):
    """Who is on call."""

    verb = "oncall"
    about = "who carries the pager, who is behind them, and which teams can be paged"
    example = "oncall"


class Who(Look):
    """Who is here."""

    verb = "who"
    about = "who is in the war room, and in which role"
    example = "who"


class Timeline(Look):
    """What happened so far."""

    verb = "timeline"
    usage = "[last 30m]"
    about = "what happened so far: alerts, acts, updates, decisions and notes"
    example = "timeline last 15m"
    last_s: int | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(last_s=words.duration_s("the window", DAY_S) if words.skip("last") or words.left else None)

    def parameters(self) -> list[Any]:
        return [f"last {duration_text(self.last_s)}" if self.last_s else None]


class IncidentCard(Look):
    """The incident as it stands."""

    verb = "incident"
    about = "the incident as declared: severity, scope, suspicions, updates sent and due"
    example = "incident"


class Help(Look):
    """Help."""

    verb = "help"
    usage = "[VERB]"
    about = "all verbs; with a verb, how it is used and an example"
    example = "help update"
    topic: str | None = None

    @classmethod
    def parse(cls, words: Words) -> Self:
        return cls(topic=words.take("verb").lower() if words.left else None)

    def parameters(self) -> list[Any]:
        return [self.topic]
