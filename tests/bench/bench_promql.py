"""What queries cost over the day and a half of a drill's record: answers as they are sent, JSON and all.

python tests/bench/bench_promql.py
"""

import json
from statistics import median
from time import perf_counter

from scenarios.library import resolve
from sim.bridge import prometheus
from sim.bridge.store import DrillStore
from sim.bridge.time_map import TimeMap
from sim.drill import Drill
from sim.journal import Log, header_of
from sim.spec import Seat

UNIX_MS = 1_767_603_600_000
INTO_MS = 900_000
INSTANT = 'sum by (component) (rate(requests_total{component=~"web|api|edge"}[5m]))'
RANGE = 'rate(requests_total{component=~"web|api|edge|auth|cache|events|jobs",outcome="ok"}[5m])'
SERIES = 20
TIMES = 9


def costs_ms(drill_id: str = "github-2023-09") -> dict[str, float]:
    """Return the milliseconds of an instant query, and of a range query over 24 h at 60 s, 20 series."""
    asked = prometheus.Asked(*_asked(drill_id))
    day = {
        "start": str((UNIX_MS + INTO_MS) / 1000 - 86_400),
        "end": str((UNIX_MS + INTO_MS) / 1000),
        "step": "60",
    }
    return {
        "instant": _cost_ms(lambda: json.dumps(prometheus.query(asked, [("query", INSTANT)]).body)),
        "range": _cost_ms(lambda: _range(asked, day)),
    }


def _range(asked: prometheus.Asked, day: dict[str, str]) -> bytes:
    body: bytes = prometheus.query_range(asked, [("query", RANGE), *day.items()]).body
    assert body.count(b'"metric"') >= SERIES
    return body


def _cost_ms(ask) -> float:
    ask()  # the first look at a day of a component works it out
    took = []
    for _ in range(TIMES):
        began = perf_counter()
        ask()
        took.append(1000 * (perf_counter() - began))
    return median(took)


def _asked(drill_id: str):
    scenario, seat = resolve(drill_id), Seat(name="you", role="responder")
    header = header_of(scenario, 1, (seat,))
    drill = Drill(scenario, 1, seat, Log(None, header), Log(None, header))
    drill.advance(INTO_MS)
    return drill.view, DrillStore(drill.view), TimeMap(INTO_MS, UNIX_MS + INTO_MS)


if __name__ == "__main__":
    for name, ms in costs_ms().items():
        print(f"{name:<8} {ms:6.1f} ms")
