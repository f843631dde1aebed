"""Rules that are missing, late, or watch the wrong signal: decided by rule and drill."""

from collections import Counter

import pytest

from scenarios.library import resolve
from sim.alerting.noise.gaps import gap_of, gaps, watched
from sim.spec import NoiseProfile, Scenario
from tests.spine.small import drill

NORMAL = resolve("github-2023-09").model_copy(update={"noise": NoiseProfile()})


def certain(**shares: float) -> Scenario:
    knobs = {"missing_share": 0.0, "astray_share": 0.0, "late_share": 0.0, **shares}
    return NORMAL.model_copy(update={"noise": NoiseProfile(**knobs)})


def causes(of: Scenario) -> list[str]:
    return [r.name for r in of.world.rules if r.component is not None and r.severity != "critical"]


def test_without_a_profile_nothing_is_amiss():
    plain = resolve("github-2023-09")
    assert watched(plain, 1) is plain
    assert gaps(plain, 1)[0] == {}


def test_as_many_are_amiss_as_incidents_lacked_a_monitor():
    found: Counter[str | None] = Counter()
    for seed in range(1, 101):
        found.update(gap_of(rule, NORMAL, seed) for rule in NORMAL.world.rules if rule.name in causes(NORMAL))
    total = found.total()
    assert (found["missing"] + found["astray"]) / total == pytest.approx(0.172, abs=0.025)
    assert found["late"] / total == pytest.approx(0.105, abs=0.02)


@pytest.mark.parametrize("seed", range(1, 21))
def test_what_users_feel_and_what_pages_is_always_watched(seed: int):
    before, after = NORMAL.world.rules, watched(NORMAL, seed).world.rules
    kept = [rule for rule in before if rule.journey is not None or rule.severity == "critical"]
    assert [rule for rule in after if rule.journey is not None or rule.severity == "critical"] == kept
    certificates = [rule for rule in before if rule.signal == "certificate_days"]
    assert certificates
    assert [rule for rule in after if rule.signal == "certificate_days"] == certificates


def test_a_missing_rule_is_in_no_catalogue():
    of = watched(certain(missing_share=1.0), 1)
    names = {rule.name for rule in of.world.rules}
    assert "MysqlCpuHigh" not in names
    assert "EdgeErrorsHigh" in names


def test_a_late_rule_waits_longer():
    before = {rule.name: rule for rule in NORMAL.world.rules}
    for rule in watched(certain(late_share=1.0), 1).world.rules:
        late_s = 480 if rule.name in causes(NORMAL) and rule.signal != "certificate_days" else 0
        assert rule == before[rule.name].model_copy(update={"for_s": before[rule.name].for_s + late_s})


def test_an_astray_rule_watches_something_else_there():
    before = {rule.name: rule for rule in NORMAL.world.rules}
    changed = 0
    for rule in watched(certain(astray_share=1.0), 1).world.rules:
        was = before[rule.name]
        assert (rule.component, rule.for_s, rule.summary) == (was.component, was.for_s, was.summary)
        if rule.name in causes(NORMAL) and was.signal != "certificate_days":
            assert rule.signal != was.signal
            changed += 1
    assert changed > 20


@pytest.mark.parametrize("expects", ["no_action", "prevent"])
def test_where_the_alert_is_the_drill_it_is_there(expects: str):
    of = certain(missing_share=1.0).model_copy(update={"expects": expects})
    assert watched(of, 1).world.rules == of.world.rules


def test_a_drill_is_played_with_the_rules_that_there_are():
    of = drill(certain(missing_share=1.0), 1)
    assert {one.rule.name for one in of._monitoring.rules}.isdisjoint({"MysqlCpuHigh", "WebErrorsHigh"})
    assert "MysqlCpuHigh" not in of.view.names.rules
    assert "EdgeErrorsHigh" in of.view.names.rules
