"""The vocabulary of the journal: everything that can happen in a drill, as frozen past-tense events.

An event is visible as a whole: its record's `seen_by` is fixed at emission. What people must not see is an
event of its own (kind `truth.*`), kept in another file. Times are integer simulated milliseconds since the
start of the drill; shares lie in [0, 1].
"""

import json
from hashlib import blake2b
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict

from sim.spec import Severity

ENGINE = 1
"""Raised when behaviour changes; a drill of an older engine can be read and scored, not resumed."""

SAMPLE_MS = 15_000
"""How often telemetry, rules and impact are sampled."""

ALL = "all"
TRUTH = "truth"
FACILITATOR = "facilitator"


class Event(BaseModel):
    """Base of all events. `kind` is `<noun>.<past participle>`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    kind: ClassVar[str]


# --- the drill itself -------------------------------------------------------------------------------------


class DrillStarted(Event):
    """The first event: who plays what."""

    kind = "drill.started"
    title: str
    briefing: str
    starts_at: str
    horizon_s: int
    role: str


class DrillPaused(Event):
    """The clock was stopped (input)."""

    kind = "drill.paused"


class DrillResumed(Event):
    """The clock runs again (input)."""

    kind = "drill.resumed"


class DrillEnded(Event):
    """Nobody can act any more; `reason` is 'resolved' or 'time limit'. The world runs on to the horizon."""

    kind = "drill.ended"
    reason: str


class ClockReached(Event):
    """Simulated time reached this point while somebody played live (input)."""

    kind = "clock.reached"


class ClockPaced(Event):
    """The pace was set: simulated seconds per second of wall time (input). Pacing itself lives outside."""

    kind = "clock.paced"
    speed: float


# --- inputs -----------------------------------------------------------------------------------------------


class ActionSubmitted(Event):
    """A verb that was accepted (input): canonical form and the line as typed."""

    kind = "action.submitted"
    verb: str
    command: str
    raw: str


class ActionRefused(Event):
    """A line that was not understood or made no sense now (input). Nothing changed."""

    kind = "action.refused"
    raw: str
    reason: str


class LookedAt(Event):
    """Somebody looked: judging by what could be seen needs it. Seen by who looked."""

    kind = "looked.at"
    verb: str
    args: str
    component: str | None = None


# --- alerts and pages -------------------------------------------------------------------------------------


class AlertFired(Event):
    """A rule has held for its `for`; `alert` is the short number."""

    kind = "alert.fired"
    alert: int
    rule: str
    component: str
    labels: dict[str, str]
    severity: str
    summary: str
    value: float


class AlertResolved(Event):
    """The rule no longer holds."""

    kind = "alert.resolved"
    alert: int
    rule: str
    component: str


class AlertMarked(Event):
    """A person called an alert noise (verb `noise`)."""

    kind = "alert.marked"
    alert: int


class AlertLinked(Event):
    """A person linked an alert to the incident (verb `link`)."""

    kind = "alert.linked"
    alert: int


class AlertSilenced(Event):
    """Alerts of a rule or component make no pages until `until_ms`."""

    kind = "alert.silenced"
    silence: int
    matcher: str
    until_ms: int


class SilenceEnded(Event):
    """A silence expired or was lifted."""

    kind = "silence.ended"
    silence: int
    matcher: str


class PageSent(Event):
    """A person was paged for an alert; `step` is the escalation step."""

    kind = "page.sent"
    page: int
    alert: int
    rule: str
    component: str
    person: str
    step: int


class PageAcknowledged(Event):
    """Somebody took the page."""

    kind = "page.acknowledged"
    page: int
    alert: int
    person: str


class PageEscalated(Event):
    """A page went to the next step: 'unacknowledged' or 'asked'."""

    kind = "page.escalated"
    page: int
    step: int
    reason: str


# --- incident, war room -----------------------------------------------------------------------------------


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


# --- acts on the world ------------------------------------------------------------------------------------


class ActStarted(Event):
    """A hands-on act began. `by` is the person at the keyboard, `target` as it was named."""

    kind = "act.started"
    act: int
    verb: str
    target: str
    by: str
    takes_s: int


class ActProgressed(Event):
    """Visible progress, e.g. 2 of 8 ready."""

    kind = "act.progressed"
    act: int
    done: int
    of: int
    what: str


class ActFinished(Event):
    """The act is over as far as the tool that did it can tell; `ok` is False where the tool itself failed."""

    kind = "act.finished"
    act: int
    verb: str
    target: str
    ok: bool
    text: str


class ChangeMade(Event):
    """A logged change by somebody else was made."""

    kind = "change.made"
    change: str
    component: str
    what: str
    summary: str
    by: str


# --- truth: never seen before the end ---------------------------------------------------------------------


class FaultStarted(Event):
    """A fault began to act on the world."""

    kind = "truth.fault_started"
    fault: str
    fault_kind: str
    component: str


class FaultEnded(Event):
    """A fault is gone: cured by an act, or by itself (`by` is the act's owner id, or 'itself')."""

    kind = "truth.fault_ended"
    fault: str
    by: str


class ActJudged(Event):
    """What an act really did: worked, partial, failed or no_effect; `cured` lists faults it ended."""

    kind = "truth.act_judged"
    act: int
    outcome: str
    cured: tuple[str, ...] = ()


class JourneyImpact(BaseModel):
    """Disjoint shares of one journey's undisturbed demand of one client class in one 15 s sample."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    journey: str
    client: str
    failed: float
    slow: float
    degraded: float
    users: float


class ImpactMeasured(Event):
    """Impact of one 15 s sample, for journeys that are hurt; the running total of user-minutes lost.

    `users_hurt_share` is the share of all active users that have a bad experience now; `severity` follows
    the policy's table from the sustained impact, None while there is none.
    """

    kind = "truth.impact_measured"
    hurt: tuple[JourneyImpact, ...]
    users_hurt_share: float
    users_affected: float
    user_min_lost: float
    severity: Severity | None


class ImpactStarted(Event):
    """Onset: the first journey out of its objective in two of three samples."""

    kind = "truth.impact_started"
    journey: str


class EvidenceAppeared(Event):
    """First moment at which somebody who looked could have seen it: a page, an alert or a journey signal."""

    kind = "truth.evidence_appeared"
    what: str


class ImpactMitigated(Event):
    """Every journey this incident hurt has met its objective for the hold; `since_ms` is when that began."""

    kind = "truth.impact_mitigated"
    since_ms: int


class ImpactRelapsed(Event):
    """A mitigated journey is out of its objective again."""

    kind = "truth.impact_relapsed"
    journey: str


class AlertLabelled(Event):
    """What an alert really was: noise, transient, cause, symptom, self_inflicted or unrelated."""

    kind = "truth.alert_labelled"
    alert: int
    label: str
    cause: str


def _all_kinds(base: type[Event]) -> dict[str, type[Event]]:
    return {event.kind: event for event in base.__subclasses__()}


EVENTS: dict[str, type[Event]] = _all_kinds(Event)
"""Every event by its kind."""

INPUT_KINDS = frozenset(
    event.kind
    for event in (ActionSubmitted, ActionRefused, DrillPaused, DrillResumed, ClockReached, ClockPaced)
)
"""Kinds that come from people or the clock and are fed back on replay; all others are outputs."""


class Record(BaseModel):
    """One line of a journal: an event with its number, time, actor and audience."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    seq: int
    t_ms: int
    actor: str
    seen_by: tuple[str, ...]
    event: Event

    @property
    def is_input(self) -> bool:
        """Whether this record came from people or the clock."""
        return self.event.kind in INPUT_KINDS

    def seen(self, principal: str, role: str) -> bool:
        """Return whether this person, holding this role, can see it."""
        return ALL in self.seen_by or principal in self.seen_by or role in self.seen_by


def to_line(record: Record, previous_sum: str) -> tuple[str, str]:
    """Return the journal line of a record (without newline) and its checksum.

    `sum` covers this line and, through it, all lines before.
    """
    fields: dict[str, Any] = {
        "seq": record.seq,
        "t_ms": record.t_ms,
        "kind": record.event.kind,
        "actor": record.actor,
        "seen_by": list(record.seen_by),
        "data": record.event.model_dump(mode="json"),
        "in": record.is_input,
    }
    body = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    checksum = chained_sum(previous_sum, body)
    return f'{body[:-1]},"sum":"{checksum}"}}', checksum


def chained_sum(previous_sum: str, body: str) -> str:
    """Return the checksum of a line body that follows a line with `previous_sum`."""
    return blake2b(f"{previous_sum}\n{body}".encode(), digest_size=8).hexdigest()


def from_fields(fields: dict[str, Any]) -> Record:
    """Return the record of a parsed journal line. Raises ValueError where it is not one."""
    kind = fields.get("kind")
    event_type = EVENTS.get(str(kind))
    if event_type is None:
        raise ValueError(f"unknown kind {kind!r}")
    return Record(
        seq=fields["seq"],
        t_ms=fields["t_ms"],
        actor=fields["actor"],
        seen_by=tuple(fields["seen_by"]),
        event=event_type.model_validate(fields["data"]),
    )
