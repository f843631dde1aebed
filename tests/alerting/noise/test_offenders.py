"""Who makes the noise: Zipf's law over rules, a property of the rule and not of the drill."""

import pytest

from sim.alerting.noise.offenders import can_misfire, chronic_order, rates, weights
from sim.spec import Noise, NoiseProfile
from tests.alerting.noise.small import only, rule

RULES = [rule(f"Rule{number}") for number in range(20)]


def test_the_nth_worst_makes_a_nth_of_the_worst_to_the_exponent():
    found = weights(RULES, 1.2)
    assert sorted(found.values(), reverse=True) == pytest.approx([n**-1.2 for n in range(1, 21)])


def test_the_order_belongs_to_the_names():
    order = [rule.name for rule in chronic_order(RULES)]
    assert [rule.name for rule in chronic_order(RULES[::-1])] == order
    assert [name for name in order if name != "Rule3"] == [
        rule.name for rule in chronic_order([rule for rule in RULES if rule.name != "Rule3"])
    ]
    assert order != sorted(order)


def test_what_the_file_states_comes_first_and_what_pages_comes_last():
    stated = [
        rule(f"Stated{rate}", noise=Noise(per_day=rate, lasts_s=(90, 200), why="so it is"))
        for rate in (2, 9, 5)
    ]
    paging = rule("Paging", severity="critical")
    order = [rule.name for rule in chronic_order([paging, *RULES, *stated])]
    assert order[:3] == ["Stated9", "Stated5", "Stated2"]
    assert order[-1] == "Paging"


def test_journeys_and_certificates_never_misfire():
    assert not can_misfire(rule("Journey", component=None, journey="pay"))
    assert not can_misfire(rule("Ends", signal="certificate_days", above=None, below=14))
    assert can_misfire(rule("Slow"))


def test_the_rates_of_a_kind_add_up_to_its_share():
    mixed = [*RULES, rule("Disk", signal="disk_share", above=0.8), rule("Cpu", signal="cpu_share", above=0.8)]
    profile = NoiseProfile(alerts_per_h=1.0)
    found = rates(mixed, profile, components=24, intensity=2.0)
    for kind, share in profile.shares.items():
        total = sum(by_kind.get(kind, 0.0) for by_kind in found.values())
        assert total == pytest.approx(1.0 * 24 * 24 / 12 * 2.0 * share / 0.97), kind
    assert {name for name, by_kind in found.items() if "low_value" in by_kind} == {"Disk", "Cpu"}
    assert {name for name, by_kind in found.items() if "flapping" in by_kind} == {r.name for r in RULES}


def test_a_kind_that_suits_no_rule_goes_to_all():
    found = rates(RULES, only("low_value"), components=12)
    assert sum(by_kind["low_value"] for by_kind in found.values()) == pytest.approx(1.5 * 24)
