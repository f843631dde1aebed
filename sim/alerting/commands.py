"""`pagerdrill alerts`: what noise there is, and where alerts go."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from sim.alerting.export_command import export
from sim.alerting.noise_command import noise
from sim.alerting.rules_command import rules

if TYPE_CHECKING:
    from datetime import datetime

    from sim.alerting.routing.config import Config

START = "2026-01-05T09:00:00+00:00"
"""The moment of second 0 where none is given: a Monday, 09:00 UTC."""

_config = click.option(
    "--config",
    "config_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="An alertmanager.yml.",
)


@click.group()
def alerts() -> None:
    """See what noise there is, where alerts would go, and who would be notified when."""


alerts.add_command(export)
alerts.add_command(noise)
alerts.add_command(rules)


@alerts.command()
@_config
@click.option(
    "--alerts",
    "alerts_file",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Timed alerts and silences, JSON; times are seconds from the start.",
)
@click.option(
    "--until", type=float, help="End after so many seconds; else a day after the last that happens."
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M:%S"]),
    default=START,
    show_default=True,
    help="The moment of second 0, for time intervals; UTC where it names no zone.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def simulate(
    config_file: Path, alerts_file: Path, until: float | None, start: "datetime", as_json: bool
) -> None:
    """Play timed alerts through an Alertmanager configuration, without sending anything.

    ALERTS holds {"pushes": [{"at": 0, "alerts": [{"labels": {...}, "annotations": {...}, "starts_at"?,
    "ends_at"?}]}], "silences": [{"at", "starts_at", "ends_at", "matchers": ["name=~\\"value\\""],
    "expires_at"?}]}. What is pushed at a moment is in before groups are flushed at that moment.

    Where a repeat interval is an exact multiple of the group interval, Alertmanager repeats now at that
    multiple and now one interval later, by the milliseconds that sending takes; here it is always later.
    """
    import json
    import math

    from sim.alerting.routing import simulate as dry
    from sim.alerting.routing.table import repeats_that_slip, table

    if until is not None and not (math.isfinite(until) and 0 <= until <= dry.LONGEST_S):
        raise click.UsageError(f"--until is a number of seconds from 0 to {dry.LONGEST_S:,.0f}")
    config = _read(config_file)
    slips = repeats_that_slip(config)
    if slips:
        click.echo(f"{config_file}: {slips}", err=True)
    given = dry.read_input(alerts_file)
    notifications = dry.simulate(config, given, _in_utc(start), until)
    if as_json:
        click.echo(json.dumps(dry.as_json(notifications), indent=2, ensure_ascii=False))
        return
    click.echo(table(notifications))


@alerts.command()
@_config
@click.argument("labels", nargs=-1, required=True, metavar="LABEL=VALUE...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def route(config_file: Path, labels: tuple[str, ...], as_json: bool) -> None:
    """Show the routes that one alert takes in an Alertmanager configuration."""
    import json

    from sim.alerting.routing.table import taken_as_json, tree

    config = _read(config_file)
    alert = dict(_label(text) for text in labels)
    if as_json:
        click.echo(json.dumps(taken_as_json(config, alert), indent=2, ensure_ascii=False))
        return
    click.echo(tree(config, alert))


def _read(file: Path) -> "Config":
    """Read a configuration, and say on standard error what of it has no effect here."""
    from sim.alerting.routing.config import load

    config = load(file)
    for mistake in config.unused:
        click.echo(str(mistake), err=True)
    return config


def _label(text: str) -> tuple[str, str]:
    from sim.alerting.routing.matchers import LABEL_NAME

    name, equals, value = text.partition("=")
    if not equals or not LABEL_NAME.fullmatch(name):
        raise click.UsageError(f"{text!r} is no label; write NAME=VALUE, e.g. severity=critical")
    return name, value


def _in_utc(moment: "datetime") -> "datetime":
    from datetime import UTC

    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
