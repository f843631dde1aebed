"""A load whose years are drawn and fitted comes back: rate, hours, days, bursts, severities."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from sim.oncall.fit.even_year import EVEN
from sim.oncall.fit.history import History, Incident
from sim.oncall.fit.load import fit
from sim.oncall.fit.played import played
from sim.oncall.fit.spread import per_incident
from sim.oncall.fit.warnings import warnings_of
from sim.oncall.fit.week import week_of
from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import SEVERITIES, Bursts, Load
from sim.oncall.whatif.arrivals import demand, draw

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)


def load_of(**changes) -> Load:
    return default_load().model_copy(update={"per_week": 140.0, "day_spread": 0.0, "bursts": None, **changes})


def history_of(load: Load, weeks: int = 52, seed: int = 1) -> History:
    alerts = draw(demand(load, EVEN), seed, 0)
    names = [rule.id for rule in load.rules]
    incidents = [
        Incident(n, MONDAY + timedelta(milliseconds=int(at)), SEVERITIES[severity - 1], names[rule])
        for n, (at, severity, rule) in enumerate(zip(alerts.at, alerts.severity, alerts.rule, strict=True), 1)
        if at < weeks * 7 * 86_400_000
    ]
    return History("csv", None, tuple(incidents), ())


def steady(*opened: datetime) -> History:
    return History("csv", None, tuple(Incident(n, at) for n, at in enumerate(opened, 1)), ())


def test_rate_hours_severities_and_rules_come_back():
    load = load_of()
    found = fit(history_of(load), "x")
    assert found.load.per_week == pytest.approx(140, rel=0.03)
    wanted, fitted = (np.cumsum(np.array(one.hours) / sum(one.hours)) for one in (load, found.load))
    assert np.abs(wanted - fitted).max() < 0.02
    shares = np.array(list(found.load.severities.values()))
    assert shares / shares.sum() == pytest.approx([0.02, 0.1, 0.38, 0.5], abs=0.02)
    assert found.load.rules[0].share == pytest.approx(load.rules[0].share, abs=0.02)
    assert found.load.bursts is None
    assert found.load.day_spread < 0.15
    assert "pages" in found.load.measured


@pytest.mark.parametrize("spread", [0.3, 0.6])
def test_the_spread_of_days_comes_back(spread: float):
    found = fit(history_of(load_of(day_spread=spread)), "x")
    assert found.load.day_spread == pytest.approx(spread, rel=0.25)


@pytest.mark.parametrize(("share", "size", "minutes"), [(0.2, 4.0, 5.0), (0.5, 3.0, 10.0), (0.1, 10.0, 5.0)])
def test_bursts_come_back_beyond_chance(share: float, size: float, minutes: float):
    """A year has few large bursts, whose mean is far from theirs: the middle one of nine years counts."""
    load = load_of(per_week=60.0, bursts=Bursts(share=share, size=size, minutes=minutes))
    loads = [fit(history_of(load, seed=seed), "x").load for seed in range(1, 10)]
    assert all(
        any(
            told.startswith("of a burst the first needs action before the others") for told in one.assumptions
        )
        for one in loads
    )
    found = [one.bursts for one in loads if one.bursts is not None]
    assert len(found) == 9
    assert median(one.share for one in found) == pytest.approx(share, abs=0.03)
    assert median(one.size for one in found) == pytest.approx(size, rel=0.2)
    assert median(one.minutes for one in found) == pytest.approx(minutes, rel=0.25)


def test_spread_and_bursts_are_told_apart():
    bursts = Bursts(share=0.3, size=4.0, minutes=5.0)
    found = fit(history_of(load_of(per_week=60.0, bursts=bursts, day_spread=0.5)), "x").load
    assert found.bursts is not None
    assert found.bursts.share == pytest.approx(0.3, abs=0.08)
    assert found.day_spread == pytest.approx(0.5, rel=0.35)


def test_variance_of_bursts_is_that_of_their_sizes():
    """Sizes 1, and 2 or more as often as the share says: by sums over the distribution."""
    bursts = Bursts(share=0.4, size=3.0, minutes=1.0)
    burst = 0.4 / (3.0 - 0.4 * 2.0)
    sizes = [(1, 1 - burst)] + [(1 + n, burst * 0.5**n) for n in range(1, 60)]
    mean = sum(size * share for size, share in sizes)
    assert per_incident(bursts) == pytest.approx(sum(size**2 * share for size, share in sizes) / mean)
    assert per_incident(None) == 1.0


def test_few_incidents_get_the_plain_week():
    """A hundred incidents of an even week do not tell 168 hours, nor days and hours, apart."""
    even = load_of(per_week=10.0, hours=(1.0,) * 168)
    found = fit(history_of(even, weeks=10), "x")
    assert found.week is not None
    assert found.week.shape == "all hours alike"
    assert len(set(found.load.hours)) == 1


def test_a_month_tells_the_hours_of_the_day():
    """One incident a day, always at ten."""
    found = fit(steady(*(MONDAY + timedelta(days=day, hours=10) for day in range(28))), "x")
    assert found.week is not None
    assert found.week.shape == "each hour of the day"
    assert {hour % 24 for hour, share in enumerate(found.load.hours) if share > 0} == {10}


def test_hours_that_no_product_describes_are_kept_as_they_are():
    """Batch jobs at night before work days, customers by day at weekends."""
    hours = [0.0] * 168
    for day in range(7):
        hours[24 * day + (15 if day > 4 else 3)] = 1.0
    found = fit(history_of(load_of(per_week=300.0, hours=tuple(hours))), "x")
    assert found.week is not None
    assert found.week.shape == "each hour of the week"
    assert found.load.hours[24 * 5 + 3] == 0.0


def test_a_week_seen_twice_is_no_busier_than_one_seen_once():
    """Ten days, one incident an hour: Mondays to Wednesdays were seen twice."""
    history = steady(*(MONDAY + timedelta(hours=hour) for hour in range(241)))
    assert fit(history, "x").load.per_week == pytest.approx(168, rel=0.01)


def test_hours_are_seen_on_a_clock_half_an_hour_off_as_on_any():
    """The same ten days by the clock of either place."""
    seen = []
    for zone in (ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")):
        days = (datetime(2024, 1, 1, 0, 10, tzinfo=zone) + timedelta(hours=hour) for hour in range(241))
        moments = tuple(Incident(n, day.astimezone(UTC)) for n, day in enumerate(days, 1))
        seen.append(week_of(History("csv", str(zone), moments, ())).seen)
    np.testing.assert_allclose(seen[0], seen[1])
    assert seen[1][:72] == pytest.approx(2.0, abs=0.2)


def test_more_numbers_have_to_earn_their_place():
    """Where all hours are alike, every description is as likely; Schwarz's criterion takes ln n for each."""
    week = week_of(steady(*(MONDAY + timedelta(hours=hour) for hour in range(4 * 168))))
    alike = week.bic["all hours alike"]
    for shape, more in (
        ("each hour of the day", 23),
        ("a factor for each day and each hour of the day", 29),
        ("each hour of the week", 167),
    ):
        assert week.bic[shape] - alike == pytest.approx(more * np.log(week.seen.sum()), abs=2)


