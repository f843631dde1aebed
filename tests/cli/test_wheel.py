"""The wheel, installed into an empty environment, is the whole program."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The `pagerdrill` of a new environment that holds nothing but the wheel and what it asks for."""
    place = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--outdir", str(place), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = place.glob("pagerdrill-*.whl")
    venv.create(place / "venv", with_pip=True)
    pip = [
        str(place / "venv" / "bin" / "pip"),
        "install",
        "--quiet",
        "--disable-pip-version-check",
        str(wheel),
    ]
    subprocess.run(pip, check=True, capture_output=True)
    return place / "venv" / "bin" / "pagerdrill"


def run(program: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {"PAGERDRILL_HOME": str(cwd / "home"), "PAGERDRILL_NO_BASELINES": "1"}
    return subprocess.run(
        [str(program), *arguments],
        check=False,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def test_it_plays_outside_the_checkout(installed: Path, tmp_path: Path):
    done = run(installed, "play", "--seed", "2", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "kept as github-2023-09-s2" in done.stdout


def test_a_folder_with_its_own_sim_does_not_get_in_the_way(installed: Path, tmp_path: Path):
    for name in ("sim", "scoring", "scenarios"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('not this one')\n")
    (tmp_path / "cli.py").write_text("raise RuntimeError('not this one')\n")
    done = run(installed, "play", "cloudflare-2019-07", "--seed", "2", "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert '"scenario": "cloudflare-2019-07"' in done.stdout


def test_it_knows_its_scenarios_and_its_version(installed: Path, tmp_path: Path):
    assert "github-2023-09" in run(installed, "scenarios", "list", cwd=tmp_path).stdout
    assert run(installed, "--version", cwd=tmp_path).stdout.startswith("pagerdrill, version 0.1")
    assert run(installed, "scenarios", "check", "--seeds", "0", cwd=tmp_path).returncode == 0


def test_a_page_asks_for_its_extra_and_markdown_for_nothing(installed: Path, tmp_path: Path):
    run(installed, "play", "--seed", "2", cwd=tmp_path)
    done = run(installed, "score", "github-2023-09-s2", "--format", "html", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install 'pagerdrill[report]'" in done.stderr
    done = run(installed, "score", "github-2023-09-s2", "--output", "card.md", cwd=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert (tmp_path / "card.md").read_text(encoding="utf-8").startswith("# An ordinary Tuesday")


def test_the_wheel_holds_what_a_page_is_made_from(installed: Path):
    (wheel,) = installed.parents[2].glob("pagerdrill-*.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert {"scoring/templates/card.html.j2", "scoring/templates/card.css"} <= names
