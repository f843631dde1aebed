"""Calls made at once: the group takes as long as its slowest call, and all of them are made."""

import numpy as np
import pytest

from sim.spec import Call
from sim.world import parallel, parameters, stationary, topology
from tests.world.small import component, world


def fan(group):
    calls = [Call(to=name, group=group, timeout_ms=60_000) for name in ("x", "y", "z")]
    leaves = [
        component(name, work_ms=100.0, slots_per_replica=5000, processors_per_replica=64) for name in "xyz"
    ]
    return topology.build(world(component("front", *calls, work_ms=1.0, slots_per_replica=5000), *leaves))


def solved(built):
    return stationary.solve(built, parameters.fold(built, (), 0), np.full((1, 1), 20.0))


def test_a_group_takes_as_long_as_its_slowest_call():
    together, one_by_one = solved(fan("all")), solved(fan(None))
    # The leaves answer in exponential times of mean 100 ms, which the model takes for lognormal ones.
    # The longest of three exponentials: 100 ms (1 + 1/2 + 1/3).
    assert together.mean_s[0, 0] == pytest.approx(0.001 + 0.1 * 11 / 6, rel=0.08)
    assert one_by_one.mean_s[0, 0] == pytest.approx(0.301, rel=0.02)
    assert together.offered_rps[0] == pytest.approx([20.0] * 4, rel=1e-4)


def test_the_longest_of_lognormals_agrees_with_drawn_ones():
    rng = np.random.default_rng(1)
    sigma, means = 0.8, np.array([0.05, 0.1, 0.2])
    draws = np.exp(np.log(means)[:, None] - sigma**2 / 2 + sigma * rng.standard_normal((3, 400_000))).max(
        axis=0
    )
    sums = np.zeros((6, 1, 3))
    sums[0, 0], sums[1, 0], sums[2, 0] = means, means**2 * (np.exp(sigma**2) - 1), 1.0
    parallel.merge(sums, np.arange(3), np.array([0]))
    assert sums[0, 0] == pytest.approx([draws.mean(), 0.0, 0.0], rel=0.01)
    assert sums[1, 0] == pytest.approx([draws.var(), 0.0, 0.0], rel=0.05)


def test_a_call_that_is_rarely_made_counts_for_its_share():
    rng = np.random.default_rng(2)
    n, sigma = 400_000, 0.5
    always = 0.1 * np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2)
    rarely = 1.0 * np.exp(sigma * rng.standard_normal(n) - sigma**2 / 2) * (rng.random(n) < 0.1)
    sums = np.zeros((6, 1, 2))
    for i, (mean, share) in enumerate(((0.1, 1.0), (1.0, 0.1))):
        own = mean**2 * (np.exp(sigma**2) - 1)
        sums[:3, 0, i] = share * mean, share * own + share * (1 - share) * mean**2, share
    parallel.merge(sums, np.arange(2), np.array([0]))
    longest = np.maximum(always, rarely)
    assert sums[0, 0, 0] == pytest.approx(longest.mean(), rel=0.01)
    assert sums[1, 0, 0] == pytest.approx(longest.var(), rel=0.05)


def test_one_failing_call_of_a_group_fails_the_request_and_spares_nobody_the_others():
    calls = [Call(to="bad", group="all"), Call(to="good", group="all"), Call(to="later")]
    built = topology.build(
        world(
            component("front", *calls),
            component("bad", error_share=0.5),
            component("good"),
            component("later"),
        )
    )
    found = solved(built)
    assert found.failed_share[0, 0] == pytest.approx(0.5, abs=1e-6)
    assert found.offered_rps[0] == pytest.approx([20.0, 20.0, 20.0, 10.0], rel=1e-3)
