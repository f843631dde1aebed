"""Whole drills and everything around them, through the command line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cli import main

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "scenarios" / "drills" / "github-2023-09" / "example.drill"


def pagerdrill(*arguments: str, home: Path, stdin: str = "") -> Result:
    return CliRunner().invoke(
        main,
        arguments,
        input=stdin,
        env={"PAGERDRILL_HOME": str(home), "PAGERDRILL_NO_BASELINES": "1"},
        catch_exceptions=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which the shipped example was played once."""
    place = tmp_path_factory.mktemp("home")
    done = pagerdrill("play", "github-2023-09", "--seed", "4", "--script", str(EXAMPLE), home=place)
    assert done.exit_code == 0, done.output
    (place / "first.txt").write_text(done.output)
    return place


def test_a_full_disk_is_told_without_a_traceback():
    command = [sys.executable, "-c", "from cli import main; main()", "rotation", "schema"]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "Error: no space is left where the output goes\n")


def test_a_played_script_shows_the_drill_and_the_card(home: Path):
    text = (home / "first.txt").read_text()
    for part in ("GUIDE", "PAGE", "> failover mysql yes", "MITIGATION", "Communication", "met", "QUESTIONS"):
        assert part.lower() in text.lower(), part
    assert "kept as github-2023-09-s4" in text
    assert "Total" not in text
    assert max(len(line) for line in text.splitlines()) <= 80


def test_the_card_can_be_seen_again(home: Path):
    text = pagerdrill("score", "github-2023-09-s4", home=home)
    assert text.exit_code == 0
    fields = json.loads(pagerdrill("score", "github-2023-09-s4", "--format", "json", home=home).output)
    assert fields["scenario"] == "github-2023-09"
    assert "total" not in fields
    totals = json.loads(
        pagerdrill("score", "github-2023-09-s4", "--format", "json", "--total", home=home).output
    )
    assert 0 <= totals["total"] <= 100


def test_drills_are_listed_shown_verified(home: Path):
    rows = json.loads(pagerdrill("drills", "list", "--json", home=home).output)
    assert [(row["id"], row["state"]) for row in rows] == [("github-2023-09-s4", "finished")]
    shown = json.loads(pagerdrill("drills", "show", "github-2023-09-s4", "--json", home=home).output)
    assert (shown["seed"], shown["scenario"]) == (4, "github-2023-09")
    assert "failover mysql yes" in [line["line"] for line in shown["typed"]]
    verified = json.loads(pagerdrill("drills", "verify", "github-2023-09-s4", "--json", home=home).output)
    assert verified["same"] is True
    assert verified["records"] > 300


def test_a_seed_played_before_is_a_rehearsal(tmp_path: Path):
    for _ in range(2):
        done = pagerdrill("play", "github-2023-09", "--seed", "9", "--json", home=tmp_path, stdin="status\n")
        assert done.exit_code == 0
    assert json.loads(done.output)["rehearsal"] == ["seed played before"]
    rows = json.loads(pagerdrill("drills", "list", "--json", home=tmp_path).output)
    assert [row["id"] for row in rows] == ["github-2023-09-s9", "github-2023-09-s9-2"]


def test_a_drill_can_be_deleted(tmp_path: Path):
    pagerdrill("play", "--seed", "2", "--json", home=tmp_path, stdin="status\n")
    assert pagerdrill("drills", "delete", "github-2023-09-s2", home=tmp_path, stdin="n\n").exit_code == 1
    assert pagerdrill("drills", "delete", "github-2023-09-s2", "--yes", home=tmp_path).exit_code == 0
    assert "no drill was played yet" in pagerdrill("drills", "list", home=tmp_path).output


def test_without_scenario_terminal_and_lines_the_shipped_script_is_played(tmp_path: Path):
    done = pagerdrill("play", home=tmp_path)
    assert done.exit_code == 0
    assert "no terminal and no script: playing the script that comes with github-2023-09" in done.output
    assert "WHAT REALLY HAPPENED" in done.output


def test_an_incident_commander_plays_too(tmp_path: Path):
    script = "wait until page\nack\ndeclare P1 x\n+20:00 failover mysql yes\n+25:00 resolve\n"
    done = pagerdrill("play", "--seed", "3", "--role", "ic", "--name", "robin", home=tmp_path, stdin=script)
    assert done.exit_code == 0
    assert "priya began failover mysql" in done.output


def test_scenarios_are_listed(home: Path):
    rows = json.loads(pagerdrill("scenarios", "list", "--json", home=home).output)
    assert {"github-2023-09", "cloudflare-2019-07"} <= {row["id"] for row in rows}
    assert all({"id", "title", "difficulty"} <= set(row) for row in rows)


