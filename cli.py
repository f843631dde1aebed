"""The `pagerdrill` command: the only place where all floors meet."""

import contextlib
import errno
import importlib
import math
import pathlib
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sim.bots.runs import Job, Run
    from sim.drill import Drill
    from sim.home import Home
    from sim.opening import OpenDrill
    from sim.room.console import Beside
    from sim.room.script import ScriptLine
    from sim.spec import Scenario

LAZY = {
    "alerts": ("sim.alerting.commands", "alerts"),
    "bridge": ("sim.bridge.commands", "bridge"),
    "drills": ("sim.commands", "drills"),
    "rotation": ("sim.oncall.commands", "rotation"),
    "scenarios": ("scenarios.commands", "scenarios"),
    "score": ("scoring.commands", "score"),
}
"""Commands that live in one floor, imported when they are called, so that --help stays instant."""

PLAYERS = (
    "idle",
    "undo-last",
    "restart-loudest",
    "scale-busiest",
    "shotgun",
    "novice",
    "expert",
    "oracle",
)
"""The scripted players, as `sim.bots` has them; named here so that --help stays instant."""

NOISE = ("quiet", "normal", "noisy", "storm")
"""The profiles of noise, as `sim.spec` has them; named here for the same reason."""

SHORT_HELP = {
    "alerts": "See what noise there is, where alerts would go, and who is notified when.",
    "bridge": "Play a drill for real tools: amtool, promtool, Prometheus, Grafana.",
    "drills": "List, show, verify and delete the drills that were played.",
    "rotation": "See who is on call when, and what is wrong with an on-call policy.",
    "scenarios": "See what can be played, and check files of your own.",
    "score": "Show the scorecard of a drill.",
}


class LazyGroup(click.Group):
    """A group whose commands are imported on first use, and that turns our errors into one clear message."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return all names."""
        return sorted([*super().list_commands(ctx), *LAZY])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return a command."""
        if cmd_name not in LAZY:
            return super().get_command(ctx, cmd_name)
        module, attribute = LAZY[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        rows = []
        for name in self.list_commands(ctx):
            own = self.commands.get(name)
            rows.append((name, own.get_short_help_str(70) if own else SHORT_HELP[name]))
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error that a person can mend is shown as it is, without a traceback."""
        from sim.errors import PagerDrillError

        try:
            return super().invoke(ctx)
        except PagerDrillError as error:
            raise click.ClickException(str(error)) from None
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise click.ClickException("no space is left where the output goes") from None


class Below:
    """What commands of the floors below are handed: things that need several floors."""

    @property
    def check_ids(self) -> frozenset[str]:
        """The checks that objectives of a scenario may name."""
        from scoring.rubric import CHECK_IDS

        return frozenset(CHECK_IDS)

    def scenario(self, named: str | None) -> "Scenario":
        """Return a scenario by id or path; None: the first drill. Raises PagerDrillError."""
        from scenarios.library import FIRST_DRILL

        return _resolved(named or FIRST_DRILL)

    def open_drill(
        self, scenario: str | None, resumed: str | None, home: str | None, **given: Any
    ) -> "OpenDrill":
        """Return a new drill, or one to go on with. Raises PagerDrillError."""
        from sim.home import Home, home_folder

        place = Home(home_folder(home))
        if resumed is not None:
            if scenario is not None or any(value not in (None, ()) for value in given.values()):
                raise click.UsageError("--resume takes nothing that makes another drill")
            return _resume(place, resumed, interactive=False)
        files = (given["rules"], given["mapping"], given["runbooks"], given["alertmanager"])
        spec = _with_files(self.scenario(scenario), *files)
        return _new(place, spec, given["seed"], "responder", "you", given["noise"], interactive=False)

    def play_all(self, scenario: "Scenario", seeds: int) -> "Iterator[Run]":
        """Play all scripted players in a scenario over seeds 1 to `seeds`."""
        from sim.bots.runs import Job, play_all

        jobs = [Job(scenario, name, seed) for name in PLAYERS for seed in range(1, seeds + 1)]
        return play_all(jobs, bot_run)

    def find_drill(self, drill: str, home: str | None) -> "Path":
        """Return the folder of a drill. Raises PagerDrillError where there is none."""
        from sim.home import Home, home_folder

        return Home(home_folder(home)).folder(drill)

    def make_baselines(self, folder: "Path") -> None:
        """Play what would have been, a line for each run; one of an older engine stays as it is."""
        from sim.baselines import COMPARED, make, missing
        from sim.bots import BOTS
        from sim.errors import JournalError

        try:
            left = missing(folder, COMPARED)

            def told(name: str) -> None:
                if sys.stderr.isatty():
                    place = f"{left.index(name) + 1} of {len(left)}"
                    click.echo(f"playing what would have been, {place}: {name}", err=True)

            if left:
                make(folder, {name: BOTS[name] for name in COMPARED}, told)
        except JournalError as error:
            click.echo(f"no comparison: {error}", err=True)


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="pagerdrill", prog_name="pagerdrill")
@click.pass_context
def main(context: click.Context) -> None:
    """PagerDrill, a flight simulator for incident response.

    Start with `pagerdrill play`: a real outage on a simulated system, twenty minutes, and a scorecard.
    """
    context.obj = Below()


