"""The state of a drill as far as somebody could see it: a fold over the records they saw.

Nothing else feeds a board, so a board cannot know what was not shown.
"""

from dataclasses import dataclass, field, replace

from sim.events import (
    ActFinished,
    ActionSubmitted,
    ActProgressed,
    ActStarted,
    AlertFired,
    AlertLinked,
    AlertMarked,
    AlertMuted,
    AlertResolved,
    AlertSilenced,
    ChangeMade,
    DrillEnded,
    DrillPaused,
    DrillResumed,
    HintGiven,
    HypothesisRecorded,
    IncidentDeclared,
    IncidentResolved,
    LookedAt,
    MitigationClaimed,
    NotificationSent,
    PageAcknowledged,
    PageClosed,
    PageEscalated,
    PageExtended,
    PageSent,
    PersonJoined,
    PersonPaged,
    Record,
    ScopeStated,
    SeveritySet,
    SilenceEnded,
    SilenceMoved,
    UpdateSent,
)
from sim.spec import Severity


@dataclass(frozen=True, slots=True)
class AlertCard:
    """An alert as people know it."""

    fired: AlertFired
    since_ms: int
    resolved_ms: int | None = None
    noise: bool = False
    linked: bool = False
    muted_by: int | None = None  # the silence under which it began to fire
    told: tuple[tuple[int, NotificationSent], ...] = ()  # when, and what receivers were told of it

    @property
    def open(self) -> bool:
        """Whether it still fires."""
        return self.resolved_ms is None


@dataclass(frozen=True, slots=True)
class PageCard:
    """A page: to whom it went last, and who took it. `more` are further alerts of its group."""

    page: int
    alert: int
    rule: str
    component: str
    sent_ms: int
    step: int
    persons: tuple[str, ...]
    more: tuple[int, ...] = ()
    acknowledged_by: str | None = None
    closed: bool = False

    @property
    def waiting(self) -> bool:
        """Whether nobody has taken it while its alerts still fire."""
        return self.acknowledged_by is None and not self.closed

    @property
    def alerts(self) -> tuple[int, ...]:
        """All alerts it is about."""
        return (self.alert, *self.more)


@dataclass(frozen=True, slots=True)
class SilenceCard:
    """A silence that is not over; it may begin later."""

    silence: int
    matcher: str
    from_ms: int
    until_ms: int
    by: str
    comment: str


@dataclass(frozen=True, slots=True)
class ActCard:
    """A hands-on act: running while `finished` is None."""

    started: ActStarted
    since_ms: int
    progress: ActProgressed | None = None
    finished: ActFinished | None = None


@dataclass(frozen=True, slots=True)
class SentUpdate:
    """A status update and when it went out."""

    t_ms: int
    update: UpdateSent


