"""The page on policy files: its example is one, and has everything that a file may have."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from cli import main
from sim.oncall.schedule.policy import RotationPolicy

PAGE = Path(__file__).parents[2] / "docs" / "policies.md"


@pytest.fixture
def example(tmp_path: Path) -> Path:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    file = tmp_path / "platform.yml"
    file.write_text(found[1], encoding="utf-8")
    return file


def keys(data: Any) -> set[str]:
    if isinstance(data, dict):
        return set(data).union(*(keys(value) for value in data.values()))
    return set().union(*(keys(one) for one in data)) if isinstance(data, list) else set()


def fields(schema: dict[str, Any]) -> set[str]:
    return {name for model in (schema, *schema["$defs"].values()) for name in model.get("properties", {})}


def test_the_example_names_every_key(example: Path):
    written = keys(yaml.safe_load(example.read_text(encoding="utf-8")))
    assert fields(RotationPolicy.model_json_schema(by_alias=True)) - written == set()


def test_the_example_is_played_and_checked(example: Path):
    done = CliRunner().invoke(main, ["rotation", "check", str(example)])
    told = " ".join(done.output.split())
    assert "dan: is away 2026-08-03 to 2026-08-07 and has a turn under" in told
    assert "so nothing is swapped" not in told and "so nobody is replaced" not in told
    done = CliRunner().invoke(main, ["rotation", "simulate", str(example), "--years", "2"])
    assert done.exit_code == 0, done.output
    assert "cost per week (EUR)" in done.output and "2 years of 5 people" in done.output
