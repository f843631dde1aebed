"""Figures of years that can be counted by hand."""

import numpy as np
import pytest

from sim.oncall.whatif.figures import NAMES, gini, year
from sim.oncall.whatif.reference import simulate
from sim.oncall.whatif.table import WEEKS
from tests.oncall.whatif.years import AT_ONCE, HOUR, MINUTE, alerts_of, policy_of, table_of

DAY = 24 * HOUR


def figures(at: list[int], work: list[int] | None = None, **policy: object) -> dict[str, float]:
    table = table_of(policy_of(["a", "b"], [{"targets": ["a"], "minutes": 5}], **policy))  # type: ignore[arg-type]
    alerts = alerts_of(at, work)
    return dict(
        zip(NAMES, year(table, alerts, simulate(table, alerts, AT_ONCE)).values.tolist(), strict=True)
    )


def test_interruptions_within_a_minute_are_one_and_hours_are_of_three_kinds() -> None:
    saturday = 5 * DAY
    found = figures(
        [10 * HOUR, 10 * HOUR + 30_000, 19 * HOUR, 23 * HOUR, saturday + 3 * HOUR, saturday + 9 * HOUR]
    )
    weeks = 2 * WEEKS
    assert found["interruptions per person-week"] == pytest.approx(5 / weeks)
    assert found["business interruptions per person-week"] == pytest.approx(1 / weeks)
    assert found["off interruptions per person-week"] == pytest.approx(2 / weeks)
    assert found["sleep interruptions per person-week"] == pytest.approx(2 / weeks)
    assert found["interruptions of the busiest"] == 2
    assert found["unfairness in a year"] == 0.5


def test_nights_without_rest_and_shifts_with_too_many() -> None:
    found = figures([23 * HOUR + 50 * MINUTE, 2 * DAY + 5 * HOUR], [HOUR, HOUR])
    assert found["nights without rest per person-week"] == pytest.approx(1 / (2 * WEEKS))
    busy = figures([HOUR, 2 * HOUR, 3 * HOUR])
    assert busy["shifts over two incidents"] == pytest.approx(100 / 728)


def test_pay_counts_hours_and_interruptions() -> None:
    found = figures([HOUR], pay={"hour": 1, "sleep_interruption": 52})
    assert found["cost per week"] == pytest.approx(168 + 1)


@pytest.mark.parametrize(
    ("shares", "expected"), [([1, 1, 1, 1], 0), ([0, 0, 0, 1], 0.75), ([0, 0], 0), ([1, 3], 0.25)]
)
def test_gini(shares: list[float], expected: float) -> None:
    assert gini(np.array(shares, dtype=float)) == pytest.approx(expected)
