"""Drills as a history: their pages and how fast they were acknowledged."""

from datetime import UTC, timedelta
from pathlib import Path

import pytest

from sim.events import AlertFired, AlertLinked, AlertMarked, Event, PageAcknowledged, PageSent
from sim.journal import JOURNAL_FILE, Log, Meta, create_folder, header_of
from sim.mistakes import FileError
from sim.oncall.fit.load import fit
from sim.oncall.fit.read import read_history
from sim.spec import Seat
from tests.scoring.drills_by_hand import scenario

MINUTE = 60_000


def drill(path: Path, pages: int) -> Path:
    """Write a drill with a page every minute, each acknowledged two minutes later by the second step."""
    told: list[tuple[int, Event]] = []
    for n in range(1, pages + 1):
        about = {"alert": n, "rule": "slow", "component": "db"}
        told += [
            (n * MINUTE, AlertFired(**about, labels={}, severity="critical", summary="slow", value=1.0)),
            (n * MINUTE, PageSent(page=n, **about, person="ada", step=0)),
            (n * MINUTE + 1, PageSent(page=n, **about, person="ben", step=1)),
            ((n + 2) * MINUTE, PageAcknowledged(page=n, alert=n, person="ben")),
        ]
    told += [(99 * MINUTE, AlertLinked(alert=1)), (99 * MINUTE, AlertMarked(alert=2))]
    create_folder(path, scenario(), Meta(id=path.name, created="2024-01-01T00:00:00Z", host="here"))
    log = Log(path / JOURNAL_FILE, header_of(scenario(), 7, (Seat(name="ada", role="responder"),)))
    for t_ms, event in sorted(told, key=lambda one: one[0]):
        log.append(t_ms, "world", ("ada",), event)
    log.write()
    log.close()
    return path


def test_pages_of_several_drills_are_one_history(tmp_path: Path):
    folders = [drill(tmp_path / "one", 12), drill(tmp_path / "two", 15) / JOURNAL_FILE]
    found = read_history(folders, None, {}, None, None)
    assert (found.format, found.zone, len(found.incidents)) == ("journal", None, 27)
    assert {(one.severity, one.rule, one.acknowledged) for one in found.incidents} == {("P1", "slow", 2.0)}
    assert [one.needs_action for one in found.incidents[:4]] == [True, True, False, False]
    begins = scenario().starts_at.replace(tzinfo=UTC)
    assert [one.opened - begins for one in found.incidents[::13]] == [
        timedelta(minutes=n) for n in (1, 7, 15)
    ]


def test_drills_tell_how_fast_people_are_and_not_how_often_pages_come(tmp_path: Path):
    found = fit(read_history([drill(tmp_path / "one", 40)], "journal", {}, None, None), "drills")
    assert found.load.acknowledge is not None
    assert found.load.acknowledge.desk[0].median == pytest.approx(2.0)
    assert found.load.measured == ("acknowledge at desk",)
    assert found.load.assumptions[0].startswith("drills do not tell how often pages come")


def test_a_drill_with_few_pages_is_refused(tmp_path: Path):
    with pytest.raises(FileError, match="holds 3 incidents that can be used"):
        read_history([drill(tmp_path / "one", 3)], None, {}, None, None)
