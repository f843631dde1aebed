"""`alerts noise` at the command line, and `play --noise`."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from sim.alerting import noise_command
from sim.alerting.noise.estate import SERVICES_MAX
from sim.alerting.noise_command import PROFILE_NAMES, noise
from sim.spec import PROFILES, NoiseProfile


def shown(*arguments: str) -> Result:
    return CliRunner().invoke(noise, arguments, obj=cli.Below(), catch_exceptions=False)


def test_a_table_beside_what_is_published():
    done = shown("--profile", "noisy", "--hours", "24", "--seed", "1")
    assert done.exit_code == 0
    assert done.output.startswith("noise: code-hosting, 21 components, profile noisy, 24 h, seed 1\n")
    for part in ("alerts an hour", "actionable", "flaps", "duplicates", "storm minutes", "NeuBird", "iTWire"):
        assert part in done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80
    assert shown("--profile", "noisy", "--hours", "24", "--seed", "1").output == done.output


def test_the_same_as_json():
    done = json.loads(shown("--profile", "storm", "--services", "40", "--hours", "6", "--json").output)
    assert done["world"] == "estate-40"
    assert NoiseProfile.model_validate(done["profile"]) == NoiseProfile.model_validate("storm")
    figures = done["figures"]
    assert figures["components"] == 40
    assert sum(figures["by_kind"].values()) == sum(figures["by_rule"].values()) == figures["alerts"]
    assert figures["storm_minutes"] > 0
    assert {one["figure"] for one in done["published"]} >= {"alerts an hour", "actionable", "storm minutes"}
    assert all(one["source"] for one in done["published"])


def test_another_world_and_other_knobs():
    world = json.loads(shown("--scenario", "cloudflare-2019-07", "--json").output)
    assert world["world"] == "shop"
    silent = json.loads(shown("--knob", "alerts_per_h=0", "--json").output)
    assert silent["figures"]["alerts"] == 0
    assert shown("--knob", "alerts_per_h=0").exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--knob", "loudness=3"), "give NAME=VALUE; knobs are: alerts_per_h"),
        (("--knob", "alerts_per_h"), "give NAME=VALUE"),
        (("--knob", "alerts_per_h=many"), "--knob alerts_per_h: Input should be a valid number"),
        (("--knob", "alerts_per_h=nan"), "--knob alerts_per_h: Input should be a finite number"),
        (("--knob", "late_share=1", "--knob", "missing_share=1"), "should add up to 1 at most"),
        (("--scenario", "github-2023-09", "--services", "3"), "give one"),
        (("--hours", "0"), "not in the range"),
        (("--services", "100000"), "not in the range"),
    ],
)
def test_what_is_wrong_is_told(arguments: tuple[str, ...], told: str):
    done = shown(*arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_names_and_bounds_are_those_of_the_model():
    assert tuple(PROFILES) == PROFILE_NAMES == cli.NOISE
    assert noise_command.SERVICES_MAX == SERVICES_MAX


def played(home: Path, *arguments: str) -> Result:
    script = home / "script"
    script.write_text("+01:00 status\n")
    environment = {"PAGERDRILL_HOME": str(home), "PAGERDRILL_NO_BASELINES": "1"}
    arguments = ("play", "github-2023-09", "--seed", "1", "--script", str(script), *arguments)
    return CliRunner().invoke(cli.main, arguments, env=environment)


def test_a_drill_is_played_with_a_profile(tmp_path: Path):
    done = played(tmp_path, "--noise", "noisy")
    assert done.exit_code == 0, done.output
    stored = json.loads((tmp_path / "drills" / "github-2023-09-s1" / "scenario.json").read_text())
    assert NoiseProfile.model_validate(stored["noise"]) == NoiseProfile.model_validate("noisy")
    again = CliRunner().invoke(
        cli.main, ("drills", "verify", "github-2023-09-s1"), env={"PAGERDRILL_HOME": str(tmp_path)}
    )
    assert again.exit_code == 0, again.output


def test_a_resumed_drill_keeps_its_own(tmp_path: Path):
    done = CliRunner().invoke(cli.main, ("play", "--resume", "x", "--noise", "quiet"))
    assert done.exit_code == 2
    assert "the drill has its own" in done.output
