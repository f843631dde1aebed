import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.errors import PagerDrillError
from sim.room.script import ScriptLine, parse_script, play_script

from .countdown import Countdown

TOO_EARLY = "lies before the line above it, which comes at"


def played(text, limit_s=120):
    drill, said = Countdown(limit_s), []
    play_script(drill, parse_script(text, "a.drill"), said.append)
    return drill, said


def test_times_comments_and_blank_lines():
    text = "# a walk\n\n+00:30 ack\nstatus\n  +1:02:03   say  hello  \r\n+90:00 help\n+02:00:00 help"
    assert parse_script(text, "a.drill") == (
        ScriptLine(3, 30_000, "ack"),
        ScriptLine(4, None, "status"),
        ScriptLine(5, 3_723_000, "say  hello"),
        ScriptLine(6, 5_400_000, "help"),
        ScriptLine(7, 7_200_000, "help"),
    )


@pytest.mark.parametrize(
    ("text", "mistakes"),
    [
        ("+soon ack", ["a.drill line 1: +soon is not a time; write +MM:SS or +HH:MM:SS from drill start"]),
        ("+00:61 ack", ["a.drill line 1: +00:61 is not a time"]),
        ("+1:75:00 ack", ["a.drill line 1: +1:75:00 is not a time"]),
        ("+30 ack", ["a.drill line 1: +30 is not a time"]),
        ("+ 00:30 ack", ["a.drill line 1: + is not a time"]),
        ("\n+00:30", ["a.drill line 2: a command is missing after +00:30, e.g. +00:30 status"]),
        ("+01:00 a\n+00:59 b", [f"a.drill line 2: +00:59 {TOO_EARLY} +01:00"]),
        ("+01:00 a\nb\n+01:14 c", [f"a.drill line 3: +01:14 {TOO_EARLY} +01:15"]),
        ("+01:00 wait 10s\nhelp\n+01:00 help\n+x a", ["a.drill line 4: +x is not a time"]),
        ("+x a\nhelp\n+y b", ["a.drill line 1: +x is not a time", "a.drill line 3: +y is not a time"]),
        ("+1:00:05 a\n+00:10 b", [f"a.drill line 2: +00:10 {TOO_EARLY} +01:00:05"]),
    ],
)  # fmt: skip
def test_every_mistake_is_named_with_its_line(text, mistakes):
    with pytest.raises(PagerDrillError) as error:
        parse_script(text, "a.drill")
    lines = str(error.value).splitlines()
    assert [line[: len(mistake)] for line, mistake in zip(lines, mistakes, strict=True)] == mistakes


@given(st.text())
def test_any_text_is_a_script_or_a_named_mistake(text):
    try:
        lines = parse_script(text, "a.drill")
    except PagerDrillError as error:
        assert str(error).startswith("a.drill line ")
    else:
        times_ms = [line.at_ms for line in lines if line.at_ms is not None]
        assert times_ms == sorted(times_ms)


def test_lines_come_at_their_times_and_untimed_ones_15_s_later():
    drill, _ = played("help\n+00:40 ack\nhelp\nsay hi\n")
    assert drill.entered == [(15_000, "help"), (40_000, "ack"), (55_000, "help"), (70_000, "say hi")]
    assert drill.ended


def test_after_a_wait_the_next_line_comes_when_it_is_over():
    drill, _ = played("wait 20s\nhelp\n+00:25 ack\n+01:30 wait until page\nhelp\n")
    assert drill.entered == [
        (15_000, "wait 20s"),
        (35_000, "help"),
        (35_000, "ack"),  # its time had passed
        (90_000, "wait until page"),  # there was one, so nothing to wait for
        (90_000, "help"),
    ]


def test_a_wait_ends_early_when_what_it_waits_for_comes():
    drill, _ = played("+00:07 wait until page\nack")
    assert drill.entered == [(7_000, "wait until page"), (32_000, "ack")]


def test_what_is_printed():
    _, said = played("+00:12 nonsense\n+00:32 ack\nsay hello\n", limit_s=50)
    assert said == [
        "14:00:00 DRILL    Countdown (you are the responder)",
        "",
        "Numbers fall. Nobody knows why.",
        "",
        "14:00:10 ALERT    #1 warning Low1 on counter (zone=a): only 99 left",
        "14:00:12 > nonsense",
        "line 1 was refused:",
        "Not done: there is no verb nonsense; help lists them",
        "14:00:20 ALERT    #2 warning Low2 on counter (zone=a): only 98 left",
        "14:00:30 ALERT    #3 critical Low3 on counter (zone=a): only 97 left",
        "14:00:30 PAGE 1   to you: Low3 on counter (alert #3)",
        "14:00:32 > ack",
        "You took the page.",
        "14:00:40 ALERT    #4 warning Low4 on counter (zone=a): only 96 left",
        "14:00:47 > say hello",
        "14:00:47 MESSAGE  you: hello",
        "14:00:50 ALERT    #5 warning Low5 on counter (zone=a): only 95 left",
        "14:00:50 END      the drill is over: time limit",
    ]


def test_lines_after_the_end_are_named_and_not_played():
    drill, said = played("+00:15 help\n+01:00 ack\n", limit_s=20)
    assert drill.entered == [(15_000, "help")]
    assert said[-1] == "line 2 and those after it were not played: the drill is over"


def test_a_drill_that_was_left_paused_goes_on():
    drill = Countdown(30)
    drill.pause()
    play_script(drill, (), [].append)
    assert drill.ended


def test_a_drill_that_stands_still_does_not_hang_the_script():
    drill = Countdown(30)
    drill.resume = lambda: None  # it cannot be set going again
    drill.pause()
    play_script(drill, parse_script("wait 10s", "a.drill"), [].append)
    assert not drill.ended
