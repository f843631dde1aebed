"""The console is played through a pipe; what it prints is read from the terminal it prints on."""

import io
import os
import re
import sys
from itertools import count, pairwise
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.data_structures import Size
from prompt_toolkit.document import Document
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from sim.clock import Clock
from sim.room.console import run
from sim.room.prompt import CarefulHistory, ViewCompleter

from .countdown import Countdown

CTRL_C, CTRL_D = "\x03", "\x04"
HERE = Path(__file__).parent


def sit(drill, typed, wall_step_ms=5_000, history_path=None):
    """Play with `typed` as the keys; every reading of the wall clock finds it `wall_step_ms` later."""
    screen = io.StringIO()
    terminal = Vt100_Output(screen, lambda: Size(rows=24, columns=80), term="xterm", enable_cpr=False)
    wall = count(0, wall_step_ms)
    with create_pipe_input() as keys, create_app_session(input=keys, output=terminal):
        keys.send_text(typed)
        outcome = run(
            drill,
            Clock.started(0),
            lambda: next(wall),
            drill_id="cd-1",
            history_path=history_path,
            colour=False,
        )
    return outcome, re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", screen.getvalue())


def test_a_drill_is_played_to_its_end():
    drill = Countdown(limit_s=40)
    outcome, screen = sit(drill, "help\rsay hello\r")
    assert outcome == "ended"
    assert [line for _, line in drill.entered] == ["help", "say hello"]
    assert drill.now_ms == 40_000
    told = [
        "Countdown (you are the responder)",
        "All verbs:",
        "MESSAGE  you: hello",
        "14:00:30 PAGE 1   to you: Low3 on counter (alert #3)",
        "END      the drill is over: time limit",
    ]
    assert [text for text in told if text not in screen] == []


def test_each_event_is_printed_once():
    _, screen = sit(Countdown(limit_s=30), "help\rfoo\r")
    once = [
        "#1 warning",
        "#2 warning",
        "#3 critical",
        "PAGE 1   to you",
        "END ",
        "Not done: there is no verb foo",
    ]
    assert {text: screen.count(text) for text in once} == dict.fromkeys(once, 1)


def test_time_is_marked_every_wall_second():
    drill = Countdown(limit_s=3)
    sit(drill, "", wall_step_ms=500)
    marks_ms = [r.t_ms for r in drill.records if r.event.kind == "clock.reached"]
    steps_ms = [later - before for before, later in pairwise(marks_ms)]
    assert len(marks_ms) >= 2
    assert set(steps_ms) == {1_000}


def test_leaving_says_how_to_come_back():
    drill = Countdown()
    outcome, screen = sit(drill, f"help\r{CTRL_D}", wall_step_ms=10)
    assert outcome == "left"
    assert not drill.ended
    assert "The drill is kept. To go on with it: pagerdrill play --resume cd-1" in screen
    assert drill.records[-1].event.kind == "clock.reached"


@pytest.mark.parametrize("keys", ["pause\r", CTRL_C])
def test_a_pause_stops_every_clock_and_looking(keys):
    drill = Countdown()
    outcome, screen = sit(drill, f"{keys}help\r{CTRL_D}")
    assert outcome == "left"
    paused_ms = next(r.t_ms for r in drill.records if r.event.kind == "drill.paused")
    assert drill.now_ms == paused_ms
    assert "Not done: the drill is paused" in screen
    assert "PAUSED   resume or Ctrl-C goes on, Ctrl-D leaves and keeps the drill" in screen


def test_after_a_pause_the_drill_goes_on_and_shows_the_last_lines():
    drill = Countdown(limit_s=20)
    outcome, screen = sit(drill, "pause\rpause\rresume\rresume\r")
    assert outcome == "ended"
    kinds = [r.event.kind for r in drill.records if r.event.kind.startswith("drill.")]
    assert kinds == ["drill.started", "drill.paused", "drill.resumed", "drill.ended"]
    assert "RESUMED  the drill's clock runs" in screen
    assert "The clock is running already." in screen


