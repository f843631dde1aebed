"""Over some seeds of every drill: the oracle always masters it, the idle player never does."""

import json

import pytest
from click.testing import CliRunner

from cli import main

SEEDS = 6
"""`scenarios check --all --seeds 20` plays more, with all players."""
DRILLS = (
    "github-2023-09",
    "cloudflare-2019-07",
    "epic-2021-04",
    "github-2018-10",
    "one-in-twelve",
    "slack-2022-02",
)
NOBODY_HURT = ("larder-quiet-till", "forgeyard-busy-hour")
"""Drills in which a perfect play has no user hurt."""
FEW_SEEDS = 6


def runs(scenario: str, bot: str, seeds: int = SEEDS) -> list[dict[str, float | bool | None]]:
    arguments = ["bots", "run", scenario, "--bot", bot, "--seeds", str(seeds), "--json"]
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


@pytest.mark.parametrize("scenario", NOBODY_HURT)
def test_the_oracle_hurts_nobody_where_nobody_need_be_hurt(scenario: str):
    played = runs(scenario, "oracle", FEW_SEEDS)
    assert len(played) == FEW_SEEDS
    assert [run for run in played if run["user_minutes_lost"] or run["score"] < 95] == []


@pytest.mark.parametrize("scenario", NOBODY_HURT)
def test_the_idle_player_earns_nothing_where_nobody_need_be_hurt(scenario: str):
    assert [run for run in runs(scenario, "idle", FEW_SEEDS) if run["score"] > 5] == []
