"""A small drill hosted for tests: a clock and an outside time that stand where a test puts them."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from sim.bridge.app import app
from sim.bridge.hosted import Hosted
from sim.bridge.serve import address, listen, serving
from sim.bridge.store import DrillStore
from sim.drill import Drill
from tests.spine.small import drill

UNIX_MS = 1_767_603_600_000
"""The outside time of the drill's first moment: 2026-01-05T09:00:00Z."""


@dataclass
class Stage:
    """A drill that is played by hand: it is always now where the drill stands."""

    drill: Drill = field(default_factory=drill)
    speed: float = 1.0
    began_ms: int = UNIX_MS

    def __post_init__(self) -> None:
        self.store = DrillStore(self.drill.view)

    @property
    def hosted(self) -> Hosted:
        return Hosted(
            self.drill,
            clock_ms=lambda: self.drill.now_ms,
            unix_ms=lambda: self.began_ms + self.drill.now_ms,
            speed=lambda: self.speed,
            since_ms=0,
            store=self.store,
        )

    def at(self, seconds: float, *lines: str) -> "Stage":
        """Bring the drill to a moment and type lines there."""
        self.drill.advance(round(seconds * 1000))
        for line in lines:
            assert not self.drill.enter(line).refused
        return self

    def ask(self, method: str, path: str, token: str | None = None, **given) -> httpx.Response:
        """Send one request to the app."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app(self.hosted, token))
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:9093") as client:
                return await client.request(method, path, **given)

        return asyncio.run(asked())

    def get(self, path: str, **params) -> object:
        """Return what a GET gives, as data."""
        answer = self.ask("GET", path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()


@contextmanager
def served(stage: Stage, token: str | None = None) -> Iterator[str]:
    """Serve the app on loopback for real programs; yields its address."""
    listener = listen("127.0.0.1", 0)
    up, stop = threading.Event(), []

    async def serve() -> None:
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        stop.append(lambda: loop.call_soon_threadsafe(over.set))
        async with serving(app(stage.hosted, token), listener):
            up.set()
            await over.wait()

    url = address(listener)
    thread = threading.Thread(target=lambda: asyncio.run(serve()))
    thread.start()
    try:
        assert up.wait(10)
        yield url
    finally:
        stop[0]()
        thread.join(10)


def free_socket() -> socket.socket:
    return listen("127.0.0.1", 0)
