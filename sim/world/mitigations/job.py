"""What a verb's definition works with: an act under way, and what it says it does."""

from collections.abc import Callable
from dataclasses import dataclass

from sim.spec import Component, Fault, Where, World
from sim.streams import lognormal, uniform
from sim.world import faults
from sim.world.graph import resolve
from sim.world.mitigations.plan import Act, Loss, Refusal, Situation, Step
from sim.world.modifiers import Modifier, Op, Param, Shape

_TAKES, _FAILS, _OWN = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Takes:
    """How long an act takes: lognormal with this median in seconds and sigma of its logarithm."""

    median_s: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Job:
    """An act with its length drawn, ready to be told what it does.

    Draws belong to seed, verb, target and how often this verb was used on this target, not to the act's
    number, so an act elsewhere changes none of them.
    """

    act: Act
    situation: Situation
    takes_ms: int
    seed: int
    identity: str

    @property
    def world(self) -> World:
        """The world as specified."""
        return self.situation.world

    @property
    def component(self) -> Component:
        """The component it acts on. Raises KeyError where it acts on none."""
        return self.world.component(str(self.act.where.component))

    @property
    def replicas(self) -> int:
        """How many replicas the component has, what scaling changed included."""
        return self.situation.replicas(self.component)

    @property
    def end_ms(self) -> int:
        """When it is over."""
        return self.act.t_ms + self.takes_ms

    def at_ms(self, share: float) -> int:
        """Return the moment at which this share of it is done."""
        return self.act.t_ms + round(share * self.takes_ms)

    def chance(self, k: int) -> float:
        """Return the verb's own k-th draw in (0, 1) for this act."""
        return uniform(self.seed, "act", self.identity, _OWN + k)

    def takes(self, takes: Takes, k: int) -> int:
        """Return the verb's own k-th draw of a duration, in ms (whole seconds)."""
        return _duration_ms(self.seed, self.identity, takes, _OWN + k)

    def modifier(
        self,
        n: int,
        param: Param,
        op: Op,
        value: float,
        from_ms: int,
        *,
        to_ms: int | None = None,
        ramp_ms: int = 0,
        where: Where | None = None,
    ) -> Modifier:
        """Return the act's n-th modifier; by default where the act acts."""
        return Modifier(
            id=f"{self.act.owner}/{n}",
            owner=self.act.owner,
            where=self.act.where if where is None else where,
            param=param,
            op=op,
            value=value,
            from_ms=from_ms,
            to_ms=to_ms,
            shape=Shape.RAMP if ramp_ms else Shape.STEP,
            ramp_ms=ramp_ms,
        )

    def progress(self, from_ms: int, of: int, what: str, steps_max: int = 8) -> tuple[Step, ...]:
        """Return steps of visible progress from `from_ms` to the end, evenly spaced; the last one is all."""
        count = min(of, steps_max)
        span_ms = self.end_ms - from_ms
        return tuple(
            Step(from_ms + span_ms * i // count, progress=(of * i // count, of, what))
            for i in range(1, count + 1)
        )

    def begun(self) -> tuple[Fault, ...]:
        """Return the faults that do something to the world now."""
        return tuple(
            entry.fault
            for entry in self.situation.faults
            if entry.start_ms <= self.act.t_ms and faults.FAULTS[entry.fault.kind].acts
        )

    def on_component(self, verb: str) -> tuple[Fault, ...]:
        """Return the faults on this component whose kind this verb cures."""
        return tuple(
            fault
            for fault in self.begun()
            if fault.where.component == self.act.where.component
            and verb in faults.FAULTS[fault.kind].cured_by
        )

    def to_come(self, verb: str) -> tuple[Fault, ...]:
        """Return the faults on this component that are still to begin and that this verb would cure."""
        return tuple(
            entry.fault
            for entry in self.situation.faults
            if entry.start_ms > self.act.t_ms
            and entry.fault.where.component == self.act.where.component
            and verb in faults.FAULTS[entry.fault.kind].cured_by
        )

    def origins_of(self, cache: str) -> tuple[Where, ...]:
        """Return what is called on a miss of a cache, component and operation."""
        called = {
            resolve(self.world, call.to): None
            for component in self.world.components
            for operation in component.operations
            for call in operation.calls
            if call.on_miss_of == cache
        }
        return tuple(Where(component=component, operation=operation) for component, operation in called)

    def relieved(self) -> tuple[Fault, ...]:
        """Return the faults that this verb can relieve here, judged by kind and place alone."""
        where = self.act.where
        return tuple(
            fault
            for fault in self.begun()
            if self.act.verb in faults.FAULTS[fault.kind].relieved_by
            and where.component in (None, fault.where.component or where.component)
            and where.client in (None, fault.where.client or where.client)
        )


@dataclass(frozen=True, slots=True)
class Deed:
    """What an act does if its tool works: steps, the report at the end, faults cured and faults relieved."""

    text: str
    steps: tuple[Step, ...] = ()
    cures: tuple[Fault, ...] = ()
    relieves: tuple[Fault, ...] = ()
    turned_off: str | None = None
    reverted: str | None = None
    averts: tuple[str, ...] = ()
    loses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Mitigation:
    """A verb that acts on the world.

    `hits` says what it will hit and `risk` what it costs or can break, for `help`. `takes` and
    `fail_share`, the share of attempts in which the tool itself fails and changes nothing, are assumptions
    unless a comment names a source; `takes_database` replaces `takes` on a database. `needs` are the fields
    of its place it must have. `ours` refuses a vendor's component, `replicas` marks acts that handle a
    component's replicas: only one of these at a time. `warn` gives the text of the one-time confirmation, ''
    where none is needed; `second_word` why somebody else has to agree, '' where nobody has to.
    """

    verb: str
    hits: str
    risk: str
    takes: Takes
    fail_share: float
    do: Callable[[Job], Deed | Refusal]
    needs: tuple[str, ...] = ("component",)
    takes_database: Takes | None = None
    ours: bool = True
    replicas: bool = False
    warn: Callable[[Act, Situation], str] | None = None
    second_word: Callable[[Act, Situation], str] | None = None


def job(mitigation: Mitigation, act: Act, situation: Situation, seed: int) -> Job:
    """Return the job of an act, its length drawn."""
    before = (*(entry.act for entry in situation.finished), *situation.running)
    same = [other for other in before if (other.verb, other.target) == (act.verb, act.target)]
    identity = f"{act.verb}|{act.target}|{len(same)}"
    takes = mitigation.takes
    if mitigation.takes_database is not None and act.where.component is not None:
        is_database = situation.world.component(act.where.component).kind == "database"
        takes = mitigation.takes_database if is_database else takes
    return Job(act, situation, _duration_ms(seed, identity, takes, _TAKES), seed, identity)


def fails(mitigation: Mitigation, started: Job) -> bool:
    """Return whether the tool fails this time."""
    return uniform(started.seed, "act", started.identity, _FAILS) < mitigation.fail_share


def cured(names: tuple[Fault, ...]) -> tuple[str, ...]:
    """Return the ids of faults."""
    return tuple(fault.id for fault in names)


def removal(at_ms: int, gone: tuple[Fault, ...]) -> Step:
    """Return the step that cures these faults and takes their effects out of the world."""
    return Step(at_ms, remove_owners=tuple(faults.owner(fault.id) for fault in gone), cures=cured(gone))


def _duration_ms(seed: int, identity: str, takes: Takes, k: int) -> int:
    return 1000 * max(1, round(lognormal(seed, "act", identity, takes.median_s, takes.sigma, k)))
