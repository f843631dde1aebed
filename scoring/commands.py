"""The verb `pagerdrill score`."""

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from scoring.scorecard import Scorecard


class Above(Protocol):
    """What the command hands down."""

    def find_drill(self, drill: str, home: str | None) -> Path:
        """Return the folder of a drill by its name and the home folder, as typed. Raises PagerDrillError."""

    def make_baselines(self, folder: Path) -> None:
        """Play what would have been of a drill that is over, as far as it was not played yet."""


@click.command()
@click.argument("drill")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", help="How to print the card."
)
@click.option("--total", "with_total", is_flag=True, help="Add the total, 0 to 100.")
@click.option("--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place).")
@click.option(
    "--no-baselines",
    is_flag=True,
    envvar="PAGERDRILL_NO_BASELINES",
    help="Do not play what would have been; compare with what there is.",
)
@click.pass_obj
def score(
    above: Above, drill: str, form: str, with_total: bool, home: str | None, no_baselines: bool
) -> None:
    """Show the scorecard of a drill: what went well, what did not, on what evidence, and what would help."""
    from scoring.baselines import read_baselines
    from scoring.record import having, load
    from scoring.score import judge
    from sim.errors import PagerDrillError
    from sim.events import DrillEnded

    folder = above.find_drill(drill, home)
    record = load(folder)
    if not having(record.records, DrillEnded):
        raise PagerDrillError(
            f"{drill} is not over, and its card would tell how it ends; "
            f"go on with `pagerdrill play --resume {drill}`"
        )
    if not no_baselines:
        above.make_baselines(folder)
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
