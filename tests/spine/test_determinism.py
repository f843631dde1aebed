"""The same inputs give the same bytes, whatever the process; an extra action disturbs nothing else."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.spine.small import drill, play

ROOT = Path(__file__).parents[2]
FILES = ("scenario.json", "journal.jsonl", "truth.jsonl")


def played(home: Path, scenario: str, **environment: str) -> dict[str, bytes]:
    script = ROOT / "scenarios" / "drills" / scenario / "example.drill"
    command = [sys.executable, "-m", "cli", "play", scenario, "--seed", "11", "--script", str(script)]
    subprocess.run(
        [*command, "--home", str(home), "--json"],
        cwd=ROOT,
        env={**os.environ, "PAGERDRILL_NO_BASELINES": "1", **environment},
        check=True,
        capture_output=True,
    )
    folder = home / "drills" / f"{scenario}-s11"
    return {name: (folder / name).read_bytes() for name in FILES}


@pytest.mark.parametrize("scenario", ["github-2023-09", "cloudflare-2019-07"])
def test_two_processes_write_the_same_bytes(tmp_path: Path, scenario: str):
    one = played(tmp_path / "1", scenario, PYTHONHASHSEED="1", TZ="UTC", LC_ALL="C")
    two = played(tmp_path / "2", scenario, PYTHONHASHSEED="4711", TZ="Asia/Kathmandu", LC_ALL="C.UTF-8")
    assert one == two
    assert all(len(data) > 1000 for data in one.values())


def test_an_extra_action_leaves_every_draw_it_does_not_touch():
    base = ((95, "ack"), (100, "declare P1 x"), (110, "page cleo"), (150, "failover db yes"))
    extra = ((12, "status"), (96, "noise 1"), (105, "page ben"), (115, "metrics web"), (140, "note y"))
    plain = play(drill(), *base)
    more = play(drill(), *sorted(base + extra))
    for each in (plain, more):
        each.advance(10**9)

    def told(of) -> list[tuple[int, str]]:
        kept = ("alert.", "page.", "act.", "change.")
        return [
            (r.t_ms, r.event.model_dump_json())
            for r in of._journal.records
            if r.event.kind.startswith(kept) and r.event.kind != "alert.marked"
        ]

    assert told(plain) == told(more)
    assert [r.event for r in plain.truth] == [r.event for r in more.truth]

    def cleo(of) -> list[int]:
        return [r.t_ms for r in of._journal.records if r.actor == "cleo" and r.event.kind == "person.joined"]

    assert cleo(plain) == cleo(more) != []


def test_another_seed_is_another_drill():
    one, two = drill(seed=1), drill(seed=2)
    for each in (one, two):
        play(each, (150, "failover db yes"))
        each.advance(600_000)

    def finished(of) -> list[int]:
        return [r.t_ms for r in of._journal.records if r.event.kind == "act.finished"]

    assert finished(one) != finished(two)
