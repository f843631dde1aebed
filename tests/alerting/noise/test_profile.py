"""A profile by name, with knobs, in a file, and what is refused."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from scenarios.library import resolve
from sim.mistakes import FileError
from sim.spec import PROFILES, NoiseProfile, Scenario
from tests.spine.small import SCENARIO

TINY = Path(__file__).parents[2] / "scenarios" / "good"


def in_file(tmp_path: Path, noise: str) -> Scenario:
    """The tiny drill with one more line."""
    for file in TINY.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    drill = tmp_path / "drill.yaml"
    drill.write_text(f"{drill.read_text()}\nnoise: {noise}\n")
    return resolve(str(drill))


@pytest.mark.parametrize("name", PROFILES)
def test_a_name_is_the_profile_with_its_knobs(name: str):
    profile = NoiseProfile.model_validate(name)
    assert {knob: getattr(profile, knob) for knob in PROFILES[name]} == PROFILES[name]
    assert NoiseProfile.model_validate({"profile": name}) == profile


def test_each_knob_can_be_set_over_its_profile():
    profile = NoiseProfile.model_validate({"profile": "noisy", "alerts_per_h": 4, "flap_on_min": 5})
    assert (profile.alerts_per_h, profile.flap_on_min) == (4.0, 5.0)
    assert profile.storms_per_day == PROFILES["noisy"]["storms_per_day"]


def test_a_stored_scenario_comes_back_the_same():
    stored = SCENARIO.model_copy(update={"noise": NoiseProfile.model_validate("storm")})
    assert Scenario.model_validate_json(stored.model_dump_json()) == stored


def test_a_scenario_says_nothing_of_it_unless_asked():
    assert SCENARIO.noise is None


def test_a_profile_in_a_file(tmp_path: Path):
    assert in_file(tmp_path, "noisy").noise == NoiseProfile.model_validate("noisy")
    mapping = in_file(tmp_path, "{profile: storm, storms_per_day: 3}").noise
    assert mapping is not None
    assert (mapping.profile, mapping.storms_per_day, mapping.alerts_per_h) == ("storm", 3.0, 3.0)


@pytest.mark.parametrize(
    ("noise", "told"),
    [
        ("loud", "'loud' is not one of quiet, normal, noisy, storm"),
        ("{profile: [quiet]}", "is not one of quiet, normal, noisy, storm"),
        ("{alerts_per_hour: 3}", "unknown key; did you mean 'alerts_per_h'?"),
        ("{alerts_per_h: .nan}", "should be a number"),
        ("{alerts_per_h: 1000}", "should be at most 60"),
        ("3", "noise"),
        (
            "{flapping_share: 0, repeats_share: 0, low_value_share: 0, change_share: 0, unrelated_share: 0}",
            "every kind of noise has a share of 0",
        ),
        ("{missing_share: 0.9, late_share: 0.9}", "should add up to 1 at most"),
    ],
)
def test_mistakes_are_told_with_their_line(tmp_path: Path, noise: str, told: str):
    with pytest.raises(FileError) as refused:
        in_file(tmp_path, noise)
    line = len((tmp_path / "drill.yaml").read_text().splitlines())
    assert told in str(refused.value)
    assert f"drill.yaml:{line}: noise" in str(refused.value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
@pytest.mark.parametrize("knob", [name for name in NoiseProfile.model_fields if name != "profile"])
def test_no_knob_takes_nonsense(knob: str, value: float):
    with pytest.raises(ValidationError):
        NoiseProfile(**{knob: value})


def test_every_knob_says_what_it_is_and_where_it_comes_from():
    for name, field in NoiseProfile.model_fields.items():
        assert field.description or name == "profile", name
