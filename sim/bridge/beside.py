"""What is set up beside a drill that tools can reach: the app with its server, and what is sent outward."""

import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack

from sim.bridge.app import app
from sim.bridge.hosted import Hosted
from sim.bridge.outward.sender import Target, sending
from sim.bridge.serve import serving
from sim.bridge.store import DrillStore
from sim.clock import Clock
from sim.drill import Drill
from sim.room.console import Beside


def bridge(
    drill: Drill,
    wall_ms: Callable[[], int],
    listener: socket.socket | None,
    token: str | None,
    targets: Sequence[Target],
    trouble: Callable[[str], None],
) -> Beside:
    """Return what goes on beside the drill; `trouble` is told what could not be sent, a line each."""
    behind_ms = time.time_ns() // 1_000_000 - wall_ms()

    @contextlib.asynccontextmanager
    async def beside(clock: Callable[[], Clock]) -> AsyncIterator[None]:
        hosted = Hosted(
            drill,
            clock_ms=lambda: max(clock().sim_ms(wall_ms()), drill.now_ms),
            unix_ms=lambda: wall_ms() + behind_ms,
            speed=lambda: clock().speed,
            since_ms=drill.now_ms,
            store=DrillStore(drill.view),
        )
        async with AsyncExitStack() as stack:
            if listener is not None:
                await stack.enter_async_context(serving(app(hosted, token), listener))
            if targets:
                await stack.enter_async_context(sending(hosted, targets, trouble))
            yield

    return beside
