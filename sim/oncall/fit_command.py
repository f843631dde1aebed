"""`pagerdrill rotation fit`: the load of a team from the history of its alerts or tickets."""

from pathlib import Path
from typing import Any

import click

from sim.oncall.options import check_zone

_file = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("files", metavar="HISTORY...", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option(
    "--format",
    "kind",
    type=click.Choice(["servicenow", "pagerduty", "alertmanager", "csv", "journal"]),
    help="What the file is (default: told by its content).",
)
@click.option(
    "--column",
    "columns",
    metavar="WHAT=NAME",
    multiple=True,
    help="Which column of a CSV holds what, e.g. opened=created; may be given again.",
)
@click.option(
    "--zone", help="The team's zone: hours of the week are by its clock, and times without zone local to it."
)
@click.option(
    "--dates",
    type=click.Choice(["day-first", "month-first"]),
    help="How to read dates like 3/4/2026 (default: told by the others).",
)
@click.option("--name", help="What to call the load (default: as the file).")
@click.option("--output", type=_file, help="Write the load to this file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def fit(**given: Any) -> None:
    """Fit a load to a history: when alerts come, how severe they are, how long people need.

    HISTORY is a CSV of ServiceNow, of PagerDuty, or with columns that you map; JSON of Alertmanager (bodies
    of its webhook, or its alerts); or folders of drills. CSV and JSON may be packed with gzip. Prints how
    well the load fits, and what to doubt. `rotation simulate --load` plays it.
    """
    import json

    from sim.oncall.fit.columns import THINGS, ColumnError, mapped_of
    from sim.oncall.fit.load import fit as fitted
    from sim.oncall.fit.played import played
    from sim.oncall.fit.read import read_history
    from sim.oncall.fit.told import Report, plain, text
    from sim.oncall.fit.warnings import warnings_of
    from sim.oncall.imports.names import slug
    from sim.oncall.load.read import written
    from sim.output import not_over, write_whole

    try:
        mapped = mapped_of(given["columns"])
    except ColumnError as problem:
        raise click.UsageError(f"--column {problem}; there are: {', '.join(THINGS)}") from None
    check_zone(given["zone"])
    files: list[Path] = list(given["files"])
    not_over(given["output"], *files)
    history = read_history(files, given["kind"], mapped, given["zone"], given["dates"])
    found = fitted(history, slug(given["name"] or files[0].name.partition(".")[0], "load"))
    report = Report(found, played(found), warnings_of(found))
    if given["output"] is not None:
        write_whole(given["output"], written(found.load))
    if given["as_json"]:
        click.echo(json.dumps(plain(report), indent=1))
        return
    click.echo(text(report), nl=False)
    if given["output"] is not None:
        click.echo(
            f"{given['output']}: written; play it with `pagerdrill rotation simulate POLICY --load`", err=True
        )
