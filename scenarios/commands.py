"""`pagerdrill scenarios`: what can be played, and whether files of one's own are right."""

import click


@click.group()
def scenarios() -> None:
    """See what can be played, and check files of your own."""


@scenarios.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_(as_json: bool) -> None:
    """List the drills that come with PagerDrill."""
    from scenarios.library import FIRST_DRILL, listed

    drills = listed()
    if as_json:
        import json
        from dataclasses import asdict

        click.echo(json.dumps([asdict(drill) for drill in drills], indent=2, ensure_ascii=False))
        return
    columns = [(drill.id, drill.difficulty, drill.world, drill.title) for drill in drills]
    rows = [("scenario", "difficulty", "world", "title"), *columns]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    for row in rows:
        click.echo(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]])
        )
    click.echo(f"\nStart one with: pagerdrill play {FIRST_DRILL}")


@scenarios.command()
@click.argument("scenario", nargs=-1)
def check(scenario: tuple[str, ...]) -> None:
    """Check scenarios, by id or by path, in form and names; without one all shipped drills."""
    from scenarios.library import listed, resolve
    from sim.errors import ScenarioError

    wrong = 0
    for name in scenario or tuple(drill.id for drill in listed()):
        try:
            found = resolve(name)
        except ScenarioError as problem:
            wrong += 1
            click.echo(str(problem), err=True)
        else:
            world = found.world
            size = f"{len(world.components)} components, {len(world.rules)} rules"
            click.echo(f"{name}: good (world {world.id}: {size}, {len(world.runbooks)} runbooks)")
    if wrong:
        raise click.exceptions.Exit(1)
