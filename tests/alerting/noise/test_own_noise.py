"""Background noise belongs to its rule and day, comes at the rate it states, and is told as history."""

import pytest

from sim.alerting.history import DAYS, past
from sim.alerting.noise import DAY_MS, blip_behind, blips, blips_of_day
from sim.alerting.rules import instances
from sim.spec import Noise, Rule


def noisy(name: str, per_day: float, **fields) -> Rule:
    given_fields = {
        "name": name,
        "component": "cart",
        "signal": "cpu_share",
        "above": 0.8,
        "for_s": 60,
        "summary": "busy",
        "noise": Noise(per_day=per_day, lasts_s=(120, 600), why="nightly report"),
    }
    return Rule(**{**given_fields, **fields})


def alerts_of(*rules: Rule):
    return instances(rules, lambda component, by: ("a", "b", "c"))


@pytest.mark.parametrize(("per_day", "intensity"), [(4.0, 1.0), (20.0, 1.0), (4.0, 3.0)])
def test_blips_per_day(per_day, intensity):
    alerts = alerts_of(noisy("Busy", per_day))
    counts = [len(blips_of_day(alerts, seed, day, intensity)) for seed in range(10) for day in range(-15, 15)]
    mean = per_day * intensity
    # 300 nearly Poisson days: the mean is known within 4 standard errors, and its variance is near the mean.
    assert sum(counts) / 300 == pytest.approx(mean, abs=4 * (mean / 300) ** 0.5)
    variance = sum((count - mean) ** 2 for count in counts) / 300
    assert variance == pytest.approx(mean, rel=0.4)


def test_another_rule_changes_no_draw():
    one, other = noisy("Busy", 10), noisy("Other", 10, by="zone")
    alone = blips(alerts_of(one), 7, -DAY_MS, DAY_MS)
    together = blips(alerts_of(other, one), 7, -DAY_MS, DAY_MS)
    assert alone
    assert tuple(blip for blip in together if blip.rule == "Busy") == alone


def test_a_window_sees_the_blips_that_touch_it_and_no_others():
    alerts = alerts_of(noisy("Busy", 60))
    all_of_it = blips(alerts, 3, -2 * DAY_MS, 2 * DAY_MS)
    hour = blips(alerts, 3, -1_800_000, 1_800_000)
    assert hour == tuple(blip for blip in all_of_it if blip.from_ms < 1_800_000 and blip.to_ms > -1_800_000)
    assert any(blip.from_ms < 0 for blip in hour)


def test_levels_lie_past_the_threshold_and_within_what_the_signal_can_be():
    rules = [
        noisy("Busy", 30),
        noisy("Errors", 30, signal="error_share", above=0.01),
        noisy("Slow", 30, signal="p99_ms", above=900.0),
        noisy("Quiet", 30, signal="rps", above=None, below=50.0),
    ]
    found = blips(alerts_of(*rules), 1, 0, DAY_MS)
    for blip in found:
        rule = next(rule for rule in rules if rule.name == blip.rule)
        if rule.above is not None:
            assert blip.level >= rule.above * 1.02
            assert not rule.signal.endswith("_share") or blip.level <= 1.0
        else:
            assert 0.0 <= blip.level < 50.0
            assert blip.below
        assert 120_000 <= blip.to_ms - blip.from_ms <= 600_000


def test_a_split_rule_blips_in_all_of_its_parts():
    found = blips(alerts_of(noisy("Busy", 60, by="zone")), 1, 0, DAY_MS)
    assert {blip.series.label for blip in found} == {"a", "b", "c"}


def test_no_noise_without_intensity_or_spec():
    assert blips(alerts_of(noisy("Busy", 60)), 1, 0, DAY_MS, intensity=0.0) == ()
    assert blips(alerts_of(noisy("Busy", 60, noise=None)), 1, 0, DAY_MS) == ()


def test_the_blip_behind_an_alert():
    alerts = alerts_of(noisy("Busy", 60))
    blip = blips(alerts, 1, 0, DAY_MS)[0]
    assert blip_behind([blip], alerts[0], blip.from_ms) == blip
    assert blip_behind([blip], alerts[0], blip.to_ms) is None


def test_history_counts_the_same_blips():
    alerts = alerts_of(noisy("Busy", 2))
    history = past(alerts, 5)
    drawn = [blip for day in range(-DAYS, 0) for blip in blips_of_day(alerts, 5, day)]
    noise_only = past(alerts, 5, intensity=0.0)
    assert history.fired - noise_only.fired == len(drawn)
    assert history.fired == history.resolved_itself + history.acted_on
    assert 60 <= history.typical_length_s <= 540
    assert history.last_ms < 0
    assert past(alerts, 5) == history


def test_a_rule_without_noise_fires_rarely_and_is_acted_on_then():
    histories = [past(alerts_of(noisy(f"Rule{i}", 1, noise=None)), 1) for i in range(200)]
    assert 30 <= sum(history.fired for history in histories) <= 100
    assert all(history.resolved_itself == 0 for history in histories)


def test_most_noise_resolves_itself():
    history = past(alerts_of(noisy("Busy", 40)), 1)
    assert history.acted_on / history.fired == pytest.approx(0.05, abs=0.03)
