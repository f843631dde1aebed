"""Verbs that look and change nothing. That one looked is journaled all the same."""

from typing import Any, ClassVar, Literal, Self, get_args

from sim.actions.base import Action, Group, Words, duration_text
from sim.spec import JOURNEY_SIGNALS, Signal

Split = Literal["zone", "version", "shard"]
DAY_S = 24 * 3600
LOGS_KEPT_S = 3600
SIGNALS: tuple[str, ...] = get_args(Signal)


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
    """Graphs of a component or a journey."""

    verb = "metrics"
    usage = "COMPONENT|JOURNEY [SIGNAL] [by zone|version|shard] [last 30m]"
    about = "graphs with the values now, an hour ago and yesterday"
    example = "metrics web p95_ms by zone"
    subject: str
    signal: str | None = None
    by: Split | None = None
    last_s: int = 1800

    @classmethod
    def parse(cls, words: Words) -> Self:
        names = words.names
        known = names.components + names.journeys
        if words.left and (words.peek() not in ("by", "last") and not _is_signal(words.peek())):
            subject = words.name("component or journey", known)
        else:
            subject = words.last_component()
        signal: str | None = None
        by: Split | None = None
        last_s = 1800
        while words.left:
            if words.skip("by"):
                by = words.name("split", ("zone", "version", "shard"))  # type: ignore[assignment]
            elif words.skip("last"):
                last_s = words.duration_s("the window", DAY_S)
            elif signal is None:
                signal = take_signal(words, subject)
            else:
                words.end()
        return cls(subject=subject, signal=signal, by=by, last_s=last_s)

    def parameters(self) -> list[Any]:
        by = f"by {self.by}" if self.by else None
        last = f"last {duration_text(self.last_s)}" if self.last_s != 1800 else None
        return [self.subject, self.signal, by, last]


def _is_signal(word: str) -> bool:
    return word in SIGNALS or any(name.rpartition("_")[0] == word for name in SIGNALS)


def take_signal(words: Words, subject: str) -> str:
    """Take a signal of a component or journey; its unit may be left out: p95 for p95_ms."""
    known: tuple[str, ...] = JOURNEY_SIGNALS if subject in words.names.journeys else SIGNALS
    word = words.peek()
    short = [name for name in known if name.rpartition("_")[0] == word]
    if short:
        words.take("signal")
        return short[0]
    return words.name(f"signal of {subject}", known)


class Topology(Look):
    """The map of the system."""

    verb = "topology"
    usage = "[COMPONENT]"
    about = "what calls what; with a component, its callers, calls, team, cells and flags"
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
