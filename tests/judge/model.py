"""Request-by-request models of small worlds in SimPy, the judge of the flow solver.

They are built from the same `World` that the solver gets, in one zone. Work is exponential; whoever comes
first is served first; every attempt is sent, answered or timed out by itself. Nothing here knows an average.
"""

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from enum import IntEnum
from random import Random
from typing import Any

import simpy

from sim.spec import Call, World
from sim.spec import Component as Spec
from sim.world.modifiers import Modifier, Param
from sim.world.parameters import PATIENT_SHARE
from sim.world.slow import Reset

Steps = Generator[simpy.Event, Any, Any]

_REFUSAL_S = 0.001  # a refusal is answered in about a millisecond, as the solver takes it
_RECENT = 0.02  # weight of the newest request when a component estimates how long its slots are held


class Answer(IntEnum):
    """How a request was answered; silence is no answer at all and shows as the caller's timeout."""

    GOOD = 0
    DEGRADED = 1
    FAILED = 2
    REFUSED = 3  # at once: throttled, or the queue was full
    SILENCE = 4


class Places:
    """Slots or processors, and the line of those who wait for one."""

    def __init__(self, env: simpy.Environment, count: int) -> None:
        self._env, self.free = env, count
        self._line: deque[simpy.Event] = deque()

    def take(self) -> simpy.Event | None:
        """Take a place; return what to wait for, None where one was free."""
        if self.free > 0:
            self.free -= 1
            return None
        turn = self._env.event()
        self._line.append(turn)
        return turn

    def give(self) -> None:
        """Give a place back, to the next in line if there is one."""
        if self._line:
            self._line.popleft().succeed()
        else:
            self.free += 1


class Contents:
    """What a cache holds. Its keys are asked for by Zipf's law with exponent 2/3, as web caches have seen.

    Filled by such requests, a cache that holds the share w of its keys hits √w of them within 2 %.
    """

    def __init__(self, rng: Random, hit_share: float, keys: int) -> None:
        self._rng, self._hit_share, self._keys = rng, hit_share, keys
        self.missing: set[int] = set()

    def empty(self) -> None:
        """Lose everything."""
        self.missing = set(range(self._keys))

    def asked(self) -> int | None:
        """Return the key of a request; None for one that is never asked twice, so that no cache holds it."""
        if self._rng.random() >= self._hit_share:
            return None
        return int(self._keys * self._rng.random() ** 3)


class Component:
    """One component: admission, slots, processors, own work, then its calls one after another."""

    def __init__(self, judge: "Judge", spec: Spec) -> None:
        self._judge, self.env, self.rng, self.spec = judge, judge.env, judge.rng, spec
        operation = spec.operations[0]
        self._processors = round(spec.processors_per_replica * spec.replicas)
        self._slots = spec.slots_per_replica * spec.replicas
        self.processors, self.slots = Places(self.env, self._processors), Places(self.env, self._slots)
        self.inside, self.offered = 0, 0
        self._base_work_s = self.work_s = operation.work_ms / 1000.0
        self._base_error_share = self.error_share = operation.error_share
        self.admit = 1.0
        self._holding_s = self.work_s
        self._steps = _steps(operation.calls)
        self._retries = self._base_retries = {call.to: call.retries for call in operation.calls}
        self.contents = None
        if spec.cache is not None:
            self.contents = Contents(self.rng, spec.cache.hit_share, round(spec.cache.keys))

    def change(self, modifiers: Iterable[Modifier], now_ms: int) -> None:
        """Put the modifiers of this component in force that act at this moment."""
        values = {Param.WORK: 1.0, Param.ADMIT: 1.0, Param.ERROR_RANDOM: self._base_error_share}
        retries: float | None = None
        for modifier in modifiers:
            if modifier.where.component != self.spec.id:
                continue
            if modifier.param is Param.RETRIES:
                retries = modifier.value if modifier.strength(now_ms) else retries
                continue
            values[modifier.param] = modifier.applied(values[modifier.param], now_ms)
        self.work_s = self._base_work_s * values[Param.WORK]
        self.admit, self.error_share = values[Param.ADMIT], values[Param.ERROR_RANDOM]
        self._retries = self._base_retries
        if retries is not None:
            self._retries = dict.fromkeys(self._base_retries, round(retries))

    def serve(self, timeout_s: float) -> Steps:
        """Serve one request of a caller who waits so long, and return the answer. Dead work is done too."""
        env, random = self.env, self.rng.random
        self.offered += 1
        if (self.admit < 1.0 and random() >= self.admit) or self.inside >= self._inside_max():
            yield env.timeout(_REFUSAL_S)
            return Answer.REFUSED
        self.inside += 1
        came_s = env.now
        if (turn := self.slots.take()) is not None:
            yield turn
        if (turn := self.processors.take()) is not None:
            yield turn
        began_s = env.now
        dropped = self.spec.drops_dead_work and began_s - came_s > PATIENT_SHARE * timeout_s
        if not dropped:
            yield env.timeout(self.rng.expovariate(1.0) * self.work_s)
        self.processors.give()
        if dropped:
            answer = Answer.SILENCE
        elif self.error_share and random() < self.error_share:
            answer = Answer.FAILED
        elif self._steps:
            answer = yield from self._make_calls()
            self._holding_s += _RECENT * (env.now - began_s - self._holding_s)
        else:
            answer = Answer.GOOD
        self.slots.give()
        self.inside -= 1
        for consumer in self._judge.consumers.get(self.spec.id, ()):
            env.process(consumer.serve(float("inf")))
        return answer

    def _inside_max(self) -> float:
        """Return how many requests may be here: `queue_max_s` seconds of work beside those in work."""
        if self.spec.kind == "worker":
            return float("inf")
        holding_s = self._holding_s if self._steps else self.work_s
        capacity_rps = min(self._processors / self.work_s, self._slots / holding_s)
        return capacity_rps * (holding_s + self.spec.queue_max_s)

    def _make_calls(self) -> Steps:
        degraded = False
        key = next((c.asked() for c in self._caches()), None)
        for step in self._steps:
            if len(step) == 1:
                answers = [(yield from self._call(step[0], key))]
            else:
                made = [self.env.process(self._call(call, key)) for call in step]
                yield self.env.all_of(made)
                answers = [process.value for process in made]
            for call, answer in zip(step, answers, strict=True):
                if answer is Answer.FAILED and not call.soft:
                    return Answer.FAILED
                degraded = degraded or answer is not Answer.GOOD
        return Answer.DEGRADED if degraded else Answer.GOOD

    def _caches(self) -> Iterable[Contents]:
        for step in self._steps:
            for call in step:
                if call.on_miss_of is not None:
                    contents = self._judge.components[call.on_miss_of].contents
                    assert contents is not None
                    yield contents

    def _call(self, call: Call, key: int | None) -> Steps:
        """Make one kind of call as often as the spec says and return the worst answer."""
        if call.on_miss_of is not None:
            contents = self._judge.components[call.on_miss_of].contents
            assert contents is not None
            if key is not None and key not in contents.missing:
                return Answer.GOOD
            answer = yield from self._try(call)
            if answer is not Answer.FAILED:
                contents.missing.discard(-1 if key is None else key)
            return answer
        worst, times = Answer.GOOD, call.per_request
        while times > 0.0 and (times >= 1.0 or self.rng.random() < times):
            answer = yield from self._try(call)
            worst, times = max(worst, answer), times - 1.0
            if worst is Answer.FAILED:
                break
        return worst

    def _try(self, call: Call) -> Steps:
        """Send attempts until one is answered well or none is left."""
        env, callee, timeout_s = self.env, self._judge.components[call.to], call.timeout_ms / 1000.0
        for _ in range(self._retries[call.to] + 1):
            heard = env.event()
            env.process(_answering(callee, timeout_s, heard))
            env.timeout(timeout_s, heard).callbacks.append(_give_up)
            answer = yield heard
            if answer <= Answer.DEGRADED:
                return answer
        return Answer.FAILED


