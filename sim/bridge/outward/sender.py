"""Sends notifications outward, beside the drill and never in its way; what fails is said aloud."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

import httpx

from sim.bridge.hosted import Hosted
from sim.bridge.outward import payloads
from sim.bridge.outward.told import Told, told_since
from sim.bridge.serve import is_loopback
from sim.errors import PagerDrillError

PAGERDUTY_URL = "https://events.pagerduty.com/v2/enqueue"
TIMEOUT_S = 5.0
TRIES = 4
FIRST_WAIT_S = 0.5
"""Waits double from there: 0.5, 1 and 2 s. Assumptions, like the time limit."""
QUEUE_MAX = 200
LOOK_S = 0.1

Kind = Literal["webhook", "pagerduty", "slack"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where notifications go. `key` is PagerDuty's; address and key are secrets, so they are never shown."""

    kind: Kind
    url: str
    key: str = ""

    def __repr__(self) -> str:
        """Return it without its secrets."""
        return f"Target({self.kind})"

    @property
    def is_outside(self) -> bool:
        """Whether it leaves this machine."""
        return not is_loopback(urlsplit(self.url).hostname or "")

    def body(self, told: Told) -> dict[str, Any]:
        """Return what is posted to it."""
        match self.kind:
            case "webhook":
                return payloads.webhook(told)
            case "pagerduty":
                return payloads.pagerduty(told, self.key)
            case "slack":
                return payloads.slack(told)


def target(text: str, environment: dict[str, str]) -> Target:
    """Read KIND=VALUE: webhook=URL, slack=URL, or pagerduty=NAME of the variable with the routing key.

    Raises PagerDrillError that says what is wrong without saying the secret.
    """
    kind, equals, value = text.partition("=")
    if not equals or kind not in ("webhook", "pagerduty", "slack"):
        raise PagerDrillError("--notify takes webhook=URL, slack=URL or pagerduty=VARIABLE")
    if kind == "pagerduty":
        if not environment.get(value):
            raise PagerDrillError(f"--notify pagerduty: the variable {value} holds no routing key")
        return Target("pagerduty", PAGERDUTY_URL, environment[value])
    split = urlsplit(value)
    if split.scheme not in ("http", "https") or not split.hostname:
        raise PagerDrillError(f"--notify {kind}: wants an address that begins with http:// or https://")
    return Target("webhook" if kind == "webhook" else "slack", value)


@contextlib.asynccontextmanager
async def sending(
    hosted: Hosted, targets: Sequence[Target], trouble: Callable[[str], None]
) -> AsyncIterator[None]:
    """Send every notification of the drill from now on, while the block runs and a moment after it."""
    known = hosted.drill.view.events(-1)
    seen = known[-1].seq if known else -1
    queues = [asyncio.Queue[Told](QUEUE_MAX) for _ in targets]
    async with httpx.AsyncClient(timeout=TIMEOUT_S, follow_redirects=False) as client:
        posting = [
            asyncio.create_task(_post_all(client, one, queue, trouble))
            for one, queue in zip(targets, queues, strict=True)
        ]
        watching = asyncio.create_task(_watch(hosted, targets, queues, trouble, seen))
        try:
            yield
        finally:
            await _end(watching)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*(queue.join() for queue in queues)), TIMEOUT_S)
            for task in posting:
                await _end(task)


async def _watch(
    hosted: Hosted,
    targets: Sequence[Target],
    queues: Sequence["asyncio.Queue[Told]"],
    trouble: Callable[[str], None],
    seen: int,
) -> None:
    """Put what is told into the queues; a full one loses it, aloud."""
    while True:
        for number, told in told_since(hosted.drill.view, seen, hosted.drill.scenario.id, hosted.times()):
            seen = number
            for one, queue in zip(targets, queues, strict=True):
                try:
                    queue.put_nowait(told)
                except asyncio.QueueFull:
                    trouble(f"{one.kind}: too much waits to be sent; lost: {told.title}")
        await asyncio.sleep(LOOK_S)


async def _post_all(
    client: httpx.AsyncClient, to: Target, queue: "asyncio.Queue[Told]", trouble: Callable[[str], None]
) -> None:
    while True:
        told = await queue.get()
        problem = await post(client, to, told)
        if problem is not None:
            trouble(f"{to.kind}: not sent ({problem}): {told.title}")
        queue.task_done()


async def post(
    client: httpx.AsyncClient, to: Target, told: Told, first_wait_s: float = FIRST_WAIT_S
) -> str | None:
    """Post a notification, again after 429, 5xx and trouble on the way; return what is wrong at the end."""
    problem = None
    for number in range(TRIES):
        if number:
            await asyncio.sleep(first_wait_s * 2 ** (number - 1))
        try:
            answer = await client.post(to.url, json=to.body(told))
        except httpx.HTTPError as error:
            problem = type(error).__name__
            continue
        if answer.is_success:
            return None
        problem = f"HTTP {answer.status_code}"
        if answer.status_code != 429 and answer.status_code < 500:
            return problem
    return f"{problem}, tried {TRIES} times"


async def _end(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
