"""Scripts: a drill played from a file, as fast as possible.

`+[HH:]MM:SS command` at a time from drill start; a line without a time follows 15 s after the one before,
after a `wait` when the wait is over. Blank lines and lines that begin with `#` are skipped.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.answer import Block, Line
from sim.errors import PagerDrillError
from sim.room.draw import drawn
from sim.room.news import News, wait_target_ms
from sim.room.seat import SeatedDrill

UNTIMED_GAP_MS = 15_000
RUN_ON_MAX_MS = 24 * 3_600_000
"""No drill is longer than this (the bound of a scenario's horizon)."""
RUN_ON_STEP_MS = 60_000

_TIMED = re.compile(r"(\+\S*)\s*(.*)")
_TIME = re.compile(r"\+(?:(\d{1,2}):([0-5]?\d)|(\d{1,4})):([0-5]\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """One command. `number` is its line in the file; `at_ms` None means: after the line before."""

    number: int
    at_ms: int | None
    command: str


def parse_script(text: str, name: str) -> tuple[ScriptLine, ...]:
    """Return the commands of a script. Raises PagerDrillError that lists every mistake with its line."""
    lines: list[ScriptLine] = []
    mistakes: list[str] = []
    last_ms = 0  # the earliest moment of the line before; a `wait` may well last longer
    gap_ms = UNTIMED_GAP_MS
    for number, raw in enumerate(text.removeprefix("\ufeff").split("\n"), start=1):
        stripped = raw.strip()
        if not stripped or stripped.startswith("#"):
            continue
        try:
            line = _parsed(number, stripped, last_ms)
        except PagerDrillError as error:
            mistakes.append(f"{name} line {number}: {error}")
            continue
        lines.append(line)
        last_ms = last_ms + gap_ms if line.at_ms is None else line.at_ms
        gap_ms = 0 if line.command.split()[0] == "wait" else UNTIMED_GAP_MS
    if mistakes:
        raise PagerDrillError("\n".join(mistakes))
    return tuple(lines)


def play_script(
    drill: SeatedDrill,
    lines: Sequence[ScriptLine],
    say: Callable[[str], None],
    width: int = 80,
    colour: bool = False,
) -> None:
    """Play the lines, then run on until the drill ends by itself; `say` gets each row that is to be shown.

    A refused line is shown with its number, and the script goes on.
    """
    news = News(drill)

    def show(blocks: Sequence[Block]) -> None:
        for row in drawn(blocks, width, colour).splitlines():
            say(row)

    if drill.view.paused:
        drill.resume()
    show(news.fresh())
    after_wait = False
    for line in lines:
        gap_ms = 0 if after_wait else UNTIMED_GAP_MS
        at_ms = drill.now_ms + gap_ms if line.at_ms is None else line.at_ms
        if at_ms > drill.now_ms:
            drill.advance(at_ms)
            show(news.fresh())
        if drill.ended:
            show([Line(f"line {line.number} and those after it were not played: the drill is over", "warn")])
            break
        late = " (its time had passed)" if at_ms < drill.now_ms else ""
        show([Line(f"{drill.view.wall_clock(drill.now_ms)} > {line.command}{late}", "title")])
        show(_entered(news, line))
        after_wait = _waited(drill, news, show)
    _run_on(drill, news, show)


def _entered(news: News, line: ScriptLine) -> list[Block]:
    answer = news.entered(line.command)
    refused = [Line(f"line {line.number} was refused:", "warn")] if answer.refused else []
    return [*refused, *answer.blocks]


def _waited(drill: SeatedDrill, news: News, show: Callable[[Sequence[Block]], None]) -> bool:
    """Play a `wait` to its end; return whether there was one."""
    waited = drill.waiting_until() is not None
    while (target_ms := wait_target_ms(drill)) is not None:
        drill.advance(target_ms)
        show(news.fresh())
        if drill.now_ms < target_ms:  # the drill stands: paused, or over
            break
    return waited


def _run_on(drill: SeatedDrill, news: News, show: Callable[[Sequence[Block]], None]) -> None:
    for _ in range(RUN_ON_MAX_MS // RUN_ON_STEP_MS):
        if drill.ended:
            break
        drill.advance(drill.now_ms + RUN_ON_STEP_MS)
        show(news.fresh())


def _parsed(number: int, text: str, last_ms: int) -> ScriptLine:
    timed = _TIMED.fullmatch(text)
    if timed is None:
        return ScriptLine(number, None, text)
    at_ms = _time_ms(timed[1])
    if not timed[2]:
        raise PagerDrillError(f"a command is missing after {timed[1]}, e.g. {timed[1]} status")
    if at_ms < last_ms:
        raise PagerDrillError(
            f"{timed[1]} lies before the line above it, which comes at {_as_time(last_ms)}; "
            "put the lines in the order of their times"
        )
    return ScriptLine(number, at_ms, timed[2])


def _time_ms(text: str) -> int:
    match = _TIME.fullmatch(text)
    if match is None:
        raise PagerDrillError(
            f"{text} is not a time; write +MM:SS or +HH:MM:SS from drill start, e.g. +02:30"
        )
    hours, minutes, minutes_alone, seconds = (int(part or 0) for part in match.groups())
    return ((hours * 60 + minutes + minutes_alone) * 60 + seconds) * 1000


def _as_time(t_ms: int) -> str:
    minutes, seconds = divmod(t_ms // 1000, 60)
    hours, minutes = divmod(minutes, 60)
    return f"+{hours:02d}:{minutes:02d}:{seconds:02d}" if hours else f"+{minutes:02d}:{seconds:02d}"
