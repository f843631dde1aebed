"""Request-by-request models of small graphs, the judge of the flow solver."""

from collections.abc import Generator
from dataclasses import dataclass, field
from random import Random
from typing import Any

import simpy


@dataclass
class Component:
    """Exponential work on `processors`, after admission to `slots`; then one call, with retries."""

    env: simpy.Environment
    rng: Random
    work_s: float
    processors: int
    slots: int = 10_000
    callee: "Component | None" = None
    timeout_s: float = 60.0
    retries: int = 0
    per_request: float = 1.0
    error_share: float = 0.0
    queue_max: int = 1_000_000
    pool: simpy.Resource = field(init=False)
    busy: simpy.Resource = field(init=False)
    attempts: int = 0

    def __post_init__(self) -> None:
        self.pool = simpy.Resource(self.env, self.slots)
        self.busy = simpy.Resource(self.env, self.processors)

    def serve(self) -> Generator[Any, Any, bool]:
        """Serve one request; the value is whether the answer is good. Dead work is done all the same."""
        self.attempts += 1
        if len(self.pool.queue) >= self.queue_max:
            yield self.env.timeout(0.001)
            return False
        with self.pool.request() as slot:
            yield slot
            with self.busy.request() as turn:
                yield turn
                yield self.env.timeout(self.rng.expovariate(1.0 / self.work_s))
            if self.rng.random() < self.error_share:
                return False
            if self.callee is None or self.rng.random() >= self.per_request:
                return True
            for _ in range(self.retries + 1):
                attempt = self.env.process(self.callee.serve())
                yield attempt | self.env.timeout(self.timeout_s)
                if attempt.processed and attempt.value:
                    return True
            return False


@dataclass(frozen=True)
class Seen:
    """What the users of a simulated graph saw."""

    mean_s: float
    p50_s: float
    p95_s: float
    failed_share: float


def drive(env: simpy.Environment, rng: Random, entry: Component, rps: float, requests: int) -> Seen:
    """Send Poisson requests to the entry, leave out the first tenth, and return what came back."""
    answers: list[tuple[float, bool]] = []

    def request() -> Generator[Any, Any, None]:
        began = env.now
        good = yield env.process(entry.serve())
        answers.append((env.now - began, good))

    def arrivals() -> Generator[Any, Any, None]:
        for _ in range(requests):
            yield env.timeout(rng.expovariate(rps))
            env.process(request())

    env.process(arrivals())
    env.run()
    kept = answers[requests // 10 :]
    times = sorted(time for time, _ in kept)
    return Seen(
        mean_s=sum(times) / len(times),
        p50_s=times[len(times) // 2],
        p95_s=times[int(0.95 * len(times))],
        failed_share=sum(not good for _, good in kept) / len(kept),
    )
