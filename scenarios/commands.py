"""`pagerdrill scenarios`: what can be played, and whether files of one's own are right."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import click

if TYPE_CHECKING:
    from scenarios.checking import Report
    from scenarios.inequalities import Run
    from sim.spec import Scenario


@click.group()
def scenarios() -> None:
    """See what can be played, and check files of your own."""


@scenarios.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the drills that come with PagerDrill."""
    from scenarios.library import FIRST_DRILL, listed

    drills = listed()
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(drill) for drill in drills], indent=2, ensure_ascii=False))
        return
    columns = [(drill.id, drill.difficulty, drill.world, drill.title) for drill in drills]
    rows = [("scenario", "difficulty", "world", "title"), *columns]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        click.echo(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        )
    click.echo(f"\nStart one with: pagerdrill play {FIRST_DRILL}")


class Above(Protocol):
    """What the command hands down: who can play, and the checks that objectives may name."""

    check_ids: frozenset[str]

    def play_all(self, scenario: "Scenario", seeds: int) -> "Iterator[Run]":
        """Play all players over seeds 1 to `seeds`."""


@scenarios.command()
@click.argument("scenario", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All shipped drills, as without a name.")
@click.option(
    "--seeds",
    type=click.IntRange(0, 1000),
    default=5,
    show_default=True,
    help="Let all scripted players play seeds 1 to this; 0 plays nothing.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def check(above: Above, scenario: tuple[str, ...], everything: bool, seeds: int, as_json: bool) -> None:
    """Check scenarios, by id or by path: form, names, whether they can be played, and who does best.

    Without a name all shipped drills are checked. What a scenario promises depends on what it expects: where
    users are to be relieved, say, the expert should do better than the novice, and the novice better than
    whoever always undoes the last change.
    """
    from scenarios.checking import Checker
    from scenarios.library import listed

    if everything and scenario:
        raise click.UsageError("--all means all shipped drills; leave the names out")
    names = scenario or tuple(drill.id for drill in listed())
    on_terminal = sys.stderr.isatty()
    checker = Checker(above.play_all, seeds, above.check_ids, _progress if on_terminal else lambda *_: None)
    reports = []
    for name in names:
        reports.append(checker.check(name))
        if on_terminal:
            click.echo("\r\x1b[K", nl=False, err=True)
        if not as_json:
            _print(reports[-1])
    if as_json:
        import json

        click.echo(json.dumps({"scenarios": [_fields(report) for report in reports]}, indent=1))
    if not all(report.good for report in reports):
        raise click.exceptions.Exit(1)


def _progress(name: str, done: int) -> None:
    click.echo(f"\r{name}: {done} runs played", nl=False, err=True)


def _print(report: "Report") -> None:
    if report.scenario is not None:
        world = report.scenario.world
        size = f"{len(world.components)} components, {len(world.rules)} rules"
        verdict = "good" if report.good else f"{len(report.findings)} to mend"
        click.echo(f"{report.name}: {verdict} (world {world.id}: {size}, {len(world.runbooks)} runbooks)")
    if report.rows:
        click.echo(f"  expects {report.scenario.expects if report.scenario else ''}")
        click.echo(f"  {'player':<16}{'score':>7}  {'from - to':>13}{'mitigated':>11}{'lost':>13}{'acts':>6}")
    for row in report.rows:
        click.echo(
            f"  {row.player:<16}{row.score:>7.1f}  {row.lowest:>5.1f} - {row.highest:>5.1f}"
            f"{row.mitigated_share:>11.0%}{row.user_min_lost:>13,.0f}{row.acts:>6g}"
        )
    if report.band is not None:
        low, middle, high = (
            round(value) for value in (report.band.low, report.band.median, report.band.high)
        )
        click.echo(
            f"  the expert loses {low:,} to {high:,} user-minutes in the middle half, median {middle:,}:"
        )
        click.echo(f"  rubric: {{par_user_min: {middle}, par_band_user_min: [{low}, {high}], ...}}")
    for finding in report.findings:
        click.echo(f"  {finding}" if report.scenario else finding, err=report.scenario is None)


def _fields(report: "Report") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "scenario": report.name,
        "good": report.good,
        "expects": report.scenario.expects if report.scenario else None,
        "findings": list(report.findings),
        "players": [asdict(row) for row in report.rows],
        "expert_band_user_min": asdict(report.band) if report.band else None,
    }
