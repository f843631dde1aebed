"""The drill folder under bad luck and bad hands."""

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from sim import journal
from sim.drill import Drill
from sim.errors import JournalError, StorageError
from sim.events import ENGINE
from sim.opening import resume, verify
from tests.spine.small import on_disk, play

LINES = ((95, "ack"), (100, "declare P1 buying fails"), (120, "metrics db"), (150, "failover db yes"))


@pytest.fixture
def played(tmp_path: Path) -> Path:
    with on_disk(tmp_path) as opened:
        play(opened.drill, *LINES)
        opened.drill.advance(300_000)
    return tmp_path / "drill"


def kinds(drill: Drill) -> list[tuple[int, str]]:
    return [(r.t_ms, r.event.kind) for r in drill._journal.records]


def test_a_folder_holds_what_the_design_says(played: Path):
    names = sorted(path.name for path in played.iterdir())
    assert names == ["journal.jsonl", "lock", "meta.json", "scenario.json", "truth.jsonl"]
    header, first, *_ = (played / "journal.jsonl").read_text().splitlines()
    assert list(json.loads(header)) == ["schema", "engine", "scenario_sha256", "seed", "seats"]
    assert list(json.loads(first)) == ["seq", "t_ms", "kind", "actor", "seen_by", "data", "in", "sum"]


def test_finishing_keeps_the_signals_that_were_read(tmp_path: Path):
    with on_disk(tmp_path) as opened:
        play(opened.drill, *LINES)
        opened.finish()
    numpy = pytest.importorskip("numpy")
    with numpy.load(tmp_path / "drill" / "signals.npz") as kept:
        assert "component/db/cpu_share" in list(kept["series"])
        assert kept["values"].shape == (len(kept["times_ms"]), len(kept["series"]))
    assert journal.read_meta(tmp_path / "drill").finished


@pytest.mark.parametrize("name", ["journal.jsonl", "truth.jsonl"])
def test_a_torn_last_line_is_dropped(played: Path, name: str):
    whole = journal.read(played)
    file = played / name
    file.write_bytes(file.read_bytes()[:-7])
    torn = journal.read(played)
    counts = (len(whole.records) - len(torn.records), len(whole.truth) - len(torn.truth))
    assert counts == ((1, 0) if name == "journal.jsonl" else (0, 1))
    with resume(played, interactive=False) as opened:
        again = kinds(opened.drill)
    assert again[: len(torn.records)] == [(r.t_ms, r.event.kind) for r in torn.records]


def test_an_altered_record_is_named(played: Path):
    file = played / "journal.jsonl"
    file.write_text(file.read_text().replace("buying fails", "buying works"))
    with pytest.raises(JournalError, match=r"journal\.jsonl: record 7 does not match its checksum"):
        journal.read(played)


def test_a_missing_record_is_named(played: Path):
    file = played / "journal.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[:4] + lines[5:]))
    with pytest.raises(JournalError, match="record 4 does not match its checksum"):
        journal.read(played)


def test_garbage_in_the_middle_is_named(played: Path):
    file = played / "journal.jsonl"
    lines = file.read_text().splitlines(keepends=True)
    lines[3] = "not json\n"
    file.write_text("".join(lines))
    with pytest.raises(JournalError, match="record 3 is not a record"):
        journal.read(played)


def test_another_scenario_in_the_folder_is_named(played: Path):
    file = played / "scenario.json"
    file.write_text(file.read_text().replace("A small drill", "A large drill"))
    with pytest.raises(JournalError, match=r"scenario\.json was altered"):
        journal.read(played)


def test_an_older_engine_can_be_read_but_not_gone_on_with(played: Path):
    folder = journal.read(played)
    for name, records in (("journal.jsonl", folder.records), ("truth.jsonl", folder.truth)):
        (played / name).unlink()
        log = journal.Log(played / name, folder.header.model_copy(update={"engine": ENGINE + 1}))
        for record in records:
            log.append(record.t_ms, record.actor, record.seen_by, record.event)
        log.write()
        log.close()
    assert len(journal.read(played).records) == len(folder.records)
    for refused in (lambda: resume(played, interactive=False), lambda: verify(played)):
        with pytest.raises(JournalError, match=f"engine {ENGINE + 1}, this is {ENGINE}"):
            refused()


