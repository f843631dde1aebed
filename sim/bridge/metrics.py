"""The metrics of a drill: their names, types and meanings, and how they come from measured signals.

Signals are what the drill's rules watch, one gauge each, named by what they are measured of, in the manner
of recording rules (`component:error_ratio`). Counters and histograms are what services of the world would
expose; they are kept apart by zone alone, so that a sum over them counts nothing twice. They add up the
measured rates from the beginning of the record on, a day before the drill.

Monitoring keeps three percentiles and no buckets: a histogram's buckets are read off a line through these, on
a logarithmic scale of time.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.spec import Signal
from sim.world.signals import ERROR, P50, P95, P99, RPS

Floats = NDArray[np.float64]
MetricType = Literal["counter", "gauge", "histogram"]

SAMPLE_S = 15.0
DAY_S = 86_400.0

BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, np.inf)
"""Upper bounds: those of Prometheus' clients, and 30 s, since users wait that long."""


@dataclass(frozen=True, slots=True)
class SignalMetric:
    """The gauge of a signal: its name behind the prefix, and the factor to base units."""

    name: str
    help: str
    factor: float = 1.0


SIGNAL_METRICS: dict[Signal, SignalMetric] = {
    "rps": SignalMetric("requests_per_second", "Requests a second."),
    "error_share": SignalMetric("error_ratio", "Share of requests that fail."),
    "p50_ms": SignalMetric("latency_p50_seconds", "Half of the answers come within this time.", 1e-3),
    "p95_ms": SignalMetric("latency_p95_seconds", "95 % of the answers come within this time.", 1e-3),
    "p99_ms": SignalMetric("latency_p99_seconds", "99 % of the answers come within this time.", 1e-3),
    "cpu_share": SignalMetric("cpu_ratio", "Share of processors in use."),
    "memory_share": SignalMetric("memory_ratio", "Share of memory in use."),
    "disk_share": SignalMetric("disk_ratio", "Share of disk in use."),
    "connections_share": SignalMetric("connections_ratio", "Share of connection slots in use."),
    "queue_depth": SignalMetric("queue_messages", "Requests or messages that wait."),
    "queue_age_s": SignalMetric("queue_oldest_seconds", "Age of the oldest message."),
    "hit_share": SignalMetric("cache_hit_ratio", "Share of reads that a cache answers."),
    "lag_s": SignalMetric("replication_lag_seconds", "How far a replica is behind."),
    "certificate_days": SignalMetric("certificate_expiry_seconds", "Until a certificate ends.", DAY_S),
}

PREFIXES = {
    "component": "component",
    "zone": "component_zone",
    "version": "component_version",
    "shard": "component_shard",
    "journey": "journey",
}
"""What a signal is measured of, by the label that says so."""

COUNTERS = {"component": "requests", "journey": "journey_requests"}
HISTOGRAMS = {"component": "request_duration_seconds", "journey": "journey_request_duration_seconds"}
ALERTS = "ALERTS"


def metadata() -> dict[str, tuple[MetricType, str]]:
    """Return type and help of every metric."""
    found: dict[str, tuple[MetricType, str]] = {}
    for prefix in PREFIXES.values():
        for metric in SIGNAL_METRICS.values():
            found[f"{prefix}:{metric.name}"] = ("gauge", metric.help)
    for of, name in COUNTERS.items():
        found[f"{name}_total"] = ("counter", f"Requests of a {of}, by outcome: ok or error.")
    for of, name in HISTOGRAMS.items():
        found[name] = ("histogram", f"Time in which a {of} answers; buckets by interpolation.")
    found[ALERTS] = ("gauge", "Alerts that fire.")
    return found


def counted(values: NDArray[np.float32]) -> dict[str, Floats]:
    """Return the counters by outcome, (samples,), of measured signals (samples, SIGNALS)."""
    rps = np.nan_to_num(values[:, RPS].astype(np.float64))
    failed = rps * np.clip(np.nan_to_num(values[:, ERROR].astype(np.float64)), 0.0, 1.0)
    return {"ok": np.cumsum((rps - failed) * SAMPLE_S), "error": np.cumsum(failed * SAMPLE_S)}


def bucketed(values: NDArray[np.float32]) -> Floats:
    """Return the cumulative counts (buckets, samples) of measured signals (samples, SIGNALS)."""
    requests = np.nan_to_num(values[:, RPS].astype(np.float64)) * SAMPLE_S
    return np.cumsum(_shares(_percentiles(values)) * requests, axis=1)


def total_s(values: NDArray[np.float32]) -> Floats:
    """Return the seconds all requests took together, cumulative (samples,)."""
    p50, p95, p99 = _percentiles(values).T / 1000
    mean = 0.5 * p50 + 0.45 * (p50 + p95) / 2 + 0.04 * (p95 + p99) / 2 + 0.01 * p99
    requests = np.nan_to_num(values[:, RPS].astype(np.float64)) * SAMPLE_S
    found: Floats = np.cumsum(mean * requests)
    return found


def _percentiles(values: NDArray[np.float32]) -> Floats:
    """Return p50, p95 and p99 (samples, 3) in ms, in order and above nothing; 1 ms where there are none."""
    found = np.nan_to_num(values[:, (P50, P95, P99)].astype(np.float64), nan=1.0)
    found = np.maximum.accumulate(np.maximum(found, 1e-3), axis=1)
    found[:, 1] = np.maximum(found[:, 1], found[:, 0] * 1.001)
    found[:, 2] = np.maximum(found[:, 2], found[:, 1] * 1.001)
    return found


_KNOWN = (0.0, 0.05, 0.5, 0.95, 0.99, 1.0)
_BOUNDS_LOG_MS = np.log(np.array(BUCKETS_S[:-1]) * 1000)


def _shares(percentiles: Floats) -> Floats:
    """Return the share of requests within each bucket's bound, (buckets, samples)."""
    p50, p95, p99 = np.log(percentiles).T
    spread = p95 - p50
    at = np.array([p50 - 2 * spread, p50 - spread, p50, p95, p99, p99 + 2 * (p99 - p95)])
    found = np.ones((len(BUCKETS_S), len(p50)))
    for place, bound in enumerate(_BOUNDS_LOG_MS):
        done = np.clip((bound - at[:-1]) / (at[1:] - at[:-1]), 0.0, 1.0)
        found[place] = np.diff(_KNOWN) @ done
    return found
