"""One line of text for each visible event: the time, a mark in capitals, what happened.

What a person typed and what they looked at has its answer already and makes no line here.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import singledispatch

from sim import events as ev
from sim.answer import Line, Tone

STORM_WINDOW_MS = 30_000
"""Alerts this close together are one storm: Alertmanager's default `group_wait`."""
STORM_ALERTS_MIN = 4
"""From this many alerts on a storm becomes one line (assumption: three lines can still be read)."""
STORM_GROUPS_SHOWN = 4

WallClock = Callable[[int], str]
"""Simulated time as the scenario's clock shows it, e.g. '14:32:05'."""

_MARK_WIDTH = 8
_OWN_LABELS = frozenset({"alertname", "rule", "component", "severity"})

_BREAK_IN_PARAGRAPH = re.compile(r"(?<!\n)\n(?![\n\s*•-])")
"""Line breaks inside a paragraph of a file, which fit the file and not the terminal."""

Marked = tuple[str, str, Tone]
"""Mark, text and tone of an event's line."""


def line_of(record: ev.Record, wall_clock: WallClock) -> Line | None:
    """Return the line of an event, None for events that need none (own input, looking, the clock)."""
    marked = _marked(record.event, wall_clock)
    return _line(record.t_ms, *marked, wall_clock) if marked else None


def coalesced(records: Iterable[ev.Record], wall_clock: WallClock) -> list[Line]:
    """Return the lines of a batch of records, in order, storms of alerts as one line each.

    A storm is STORM_ALERTS_MIN or more alerts that fired (or resolved) within STORM_WINDOW_MS; its line
    stands where its first alert was. Pages, messages, acts and everything else stay single.
    """
    records = tuple(records)
    storms = {run[0].seq: run for kind in (ev.AlertFired, ev.AlertResolved) for run in _runs(records, kind)}
    swallowed = {record.seq for run in storms.values() for record in run}
    lines: list[Line] = []
    for record in records:
        if record.seq in storms:
            lines.append(_line(record.t_ms, *_storm(storms[record.seq]), wall_clock))
        elif record.seq not in swallowed:
            line = line_of(record, wall_clock)
            lines += [line] if line else []
    return lines


def _line(t_ms: int, mark: str, text: str, tone: Tone, wall_clock: WallClock) -> Line:
    return Line(f"{wall_clock(t_ms)} {mark:<{_MARK_WIDTH}} {text}", tone)


def _runs(records: Sequence[ev.Record], kind: type[ev.Event]) -> list[list[ev.Record]]:
    """Return the storms among the alert records of one kind."""
    runs: list[list[ev.Record]] = []
    for record in records:
        if not isinstance(record.event, kind):
            continue
        if runs and record.t_ms - runs[-1][0].t_ms <= STORM_WINDOW_MS:
            runs[-1].append(record)
        else:
            runs.append([record])
    return [run for run in runs if len(run) >= STORM_ALERTS_MIN]


def _storm(run: Sequence[ev.Record]) -> Marked:
    """Return mark, text and tone of a storm, e.g. "+37 alerts, 4 groups: CheckoutErrorsHigh x12, ..."."""
    alerts = [r.event for r in run if isinstance(r.event, ev.AlertFired | ev.AlertResolved)]
    groups = sorted(Counter(alert.rule for alert in alerts).items(), key=lambda group: (-group[1], group[0]))
    named = [f"{rule} x{count}" if count > 1 else rule for rule, count in groups[:STORM_GROUPS_SHOWN]]
    if len(groups) > STORM_GROUPS_SHOWN:
        named.append(f"{len(groups) - STORM_GROUPS_SHOWN} more")
    plural = "s" if len(groups) > 1 else ""
    text = f"{len(alerts)} alerts, {len(groups)} group{plural}: {', '.join(named)}"
    if isinstance(alerts[0], ev.AlertResolved):
        return "RESOLVED", f"-{text}", "good"
    critical = any(isinstance(alert, ev.AlertFired) and alert.severity == "critical" for alert in alerts)
    return "ALERT", f"+{text}", "bad" if critical else "warn"


# --- one event, one text ----------------------------------------------------------------------------------


@singledispatch
def _marked(_event: ev.Event, _wall_clock: WallClock) -> Marked | None:
    return None


@_marked.register
def _(event: ev.DrillStarted, _: WallClock) -> Marked:
    briefing = _BREAK_IN_PARAGRAPH.sub(" ", event.briefing.strip())
    role = {"ic": "incident commander"}.get(event.role, event.role)
    return "DRILL", f"{event.title} (you are the {role})\n\n{briefing}\n", "plain"


@_marked.register
def _(_event: ev.DrillPaused, _: WallClock) -> Marked:
    return "PAUSED", "the drill's clock stands", "title"


@_marked.register
def _(_event: ev.DrillResumed, _: WallClock) -> Marked:
    return "RESUMED", "the drill's clock runs", "title"


@_marked.register
def _(event: ev.DrillEnded, _: WallClock) -> Marked:
    return "END", f"the drill is over: {event.reason}", "title"


@_marked.register
def _(event: ev.AlertFired, _: WallClock) -> Marked:
    labels = [f"{k}={v}" for k, v in sorted(event.labels.items()) if k not in _OWN_LABELS]
    where = f"{event.component} ({', '.join(labels)})" if labels else event.component
    tone: Tone = "bad" if event.severity == "critical" else "warn"
    return "ALERT", f"#{event.alert} {event.severity} {event.rule} on {where}: {event.summary}", tone


@_marked.register
def _(event: ev.AlertResolved, _: WallClock) -> Marked:
    return "RESOLVED", f"#{event.alert} {event.rule} on {event.component}", "good"


