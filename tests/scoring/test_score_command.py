"""`score` on a drill folder on disk, through click."""

import json
from pathlib import Path

from click.testing import CliRunner

from scoring.commands import score
from scoring.record import load
from sim.errors import PagerDrillError
from sim.events import DrillPaused
from sim.journal import JOURNAL_FILE, TRUTH_FILE, Log, Meta, create_folder, header_of
from sim.spec import Seat
from tests.scoring.drills_by_hand import Timed, flawless, scenario


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
    done = CliRunner().invoke(
        score, ["d-1", "--format", "json", "--total"], obj=lambda name, _: tmp_path / name
    )
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["total"] == 100.0
    done = CliRunner().invoke(score, ["d-1"], obj=lambda name, _: tmp_path / name)
    assert done.output.startswith("The pool runs dry\n")
    assert "Total" not in done.output


def test_a_drill_that_is_not_over_is_not_judged(tmp_path: Path) -> None:
    folder_of(tmp_path / "d-1", [], ended=False)
    done = CliRunner().invoke(score, ["d-1"], obj=lambda name, _: tmp_path / name)
    assert isinstance(done.exception, PagerDrillError)
    assert "d-1 is not over" in str(done.exception)
    assert done.output == ""
