"""Rhythm and jitter of undisturbed demand."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sim.spec import Rhythm
from sim.world import demand, topology
from tests.world.small import component, world

HOUR_MS = 3_600_000
WEDNESDAY = datetime(2026, 3, 4, tzinfo=UTC)


def built(**rhythm):
    plain = world(component("edge"), rps=50.0)
    return topology.build(plain.model_copy(update={"rhythm": Rhythm(**rhythm)}))


def test_mean_of_a_weekday_is_the_rate_of_the_spec_and_the_peak_is_where_it_belongs():
    quiet = built(trough_share=0.4, jitter=0.0)
    day = demand.undisturbed(quiet, 1, WEDNESDAY, np.arange(0, 24 * HOUR_MS, HOUR_MS // 4))[:, 0]
    assert day.mean() == pytest.approx(50.0)
    assert day.argmax() == 14 * 4 and day.min() / day.max() == pytest.approx(0.4)


def test_weekends_are_quieter_without_a_jump():
    quiet = built(trough_share=1.0, weekend_share=0.7, jitter=0.0)
    week = demand.undisturbed(quiet, 1, WEDNESDAY, np.arange(0, 7 * 24 * HOUR_MS, HOUR_MS // 4))[:, 0]
    assert week.min() == pytest.approx(35.0) and np.abs(np.diff(week)).max() < 2.0
    days = week.reshape(7, 96)
    assert [day.min() == day.max() == pytest.approx(50.0) for day in days] == [True] * 3 + [False] * 2 + [
        True
    ] * 2


def test_every_moment_has_its_value_whoever_asks_and_when():
    lively = built(jitter=0.05)
    t_ms = np.array([-90 * 60_000, -1, 0, 59_999, 60_000, HOUR_MS - 1, HOUR_MS, 7 * HOUR_MS])
    together = demand.undisturbed(lively, 7, WEDNESDAY, t_ms)
    alone = np.concatenate(
        [demand.undisturbed(lively, 7, WEDNESDAY, t_ms[i : i + 1]) for i in range(len(t_ms))]
    )
    assert together.tolist() == alone.tolist()
    assert demand.undisturbed(lively, 8, WEDNESDAY, t_ms).tolist() != together.tolist()
    later = demand.undisturbed(lively, 7, WEDNESDAY + timedelta(days=1), t_ms)
    assert later == pytest.approx(together), "the same day again, jitter by drill time"


def test_jitter_is_small_and_continuous():
    lively = built(trough_share=1.0, weekend_share=1.0, jitter=0.02)
    rps = demand.undisturbed(lively, 3, WEDNESDAY, np.arange(-HOUR_MS, HOUR_MS, 1000))[:, 0]
    assert 0.005 < rps.std() / 50.0 < 0.025 and np.abs(np.diff(rps)).max() < 0.2
