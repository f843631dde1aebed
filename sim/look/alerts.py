"""The list of alerts, and one alert with its past: `alerts` and `alert`."""

from collections.abc import Iterator

from sim.actions.look import AlertDetail, Alerts
from sim.alerting import telling
from sim.alerting.rules import Instance
from sim.answer import Answer, Block, Line, Table, Tone, refusal
from sim.board import AlertCard, SilenceCard
from sim.events import AlertFired
from sim.look.figures import ago, figure, plural, unit_of
from sim.spec import Rule
from sim.view import View

_TONES: dict[str, Tone] = {"critical": "bad", "warning": "warn", "info": "dim"}
SHOWN_MAX = 30
SHOWN_TOLD = 3


def alerts(action: Alerts, view: View) -> Answer:
    """Answer `alerts`."""
    cards = list(view.board.alerts.values())[::-1]
    if action.component:
        cards = [card for card in cards if card.fired.component == action.component]
    if not action.everything:
        cards = [card for card in cards if card.open]
    if not cards:
        return Answer(
            (Line("no alert fires" if not action.everything else "no alert has fired yet", "good"),)
        )
    rows = tuple(_row(card, view) for card in cards[:SHOWN_MAX])
    tones = tuple("dim" if not card.open else _TONES[card.fired.severity] for card in cards[:SHOWN_MAX])
    blocks: list[Block] = [Table(("#", "severity", "rule", "on", "since", ""), rows, tones)]
    if len(cards) > SHOWN_MAX:
        blocks.append(Line(f"and {len(cards) - SHOWN_MAX} more", "dim"))
    for card in view.board.silences.values():
        blocks.append(Line(_silence(card, view), "dim"))
    return Answer(tuple(blocks))


def _silence(card: SilenceCard, view: View) -> str:
    since = f"from {view.wall_clock(card.from_ms)} " if card.from_ms > view.now_ms else ""
    why = f": {card.comment}" if card.comment else ""
    return f"silence {card.silence}: {card.matcher} {since}until {view.wall_clock(card.until_ms)}{why}"


def _row(card: AlertCard, view: View) -> tuple[str, ...]:
    fired = card.fired
    part = fired.labels.get("zone") or fired.labels.get("version")
    on = f"{fired.component} {part}" if part else fired.component
    state = "noise" if card.noise else "linked" if card.linked else ""
    if card.resolved_ms is not None:
        state = f"over {view.wall_clock(card.resolved_ms)} {state}".strip()
    pages = [page for page in view.board.pages.values() if fired.alert in page.alerts]
    if pages and not state:
        state = f"page {pages[-1].page} {pages[-1].acknowledged_by or ''}".rstrip()
    if not pages and not state and card.muted_by in view.board.silences:
        state = f"silence {card.muted_by}"
    return (str(fired.alert), fired.severity, fired.rule, on, view.wall_clock(card.since_ms), state)


def alert_detail(action: AlertDetail, view: View) -> Answer:
    """Answer `alert N`."""
    card = view.board.alerts.get(action.alert)
    if card is None:
        return refusal(f"there is no alert #{action.alert}; `alerts all` shows what there was")
    fired = card.fired
    instance = _instance(fired, view)
    rule, series = instance.rule, instance.series
    unit = unit_of(rule.signal)
    state = "fires" if card.resolved_ms is None else f"resolved at {view.wall_clock(card.resolved_ms)}"
    now = view.measured_at(fired.component, rule.signal, view.now_ms, series.by, series.label)
    since = view.wall_clock(card.since_ms)
    blocks: list[Block] = [
        Line(f"#{fired.alert} {fired.severity} {fired.rule} on {fired.component}", "title"),
        Line(fired.summary),
        Line(f"rule: {_condition(rule)}; runbook: {rule.runbook or 'none'}"),
        Line(f"since {since} with {figure(fired.value, unit)}; {state}; now {figure(now, unit)}"),
    ]
    labels = ", ".join(f"{key}={value}" for key, value in sorted(fired.labels.items()))
    told = telling.annotations(instance, fired.value)
    blocks += [
        Line(f"{name}: {text.strip()}") for name, text in told.items() if text.strip() != fired.summary
    ]
    blocks.append(Line(f"labels: {labels}", "dim"))
    blocks += [Line(text) for text in _told(card, view)]
    blocks.append(Line(_past(fired.rule, view)))
    return Answer(tuple(blocks))


def _told(card: AlertCard, view: View) -> Iterator[str]:
    """Yield to whom routing told of an alert, and what keeps it from telling more."""
    for t_ms, told in card.told[-SHOWN_TOLD:]:
        yield f"told {told.receiver} at {view.wall_clock(t_ms)} ({told.reason})"
    standing = view.alert_standing(card)
    if standing is None:
        return
    if standing.silenced_by:
        numbers = " and ".join(str(view.router.silences.number(name)) for name in standing.silenced_by)
        yield f"under silence {numbers}: it notifies nobody"
    if standing.inhibited_by:
        yield "inhibited while another alert fires: it notifies nobody"


def _instance(fired: AlertFired, view: View) -> Instance:
    """Return the rule and series that an alert is of."""
    known = view.rules_named(fired.rule)
    return next((one for one in known if telling.labels(one, fired.value) == fired.labels), known[0])


def _condition(rule: Rule) -> str:
    unit = unit_of(rule.signal)
    limit = f"> {figure(rule.above, unit)}" if rule.above is not None else f"< {figure(rule.below, unit)}"
    return f"{rule.signal} {limit} for {rule.for_s} s"


def _past(rule: str, view: View) -> str:
    history = view.alert_history(rule)
    if not history.fired:
        return f"in the last {history.days} days it did not fire"
    typical = f", typically for {ago(history.typical_length_s * 1000)}" if history.typical_length_s else ""
    return (
        f"in the last {history.days} days it fired {plural(history.fired, 'time')}{typical}: "
        f"{history.resolved_itself} resolved by themselves, {history.acted_on} acted on"
    )