def test_bursts_of_two_years_are_those_of_one():
    load = load_of(per_week=40.0, bursts=Bursts(share=0.3, size=4.0, minutes=5.0))
    year, next_year = (history_of(load, seed=seed).incidents for seed in (1, 2))
    later = (replace(one, opened=one.opened + timedelta(weeks=52)) for one in next_year)
    found = fit(History("csv", None, (*year, *later), ()), "x").load.bursts
    assert found is not None
    assert found.share == pytest.approx(0.3, abs=0.04)


def test_an_hour_on_a_clock_that_changes_is_the_local_one():
    """Nine o'clock in Berlin, in winter and in summer."""
    berlin = ZoneInfo("Europe/Berlin")
    days = [datetime(2024, 1, 1, 9, 30) + timedelta(days=n) for n in range(300)]
    moments = tuple(Incident(n, day.replace(tzinfo=berlin).astimezone(UTC)) for n, day in enumerate(days, 1))
    found = fit(History("csv", "Europe/Berlin", moments, ()), "x")
    assert found.load.zone == "Europe/Berlin"
    assert {hour % 24 for hour, share in enumerate(found.load.hours) if share > 0} == {9}


def test_less_than_a_week_tells_no_week():
    history = steady(*(MONDAY + timedelta(minutes=n) for n in range(60)))
    found = fit(history, "x")
    assert (found.week, found.load.per_week, played(found)) == (None, default_load().per_week, None)
    assert any("shorter than a week" in one for one in found.load.assumptions)
    assert "pages" not in found.load.measured


