"""Lognormal times and mixtures: what was drawn comes back, and distances are what they are by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.oncall.fit.times import distance, fitted, unrounded
from sim.oncall.load.mixture import quantile, share_below
from sim.oncall.load.model import Part

ONE = (Part(median=30, sigma=1.0),)
TWO = (Part(median=3, sigma=0.6, share=0.4), Part(median=300, sigma=0.9, share=0.6))


def drawn(parts: tuple[Part, ...], count: int, seed: int = 3) -> np.ndarray:
    random = np.random.default_rng(seed)
    chosen = random.choice(len(parts), size=count, p=[part.share for part in parts])
    medians = np.array([part.median for part in parts])[chosen]
    return medians * np.exp(np.array([part.sigma for part in parts])[chosen] * random.standard_normal(count))


def test_a_mixture_comes_back_and_is_chosen():
    found = fitted("x", drawn(TWO, 4_000))
    assert found.best is found.two
    for part, wanted in zip(found.best.parts, TWO, strict=True):
        assert part.share == pytest.approx(wanted.share, abs=0.03)
        assert part.sigma == pytest.approx(wanted.sigma, rel=0.1)
        assert math.log(part.median) == pytest.approx(math.log(wanted.median), abs=0.1)
    assert found.best.distance < found.by_chance < found.one.distance


@pytest.mark.parametrize("seed", range(8))
def test_one_lognormal_is_not_taken_for_two(seed: int):
    found = fitted("x", drawn(ONE, 500, seed))
    assert found.best is found.one
    assert found.one.parts[0].median == pytest.approx(30, rel=0.2)
    assert found.one.parts[0].sigma == pytest.approx(1.0, rel=0.15)


def test_few_times_get_one_lognormal_and_equal_ones_a_narrow_one():
    assert fitted("x", [1.0, 2.0, 4.0]).two is None
    equal = fitted("x", [5.0] * 80)
    assert equal.two is None
    assert equal.one.parts[0].median == pytest.approx(5.0, rel=0.01)
    assert equal.one.parts[0].sigma < 0.06


def test_rounded_times_lie_in_their_step_and_in_order():
    rounded = np.sort(np.round(drawn(ONE, 500) / 10))
    exact = unrounded(rounded)
    assert (np.diff(exact) >= 0).all()
    assert (exact > 0).all()
    assert (np.abs(exact - rounded) <= 0.5).all()


def test_distance_is_that_of_the_drawing():
    """Of two times at the quartiles of the fit, the shares jump to 1/2 and 1 where it has 1/4 and 3/4."""
    quartiles = np.array([quantile(ONE, 0.25), quantile(ONE, 0.75)])
    assert distance(ONE, quartiles) == pytest.approx(0.25)
    thirds = np.array([quantile(ONE, 0.1)])
    assert distance(ONE, thirds) == pytest.approx(0.9)


@pytest.mark.parametrize("seed", range(10))
@pytest.mark.parametrize("median", [3.0, 30.0])
def test_rounding_is_not_taken_for_a_second_kind(seed: int, median: float):
    found = fitted("x", np.round(drawn((Part(median=median, sigma=1.0),), 1_000, seed)))
    assert found.best is found.one
    assert found.one.distance < found.by_chance
    assert found.one.parts[0].median == pytest.approx(median, rel=0.1)


def test_by_chance_is_exceeded_by_one_sample_in_twenty():
    over = [
        (found := fitted("x", drawn(ONE, 40, seed))).one.distance > found.by_chance for seed in range(600)
    ]
    assert 0.03 < np.mean(over) < 0.07


@settings(max_examples=60)
@given(
    st.floats(0.01, 0.99),
    st.floats(0.1, 1_000),
    st.floats(1.0, 100.0),
    st.floats(0.05, 3),
    st.floats(0.05, 3),
    st.floats(0.02, 0.98),
)
def test_a_quantile_is_where_its_share_lies_below(share, median, apart, sigma, other_sigma, wanted):
    parts = (
        Part(median=median, sigma=sigma, share=share),
        Part(median=median * apart, sigma=other_sigma, share=1 - share),
    )
    found = share_below(parts, np.array([quantile(parts, wanted)]))
    assert found[0] == pytest.approx(wanted, abs=1e-6)
