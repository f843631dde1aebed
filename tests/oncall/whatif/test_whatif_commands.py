"""`rotation simulate`, `compare` and `size` as they are typed."""

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from distributed import LocalCluster

from cli import main
from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import Acknowledge, Part
from sim.oncall.load.read import written
from tests.oncall.whatif.studies import ARMS, files_of, kept, report

WEEKLY = files_of("weekly-or-daily")[0]


def run(*given: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["rotation", *given])
    assert result.exit_code == code, result.output
    return result.output


def figure(outcome: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in outcome["figures"] if one["name"] == name)


def test_a_simulation_says_the_same_in_words_json_and_csv_and_fits_a_terminal() -> None:
    text = run("simulate", WEEKLY, "--years", "10")
    plain = json.loads(run("simulate", WEEKLY, "--years", "10", "--json"))
    rows = list(csv.DictReader(io.StringIO(run("simulate", WEEKLY, "--years", "10", "--csv"))))
    assert max(map(len, text.splitlines())) <= 80
    assert [float(row["mean"]) for row in rows] == [one["mean"] for one in plain["figures"]]
    assert "person 1" in text and "ana" not in text
    assert "ana" in run("simulate", WEEKLY, "--years", "2", "--names")
    assert plain["years"] == 10 and len(plain["assumptions"]) > 5


def test_the_number_of_processes_changes_nothing() -> None:
    alone, both = (run("simulate", WEEKLY, "--years", "40", "--json", "--workers", n) for n in ("1", "2"))
    assert alone == both


def test_a_cluster_changes_nothing_and_one_that_is_not_there_is_named() -> None:
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None) as cluster:
        there = run("simulate", WEEKLY, "--years", "20", "--json", "--dask", cluster.scheduler_address)
    assert there == run("simulate", WEEKLY, "--years", "20", "--json")
    assert "no Dask scheduler answers at nowhere://1" in run(
        "simulate", WEEKLY, "--dask", "nowhere://1", code=1
    )


def test_years_go_on_until_a_figure_is_known_so_well() -> None:
    found = json.loads(run("simulate", WEEKLY, "--precision", "0.02", "--json"))
    known = figure(found, "interruptions per person-week")
    low, high = known["mean_95"]
    assert 20 <= found["years"] < 1_000
    assert (high - low) / 2 <= 0.02 * known["mean"]


def test_a_queue_that_grows_is_told_and_a_limit_that_breaks(tmp_path: Path) -> None:
    file = tmp_path / "load.yml"
    file.write_text(written(default_load().model_copy(update={"per_week": 900})))
    text = run("simulate", WEEKLY, "--load", str(file), "--years", "2", "--limit", "nights broken <= 1")
    assert "MORE WORK THAN TIME" in text
    assert "nights broken per person-week <= 1: broken in 100% of the settings" in text


@pytest.mark.parametrize("needing", [0.0, 0.3])
def test_work_that_piles_up_is_told_everywhere(tmp_path: Path, needing: float) -> None:
    load, file = default_load(), tmp_path / "load.yml"
    rules = tuple(rule.model_copy(update={"needs_action": needing}) for rule in load.rules)
    file.write_text(written(load.model_copy(update={"per_week": 3_000, "rules": rules})))
    assert "MORE WORK THAN TIME" in run("simulate", WEEKLY, "--load", str(file), "--years", "1")
    told = run("compare", WEEKLY, "--load", str(file), "--settings", "10", "--years", "2")
    assert "MORE WORK THAN TIME under weekly" in " ".join(told.split())
    goal = ["--goal", "hours without cover <= 1", "--people", "4-4"]
    told = run("size", WEEKLY, "--load", str(file), *goal, code=1)
    assert "more work than time in 100% of settings; no goal is kept there" in told


