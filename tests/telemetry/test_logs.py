"""Logs are read off the flow: the same every time, and in agreement with what is wrong."""

import re
import time

import pytest
from tiny import SEED, STARTS_AT, built, played

from sim.spec import Where
from sim.world.logs import LINES_MAX, Note, lines
from sim.world.modifiers import Modifier, Op, Param

LINE = re.compile(r"^\d\d:\d\d:\d\d [ab] v1 (ERROR|FATAL|WARN|INFO) .*?( \(x\d+\))?$")


def sick(param: Param, value: float, op: Op = Op.SET, **where) -> Modifier:
    return Modifier("m", "f", Where(**where), param, op, value, 0)


def log(component: str, *modifiers: Modifier, notes=(), until_ms=60_000) -> tuple[str, ...]:
    at = built()
    samples = played(at, modifiers, until_ms=until_ms)[1:]
    return lines(at, samples, component, SEED, STARTS_AT, notes)


def count(found: tuple[str, ...], pattern: str) -> int:
    """Sum the counts of the lines that match."""
    total = 0
    for line in found:
        if re.search(pattern, line):
            times = re.search(r"\(x(\d+)\)$", line)
            total += int(times[1]) if times else 1
    return total


def test_an_ordinary_minute():
    found = log("web")
    assert all(LINE.match(line) for line in found)
    assert list(found) == sorted(found, key=lambda line: line[:8])
    assert not [line for line in found if "timeout" in line or "pool" in line]
    served = [int(n) for n in re.findall(r"served (\d+) requests in 60s", " ".join(found))]
    assert len(served) == 2
    assert sum(served) == pytest.approx(60 * 430, rel=0.3)


def test_the_same_window_gives_the_same_lines():
    errors = sick(Param.ERROR_RANDOM, 0.3, component="payments", zone="a")
    assert log("web", errors) == log("web", errors)


def test_own_errors_speak_in_their_zone():
    found = log("payments", sick(Param.ERROR_RANDOM, 0.4, component="payments", zone="a"))
    in_a, in_b = count(found, "^.{8} a .*500 internal error"), count(found, "^.{8} b .*500 internal error")
    assert in_a > 100 * max(in_b, 1)


def test_a_slow_callee_shows_as_timeouts_of_its_caller_with_the_counts_of_the_flow():
    slow = sick(Param.NET_DELAY_MS, 2_000.0, component="payments")
    at = built()
    samples = played(at, (slow,), until_ms=120_000)[4:]
    found = lines(at, samples, "web", SEED, STARTS_AT)
    calls = [i for i, link in enumerate(at.links) if link.callee == "payments"]
    expected = sum(15 * float((f.attempts_rps * f.attempt_failed_share)[0, calls].sum()) for _, f in samples)
    assert count(found, "place: timeout after 800ms calling payments") == pytest.approx(expected, rel=0.01)
    assert not count(lines(at, samples, "payments", SEED, STARTS_AT), "ERROR .*timeout")


def test_an_answered_failure_is_told_apart_from_silence():
    answered = log("web", sick(Param.ERROR_RANDOM, 0.5, component="payments"))
    assert count(answered, "500 from payments") > 100 * max(count(answered, "timeout"), 1)
    silent = log("web", sick(Param.NET_LOSS, 0.5, component="payments"))
    assert count(silent, "timeout after 800ms calling payments") > 100 * max(
        count(silent, "from payments"), 1
    )
    assert not count(log("payments", sick(Param.NET_LOSS, 0.5, component="payments")), "ERROR")


def test_overload_throttling_and_soft_calls_have_words_of_their_own():
    assert count(log("payments", sick(Param.ADMIT, 0.5, component="payments")), "429 too many requests") > 100
    assert count(log("web", sick(Param.ADMIT, 0.5, component="payments")), "429 from payments") > 100
    overloaded = log("payments", sick(Param.WORK, 80.0, Op.MUL, component="payments"), until_ms=180_000)
    assert count(overloaded, "all processors busy") >= 2
    ads = log("web", sick(Param.ERROR_RANDOM, 0.5, component="ads"))
    assert count(ads, "WARN browse: 500 from ads, answered without it") > 100


def test_notes_show_in_their_cells_while_they_last():
    at = built()
    (cell,) = at.cells_of("payments", zone="a")
    note = Note("WARN fsync of the log took 4 812 ms", (int(cell),), 20_000, 40_000)
    found = log("payments", notes=[note])
    assert [line[9:] for line in found if "fsync" in line] == ["a v1 WARN fsync of the log took 4 812 ms"]
    assert not [line for line in log("web", notes=[note]) if "fsync" in line]
    just = Note("WARN just now", (int(cell),), 59_900, 90_000)
    assert [line for line in log("payments", notes=[just]) if "just now" in line] == [
        "14:30:59 a v1 WARN just now"
    ]
    late = Note("no level", (int(cell),), 90_000, 100_000)
    assert not [line for line in log("payments", notes=[late]) if "no level" in line]
    bare = Note("no level", (int(cell),), 0, 100_000)
    assert count(log("payments", notes=[bare]), "a v1 ERROR no level") == 4


def test_never_too_many_lines_nor_too_slow():
    at = built()
    cells = tuple(int(cell) for cell in at.cells_of("web"))
    notes = [Note(f"line {n}", cells, 0, 10**9) for n in range(40)]
    samples = played(at, until_ms=3_600_000, tick_ms=15_000)
    begun = time.perf_counter()
    found = lines(at, samples, "web", SEED, STARTS_AT, notes)
    assert time.perf_counter() - begun < 1.0
    assert len(found) == LINES_MAX


def test_unknown_component_and_empty_window():
    assert lines(built(), [], "web", SEED, STARTS_AT) == ()
    with pytest.raises(KeyError):
        lines(built(), [], "nothing", SEED, STARTS_AT)
