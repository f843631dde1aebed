"""What an alert really was: noise, transient, or somebody's doing, and whose.

Noise also fires in the undisturbed twin. It is transient if only measurement noise crossed the line: within
the rule's `for` window the true signal never did. Otherwise something that acts on the world is behind it:
an owner, which is a fault or an act that acts or has ended within the afterglow.

Where there are several, the solver is asked what would be without each: the stationary flow at that moment
with the modifiers of one owner taken away. An owner without whom the alert would be silent is necessary.

- An act that is necessary is behind it, also where a fault is necessary too: before the act it was silent.
- Else a necessary fault, before others the one whose own place it is, then the oldest.
- Where nobody is necessary, or the stationary flow does not show what fired (a backlog, a restart that is
  over), the graph decides: an act on that very component which is younger than every fault there; else the
  fault, then the act, that it is connected to.

An alert about a certificate that runs out is its fault's also before that begins.

What a fault is behind is its `cause` at the fault's own place and a `symptom` elsewhere, or `unrelated` where
the fault hurts no user. What an act is behind is `self_inflicted`.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.alerting.monitoring import Monitoring, Raised
from sim.alerting.noise import blip_behind
from sim.alerting.rules import Instance
from sim.events import SAMPLE_MS
from sim.spec import Fault, Where, World
from sim.world import demand, faults, stationary
from sim.world.flow import Flow
from sim.world.impact import ImpactSample, Yardstick, begin, measure
from sim.world.mitigations.plan import Act
from sim.world.modifiers import Modifier, Param, Shape
from sim.world.parameters import Folding
from sim.world.production import FaultSpan, Production
from sim.world.reach import connected
from sim.world.signals import truth

Floats = NDArray[np.float64]
Label = Literal["noise", "transient", "cause", "symptom", "self_inflicted", "unrelated"]

AFTERGLOW_MS = 10 * 60_000
"""An alert this soon after a fault or an act ended may still come from it; an assumption."""

DEMAND_MS = 5 * 60_000
"""Moments within so long share their demand when the solver is asked, so that it is asked less often."""

_KEPT_SAMPLES = 240
_LESS_SHARE = 0.001  # so many fewer users hurt without a fault mean that it hurts
_SLOW_PARAMS = frozenset({Param.LEAK_PER_H, Param.FILL_PER_H, Param.APPLY, Param.DELIVERY, Param.WRONG})
"""What they do shows with time, or in no answer: a stationary flow says nothing about it."""


@dataclass(frozen=True, slots=True)
class _Owner:
    """A fault or an act that may be behind an alert; `fault` is None for an act."""

    id: str
    since_ms: int
    where: Where
    fault: Fault | None = None

    def at(self, place: str) -> bool:
        """Return whether this component is its own place."""
        return place in (self.where.component, self.where.callee)


@dataclass(frozen=True, slots=True)
class _World:
    """A stationary flow with some owners in force: which rules it crosses, and how many users it hurts."""

    crossed: NDArray[np.bool_]
    users_hurt_share: float


class Attribution:
    """Says what alerts were. A pure function of what has happened in the drill until then."""

    def __init__(self, production: Production, monitoring: Monitoring, yardstick: Yardstick) -> None:
        self._production = production
        self._monitoring = monitoring
        self._yardstick = yardstick
        self._recent: deque[tuple[int, tuple[Modifier, ...]]] = deque(maxlen=_KEPT_SAMPLES)
        self._folding = Folding(production.topology)
        self._solved: dict[tuple[object, ...], _World] = {}
        self._hurtful: set[str] = set()  # faults that hurt users alone; once is enough to know it

    def observe(self, t_ms: int) -> None:
        """Remember what acts on the world at a sample."""
        self._recent.append((t_ms, self._production.modifiers))

    def label(self, raised: Raised) -> tuple[Label, str]:
        """Return what an alert that has just fired really is, and its cause."""
        instance, now_ms = raised.transition.instance, raised.transition.t_ms
        if self._monitoring.undisturbed.fires(instance, now_ms):
            return self._ordinary(instance, now_ms)
        crossed_ms = self._monitoring.truly_crossed(instance)
        if not crossed_ms:
            return "transient", "measurement noise"
        owners = self._running_out(instance) or self._owners(now_ms, instance.series.name)
        if not owners:  # nothing has acted on the world so far: it is the twin itself
            return self._ordinary(instance, now_ms)
        owner = owners[0] if len(owners) == 1 else self._behind(instance, owners, (now_ms, crossed_ms[0]))
        if owner.fault is None:
            return "self_inflicted", owner.id
        if not self._hurts(owner, owner.fault, now_ms):
            return "unrelated", owner.id
        return "cause" if _own_place(self._production.world, owner.fault, instance) else "symptom", owner.id

    def _ordinary(self, instance: Instance, t_ms: int) -> tuple[Label, str]:
        blip = blip_behind(self._monitoring.blips, instance, t_ms)
        if blip is None:
            return "noise", "an ordinary day"
        return "unrelated" if blip.real else "noise", blip.why

    # --- owners -------------------------------------------------------------------------------------------

    def _running_out(self, instance: Instance) -> list[_Owner]:
        """Return the fault that an alert about a certificate tells of; it does so long before it begins."""
        if instance.series.signal != "certificate_days":
            return []
        return [
            _Owner(faults.owner(fault.id), 0, fault.where, fault)
            for fault in self._production.scenario.faults
            if faults.FAULTS[fault.kind].mechanism == "certificate"
            and fault.where.component == instance.series.name
        ][:1]

    def _owners(self, now_ms: int, place: str) -> list[_Owner]:
        """Return who may be behind an alert at this place, oldest first; acts only where they reach it."""
        production = self._production
        spans = [span for span in production.fault_spans if _acts(span.fault)]
        near = [s for s in spans if s.to_ms is None or now_ms - s.to_ms <= AFTERGLOW_MS]
        acts = [_of_act(act) for act in production.recent_acts(AFTERGLOW_MS)]
        acts = [act for act in acts if _reaches(production.world, act, place)]
        found = [_of_span(span) for span in (near if near or acts else spans)] + acts
        return sorted(found, key=lambda owner: (owner.since_ms, owner.id))

    def _behind(self, instance: Instance, owners: list[_Owner], moments_ms: tuple[int, int]) -> _Owner:
        number = self._monitoring.number(instance)
        for t_ms in dict.fromkeys(moments_ms):
            if not self._world(t_ms).crossed[number]:
                continue
            needed = [one for one in owners if not self._world(t_ms, without=one.id).crossed[number]]
            acts = [one for one in needed if one.fault is None]
            if acts:
                return acts[-1]
            if needed:
                return min(needed, key=lambda one: not one.at(instance.series.name))
        return _by_graph(self._production.world, instance.series.name, owners)

    # --- what would be ------------------------------------------------------------------------------------

    def _hurts(self, owner: _Owner, fault: Fault, t_ms: int) -> bool:
        """Return whether a fault hurts users: alone and at full strength, or together with the rest."""
        kind = faults.FAULTS[fault.kind]
        if not kind.hurts:
            return False
        slow = kind.resets or any(effect.param in _SLOW_PARAMS for effect in kind.effects)
        if kind.data_at_risk or slow or self._feeds_a_queue(owner):
            return True
        if fault.id in self._hurtful:
            return True
        full = (replace(m, shape=Shape.STEP) for m in faults.modifiers_between(fault, t_ms, None))
        alone = self._solve((*self._production.past_modifiers, *full), t_ms)
        if alone.users_hurt_share > 0.0:
            self._hurtful.add(fault.id)
            return True
        without = self._world(t_ms, without=owner.id)
        return self._world(t_ms).users_hurt_share - without.users_hurt_share > _LESS_SHARE

    def _feeds_a_queue(self, owner: _Owner) -> bool:
        """Return whether users may have to wait for what an owner holds up, by the graph."""
        world = self._production.world
        queues = [journey.queue for journey in world.journeys if journey.queue is not None]
        return any(_reaches(world, owner, queue) for queue in queues)

    def _world(self, t_ms: int, without: str | None = None) -> _World:
        """Return the world of a moment, as it was or without one owner."""
        past = (pair for pair in reversed(self._recent) if pair[0] <= t_ms)
        at_ms, modifiers = next(past, self._recent[0])
        return self._solve((m for m in modifiers if m.owner != without), at_ms)

    def _solve(self, modifiers: Iterable[Modifier], t_ms: int) -> _World:
        active = [modifier for modifier in modifiers if modifier.strength(t_ms) > 0.0]
        demand_ms = t_ms // DEMAND_MS * DEMAND_MS
        key = (demand_ms, *((modifier, modifier.strength(t_ms)) for modifier in active))
        if key not in self._solved:
            production, layout = self._production, self._monitoring.telemetry.layout
            moment = np.array([demand_ms], dtype=np.int64)
            starts_at = production.scenario.starts_at
            rps = demand.undisturbed(production.topology, production.seed, starts_at, moment)
            flow = stationary.solve(production.topology, self._folding.at(active, t_ms), rps)
            sample = sample_of(flow, demand_ms, self._monitoring.twin.stream_shares(demand_ms))
            _, measured, _ = measure(self._yardstick, begin(self._yardstick), sample)
            crossed = self._monitoring.crossed(truth(layout, flow, moment)[0])
            self._solved[key] = _World(crossed, measured.users_hurt_share)
        return self._solved[key]


def sample_of(flow: Flow, t_ms: int, ordinary: Floats, late: Floats | None = None) -> ImpactSample:
    """Return what flows at a moment as a sample of impact; see there for `ordinary` and `late`."""
    return ImpactSample(
        t_ms,
        flow.stream_undisturbed_rps[0],
        flow.stream_offered_rps[0],
        flow.stream_failed_share[0],
        flow.stream_slow_share[0],
        flow.stream_degraded_share[0],
        ordinary,
        late,
    )


def _acts(fault: Fault) -> bool:
    """Return whether a fault does anything to the world."""
    kind = faults.FAULTS[fault.kind]
    return bool(kind.effects or kind.resets)


def _of_span(span: FaultSpan) -> _Owner:
    return _Owner(faults.owner(span.fault.id), span.from_ms, span.fault.where, span.fault)


def _of_act(act: Act) -> _Owner:
    return _Owner(act.owner, act.t_ms, act.where)


def _reaches(world: World, owner: _Owner, place: str) -> bool:
    """Return whether what an owner does can show at a place, by the graph."""
    where = owner.where
    return connected(world, place, where.component or where.callee)


def _by_graph(world: World, place: str, owners: list[_Owner]) -> _Owner:
    last_fault_ms = max((one.since_ms for one in owners if one.fault is not None), default=-SAMPLE_MS)
    here = [one for one in owners if one.at(place)]
    if here and here[-1].fault is None and here[-1].since_ms >= last_fault_ms:
        return here[-1]
    reaching = [one for one in owners if _reaches(world, one, place)]
    by_faults_first = sorted(reaching or owners, key=lambda one: (one.fault is None, not one.at(place)))
    return by_faults_first[0]


def _own_place(world: World, fault: Fault, instance: Instance) -> bool:
    """Return whether an alert is of the place that a fault lies at.

    Of a zone it is an alert of that zone, or of a component that runs nowhere else; of a client or a journey
    one about how many requests come.
    """
    where, series = fault.where, instance.series
    if where.component is not None or where.callee is not None:
        return series.of == "component" and series.name in (where.component, where.callee)
    if where.zone is not None:
        if series.of == "journey":
            return False
        in_zones = faults.zones(world.component(series.name), world)
        return in_zones == (where.zone,) or (series.by == "zone" and series.label == where.zone)
    return series.signal == "rps"
