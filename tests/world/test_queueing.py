"""The queue formula against Erlang C and against a simulated overload."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.world import queueing


def erlang_c(servers: int, rho: float) -> float:
    """Mean number in an M/M/c system."""
    offered = servers * rho
    blocked = 1.0
    for n in range(1, servers + 1):
        blocked = offered * blocked / (n + offered * blocked)
    waits = blocked / (1.0 - rho * (1.0 - blocked))
    return offered + waits * rho / (1.0 - rho)


def queue(before, arrivals, mu, servers, dt_s, queue_max_s=100.0, newton=2.0):
    one = np.ones(1)
    server = queueing.Server(
        one * mu, one * servers, queueing.exponent(one * servers), one * queue_max_s, one * 1e12, 0 * one
    )
    found = queueing.solve(server, one * before, one * arrivals, dt_s, one * newton)
    waiting, wait_s, variance = queueing.waits(
        server, found.in_system, found.out_rps, one * arrivals, found.newton
    )
    assert waiting[0] >= 0.0 and math.isfinite(wait_s[0]) and variance[0] >= 0.0
    return found, wait_s[0]


@pytest.mark.parametrize("servers", [1, 2, 4, 8, 16, 32, 64])
def test_stationary_number_agrees_with_erlang_c(servers):
    for rho in (0.5, 0.6, 0.7, 0.8, 0.9, 0.95):
        found = queue(0.0, servers * rho, float(servers), servers, 1e6)[0].in_system[0]
        assert found == pytest.approx(erlang_c(servers, rho), rel=0.03)


def test_overloaded_minute_of_eight_servers():
    # M/M/8 at rho 0.5 driven to 1.25 for a minute; 300 simulated runs: 9.0 s after 30 s, 15.1 s after 55 s.
    present, times = queue(0.0, 4.0, 8.0, 8, 1e6)[0].in_system[0], []
    for _ in range(12):
        tick, _ = queue(present, 10.0, 8.0, 8, 5.0)
        present = tick.in_system[0]
        times.append(present / tick.out_rps[0])
    assert times[5] == pytest.approx(9.0, rel=0.1)
    assert times[10] == pytest.approx(15.1, rel=0.1)


def test_backlog_is_cut_at_its_bound_and_the_rest_turned_away():
    tick, wait_s = queue(0.0, 200.0, 100.0, 1, 5.0, queue_max_s=0.5)
    assert tick.in_system[0] == pytest.approx(1 + 50)
    assert tick.shed_rps[0] == pytest.approx(200.0 - tick.out_rps[0] - 51 / 5.0)
    assert wait_s == pytest.approx(0.5, rel=0.05)


@settings(max_examples=300, deadline=None)
@given(
    before=st.floats(0, 1e6),
    arrivals=st.floats(0, 1e5),
    mu=st.floats(1e-9, 1e5),
    servers=st.floats(0.01, 1e4),
    dt_s=st.sampled_from([1.0, 2.5, 5.0, 1e5]),
    queue_max_s=st.floats(1e-3, 1e3),
    newton=st.floats(1.0, 1e9),
)
def test_requests_are_conserved_from_any_start(before, arrivals, mu, servers, dt_s, queue_max_s, newton):
    tick, _ = queue(before, arrivals, mu, servers, dt_s, queue_max_s, newton)
    total = before + dt_s * arrivals
    left = tick.in_system[0] + dt_s * (tick.out_rps[0] + tick.shed_rps[0])
    assert left == pytest.approx(total, rel=1e-9, abs=1e-9)
    assert 0.0 <= tick.out_rps[0] <= mu + 1e-6 * max(1.0, total / dt_s)
    assert tick.shed_rps[0] >= 0.0


def test_warm_start_does_not_matter():
    cold, _ = queue(3.0, 7.0, 8.0, 8, 5.0, newton=1.0)
    warm, _ = queue(3.0, 7.0, 8.0, 8, 5.0, newton=500.0)
    assert warm.in_system[0] == pytest.approx(cold.in_system[0], rel=1e-8)
