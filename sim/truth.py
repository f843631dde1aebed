"""What is really so: impact every 15 s, what each alert was, and when it could first be seen.

It writes truth events only; nothing that people meet reads it.
"""

from sim.alerting.monitoring import Monitoring, Raised
from sim.alerting.noise import blip_behind
from sim.decision import Emit
from sim.events import SAMPLE_MS, AlertLabelled, EvidenceAppeared
from sim.timeline import Order, Routine, Timeline
from sim.world import impact
from sim.world.production import Production
from sim.world.reach import connected

AFTERGLOW_MS = 10 * 60_000
"""An alert this soon after a fault or an act ended may still come from it; an assumption."""

JOURNEY_SEEN_SAMPLES = 4
"""A journey beyond its objective for so many samples can be seen by whoever looks at it: one minute."""


class Truth:
    """Measures impact and labels alerts."""

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
        self._evidence = False
        self._hurt_now = False
        self._hurting_samples = 0

    def start(self) -> None:
        """Schedule the samples."""
        self._timeline.process(self._samples())

    def label(self, raised: Raised) -> None:
        """Write down what an alert that just fired really is."""
        label, cause = self._label(raised)
        self._emit(AlertLabelled(alert=raised.alert.alert, label=label, cause=cause))
        if label in ("cause", "symptom"):
            self._see(f"alert {raised.alert.alert}")

    def hurting(self) -> bool:
        """Return whether users are hurt at this moment."""
        return self._hurt_now

    def _samples(self) -> Routine:
        for t_ms in range(0, self._production.end_ms + 1, SAMPLE_MS):
            yield self._timeline.moment(t_ms, Order.TELEMETRY, "truth")
            self._measure(t_ms)

    def _measure(self, t_ms: int) -> None:
        flow = self._production.flow
        sample = impact.ImpactSample(
            t_ms,
            flow.stream_undisturbed_rps[0],
            flow.stream_offered_rps[0],
            flow.stream_failed_share[0],
            flow.stream_slow_share[0],
            flow.stream_degraded_share[0],
        )
        self._state, measured, changed = impact.measure(self._yardstick, self._state, sample)
        self._emit(measured)
        self._hurt_now = bool(measured.hurt)
        for event in changed:
            self._emit(event)
        self._hurting_samples = self._hurting_samples + 1 if self._state.phase == "hurting" else 0
        if self._hurting_samples >= JOURNEY_SEEN_SAMPLES:
            self._see("a journey beyond its objective")

    def _see(self, what: str) -> None:
        if not self._evidence:
            self._evidence = True
            self._emit(EvidenceAppeared(what=what))

    def _label(self, raised: Raised) -> tuple[str, str]:
        """Return label and cause.

        Noise if a blip lies under it; else the fault or act whose place it depends on through the graph;
        else measurement noise crossed the line.
        """
        now_ms, production = self._timeline.now_ms, self._production
        blip = blip_behind(self._monitoring.blips, raised.transition.instance, now_ms)
        if blip is not None:
            return "noise", blip.why
        place = raised.alert.component
        for span in production.fault_spans:
            if span.to_ms is not None and now_ms - span.to_ms > AFTERGLOW_MS:
                continue
            if not span.hurts:
                continue
            if span.fault.where.component == place:
                return "cause", f"fault:{span.fault.id}"
            if connected(production.world, place, span.fault.where.component):
                return "symptom", f"fault:{span.fault.id}"
        for act in production.recent_acts(AFTERGLOW_MS):
            component = act.where.component or act.where.callee
            if component is not None and connected(production.world, place, component):
                return "self_inflicted", act.owner
        return "transient", "measurement noise"
