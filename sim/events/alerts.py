"""Alerts, silences and pages."""

from sim.events.base import Event


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
    """Alerts that `matcher` means notify nobody until `until_ms`.

    It is a rule, a component or a journey, or label matchers as Alertmanager has them, with blanks between.
    `from_ms` is None where the silence begins at once; `by` is who asked for it, where that is not the actor.
    """

    kind = "alert.silenced"
    silence: int
    matcher: str
    until_ms: int
    from_ms: int | None = None
    by: str = ""
    comment: str = ""


class SilenceMoved(Event):
    """A silence ends at another moment than it did."""

    kind = "silence.moved"
    silence: int
    matcher: str
    until_ms: int


class SilenceEnded(Event):
    """A silence expired or was lifted."""

    kind = "silence.ended"
    silence: int
    matcher: str


class AlertMuted(Event):
    """An alert fired under a silence: nobody is notified of it."""

    kind = "alert.muted"
    alert: int
    rule: str
    component: str
    silence: int


class NotificationSent(Event):
    """A receiver was told of a group of alerts; `reason` is in Alertmanager's words."""

    kind = "notification.sent"
    receiver: str
    integration: str
    group: dict[str, str]
    reason: str
    firing: tuple[int, ...]
    resolved: tuple[int, ...]


class PageSent(Event):
    """A person was paged for an alert, and `more` of its group; `step` is the escalation step."""

    kind = "page.sent"
    page: int
    alert: int
    rule: str
    component: str
    person: str
    step: int
    more: tuple[int, ...] = ()


class PageExtended(Event):
    """More alerts of its group came to a page that was out already."""

    kind = "page.extended"
    page: int
    alerts: tuple[int, ...]


class PageClosed(Event):
    """All alerts of a page are over, as far as the paging service was told."""

    kind = "page.closed"
    page: int


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