def test_alerts_that_fire_at_one_instant_are_bursts():
    """Four at once, with milliseconds, on each of forty days."""
    at = [
        MONDAY + timedelta(days=day, hours=day % 9, milliseconds=874) for day in range(40) for _ in range(4)
    ]
    bursts = fit(steady(*at), "x").load.bursts
    assert bursts is not None
    assert (bursts.size, bursts.minutes) == (pytest.approx(4, abs=0.5), 0.001)


def test_one_day_that_holds_nearly_everything_is_no_crash():
    at = [
        MONDAY,
        *(MONDAY + timedelta(days=500, minutes=33 * n) for n in range(40)),
        MONDAY + timedelta(1100),
    ]
    assert fit(steady(*at), "x").load.day_spread == 10.0


def test_a_short_history_is_not_taken_for_a_busier_one():
    """Over many histories of ten days the rates have the mean that they were drawn with."""
    random = np.random.default_rng(1)
    found = []
    for _ in range(300):
        hours = np.sort(random.uniform(0, 240, random.poisson(40)))
        found.append(week_of(steady(*(MONDAY + timedelta(hours=float(hour)) for hour in hours))).per_week)
    assert np.mean(found) == pytest.approx(40 * 168 / 240, rel=0.03)


def test_of_those_that_need_action_some_are_reassigned():
    incidents = [
        Incident(n, MONDAY + timedelta(hours=6 * n), needs_action=n % 2 == 0, reassigned=n % 4 == 0)
        for n in range(100)
    ]
    assert fit(History("csv", None, tuple(incidents), ()), "x").load.reassigned == 0.5


def test_windows_that_are_cut_are_told_of():
    hours = [MONDAY + timedelta(hours=hour) for hour in range(24 * 70)]
    hole = [at for at in hours if not MONDAY + timedelta(days=20) < at < MONDAY + timedelta(days=25)]
    rising = [at for at in hours if at > MONDAY + timedelta(days=35) or at.hour % 3 == 0]
    assert warnings_of(fit(steady(*hours), "x")) == ()
    assert any("nothing between 2024-01-21" in one for one in warnings_of(fit(steady(*hole), "x")))
    assert any("3.0 times as many" in one for one in warnings_of(fit(steady(*rising), "x")))
    short = warnings_of(fit(steady(*hours[: 24 * 10]), "x"))
    assert (
        short[0] == "cut window: 10.0 days are less than 4 weeks; each hour of the week was seen 1 to 2 times"
    )


def test_played_years_are_as_the_history():
    bursts = Bursts(share=0.3, size=4.0, minutes=5.0)
    found = fit(history_of(load_of(per_week=60.0, bursts=bursts, day_spread=0.4)), "x")
    held = played(found)
    assert held is not None
    assert held.load.per_week == pytest.approx(held.history.per_week, rel=0.05)
    assert held.distance < 0.02
    assert held.history.uneven is not None
    assert held.load.uneven == pytest.approx(held.history.uneven, rel=0.25)
    assert held.load.gaps == pytest.approx(held.history.gaps, rel=0.1)
