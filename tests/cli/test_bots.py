"""Over 20 seeds of these drills: the oracle always masters them, the idle player never does."""

import json

import pytest
from click.testing import CliRunner

from cli import main

SEEDS = 20
DRILLS = ("github-2023-09", "cloudflare-2019-07", "epic-2021-04", "github-2018-10")


def runs(scenario: str, bot: str) -> list[dict[str, float | bool | None]]:
    arguments = ["bots", "run", scenario, "--bot", bot, "--seeds", str(SEEDS), "--json"]
    done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    found: list[dict[str, float | bool | None]] = json.loads(done.output)["runs"]
    return found


@pytest.mark.parametrize("scenario", DRILLS)
def test_the_oracle_mitigates_always_and_scores_at_least_80(scenario: str):
    played = runs(scenario, "oracle")
    assert len(played) == SEEDS
    assert [run for run in played if not run["mitigated"] or run["score"] < 80] == []


@pytest.mark.parametrize("scenario", DRILLS)
def test_the_idle_player_never_mitigates_and_scores_at_most_25(scenario: str):
    played = runs(scenario, "idle")
    assert len(played) == SEEDS
    assert [run for run in played if run["mitigated"] or run["score"] > 25] == []