FILE = click.Path(dir_okay=False, path_type=pathlib.Path)
FOLDER = click.Path(file_okay=False, path_type=pathlib.Path)
HOME_OPTION = click.option(
    "--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place)."
)


@main.command()
@click.argument("scenario", required=False)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Same seed, same drill (default: a new one).")
@click.option(
    "--role",
    type=click.Choice(["responder", "ic"]),
    help="responder (the default), or incident commander.",
)
@click.option(
    "--speed", type=click.FloatRange(0.1, 100), default=1.0, show_default=True, help="Pace of the clock."
)
@click.option("--name", help="Your name in the drill (default: you).")
@click.option("--noise", type=click.Choice(NOISE), help="How noisy (default: as the scenario says).")
@click.option("--alertmanager", type=FILE, metavar="FILE", help="Your alertmanager.yml: where alerts go.")
@click.option("--bridge", "port", type=click.IntRange(0, 65_535), help="Let amtool and others in at a port.")
@click.option(
    "--rules", multiple=True, type=FILE, metavar="FILE", help="Your own Prometheus rule file; again for more."
)
@click.option("--mapping", type=FILE, metavar="FILE", help="What your alerts watch in this world.")
@click.option("--runbooks", type=FOLDER, metavar="DIR", help="Your own runbooks, in Markdown.")
@click.option("--script", type=click.File("rb"), help="Play these lines as fast as possible.")
@click.option("--resume", "resumed", metavar="DRILL", help="Go on with a drill that was left.")
@click.option("--json", "as_json", is_flag=True, help="Print the scorecard as JSON at the end.")
@click.option(
    "--no-baselines",
    is_flag=True,
    envvar="PAGERDRILL_NO_BASELINES",
    help="Do not play what would have been after the end.",
)
@HOME_OPTION
def play(
    scenario: str | None,
    seed: int | None,
    role: str | None,
    speed: float,
    name: str | None,
    noise: str | None,
    alertmanager: "Path | None",
    port: int | None,
    rules: "tuple[Path, ...]",
    mapping: "Path | None",
    runbooks: "Path | None",
    script: BinaryIO | None,
    resumed: str | None,
    as_json: bool,
    no_baselines: bool,
    home: str | None,
) -> None:
    """Play a drill: handle an outage from the terminal, then read how it went.

    SCENARIO is an id from `pagerdrill scenarios list` or a file of your own; without one, a good first
    drill. Not on a terminal, the lines of standard input are played, or else a shipped script.
    """
    from scenarios.library import FIRST_DRILL
    from sim.home import Home, home_folder

    place = Home(home_folder(home))
    if not math.isfinite(speed):
        raise click.BadParameter("must be a number from 0.1 to 100", param_hint="--speed")
    given = (scenario, seed, role, name, noise, alertmanager, rules or None, mapping, runbooks)
    if resumed is not None and any(value is not None for value in given):
        raise click.UsageError(
            "--resume takes no scenario, seed, role, name, noise or files: the drill has its own"
        )
    if resumed is not None:
        place.folder(resumed)
    on_terminal = script is None and _is_terminal()
    lines = None if on_terminal else _script_lines(script, scenario, new=resumed is None, quiet=as_json)
    if resumed is not None:
        opened = _resume(place, resumed, interactive=on_terminal)
    else:
        seat = (role or "responder", name or "you")
        spec = _with_files(_resolved(scenario or FIRST_DRILL), rules, mapping, runbooks, alertmanager)
        opened = _new(place, spec, seed, *seat, noise, interactive=on_terminal)
    with opened:
        if lines is None:
            over = _play_live(opened, place, speed, port)
        else:
            _play_script(opened, lines, quiet=as_json)
            over = True
        if over:
            opened.finish()
    if over:
        if not no_baselines:
            Below().make_baselines(opened.path)
        if on_terminal:
            _forget_typed_ahead()
        _show_card(opened.path, as_json=as_json)


