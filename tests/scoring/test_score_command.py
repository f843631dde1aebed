"""`score` on a drill folder on disk, through click."""

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from scoring.commands import score
from scoring.record import load
from sim.errors import PagerDrillError, StorageError
from sim.events import DrillPaused
from sim.journal import JOURNAL_FILE, TRUTH_FILE, Log, Meta, create_folder, header_of
from sim.spec import Seat
from tests.scoring.drills_by_hand import Timed, flawless, scenario


@dataclass(frozen=True)
class Above:
    """What the command hands down; the drills are written by hand, so nothing can be played from them."""

    drills: Path

    def find_drill(self, drill: str, home: str | None) -> Path:
        return self.drills / drill

    def make_baselines(self, folder: Path) -> None:
        assert folder.parent == self.drills


def folder_of(path: Path, extra: list[Timed], *, ended: bool = True) -> Path:
    """A drill folder with the flawless play, whole or left before its end."""
    record, seats = flawless(extra=extra), (Seat(name="ada", role="responder"),)
    create_folder(path, scenario(), Meta(id="d-1", created="2024-01-01T00:00:00Z", host="here"))
    header = header_of(scenario(), 7, seats)
    for name, stored in ((JOURNAL_FILE, record.records), (TRUTH_FILE, record.truth)):
        log = Log(path / name, header)
        for line in stored:
            if not ended and line.event.kind == "drill.ended":
                continue
            log.append(line.t_ms, line.actor, line.seen_by, line.event)
        log.write()
        log.close()
    return path


def test_a_folder_reads_back_as_the_record_that_was_written(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "d-1", [(395, DrillPaused())])
    read = load(folder)
    assert (read.seat_name, read.role, read.seed, read.drill) == ("ada", "responder", 7, "d-1")
    assert read.rehearsal == ("paused 1 time",)
    assert read.records == flawless(extra=[(395, DrillPaused())]).records


def test_score_prints_json_and_text(tmp_path: Path) -> None:
    folder_of(tmp_path / "d-1", [])
    done = CliRunner().invoke(score, ["d-1", "--format", "json", "--total"], obj=Above(tmp_path))
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["total"] == 100.0
    done = CliRunner().invoke(score, ["d-1"], obj=Above(tmp_path))
    assert done.output.startswith("The pool runs dry\n")
    assert "Total" not in done.output


def test_a_drill_that_is_not_over_is_not_judged(tmp_path: Path) -> None:
    folder_of(tmp_path / "d-1", [], ended=False)
    done = CliRunner().invoke(score, ["d-1"], obj=Above(tmp_path))
    assert isinstance(done.exception, PagerDrillError)
    assert "d-1 is not over" in str(done.exception)
    assert done.output == ""


def scored(tmp_path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(score, ["d-1", *arguments], obj=Above(tmp_path))


@pytest.fixture
def played(tmp_path: Path) -> Path:
    """A folder in which the drill d-1 was played."""
    folder_of(tmp_path / "d-1", [])
    return tmp_path


def test_html_and_markdown_are_printed(played: Path) -> None:
    assert scored(played, "--format", "html").output.startswith("<!DOCTYPE html>\n")
    assert scored(played, "--format", "md", "--total").output.startswith("# The pool runs dry\n")


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("card.html", "<!DOCTYPE html>"),
        ("card.md", "# The pool"),
        ("card.json", "{"),
        ("card.txt", "The pool"),
        ("card", "The pool"),
    ],
)
def test_the_name_of_the_output_says_the_format(played: Path, name: str, start: str) -> None:
    done = scored(played, "--output", str(played / name))
    assert (done.exit_code, done.output) == (0, "")
    assert (played / name).read_text(encoding="utf-8").startswith(start)


def test_an_output_is_written_over_and_leaves_nothing_else(played: Path) -> None:
    (played / "out").mkdir()
    path, other = played / "out" / "card.html", played / "out" / "link.html"
    path.write_text("before")
    other.symlink_to(path)
    scored(played, "--output", str(other), "--format", "md")
    assert path.read_text(encoding="utf-8").startswith("# The pool")
    assert other.is_symlink()
    assert sorted(each.name for each in path.parent.iterdir()) == ["card.html", "link.html"]


def test_what_is_no_plain_file_is_written_to(played: Path) -> None:
    assert scored(played, "--output", "/dev/null").exit_code == 0
    assert Path("/dev/null").is_char_device()


def test_an_output_that_cannot_be_written_says_why(played: Path) -> None:
    missing = scored(played, "--output", str(played / "nowhere" / "card.md"))
    assert isinstance(missing.exception, StorageError)
    assert str(missing.exception) == (
        f"cannot write {played / 'nowhere' / 'card.md'}: there is no folder {played / 'nowhere'}"
    )
    folder = scored(played, "--output", str(played))
    assert "it is a folder; name a file in it" in str(folder.exception)
    below_a_file = scored(played, "--output", str(played / "d-1" / "meta.json" / "card.md"))
    assert isinstance(below_a_file.exception, StorageError)


def test_a_file_is_left_as_it_was_where_writing_fails(played: Path) -> None:
    path = played / "card.md"
    path.write_text("before")
    blocker = played / f".card.md.{os.getpid()}.part"
    blocker.mkdir()
    assert isinstance(scored(played, "--output", str(path)).exception, StorageError)
    assert path.read_text() == "before"


@pytest.mark.parametrize("library", ["matplotlib", "jinja2"])
def test_a_missing_library_is_named_with_its_extra(
    played: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [
        each for each in sys.modules if each.startswith(("scoring.card_html", "scoring.axis.", library))
    ]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, library, None)
    done = scored(played, "--format", "html")
    assert isinstance(done.exception, PagerDrillError)
    assert f"needs {library}, which is not installed" in str(done.exception)
    assert "pip install 'pagerdrill[report]'" in str(done.exception)
    assert done.output == ""
