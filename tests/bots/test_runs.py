"""Many runs in processes of their own: all of them come back, in order, however many there are."""

import os

from sim.bots.runs import Job, Run, play_all
from tests.spine.small import SCENARIO


def told(job: Job) -> Run:
    """Stand for a run: its seed, and the process that it was played in."""
    return Run(job.player, job.seed, 0.0, None, float(os.getpid()), 0)


def test_more_runs_than_processes_are_kept_for_come_back_in_order() -> None:
    jobs = [Job(SCENARIO, "idle", seed) for seed in range(1, 171)]
    found = list(play_all(jobs, told, processes=2))
    assert [run.seed for run in found] == list(range(1, 171))
    assert len({run.user_min_lost for run in found}) > 2, "processes are made anew"


def test_few_runs_need_no_process() -> None:
    found = list(play_all([Job(SCENARIO, "idle", 1)], told))
    assert found[0].user_min_lost == os.getpid()
