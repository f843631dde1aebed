"""Simulated time as tools outside see it."""

from hypothesis import given
from hypothesis import strategies as st

from sim.bridge.time_map import TimeMap, rfc3339
from sim.clock import Clock

moments = st.integers(-(10**9), 10**9)
unix = st.integers(10**12, 2 * 10**12)


@given(moments, unix, moments)
def test_there_and_back(sim_ms, unix_ms, other_ms):
    times = TimeMap(sim_ms, unix_ms)
    assert times.inside_ms(times.outside_ms(other_ms)) == other_ms
    assert times.outside_ms(sim_ms) == unix_ms


@given(unix, st.lists(st.integers(0, 10**6), min_size=1, max_size=20))
def test_at_speed_one_a_moment_keeps_its_outside_time(unix_ms, later_ms):
    clock = Clock.started(5_000, 0)
    seen = [
        TimeMap(clock.sim_ms(5_000 + wall_ms), unix_ms + wall_ms).outside_ms(90_000) for wall_ms in later_ms
    ]
    assert set(seen) == {unix_ms + 90_000}


@given(unix, st.floats(0.1, 100), st.integers(0, 10**6))
def test_at_any_speed_now_is_now_and_spans_keep_their_length(unix_ms, speed, wall_ms):
    now_ms = Clock.started(0, 0, speed).sim_ms(wall_ms)
    times = TimeMap(now_ms, unix_ms + wall_ms)
    assert times.outside_ms(now_ms) == unix_ms + wall_ms
    assert times.outside_ms(now_ms) - times.outside_ms(now_ms - 600_000) == 600_000


def test_written_as_alertmanager_does():
    assert rfc3339(1_767_603_600_007) == "2026-01-05T09:00:00.007Z"
