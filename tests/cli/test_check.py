"""`scenarios check` and bots at the command line, on a drill that is over in no time."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli
from scenarios.inequalities import HARMLESS

TINY = str(Path(__file__).parents[1] / "scenarios" / "good" / "drill.yaml")


def pagerdrill(*arguments: str, home: Path | None = None) -> Result:
    environment = {"PAGERDRILL_HOME": str(home)} if home else {}
    return CliRunner().invoke(cli.main, arguments, env=environment, catch_exceptions=False)


def test_lint_alone_plays_nothing_and_names_what_is_missing():
    done = pagerdrill("scenarios", "check", TINY, "--seeds", "0")
    assert done.exit_code == 1
    assert f"{TINY}: 2 to mend (world tiny: 2 components, 1 rules, 0 runbooks)" in done.output
    assert "rules.BrowseErrorsHigh: pages somebody and links to no runbook" in done.output
    assert "expects" not in done.output


def test_shipped_drills_are_good():
    done = pagerdrill("scenarios", "check", "--all", "--seeds", "0", "--json")
    assert done.exit_code == 0, done.output
    reports = json.loads(done.output)["scenarios"]
    assert {report["scenario"] for report in reports} >= {"github-2023-09", "cloudflare-2019-07"}
    assert all(report["good"] and report["players"] == [] for report in reports)


def test_with_seeds_all_players_play_and_their_promises_are_checked():
    done = pagerdrill("scenarios", "check", TINY, "--seeds", "1", "--json")
    assert done.exit_code == 1
    (report,) = json.loads(done.output)["scenarios"]
    assert [row["player"] for row in report["players"]] == list(cli.PLAYERS)
    assert report["findings"][-1] == HARMLESS
    assert report["expert_band_user_min"] is None


def test_what_is_invalid_is_not_played():
    broken = Path(TINY).parents[1] / "broken" / "drill-bad-date.yaml"
    done = pagerdrill("scenarios", "check", str(broken), TINY, "--seeds", "0")
    assert done.exit_code == 1
    assert "drill-bad-date.yaml:" in done.output
    assert f"{TINY}: 2 to mend" in done.output


def test_all_and_names_do_not_go_together():
    assert "leave the names out" in pagerdrill("scenarios", "check", "--all", TINY).output


def test_bots_are_listed():
    assert all(name in pagerdrill("bots", "run", "--help").output for name in cli.PLAYERS)
    done = pagerdrill("bots", "run", TINY, "--bot", "novice", "--seeds", "1", "--json")
    assert [run["bot"] for run in json.loads(done.output)["runs"]] == ["novice"]


@pytest.mark.parametrize("made", [True, False])
def test_after_a_drill_it_is_said_what_would_have_been(tmp_path: Path, made: bool):
    script = tmp_path / "my.drill"
    script.write_text("status\n")
    arguments = ["play", TINY, "--seed", "1", "--script", str(script)]
    done = pagerdrill(*arguments, *([] if made else ["--no-baselines"]), home=tmp_path)
    assert ("What an expert does:" in done.output) is made
    assert "What an expert does:" in pagerdrill("score", "tiny-drill-s1", home=tmp_path).output
    (folder,) = (tmp_path / "drills").iterdir()
    assert sorted(path.name for path in (folder / "baselines").iterdir()) == ["expert", "idle", "oracle"]