def _answering(callee: Component, timeout_s: float, heard: simpy.Event) -> Steps:
    answer = yield from callee.serve(timeout_s)
    if answer is not Answer.SILENCE and not heard.triggered:
        heard.succeed(answer)


def _give_up(timer: simpy.Event) -> None:
    heard = timer.value
    if not heard.triggered:
        heard.succeed(Answer.SILENCE)


def _steps(calls: Sequence[Call]) -> list[list[Call]]:
    """Return the calls in order, those of one group together."""
    steps: list[list[Call]] = []
    for call in calls:
        if steps and call.group is not None and steps[-1][0].group == call.group:
            steps[-1].append(call)
        else:
            steps.append([call])
    return steps


class Judge:
    """A world played request by request; `answers` are (came_s, took_s, answer), as they were given."""

    def __init__(
        self,
        world: World,
        rps: float,
        seed: str,
        modifiers: Sequence[Modifier] = (),
        resets: Sequence[tuple[float, Reset]] = (),
    ) -> None:
        self.env, self.rng = simpy.Environment(), Random(seed)
        self.components = {spec.id: Component(self, spec) for spec in world.components}
        self.consumers: dict[str, list[Component]] = {}
        for spec in world.components:
            if spec.consumes is not None:
                self.consumers.setdefault(spec.consumes, []).append(self.components[spec.id])
        self._entry = self.components[world.journeys[0].entry]
        self._timeout_s = world.journeys[0].timeout_ms / 1000.0
        self._rps, self._demand, self._modifiers = rps, 1.0, modifiers
        self.answers: list[tuple[float, float, Answer]] = []
        self._sending = True
        self.env.process(self._arrivals())
        times_ms = {m.from_ms for m in modifiers} | {m.to_ms for m in modifiers if m.to_ms is not None}
        for t_ms in sorted(times_ms):
            self.env.process(self._change(t_ms))
        for at_s, reset in resets:
            self.env.process(self._reset(at_s, reset))

    def run(self, until_s: float) -> None:
        """Play until so many seconds."""
        self.env.run(until_s)

    def finish(self) -> None:
        """Send no more requests, and play until all are answered."""
        self._sending = False
        self.env.run()

    def _arrivals(self) -> Steps:
        while self._sending:
            self.env.process(self._request())
            yield self.env.timeout(self.rng.expovariate(self._rps * self._demand))

    def _request(self) -> Steps:
        came_s = self.env.now
        answer = yield from self._entry.serve(self._timeout_s)
        took_s = self.env.now - came_s
        if took_s > self._timeout_s:
            answer = Answer.SILENCE
        self.answers.append((came_s, took_s, answer))

    def _change(self, t_ms: int) -> Steps:
        yield self.env.timeout(t_ms / 1000.0)
        for component in self.components.values():
            component.change(self._modifiers, t_ms)
        self._demand = 1.0
        for modifier in self._modifiers:
            if modifier.param is Param.DEMAND:
                self._demand = modifier.applied(self._demand, t_ms)

    def _reset(self, at_s: float, reset: Reset) -> Steps:
        yield self.env.timeout(at_s)
        contents = self.components[reset.where.component or ""].contents
        assert contents is not None and reset.field == "warmth" and reset.set_to == 0.0
        contents.empty()
