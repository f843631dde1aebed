"""The series of a drill for queries: measured signals as metrics, kept and lengthened from query to query."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.alerting.routing.matchers import Matcher, matches_all
from sim.bridge import metrics
from sim.bridge.promql.values import NAME, Labels, Series
from sim.events import SAMPLE_MS
from sim.view import View
from sim.world.history import HISTORY_MS
from sim.world.signals import SIGNALS, Part

Times = NDArray[np.int64]
Measured = NDArray[np.float32]
Kind = Literal["component", "journey"]
Family = Literal["signals", "requests", "durations"]

_KINDS: tuple[Kind, ...] = ("component", "journey")


@dataclass(slots=True)
class _Kept:
    """What was measured so far of a component with its parts, or of a journey: (samples, parts, SIGNALS)."""

    parts: tuple[Part, ...]
    values: Measured
    series: dict[Family, list[Series]] = field(default_factory=dict)


class DrillStore:
    """Series of one drill, from a day before it up to what its dashboards show now."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._kept: dict[tuple[Kind, str], _Kept] = {}
        self._names: dict[Kind, tuple[str, ...]] = {
            "component": tuple(component.id for component in view.world.components),
            "journey": tuple(journey.id for journey in view.world.journeys),
        }

    def select(self, matchers: Sequence[Matcher], from_ms: int, to_ms: int) -> list[Series]:
        """Return the series that pass all matchers, with their samples between two times, both included."""
        return [_between(one, from_ms, to_ms) for one in self.matching(matchers)]

    def matching(self, matchers: Sequence[Matcher]) -> list[Series]:
        """Return the series that pass all matchers, whole."""
        wanted = tuple(matchers)
        return [one for one in self._candidates(wanted) if matches_all(wanted, one.labels)]

    def _candidates(self, matchers: tuple[Matcher, ...]) -> Iterator[Series]:
        """Yield series, all that pass the matchers among them; what cannot pass is not even made."""
        data_ms = self._view.data_ms
        if data_ms is None:
            return
        of_name = tuple(one for one in matchers if one.name == NAME)
        for kind in _KINDS:
            families = [f for f, names in _FAMILIES[kind].items() if _any(of_name, names)]
            other = tuple(one for one in matchers if one.name in _KINDS and one.name != kind)
            if not families or not matches_all(other, {}):
                continue
            about = tuple(one for one in matchers if one.name == kind)
            for name in self._names[kind]:
                if matches_all(about, {kind: name}):
                    for family in families:
                        yield from self._series(kind, name, family, data_ms)
        if _any(of_name, (metrics.ALERTS,)):
            yield from self._alerts(data_ms)

    def _series(self, kind: Kind, name: str, family: Family, data_ms: int) -> list[Series]:
        """Return a family of series of a component or a journey up to now, lengthening what is kept."""
        kept = self._kept.get((kind, name))
        have = 0 if kept is None else len(kept.values)
        wanted = (data_ms + HISTORY_MS) // SAMPLE_MS + 1
        if kept is None or have < wanted:
            parts, values = self._view.measured(kind, name, _times(have, wanted))
            kept = _Kept(parts, values if kept is None else np.concatenate([kept.values, values]))
            self._kept[kind, name] = kept
        if family not in kept.series:
            kept.series[family] = list(_made(kind, name, family, kept))
        return kept.series[family]

    def _alerts(self, data_ms: int) -> Iterator[Series]:
        spans: dict[tuple[tuple[str, str], ...], list[tuple[int, int]]] = {}
        for card in self._view.board.alerts.values():
            labels = tuple(sorted(card.fired.labels.items()))
            ends_ms = data_ms + 1 if card.resolved_ms is None else card.resolved_ms
            spans.setdefault(labels, []).append((card.since_ms, ends_ms))
        for labels, fired in spans.items():
            times = np.concatenate([np.arange(begin, end, SAMPLE_MS, dtype=np.int64) for begin, end in fired])
            named = {**dict(labels), NAME: metrics.ALERTS, "alertstate": "firing"}
            gone = np.array([end for _, end in fired if end <= data_ms], dtype=np.int64)
            yield Series(named, times, np.ones(len(times)), gone)


