import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.clock import SPEED_MAX, SPEED_MIN, Clock, speed_of
from sim.errors import PagerDrillError

speeds = st.floats(SPEED_MIN, SPEED_MAX)
changes = st.lists(
    st.tuples(
        st.integers(-50, 100_000),  # wall milliseconds until the change; a clock may be read a little late
        st.sampled_from(["pause", "resume", "speed", "jump"]),
        speeds,
        st.integers(0, 600_000),
    ),
    max_size=12,
)


def changed(clock: Clock, wall_ms: int, what: str, speed: float, by_ms: int) -> Clock:
    match what:
        case "pause":
            return clock.paused(wall_ms)
        case "resume":
            return clock.resumed(wall_ms)
        case "speed":
            return clock.at_speed(wall_ms, speed)
    return clock.jumped(wall_ms, by_ms)


def test_a_sitting():
    clock = Clock.started(1_000_000)
    log = [clock.sim_ms(1_000_000), clock.sim_ms(1_002_500)]
    clock = clock.at_speed(1_010_000, 5)
    log += [clock.sim_ms(1_010_000), clock.sim_ms(1_012_000)]
    clock = clock.paused(1_012_000)
    log.append(clock.sim_ms(1_900_000))
    clock = clock.resumed(1_900_000)
    log.append(clock.sim_ms(1_901_000))
    clock = clock.jumped(1_901_000, 60_000)
    log.append(clock.sim_ms(1_901_000))
    assert log == [0, 2_500, 10_000, 20_000, 20_000, 25_000, 85_000]


@given(speeds, changes)
def test_simulated_time_never_goes_back(speed, steps):
    clock, wall_ms = Clock.started(7, 3, speed), 7
    seen_ms = [clock.sim_ms(wall_ms)]
    for after_ms, *change in steps:
        wall_ms += after_ms
        seen_ms.append(clock.sim_ms(wall_ms))
        clock = changed(clock, wall_ms, *change)
        seen_ms.append(clock.sim_ms(wall_ms))
    # A wall clock that steps back may be read as earlier within one piece, never before the piece's start.
    forward = all(after_ms >= 0 for after_ms, *_ in steps)
    assert all(isinstance(t_ms, int) for t_ms in seen_ms)
    assert not forward or seen_ms == sorted(seen_ms)
    assert min(seen_ms) == 3


@given(speeds, st.integers(0, 10_000_000), st.integers(0, 10_000_000))
def test_a_change_of_pace_does_not_move_the_present(speed, before_ms, later_ms):
    clock = Clock.started(0, 0, speed)
    now_ms = clock.sim_ms(before_ms)
    stopped = clock.paused(before_ms)
    assert stopped.sim_ms(before_ms + later_ms) == now_ms
    assert stopped.resumed(before_ms + later_ms).sim_ms(before_ms + later_ms) == now_ms
    assert clock.at_speed(before_ms, SPEED_MAX).sim_ms(before_ms) == now_ms


@given(speeds, speeds, st.integers(0, 1_000_000))
def test_a_higher_speed_makes_things_happen_sooner(one, other, wall_ms):
    slow, fast = sorted((one, other))
    assert Clock.started(0, 0, slow).sim_ms(wall_ms) <= Clock.started(0, 0, fast).sim_ms(wall_ms)


def test_a_jump_back_is_refused():
    with pytest.raises(ValueError, match="cannot go back"):
        Clock.started(0, 1000).jumped(0, -1)


@pytest.mark.parametrize(
    ("text", "speed"), [("5", 5.0), (" x2 ", 2.0), ("0.5", 0.5), ("0,5", 0.5), ("100", 100.0)]
)
def test_speeds_people_type(text, speed):
    assert speed_of(text) == speed


@pytest.mark.parametrize("text", ["", "fast", "0", "-1", "nan", "inf", "1e999", "101", "0.01"])
def test_speeds_that_are_none(text):
    with pytest.raises(PagerDrillError, match=r"number from 0\.1 to 100"):
        speed_of(text)
