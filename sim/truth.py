"""What is really so: impact every 15 s, what each alert was, and when it could first be seen.

It writes truth events only; nothing that people meet reads it.
"""

import numpy as np
from numpy.typing import NDArray

from sim.alerting.monitoring import Monitoring, Raised
from sim.attribution import Attribution, Floats, sample_of
from sim.decision import Emit
from sim.events import SAMPLE_MS, AlertLabelled, DataRiskEnded, DataRiskStarted, EvidenceAppeared
from sim.timeline import Order, Routine, Timeline
from sim.world import impact
from sim.world.faults import FAULTS
from sim.world.production import Production

JOURNEY_SEEN_SAMPLES = 4
"""A journey beyond its objective for so many samples can be seen by whoever looks at it: one minute."""


class Truth:
    """Measures impact and data at risk, and labels alerts."""

    def __init__(
        self, production: Production, monitoring: Monitoring, timeline: Timeline, emit: Emit
    ) -> None:
        self._production = production
        self._monitoring = monitoring
        self._timeline = timeline
        self._emit = emit
        streams = [(stream.client, stream.journey) for stream in production.topology.streams]
        self._yardstick = impact.yardstick(production.world, production.scenario.policy, streams)
        self._state = impact.begin(self._yardstick)
        self._attribution = Attribution(production, monitoring, self._yardstick)
        self._evidence = False
        self._hurt_now = False
        self._hurting_samples = 0
        self._risks: tuple[str, ...] = ()
        self._queued = _queued(production)

    def start(self) -> None:
        """Schedule the samples."""
        self._timeline.process(self._samples())

    def label(self, raised: Raised) -> None:
        """Write down what an alert that just fired really is."""
        label, cause = self._attribution.label(raised)
        self._emit(AlertLabelled(alert=raised.alert.alert, label=label, cause=cause))
        if label in ("cause", "symptom"):
            self._see(f"alert {raised.alert.alert}")

    def hurting(self) -> bool:
        """Return whether users are hurt at this moment."""
        return self._hurt_now

    def _samples(self) -> Routine:
        for t_ms in range(0, self._production.end_ms + 1, SAMPLE_MS):
            yield self._timeline.moment(t_ms, Order.TELEMETRY, "truth")
            self._attribution.observe(t_ms)
            self._follow_risks()
            self._measure(t_ms)

    def _measure(self, t_ms: int) -> None:
        ordinary = self._monitoring.twin.stream_shares(t_ms)
        sample = sample_of(self._production.flow, t_ms, ordinary, self._late_shares())
        self._state, measured, changed = impact.measure(self._yardstick, self._state, sample)
        self._emit(measured)
        self._hurt_now = bool(measured.hurt)
        for event in changed:
            self._emit(event)
        self._hurting_samples = self._hurting_samples + 1 if self._state.phase == "hurting" else 0
        if self._hurting_samples >= JOURNEY_SEEN_SAMPLES:
            self._see("a journey beyond its objective")

    def _late_shares(self) -> Floats | None:
        """Return by stream the share of users whose message has waited too long in a queue; None without."""
        if not self._queued:
            return None
        late = np.zeros(len(self._yardstick.streams))
        age_s = np.nan_to_num(self._production.gauges.age_s)
        weight = self._production.flow.parameters.weight
        for stream, cells, late_s in self._queued:
            total = weight[cells].sum()
            late[stream] = (weight[cells] * (age_s[cells] > late_s)).sum() / total if total > 0.0 else 0.0
        return late

    def _follow_risks(self) -> None:
        """Run the clock of data at risk: from the start to the end of each fault that puts it there."""
        spans = self._production.fault_spans
        now = [s.fault.id for s in spans if s.to_ms is None and FAULTS[s.fault.kind].data_at_risk]
        for fault in self._risks:
            if fault not in now:
                self._emit(DataRiskEnded(fault=fault))
        for fault in now:
            if fault not in self._risks:
                self._emit(DataRiskStarted(fault=fault))
        self._risks = tuple(now)

    def _see(self, what: str) -> None:
        if not self._evidence:
            self._evidence = True
            self._emit(EvidenceAppeared(what=what))


def _queued(production: Production) -> tuple[tuple[int, NDArray[np.intp], float], ...]:
    """Return the streams of journeys that go through a queue, its cells, and when a message is late."""
    journeys = {journey.id: journey for journey in production.world.journeys}
    found = []
    for number, stream in enumerate(production.topology.streams):
        journey = journeys[stream.journey]
        if journey.queue is not None:
            found.append((number, production.topology.cells_of(journey.queue), journey.late_s))
    return tuple(found)
