"""The zone that a command is given."""

import click


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
