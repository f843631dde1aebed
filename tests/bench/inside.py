"""What can only be measured inside a process: run by `bench`, prints a JSON object of figures.

python tests/bench/inside.py engine DRILL | looks DRILL | history DRILL | flow | scale | noise
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench_flow import ticks_per_s
from bench_noise import day_s
from bench_promql import costs_ms
from bench_routing import alerts_a_second
from bench_scale import exponent, tick_ms_by_cells

from scenarios.library import resolve
from sim.actions import VERBS
from sim.actions.look import Look
from sim.bots import BOTS
from sim.drill import Drill
from sim.journal import Meta
from sim.opening import OpenDrill, new_drill
from sim.spec import Scenario, Seat

SEED = 1
MID_OUTAGE_S = 10 * 60
"""After onset: everything is broken, paged and noisy by then."""


def opened(scenario: Scenario, folder: str, *, interactive: bool) -> OpenDrill:
    """Return a new drill on disk."""
    meta = Meta(id="bench", created="", host="")
    seat = Seat(name="you", role="responder")
    return new_drill(Path(folder) / "drill", scenario, SEED, seat, meta, interactive=interactive)


def engine(drill_id: str) -> dict[str, float]:
    """Return the time it takes to make a drill, and how fast it runs while nobody does anything."""
    scenario = resolve(drill_id)
    with TemporaryDirectory() as folder:
        began = perf_counter()
        with opened(scenario, folder, interactive=False) as open_drill:
            made = perf_counter()
            BOTS["idle"](open_drill.drill)
            ended = perf_counter()
            simulated_s = open_drill.drill.now_ms / 1000
    return {"construction_ms": 1000 * (made - began), "times_real_time": simulated_s / (ended - made)}


def looks(drill_id: str) -> dict[str, float]:
    """Return the milliseconds from a typed line to its answer, by line, for every way to look in mid-outage.

    A second passes between two lines, as it does between two thoughts.
    """
    took_ms: dict[str, float] = {}
    scenario = resolve(drill_id)
    with TemporaryDirectory() as folder, opened(scenario, folder, interactive=True) as open_drill:
        drill = open_drill.drill
        drill.advance(drill.onset_ms + 1000 * MID_OUTAGE_S)
        for line in looking_lines(drill):
            drill.advance(drill.now_ms + 1000)
            began = perf_counter()
            answer = drill.enter(line)
            ms = 1000 * (perf_counter() - began)
            if not answer.refused:
                took_ms[line] = ms
    return took_ms


def history(drill_id: str) -> dict[str, float]:
    """Return the milliseconds of the first look at 24 hours of a signal, by component."""
    took_ms: dict[str, float] = {}
    with TemporaryDirectory() as folder, opened(resolve(drill_id), folder, interactive=True) as open_drill:
        drill = open_drill.drill
        drill.advance(60_000)
        for component in drill.view.names.components:
            began = perf_counter()
            drill.enter(f"metrics {component} p95_ms last 24h")
            took_ms[component] = 1000 * (perf_counter() - began)
    return took_ms


def noise() -> dict[str, float]:
    """Return the seconds of a day of noise, of the noisy profile."""
    return {"noisy": day_s()}


def routing() -> dict[str, float]:
    """Return how many alerts are routed in a second."""
    return {"alerts_a_second": alerts_a_second()}


def promql() -> dict[str, float]:
    """Return the milliseconds of an instant and of a range query."""
    return costs_ms()


def scale() -> dict[str, float]:
    """Return the cost of a tick in ms by number of cells, and the exponent it grows with."""
    costs = tick_ms_by_cells()
    return {str(cells): ms for cells, ms in costs.items()} | {"exponent": exponent(costs)}


def looking_lines(drill: Drill) -> Iterator[str]:
    """Yield every verb that looks, with every component, journey and open alert it can be asked about."""
    names = drill.view.names
    yield from (verb for verb, action in VERBS.items() if issubclass(action, Look))
    yield "alerts all"
    for component in names.components:
        yield f"metrics {component}"
        yield f"metrics {component} p95_ms by zone"
        yield f"logs {component}"
        yield f"logs {component} last 1h"
        yield f"topology {component}"
        yield f"changes {component}"
    for journey in names.journeys:
        yield f"metrics {journey} last 24h"
        yield f"traces {journey}"
    for alert in drill.view.board.alerts:
        yield f"alert {alert}"
        yield f"runbook {alert}"


if __name__ == "__main__":
    figures = {
        "engine": engine,
        "looks": looks,
        "history": history,
        "flow": ticks_per_s,
        "scale": scale,
        "noise": noise,
        "routing": routing,
        "promql": promql,
    }
    print(json.dumps(figures[sys.argv[1]](*sys.argv[2:])))
