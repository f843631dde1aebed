"""An Alertmanager at work: alerts come in, groups are flushed at their times, receivers are notified."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heappop, heappush
from typing import Literal

from sim.alerting.routing.alerts import Alert, Push, merged, received
from sim.alerting.routing.config import Config
from sim.alerting.routing.dedup import Reason, Told, reason_to_tell
from sim.alerting.routing.inhibition import Inhibitor
from sim.alerting.routing.integrations import Integration
from sim.alerting.routing.route import Route
from sim.alerting.routing.silences import Silences

TIDY_MS = 30_000
"""Empty groups are dropped so often; until then a new alert waits for its group's next flush, not for
`group_wait`. Alertmanager counts from its start."""

FORGET_MS = 30 * 60_000
"""Alerts that are over are forgotten so often: Alertmanager's default `alerts.gc-interval`."""

State = Literal["active", "suppressed"]
"""Alertmanager also knows `unprocessed`, and overwrites it before anybody can see it."""


@dataclass(frozen=True, slots=True)
class Notified:
    """One alert in a notification; `ends_ms` is None while it fires."""

    alert: Alert
    ends_ms: int | None

    @property
    def firing(self) -> bool:
        """Whether it fires."""
        return self.ends_ms is None


@dataclass(frozen=True, slots=True)
class Notification:
    """What a receiver is told of a group, by one of its integrations."""

    at_ms: int
    receiver: str
    integration: str
    group_key: str
    group_labels: dict[str, str]
    reason: Reason
    alerts: tuple[Notified, ...]
    before: Told | None = field(repr=False, compare=False)  # what the receiver was told before


@dataclass(frozen=True, slots=True)
class Status:
    """How an alert stands: what keeps it silent, and to whom it goes."""

    state: State
    silenced_by: tuple[str, ...]
    inhibited_by: tuple[str, ...]
    receivers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GroupView:
    """A group as it stands: its labels, its receiver and its alerts."""

    labels: dict[str, str]
    receiver: str
    alerts: tuple[Alert, ...]


_Key = tuple[object, ...]
"""What tells one group from all others: its route and its labels."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A group that an alert belongs to."""

    route: Route
    labels: dict[str, str]
    key: _Key


def _placed(route: Route, labels: Mapping[str, str]) -> _Place:
    grouped = route.group_labels(labels)
    return _Place(route, grouped, (route.place, *sorted(grouped.items())))


@dataclass(slots=True)
class _Group:
    route: Route
    labels: dict[str, str]
    next_ms: int
    order: int
    flushed: bool = False
    alerts: dict[str, Alert] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return it as Alertmanager's notification log names it."""
        labels = ", ".join(f'{name}="{value}"' for name, value in sorted(self.labels.items()))
        return f"{self.route.key}:{{{labels}}}"


