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
