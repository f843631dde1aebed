"""What gauges say is coming."""

from dataclasses import replace

import numpy as np
import pytest

from sim.bots.expert.observe import slope_per_h
from sim.bots.expert.scene import Observed
from sim.bots.expert.watch import coming
from tests.bots.small import scene, seen

MINUTES = np.arange(0, 20 * 60_000, 15_000, dtype=np.int64)


def gauge(name: str, signal: str, value: float, slope: float) -> Observed:
    return replace(seen(name, "ok", **{signal: value}), slopes={signal: slope})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("observed", "mechanism", "minutes"),
    [
        (gauge("db", "disk_share", 0.87, 0.2), "disk", 30.0),
        (gauge("shop", "memory_share", 0.73, 0.4), "memory", 30.0),
        (seen("edge", "ok", certificate_days=0.5), "certificate", 720.0),
    ],
)
def test_what_runs_out_soon_is_coming(observed: Observed, mechanism: str, minutes: float):
    threat = coming(observed, scene(observed))
    assert threat is not None
    assert threat.hypothesis.mechanism == mechanism
    assert threat.minutes == pytest.approx(minutes)


@pytest.mark.parametrize(
    "observed",
    [
        gauge("db", "disk_share", 0.87, 0.01),
        gauge("db", "disk_share", 0.5, 0.1),
        gauge("cache", "memory_share", 0.9, 0.4),
        seen("edge", "ok", certificate_days=40.0),
        seen("edge"),
    ],
    ids=["wanders", "in hours", "a cache is meant to be full", "certificate is good", "nothing"],
)
def test_what_does_not_is_not(observed: Observed):
    assert coming(observed, scene(observed)) is None


def test_a_slope_is_one_only_where_it_is_steady():
    rising = 0.5 + 0.3 * MINUTES / 3_600_000
    noise = np.random.default_rng(1).normal(0, 0.01, len(MINUTES))
    assert slope_per_h(MINUTES, rising.astype(np.float32)) == pytest.approx(0.3, rel=1e-3)
    assert slope_per_h(MINUTES, (0.5 + noise).astype(np.float32)) == 0.0
    step = np.where(MINUTES > 16 * 60_000, 0.7, 0.5)
    assert slope_per_h(MINUTES, step.astype(np.float32)) == 0.0
    assert slope_per_h(MINUTES[:5], rising[:5].astype(np.float32)) == 0.0
    assert slope_per_h(MINUTES, np.full(len(MINUTES), np.nan, dtype=np.float32)) == 0.0
