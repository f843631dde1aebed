"""What one person may see of a drill: the only source for consoles, answers, bots and completion.

It shows records this person saw, measured telemetry, and what is public about a world (its map, teams,
runbooks, who is on call). What leaks, leaks here, and is tested here.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from sim.actions import Names
from sim.actions.completion import completed
from sim.actions.look import Split
from sim.alerting.history import AlertHistory, past
from sim.alerting.monitoring import Monitoring
from sim.alerting.routing.router import Router
from sim.alerting.routing.router import Status as Standing
from sim.alerting.rules import Instance
from sim.alerting.rules import State as RuleState
from sim.board import AlertCard, Board, PageCard
from sim.events import Record
from sim.journal import Log
from sim.people.seats import colleagues
from sim.spec import Instruments, Journey, Person, Scenario, Seat, Signal, ToolName, World
from sim.timeline import Timeline
from sim.world import logs, traces
from sim.world.clients import Met, met
from sim.world.codes import by_code
from sim.world.faults import MECHANISMS
from sim.world.flow import Flow
from sim.world.gauge_notes import gauge_notes
from sim.world.instances import Source, Window, of_instances
from sim.world.logs import Note
from sim.world.production import Production
from sim.world.series import By, SeriesId
from sim.world.signals import SIGNALS, Part, has_signal
from sim.world.telemetry import Curve
from sim.world.tools import SLOW_DATA_MS, State

BAD_ERROR_SHARE = 0.01
"""From this error share on a journey counts as hurt in the status bar; an assumption."""
DAY_MS = 24 * 3_600_000

Figures = dict[Signal, float]
"""Measured signals by their name; NaN without data."""


@dataclass(frozen=True, slots=True)
class Status:
    """The figures of the status bar."""

    clock: str
    severity: str | None
    open_alerts: int
    unacked_pages: int
    impact: str


@dataclass(frozen=True, slots=True)
class KnownChange:
    """A change as the record of changes shows it; `t_ms` is negative before the drill.

    `team` is the one whose component it is; '' of acts.
    """

    t_ms: int
    change: str
    component: str
    what: str
    summary: str
    by: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class JourneyNow:
    """A journey as measured in the last sample; NaN where there is no data."""

    journey: Journey
    rps: float
    error_share: float
    p95_ms: float
    late_s: float = math.nan

    @property
    def hurt(self) -> bool:
        """Whether it is plainly worse than it should be."""
        slow = self.p95_ms > self.journey.slow_ms or self.late_s > self.journey.late_s
        return self.error_share >= BAD_ERROR_SHARE or slow


class View:
    """The drill as one seated person sees it."""

    def __init__(
        self,
        production: Production,
        monitoring: Monitoring,
        router: Router,
        journal: Log,
        scenario: Scenario,
        seat: Seat,
        timeline: Timeline,
        chain: tuple[Person, ...],
    ) -> None:
        self.router = router
        self.seat = seat
        self.chain = chain
        self.colleagues = colleagues(scenario)
        self.policy = scenario.policy
        self._production = production
        self._monitoring = monitoring
        self._journal = journal
        self._scenario = scenario
        self._timeline = timeline
        self._board = Board()
        self._folded = 0
        self._journeys = frozenset(journey.id for journey in scenario.world.journeys)
        self._fixed = _fixed_names(scenario, self.colleagues)

    # --- time and records ---------------------------------------------------------------------------------

    @property
    def now_ms(self) -> int:
        """Simulated time."""
        return self._timeline.now_ms

    @property
    def paused(self) -> bool:
        """Whether the clock stands."""
        return self.board.paused

    @property
    def board(self) -> Board:
        """Everything this person has seen so far, arranged."""
        records = self._journal.records
        for record in records[self._folded :]:
            if self._sees(record):
                self._board.add(record)
        self._folded = len(records)
        return self._board

    def events(self, after_seq: int) -> tuple[Record, ...]:
        """Return the visible records above `after_seq` that are safely written, oldest first."""
        written = self._journal.records[max(0, after_seq) : self._journal.written]
        return tuple(record for record in written if self._sees(record))

    def wall_clock(self, t_ms: int) -> str:
        """Return a simulated time as the scenario's clock shows it, e.g. '14:32:05'."""
        return f"{self._scenario.starts_at + timedelta(milliseconds=t_ms):%H:%M:%S}"

    def day_clock(self, t_ms: int) -> str:
        """Return a simulated time with its day where it is not the day of the drill."""
        at = self._scenario.starts_at + timedelta(milliseconds=t_ms)
        today = at.date() == self._scenario.starts_at.date()
        return f"{at:%H:%M:%S}" if today else f"{at:%a %H:%M}"

    def _sees(self, record: Record) -> bool:
        return record.seen(self.seat.name, self.seat.role)

    # --- the world as it is public ------------------------------------------------------------------------

    @property
    def world(self) -> World:
        """The public facts: components and their calls, journeys, rules, runbooks, people."""
        return self._scenario.world

    @property
    def names(self) -> Names:
        """Everything that can be named, for parsing and completion."""
        return Names(
            **self._fixed,  # type: ignore[arg-type]
            changes=tuple(sorted(change.change for change in self.changes())),
            last_component=self.board.last_component,
        )

    def changes(self) -> tuple[KnownChange, ...]:
        """Return the logged changes made so far, newest first, acts of the drill among them."""
        teams = {component.id: component.team for component in self.world.components}
        known = [
            KnownChange(
                d.t_ms,
                d.change.id,
                d.change.component,
                d.change.kind,
                d.change.summary,
                d.change.by,
                teams[d.change.component],
            )
            for d in self._production.changes
            if d.change.logged and d.t_ms <= self.now_ms
        ]
        acts = [
            KnownChange(
                card.since_ms,
                f"act-{card.started.act}",
                card.started.target,
                card.started.verb,
                card.finished.text if card.finished else "under way",
                card.started.by,
            )
            for card in self.board.acts.values()
        ]
        return tuple(sorted([*known, *acts], key=lambda change: -change.t_ms))

    def callers(self, component: str) -> tuple[str, ...]:
        """Return who calls a component, journeys among them."""
        found = [
            other.id
            for other in self.world.components
            if any(call.to.split(".")[0] == component for op in other.operations for call in op.calls)
        ]
        entries = [j.id for j in self.world.journeys if j.entry.split(".")[0] == component]
        return (*entries, *found)

    # --- what can be measured -----------------------------------------------------------------------------

    def tool(self, tool: ToolName) -> State:
        """Return how a tool of the responders works now."""
        return self._monitoring.tools.state(tool)

    @property
    def data_ms(self) -> int | None:
        """Up to when the dashboards show data; None where they do not load."""
        match self.tool("dashboards"):
            case "ok":
                return self.now_ms
            case "slow":
                return self.now_ms - SLOW_DATA_MS
            case "lost":
                return None

    @property
    def kept_from_ms(self) -> int:
        """From when on figures by code are kept: an hour at most."""
        return next((t_ms for t_ms, _ in self._monitoring.flows), self.now_ms)

    def moment(self, clock: str) -> int:
        """Return the last time at which the clock showed this, e.g. '14:20'; at most a day ago."""
        now = self._scenario.starts_at + timedelta(milliseconds=self.now_ms)
        hour, minute, *second = (int(part) for part in clock.split(":"))
        then = now.replace(hour=hour, minute=minute, second=second[0] if second else 0, microsecond=0)
        return self.now_ms - round((now - then) / timedelta(milliseconds=1)) % DAY_MS

    def curves(
        self,
        subject: str,
        signal: Signal,
        from_ms: int,
        to_ms: int,
        by: Split | None = None,
        step_ms: int = 15_000,
    ) -> list[Curve]:
        """Return the measured curves of a component or journey; one, or one for each part.

        By code it is the failing share, in parts; by code and by instance there is an hour. Without
        dashboards there are none.
        """
        if self.data_ms is None:
            return []
        to_ms = min(to_ms, self.data_ms)
        if by == "instance":
            return of_instances(self._source(), subject, signal, Window(from_ms, to_ms, step_ms))
        telemetry, kind = self._monitoring.telemetry, self._kind(subject)
        if by != "code":
            return telemetry.window(kind, subject, signal, from_ms, to_ms, by, step_ms)
        (whole,) = telemetry.window(kind, subject, "error_share", from_ms, to_ms, None, step_ms)
        return self._by_code(subject, whole)

    def _source(self) -> Source:
        production = self._production
        return Source(
            production.topology, self._monitoring.telemetry, dict(self._monitoring.flows), production.seed
        )

    def _by_code(self, component: str, whole: Curve) -> list[Curve]:
        """Split a measured failing share as the flow tells; codes that did not occur are left out."""
        flows = dict(self._monitoring.flows)
        kept = [place for place, t_ms in enumerate(whole.times_ms) if int(t_ms) in flows]
        shares = by_code(component, [flows[int(whole.times_ms[place])] for place in kept])
        total = sum(shares.values())
        found = []
        for code, share in shares.items():
            values = np.full(len(whole.times_ms), np.nan, dtype=np.float32)
            part = np.divide(share, total, out=np.zeros_like(share), where=total > 0.0)
            values[kept] = part * whole.values[kept]
            if np.nansum(values) > 0.0:
                found.append(Curve(code, whole.times_ms, values))
        return found

    def measured_at(
        self, subject: str, signal: str, t_ms: int, by: By | None = None, label: str = ""
    ) -> float | None:
        """Return the last value measured at or before `t_ms`; None without data or dashboards."""
        if self.data_ms is None:
            return None
        series = SeriesId(self._kind(subject), subject, signal, by, label)  # type: ignore[arg-type]
        value = self._monitoring.telemetry.value_at(series, min(t_ms, self.data_ms))
        return None if math.isnan(value) else value

    def figures(
        self, subject: str, ago_ms: int = 0, samples: int = 4
    ) -> dict[tuple[By | None, str], Figures]:
        """Return the means over the last minute (or `samples`) of a component with its parts, or a journey.

        By (split, label), the whole under (None, ""); each signal by its name, NaN without data. `ago_ms`
        before the newest data. Without dashboards there is nothing.
        """
        if self.data_ms is None:
            return {}
        found = self._monitoring.telemetry.recent(
            self._kind(subject), subject, self.data_ms - ago_ms, samples
        )
        return {part: dict(zip(SIGNALS, map(float, values), strict=True)) for part, values in found.items()}

    def has_signal(self, component: str, signal: Signal) -> bool:
        """Return whether a component has a signal; some are of queues, caches or replicas alone."""
        return has_signal(self.world.component(component), signal)

    def warm_up(self) -> None:
        """Work out the day before the drill now, so that nobody waits for it at their first graph."""
        self.measured_at(self.world.journeys[0].id, "rps", -1)

    def measured(
        self, kind: str, name: str, times_ms: NDArray[np.int64]
    ) -> tuple[tuple[Part, ...], NDArray[np.float32]]:
        """Return the parts of a component or journey and what was measured of them at samples' times.

        (times, parts, SIGNALS), NaN without data and after what the dashboards show.
        """
        parts, values = self._monitoring.telemetry.block(kind, name, times_ms)
        if self.data_ms is None or (times_ms > self.data_ms).any():
            values = values.copy()
            values[times_ms > (-DAY_MS if self.data_ms is None else self.data_ms)] = np.nan
        return parts, values

    def rules_now(self) -> tuple[tuple[Instance, RuleState, float], ...]:
        """Return every rule instance with its state and the value it was last evaluated on."""
        return self._monitoring.states()

    def active_since_ms(self, instance: Instance) -> int:
        """Return since when the condition of a rule instance is what it is."""
        return self._monitoring.active_since_ms(instance)

    def measured_now(self, subject: str, signal: str) -> float | None:
        """Return the latest value; None without data."""
        return self.measured_at(subject, signal, self.now_ms)

    def journeys_now(self) -> tuple[JourneyNow, ...]:
        """Return every journey as measured in the last sample."""
        return tuple(self._journey_now(journey) for journey in self.world.journeys)

    def _journey_now(self, journey: Journey) -> JourneyNow:
        values = [self.measured_now(journey.id, signal) for signal in ("rps", "error_share", "p95_ms")]
        values.append(None if journey.queue is None else self.measured_now(journey.queue, "queue_age_s"))
        return JourneyNow(journey, *(math.nan if value is None else value for value in values))

    def clients_of(self, journey: str) -> dict[str, Met]:
        """Return what each class of client met on a journey in the last minute; {} without dashboards."""
        if self.data_ms is None:
            return {}
        return met(self._production.topology, self._recent_flows(), journey, self._production.seed)

    def _recent_flows(self) -> list[tuple[int, Flow]]:
        data_ms = self.data_ms
        assert data_ms is not None
        seen = [(t_ms, flow) for t_ms, flow in self._monitoring.flows if t_ms <= data_ms]
        return seen[-4:]

    def log_lines(self, component: str, last_s: int) -> tuple[str, ...]:
        """Return what a component logged in the last `last_s` seconds; nothing where logs are lost."""
        state = self.tool("logs")
        if state == "lost":
            return ()
        to_ms = self.now_ms - (SLOW_DATA_MS if state == "slow" else 0)
        since_ms = self.now_ms - last_s * 1000
        flows = self._monitoring.flows
        samples = [(t_ms, flow) for t_ms, flow in flows if since_ms < t_ms <= to_ms]
        before = [(t_ms, flow) for t_ms, flow in flows if since_ms - 60_000 < t_ms <= since_ms]
        production = self._production
        return logs.lines(
            production.topology,
            samples,
            component,
            production.seed,
            self._scenario.starts_at,
            (*self._monitoring.notes(component), *self._gauge_notes(component, since_ms, to_ms)),
            self._instruments(component),
            before,
        )

    def _gauge_notes(self, component: str, from_ms: int, to_ms: int) -> Iterator[Note]:
        topology, telemetry = self._production.topology, self._monitoring.telemetry
        return gauge_notes(topology, telemetry, self.world.component(component), from_ms, to_ms)

    @property
    def traced_ms(self) -> int:
        """The moment that traces tell of: now, or a while ago where they are slow."""
        return self.now_ms - (SLOW_DATA_MS if self.tool("traces") == "slow" else 0)

    def waterfall(self, journey: str) -> tuple[traces.Span, ...]:
        """Return one typical request of a journey, step by step; nothing where traces are lost or missing."""
        state = self.tool("traces")
        if state == "lost":
            return ()
        to_ms = self.traced_ms
        production = self._production
        flow = production.flow
        if state == "slow":
            flow = next((old for t_ms, old in reversed(self._monitoring.flows) if t_ms <= to_ms), flow)
        spans = traces.waterfall(production.topology, flow, journey, production.seed, to_ms)
        quality = {given.component: given.traces for given in self._scenario.instruments}
        return traces.collected(spans, quality, production.seed, f"{journey}|{to_ms}")

    def _instruments(self, component: str) -> Instruments:
        given = (one for one in self._scenario.instruments if one.component == component)
        return next(given, Instruments(component=component))

    def alert_standing(self, card: AlertCard) -> Standing | None:
        """Return how the alert routing has an alert; None where it does not fire."""
        labels = {name: value for name, value in card.fired.labels.items() if value}
        known = (alert for alert in self.router.alerts(self.now_ms) if alert.labels == labels)
        found = next(known, None) if card.open else None
        return None if found is None else self.router.status(found, self.now_ms)

    def rules_named(self, rule: str) -> tuple[Instance, ...]:
        """Return the instances of a rule."""
        return tuple(instance for instance in self._monitoring.rules if instance.rule.name == rule)

    def alert_history(self, rule: str) -> AlertHistory:
        """Return what a rule did in the 14 days before the drill."""
        production = self._production
        return past(
            self.rules_named(rule),
            production.seed,
            self._scenario.noise_intensity,
            self._monitoring.background,
        )

    def _kind(self, subject: str) -> str:
        return "journey" if subject in self._journeys else "component"

    # --- the incident -------------------------------------------------------------------------------------

    def update_due_ms(self) -> int | None:
        """Return when the next customer update is due: as promised, or by the policy; None: never."""
        board = self.board
        if board.declared_ms is None or board.severity is None or board.resolved_ms is not None:
            return None
        cadence = self.policy.cadence_for(board.severity)
        sent = [sent for sent in board.updates if sent.update.audience == "customer"]
        if not sent:
            first = cadence.customer_first_min
            return None if first is None else board.declared_ms + first * 60_000
        if sent[-1].update.promised_ms is not None:
            return sent[-1].update.promised_ms
        every = cadence.customer_every_min
        return None if every is None else sent[-1].t_ms + every * 60_000

    def status(self) -> Status:
        """Return the figures of the status bar."""
        board = self.board
        hurt = sorted((now for now in self.journeys_now() if now.hurt), key=lambda now: -now.error_share)
        impact = ", ".join(_impact_text(now) for now in hurt[:2])
        impact = f"hurt: {impact}" if impact else ""
        if self.data_ms is None:
            impact = "dashboards do not load"
        more = f", +{len(hurt) - 2}" if len(hurt) > 2 else ""
        return Status(
            clock=self.wall_clock(self.now_ms),
            severity=board.severity if board.resolved_ms is None else None,
            open_alerts=len(board.open_alerts),
            unacked_pages=len(self.my_pages()),
            impact=impact + more,
        )

    def my_pages(self) -> list[PageCard]:
        """Return the pages that wait for this person."""
        return [page for page in self.board.waiting_pages if self.seat.name in page.persons]

    def completions(self, text_before_cursor: str) -> tuple[str, ...]:
        """Return the words that could stand next: everything there is, never only what matters."""
        return completed(text_before_cursor, self.names)


def _impact_text(now: JourneyNow) -> str:
    if now.error_share >= BAD_ERROR_SHARE:
        return f"{now.journey.id} {now.error_share:.0%}"
    if now.late_s > now.journey.late_s:
        return f"{now.journey.id} late"
    return f"{now.journey.id} slow"


def _fixed_names(scenario: Scenario, others: tuple[Person, ...]) -> dict[str, object]:
    world = scenario.world
    return {
        "components": tuple(sorted(c.id for c in world.components)),
        "journeys": tuple(sorted(j.id for j in world.journeys)),
        "zones": tuple(sorted(world.zones)),
        "clients": tuple(sorted(c.id for c in world.clients)),
        "people": tuple(sorted(p.id for p in others)),
        "teams": tuple(sorted({p.team for p in others})),
        "rules": tuple(sorted({r.name for r in world.rules})),
        "runbooks": tuple(sorted(r.id for r in world.runbooks)),
        "mechanisms": MECHANISMS,
        "flags": {c.id: tuple(sorted(f.id for f in c.flags)) for c in world.components},
    }
