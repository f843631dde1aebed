"""`pagerdrill alerts rules`: what becomes of a team's own files in a drill."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from sim.alerting.noise_command import Above

if TYPE_CHECKING:
    from sim.alerting.catalogue.build import Catalogue, Entry
    from sim.spec import Scenario

_WIDTH = 80
FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--rules", "rule_files", multiple=True, type=FILE, help="A Prometheus rule file; again for more."
)
@click.option("--mapping", type=FILE, help="What the alerts watch in the world of the scenario.")
@click.option("--runbooks", type=click.Path(file_okay=False, path_type=Path), help="Runbooks, in Markdown.")
@click.option("--scenario", "named", help="The drill they are for, by id or path (default: the first drill).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def rules(
    above: Above,
    rule_files: tuple[Path, ...],
    mapping: Path | None,
    runbooks: Path | None,
    named: str | None,
    as_json: bool,
) -> None:
    """Show what becomes of your own alerts and runbooks in a drill.

    Rule files are those of Prometheus, plain or PrometheusRule resources. With a mapping your alerts take
    the place of the world's rules: what is mapped watches its signal, all else can only be noise.
    """
    from sim.alerting.catalogue.build import Files, catalogue, with_files

    if not rule_files and runbooks is None:
        raise click.UsageError("give --rules FILE, --runbooks DIR, or both")
    scenario = above.scenario(named)
    files = Files(rule_files, mapping, runbooks)
    found = catalogue(scenario, files)
    playable = _whether_playable(lambda: with_files(scenario, files))
    if as_json:
        _print_json(scenario, found, playable)
    else:
        _print(scenario, found, playable)


def _whether_playable(tried: Any) -> str:
    """Return why no drill can be played with it; '' where one can."""
    from sim.mistakes import FileError

    try:
        tried()
    except FileError as problem:
        return problem.mistakes[0].text
    return ""


def _print(scenario: "Scenario", found: "Catalogue", playable: str) -> None:
    from sim.answer import Line, Table
    from sim.room.draw import drawn

    mapped, noise, out = (_of_use(found, use) for use in ("mapped", "noise", "left out"))
    click.echo(f"{len(found.entries)} alerts in {scenario.id} (world {scenario.world.id}):")
    click.echo(f"  {len(mapped):>4} mapped, {len(noise)} noise only, {len(out)} left out")
    if found.recordings:
        click.echo(f"  {len(found.recordings):>4} recording rules beside them, not used")
    if found.entries:
        click.echo(f"  {len(found.kept):>4} rules of the world stay")
    linked = sum(entry.page is not None for entry in found.entries)
    click.echo(f"  {linked:>4} of the alerts have a runbook; {len(found.pages)} pages were read")
    columns = ("alert", "severity", "for", "watches", "runbook")
    for title, entries in (("Mapped", mapped), ("Noise only", noise)):
        if entries:
            rows = tuple(_row(entry) for entry in entries)
            click.echo("\n" + drawn((Line(title), Table(columns, rows)), _WIDTH, colour=False), nl=False)
    for why in dict.fromkeys(entry.why for entry in out):
        _list(
            f"Left out, {why}",
            [", ".join(dict.fromkeys(entry.alert.name for entry in out if entry.why == why))],
        )
    _list("Shown as written, for what they use is not expanded", _as_written(found))
    _list("Templates that read labels which are not there", _empty(found))
    _list("A new alert at each change, for a label holds the value", _restless(found))
    _list("Severities that the mapping does not name, taken as info", _unknown_severities(found))
    if playable:
        _list("Cannot be played yet", [playable])


def _of_use(found: "Catalogue", use: str) -> list["Entry"]:
    return [entry for entry in found.entries if entry.use == use]


def _row(entry: "Entry") -> tuple[str, ...]:
    from sim.alerting.routing.durations import duration_text

    alert, rule = entry.alert, entry.rule
    severity = alert.severity or "none"
    if rule is not None and severity != rule.severity:
        severity = f"{severity} ({rule.severity})"
    page = "yes" if entry.page is not None else "-"
    return (alert.name, severity, duration_text(alert.for_ms), _watches(entry), page)


def _watches(entry: "Entry") -> str:
    rule = entry.rule
    assert rule is not None
    if rule.stand_in:
        return f"{rule.component} {rule.signal.removesuffix('_share')}, {rule.part}"
    of = rule.component or rule.journey
    limit = f"> {rule.above:g}" if rule.above is not None else f"< {rule.below:g}"
    return f"{of} {rule.signal} {limit}{f' by {rule.by}' if rule.by else ''}"


def _as_written(found: "Catalogue") -> list[str]:
    return [
        f"{entry.alert.name}: {name} ({', '.join(template.beyond)})"
        for entry in found.entries
        if entry.rule is not None
        for name, template in (*entry.alert.labels.items(), *entry.alert.annotations.items())
        if template.beyond
    ]


def _empty(found: "Catalogue") -> list[str]:
    """Return for each mapped alert the labels that its templates read in vain."""
    told = []
    for entry in _of_use(found, "mapped"):
        rule = entry.rule
        assert rule is not None
        there = {name for name, _ in rule.series_labels} | {"component" if rule.component else "journey"}
        there |= {rule.by} if rule.by else set()
        templates = (*entry.alert.labels.values(), *entry.alert.annotations.values())
        missing = sorted(frozenset().union(*(template.labels for template in templates)) - there)
        if missing:
            told.append(f"{entry.alert.name}: {', '.join(missing)}; give them under `labels` of the mapping")
    return told


def _restless(found: "Catalogue") -> list[str]:
    return [
        f"{entry.alert.name}: {name}"
        for entry in found.entries
        for name, template in entry.alert.labels.items()
        if template.reads_value
    ]


def _unknown_severities(found: "Catalogue") -> list[str]:
    from sim.alerting.catalogue.mapping import SEVERITIES

    words = dict.fromkeys(entry.alert.severity or "none" for entry in found.entries)
    return [word for word in words if word not in found.mapping.severities and word.lower() not in SEVERITIES]


def _list(title: str, lines: list[str]) -> None:
    from sim.room.draw import wrapped

    if lines:
        click.echo(f"\n{title}:")
    for line in lines:
        for row in wrapped(f"  - {line}", _WIDTH):
            click.echo(row)


def _print_json(scenario: "Scenario", found: "Catalogue", playable: str) -> None:
    import json

    alerts = [
        {
            "name": entry.alert.name,
            "group": entry.alert.group,
            "severity": entry.alert.severity,
            "for_s": entry.alert.for_ms / 1000,
            "use": entry.use,
            "why": entry.why,
            "rule": None if entry.rule is None else entry.rule.model_dump(mode="json"),
            "runbook": entry.page,
            "file": str(entry.alert.file),
            "line": entry.alert.line,
        }
        for entry in found.entries
    ]
    fields = {
        "scenario": scenario.id,
        "world": scenario.world.id,
        "counts": {use: len(_of_use(found, use)) for use in ("mapped", "noise", "left out")},
        "recordings": list(found.recordings),
        "kept": [rule.name for rule in found.kept],
        "pages": [page.id for page in found.pages],
        "as_written": _as_written(found),
        "labels_missing": _empty(found),
        "labels_with_value": _restless(found),
        "severities_unknown": _unknown_severities(found),
        "not_playable": playable,
        "alerts": alerts,
    }
    click.echo(json.dumps(fields, indent=1, ensure_ascii=False))
