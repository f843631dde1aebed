"""When rules misfire: each by itself, within its day, at its hour, after changes of its component."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.alerting.noise import DAY_MS
from sim.alerting.noise.firings import firings
from sim.alerting.noise.whys import GROUPS
from sim.spec import PROFILES, Noise, NoiseProfile
from sim.world.log_notes import unfit
from tests.alerting.noise.small import alerts_of, background, only, rule

ROOT = Path(__file__).parents[3]
HOUR_MS = 3_600_000
PROFILE_NAMES = st.sampled_from(sorted(PROFILES))
SEEDS = st.integers(0, 2**31)
DAYS = st.integers(-14, 2)
ESTATE = (
    rule("Slow", by="zone"),
    rule("Errors", signal="error_share", above=0.05, component="edge"),
    rule("Disk", signal="disk_share", above=0.8, for_s=300, component="db"),
    rule("Quiet", signal="rps", above=None, below=5.0, component="edge"),
)


@given(PROFILE_NAMES, SEEDS, DAYS, st.permutations(ESTATE))
def test_a_rule_knows_nothing_of_the_others_but_its_rank(name, seed, day, order):
    profile = NoiseProfile.model_validate(name)
    others = [
        one if one.name == "Slow" else one.model_copy(update={"for_s": 10, "severity": "info", "by": "zone"})
        for one in order
    ]
    expected = background(profile, *ESTATE, seed=seed).of_rule("Slow", day)
    assert background(profile, *others, seed=seed).of_rule("Slow", day) == expected


@given(SEEDS, DAYS, st.integers(2, 12))
def test_more_rules_leave_a_rule_of_the_same_rate_alone(seed, day, count):
    """Without Zipf's law each rule has its equal part: twice the noise among twice the rules is the same."""
    alone = background(only("flapping", alerts_per_h=1.0, zipf_exponent=0), rule("Slow"), seed=seed)
    crowd = [rule(f"Slow{number}") for number in range(count - 1)]
    profile = only("flapping", alerts_per_h=count, zipf_exponent=0)
    assert background(profile, rule("Slow"), *crowd, seed=seed).of_rule("Slow", day) == alone.of_rule(
        "Slow", day
    )


@given(PROFILE_NAMES, SEEDS, DAYS)
def test_misfires_begin_within_their_day_and_last_long_enough_to_fire(name, seed, day):
    of = background(NoiseProfile.model_validate(name), *ESTATE, seed=seed)
    for one in ESTATE:
        for misfire in of.of_rule(one.name, day):
            blip = misfire.blip
            assert day * DAY_MS <= blip.from_ms < (day + 1) * DAY_MS
            assert blip.to_ms - blip.from_ms >= one.for_s * 1000 + 30_000
            assert blip.series.name == one.component
            assert blip.real == (misfire.kind == "unrelated")


@given(PROFILE_NAMES, SEEDS, st.integers(-2 * DAY_MS, DAY_MS), st.integers(1, 6 * HOUR_MS))
def test_a_window_sees_what_touches_it_and_nothing_else(name, seed, from_ms, length_ms):
    of = background(NoiseProfile.model_validate(name), *ESTATE, seed=seed)
    to_ms = from_ms + length_ms
    everything = of.misfires(from_ms - DAY_MS, to_ms + DAY_MS)
    touching = [m for m in everything if m.blip.from_ms < to_ms and m.blip.to_ms > from_ms]
    assert list(of.misfires(from_ms, to_ms)) == touching


@given(SEEDS, DAYS)
def test_the_same_alert_never_fires_twice_at_once(seed, day):
    profile = NoiseProfile(alerts_per_h=20.0)
    of = background(profile, *ESTATE, seed=seed)
    for one in ESTATE:
        until_ms: dict[object, int] = {}
        for misfire in of.of_rule(one.name, day):
            assert misfire.blip.from_ms >= until_ms.get(misfire.blip.series, misfire.blip.from_ms)
            until_ms[misfire.blip.series] = misfire.blip.to_ms
        assert of.of_rule(one.name, day) == background(profile, *ESTATE, seed=seed).of_rule(one.name, day)


def test_flaps_are_on_and_off_for_minutes():
    profile = only("flapping", alerts_per_h=6.0, flap_on_min=5.0, flap_off_min=7.0)
    alerts = alerts_of(rule("Slow", for_s=0))
    days = [background(profile, rule("Slow", for_s=0), seed=seed).of_rule("Slow", 0) for seed in range(40)]
    found = [firings(alerts, day) for day in days]
    on_min = [(one.to_ms - one.from_ms) / 60_000 for fired in found for one in fired]
    assert sum(on_min) / len(on_min) == pytest.approx(5.0, rel=0.1)
    gaps = [(b.from_ms - a.to_ms) / 60_000 for fired in found for a, b in pairwise(fired)]
    within = [gap for gap in gaps if gap < 30]
    assert 3.0 <= sum(within) / len(within) <= 9.0


