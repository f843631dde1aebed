"""The running production system: its flow from tick to tick, and everything that acts on it.

Faults, changes and acts only ever add and remove modifiers here; the solver does the rest.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.decision import Emit
from sim.events import (
    SAMPLE_MS,
    ActFinished,
    ActJudged,
    ActProgressed,
    ActStarted,
    ChangeMade,
    DataLost,
    FaultEnded,
    FaultStarted,
)
from sim.spec import Change, Fault, Scenario
from sim.timeline import TICK_MS, Order, Routine, Timeline
from sim.world import changes as changes_of
from sim.world import demand, faults, topology
from sim.world.dynamics import Dynamics
from sim.world.flow import Flow
from sim.world.gauges import Gauges
from sim.world.mitigations.plan import Act, DatedFault, FinishedAct, Plan, Situation, Step, Stock
from sim.world.modifiers import Modifier
from sim.world.routine import routine
from sim.world.slow import Reset

TICK_S = TICK_MS / 1000


@dataclass(frozen=True, slots=True)
class FaultSpan:
    """A fault from when to when it acted; `to_ms` is None while it does."""

    fault: Fault
    from_ms: int
    to_ms: int | None = None

    @property
    def hurts(self) -> bool:
        """Whether faults of this kind do anything to the world."""
        return faults.FAULTS[self.fault.kind].hurts


class Production:
    """The world of one drill while it runs."""

    def __init__(
        self, scenario: Scenario, seed: int, onset_ms: int, end_ms: int, timeline: Timeline, emit: Emit
    ) -> None:
        self.scenario = scenario
        self.world = scenario.world
        self.seed = seed
        self.onset_ms = onset_ms
        self.end_ms = end_ms
        self.changes = changes_of.dated((*scenario.changes, *routine(scenario, seed)), onset_ms)
        self.topology = topology.build(self.world, changes_of.versions(self.world, scenario.changes))
        self.fault_spans: tuple[FaultSpan, ...] = ()
        self.running: dict[int, Act] = {}
        self.finished: tuple[FinishedAct, ...] = ()
        self._flags_off: frozenset[str] = frozenset()
        self._reverted: frozenset[str] = frozenset()
        self._averted: frozenset[str] = frozenset()
        self._timeline = timeline
        self._emit = emit
        self._modifiers = tuple(
            modifier for change in self.scenario.changes for modifier in self._of_change(change)
        )
        self.past_modifiers = self._modifiers
        self._ended_ms: dict[int, int] = {}
        self._rps = demand.undisturbed(self.topology, seed, scenario.starts_at, _tick_times(end_ms))
        self._ticked = 0  # the last tick that was solved
        self._calm: tuple[tuple[Modifier, ...], int] | None = None  # the last that was left out since
        self._dynamics = Dynamics(self.topology, self._modifiers, self._rps[:1], self._certificates())

    @property
    def flow(self) -> Flow:
        """What flowed in the last tick."""
        return self._dynamics.flow

    @property
    def gauges(self) -> Gauges:
        """What slow state shows now."""
        return self._dynamics.gauges

    def start(self) -> None:
        """Schedule ticks, faults and changes."""
        self._timeline.process(self._ticks())
        for fault in self.scenario.faults:
            self._at(self._start_ms(fault), f"fault {fault.id}", partial(self._begin, fault))
        for dated in self.changes:
            if dated.t_ms >= 0 and dated.change.logged:
                self._at(dated.t_ms, f"change {dated.change.id}", partial(self._announce, dated.change))

    @property
    def modifiers(self) -> tuple[Modifier, ...]:
        """Everything that acts on the world, in force or scheduled."""
        return self._modifiers

    def situation(self) -> Situation:
        """Return what the planning of an act may read, as it is now."""
        return Situation(
            world=self.world,
            t_ms=self._timeline.now_ms,
            changes=self.changes,
            faults=self._active_faults() + self._faults_to_come(),
            modifiers=self._modifiers,
            flags_off=self._flags_off,
            reverted=self._reverted,
            stocks=self._stocks(),
            running=tuple(self.running.values()),
            finished=self.finished,
        )

    def _stocks(self) -> dict[str, Stock]:
        """Return what there is to lose at each component, as it is now."""
        dynamics, found = self._dynamics, {}
        for component in self.world.components:
            cells = self.topology.cells_of(component.id)
            standby = cells[self.topology.cell_standby[cells]]
            found[component.id] = Stock(
                standby_lag_s=float(dynamics.slow.lag_s[standby].max()) if len(standby) else 0.0,
                writes_rps=dynamics.slow_world.usual_writes_rps(component.id),
                messages=float(dynamics.gauges.backlog[cells].sum()),
            )
        return found

    def recent_acts(self, within_ms: int) -> tuple[Act, ...]:
        """Return the acts that run or ended at most `within_ms` ago, newest first."""
        now_ms = self._timeline.now_ms
        ended = [e.act for e in self.finished if now_ms - self._ended_ms[e.act.number] <= within_ms]
        return tuple(sorted([*self.running.values(), *ended], key=lambda act: -act.number))

    def begin_act(self, act: Act, plan: Plan) -> None:
        """Carry a plan out, step by step; the act's number must be new."""
        self.running[act.number] = act
        takes_s = round(plan.takes_ms / 1000)
        self._emit(
            ActStarted(act=act.number, verb=act.verb, target=act.typed, by=act.by, takes_s=takes_s),
            actor=act.by,
        )
        for number, step in enumerate(plan.steps):
            self._timeline.call_at(
                step.at_ms, Order.ACTS, f"{act.owner} {number:04d}", partial(self._do, act, step)
            )
        end_ms = self._timeline.now_ms + plan.takes_ms
        self._timeline.call_at(end_ms, Order.ACTS, f"{act.owner} end", lambda: self._finish(act, plan))

    # --- ticks --------------------------------------------------------------------------------------------

    def _ticks(self) -> Routine:
        """Tick every 5 s; while the world is calm only when it is sampled, for all the time since."""
        for number in range(1, self.end_ms // TICK_MS + 1):
            yield self._timeline.moment(number * TICK_MS, Order.TICK, "world")
            if not self._dynamics.calm(self._modifiers, number * TICK_MS):
                self._catch_up()
                self._tick(self._modifiers, number)
            elif number * TICK_MS % SAMPLE_MS == 0:
                self._tick(self._modifiers, number)
            else:
                self._calm = (self._modifiers, number)

    def _catch_up(self) -> None:
        """Do the ticks that were left out while the world was calm, before anything happens to it."""
        if self._calm is not None:
            self._tick(*self._calm)

    def _tick(self, modifiers: tuple[Modifier, ...], number: int) -> None:
        rps, ticks = self._rps[number : number + 1], number - self._ticked
        self._dynamics.tick(modifiers, number * TICK_MS, rps, TICK_S, ticks)
        self._ticked, self._calm = number, None

    def _reset(self, resets: Sequence[Reset]) -> None:
        if resets:
            self._catch_up()
            self._dynamics.reset(resets)

    def _certificates(self) -> dict[str, float]:
        """Return when certificates run out in this scenario, in seconds, by component."""
        return {
            str(fault.where.component): self._start_ms(fault) / 1000.0
            for fault in self.scenario.faults
            if faults.FAULTS[fault.kind].mechanism == "certificate"
        }

    # --- faults and changes -------------------------------------------------------------------------------

    def _start_ms(self, fault: Fault) -> int:
        return self.onset_ms + fault.at_s * 1000

    def _faults_to_come(self) -> tuple[DatedFault, ...]:
        now_ms = self._timeline.now_ms
        return tuple(
            DatedFault(fault, self._start_ms(fault))
            for fault in self.scenario.faults
            if self._start_ms(fault) > now_ms and not self._prevented(fault)
        )

    def _active_faults(self) -> tuple[DatedFault, ...]:
        return tuple(DatedFault(s.fault, s.from_ms) for s in self.fault_spans if s.to_ms is None)

    def _prevented(self, fault: Fault) -> bool:
        named = fault.flag in self._flags_off or fault.change in self._reverted
        return named or fault.id in self._averted

    def _begin(self, fault: Fault) -> None:
        if self._prevented(fault):
            return
        self.fault_spans += (FaultSpan(fault, self._timeline.now_ms),)
        self._modifiers += faults.modifiers(fault, self.onset_ms)
        self._reset(faults.resets(fault))
        component = fault.where.component or fault.where.callee or ""
        self._emit(FaultStarted(fault=fault.id, fault_kind=fault.kind, component=component))
        if fault.lasts_s is not None:
            end_ms = self._timeline.now_ms + fault.lasts_s * 1000
            self._at(end_ms, f"fault {fault.id} ends", lambda: self._cure(fault.id, "itself"))

    def _cure(self, fault_id: str, by: str) -> None:
        now_ms = self._timeline.now_ms
        if any(s.fault.id == fault_id and s.to_ms is None for s in self.fault_spans):
            self.fault_spans = tuple(
                replace(s, to_ms=now_ms) if s.fault.id == fault_id and s.to_ms is None else s
                for s in self.fault_spans
            )
            self._remove((faults.owner(fault_id),))
            self._emit(FaultEnded(fault=fault_id, by=by))

    def _of_change(self, change: Change) -> tuple[Modifier, ...]:
        return changes_of.modifiers(change, self.onset_ms, self.world)

    def _announce(self, change: Change) -> None:
        self._emit(
            ChangeMade(
                change=change.id,
                component=change.component,
                what=change.kind,
                summary=change.summary,
                by=change.by,
            ),
            actor=change.by,
        )

    # --- acts ---------------------------------------------------------------------------------------------

    def _do(self, act: Act, step: Step) -> None:
        self._remove(step.remove_owners)
        self._modifiers += step.add
        self._reset(step.resets)
        for fault_id in step.cures:
            self._cure(fault_id, act.owner)
        if step.progress is not None:
            done, of, what = step.progress
            self._emit(ActProgressed(act=act.number, done=done, of=of, what=what), actor=act.by)

    def _finish(self, act: Act, plan: Plan) -> None:
        del self.running[act.number]
        self.finished += (FinishedAct(act, plan.ok),)
        self._ended_ms[act.number] = self._timeline.now_ms
        if plan.turned_off is not None:
            self._flags_off |= {plan.turned_off}
        if plan.reverted is not None:
            self._reverted |= {plan.reverted}
        self._averted |= set(plan.averts)
        for lost in plan.loses:
            self._emit(DataLost(component=lost.component, records=lost.records, by=act.owner))
        self._emit(
            ActFinished(act=act.number, verb=act.verb, target=act.typed, ok=plan.ok, text=plan.text),
            actor=act.by,
        )
        self._emit(ActJudged(act=act.number, outcome=plan.outcome, cured=plan.cures))

    def _remove(self, owners: tuple[str, ...]) -> None:
        if owners:
            self._modifiers = tuple(m for m in self._modifiers if m.owner not in owners)

    def _at(self, t_ms: int, key: str, action: Callable[[], None]) -> None:
        self._timeline.call_at(t_ms, Order.FAULTS, key, action)


def _tick_times(end_ms: int) -> NDArray[np.int64]:
    return np.arange(0, end_ms + TICK_MS, TICK_MS, dtype=np.int64)
