"""Commands about drill folders: `pagerdrill drills list|show|verify|baselines|delete`."""

import json
from typing import Any

import click

HOME_OPTION = click.option(
    "--home", help="Where drills are kept (default: PAGERDRILL_HOME, or the platform's place)."
)
JSON_OPTION = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def _home(given: str | None) -> Any:
    from sim.home import Home, home_folder

    return Home(home_folder(given))


def _clock(t_ms: int) -> str:
    minutes, seconds = divmod(t_ms // 1000, 60)
    return f"+{minutes:02d}:{seconds:02d}"


@click.group()
def drills() -> None:
    """List, show, verify and delete the drills that were played."""


@drills.command("list")
@JSON_OPTION
@HOME_OPTION
def list_drills(as_json: bool, home: str | None) -> None:
    """List the drills, oldest first."""
    from sim.journal import Meta

    rows = []
    for path, meta in _home(home).metas():
        if isinstance(meta, Meta):
            state = "finished" if meta.finished else "open"
            rows.append({"id": path.name, "created": meta.created, "state": state})
        else:
            rows.append({"id": path.name, "created": "", "state": "unreadable"})
    if as_json:
        click.echo(json.dumps(rows, indent=1))
        return
    if not rows:
        click.echo("no drill was played yet; `pagerdrill play` starts one")
        return
    width = max(len(row["id"]) for row in rows)
    for row in ({"id": "drill", "state": "state", "created": "begun"}, *rows):
        click.echo(f"{row['id']:<{width}}  {row['state']:<10}  {row['created']}")


@drills.command()
@click.argument("drill")
@JSON_OPTION
@HOME_OPTION
def show(drill: str, as_json: bool, home: str | None) -> None:
    """Show what was typed in a drill, and how far it got."""
    from sim import journal
    from sim.events import ActionRefused, ActionSubmitted

    folder = journal.read(_home(home).folder(drill))
    typed = [
        (record.t_ms, record.event.raw, isinstance(record.event, ActionRefused))
        for record in folder.records
        if isinstance(record.event, ActionSubmitted | ActionRefused)
    ]
    fields = {
        "id": drill,
        "scenario": folder.scenario.id,
        "title": folder.scenario.title,
        "seed": folder.header.seed,
        "seat": folder.header.seats[0].model_dump(),
        "engine": folder.header.engine,
        "created": folder.meta.created,
        "finished": folder.meta.finished,
        "rehearsal": list(folder.meta.rehearsal),
        "reached_ms": folder.records[-1].t_ms if folder.records else 0,
        "records": len(folder.records),
    }
    if as_json:
        lines = [{"t_ms": t_ms, "line": line, "refused": refused} for t_ms, line, refused in typed]
        click.echo(json.dumps({**fields, "typed": lines}, indent=1, ensure_ascii=False))
        return
    seat = folder.header.seats[0]
    reached_ms = folder.records[-1].t_ms if folder.records else 0
    click.echo(f"{drill}: {folder.scenario.title} ({folder.scenario.id}, seed {folder.header.seed})")
    click.echo(f"played by {seat.name} as {seat.role}, begun {folder.meta.created}")
    state = "finished" if folder.meta.finished else "open"
    click.echo(f"{state}; reached {_clock(reached_ms)}; {len(folder.records)} records")
    for t_ms, line, refused in typed:
        click.echo(f"{_clock(t_ms)} {line}{'   (refused)' if refused else ''}")


@drills.command()
@click.argument("drill")
@JSON_OPTION
@HOME_OPTION
def verify(drill: str, as_json: bool, home: str | None) -> None:
    """Play a drill's inputs again and compare every record with what was stored."""
    from sim.opening import verify as verify_folder

    count = verify_folder(_home(home).folder(drill))
    if as_json:
        click.echo(json.dumps({"id": drill, "records": count, "same": True}))
    else:
        click.echo(f"{drill}: {count} records, all as a replay makes them")


@drills.command()
@click.argument("drill")
@JSON_OPTION
@HOME_OPTION
def baselines(drill: str, as_json: bool, home: str | None) -> None:
    """Play what would have been: by nobody, an expert, who knows; without each act that did no good.

    They are kept in the drill's folder, and its scorecard compares with them.
    """
    from sim.baselines import COMPARED, make
    from sim.bots import BOTS

    players = {name: BOTS[name] for name in COMPARED}
    made = make(_home(home).folder(drill), players)
    if as_json:
        click.echo(json.dumps({"id": drill, "baselines": [path.name for path in made]}))
        return
    click.echo(f"{drill} can now be compared with: {', '.join(path.name for path in made)}")
    click.echo(f"see them on its card: pagerdrill score {drill}")


@drills.command()
@click.argument("drill")
@click.option("--yes", is_flag=True, help="Do not ask.")
@HOME_OPTION
def delete(drill: str, yes: bool, home: str | None) -> None:
    """Delete a drill for good."""
    place = _home(home)
    place.folder(drill)
    if not yes:
        click.confirm(f"delete {drill} for good?", abort=True)
    place.delete(drill)
    click.echo(f"{drill} is deleted")