def test_repeats_keep_their_pace_and_go_through_the_parts():
    one = rule("Slow", by="zone")
    profile = only("repeats", alerts_per_h=3.0, repeats_per_episode=8.0, repeat_every_min=40.0)
    blips = [misfire.blip for misfire in background(profile, one, seed=3).of_rule("Slow", 0)]
    assert len(blips) >= 4
    paces = [(b.from_ms - a.from_ms) / 60_000 for a, b in pairwise(blips)]
    assert {round(pace, 3) for pace in paces[:3]} == {round(paces[0], 3)}
    assert 30 <= paces[0] <= 50
    assert {blip.series.label for blip in blips[:3]} == {"a", "b", "c"}


def test_nightly_jobs_come_at_the_hour_of_their_rule():
    profile = only("change", alerts_per_h=1.0, nightly_from_h=2.0, nightly_to_h=4.0)
    nights = []
    for seed in range(30):
        jobs = background(profile, rule("Slow"), seed=seed).of_rule("Slow", 0)
        nights.append([(job.blip.from_ms / HOUR_MS + 10.0) % 24 for job in jobs])  # it starts at 10:00
    assert sum(len(night) for night in nights) > 50
    first = [night[0] for night in nights if night]
    assert 2.0 <= min(first) <= max(first) <= min(first) + 0.2 <= 4.2
    later = [(after - before) * 60 for night in nights for before, after in pairwise(night)]
    assert later
    assert all(30 <= minutes <= 60 for minutes in later)


def test_deploys_are_followed_by_blips_of_what_was_deployed():
    made = tuple((number * HOUR_MS, f"c-{number}") for number in range(12))
    profile = only("change", alerts_per_h=6.0, deploy_share=1.0)
    rules = (rule("Slow"), rule("Errors", signal="error_share", above=0.05, component="edge"))
    of = background(profile, *rules, changes={"cart": made}, changes_a_day=12.0)
    after = of.of_rule("Slow", 0)
    assert len(after) >= 6
    for misfire in after:
        assert any(misfire.blip.from_ms - changed_ms >= 15_000 for changed_ms, _ in made)
    on_time = [m for m in after if any(15_000 <= m.blip.from_ms - t <= 120_000 for t, _ in made)]
    assert len(on_time) >= len(after) / 2  # the others wait until the alert before is over
    assert "Errors" not in {m.blip.rule for m in after}
    assert not [m for m in of.of_rule("Errors", 0) if m.blip.from_ms % HOUR_MS in range(15_000, 120_000)]


def test_before_the_record_of_changes_they_are_drawn_in_working_hours():
    profile = only("change", alerts_per_h=3.0, deploy_share=1.0)
    days = [
        background(profile, rule("Slow"), seed=seed, changes_a_day=12.0).of_rule("Slow", day)
        for seed in range(10)
        for day in (-9, -4)
    ]
    hours = [(misfire.blip.from_ms / HOUR_MS + 10.0) % 24 for day in days for misfire in day]
    assert len(hours) / len(days) == pytest.approx(6.0, abs=2.0)
    in_working_hours = [hour for hour in hours if 8.0 <= hour <= 18.1]
    assert len(in_working_hours) >= 0.95 * len(hours)
    on_record = background(profile, rule("Slow"), seed=1, changes_a_day=12.0).of_rule("Slow", 0)
    assert on_record == ()  # there were none


def test_the_cause_is_told_in_the_world_s_own_words_where_it_has_some():
    own = rule("Slow", noise=Noise(per_day=5, lasts_s=(90, 200), why="one bank is slow"))
    misfires = background(only("flapping", alerts_per_h=6), own, seed=2).of_rule("Slow", 0)
    assert {misfire.blip.why for misfire in misfires} == {"one bank is slow"}
    nightly = background(only("change", alerts_per_h=6), own, seed=2).of_rule("Slow", 0)
    assert {misfire.blip.why for misfire in nightly} - {"one bank is slow"}


@pytest.mark.parametrize("signal", GROUPS)
def test_every_signal_has_a_cause_for_every_kind(signal: str):
    """Told with all figures filled in, and not always the same."""
    below = signal in ("rps", "hit_share")
    limits = {"above": None, "below": 0.5} if below else {"above": 0.5}
    profile = NoiseProfile(alerts_per_h=20.0, deploy_share=0.0)
    whys = [
        misfire.blip.why
        for seed in range(4)
        for misfire in background(profile, rule("One", signal=signal, **limits), seed=seed).of_rule("One", 0)
    ]
    assert len(whys) > 40
    assert len(set(whys)) >= 4
    assert all("{" not in why and unfit(why) is None for why in whys)


def test_another_process_draws_the_same():
    code = (
        "from tests.alerting.noise.test_background import ESTATE, background, NoiseProfile\n"
        "of = background(NoiseProfile.model_validate('storm'), *ESTATE, seed=9)\n"
        "print(of.misfires(0, 86_400_000))"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            check=True,
            capture_output=True,
        ).stdout
        for hash_seed in ("1", "4711")
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 1000