def test_a_size_that_cannot_be_is_left_out_and_what_is_assumed_is_told() -> None:
    sun = files_of("one-site-or-follow-the-sun")[1]
    given = ["size", sun, "--goal", "incidents per shift <= 9"]
    assert "smallest that keeps the goals in 80% of plausible settings: 3 people" in " ".join(
        run(*given).split()
    )
    assert "Assumed:" in run(*given)
    found = json.loads(run(*given, "--json"))
    assert found["found"]["people"] == 3 and len(found["assumptions"]) > 5
    assert "nobody left" in run(*given, "--people", "1-2", code=1)


def test_json_has_no_numbers_that_are_none(tmp_path: Path) -> None:
    slow = Acknowledge(**{place: (Part(median=600, sigma=0.1),) for place in ("desk", "away", "asleep")})
    file = tmp_path / "slow.yml"
    file.write_text(written(default_load().model_copy(update={"acknowledge": slow})))
    given = ["--goal", "time to acknowledge, p95 <= 5", "--people", "2-2", "--json"]
    text = run("size", WEEKLY, "--load", str(file), *given, code=1)
    assert json.loads(text, parse_constant=pytest.fail)["tried"][0]["medians"] == [None]
    assert "never" in run("size", WEEKLY, "--load", str(file), *given[:-1], code=1)
    told = run("simulate", WEEKLY, "--load", str(file), "--precision", "0.1", "--figure", given[1][:-5])
    assert "endless in some years, so no number of years makes it known" in told


def test_how_long_work_takes_has_to_be_known_for_a_goal_on_it(tmp_path: Path) -> None:
    times = Acknowledge(**{place: (Part(median=5, sigma=0.5),) for place in ("desk", "away", "asleep")})
    file = tmp_path / "own.yml"
    file.write_text(written(default_load().model_copy(update={"acknowledge": times})))
    goal = ["size", WEEKLY, "--load", str(file), "--goal", "time to mitigate, p90 <= 60"]
    assert "how long this team works on incidents is not known" in run(*goal, code=2)


def test_a_comparison_is_told_in_csv() -> None:
    files = files_of("weekly-or-daily")
    plain = json.loads(run("compare", *files, "--settings", "10", "--json"))
    rows = list(csv.DictReader(io.StringIO(run("compare", *files, "--settings", "10", "--csv"))))
    told = [(arm["arm"], one["name"], one["verdict"]) for arm in plain["arms"] for one in arm["figures"]]
    assert [(row["arm"], row["figure"], row["verdict"]) for row in rows] == told


@pytest.mark.parametrize(
    ("study", "said"),
    [
        (
            "weekly-or-daily",
            {"unfairness in a week": "better", "sleep lost per person-week": "same"},
        ),
        (
            "one-site-or-follow-the-sun",
            {"sleep lost per person-week": "better", "hand-overs in mid-incident": "worse"},
        ),
        (
            "escalate-after-5-or-10",
            {"time to acknowledge, p95": "worse", "nights broken per person-week": "better"},
        ),
    ],
)
def test_the_conclusions_of_the_studies_survive_their_assumptions(study: str, said: dict[str, str]) -> None:
    files = files_of(study)
    found = json.loads(run("compare", *files, "--json"))
    against, fixed = found["arms"]
    for name, verdict in said.items():
        one = figure(against, name)
        assert (one["verdict"], one["moved_by"]) == (verdict, [])
    assert figure(fixed, "interruptions per person-week")["verdict"] == "better"
    assert max(map(len, run("compare", *files, "--settings", "10").splitlines())) <= 80


@pytest.mark.parametrize("study", sorted(ARMS))
def test_the_report_of_a_study_says_what_its_policies_do(study: str) -> None:
    """Its words: numbers may differ in the last digit that is shown, from one processor to another."""
    now, before = (re.sub(r"[\d.,]+", "#", text).split() for text in (report(study), kept(study).read_text()))
    assert now == before, "run `make studies UPDATE=1`, and docs/rotations.md should say the same"


