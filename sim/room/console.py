"""The line console: a prompt at the bottom, alerts and messages arriving above it, a status bar.

Everything runs in one event loop and one thread: a pacing task advances the drill every PACE_S of wall time
and prints what is new; typed lines are answered at once. Wall time is passed in.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from typing import Literal

from prompt_toolkit.application import get_app_session
from prompt_toolkit.application.run_in_terminal import run_in_terminal
from prompt_toolkit.patch_stdout import patch_stdout

from sim.answer import Block, Line
from sim.clock import Clock, speed_of
from sim.errors import PagerDrillError, StorageError
from sim.room.draw import WIDTH_MAX, drawn
from sim.room.news import News, wait_target_ms
from sim.room.prompt import prompt_session
from sim.room.seat import SeatedDrill
from sim.room.toolbar import PAUSED_HELP, paused_toolbar, toolbar

PACE_S = 0.1
MARK_MS = 1_000
RECENT_LINES = 12
"""Shown again after a pause, since the screen was cleared."""

Beside = Callable[[Callable[[], Clock]], AbstractAsyncContextManager[None]]
"""What goes on beside a drill for as long as it is played; it may ask for the clock."""

Outcome = Literal["ended", "left"]
"""Whether the drill is over, or the person left it to go on later."""


def run(
    drill: SeatedDrill,
    clock: Clock,
    wall_ms: Callable[[], int],
    *,
    drill_id: str,
    history_path: Path | None = None,
    colour: bool = True,
    beside: Beside | None = None,
) -> Outcome:
    """Let a person play the drill on this terminal until it ends or they leave.

    A drill that comes in paused stays so until `resume`. A StorageError pauses and is shown; every other
    error of the drill comes out of here with the terminal in order.
    """
    console = _Console(drill, clock, wall_ms, drill_id=drill_id, history_path=history_path, colour=colour)
    return asyncio.run(console.run(beside))


class _Console:
    """The state of one sitting: the clock, what was shown, the prompt."""

    def __init__(
        self,
        drill: SeatedDrill,
        clock: Clock,
        wall_ms: Callable[[], int],
        *,
        drill_id: str,
        history_path: Path | None,
        colour: bool,
    ) -> None:
        self._drill = drill
        self._clock = clock
        self._wall_ms = wall_ms
        self._drill_id = drill_id
        self._colour = colour
        self._news = News(drill)
        self._turn = asyncio.Lock()  # one at a time acts on the drill and prints
        self._marked_ms = wall_ms()
        self._bar = ""
        self._output = get_app_session().output
        self._interrupted = asyncio.Event()
        self._prompt = prompt_session(drill.view, history_path, lambda: self._bar, self._interrupted.set)

    async def run(self, beside: Beside | None) -> Outcome:
        """Play until the drill ends or the person leaves."""
        async with nullcontext() if beside is None else beside(lambda: self._clock):
            return await self._play()

    async def _play(self) -> Outcome:
        with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not everywhere possible
            asyncio.get_running_loop().add_signal_handler(signal.SIGINT, self._interrupted.set)
        if self._clock.speed != 1.0:
            self._drill.pace(self._clock.speed)
        with patch_stdout(raw=True):  # only strays print there, e.g. warnings: they must not break the prompt
            await self._do(self._open)
            pacing = asyncio.create_task(self._pace())
            try:
                left = await self._read_lines(pacing)
            finally:
                pacing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await pacing
            if left:
                await self._do(self._leave)
        return "left" if left else "ended"

    async def _read_lines(self, pacing: asyncio.Task[None]) -> bool:
        """Read and answer lines; return whether the person left before the drill was over."""
        while not pacing.done():
            try:
                line = await self._prompt.prompt_async(handle_sigint=False)
            except EOFError:
                return not self._drill.ended
            if line.strip():
                async with self._turn:
                    await self._obey(line.strip())
        return False

    async def _obey(self, line: str) -> None:
        match line.split():
            case ["pause"]:
                await self._do(self._pause, clear=True)
            case ["resume"]:
                await self._do(self._resume)
            case ["speed"] | ["speed", _]:
                await self._do(lambda: self._set_speed(line.removeprefix("speed").strip()))
            case _:
                await self._do(lambda: self._enter(line))

    async def _pace(self) -> None:
        """Advance the drill with wall time until it ends; Ctrl-C pauses or resumes."""
        try:
            while not self._drill.ended:
                async with self._turn:
                    if not self._interrupted.is_set():
                        await self._do(self._step)
                    elif self._clock.running:
                        await self._do(self._pause, clear=True)
                    else:
                        await self._do(self._resume)
                    self._interrupted.clear()
                in_wait = self._clock.running and wait_target_ms(self._drill) is not None
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._interrupted.wait(), 0 if in_wait else PACE_S)
            await self._do(self._news.fresh)
        finally:
            if self._prompt.app.is_running and not self._prompt.app.is_done:
                self._prompt.app.exit(result="")

    # --- what can be done: each acts at once and returns what is to be shown ------------------------------

    def _open(self) -> list[Block]:
        if self._drill.view.paused:
            self._clock = self._clock.paused(self._wall_ms())
            return [self._paused_line()]
        keys = "help: verbs · Tab completes · Ctrl-C pauses · Ctrl-D leaves, the drill is kept"
        return [*self._news.fresh(), Line(keys, "dim")]

    def _step(self) -> list[Line]:
        if not self._clock.running:
            return []
        wall_ms = self._wall_ms()
        wait_ms = wait_target_ms(self._drill)
        if wait_ms is None:
            self._advance(wall_ms)
        else:
            self._drill.advance(wait_ms)
            ahead_ms = self._drill.now_ms - self._clock.sim_ms(wall_ms)
            self._clock = self._clock.jumped(wall_ms, max(0, ahead_ms))
        if wall_ms - self._marked_ms >= MARK_MS:
            self._marked_ms = wall_ms
            self._drill.mark_time()
        return self._news.fresh()

    def _advance(self, wall_ms: int) -> None:
        """Bring the drill to the present moment."""
        sim_ms = self._clock.sim_ms(wall_ms)
        if self._clock.running and sim_ms > self._drill.now_ms:
            self._drill.advance(sim_ms)

    def _enter(self, line: str) -> list[Block]:
        wall_ms = self._wall_ms()
        self._advance(wall_ms)
        before = self._news.fresh()
        was_paused = self._drill.view.paused
        answer = self._news.entered(line)
        paused = self._drill.view.paused
        if paused != was_paused:  # the line was an abbreviation of pause or resume
            self._clock = self._clock.paused(wall_ms) if paused else self._clock.resumed(wall_ms)
        return [*before, *answer.blocks]

    def _pause(self) -> list[Block]:
        if self._drill.view.paused:
            return [self._paused_line()]
        wall_ms = self._wall_ms()
        self._advance(wall_ms)
        self._clock = self._clock.paused(wall_ms)
        self._drill.pause()
        return [self._paused_line()]

    def _resume(self) -> list[Line]:
        if self._clock.running:
            return [Line("The clock is running already.", "warn")]
        if self._drill.view.paused:
            self._drill.resume()
        self._clock = self._clock.resumed(self._wall_ms())
        return self._news.recent(RECENT_LINES)

    def _set_speed(self, text: str) -> list[Line]:
        try:
            if text:
                clock = self._clock.at_speed(self._wall_ms(), speed_of(text))
                self._drill.pace(clock.speed)
                self._clock = clock
        except PagerDrillError as error:
            return [Line(f"Not done: {error}", "warn")]
        speed = self._clock.speed
        return [Line(f"Speed {speed:g}: one second here is {speed:g} s in the drill.")]

    def _leave(self) -> list[Line]:
        with contextlib.suppress(StorageError):  # at worst the last second is played again
            self._drill.mark_time()
        return [
            Line(f"The drill is kept. To go on with it: pagerdrill play --resume {self._drill_id}", "title")
        ]

    def _paused_line(self) -> Line:
        self._news.fresh()  # not shown now: looking is off, and going on shows the last lines again
        clock = self._drill.view.wall_clock(self._drill.now_ms)
        return Line(f"{clock} PAUSED   {PAUSED_HELP}", "title")

    # --- the terminal -------------------------------------------------------------------------------------

    async def _do(self, action: Callable[[], Sequence[Block]], clear: bool = False) -> None:
        """Do something and show what it gives; where the drill cannot be stored, stand still and say so."""
        try:
            blocks = action()
        except StorageError as error:
            self._clock = self._clock.paused(self._wall_ms())
            blocks = [
                Line(f"{error}\nThe drill is paused; nothing more happens until you type resume.", "bad")
            ]
        columns = self._output.get_size().columns
        text = drawn(blocks, min(columns, WIDTH_MAX), self._colour)
        if text or clear:
            await run_in_terminal(lambda: self._write(text, clear))
        self._refresh(columns)

    def _write(self, text: str, clear: bool) -> None:
        if clear:
            self._output.erase_screen()
            self._output.cursor_goto(0, 0)
        self._output.enable_autowrap()
        self._output.write_raw(text)
        self._output.flush()

    def _refresh(self, columns: int) -> None:
        view = self._drill.view
        bar = (
            toolbar(view.status(), self._clock.speed, columns)
            if self._clock.running
            else paused_toolbar(view.wall_clock(self._drill.now_ms), columns)
        )
        if bar != self._bar:
            self._bar = bar
            self._prompt.app.invalidate()
