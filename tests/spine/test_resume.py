"""A drill that is killed at any moment comes back as it was."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sim import journal
from sim.opening import resume, verify
from tests.spine.small import on_disk, play

LINES = (
    (10, "status"),
    (95, "ack"),
    (100, "declare P1 buying fails"),
    (110, "affects buy users 30%"),
    (120, "metrics db p95"),
    (130, "silence DbSlow 10m"),
    (140, "nonsense here"),
    (150, "failover db yes"),
    (200, 'update customer "Buying fails, we are on it." next 10m'),
    (600, "mitigated"),
    (700, "resolve"),
)

PLAYER = """
import sys
from pathlib import Path
from tests.spine.small import on_disk
from tests.spine.test_resume import LINES
with on_disk(Path(sys.argv[1])) as opened:
    for number, (at_s, line) in enumerate(LINES):
        for t_ms in range(opened.drill.now_ms, at_s * 1000, 1000):
            opened.drill.advance(t_ms)
            print("at", t_ms, flush=True)
        opened.drill.advance(at_s * 1000)
        opened.drill.enter(line)
        print("done", number, flush=True)
"""


def played_on(folder: Path) -> list[tuple[int, str, str]]:
    """The journal after going on to the end, without what resuming adds."""
    with resume(folder, interactive=False) as opened:
        drill = opened.drill
        drill.resume()
        for at_s, line in LINES:
            if at_s * 1000 > drill.now_ms or line not in _typed(drill):
                drill.advance(at_s * 1000)
                drill.enter(line)
        opened.finish()
    verify(folder)
    return told(folder)


def _typed(drill) -> list[str]:
    return [getattr(r.event, "raw", "") for r in drill._journal.records]


def told(folder: Path) -> list[tuple[int, str, str]]:
    added = ("drill.paused", "drill.resumed", "clock.reached")
    return [
        (r.t_ms, r.event.kind, r.event.model_dump_json())
        for r in journal.read(folder).records
        if r.event.kind not in added
    ]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("whole")
    with on_disk(place) as opened:
        play(opened.drill, *LINES)
        opened.finish()
    return place / "drill"


@pytest.mark.parametrize("kill_after", [3, 40, 97, 101, 115, 133, 151, 158, 260, 640, 720])
def test_killed_at_any_moment_it_goes_on_as_if_nothing_had_been(tmp_path: Path, whole: Path, kill_after: int):
    done = []
    with subprocess.Popen(
        [sys.executable, "-c", PLAYER, str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    ) as player:
        assert player.stdout is not None
        for count, line in enumerate(player.stdout):
            if line.startswith("done"):
                done.append(int(line.split()[1]))
            if count >= kill_after:
                os.kill(player.pid, signal.SIGKILL)
                break
    kept = _raw_lines(tmp_path / "drill")
    assert kept[: len(done)] == [line for _, line in LINES[: len(done)]], "an acknowledged action was lost"
    assert played_on(tmp_path / "drill") == told(whole)


def _raw_lines(folder: Path) -> list[str]:
    return [r.event.raw for r in journal.read(folder).records if hasattr(r.event, "raw")]


@pytest.mark.parametrize("share", [0.1, 0.31, 0.5, 0.62, 0.77, 0.9, 0.99])
def test_cut_at_any_byte_it_goes_on_as_if_nothing_had_been(tmp_path: Path, whole: Path, share: float):
    folder = tmp_path / "drill"
    folder.mkdir()
    for name in ("scenario.json", "meta.json"):
        (folder / name).write_bytes((whole / name).read_bytes())
    for name in ("journal.jsonl", "truth.jsonl"):
        data = (whole / name).read_bytes()
        header = data.index(b"\n") + 1
        (folder / name).write_bytes(data[: header + int(share * (len(data) - header))])
    assert played_on(folder) == told(whole)