def test_a_policy_against_itself_cannot_be_told_apart(tmp_path: Path) -> None:
    twin = tmp_path / "twin.yml"
    twin.write_text(Path(WEEKLY).read_text().replace("policy: weekly", "policy: twin"))
    found = json.loads(run("compare", WEEKLY, str(twin), "--settings", "10", "--json"))
    assert {one["verdict"] for one in found["arms"][0]["figures"]} == {"same"}
    assert "two policies have the same name" in run("compare", WEEKLY, WEEKLY, code=2)


def test_the_smallest_team_for_a_goal() -> None:
    found = json.loads(run("size", WEEKLY, "--goal", "interruptions <= 12", "--people", "2-6", "--json"))
    assert found["found"]["people"] == len({one["variant"]["people"] for one in found["tried"]}) + 1
    text = run("size", WEEKLY, "--goal", "nights broken <= 0", "--people", "2-2", "--minutes", "5,10", code=1)
    assert "2 people, 10 min to escalate" in text and "No size that was tried" in text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["simulate", WEEKLY, "--limit", "sleep <= 1"], "there is no figure 'sleep'"),
        (["simulate", WEEKLY, "--limit", "missed pages"], "is not a goal"),
        (["simulate", WEEKLY, "--years", "2", "--precision", "0.1"], "exclude each other"),
        (["simulate", WEEKLY, "--precision", "0.1", "--figure", "x"], "there is no figure 'x'"),
        (["simulate", WEEKLY, "--precision", "nan"], "is not a number"),
        (["simulate", WEEKLY, "--from", "9999-12-31"], "is none of 1970 to 2200"),
        (["compare", WEEKLY, "--from", "0001-01-01"], "is none of 1970 to 2200"),
        (["simulate", WEEKLY, "--figure", "missed pages"], "says what --precision is for"),
        (["simulate", WEEKLY, "--json", "--csv"], "exclude each other"),
        (["compare", WEEKLY, "--json", "--csv"], "exclude each other"),
        (
            ["size", WEEKLY, "--goal", "time to acknowledge, p95 <= 5"],
            "how fast this team responds is not known",
        ),
        (["size", WEEKLY, "--goal", "missed pages <= 5", "--people", "9-3"], "write two sizes"),
        (["size", WEEKLY, "--goal", "missed pages <= 5", "--minutes", "soon"], "write whole minutes"),
    ],
)
def test_what_cannot_be_meant_is_refused(given: list[str], said: str) -> None:
    assert said in run(*given, code=2)


def test_a_load_with_mistakes_is_refused_by_its_lines(tmp_path: Path) -> None:
    file = tmp_path / "load.yml"
    for spread, said in (("-1", "should be at least 0"), ("1.0e-160", "is 0 where days are alike, or at")):
        file.write_text(written(default_load()).replace("day_spread: 0.5", f"day_spread: {spread}"))
        told = run("simulate", WEEKLY, "--load", str(file), code=1)
        assert "load.yml:" in told and said in told


def test_the_page_of_a_simulation_says_what_moves_its_figures(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("simulate", WEEKLY, "--years", "2", "--html", str(page))
    table = page.read_text(encoding="utf-8").partition("Which assumption moves what")[2]
    rows = re.findall(r"<tr><td>(.*?)</td><td>(.*?)</td>", table)
    assert ("interruptions per person-week", "pages") in rows
    assert ("time to mitigate, p90 (min)", "hands-on time") in rows
    assert not {"pages", "hands-on time"} & {said for name, said in rows if "acknowledge" in name}


def test_a_page_says_by_how_much_less_the_better_one_has(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    run("compare", *files_of("one-site-or-follow-the-sun"), "--settings", "20", "--html", str(page))
    text = page.read_text(encoding="utf-8")
    assert re.search(r"follow-the-sun is better than one-site in \d+% of plausible settings \(by [\d.]", text)
    assert re.search(r"one-site is better than follow-the-sun in \d+% of plausible settings \(by [\d.]", text)
    found = set(re.findall(r"https?://[^\s\"<]+", text))
    assert all(one.startswith("http://www.w3.org/") for one in found), "a page needs nothing from elsewhere"
