"""Many runs of scripted players: what one run came to, and playing many in processes of their own."""

import gc
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from sim.spec import Scenario

PROCESSES = 2
"""Runs are played in so many processes; an assumption of a small machine."""
_RUNS_A_PROCESS = 40
"""After so many runs processes are new: what is not given back does not add up. An assumption."""
_WORTH_PROCESSES = 12
"""Fewer runs are over sooner than processes have started."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run to play: a player in a scenario with a seed."""

    scenario: Scenario
    player: str
    seed: int


@dataclass(frozen=True, slots=True)
class Run:
    """What a run came to. `score` is the total, 0 to 100; `acts` counts hands-on acts.

    `mitigated_after_s` runs from impact onset; None where users were not hurt or had not recovered.
    """

    player: str
    seed: int
    score: float
    mitigated_after_s: float | None
    user_min_lost: float
    acts: int

    @property
    def mitigated(self) -> bool:
        """Whether users were hurt and recovered for good."""
        return self.mitigated_after_s is not None


Play = Callable[[Job], Run]
"""Plays and judges one run; it has to be a function of a module, so that other processes find it."""


def play_all(jobs: Sequence[Job], play: Play, processes: int = PROCESSES) -> Iterator[Run]:
    """Yield the runs in the order of the jobs; in processes of their own where that is worth it."""
    if processes < 2 or len(jobs) < _WORTH_PROCESSES:
        for job in jobs:
            yield play(job)
            gc.collect()  # a drill is full of cycles; without this 20 of them pile up to 200 MB
        return
    # Not `max_tasks_per_child`: once all workers have done theirs no new one comes (cpython issue 115634).
    for first in range(0, len(jobs), processes * _RUNS_A_PROCESS):
        block = jobs[first : first + processes * _RUNS_A_PROCESS]
        with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
            waiting = [pool.submit(_played, job, play) for job in block]
            try:
                for one in waiting:
                    yield one.result()
            finally:
                for one in waiting:
                    one.cancel()


def _played(job: Job, play: Play) -> Run:
    run = play(job)
    gc.collect()
    return run