@dataclass(slots=True)
class Board:
    """What has been seen so far, arranged for reading."""

    alerts: dict[int, AlertCard] = field(default_factory=dict)
    pages: dict[int, PageCard] = field(default_factory=dict)
    silences: dict[int, SilenceCard] = field(default_factory=dict)
    acts: dict[int, ActCard] = field(default_factory=dict)
    changes: list[tuple[int, ChangeMade]] = field(default_factory=list)
    updates: list[SentUpdate] = field(default_factory=list)
    hypotheses: list[tuple[int, HypothesisRecorded]] = field(default_factory=list)
    paged_people: dict[str, int] = field(default_factory=dict)
    joined: dict[str, int] = field(default_factory=dict)
    silences_made: int = 0
    hints_given: int = 0
    declared_ms: int | None = None
    severity: Severity | None = None
    title: str = ""
    scope: ScopeStated | None = None
    mitigation_claimed_ms: int | None = None
    resolved_ms: int | None = None
    ended: DrillEnded | None = None
    paused: bool = False
    last_component: str | None = None
    verbs_used: set[str] = field(default_factory=set)

    @property
    def open_alerts(self) -> list[AlertCard]:
        """Alerts that fire now, oldest first."""
        return [card for card in self.alerts.values() if card.open]

    @property
    def waiting_pages(self) -> list[PageCard]:
        """Pages nobody has taken, oldest first."""
        return [card for card in self.pages.values() if card.waiting]

    @property
    def running_acts(self) -> list[ActCard]:
        """Hands-on acts that are not over."""
        return [card for card in self.acts.values() if card.finished is None]

    def add(self, record: Record) -> None:  # noqa: PLR0912, PLR0915 - one case per event, nothing else
        """Fold one record in."""
        t_ms, event = record.t_ms, record.event
        match event:
            case AlertFired():
                self.alerts[event.alert] = AlertCard(event, t_ms)
            case AlertResolved():
                self._change_alert(event.alert, resolved_ms=t_ms)
            case NotificationSent():
                for number in (*event.firing, *event.resolved):
                    card = self.alerts[number]
                    self.alerts[number] = replace(card, told=(*card.told, (t_ms, event)))
            case AlertMuted():
                self._change_alert(event.alert, muted_by=event.silence)
            case AlertMarked():
                self._change_alert(event.alert, noise=True, linked=False)
            case AlertLinked():
                self._change_alert(event.alert, noise=False, linked=True)
            case PageSent():
                self._add_page(t_ms, event)
            case PageAcknowledged():
                page = self.pages[event.page]
                self.pages[event.page] = replace(page, acknowledged_by=event.person)
            case PageEscalated():
                self.pages[event.page] = replace(self.pages[event.page], step=event.step)
            case PageExtended():
                page = self.pages[event.page]
                self.pages[event.page] = replace(page, more=(*page.more, *event.alerts))
            case PageClosed():
                self.pages[event.page] = replace(self.pages[event.page], closed=True)
            case AlertSilenced():
                self._add_silence(record, event)
            case SilenceMoved():
                moved = replace(self.silences[event.silence], until_ms=event.until_ms)
                self.silences[event.silence] = moved
            case SilenceEnded():
                self.silences.pop(event.silence, None)
            case IncidentDeclared():
                self.declared_ms, self.severity, self.title = t_ms, event.severity, event.title
                self.resolved_ms = self.mitigation_claimed_ms = None
            case SeveritySet():
                self.severity = event.severity
            case ScopeStated():
                self.scope = event
            case HypothesisRecorded():
                self.hypotheses.append((t_ms, event))
            case UpdateSent():
                self.updates.append(SentUpdate(t_ms, event))
            case PersonPaged():
                self.paged_people[event.person] = t_ms
            case PersonJoined():
                self.joined[event.person] = t_ms
            case HintGiven():
                self.hints_given = event.number
            case MitigationClaimed():
                self.mitigation_claimed_ms = t_ms
            case IncidentResolved():
                self.resolved_ms = t_ms
            case ActStarted():
                self.acts[event.act] = ActCard(event, t_ms)
            case ActProgressed():
                self.acts[event.act] = replace(self.acts[event.act], progress=event)
            case ActFinished():
                self.acts[event.act] = replace(self.acts[event.act], finished=event)
            case ChangeMade():
                self.changes.append((t_ms, event))
            case DrillPaused():
                self.paused = True
            case DrillResumed():
                self.paused = False
            case DrillEnded():
                self.ended = event
            case ActionSubmitted():
                self.verbs_used.add(event.verb)
            case LookedAt() if event.component:
                self.last_component = event.component
            case _:
                pass

    def _change_alert(self, number: int, **changes: int | bool) -> None:
        self.alerts[number] = replace(self.alerts[number], **changes)  # type: ignore[arg-type]

    def _add_silence(self, record: Record, event: AlertSilenced) -> None:
        self.silences_made += 1
        self.silences[event.silence] = SilenceCard(
            event.silence,
            event.matcher,
            record.t_ms if event.from_ms is None else event.from_ms,
            event.until_ms,
            event.by or record.actor,
            event.comment,
        )

    def _add_page(self, t_ms: int, event: PageSent) -> None:
        known = self.pages.get(event.page)
        if known is not None:
            persons = (*known.persons, event.person)
            self.pages[event.page] = replace(known, persons=persons, step=event.step)
            return
        self.pages[event.page] = PageCard(
            event.page,
            event.alert,
            event.rule,
            event.component,
            t_ms,
            event.step,
            (event.person,),
            event.more,
        )
