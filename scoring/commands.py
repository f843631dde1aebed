"""The verb `pagerdrill score`."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from scoring.scorecard import Scorecard

FindDrill = Callable[[str, str | None], Path]
"""Returns the folder of a drill by its name and the home folder, as typed; raises PagerDrillError."""


@click.command()
@click.argument("drill")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the card."
)
@click.option("--total", "with_total", is_flag=True, help="Add the total, 0 to 100.")
@click.option("--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place).")
@click.pass_obj
def score(find_drill: FindDrill, drill: str, form: str, with_total: bool, home: str | None) -> None:
    """Show the scorecard of a drill: what went well, what did not, on what evidence, and what would help.

    The context object is a function from the name of a drill to its folder.
    """
    from scoring.baselines import read_baselines
    from scoring.record import having, load
    from scoring.score import judge
    from sim.errors import PagerDrillError
    from sim.events import DrillEnded

    folder = find_drill(drill, home)
    record = load(folder)
    if not having(record.records, DrillEnded):
        raise PagerDrillError(
            f"{drill} is not over, and its card would tell how it ends; "
            f"go on with `pagerdrill play --resume {drill}`"
        )
    show(judge(record, read_baselines(folder)), as_json=form == "json", with_total=with_total)


def show(card: "Scorecard", *, as_json: bool, with_total: bool = False) -> None:
    """Print a scorecard: as JSON, or as text, in colour where it goes to a terminal."""
    if as_json:
        from scoring.card_json import card_json

        click.echo(card_json(card, with_total=with_total), nl=False)
        return
    from rich.console import Console

    from scoring.card_text import card_text, render

    console = Console(highlight=False)
    if console.is_terminal:
        console.print(render(card, with_total=with_total))
    else:
        click.echo(card_text(card, with_total=with_total), nl=False)
