"""A drill played in wall time without a console: its clock runs, tools look at it and act on it."""

import asyncio
import contextlib
import signal
from collections.abc import Callable

from sim.answer import Block
from sim.clock import Clock
from sim.drill import Drill
from sim.room.console import Beside
from sim.room.news import News

PACE_S = 0.1
MARK_MS = 1_000


async def host(
    drill: Drill,
    clock: Clock,
    wall_ms: Callable[[], int],
    beside: Beside,
    show: Callable[[list[Block]], None],
) -> None:
    """Play until Ctrl-C. A drill that is over stands still and can be looked at. Raises StorageError."""
    stop = asyncio.Event()
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):  # not everywhere possible
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
    news, marked_ms = News(drill), wall_ms()
    if clock.speed != 1.0:
        drill.pace(clock.speed)

    def clock_now() -> Clock:
        return clock.paused(wall_ms()) if drill.ended else clock

    async with beside(clock_now):
        while not stop.is_set():
            if not drill.ended:
                drill.advance(clock.sim_ms(wall_ms()))
                if drill.ended:
                    clock = Clock(wall_ms(), drill.now_ms, running=False)
                elif wall_ms() - marked_ms >= MARK_MS:
                    marked_ms = wall_ms()
                    drill.mark_time()
                show([*news.fresh()])
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), PACE_S)
    if not drill.ended:
        drill.mark_time()
