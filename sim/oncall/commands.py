"""`pagerdrill rotation`: who is on call when, and what is wrong with a policy."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from sim.oncall.fit_command import fit
from sim.oncall.import_command import import_
from sim.oncall.options import plausible_year
from sim.oncall.whatif.commands import compare, simulate, size

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sim.oncall.schedule.policy import RotationPolicy
    from sim.oncall.schedule.shifts import Shift

Command = TypeVar("Command", bound="Callable[..., Any]")

DAYS = 28
"""So many days are shown where no end is given; an assumption."""
CHECKED_DAYS = 366
"""A year is checked: every holiday, and both changes of the clock."""
LONGEST_DAYS = 20 * 366

_MOMENTS = ["%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]

_policy = click.argument("policy_file", metavar="POLICY", type=click.Path(dir_okay=False, path_type=Path))
_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _moment(name: str, text: str, *, required: bool = False) -> "Callable[[Command], Command]":
    return click.option(
        name, type=click.DateTime(_MOMENTS), required=required, help=text, callback=plausible_year
    )


@click.group()
def rotation() -> None:
    """See who is on call when, and what is wrong with an on-call policy."""


@rotation.command()
@_policy
@_moment("--from", "The first moment, local to the policy unless it names a zone.", required=True)
@_moment("--to", f"The last moment (default: {DAYS} days later).")
@click.option("--layer", help="One layer alone.")
@_json
def show(**given: Any) -> None:
    """List the shifts of a policy: who is on call from when to when, and under which layer."""
    import json

    from sim.oncall.schedule.load import load

    policy = load(given["policy_file"])
    found = _shifts(policy, *_window(policy, given["from"], given["to"], DAYS), given["layer"])
    if given["as_json"]:
        click.echo(json.dumps([_plain(policy, shift) for shift in found], indent=1))
        return
    for shift in found:
        row = _plain(policy, shift)
        click.echo(f"{_when(row['start'])}  to  {_when(row['end'])}  {shift.layer:<12} {shift.person}")


@rotation.command()
@_policy
@_moment("--from", "The first moment, local to the policy unless it names a zone.", required=True)
@_moment("--to", f"The last moment (default: {DAYS} days later).")
@click.option("--layer", help="One layer alone.")
@click.option("--names", is_flag=True, help="People by name instead of id.")
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file (default: print)."
)
def export(**given: Any) -> None:
    """Write the shifts of a policy as an iCalendar. The same shift keeps its UID.

    A shift that runs at the first moment is written whole.
    """
    from sim.oncall.schedule.calendar import calendar, known_from
    from sim.oncall.schedule.load import load
    from sim.output import not_over, write_whole

    not_over(given["output"], given["policy_file"])
    policy = load(given["policy_file"])
    begins, ends = _window(policy, given["from"], given["to"], DAYS)
    since = known_from(policy, begins)
    found = [shift for shift in _shifts(policy, since, ends, given["layer"]) if shift.end > begins]
    text = calendar(policy, found, since, names=given["names"])
    if given["output"] is None:
        click.echo(text, nl=False)
        return
    write_whole(given["output"], text)
    click.echo(f"{given['output']}: {len(found)} shifts")


@rotation.command()
def schema() -> None:
    """Print the JSON Schema of policy files, for editors that complete and check them."""
    import json

    from sim.oncall.schedule.policy import RotationPolicy

    click.echo(json.dumps(RotationPolicy.model_json_schema(by_alias=True), indent=1))


@rotation.command()
@_policy
@_moment("--at", "The moment, local to the policy unless it names a zone.", required=True)
@_json
def who(policy_file: Path, at: "datetime", as_json: bool) -> None:
    """Show who is on call at a moment, on each layer and each step of the escalation."""
    import json
    from dataclasses import asdict
    from zoneinfo import ZoneInfo

    from sim.oncall.schedule.escalation import steps
    from sim.oncall.schedule.load import load
    from sim.oncall.schedule.shifts import instant_of, on_call

    policy = load(policy_file)
    moment = instant_of(at, ZoneInfo(policy.zone))
    layers = [(layer.id, layer.role, on_call(policy, layer, moment)) for layer in policy.layers]
    reached = steps(policy, moment)
    if as_json:
        names = ("layer", "role", "people")
        told = {
            "at": moment.astimezone(ZoneInfo(policy.zone)).isoformat(),
            "layers": [dict(zip(names, layer, strict=True)) for layer in layers],
            "steps": [asdict(one) for one in reached],
        }
        click.echo(json.dumps(told, indent=1))
        return
    click.echo(f"{_when(moment.astimezone(ZoneInfo(policy.zone)).isoformat())}\n")
    for name, role, people in layers:
        click.echo(f"layer {name} ({role}): {', '.join(people) or 'nobody'}")
    for one in reached:
        named = (" or " if one.round_robin else ", ").join(one.people) or "nobody"
        turn = ", in turn" if one.round_robin else ""
        click.echo(f"step {one.step}, {one.minutes} min{turn}: {named}")


@rotation.command()
@_policy
@_moment("--from", "The first moment (default: when all rotations of the policy have begun).")
@_moment("--to", "The last moment (default: a year later).")
@_json
def check(**given: Any) -> None:
    """Name what is wrong with a policy: gaps, overlaps, starved people, short rest, bare holidays, leave.

    Ends with 1 where somebody would be missing.
    """
    import json
    from dataclasses import asdict
    from zoneinfo import ZoneInfo

    from sim.oncall.schedule.check import check as checked
    from sim.oncall.schedule.load import load

    policy = load(given["policy_file"])
    first, last = _window(policy, given["from"] or _beginning(policy), given["to"], CHECKED_DAYS)
    found = checked(policy, first, last)
    begins, ends = (at.astimezone(ZoneInfo(policy.zone)) for at in (first, last))
    window = f"from {begins:%Y-%m-%d} to {ends:%Y-%m-%d}"
    if given["as_json"]:
        plain = {"from": begins.isoformat(), "to": ends.isoformat()}
        click.echo(json.dumps({**plain, "findings": [asdict(one) for one in found]}, indent=1))
    elif not found:
        click.echo(f"nothing is wrong {window}")
    else:
        click.echo(f"{window}:")
        for one in found:
            mark = "MISSING" if one.weight == "bad" else "note"
            text = f"{mark:<8}{one.where}: {one.text}"
            click.echo(click.wrap_text(text, 80, subsequent_indent=" " * 8))
    if any(one.weight == "bad" for one in found):
        raise SystemExit(1)


def _shifts(
    policy: "RotationPolicy", begins: "datetime", ends: "datetime", layer: str | None
) -> "list[Shift]":
    """Return the shifts between two instants, under one layer or all, in order."""
    from sim.oncall.schedule.shifts import shifts

    known = [one.id for one in policy.layers]
    if layer not in (None, *known):
        raise click.UsageError(f"there is no layer {layer!r}; there are: {', '.join(known)}")
    chosen = [one for one in policy.layers if layer in (None, one.id)]
    found = [shift for one in chosen for shift in shifts(policy, one, begins, ends)]
    return sorted(found, key=lambda shift: (shift.start, known.index(shift.layer), shift.person))


def _window(
    policy: "RotationPolicy", first: "datetime", last: "datetime | None", days: int
) -> "tuple[datetime, datetime]":
    from datetime import timedelta
    from zoneinfo import ZoneInfo

    from sim.oncall.schedule.shifts import instant_of

    zone = ZoneInfo(policy.zone)
    begins = instant_of(first, zone)
    ends = begins + timedelta(days=days) if last is None else instant_of(last, zone)
    if ends <= begins:
        raise click.UsageError("--to has to be later than --from")
    if ends - begins > timedelta(days=LONGEST_DAYS):
        raise click.UsageError(f"at most {LONGEST_DAYS:,} days at a time")
    return begins, ends


def _beginning(policy: "RotationPolicy") -> "datetime":
    """Return when the policy begins: what no clock but its own file says."""
    from sim.oncall.schedule.beginning import beginning

    begins = beginning(policy)
    if begins is None:
        raise click.UsageError("the policy names no beginning; give --from")
    return begins


def _plain(policy: "RotationPolicy", shift: "Shift") -> dict[str, str]:
    """Return a shift with the offsets of its layer's zone."""
    layer = next(layer for layer in policy.layers if layer.id == shift.layer)
    zone = policy.zone_of(layer)
    return {
        "start": shift.start.astimezone(zone).isoformat(),
        "end": shift.end.astimezone(zone).isoformat(),
        "person": shift.person,
        "layer": shift.layer,
    }


def _when(text: str) -> str:
    from datetime import datetime

    moment = datetime.fromisoformat(text)
    offset = f"{moment:%z}"
    return f"{moment:%a %Y-%m-%d %H:%M}{offset[:3]}:{offset[3:]}"


rotation.add_command(import_)
rotation.add_command(fit)
rotation.add_command(simulate)
rotation.add_command(compare)
rotation.add_command(size)
