"""Monitoring: telemetry and alert rules of a running drill, sampled every 15 s."""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.alerting import telling
from sim.alerting.noise import blips
from sim.alerting.noise.background import Background, ground
from sim.alerting.rules import Instance, RuleStates, State, Transition, instances
from sim.alerting.undisturbed import Undisturbed
from sim.decision import Emit
from sim.events import SAMPLE_MS, AlertFired, AlertResolved
from sim.timeline import Order, Routine, Timeline
from sim.world.faults import FAULTS
from sim.world.flow import Flow
from sim.world.history import HISTORY_MS
from sim.world.log_notes import caller_notes, cells_of, fault_notes
from sim.world.logs import Note
from sim.world.production import FaultSpan, Production
from sim.world.series import By
from sim.world.telemetry import Telemetry
from sim.world.tools import Tools
from sim.world.twin import Twin

KEPT_SAMPLES = 240
"""Flows kept for logs and traces: one hour."""


@dataclass(frozen=True, slots=True)
class Raised:
    """An alert that began to fire, with the rule instance and the transition behind it."""

    alert: AlertFired
    transition: Transition


class Monitoring:
    """Records telemetry, evaluates the rules, and tells of every alert that fires or is over."""

    def __init__(
        self,
        production: Production,
        timeline: Timeline,
        emit: Emit,
        on_alert: Callable[[Raised], None],
        on_resolved: Callable[[AlertResolved], None],
    ) -> None:
        scenario, topology, seed = production.scenario, production.topology, production.seed

        def labels(component: str, by: By) -> tuple[str, ...]:
            cells = topology.cells_of(component)
            return tuple(dict.fromkeys(str(getattr(topology.cells[cell], by)) for cell in cells))

        rules = instances(scenario.world.rules, labels)
        self.background = _background(production, rules)
        window_ms = (-HISTORY_MS, production.end_ms + SAMPLE_MS)
        self.blips = (
            blips(rules, seed, *window_ms, scenario.noise_intensity)
            if self.background is None
            else self.background.blips(*window_ms)
        )
        self.telemetry = Telemetry(
            topology,
            seed,
            scenario.starts_at,
            production.end_ms,
            self.blips,
            production.past_modifiers,
            production.gauges,
        )
        self._states = RuleStates(rules)
        self.columns = self.telemetry.columns(instance.series for instance in rules)
        self.twin = Twin(
            self.telemetry.layout, seed, scenario.starts_at, production.end_ms, production.past_modifiers
        )
        self.undisturbed = Undisturbed(rules, self._of_twin, production.end_ms)
        self._numbering = {instance: number for number, instance in enumerate(rules)}
        longest_s = max((instance.rule.for_s for instance in rules), default=0)
        self._crossed: deque[tuple[int, NDArray[np.bool_]]] = deque(maxlen=1000 * longest_s // SAMPLE_MS + 1)
        self._production = production
        self._timeline = timeline
        self._emit = emit
        self._on_alert = on_alert
        self._on_resolved = on_resolved
        self.flows: deque[tuple[int, Flow]] = deque(maxlen=KEPT_SAMPLES)
        self.tools = Tools(topology, self.flows)
        self._numbers: dict[Instance, int] = {}
        self._raised = 0

    @property
    def rules(self) -> tuple[Instance, ...]:
        """Every instance of every rule."""
        return self._states.instances

    def number(self, instance: Instance) -> int:
        """Return which of `rules` an instance is."""
        return self._numbering[instance]

    def crossed(self, signals: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return for each of `rules` whether signals (subjects, SIGNALS) lie past its threshold."""
        return self._states.crossed(signals.reshape(-1)[self.columns])

    def states(self) -> tuple[tuple[Instance, State, float], ...]:
        """Return every instance with its state and the value of the last sample."""
        values = self.telemetry.latest_values(self.columns)
        return tuple(zip(self.rules, self._states.states(), map(float, values), strict=True))

    def active_since_ms(self, instance: Instance) -> int:
        """Return since when the condition of an instance is what it is."""
        return self._states.active_since_ms(self.number(instance))

    def truly_crossed(self, instance: Instance) -> tuple[int, ...]:
        """Return when in its rule's `for` window up to now the true signal was past the threshold."""
        number = self.number(instance)
        since_ms = self._timeline.now_ms - 1000 * instance.rule.for_s
        return tuple(t_ms for t_ms, crossed in self._crossed if t_ms >= since_ms and crossed[number])

    def notes(self, component: str) -> tuple[Note, ...]:
        """Return what faults and blips write into the log of a component."""
        topology, now_ms = self._production.topology, self._timeline.now_ms
        of_faults = (
            Note(
                text,
                cells,
                span.from_ms,
                _told_to_ms(span, now_ms),
                telling=True,
                callee=callee,
            )
            for span in self._production.fault_spans
            for where in [span.fault.where]
            for callee, notes in ((where.callee, fault_notes), (where.component, caller_notes))
            for text, cells in notes(topology, span.fault, component)
        )
        return (*of_faults, *self._notes_of_blips(component))

    def _notes_of_blips(self, component: str) -> Iterator[Note]:
        """Yield a note for each cause: a storm lifts several series of a component and is told of once."""
        cells: dict[tuple[str, int, int], dict[int, None]] = {}
        kept_ms = self._timeline.now_ms - KEPT_SAMPLES * SAMPLE_MS
        for blip in self.blips:
            here = blip.series.of == "component" and blip.series.name == component
            if here and blip.to_ms > kept_ms:
                mine = cells.setdefault((blip.why, blip.from_ms, blip.to_ms), {})
                mine.update(dict.fromkeys(cells_of(self._production.topology, blip.series)))
        for (why, from_ms, to_ms), touched in cells.items():
            yield Note(f"WARN {why}", tuple(touched), from_ms, to_ms)

    def start(self) -> None:
        """Schedule the samples, from the first moment on."""
        self._timeline.process(self._samples())

    def _samples(self) -> Routine:
        for t_ms in range(0, self._production.end_ms + 1, SAMPLE_MS):
            yield self._timeline.moment(t_ms, Order.TELEMETRY, "telemetry")
            self.telemetry.record(t_ms, self._production.flow, self._production.gauges)
            self.flows.append((t_ms, self._production.flow))
            yield self._timeline.moment(t_ms, Order.RULES, "rules")
            self._crossed.append((t_ms, self._states.crossed(self.telemetry.true_values(self.columns))))
            values = self.telemetry.latest_values(self.columns)
            for transition in self._states.evaluate(t_ms, values):
                self._change(transition)

    def _of_twin(self, t_ms: NDArray[np.int64]) -> NDArray[np.float32]:
        measured = self.telemetry.as_measured(t_ms, self.twin.signals(t_ms), self.columns)
        return measured.astype(np.float32)  # what telemetry keeps

    def _change(self, transition: Transition) -> None:
        instance = transition.instance
        if transition.kind == "resolved":
            number = self._numbers.pop(instance)
            resolved = AlertResolved(alert=number, rule=instance.rule.name, component=instance.series.name)
            self._emit(resolved)
            self._on_resolved(resolved)
            return
        self._raised += 1
        self._numbers[instance] = self._raised
        value = round(transition.value, 6)
        fired = AlertFired(
            alert=self._raised,
            rule=instance.rule.name,
            component=instance.series.name,
            labels=telling.labels(instance, value),
            severity=instance.rule.severity,
            summary=telling.summary(instance, value),
            value=value,
        )
        self._emit(fired)
        self._on_alert(Raised(fired, transition))


def _background(production: Production, rules: tuple[Instance, ...]) -> Background | None:
    scenario = production.scenario
    if scenario.noise is None:
        return None
    of = ground(scenario, rules, production.changes, production.onset_ms, production.seed)
    return Background(scenario.noise, of, scenario.noise_intensity)


def _told_to_ms(span: FaultSpan, now_ms: int) -> int:
    """Return until when logs tell of a fault: what it did at once is written once."""
    if FAULTS[span.fault.kind].resets:
        return span.from_ms + SAMPLE_MS
    return now_ms + 1 if span.to_ms is None else span.to_ms
