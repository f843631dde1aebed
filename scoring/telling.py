"""Records in the words of a journal that is read afterwards: what happened, with everything that was said."""

from collections.abc import Iterable

from scoring.acts import act_text
from scoring.case import Case
from scoring.durations import wall_text
from scoring.record import cite
from scoring.scorecard import Entry, Evidence
from sim import events as ev


def journal_of(case: Case, cited: Iterable[Evidence]) -> tuple[Entry, ...]:
    """Return the records that are cited, each once, in order of time."""
    wanted = {(item.file, item.seq) for item in cited}
    found = [
        Entry(tell(case, record), record.actor)
        for file, records in (("journal", case.journal), ("truth", case.truth))
        for record in records
        if (file, record.seq) in wanted
    ]
    return tuple(sorted(found, key=lambda entry: (entry.at.t_ms, entry.at.file, entry.at.seq)))


def beliefs(case: Case) -> tuple[Evidence, ...]:
    """Return what was held to be so at the time: severities, scope, suspicions, decisions and claims."""
    kinds = (
        ev.IncidentDeclared
        | ev.SeveritySet
        | ev.ScopeStated
        | ev.HypothesisRecorded
        | ev.DecisionTaken
        | ev.MitigationClaimed
    )
    return tuple(tell(case, record) for record in case.journal if isinstance(record.event, kinds))


def tell(case: Case, record: ev.Record) -> Evidence:
    """Return a record as evidence, in whole words."""
    return cite(record, _in_words(case, record.event))


def _in_words(case: Case, event: ev.Event) -> str:  # noqa: PLR0911, PLR0912 (one case for each kind)
    match event:
        case ev.AlertFired():
            return f"alert {event.alert} fired: {event.rule} on {event.component}: {event.summary}"
        case ev.AlertSilenced():
            return f"silenced {event.matcher} until {_clock(case, event.until_ms)}"
        case ev.AlertMuted():
            return (
                f"alert {event.alert} fired under silence {event.silence}: {event.rule} on {event.component}"
            )
        case ev.PageSent():
            step = f", escalation step {event.step}" if event.step > 1 else ""
            return f"page {event.page} to {event.person}{step}: {event.rule} on {event.component}"
        case ev.PageAcknowledged():
            return f"{event.person} took page {event.page}"
        case ev.IncidentDeclared():
            return f"declared {event.severity}: {event.title}"
        case ev.SeveritySet():
            return f"changed the severity to {event.severity}"
        case ev.ScopeStated():
            named = [*event.journeys, *event.zones, *event.clients]
            if event.users_share is not None:
                named.append(f"{event.users_share:.0%} of users")
            return f"said it affects {', '.join(named) or 'nothing'}"
        case ev.HypothesisRecorded():
            sure = "" if event.confidence is None else f" ({event.confidence} % sure)"
            return f"suspected {event.component}: {event.mechanism}{sure}"
        case ev.DecisionTaken():
            return f"decided: {event.text}"
        case ev.UpdateSent():
            severity = f", {event.severity}" if event.severity else ""
            promise = "" if event.promised_ms is None else f" (next by {_clock(case, event.promised_ms)})"
            return f"update to {event.audience}{severity}: {event.text}{promise}"
        case ev.LookedAt():
            return f"looked: {event.verb} {event.args}".rstrip()
        case ev.ActStarted():
            return f"began {act_text(event)}"
        case ev.ActFinished():
            return f"{event.verb} {event.target} {'done' if event.ok else 'failed'}: {event.text}"
        case ev.MitigationClaimed():
            return "said that users are no longer hurt"
        case ev.IncidentResolved():
            return "closed the incident"
        case ev.HintGiven():
            return f"hint {event.number}: {event.text}"
        case ev.EvidenceAppeared():
            return f"from here on it could be seen: {event.what}"
        case ev.ImpactStarted():
            return f"users were hurt from here on: {event.journey}"
        case ev.ImpactMitigated():
            return f"users had recovered since {_clock(case, event.since_ms)}, and it held"
        case ev.ImpactRelapsed():
            return f"{event.journey} relapsed"
        case ev.ImpactMeasured():
            lost = f"{event.user_min_lost:,.0f} user-minutes lost so far"
            return f"{event.users_hurt_share:.0%} of users hurt, {lost}"
        case _:
            return event.kind.removeprefix("truth.").replace(".", " ").replace("_", " ")


def _clock(case: Case, t_ms: int) -> str:
    return wall_text(case.record.scenario.starts_at, t_ms)
