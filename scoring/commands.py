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


FORMATS = ("text", "json", "html", "md")
REPORT_LIBRARIES = ("jinja2", "markupsafe", "matplotlib")
OF_SUFFIX = {".json": "json", ".html": "html", ".htm": "html", ".md": "md", ".markdown": "md"}


@click.command()
@click.argument("drill")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help="How to print the card (default: what the name of the output file says, or text).",
)
@click.option("--output", metavar="FILE", help="Write the card to this file, over what is there.")
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
    above: Above,
    drill: str,
    form: str | None,
    output: str | None,
    with_total: bool,
    home: str | None,
    no_baselines: bool,
) -> None:
    """Show the scorecard of a drill: what went well, what did not, on what evidence, and what would help.

    --format html makes one page with the time axis as a picture; it needs the extra: pagerdrill[report].
    """
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
    form = form or OF_SUFFIX.get(Path(output or "").suffix.lower(), "text")
    if not no_baselines:
        above.make_baselines(folder)
    card = judge(record, read_baselines(folder))
    if output is not None:
        from sim.output import write_whole

        write_whole(Path(output), _written(card, form, with_total=with_total))
    elif form in ("text", "json"):
        show(card, as_json=form == "json", with_total=with_total)
    else:
        click.echo(_written(card, form, with_total=with_total), nl=False)


def show(card: "Scorecard", *, as_json: bool, with_total: bool = False) -> None:
    """Print a scorecard: as JSON, or as text, in colour where it goes to a terminal."""
    if not as_json:
        from rich.console import Console

        from scoring.card_text import render

        console = Console(highlight=False)
        if console.is_terminal:
            console.print(render(card, with_total=with_total))
            return
    click.echo(_written(card, "json" if as_json else "text", with_total=with_total), nl=False)


def _written(card: "Scorecard", form: str, *, with_total: bool) -> str:
    """Return the card in a format. Raises PagerDrillError where what it needs is not installed."""
    if form == "json":
        from scoring.card_json import card_json

        return card_json(card, with_total=with_total)
    if form == "md":
        from scoring.card_md import card_md

        return card_md(card, with_total=with_total)
    if form == "html":
        return _page(card, with_total=with_total)
    from scoring.card_text import card_text

    return card_text(card, with_total=with_total)


def _page(card: "Scorecard", *, with_total: bool) -> str:
    from sim.errors import PagerDrillError

    try:
        from scoring.card_html import card_html
    except ModuleNotFoundError as error:
        if error.name not in REPORT_LIBRARIES:
            raise
        raise PagerDrillError(
            f"the card as HTML needs {error.name}, which is not installed; it comes with the extra `report`: "
            "pip install 'pagerdrill[report]' (in a checkout: pip install -e '.[report]'). "
            "--format md needs nothing more"
        ) from None
    return card_html(card, with_total=with_total)