def test_bots_report_how_each_run_went(home: Path):
    done = pagerdrill("bots", "run", "github-2023-09", "--bot", "oracle", "--seeds", "2", "--json", home=home)
    runs = json.loads(done.output)["runs"]
    assert [run["seed"] for run in runs] == [1, 2]
    keys = {"bot", "seed", "score", "mitigated", "time_to_mitigate_s", "user_minutes_lost", "acts"}
    assert all(set(run) == keys for run in runs)


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("play", "no-such-drill"), 1, "no-such-drill"),
        (("play", "--resume", "nothing"), 1, "there is no drill 'nothing'; `pagerdrill drills list`"),
        (("play", "--resume", "../escape"), 1, "there is no drill '../escape'"),
        (("play", "github-2023-09", "--resume", "x"), 2, "--resume takes no scenario"),
        (("play", "--role", "ic", "--resume", "x"), 2, "--resume takes no scenario"),
        (("play", "--name", " "), 1, "--name must be one word of 1 to 40 letters"),
        (("play", "--name", "truth"), 1, "--name truth has a meaning of its own"),
        (("play", "--name", "priya"), 1, "--name priya is a colleague in this drill"),
        (("play", "--role", "boss"), 2, "'boss' is not one of"),
        (("play", "--speed", "0"), 2, "is not in the range"),
        (("play", "--script", "/no/such/file"), 2, "No such file"),
        (("score", "nothing"), 1, "there is no drill 'nothing'"),
        (("drills", "verify", "nothing"), 1, "there is no drill 'nothing'"),
        (("drills", "show", ""), 1, "there is no drill ''"),
        (
            ("bots", "run", "github-2023-09", "--bot", "hal"),
            2,
            "there is no bot 'hal'; there are: idle, undo-last",
        ),
        (("frobnicate",), 2, "No such command 'frobnicate'"),
    ],
)
def test_bad_input_gets_one_clear_message(home: Path, arguments: tuple[str, ...], code: int, says: str):
    done = pagerdrill(*arguments, home=home)
    assert done.exit_code == code
    assert says in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize("name", ["..", ".", "x/../..", "", "/etc", "A"])
def test_a_drill_is_never_a_path(tmp_path: Path, name: str):
    (tmp_path / "drills" / "x").mkdir(parents=True)
    for command in (("drills", "delete", "--yes"), ("drills", "show"), ("score",), ("play", "--resume")):
        done = pagerdrill(*command, name, home=tmp_path)
        assert done.exit_code == 1
        assert "there is no drill" in done.output
    assert (tmp_path / "drills" / "x").is_dir()


def test_a_script_is_read_before_anything_is_made(tmp_path: Path):
    script = tmp_path / "bytes.drill"
    script.write_bytes(b"status\nsay \xff\n")
    done = pagerdrill("play", "--script", str(script), home=tmp_path)
    assert done.exit_code == 1
    assert "bytes.drill line 2: not UTF-8" in done.output
    done = pagerdrill("play", "--speed", "nan", home=tmp_path)
    assert "must be a number from 0.1 to 100" in done.output
    assert not (tmp_path / "drills").exists()


def test_going_on_without_a_terminal_needs_lines(tmp_path: Path):
    pagerdrill("play", "--seed", "2", "--json", home=tmp_path, stdin="status\n")
    done = pagerdrill("play", "--resume", "github-2023-09-s2", home=tmp_path)
    assert done.exit_code == 1
    assert "use a terminal, give --script, or pipe lines in" in done.output
    shown = json.loads(pagerdrill("drills", "show", "github-2023-09-s2", "--json", home=tmp_path).output)
    assert [line["line"] for line in shown["typed"]] == ["status"]


def test_mistakes_in_a_script_are_listed_with_their_lines(tmp_path: Path):
    script = tmp_path / "bad.drill"
    script.write_text("status\n+99:99 ack\n+05:00 ack\n+01:00 status\n")
    done = pagerdrill("play", "--script", str(script), home=tmp_path)
    assert done.exit_code == 1
    assert "bad.drill line 2" in done.output
    assert "bad.drill line 4" in done.output
    assert "Traceback" not in done.output


def test_an_altered_drill_is_refused_by_every_command_that_reads_it(tmp_path: Path):
    pagerdrill("play", "--seed", "2", "--json", home=tmp_path, stdin="status\n")
    file = tmp_path / "drills" / "github-2023-09-s2" / "journal.jsonl"
    file.write_text(file.read_text().replace("Forgeyard", "Someyard", 1))
    for arguments in (("score",), ("drills", "verify"), ("drills", "show"), ("play", "--resume")):
        done = pagerdrill(*arguments, "github-2023-09-s2", home=tmp_path, stdin="status\n")
        assert done.exit_code == 1
        assert "record 1 does not match its checksum" in done.output


def test_a_home_that_cannot_be_made_is_said(tmp_path: Path):
    (tmp_path / "file").write_text("")
    done = pagerdrill("play", "--home", str(tmp_path / "file"), home=tmp_path, stdin="status\n")
    assert done.exit_code == 1
    assert "cannot make the drill folder" in done.output


def test_a_scenario_file_of_ones_own_with_a_mistake_is_refused_with_its_line(tmp_path: Path):
    text = (ROOT / "scenarios" / "drills" / "github-2023-09" / "drill.yaml").read_text()
    own = tmp_path / "own.yaml"
    own.write_text(text.replace("difficulty: starter", "difficulty: easy"))
    done = pagerdrill("play", str(own), home=tmp_path, stdin="status\n")
    assert done.exit_code == 1
    assert f"{own}:3: difficulty" in done.output


def test_help_and_list_import_nothing_heavy():
    code = "import sys; from cli import main\ntry: main({arguments!r})\nexcept SystemExit: pass\n"
    heavy = "{{'numpy', 'simpy', 'pydantic', 'rich', 'jinja2', 'faker', 'prompt_toolkit'}}"
    code += f"print('HEAVY', sorted({heavy} & set(sys.modules)))"
    for arguments in (["--help"], ["scenarios", "list"]):
        done = subprocess.run(
            [sys.executable, "-c", code.format(arguments=arguments)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
            env=os.environ,
        )
        assert done.stdout.endswith("HEAVY []\n"), arguments
