"""Alerts of a running drill on their way to people: an Alertmanager within the drill.

What fires is pushed into a `Router` at its instant, and the groups that are due then are flushed after it.
"""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sim.alerting.routing.alerts import Push, fingerprint
from sim.alerting.routing.config import Config, config_of
from sim.alerting.routing.router import Notification, Router
from sim.decision import Emit
from sim.document import parsed
from sim.events import AlertFired, AlertMuted, AlertResolved, NotificationSent
from sim.spec import Rule, Scenario
from sim.timeline import Order, Timeline

BUILT_IN = """\
# Where a drill's alerts go unless it brings an alertmanager.yml: what is critical pages at once, each alert
# alone; everything else shows among the alerts.
route:
  receiver: nobody
  group_by: ['...']
  routes:
    - matchers: [SEVERITY]
      receiver: pager
      group_wait: 0s
      group_interval: 15s
receivers:
  - name: nobody
  - name: pager
    pagerduty_configs:
      - routing_key: drill
"""
"""SEVERITY stands for what the rules' teams call critical. The group interval is that of the rules'
evaluation, so that an alert's end is told of when it is seen."""

_UNTIL_RESOLVED_MS = 10 * 366 * 86_400_000
"""Monitoring says itself when an alert is over; it does not time out."""


@dataclass(frozen=True, slots=True)
class Firing:
    """An alert, and what names its onset for ever, for random draws."""

    alert: AlertFired
    identity: str


@dataclass(frozen=True, slots=True)
class Told:
    """A notification with the drill's alerts that it tells of: those that fire, oldest first."""

    notification: Notification
    firing: tuple[Firing, ...]


class Dispatch:
    """Takes alerts in, emits every notification, and hands those for somebody's pager to `page`."""

    def __init__(
        self,
        config: Config,
        starts_at: datetime,
        timeline: Timeline,
        emit: Emit,
        page: Callable[[Told], None],
    ) -> None:
        self.router = Router(config, starts_at)
        self._timeline = timeline
        self._emit = emit
        self._page = page
        self._latest: dict[str, Firing] = {}  # by fingerprint
        self._fingerprints: dict[int, str] = {}  # by number of the alert
        self._annotations: dict[str, dict[str, str]] = {}  # by fingerprint
        self._wakes_ms: int | None = None

    def fired(self, alert: AlertFired, identity: str, annotations: dict[str, str]) -> None:
        """Take in an alert that began to fire, with what its team wrote for it."""
        now_ms = self._timeline.now_ms
        name = fingerprint({label: value for label, value in alert.labels.items() if value})
        self._latest[name] = Firing(alert, identity)
        self._fingerprints[alert.alert] = name
        for silence in self.silencing(alert)[:1]:
            muted = AlertMuted(alert=alert.alert, rule=alert.rule, component=alert.component, silence=silence)
            self._emit(muted)
        self._annotations[name] = {"summary": alert.summary, **annotations}
        self._push(alert, now_ms, now_ms + _UNTIL_RESOLVED_MS)

    def resolved(self, resolved: AlertResolved) -> None:
        """Take in that an alert is over."""
        firing = self._latest[self._fingerprints[resolved.alert]]
        self._push(firing.alert, None, self._timeline.now_ms)

    def silencing(self, alert: AlertFired) -> tuple[int, ...]:
        """Return the silences that an alert is under now."""
        silences = self.router.silences
        return tuple(map(silences.number, silences.silencing(alert.labels, self._timeline.now_ms)))

    def _push(self, alert: AlertFired, starts_ms: int | None, ends_ms: int) -> None:
        annotations = self._annotations[self._fingerprints[alert.alert]]
        push = Push(alert.labels, annotations, starts_ms, ends_ms)
        refused = self.router.push(self._timeline.now_ms, (push,))
        assert not refused, refused
        self._wake()

    def _wake(self) -> None:
        """See to it that the next group is flushed when it is due."""
        next_ms = self.router.next_ms()
        if next_ms is not None and (self._wakes_ms is None or next_ms < self._wakes_ms):
            self._wakes_ms = max(next_ms, self._timeline.now_ms)
            self._timeline.call_at(self._wakes_ms, Order.NOTIFICATIONS, "groups", self._flush)

    def _flush(self) -> None:
        now_ms = self._timeline.now_ms
        if self._wakes_ms != now_ms:  # an earlier one came in between, and saw to what follows
            return
        self._wakes_ms = None
        for notification in self.router.due(now_ms):
            self._tell(notification)
        self._wake()

    def _tell(self, notification: Notification) -> None:
        known = [(one.firing, self._latest[one.alert.fingerprint]) for one in notification.alerts]
        firing = tuple(sorted((one for fires, one in known if fires), key=lambda one: one.alert.alert))
        self._emit(
            NotificationSent(
                receiver=notification.receiver,
                integration=notification.integration,
                group=notification.group_labels,
                reason=notification.reason,
                firing=tuple(one.alert.alert for one in firing),
                resolved=tuple(sorted(one.alert.alert for fires, one in known if not fires)),
            )
        )
        if self.router.config.receivers[notification.receiver].pages:
            self._page(Told(notification, firing))


def routing(scenario: Scenario) -> Config:
    """Return the configuration of a scenario's alertmanager.yml, or the built-in one.

    Raises FileError with every mistake in it.
    """
    if scenario.alertmanager is not None:
        return _config(scenario.alertmanager)
    words = {severity_label(rule) for rule in scenario.world.rules if rule.severity == "critical"}
    return _config(BUILT_IN.replace("SEVERITY", _matcher(words or {"critical"})))


def severity_label(rule: Rule) -> str:
    """Return what the alerts of a rule say of their severity: its team's word, or ours."""
    return dict(rule.labels).get("severity", rule.severity)


def _matcher(words: set[str]) -> str:
    """Return a matcher of any of these severities, quoted for YAML."""
    if len(words) == 1:
        text = f"severity = {json.dumps(*words)}"
    else:
        text = f"severity =~ {json.dumps('|'.join(re.escape(word) for word in sorted(words)))}"
    return "'" + text.replace("'", "''") + "'"


@lru_cache(maxsize=4)
def _config(text: str) -> Config:
    return config_of(parsed(Path("alertmanager.yml"), text))
