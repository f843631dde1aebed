"""Impact is what exceeds an ordinary day, and what comes late out of a queue is slow."""

import numpy as np
import pytest

from sim.events import ImpactMitigated, ImpactStarted
from sim.spec import Policy
from sim.world.impact import FLOOR_SHARE, SAMPLE_MS, ImpactSample, begin, measure, yardstick
from tests.acts.small import WORLD

STREAMS = (("web", "buy"), ("web", "look"))
RPS = np.array([80.0, 20.0])
NONE = (0.0, 0.0)


def run(*phases):
    """Measure phases of (samples, fields); return the last measurement's streams and the transitions."""
    by = yardstick(WORLD, Policy(), STREAMS)
    state, changed, t_ms = begin(by), [], 0
    for count, fields in phases:
        given = {name: np.array(values, dtype=np.float64) for name, values in fields.items()}
        shares = [given.pop(name, np.array(NONE)) for name in ("failed", "slow", "degraded")]
        for _ in range(count):
            state, measured, events = measure(by, state, ImpactSample(t_ms, RPS, RPS, *shares, **given))
            changed += [(t_ms // 1000, event) for event in events]
            t_ms += SAMPLE_MS
    hurt = {h.journey: (h.failed, h.slow, h.degraded) for h in measured.hurt}
    return hurt, changed, state.user_min_lost


SHABBY = {"ordinary": ((0.04, 0.0), (0.02, 0.0), (0.10, 0.0))}


def test_what_the_twin_has_too_is_nobodys_impact():
    usual = {"failed": (0.04, 0.0), "slow": (0.02, 0.0), "degraded": (0.10, 0.0)}
    assert run((40, {**usual, **SHABBY})) == ({}, [], 0.0)
    assert run((40, usual))[1] == [(15, ImpactStarted(journey="buy"))], "without a twin it would be"


def test_only_what_exceeds_the_twin_counts():
    hurt, changed, _ = run((40, {"failed": (0.50, 0.0), **SHABBY}))
    assert hurt == {"buy": (pytest.approx((0.50 - 0.16) / (1 - 0.16), abs=1e-6), 0.0, 0.0)}
    assert changed == [(15, ImpactStarted(journey="buy"))]
    assert run((1, {"failed": (1.0, 0.0), **SHABBY}))[0] == {"buy": (1.0, 0.0, 0.0)}


def test_a_shabby_journey_can_be_mitigated():
    usual = {"failed": (0.04, 0.0), "slow": (0.02, 0.0), **SHABBY}
    _, changed, _ = run((8, {"failed": (0.5, 0.0), **SHABBY}), (30, usual))
    assert changed[1:] == [(120 + 300, ImpactMitigated(since_ms=120_000))]


def test_a_better_twin_than_the_floor_changes_nothing():
    assert run((4, {"failed": (FLOOR_SHARE, 0.0), "ordinary": np.zeros((3, 2))})) == ({}, [], 0.0)


def test_what_comes_late_is_slow():
    hurt, _, _ = run(
        (1, {"failed": (0.2, 0.0), "slow": (0.3, 0.0), "degraded": (0.4, 0.0), "late": (1.0, 0.0)})
    )
    kept = (1.0 - FLOOR_SHARE) / (1.0 - FLOOR_SHARE)
    assert hurt == {"buy": pytest.approx((0.2 * kept, 0.8 * kept, 0.0))}
    hurt, changed, _ = run((8, {"late": (0.0, 0.5)}))
    assert hurt == {"look": pytest.approx((0.0, (0.5 - FLOOR_SHARE) / (1 - FLOOR_SHARE), 0.0), abs=1e-6)}
    assert changed == [(15, ImpactStarted(journey="look"))]
