"""`pagerdrill bridge`: a drill for real tools."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    import socket

    from sim.answer import Block
    from sim.bridge.outward.sender import Target
    from sim.opening import OpenDrill

_FILE = click.Path(dir_okay=False, path_type=Path)

_EXTRA = ("httpx", "orjson", "promql_parser", "starlette", "uvicorn")

PORT = 9093
"""Alertmanager's own."""

notify_option = click.option(
    "--notify",
    multiple=True,
    metavar="KIND=WHERE",
    help="Also send notifications to webhook=URL, slack=URL or pagerduty=VARIABLE (with the routing key).",
)
outside_option = click.option(
    "--send-outside",
    is_flag=True,
    help="Allow --notify to reach beyond this machine. All that is sent is marked [DRILL].",
)


class Above(Protocol):
    """What the command is handed down: drills to open."""

    def open_drill(
        self, scenario: str | None, resumed: str | None, home: str | None, **given: Any
    ) -> "OpenDrill":
        """Return a new drill, or one to go on with. Raises PagerDrillError."""


@click.command()
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Same seed, same drill (default: a new one).")
@click.option(
    "--resume", "resumed", metavar="DRILL", help="Go on with a drill; one that is over stands still."
)
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, help="Pace of the clock."
)
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=PORT, show_default=True, help="0: a free one."
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option(
    "--token-file",
    type=click.Path(dir_okay=False, path_type=Path),
    envvar="PAGERDRILL_BRIDGE_TOKEN_FILE",
    help="A file with the token that tools have to send; needed unless only this machine can reach it.",
)
@click.option("--alertmanager", type=_FILE, metavar="FILE", help="Your alertmanager.yml: where alerts go.")
@click.option("--rules", multiple=True, type=_FILE, metavar="FILE", help="Your own Prometheus rule file.")
@click.option("--mapping", type=_FILE, metavar="FILE", help="What your alerts watch in this world.")
@click.option(
    "--runbooks", type=click.Path(file_okay=False, path_type=Path), metavar="DIR", help="Your own runbooks."
)
@click.option("--noise", type=click.Choice(["quiet", "normal", "noisy", "storm"]), help="How noisy.")
@notify_option
@outside_option
@click.option("--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place).")
@click.pass_obj
def bridge(
    above: Above,
    scenario: str | None,
    seed: int | None,
    resumed: str | None,
    speed: float,
    port: int,
    host: str,
    token_file: Path | None,
    alertmanager: Path | None,
    rules: tuple[Path, ...],
    mapping: Path | None,
    runbooks: Path | None,
    noise: str | None,
    notify: tuple[str, ...],
    send_outside: bool,
    home: str | None,
) -> None:
    """Play a drill for real tools: amtool, promtool, Prometheus and Grafana find their APIs here.

    The drill runs by itself; a silence that is set with amtool silences in it. Ctrl-C ends it; it is kept.
    `pagerdrill play --bridge PORT` opens the same beside the console.
    """
    import asyncio
    import os
    import shutil
    import time

    needs_extra()

    from sim.bridge.beside import bridge as beside
    from sim.bridge.host import host as play
    from sim.clock import Clock
    from sim.room.draw import WIDTH_MAX, colour_wanted, drawn

    token = read_token(host, token_file)
    targets = read_targets(notify, send_outside)
    files = {"rules": rules, "mapping": mapping, "runbooks": runbooks, "alertmanager": alertmanager}
    given = {"seed": seed, "noise": noise, **files}
    with (
        listen(host, port) as listener,
        above.open_drill(scenario, resumed, home, **given) as opened,
    ):
        drill = opened.drill
        if not drill.ended:
            drill.resume()

        def wall_ms() -> int:
            return time.monotonic_ns() // 1_000_000

        def show(blocks: "list[Block]") -> None:
            width = min(shutil.get_terminal_size().columns, WIDTH_MAX)
            click.echo(drawn(blocks, width, colour_wanted(os.environ)), nl=False)

        greet(listener, speed, [one.kind for one in targets])
        clock = Clock.started(wall_ms(), drill.now_ms, speed)
        setting = beside(drill, wall_ms, listener, token, targets, trouble)
        asyncio.run(play(drill, clock, wall_ms, setting, show))
        if drill.ended:
            opened.finish()
    click.echo(f"\nThe drill is kept as {opened.path.name}.")


def needs_extra() -> None:
    """Raise UsageError where the extra is not installed."""
    from importlib.util import find_spec

    missing = [name for name in _EXTRA if find_spec(name) is None]
    if missing:
        raise click.UsageError(
            f"this needs the extra `bridge` (missing: {', '.join(missing)}): pipx install '.[bridge]'"
        )


def listen(host: str, port: int) -> "socket.socket":
    """Return a listening socket. Raises PagerDrillError."""
    from sim.bridge.serve import listen as listening

    return listening(host, port)


def read_token(host: str, token_file: Path | None) -> str | None:
    """Return the token; None on loopback without one. Raises UsageError where one is needed or too short."""
    from sim.bridge.guard import TOKEN_MIN
    from sim.bridge.serve import is_loopback
    from sim.document import read_text

    if token_file is None:
        if is_loopback(host):
            return None
        raise click.UsageError(f"others can reach {host}, so the bridge wants a token: --token-file FILE")
    token = read_text(token_file, 1000).strip()
    if len(token) < TOKEN_MIN or not token.isascii() or not token.isprintable() or " " in token:
        raise click.UsageError(f"{token_file}: a token is one word of at least {TOKEN_MIN} letters")
    return token


def read_targets(notify: tuple[str, ...], send_outside: bool) -> "tuple[Target, ...]":
    """Return where notifications go. Raises UsageError where that leaves this machine unasked."""
    import os

    from sim.bridge.outward.sender import target

    targets = tuple(target(text, dict(os.environ)) for text in notify)
    outside = [one.kind for one in targets if one.is_outside]
    if outside and not send_outside:
        raise click.UsageError(
            f"--notify {outside[0]} leaves this machine and may reach people; "
            "say --send-outside if that is meant"
        )
    return targets


def greet(listener: "socket.socket", speed: float, kinds: list[str]) -> None:
    """Say how tools reach the drill."""
    from sim.bridge.serve import address

    url = address(listener)
    click.echo(f"the drill answers at {url}, e.g.\n")
    click.echo(f"  amtool --alertmanager.url={url} alert query")
    click.echo(f"  amtool --alertmanager.url={url} silence add severity=warning -d 10m -c 'known'")
    click.echo(f"  promtool query instant {url} 'ALERTS'\n")
    if speed != 1.0:
        click.echo(
            f"at speed {speed:g} the past moves for tools that look from outside; scraping wants speed 1\n"
        )
    if kinds:
        click.echo(f"notifications also go to: {', '.join(kinds)}, marked [DRILL]\n")


def trouble(text: str) -> None:
    """Say what could not be sent."""
    click.echo(f"NOT SENT {text}", err=True)
