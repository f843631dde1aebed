"""What a drill measures now, in Prometheus' text format, for a Prometheus that scrapes it."""

from collections.abc import Iterator

from sim.bridge import metrics
from sim.bridge.matrix import number_text
from sim.bridge.promql.values import NAME, Labels
from sim.bridge.store import DrillStore

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SUFFIXES = ("_bucket", "_sum", "_count")


def exposition(store: DrillStore, now_ms: int, lookback_ms: int) -> str:
    """Return the newest value of every series that has one in the last `lookback_ms`."""
    known = metrics.metadata()
    lines: dict[str, list[str]] = {}
    for one in store.select((), now_ms - lookback_ms, now_ms):
        name = one.labels[NAME]
        if name == metrics.ALERTS or not len(one.values):
            continue
        family = next((name.removesuffix(s) for s in _SUFFIXES if name.removesuffix(s) in known), name)
        lines.setdefault(family, []).append(f"{_series(one.labels)} {number_text(one.values[-1])}")
    return "".join(_families(lines, known))


def _families(lines: dict[str, list[str]], known: dict[str, tuple[metrics.MetricType, str]]) -> Iterator[str]:
    for family, rows in lines.items():
        kind, text = known[family]
        yield f"# HELP {family} {text}\n# TYPE {family} {kind}\n"
        yield from (f"{row}\n" for row in rows)


def _series(labels: Labels) -> str:
    inside = ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items() if name != NAME)
    return f"{labels[NAME]}{{{inside}}}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