def test_the_clock_follows_a_pause_that_the_drill_was_told_of():
    drill = Countdown()
    sit(drill, f"pau\rhelp\rhelp\r{CTRL_D}")
    paused_ms = next(r.t_ms for r in drill.records if r.event.kind == "drill.paused")
    assert (drill.paused, drill.now_ms) == (True, paused_ms)
    outcome, _ = sit(Countdown(limit_s=30), "pau\rres\r")
    assert outcome == "ended"


def test_a_drill_that_comes_in_paused_waits():
    drill = Countdown(limit_s=60)
    drill.advance(15_000)
    drill.pause()
    outcome, screen = sit(drill, CTRL_D)
    assert (outcome, drill.now_ms) == ("left", 15_000)
    assert "14:00:15 PAUSED   resume or Ctrl-C goes on" in screen
    assert "Low1" not in screen


def test_a_wait_is_played_at_once():
    drill = Countdown(limit_s=600)
    outcome, screen = sit(drill, "wait 600s\r", wall_step_ms=0)  # no wall time passes at all
    assert (outcome, drill.now_ms) == ("ended", 600_000)
    assert screen.count("ALERT ") == 60


def test_speed_belongs_to_the_console():
    drill = Countdown(limit_s=600)
    outcome, screen = sit(drill, "speed 0\rspeed 50\rspeed\rspeed is what we need\r")
    assert outcome == "ended"
    assert "Not done: The speed must be a number from 0.1 to 100" in screen
    assert screen.count("Speed 50: one second here is 50 s in the drill.") == 2
    assert [line for _, line in drill.entered] == ["speed is what we need"]


def test_a_full_disk_is_told_once_and_the_clock_stands():
    drill = Countdown()
    drill.disk_full = True
    outcome, screen = sit(drill, f"ack\r{CTRL_D}", wall_step_ms=10)
    assert outcome == "left"
    assert drill.entered == []
    assert screen.count("The drill folder could not be written: no space left.") == 1
    assert "nothing more happens until you type resume" in screen


def test_an_error_of_the_drill_comes_out():
    class Broken(Countdown):
        def advance(self, t_ms):
            raise ZeroDivisionError("a bug")

    with pytest.raises(ZeroDivisionError, match="a bug"):
        sit(Broken(), "")


def test_completion_offers_what_goes_on_from_what_was_typed():
    completer = ViewCompleter(Countdown())

    def words(text):
        return [c.text for c in completer.get_completions(Document(text), CompleteEvent())]

    assert words("") == ["ack", "help", "metrics", "pause", "resume", "say", "speed", "status", "wait"]
    assert words("S") == ["say", "speed", "status"]
    assert words("wait ") == ["counter", "until"]
    assert words("wait un") == ["until"]


def test_history_is_kept_and_cannot_stop_a_drill(tmp_path):
    sit(Countdown(limit_s=10), "help\r", history_path=tmp_path / "history")
    assert list(CarefulHistory(tmp_path / "history").load_history_strings()) == ["help"]
    outcome, _ = sit(Countdown(limit_s=10), "help\r", history_path=tmp_path)  # a folder: cannot be written
    assert outcome == "ended"


def test_on_a_real_terminal():
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[1]), "NO_COLOR": "1", "TERM": "xterm-256color"}
    program = [str(HERE / "countdown.py"), "--speed", "50", "--limit", "3000"]
    console = pexpect.spawn(
        sys.executable, program, env=env, dimensions=(24, 80), encoding="utf-8", timeout=10
    )
    console.expect("Countdown")
    console.expect("PAGE 1   to you: Low3 on counter")
    console.send("me\t")
    console.expect("metrics")
    console.send("\r")
    console.expect("an hour ago 0.1")
    console.send("half a li")
    console.send(CTRL_C)
    console.expect(" PAUSED ")
    console.send("\x15resume\r")
    console.expect("RESUMED")
    console.send(CTRL_D)
    console.expect("pagerdrill play --resume countdown-1")
    console.expect("outcome: left")
    console.expect(pexpect.EOF)
    console.close()
    assert console.exitstatus == 0
