"""What users of a world met, once as the judge plays it and once as the solver computes it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.spec import World
from sim.world import topology
from sim.world.modifiers import Modifier
from sim.world.slow import Reset
from tests.judge.model import Answer, Judge
from tests.world.small import Living

Floats = NDArray[np.float64]

TICK_S = 5.0
HELD_TICKS = 3
"""So many ticks in a row must be good for a recovery to count."""


@dataclass(frozen=True)
class Play:
    """What is played: a world under constant demand, what acts on it when, and for how long.

    `judged` is what acts on the judge's world where it is not the same.
    """

    world: World
    rps: float
    seconds: float
    modifiers: tuple[Modifier, ...] = ()
    resets: tuple[tuple[float, Reset], ...] = ()
    judged: tuple[Modifier, ...] | None = None


class Seen(ABC):
    """What users met between two moments, by when their requests came."""

    @abstractmethod
    def mean_s(self, from_s: float, to_s: float) -> float:
        """Return the mean response time of what was not refused at the door."""

    @abstractmethod
    def percentile_s(self, quantile: float, from_s: float, to_s: float) -> float:
        """Return a percentile of the response time of all answers, refusals too."""

    @abstractmethod
    def failed_share(self, from_s: float, to_s: float) -> float:
        """Return the share that failed, was refused, or that the user gave up waiting for."""

    @abstractmethod
    def degraded_share(self, from_s: float, to_s: float) -> float:
        """Return the share that was answered well, but without a soft call."""

    @abstractmethod
    def inside(self, component: str, at_s: float) -> float:
        """Return the requests in a component at the end of a tick; the messages that wait for a worker."""

    @abstractmethod
    def offered_rps(self, component: str, from_s: float, to_s: float) -> float:
        """Return the attempts sent to a component."""

    def recovered_s(self, after_s: float, failed_below: float) -> float:
        """Return how long after a moment failures were back under a share; infinite if they never were."""
        starts = np.arange(after_s, self.until_s, TICK_S)
        return _back(np.array([self.failed_share(t, t + TICK_S) for t in starts]), failed_below)

    def quick_again_s(self, after_s: float, mean_below_s: float) -> float:
        """Return how long after a moment the mean response time was back under a bound."""
        starts = np.arange(after_s, self.until_s, TICK_S)
        return _back(np.array([self.mean_s(t, t + TICK_S) for t in starts]), mean_below_s)

    def drained_s(self, component: str, after_s: float, below: float) -> float:
        """Return how long after a moment a component was back under so many requests."""
        ends = np.arange(after_s, self.until_s, TICK_S) + TICK_S
        return _back(np.array([self.inside(component, t) for t in ends]), below)

    def relieved_s(self, component: str, after_s: float, below_rps: float) -> float:
        """Return how long after a moment the attempts sent to a component were back under a rate."""
        starts = np.arange(after_s, self.until_s, TICK_S)
        return _back(np.array([self.offered_rps(component, t, t + TICK_S) for t in starts]), below_rps)

    until_s: float


class Simulated(Seen):
    """One seed of the judge."""

    def __init__(self, play: Play, seed: str) -> None:
        modifiers = play.modifiers if play.judged is None else play.judged
        judge = Judge(play.world, play.rps, seed, modifiers, play.resets)
        self._inside = {0.0: dict.fromkeys(judge.components, 0)}
        self._offered = dict(self._inside)
        for tick in range(1, round(play.seconds / TICK_S) + 1):
            judge.run(tick * TICK_S)
            self._inside[tick * TICK_S] = {name: c.inside for name, c in judge.components.items()}
            self._offered[tick * TICK_S] = {name: c.offered for name, c in judge.components.items()}
        judge.finish()
        answers = sorted(judge.answers)
        self._came_s, self._took_s = (np.array([a[k] for a in answers]) for k in (0, 1))
        self._answer = np.array([a[2] for a in answers], dtype=int)
        self.until_s = play.seconds

    def mean_s(self, from_s: float, to_s: float) -> float:
        took_s, answer = self._between(from_s, to_s)
        return float(took_s[answer != Answer.REFUSED].mean())

    def percentile_s(self, quantile: float, from_s: float, to_s: float) -> float:
        return float(np.quantile(self._between(from_s, to_s)[0], quantile))

    def failed_share(self, from_s: float, to_s: float) -> float:
        return float((self._between(from_s, to_s)[1] >= Answer.FAILED).mean())

    def degraded_share(self, from_s: float, to_s: float) -> float:
        return float((self._between(from_s, to_s)[1] == Answer.DEGRADED).mean())

    def inside(self, component: str, at_s: float) -> float:
        return float(self._inside[at_s][component])

    def offered_rps(self, component: str, from_s: float, to_s: float) -> float:
        sent = self._offered[to_s][component] - self._offered[from_s][component]
        return sent / (to_s - from_s)

    def _between(self, from_s: float, to_s: float) -> tuple[Floats, NDArray[np.int_]]:
        at = slice(*np.searchsorted(self._came_s, (from_s, to_s)))
        return self._took_s[at], self._answer[at]


class Computed(Seen):
    """The solver, tick by tick; what a tick finds holds for the stretch that begins with it."""

    def __init__(self, play: Play, dt_s: float = TICK_S) -> None:
        built = topology.build(play.world)
        living = Living(built, play.rps, *play.modifiers, dt_s=dt_s)
        self._topology, self._dt_s, self.until_s = built, dt_s, play.seconds
        self._flows, self._backlogs = [living.dynamics.flow], [0.0]
        resets = list(play.resets)
        for tick in range(1, round(play.seconds / dt_s)):
            while resets and resets[0][0] <= tick * dt_s:
                living.dynamics.reset([resets.pop(0)[1]])
            self._flows += living.run(dt_s)
            self._backlogs.append(float(living.dynamics.slow.backlog.sum()))

    def mean_s(self, from_s: float, to_s: float) -> float:
        entry = self._topology.stream_legs.members[0]
        return self._mean([float(f.mean_s[0, entry]) for f in self._between(from_s, to_s)])

    def percentile_s(self, quantile: float, from_s: float, to_s: float) -> float:
        entry = self._topology.stream_legs
        flows = self._between(from_s, to_s)
        return self._mean([float(f.percentiles_ms(entry, (quantile,))[0, 0, 0]) / 1000.0 for f in flows])

    def failed_share(self, from_s: float, to_s: float) -> float:
        return self._mean([float(f.stream_failed_share[0, 0]) for f in self._between(from_s, to_s)])

    def degraded_share(self, from_s: float, to_s: float) -> float:
        return self._mean([float(f.stream_degraded_share[0, 0]) for f in self._between(from_s, to_s)])

    def inside(self, component: str, at_s: float) -> float:
        tick = round(at_s / self._dt_s) - 1
        if self._topology.world.component(component).consumes is not None:
            return self._backlogs[tick]
        return float(self._flows[tick].in_system[0, self._topology.cells_of(component)].sum())

    def offered_rps(self, component: str, from_s: float, to_s: float) -> float:
        there = self._topology.stations_of(component)
        return self._mean([float(f.offered_rps[0, there].sum()) for f in self._between(from_s, to_s)])

    def _between(self, from_s: float, to_s: float) -> list:
        first, last = round(from_s / self._dt_s), round(to_s / self._dt_s)
        return self._flows[first:last]

    def _mean(self, values: list[float]) -> float:
        return float(np.mean(values))


def _back(series: Floats, below: float) -> float:
    """Return when a series by tick falls below a bound and stays there for HELD_TICKS, between two ticks."""
    good = series < below
    for tick in range(len(series) - HELD_TICKS + 1):
        if good[tick : tick + HELD_TICKS].all():
            if tick == 0:
                return 0.0
            before, here = series[tick - 1], series[tick]
            return TICK_S * (tick + (before - below) / (before - here))
    return float("inf")
