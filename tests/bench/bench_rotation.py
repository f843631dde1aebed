"""What simulated team-years cost, side by side in one run: kernel, reference, idiomatic SimPy, ciw.

    python tests/bench/bench_rotation.py

20 alerts a day, 6 people, a primary and a secondary, a week each. The idiomatic model has a process per
alert, waits for an acknowledgement or a timeout, and a Resource per person; it knows no sleep and no
hand-over, so it does less. ciw plays the waiting line alone: arrivals, one server on call, service.
"""

import math
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import ciw
import numpy as np
import simpy

from sim.oncall.load.defaults import default_load
from sim.oncall.schedule.load import load
from sim.oncall.whatif import figures, kernel, reference, run
from sim.oncall.whatif.arrivals import demand, draw
from sim.oncall.whatif.draws import following, normal_of
from sim.oncall.whatif.parameters import Response
from sim.oncall.whatif.table import YEAR_MS, compiled, year_of

ROOT = Path(__file__).parents[2]
WEEKLY = ROOT / "scenarios" / "rotations" / "weekly-or-daily" / "weekly.yml"
ROUNDS, IN_A_ROW = 7, 20
"""Years of what is fast are played in a row, as `rotation simulate` does."""
COMMAND = [sys.executable, "-c", "from cli import main; main()", "rotation", "simulate", str(WEEKLY)]


def idiomatic(table, alerts, how) -> float:
    """Play a year as a SimPy tutorial would; return the mean time to acknowledge in ms."""
    env = simpy.Environment()
    desks = [simpy.Resource(env) for _ in table.people]
    it = table.compiled
    waits = []

    def on_call(step):
        place = it.steps["first_place"][step]
        first, end = it.place_first_turn[place : place + 2]
        turn = first + int(np.searchsorted(it.turns["at"][first:end], env.now, side="right")) - 1
        return int(it.turn_people[it.turns["first_person"][turn]])

    def incident(number):
        yield env.timeout(int(alerts.at[number]) - env.now)
        pace = int(alerts.pace[number])
        for step in range(len(it.steps) - 1):
            person = on_call(step)
            delay = how.away.median_s * 1000 * math.exp(how.away.sigma * normal_of(pace))
            acknowledged = env.timeout(delay)
            yield acknowledged | env.timeout(int(it.steps["ms"][step]))
            if acknowledged.processed:
                break
            pace = following(pace)
        waits.append(env.now - int(alerts.at[number]))
        with desks[person].request() as desk:
            yield desk
            yield env.timeout(int(alerts.work[number]))

    for number in range(len(alerts.at)):
        env.process(incident(number))
    env.run()
    return sum(waits) / len(waits)


def waiting_line(alerts) -> None:
    """Play the waiting line alone in ciw."""
    gaps = np.diff(alerts.at, prepend=0) / 60_000
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Sequential([*gaps.tolist(), math.inf])],
        service_distributions=[ciw.dists.Sequential((alerts.work / 60_000).tolist())],
        number_of_servers=[1],
    )
    ciw.seed(1)
    ciw.Simulation(network).simulate_until_max_time(YEAR_MS / 60_000)


def engines() -> None:
    policy = load(WEEKLY)
    table = compiled(policy, year_of([policy]))
    wanted = demand(default_load().model_copy(update={"per_week": 140}), table)
    how, took = Response(), {}
    some = [draw(wanted, 1, number) for number in range(IN_A_ROW)]
    played = [kernel.simulate(table, alerts, how) for alerts in some]
    for number in range(ROUNDS):
        for name, plays in {
            "draw": [partial(draw, wanted, 1, number) for number in range(IN_A_ROW)],
            "kernel": [partial(kernel.simulate, table, alerts, how) for alerts in some],
            "figures": [partial(figures.year, table, *year) for year in zip(some, played, strict=True)],
            "reference": [partial(reference.simulate, table, some[number], how)],
            "idiomatic SimPy": [partial(idiomatic, table, some[number], how)],
            "ciw, waiting line alone": [partial(waiting_line, some[number])],
        }.items():
            began = perf_counter()
            for play in plays:
                play()
            took.setdefault(name, []).append(1000 * (perf_counter() - began) / len(plays))
    ms = {name: median(each) for name, each in took.items()}
    for name, each in ms.items():
        print(f"{name:<28}{each:9.2f} ms a year {each / ms['kernel']:9.1f} times the kernel")
    print(f"{'kernel over idiomatic SimPy':<28}{ms['idiomatic SimPy'] / ms['kernel']:9.0f}   (wanted 60)")
    print(f"{'years the kernel plays':<28}{1000 / ms['kernel']:9.0f}   a second (wanted 400)")
    print(f"{'... and draws':<28}{1000 / (ms['draw'] + ms['kernel']):9.0f}   a second (wanted 400)")


def cores() -> None:
    policy = load(WEEKLY)
    table = compiled(policy, year_of([policy]))
    wanted = demand(default_load().model_copy(update={"per_week": 140}), table)
    some = run.Job(table, wanted, Response(), 1, 0, 2_000)
    took = {}
    for name, place in {"one": run.here(), "two": run.processes(2)}.items():
        with place as mapping:
            list(mapping(run.play, run.jobs(run.Job(table, wanted, Response(), 1, 0, 40))))  # all have begun
            began = perf_counter()
            run.simulate(some, mapping)
            took[name] = perf_counter() - began
    print(
        f"{'... with figures and sums':<28}{some.end / took['one']:9.0f}   a second, on one core (wanted 400)"
    )
    print(f"{'two processes over one':<28}{took['one'] / took['two']:9.2f}   (wanted 1.8)")


def answers() -> None:
    with tempfile.TemporaryDirectory() as cache:
        for name, wanted in (("first answer, cold", 6.0), ("first answer, compiled", 1.5)):
            began = perf_counter()
            kept = {**os.environ, "NUMBA_CACHE_DIR": cache}
            subprocess.run(COMMAND, check=True, cwd=ROOT, stdout=subprocess.DEVNULL, env=kept)
            print(f"{name:<28}{perf_counter() - began:9.2f} s (wanted {wanted})")


def memory() -> None:
    for years in (100, 4_000):
        code = (
            "import resource, sys; from cli import main\n"
            "try: main()\nexcept SystemExit: pass\n"
            "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, file=sys.stderr)"
        )
        told = subprocess.run(
            [sys.executable, "-c", code, *COMMAND[3:], "--years", str(years), "--workers", "1"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
        print(f"{f'memory, {years:,} years':<28}{told.stderr.split()[-1]:>9} MB")


if __name__ == "__main__":
    for part in (engines, cores, answers, memory):
        part()