def _names_of(kind: Kind) -> dict[Family, tuple[str, ...]]:
    prefixes = [metrics.PREFIXES[kind]]
    if kind == "component":
        prefixes += [metrics.PREFIXES[by] for by in ("zone", "version", "shard")]
    signals = tuple(f"{prefix}:{one.name}" for prefix in prefixes for one in metrics.SIGNAL_METRICS.values())
    duration = metrics.HISTOGRAMS[kind]
    return {
        "signals": signals,
        "requests": (f"{metrics.COUNTERS[kind]}_total",),
        "durations": (f"{duration}_bucket", f"{duration}_count", f"{duration}_sum"),
    }


_FAMILIES = {kind: _names_of(kind) for kind in _KINDS}


def _any(of_name: tuple[Matcher, ...], names: Sequence[str]) -> bool:
    return any(matches_all(of_name, {NAME: name}) for name in names)


def _times(first: int, last: int) -> Times:
    """Return the times of samples by their number; the first of all is a day before the drill."""
    return np.arange(first, last, dtype=np.int64) * SAMPLE_MS - HISTORY_MS


def _between(one: Series, from_ms: int, to_ms: int) -> Series:
    first = int(np.searchsorted(one.times_ms, from_ms, side="left"))
    last = int(np.searchsorted(one.times_ms, to_ms, side="right"))
    return Series(one.labels, one.times_ms[first:last], one.values[first:last], one.gone_ms)


def _made(kind: Kind, name: str, family: Family, kept: _Kept) -> Iterator[Series]:
    times_ms = _times(0, len(kept.values))
    for place, part in enumerate(kept.parts):
        values = kept.values[:, place]
        if family == "signals":
            yield from _signals(kind, name, part, values, times_ms)
        elif part.by == "zone" or kind == "journey":
            labels = {kind: name} | ({"zone": part.label} if part.by else {})
            make = _requests if family == "requests" else _durations
            yield from make(kind, labels, values, times_ms)


def _signals(kind: Kind, name: str, part: Part, values: Measured, times_ms: Times) -> Iterator[Series]:
    prefix = metrics.PREFIXES[part.by or kind]
    for column, signal in enumerate(SIGNALS):
        known = np.isfinite(values[:, column])
        if not known.any():
            continue
        metric = metrics.SIGNAL_METRICS[signal]
        labels = {NAME: f"{prefix}:{metric.name}", kind: name}
        if part.by:
            labels[part.by] = part.label
        found = values[:, column].astype(np.float64) * metric.factor
        if known.all():
            yield Series(labels, times_ms, found)
        else:
            gone = ~known & np.concatenate([[False], known[:-1]])
            yield Series(labels, times_ms[known], found[known], times_ms[gone])


def _requests(kind: Kind, labels: Labels, values: Measured, times_ms: Times) -> Iterator[Series]:
    name = f"{metrics.COUNTERS[kind]}_total"
    for outcome, total in metrics.counted(values).items():
        yield Series({NAME: name, **labels, "outcome": outcome}, times_ms, total)


def _durations(kind: Kind, labels: Labels, values: Measured, times_ms: Times) -> Iterator[Series]:
    name = metrics.HISTOGRAMS[kind]
    buckets = metrics.bucketed(values)
    for bound, counts in zip(metrics.BUCKETS_S, buckets, strict=True):
        yield Series({NAME: f"{name}_bucket", **labels, "le": le(bound)}, times_ms, counts)
    yield Series({NAME: f"{name}_count", **labels}, times_ms, buckets[-1])
    yield Series({NAME: f"{name}_sum", **labels}, times_ms, metrics.total_s(values))


def le(bound: float) -> str:
    """Return a bucket's bound as Prometheus writes it."""
    return "+Inf" if bound == np.inf else f"{bound:g}"
