"""The list of drills, finding one, files of one's own, and the commands."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli import main
from scenarios.commands import scenarios
from scenarios.library import example, listed, resolve
from sim.errors import ScenarioError

GOOD = Path(__file__).parent / "good"


def test_the_list_says_what_the_drills_say() -> None:
    for drill in listed():
        found = resolve(drill.id)
        assert (drill.title, drill.difficulty, drill.summary) == (
            found.title,
            found.difficulty,
            found.summary,
        )
        assert (drill.world, drill.expects) == (found.world.id, found.expects)


def test_starters_come_first() -> None:
    order = ["starter", "intermediate", "advanced"]
    places = [order.index(drill.difficulty) for drill in listed()]
    assert places == sorted(places)
    assert {drill.id for drill in listed()} >= {"github-2023-09", "cloudflare-2019-07"}


def test_listing_imports_nothing_heavy() -> None:
    code = (
        "import sys; from scenarios.commands import scenarios; scenarios(['list'], standalone_mode=False);"
        "print('heavy:', sorted({'pydantic', 'numpy', 'rich', 'simpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "github-2023-09" in done.stdout
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_an_unknown_scenario_is_refused_with_a_suggestion() -> None:
    with pytest.raises(
        ScenarioError, match=r"there is no scenario 'github-2023'; did you mean 'github-2023-09'\?"
    ):
        resolve("github-2023")


def test_a_scenario_of_ones_own_brings_its_world_runbooks_and_people(tmp_path: Path) -> None:
    shutil.copytree(GOOD, tmp_path, dirs_exist_ok=True)
    (tmp_path / "runbooks" / "world").mkdir(parents=True)
    (tmp_path / "runbooks" / "world" / "pages-fail.md").write_text("# Pages fail\n\nLook at the front.\n")
    (tmp_path / "runbooks" / "banner.md").write_text("# The banner\n\nTurn it off.\n")
    drill = tmp_path / "drill.yaml"
    more = "people:\n  - {id: sam, name: Sam Roe, team: data, title: Database engineer}\n"
    drill.write_text(drill.read_text() + more)
    found = resolve(str(drill))
    assert [runbook.id for runbook in found.world.runbooks] == ["pages-fail", "banner"]
    assert [runbook.title for runbook in found.world.runbooks] == ["Pages fail", "The banner"]
    assert [person.id for person in found.people] == ["kim", "sam"]
    assert resolve(str(tmp_path) + "/") == found


def test_a_scenario_of_ones_own_may_use_a_shipped_world(tmp_path: Path) -> None:
    drill = (GOOD / "drill.yaml").read_text().replace("./world.yaml", "shop")
    drill = (
        drill.replace("component: front", "component: edge").replace("banner", "waf").replace("front", "edge")
    )
    (tmp_path / "drill.yaml").write_text(drill)
    assert resolve(f"{tmp_path}/drill.yaml").world.id == "shop"


def test_a_drill_without_example_says_so() -> None:
    with pytest.raises(ScenarioError, match="comes without an example script"):
        example(str(GOOD / "drill.yaml"))


def test_the_list_is_a_table_or_json() -> None:
    table = CliRunner().invoke(scenarios, ["list"])
    assert table.exit_code == 0
    assert table.output.splitlines()[0].split() == ["scenario", "difficulty", "world", "title"]
    found = json.loads(CliRunner().invoke(scenarios, ["list", "--json"]).output)
    assert (found[0]["id"], found[0]["difficulty"]) == ("github-2023-09", "starter")
    assert {"id", "title", "difficulty", "summary", "world", "expects"} == set(found[0])


def test_check_accepts_what_is_shipped() -> None:
    done = CliRunner().invoke(main, ["scenarios", "check", "--seeds", "0"])
    assert done.exit_code == 0
    assert done.output.count(": good") == len(listed())


def test_check_tells_mistakes_of_every_file_and_fails() -> None:
    broken = Path(__file__).parent / "broken"
    files = [str(broken / "drill-unknown-fault.yaml"), str(broken / "drill-without-zone.yaml")]
    done = CliRunner().invoke(main, ["scenarios", "check", *files])
    assert done.exit_code == 1
    assert "drill-unknown-fault.yaml:15: faults[0].kind:" in done.output
    assert "drill-without-zone.yaml:8: starts_at:" in done.output
