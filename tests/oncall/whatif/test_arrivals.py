"""Drawn years have the rates, shares and spreads of their load, and the same alerts in every arm."""

import numpy as np
import pytest

from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import AlertRule, Bursts, Load
from sim.oncall.whatif.arrivals import demand, draw
from sim.oncall.whatif.records import Alerts
from sim.oncall.whatif.table import WEEKS
from tests.oncall.whatif.years import HOUR, policy_of, table_of

TABLE = table_of(policy_of(["a"], [{"targets": ["a"], "minutes": 5}]))


def drawn(load: Load, years: int = 40) -> list[Alerts]:
    wanted = demand(load, TABLE)
    return [draw(wanted, 3, year) for year in range(years)]


def test_a_load_comes_back_in_rate_hours_severities_and_action() -> None:
    load = default_load().model_copy(update={"per_week": 200})
    years = drawn(load)
    at = np.concatenate([year.at for year in years])
    assert len(at) / len(years) / WEEKS == pytest.approx(200, rel=0.02)
    hours = np.bincount(at // HOUR % 168, minlength=168) / len(at)
    assert np.abs(np.cumsum(hours) - np.cumsum(load.hours) / sum(load.hours)).max() < 0.01
    needs = np.concatenate([year.needs_action for year in years])
    assert needs.mean() == pytest.approx(0.3, abs=0.01)
    severity = np.bincount(np.concatenate([year.severity for year in years]))[1:] / len(at)
    np.testing.assert_allclose(severity, [0.02, 0.1, 0.38, 0.5], atol=0.01)


def test_days_spread_as_much_as_the_load_says() -> None:
    flat = default_load().model_copy(update={"hours": (1.0,) * 168, "per_week": 700, "bursts": None})
    for spread in (0.0, 0.5):
        years = drawn(flat.model_copy(update={"day_spread": spread}))
        days = np.concatenate([np.bincount(year.at // (24 * HOUR), minlength=364) for year in years])
        beyond_poisson = (days.var() - days.mean()) / days.mean() ** 2
        assert (
            beyond_poisson**0.5 == pytest.approx(spread, abs=0.03) if spread else abs(beyond_poisson) < 0.002
        )


def test_bursts_have_their_share_and_size() -> None:
    load = default_load().model_copy(
        update={"day_spread": 0, "per_week": 20, "bursts": Bursts(share=0.5, size=5, minutes=0.001)}
    )
    at = np.concatenate([year.at + number * 53 * 168 * HOUR for number, year in enumerate(drawn(load))])
    starts = np.flatnonzero(np.diff(at, prepend=-HOUR) > 1_000)
    sizes = np.diff(starts, append=len(at))
    in_bursts = sizes[sizes > 1]
    assert in_bursts.sum() / len(at) == pytest.approx(0.5, abs=0.02)
    assert in_bursts.mean() == pytest.approx(5, rel=0.05)


@pytest.mark.parametrize("share", [0.2, 0.7, 0.9, 1.0])
def test_bursts_leave_the_share_that_needs_action(share: float) -> None:
    load = default_load()
    changed = {
        "bursts": Bursts(share=0.5, size=5, minutes=1),
        "rules": (AlertRule(id="disk", share=1, needs_action=share),),
    }
    needs = np.concatenate([year.needs_action for year in drawn(load.model_copy(update=changed))])
    assert needs.mean() == pytest.approx(share, abs=0.01)


def test_repeats_of_a_burst_need_a_look_where_the_others_need_all_the_action() -> None:
    """Pairs within a second, five days a pair: all that need action come first."""
    changed = {
        "per_week": 1.4,
        "day_spread": 0,
        "bursts": Bursts(share=0.99, size=2, minutes=0.01),
        "rules": (AlertRule(id="disk", share=1, needs_action=0.4),),
    }
    for year in drawn(default_load().model_copy(update=changed)):
        repeats = np.diff(year.at, prepend=-HOUR) < 10_000
        assert repeats.any()
        assert not year.needs_action[repeats].any()


def test_an_hour_of_a_clock_half_an_hour_off_lies_in_two_of_the_year() -> None:
    """Mondays at 9 in India are 3:30 to 4:30 in UTC."""
    hours = tuple(float(hour == 9) for hour in range(168))
    changed = {"zone": "Asia/Kolkata", "hours": hours, "per_week": 20, "day_spread": 0, "bursts": None}
    at = np.concatenate([year.at for year in drawn(default_load().model_copy(update=changed))])
    by_hour = np.bincount(at // HOUR % 168, minlength=168) / 40 / WEEKS
    assert by_hour[[3, 4]] == pytest.approx(10, rel=0.03)
    assert by_hour.sum() == by_hour[[3, 4]].sum()


def test_to_fix_rules_takes_their_noise_and_leaves_all_else_as_it_was() -> None:
    load = default_load()
    fixed = load.noisiest(5)
    whole, less = (draw(demand(load, TABLE, rules), 1, 0) for rules in ((), fixed))
    stays = (whole.needs_action > 0) | (whole.rule >= 5)
    for one, other in zip(whole, less, strict=True):
        np.testing.assert_array_equal(one[stays], other)
    assert 0 < len(less.at) < len(whole.at)