class Router:
    """Routes alerts by one configuration. Call it with times that do not go back.

    `starts_at` is the moment of 0 ms, for time intervals. `silences` may be changed at any time.
    """

    def __init__(self, config: Config, starts_at: datetime) -> None:
        self.config = config
        self.silences = Silences()
        self._starts_at = starts_at
        self._alerts: dict[str, Alert] = {}
        self._inhibitor = Inhibitor(config.inhibitions)
        self._places: dict[str, tuple[_Place, ...]] = {}  # where an alert belongs, by fingerprint
        self._groups: dict[_Key, _Group] = {}
        self._log: dict[tuple[str, str, str], Told] = {}  # by group key, receiver and integration
        self._queue: list[tuple[int, int, _Key]] = []
        self._made = 0
        self._tidied_ms = 0
        self._forgot_ms = 0

    def push(self, now_ms: int, pushes: Iterable[Push]) -> list[str]:
        """Take alerts in; return what is wrong with those that are refused. Others are taken all the same."""
        self._keep_tidy(now_ms)
        refused = []
        for push in pushes:
            try:
                alert = received(push, now_ms, self.config.resolve_timeout_ms)
            except ValueError as problem:
                refused.append(str(problem))
                continue
            self._take(alert, now_ms)
        return refused

    def next_ms(self) -> int | None:
        """Return when the next group is due; None while there is nothing to wait for."""
        while self._queue and not self._current(self._queue[0]):
            heappop(self._queue)
        return self._queue[0][0] if self._queue else None

    def due(self, now_ms: int) -> tuple[Notification, ...]:
        """Flush every group that is due up to now, in the order of their times, and return who is told."""
        found: list[Notification] = []
        while (at_ms := self.next_ms()) is not None and at_ms <= now_ms:
            self._keep_tidy(at_ms)
            if self.next_ms() != at_ms:
                continue
            _, _, key = heappop(self._queue)
            found.extend(self._flush(self._groups[key], key, at_ms))
        self._keep_tidy(now_ms)
        return tuple(found)

    def failed(self, notification: Notification) -> None:
        """Take it that a notification did not arrive: the next flush of its group tries again."""
        place = (notification.group_key, notification.receiver, notification.integration)
        if notification.before is None:
            self._log.pop(place, None)
        else:
            self._log[place] = notification.before

    def reload(self, config: Config, now_ms: int) -> None:
        """Go on with another configuration: alerts, silences and what was told stay, groups begin anew."""
        self.config = config
        self._groups.clear()
        self._places.clear()
        self._inhibitor = Inhibitor(config.inhibitions)
        for alert in self.alerts(now_ms):
            self._inhibitor.add(alert.fingerprint, alert.labels)
            self._place(alert, now_ms)

    # --- what can be asked --------------------------------------------------------------------------------

    def alerts(self, now_ms: int) -> tuple[Alert, ...]:
        """Return the alerts that are not over, by fingerprint."""
        alerts = (alert for alert in self._alerts.values() if not alert.resolved(now_ms))
        return tuple(sorted(alerts, key=lambda alert: alert.fingerprint))

    def status(self, alert: Alert, now_ms: int) -> Status:
        """Return how an alert stands now."""
        silenced = self.silences.silencing(alert.labels, now_ms)
        source = self._muting(alert, now_ms)
        inhibited = () if source is None else (source,)
        state: State = "suppressed" if silenced or inhibited else "active"
        receivers = tuple(dict.fromkeys(place.route.receiver for place in self._places_of(alert)))
        return Status(state, silenced, inhibited, receivers)

    def groups(self) -> tuple[GroupView, ...]:
        """Return the groups that hold alerts, by labels and receiver."""
        views = (
            GroupView(
                group.labels,
                group.route.receiver,
                tuple(sorted(group.alerts.values(), key=lambda alert: alert.fingerprint)),
            )
            for group in self._groups.values()
            if group.alerts
        )
        return tuple(sorted(views, key=lambda view: (sorted(view.labels.items()), view.receiver)))

    # --- alerts in ----------------------------------------------------------------------------------------

    def _take(self, alert: Alert, now_ms: int) -> None:
        old = self._alerts.get(alert.fingerprint)
        if old is None:
            self._inhibitor.add(alert.fingerprint, alert.labels)
        else:
            alert = merged(old, alert, now_ms)
        self._alerts[alert.fingerprint] = alert
        self._place(alert, now_ms)

    def _place(self, alert: Alert, now_ms: int) -> None:
        """Put an alert into its groups."""
        for place in self._places_of(alert):
            group = self._groups.get(place.key)
            if group is None:
                group = self._opened(place, now_ms)
            group.alerts[alert.fingerprint] = alert
            if not group.flushed and alert.starts_ms + place.route.group_wait_ms < now_ms:
                self._wait(group, place.key, now_ms)

    def _places_of(self, alert: Alert) -> tuple[_Place, ...]:
        """Return the groups an alert belongs to, whether they are open or not."""
        places = self._places.get(alert.fingerprint)
        if places is None:
            places = tuple(_placed(route, alert.labels) for route in self.config.route.taken(alert.labels))
            self._places[alert.fingerprint] = places
        return places

    def _opened(self, place: _Place, now_ms: int) -> _Group:
        self._made += 1
        group = _Group(place.route, place.labels, 0, self._made)
        self._groups[place.key] = group
        self._wait(group, place.key, now_ms + place.route.group_wait_ms)
        return group

    def _wait(self, group: _Group, key: _Key, until_ms: int) -> None:
        group.next_ms = until_ms
        heappush(self._queue, (until_ms, group.order, key))

    def _current(self, entry: tuple[int, int, _Key]) -> bool:
        at_ms, order, key = entry
        group = self._groups.get(key)
        return group is not None and group.order == order and group.next_ms == at_ms

    def _keep_tidy(self, now_ms: int) -> None:
        if now_ms // TIDY_MS > self._tidied_ms // TIDY_MS:
            self._tidied_ms = now_ms
            for key in [key for key, group in self._groups.items() if not group.alerts]:
                del self._groups[key]
        if now_ms // FORGET_MS > self._forgot_ms // FORGET_MS:
            self._forgot_ms = now_ms
            for name in [name for name, alert in self._alerts.items() if alert.resolved(now_ms)]:
                self._inhibitor.forget(name, self._alerts.pop(name).labels)
                self._places.pop(name, None)

    # --- notifications out --------------------------------------------------------------------------------

    def _flush(self, group: _Group, key: _Key, now_ms: int) -> list[Notification]:
        self._wait(group, key, now_ms + group.route.group_interval_ms)
        group.flushed = True
        if not group.alerts:
            return []
        alerts = sorted(group.alerts.values(), key=lambda alert: sorted(alert.labels.items()))
        seen = [Notified(a, a.ends_ms if a.resolved(now_ms) else None) for a in alerts]
        heard = [] if self._muted(group.route, now_ms) else self._unmuted(seen, now_ms)
        receiver = self.config.receivers[group.route.receiver]
        found = [
            notification
            for way in receiver.integrations
            if heard and (notification := self._tell(group, way, heard, now_ms)) is not None
        ]
        for one in seen:
            if not one.firing:
                del group.alerts[one.alert.fingerprint]
        return found

    def _muted(self, route: Route, now_ms: int) -> bool:
        """Return whether time keeps a route quiet."""
        if not route.mute_intervals and not route.active_intervals:
            return False
        moment = self._starts_at + timedelta(milliseconds=now_ms)

        def inside(names: Sequence[str]) -> bool:
            return any(part.contains(moment) for name in names for part in self.config.intervals[name])

        return inside(route.mute_intervals) or bool(
            route.active_intervals and not inside(route.active_intervals)
        )

    def _unmuted(self, seen: list[Notified], now_ms: int) -> list[Notified]:
        return [
            one
            for one in seen
            if self._muting(one.alert, now_ms) is None
            and not self.silences.silencing(one.alert.labels, now_ms)
        ]

    def _muting(self, alert: Alert, now_ms: int) -> str | None:
        """Return the alert that inhibits another one now; None where none does."""
        return self._inhibitor.muting(alert.labels, lambda name: not self._alerts[name].resolved(now_ms))

    def _tell(
        self, group: _Group, way: Integration, heard: list[Notified], now_ms: int
    ) -> Notification | None:
        firing = frozenset(one.alert.fingerprint for one in heard if one.firing)
        resolved = frozenset(one.alert.fingerprint for one in heard if not one.firing)
        place = (group.key, group.route.receiver, way.name)
        before = self._log.get(place)
        reason = reason_to_tell(
            before,
            firing,
            resolved,
            now_ms,
            group.route.repeat_interval_ms,
            send_resolved=way.send_resolved,
        )
        if reason is None:
            return None
        self._log[place] = Told(now_ms, firing, resolved)
        alerts = tuple(one for one in heard if one.firing or way.send_resolved)
        if not alerts:
            return None
        return Notification(
            now_ms,
            group.route.receiver,
            way.name,
            group.key,
            group.labels,
            reason,
            alerts,
            before,
        )
