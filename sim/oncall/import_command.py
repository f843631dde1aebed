"""`pagerdrill rotation import`: a schedule of another tool as a policy file."""

from pathlib import Path
from typing import Any

import click

from sim.oncall.options import check_zone


@click.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--format",
    "given",
    type=click.Choice(["ical", "pagerduty", "goalert"]),
    help="What the file is (default: told by its content).",
)
@click.option("--zone", help="The policy's zone, and that of times without zone (default: as in the file).")
@click.option("--layer", help="What to call the layer (default: as in the file, else primary).")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file (default: print)."
)
def import_(file: Path, output: Path | None, **given: Any) -> None:
    """Read a schedule of another tool and write a policy that shows the same shifts.

    FILE is an iCalendar, or JSON of PagerDuty or GoAlert. What could not be carried as it was is said on
    stderr.
    """
    from sim.oncall.imports.names import slug
    from sim.oncall.imports.recognise import imported
    from sim.oncall.imports.written import written
    from sim.output import write_whole

    check_zone(given["zone"])
    if given["layer"] is not None and slug(given["layer"], "primary") != given["layer"]:
        raise click.UsageError("--layer takes lower case letters, digits and single hyphens, e.g. primary")
    found = imported(file, given["given"], given["zone"], given["layer"])
    text = written(found.policy, output or file)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text)
        people, layers = len(found.policy.people), len(found.policy.layers)
        click.echo(f"{output}: {people} people, {layers} layers")
    for note in found.notes:
        click.echo(f"note: {note}", err=True)
