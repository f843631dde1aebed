"""A notification of a drill, complete: what a real Alertmanager would have in hand when it sends one."""

from collections.abc import Iterator
from dataclasses import dataclass

from sim.alerting.routing.alerts import fingerprint
from sim.board import AlertCard
from sim.bridge.time_map import TimeMap
from sim.events import NotificationSent, Record
from sim.view import View

MARK = "[DRILL]"
"""Stands before every text that a person reads."""
LABEL = {"drill": "1"}
"""Is among the labels of every alert that leaves."""


@dataclass(frozen=True, slots=True)
class ToldAlert:
    """An alert of a notification; times are outside ms, `ends_ms` None while it fires."""

    labels: dict[str, str]
    summary: str
    starts_ms: int
    ends_ms: int | None

    @property
    def fingerprint(self) -> str:
        """Its name as Alertmanager has it, with the label of the drill."""
        return fingerprint(self.labels)


@dataclass(frozen=True, slots=True)
class Told:
    """A notification: `drill` names the drill, `group` holds the labels of the group."""

    drill: str
    receiver: str
    reason: str
    group: dict[str, str]
    alerts: tuple[ToldAlert, ...]

    @property
    def firing(self) -> bool:
        """Whether any of its alerts fires."""
        return any(alert.ends_ms is None for alert in self.alerts)

    @property
    def group_key(self) -> str:
        """What names the group for a tool that keeps one incident for it."""
        labels = ",".join(f'{name}="{value}"' for name, value in sorted(self.group.items()))
        return f"drill/{self.drill}/{self.receiver}:{{{labels}}}"

    @property
    def title(self) -> str:
        """What it is about in a line."""
        firing = [alert for alert in self.alerts if alert.ends_ms is None]
        first = (firing or list(self.alerts))[0]
        state = f"FIRING:{len(firing)}" if firing else "RESOLVED"
        return f"{MARK} [{state}] {first.labels.get('alertname', '')}: {first.summary}"


def told_since(view: View, after_seq: int, drill: str, times: TimeMap) -> Iterator[tuple[int, Told]]:
    """Yield the notifications that the journal has after a record, each with its record's number."""
    for record in view.events(after_seq):
        if isinstance(record.event, NotificationSent):
            yield record.seq, _told(view, record, record.event, drill, times)


def _told(view: View, record: Record, event: NotificationSent, drill: str, times: TimeMap) -> Told:
    cards = view.board.alerts
    alerts = [_alert(cards[number], times, None) for number in event.firing]
    for number in event.resolved:
        ended_ms = cards[number].resolved_ms
        alerts.append(_alert(cards[number], times, record.t_ms if ended_ms is None else ended_ms))
    return Told(drill, event.receiver, event.reason, {**event.group, **LABEL}, tuple(alerts))


def _alert(card: AlertCard, times: TimeMap, ends_ms: int | None) -> ToldAlert:
    return ToldAlert(
        {**card.fired.labels, **LABEL},
        f"{MARK} {card.fired.summary}",
        times.outside_ms(card.since_ms),
        None if ends_ms is None else times.outside_ms(ends_ms),
    )