@main.group()
def bots() -> None:
    """Let scripted players play, many seeds at a time."""


@bots.command("run")
@click.argument("scenario")
@click.option("--bot", required=True, metavar="NAME|all", help=f"all, or one of: {', '.join(PLAYERS)}.")
@click.option(
    "--seeds", type=click.IntRange(1, 10_000), default=20, show_default=True, help="Seeds 1 to this."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def run_bots(scenario: str, bot: str, seeds: int, as_json: bool) -> None:
    """Play SCENARIO with a bot over seeds 1 to SEEDS and print how each went."""
    import json

    from sim.bots.runs import Job, play_all

    if bot not in (*PLAYERS, "all"):
        raise click.UsageError(f"there is no bot {bot!r}; there are: {', '.join(PLAYERS)}, or all")
    spec = _resolved(scenario)
    names = PLAYERS if bot == "all" else (bot,)
    jobs = [Job(spec, name, seed) for name in names for seed in range(1, seeds + 1)]
    runs = []
    for run in play_all(jobs, bot_run):
        runs.append(run)
        if not as_json:
            click.echo(_bot_line(run))
    if as_json:
        runs.sort(key=lambda run: (names.index(run.player), run.seed))
        click.echo(json.dumps({"runs": [_bot_fields(run) for run in runs]}, indent=1))


# --- playing ----------------------------------------------------------------------------------------------


def _resolved(scenario: str) -> "Scenario":
    from scenarios.library import resolve
    from scoring.rubric import CHECK_IDS

    return resolve(scenario, frozenset(CHECK_IDS))


def _with_files(
    scenario: "Scenario",
    rules: "tuple[Path, ...]",
    mapping: "Path | None",
    runbooks: "Path | None",
    alertmanager: "Path | None",
) -> "Scenario":
    """Return a scenario with a team's own files in it. Raises PagerDrillError."""
    from scenarios.loader import load_routing
    from sim.alerting.catalogue.build import Files, with_files

    if alertmanager is not None:
        scenario = scenario.model_copy(update={"alertmanager": load_routing(alertmanager)})
    return with_files(scenario, Files(rules, mapping, runbooks))


def _new(
    place: "Home",
    spec: "Scenario",
    seed: int | None,
    role: str,
    name: str,
    noise: str | None,
    *,
    interactive: bool,
) -> "OpenDrill":
    import socket
    from datetime import UTC, datetime

    from sim.journal import Meta
    from sim.opening import new_drill
    from sim.people.seats import check_name
    from sim.spec import NoiseProfile, Seat

    if noise is not None:
        spec = spec.model_copy(update={"noise": NoiseProfile.model_validate(noise)})
    check_name(name, spec)
    played = _seeds_played(place, spec.id)
    if seed is None:
        seed = next(number for number in range(1, len(played) + 2) if number not in played)
    rehearsal = []
    if seed in played:
        rehearsal.append("seed played before")
    drill_id = place.new_id(spec.id, seed)
    created = datetime.now(UTC).isoformat(timespec="seconds")
    meta = Meta(id=drill_id, created=created, host=socket.gethostname(), rehearsal=tuple(rehearsal))
    seat = Seat(name=name, role=role)
    return new_drill(place.drills / drill_id, spec, seed, seat, meta, interactive=interactive)


def _seeds_played(place: "Home", scenario: str) -> set[int]:
    from sim.journal import Meta

    stem = f"{scenario}-s"
    tails = [
        path.name.removeprefix(stem).split("-")[0]
        for path, meta in place.metas()
        if isinstance(meta, Meta) and path.name.startswith(stem)
    ]
    return {int(tail) for tail in tails if tail.isdecimal()}


def _resume(place: "Home", drill: str, *, interactive: bool) -> "OpenDrill":
    from sim.opening import resume

    return resume(place.folder(drill), interactive=interactive)


def _play_live(opened: "OpenDrill", place: "Home", speed: float, port: int | None) -> bool:
    """Play on the terminal, with a bridge at a port where one is wanted; return whether the drill is over."""
    import os
    import time

    from sim.clock import Clock
    from sim.room.console import run
    from sim.room.draw import colour_wanted

    def wall_ms() -> int:
        return time.monotonic_ns() // 1_000_000

    drill = opened.drill
    outcome = run(
        drill,
        Clock.started(wall_ms(), drill.now_ms, speed),
        wall_ms,
        drill_id=opened.path.name,
        history_path=place.history_file,
        colour=colour_wanted(os.environ),
        beside=None if port is None else _bridge(drill, wall_ms, port, speed),
    )
    return outcome == "ended"


def _bridge(drill: "Drill", wall_ms: "Callable[[], int]", port: int, speed: float) -> "Beside":
    """Return a bridge for this machine, beside the console."""
    from sim.bridge import commands

    commands.needs_extra()
    listener = commands.listen("127.0.0.1", port)
    commands.greet(listener, speed, [])
    from sim.bridge.beside import bridge

    return bridge(drill, wall_ms, listener, None, (), lambda _: None)


def _forget_typed_ahead() -> None:
    """Drop what was typed to a drill that was over by then, so that the shell does not run it."""
    try:
        import termios
    except ImportError:  # no such terminal on this platform
        return
    with contextlib.suppress(termios.error):
        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _is_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _script_lines(
    script: BinaryIO | None, scenario: str | None, *, new: bool, quiet: bool
) -> "tuple[ScriptLine, ...]":
    """Return the lines to play: those of the file, of standard input, or for a new drill the shipped ones."""
    from scenarios.library import FIRST_DRILL, example
    from sim.errors import PagerDrillError
    from sim.room.script import parse_script

    name, data = "standard input", b""
    if script is not None:
        name, data = script.name, script.read()
    elif sys.stdin is not None and not sys.stdin.isatty():
        data = sys.stdin.buffer.read()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PagerDrillError(f"{name} line {line}: not UTF-8; save the script as UTF-8") from None
    if script is None and not text.strip():
        if not new:
            raise PagerDrillError("to go on with a drill, use a terminal, give --script, or pipe lines in")
        name = f"the script that comes with {scenario or FIRST_DRILL}"
        text = example(scenario or FIRST_DRILL)
        if not quiet:
            click.echo(f"no terminal and no script: playing {name}\n")
    return parse_script(text, name)


def _play_script(opened: "OpenDrill", lines: "tuple[ScriptLine, ...]", *, quiet: bool) -> None:
    from sim.room.script import play_script

    play_script(opened.drill, lines, (lambda _: None) if quiet else click.echo)


def _show_card(path: "Path", *, as_json: bool) -> None:
    from scoring.baselines import read_baselines
    from scoring.commands import show
    from scoring.record import load
    from scoring.score import judge

    show(judge(load(path), read_baselines(path)), as_json=as_json)
    if not as_json:
        click.echo(f"\nkept as {path.name}; this card again: pagerdrill score {path.name}")


# --- bots -------------------------------------------------------------------------------------------------


def bot_run(job: "Job") -> "Run":
    """Play one run in a folder of its own and judge it."""
    import tempfile
    from pathlib import Path

    from scoring.record import having, load
    from scoring.score import judge, total
    from sim.bots import BOTS
    from sim.bots.runs import Run
    from sim.events import ActStarted
    from sim.journal import Meta
    from sim.opening import new_drill
    from sim.spec import Seat

    with tempfile.TemporaryDirectory(prefix="pagerdrill-") as temporary:
        path = Path(temporary) / "drill"
        meta = Meta(id="bot", created="", host="")
        seat = Seat(name=job.player, role="responder")
        with new_drill(path, job.scenario, job.seed, seat, meta, interactive=False) as opened:
            BOTS[job.player](opened.drill)
            opened.finish()
        record = load(path)
    card = judge(record)
    measured = {measure.id: measure.value for measure in card.measures}
    return Run(
        player=job.player,
        seed=job.seed,
        score=round(total(card), 1),
        mitigated_after_s=measured["mttm"],
        user_min_lost=measured["user-minutes-lost"] or 0.0,
        acts=len(having(record.records, ActStarted)),
    )


def _bot_fields(run: "Run") -> dict[str, Any]:
    return {
        "bot": run.player,
        "seed": run.seed,
        "score": run.score,
        "mitigated": run.mitigated,
        "time_to_mitigate_s": run.mitigated_after_s,
        "user_minutes_lost": run.user_min_lost,
        "acts": run.acts,
    }


def _bot_line(run: "Run") -> str:
    after_s = run.mitigated_after_s
    when = "not mitigated" if run.user_min_lost else "nobody hurt"
    when = when if after_s is None else f"mitigated after {after_s / 60:.1f} min"
    return (
        f"{run.player:<15} seed {run.seed:>3}  score {run.score:>5.1f}  {when:<24}  "
        f"{run.user_min_lost:>11,.0f} user-minutes lost"
    )


if __name__ == "__main__":
    main()
