"""Numbers as reports say them."""

import pytest

from sim.oncall.whatif.numbers import between, rounded


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.004, "0"),
        (0.0449, "0.04"),
        (0.996, "1.0"),
        (9.94, "9.9"),
        (9.96, "10"),
        (-9.96, "-10"),
        (99.6, "100"),
        (1_234, "1,200"),
        (9_960, "10k"),
        (float("inf"), "never"),
        (float("nan"), "?"),
    ],
)
def test_two_digits_count(value: float, text: str) -> None:
    assert rounded(value) == text


def test_a_range_of_one_number_is_that_number() -> None:
    assert between(9.96, 10.3) == "10" and between(9.2, 10.3) == "9.2 to 10"