def test_a_journal_that_the_inputs_do_not_lead_to_is_named(played: Path):
    """Every checksum is right, but the story is another one."""
    folder = journal.read(played)
    (played / "journal.jsonl").unlink()
    log = journal.Log(played / "journal.jsonl", folder.header)
    for record in folder.records:
        event = record.event
        if event.kind == "alert.fired":
            event = event.model_copy(update={"summary": "all is well"})
        log.append(record.t_ms, record.actor, record.seen_by, event)
    log.write()
    log.close()
    with pytest.raises(JournalError, match="record 2 is not what the inputs before it lead to"):
        resume(played, interactive=False)
    with pytest.raises(JournalError, match="record 2 is not what the inputs before it lead to"):
        verify(played)


def test_verify_counts_what_it_compared(tmp_path: Path):
    with on_disk(tmp_path) as opened:
        play(opened.drill, *LINES)
        opened.finish()
    folder = journal.read(tmp_path / "drill")
    assert verify(tmp_path / "drill") == len(folder.records) + len(folder.truth)


def test_a_second_process_is_refused(played: Path):
    holder = "import sys; from pathlib import Path; from sim.journal import FolderLock;"
    holder += f"lock = FolderLock(Path({str(played)!r})); print('held', flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", holder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(JournalError, match="is being played by another process"):
            resume(played, interactive=False)
        other.communicate()
    resume(played, interactive=False).__exit__(None, None, None)


def test_a_full_disk_refuses_the_input_and_loses_nothing(tmp_path: Path):
    with on_disk(tmp_path) as opened:
        drill = opened.drill
        play(drill, (95, "ack"))
        before = kinds(drill)
        size = (tmp_path / "drill" / "journal.jsonl").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
        try:
            with pytest.raises(StorageError, match=r"Nothing was done: cannot write .* Make room"):
                drill.enter("declare P1 buying fails")
            assert kinds(drill) == before
            assert drill.view.board.declared_ms is None
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not drill.enter("declare P1 buying fails").refused
        opened.finish()
    assert verify(tmp_path / "drill") > 0


def test_a_copy_can_be_gone_on_with_under_another_name(played: Path, tmp_path: Path):
    shutil.copytree(played, tmp_path / "copy")
    with resume(tmp_path / "copy", interactive=False) as opened:
        assert opened.drill.paused
        opened.drill.resume()
        opened.drill.enter("status")
        opened.finish()
    assert verify(tmp_path / "copy") > 0


@pytest.mark.parametrize("lost", ["empty", "gone"])
def test_truth_that_a_crash_lost_is_made_again(played: Path, lost: str):
    before = journal.read(played).truth
    if lost == "empty":
        (played / "truth.jsonl").write_bytes(b"")
    else:
        (played / "truth.jsonl").unlink()
    assert journal.read(played).truth == ()
    with resume(played, interactive=False):
        pass
    after = journal.read(played)
    assert after.truth == before[: len(after.truth)]
    assert after.truth[-1].t_ms > after.records[-1].t_ms - 15_000, "up to where the journal ends"


def test_a_drill_paused_in_a_script_can_be_finished_and_verified(tmp_path: Path):
    with on_disk(tmp_path) as opened:
        play(opened.drill, (30, "pause"))
        opened.finish()
    assert verify(tmp_path / "drill") > 0
    with resume(tmp_path / "drill", interactive=False) as opened:
        assert opened.drill.ended
        opened.drill.resume()
        opened.finish()
    assert verify(tmp_path / "drill") > 0


def test_a_disk_that_fills_after_the_input_keeps_the_input(tmp_path: Path):
    """There is room for the input and none for what it leads to: it counts, and a replay makes the rest."""
    with on_disk(tmp_path) as opened:
        drill = opened.drill
        play(drill, (95, "ack"))
        size = (tmp_path / "drill" / "journal.jsonl").stat().st_size
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 320, hard))
        try:
            answer = drill.enter("declare P1 buying fails")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not answer.refused
        assert "What you typed counts" in answer.blocks[-1].text
        assert drill.view.board.declared_ms == 95_000
    with resume(tmp_path / "drill", interactive=False) as opened:
        assert opened.drill.view.board.declared_ms == 95_000


@pytest.mark.parametrize(
    "bad", [b'{"schema":1,"engine":1,"seats":[],"seed":1,"scenario_sha256":""}\n', b"[" * 200_000]
)
def test_a_header_that_is_none_is_said(played: Path, bad: bytes):
    (played / "journal.jsonl").write_bytes(bad + b"\n")
    with pytest.raises(JournalError, match=r"the header \(line 1\) is not one"):
        journal.read(played)


def test_a_lock_that_cannot_be_made_is_said(played: Path):
    (played / "lock").unlink()
    (played / "lock").mkdir()
    with pytest.raises(StorageError, match=r"cannot lock .*drill: Is a directory"):
        resume(played, interactive=False)