@_marked.register
def _(event: ev.AlertMarked, _: WallClock) -> Marked:
    return "NOISE", f"alert #{event.alert} was called noise", "dim"


@_marked.register
def _(event: ev.AlertLinked, _: WallClock) -> Marked:
    return "LINKED", f"alert #{event.alert} belongs to the incident", "dim"


@_marked.register
def _(event: ev.AlertSilenced, wall_clock: WallClock) -> Marked:
    since = "" if event.from_ms is None else f"from {wall_clock(event.from_ms)} "
    by = f" ({event.by})" if event.by else ""
    why = f": {event.comment}" if event.comment else ""
    return (
        "SILENCE",
        f"{event.matcher} makes no pages {since}until {wall_clock(event.until_ms)}{by}{why}",
        "dim",
    )


@_marked.register
def _(event: ev.SilenceMoved, wall_clock: WallClock) -> Marked:
    return "SILENCE", f"{event.matcher} makes no pages until {wall_clock(event.until_ms)} now", "dim"


@_marked.register
def _(event: ev.SilenceEnded, _: WallClock) -> Marked:
    return "SILENCE", f"{event.matcher} can page again", "dim"


@_marked.register
def _(event: ev.PageSent, _: WallClock) -> Marked:
    step = f", escalation step {event.step}" if event.step > 1 else ""
    more = f" and {len(event.more)} more" if event.more else ""
    text = f"to {event.person}: {event.rule} on {event.component} (alert #{event.alert}{more}{step})"
    return f"PAGE {event.page}", text, "bad"


@_marked.register
def _(event: ev.PageExtended, _: WallClock) -> Marked:
    numbers = ", ".join(f"#{alert}" for alert in event.alerts)
    return f"PAGE {event.page}", f"also alert{'s' if event.alerts[1:] else ''} {numbers}", "warn"


@_marked.register
def _(event: ev.PageAcknowledged, _: WallClock) -> Marked:
    return "ACK", f"{event.person} took page {event.page} (alert #{event.alert})", "plain"


@_marked.register
def _(event: ev.PageEscalated, _: WallClock) -> Marked:
    return "ESCALATE", f"page {event.page} goes to step {event.step} ({event.reason})", "warn"


@_marked.register
def _(event: ev.IncidentDeclared, _: WallClock) -> Marked:
    return "INCIDENT", f"{event.severity} declared: {event.title}", "title"


@_marked.register
def _(event: ev.SeveritySet, _: WallClock) -> Marked:
    return "SEVERITY", f"the incident is now {event.severity}", "title"


@_marked.register
def _(event: ev.ScopeStated, _: WallClock) -> Marked:
    parts = [*event.journeys, *event.zones, *event.clients]
    if event.users_share is not None:
        parts.append(f"{event.users_share * 100:.3g} % of users")
    return "AFFECTS", ", ".join(parts) or "nothing", "plain"


@_marked.register
def _(event: ev.HypothesisRecorded, _: WallClock) -> Marked:
    sure = "" if event.confidence is None else f" ({event.confidence} % sure)"
    return "SUSPECT", f"{event.component}: {event.mechanism}{sure}", "plain"


@_marked.register
def _(event: ev.UpdateSent, wall_clock: WallClock) -> Marked:
    severity = f", {event.severity}" if event.severity else ""
    promise = "" if event.promised_ms is None else f" (next by {wall_clock(event.promised_ms)})"
    return "UPDATE", f"to {event.audience}{severity}: {event.text}{promise}", "plain"


@_marked.register
def _(event: ev.MessageSaid, _: WallClock) -> Marked:
    return "MESSAGE", f"{event.sender}: {event.text}", "plain"


@_marked.register
def _(event: ev.GuideSaid, _: WallClock) -> Marked:
    return "GUIDE", event.text, "title"


@_marked.register
def _(event: ev.NoteTaken, _: WallClock) -> Marked:
    return "NOTE", event.text, "plain"


@_marked.register
def _(event: ev.DecisionTaken, _: WallClock) -> Marked:
    return "DECISION", event.text, "plain"


@_marked.register
def _(event: ev.PersonPaged, _: WallClock) -> Marked:
    return "CALLED", f"{event.person} ({event.team}) was asked to join", "plain"


@_marked.register
def _(event: ev.PersonJoined, _: WallClock) -> Marked:
    return "JOINED", f"{event.person} ({event.team}) is here", "plain"


@_marked.register
def _(event: ev.HintGiven, _: WallClock) -> Marked:
    return "HINT", f"{event.number}: {event.text}", "plain"


@_marked.register
def _(_event: ev.MitigationClaimed, _: WallClock) -> Marked:
    return "CLAIM", "called mitigated: users are no longer hurt", "title"


@_marked.register
def _(_event: ev.IncidentResolved, _: WallClock) -> Marked:
    return "INCIDENT", "resolved", "title"


@_marked.register
def _(event: ev.ActStarted, _: WallClock) -> Marked:
    return "ACT", f"{event.by} began {event.verb} {event.target}, about {_duration(event.takes_s)}", "plain"


@_marked.register
def _(event: ev.ActProgressed, _: WallClock) -> Marked:
    return "ACT", f"{event.done} of {event.of} {event.what}", "plain"


@_marked.register
def _(event: ev.ActFinished, _: WallClock) -> Marked:
    said = f": {event.text}" if event.text else ""
    if event.ok:
        return "ACT", f"{event.verb} {event.target} done{said}", "good"
    return "ACT", f"{event.verb} {event.target} FAILED{said}", "bad"


@_marked.register
def _(event: ev.ChangeMade, _: WallClock) -> Marked:
    return (
        "CHANGE",
        f"{event.change} {event.what} of {event.component} by {event.by}: {event.summary}",
        "plain",
    )


def _duration(seconds: int) -> str:
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
