"""What days of each profile look like, over seeds, in the shipped worlds and in a generated estate.

The ranges are those of `sim/alerting/noise/published.py`: 0.5 to 3 alerts an hour for twelve components, 2 to
5.5 % that ask for action, the mix of kinds, and a few rules that make most.
"""

from collections import Counter
from functools import cache
from statistics import mean, stdev

import pytest

from scenarios.library import resolve
from sim.alerting.noise.estate import estate
from sim.alerting.noise.figures import Figures, figures_of
from sim.alerting.noise.offenders import DOZEN
from sim.alerting.noise.ordinary import ordinary_hours
from sim.spec import NoiseProfile, Scenario

SEEDS = range(1, 41)
WORLDS = ("code-hosting", "shop", "estate of 40")
MIX = NoiseProfile().shares


@cache
def scenario(world: str) -> Scenario:
    of = resolve("cloudflare-2019-07" if world == "shop" else "github-2023-09")
    if world == "estate of 40":
        return of.model_copy(update={"world": estate(40), "changes": (), "faults": ()})
    assert of.world.id == world
    return of


@cache
def days(world: str, profile: str) -> tuple[Figures, ...]:
    of, seeds = scenario(world), SEEDS if profile != "storm" else SEEDS[:20]
    size = len(of.world.components)
    knobs = NoiseProfile.model_validate(profile)
    return tuple(figures_of(ordinary_hours(of, knobs, 24, seed), 24, size) for seed in seeds)


def per_dozen(figures: Figures) -> float:
    return figures.alerts_per_h * DOZEN / figures.components


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize(("profile", "wanted"), [("quiet", 0.5), ("normal", 1.5), ("noisy", 3.0)])
def test_alerts_an_hour(world: str, profile: str, wanted: float):
    found = [per_dozen(day) for day in days(world, profile)]
    assert mean(found) == pytest.approx(wanted, abs=3 * stdev(found) / len(found) ** 0.5)
    assert 0.4 <= mean(found) <= 3.2
    if profile == "normal":
        assert all(0.5 <= each <= 3.0 for each in found)


@pytest.mark.parametrize("world", WORLDS)
def test_under_storms_the_rest_goes_on(world: str):
    found = [per_dozen(day) for day in days(world, "storm")]
    assert min(found) >= 0.5
    assert 2.0 <= mean(found) <= 3.0  # what would fire during a storm is part of it


@pytest.mark.parametrize("world", WORLDS)
def test_few_ask_for_action(world: str):
    found = [day for profile in ("quiet", "normal", "noisy") for day in days(world, profile)]
    share = sum(day.actionable for day in found) / sum(day.alerts for day in found)
    assert 0.02 <= share <= 0.055


@pytest.mark.parametrize("world", WORLDS)
def test_the_mix_of_kinds(world: str):
    kinds: Counter[str] = Counter()
    for day in days(world, "normal"):
        kinds.update(dict(day.by_kind))
    for kind, share in MIX.items():
        assert kinds[kind] / kinds.total() == pytest.approx(share / sum(MIX.values()), abs=0.045), kind


@pytest.mark.parametrize("world", WORLDS)
@pytest.mark.parametrize("profile", ["quiet", "normal", "noisy"])
def test_a_few_rules_make_most(world: str, profile: str):
    rules: Counter[str] = Counter()
    for day in days(world, profile):
        rules.update(dict(day.by_rule))
    worst = sorted(rules.values(), reverse=True)
    assert sum(worst[: len(worst) // 5]) / rules.total() >= 0.5


@pytest.mark.parametrize("world", WORLDS)
def test_flaps_and_duplicates_are_most_of_it_together(world: str):
    found = days(world, "normal")
    alerts = sum(day.alerts for day in found)
    assert 0.15 <= sum(day.flaps for day in found) / alerts <= 0.45
    assert 0.10 <= sum(day.duplicates for day in found) / alerts <= 0.35


@pytest.mark.parametrize("world", WORLDS)
def test_storms_come_with_the_storm_profile(world: str):
    assert not any(day.storm_minutes for day in days(world, "quiet") + days(world, "normal"))
    with_storms = [day.storm_minutes for day in days(world, "storm")]
    assert min(with_storms) >= 8
    assert 25 <= mean(with_storms) <= 200
