"""Zones and moments that commands are given."""

from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from datetime import datetime


def plausible_year(_: click.Context, __: click.Parameter, value: "datetime | None") -> "datetime | None":
    """Return a moment, as a callback of click. Raises BadParameter in years that no policy may name."""
    from sim.oncall.schedule.policy import YEAR_MAX, YEAR_MIN

    if value is not None and not YEAR_MIN <= value.year <= YEAR_MAX:
        raise click.BadParameter(f"the year {value.year} is none of {YEAR_MIN} to {YEAR_MAX}")
    return value


def check_zone(zone: str | None) -> None:
    """Raise UsageError where a zone is given that is none."""
    if zone is None:
        return
    from pydantic import TypeAdapter, ValidationError

    from sim.oncall.schedule.policy import ZoneName

    try:
        TypeAdapter(ZoneName).validate_python(zone)
    except ValidationError as problem:
        raise click.UsageError(problem.errors()[0]["msg"].removeprefix("Value error, ")) from None
