"""The random numbers of pages: where they come from, and how they are spread."""

from statistics import NormalDist

import pytest

from sim.oncall.whatif.draws import MODULUS, following, normal_of, uniform_of


def test_the_sequence_is_that_of_park_and_miller():
    """With their multiplier of 1993 the 10,000th number after 1 is 399268537 (CACM 36:7, p. 108)."""
    seed = 1
    for _ in range(10_000):
        seed = following(seed)
    assert seed == 399_268_537


def test_a_normal_number_is_where_its_share_lies_below():
    seeds = [
        1,
        2,
        29,
        30,
        1000,
        2**20,
        161_061_273,
        161_061_274,
        2**30,
        MODULUS // 2,
        MODULUS - 2,
        MODULUS - 1,
    ]
    for seed in seeds:
        assert normal_of(seed) == pytest.approx(NormalDist().inv_cdf(uniform_of(seed)), rel=2e-7, abs=1e-9)


def test_normal_numbers_rise_and_mirror():
    seeds = range(1, MODULUS, 7_919_317)
    numbers = [normal_of(seed) for seed in seeds]
    assert numbers == sorted(numbers)
    assert normal_of(12_345) == pytest.approx(-normal_of(MODULUS - 12_345), rel=1e-9)
