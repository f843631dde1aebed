"""Storms: one cause lifts many rules at once, and tells of itself at each of them."""

import pytest

from sim.alerting.noise import DAY_MS
from sim.alerting.noise.figures import storm_minutes
from sim.alerting.noise.firings import firings
from sim.alerting.noise.storms import Storm, lifted, storms_of_day
from sim.spec import NoiseProfile
from tests.alerting.noise.small import ZONES, alerts_of, background, rule

STORMS = NoiseProfile.model_validate({"profile": "storm", "alerts_per_h": 0})
RULES = [rule(f"Rule{n}", component=f"c-{n % 7}", for_s=60 + 30 * (n % 3)) for n in range(24)]


def test_storms_come_as_often_and_last_as_long_as_the_profile_says():
    found = [storm for seed in range(60) for storm in storms_of_day(STORMS, ZONES, seed, 0)]
    assert len(found) / 60 == pytest.approx(24, abs=4 * (24 / 60) ** 0.5)
    lengths = [(storm.to_ms - storm.from_ms) / 60_000 for storm in found]
    assert min(lengths) >= 0.6 * 8
    assert max(lengths) <= 1.4 * 8
    assert sum(lengths) / len(lengths) == pytest.approx(8, rel=0.05)
    assert all(0 <= storm.from_ms < DAY_MS for storm in found)
    assert len({storm.cause for storm in found}) == 3


@pytest.mark.parametrize("seed", range(1, 21))
def test_every_storm_is_one_by_the_vendors_rule_where_there_are_rules_enough(seed: int):
    of = background(STORMS, *RULES, seed=seed)
    fired = firings(alerts_of(*RULES), of.misfires(0, DAY_MS))
    minutes = storm_minutes(fired)
    storms = of.storms(0)
    assert storms
    apart = [
        one
        for one, before in zip(storms[1:], storms, strict=False)
        if one.from_ms > before.to_ms + 60_000 and one.from_ms < DAY_MS - 3_600_000
    ]
    assert apart
    for storm in apart:
        assert any((storm.from_ms + 60_000) // 60_000 + n in minutes for n in range(2)), storm


def test_a_network_s_storm_is_in_its_zone_and_others_everywhere():
    split, whole = alerts_of(rule("Split", by="zone")), alerts_of(rule("Whole"))
    storm = Storm("x", "zone network", "b", 0, 600_000)
    assert [one.series.label for one in lifted(storm, split, ZONES, STORMS, 1)] == ["b"]
    assert lifted(storm, whole, ZONES, STORMS, 1) == whole
    assert lifted(storm, whole, ("a", "c"), STORMS, 1) == ()
    everywhere = Storm("x", "scrape gap", "b", 0, 600_000)
    assert lifted(everywhere, split, ("a", "c"), STORMS, 1) == split


def test_a_rule_that_waits_longer_does_not_notice():
    patient = alerts_of(rule("Patient", for_s=600))
    assert lifted(Storm("x", "scrape gap", "a", 0, 600_000), patient, ZONES, STORMS, 1) == ()


def test_the_share_of_rules_is_a_knob():
    few = NoiseProfile.model_validate({"profile": "storm", "storm_rules_share": 0.25})
    storm = Storm("x", "scrape gap", "a", 0, 600_000)
    taken = sum(bool(lifted(storm, alerts_of(rule(f"Rule{n}")), ZONES, few, 1)) for n in range(400))
    assert 70 <= taken <= 130


def test_one_cause_is_told_in_the_same_words_everywhere():
    of = background(STORMS, *RULES, seed=4)
    for storm in of.storms(0):
        told = {m.blip.why for m in of.misfires(0, DAY_MS) if m.blip.from_ms == storm.from_ms}
        assert len(told) == 1
        assert storm.cause != "zone network" or storm.zone in told.pop()
