"""Reads a scenario with its world, runbooks and people from files into one `Scenario`."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from scenarios.references import command_mistakes, scenario_mistakes, world_mistakes
from sim.alerting.catalogue.build import Files, with_files
from sim.alerting.routing.config import config_of
from sim.alerting.routing.secrets import without_secrets
from sim.document import Document, read, read_text
from sim.mistakes import FileError, Mistake
from sim.schema import checked
from sim.spec import Runbook, Scenario, World

RUNBOOK_BYTES_MAX = 100_000


@dataclass(frozen=True, slots=True)
class WorldSource:
    """Where a world lies: its YAML file and the folder of its runbooks."""

    file: Path
    runbooks: Path


FindWorld = Callable[[str, Path], WorldSource]
"""Says where the world of a name lies, as a file in this folder names it. Raises LookupError, saying why."""


def load_world(source: WorldSource) -> World:
    """Return the world of a file with its runbooks. Raises FileError with every mistake."""
    runbooks, mistakes = _runbooks(source.runbooks)
    document = read(source.file)
    world = checked(World, document, {"runbooks": runbooks})
    mistakes += world if isinstance(world, list) else world_mistakes(world, document)
    if isinstance(world, list) or mistakes:
        raise FileError(mistakes)
    return world


def load_scenario(
    file: Path,
    find_world: FindWorld,
    check_ids: frozenset[str] | None = None,
) -> Scenario:
    """Return the scenario of a file, complete with its world, runbooks and people.

    The folder `runbooks` beside the file adds runbooks, and `people` in the file adds or replaces people
    of the world. `rules`, `mapping` and `runbooks` in the file name a team's own files, relative to it;
    what they hold becomes part of the scenario. `check_ids` are the checks that objectives may name; None
    does not look. Raises FileError with every mistake of all these files.
    """
    document, files, mistakes = _with_own_files(read(file))
    world, more = _world_of(document, find_world, own_runbooks=files.runbooks is None)
    mistakes += more
    # A world that could not be read must not hide the mistakes of the scenario itself.
    given: dict[str, object] = {"world": world if world is not None else _stand_in()}
    routing, wrong = _routing_of(document)
    mistakes += wrong
    if routing is not None:
        given["alertmanager"] = routing
    scenario = checked(Scenario, document, given)
    if isinstance(scenario, list):
        raise FileError(mistakes + scenario)
    if world is not None:
        mistakes += scenario_mistakes(scenario, document, check_ids)
    if mistakes:
        raise FileError(mistakes)
    whole = with_files(_with_everybody(scenario), files)
    mistakes = command_mistakes(whole, document)  # a play may name a rule that was replaced
    if mistakes:
        raise FileError(mistakes)
    return whole


def _with_own_files(document: Document) -> tuple[Document, Files, list[Mistake]]:
    """Return the document without the fields that name a team's own files, these files, what is wrong."""
    if not isinstance(document.data, dict):
        return document, Files(), []
    folder, mistakes = document.file.parent, []

    def path(name: str, value: object, *step: int) -> Path | None:
        if isinstance(value, str) and value:
            return folder / value
        mistakes.append(document.mistake((name, *step), "should be a path, relative to this file"))
        return None

    data = dict(document.data)
    rules, mapping, runbooks = (data.pop(name, None) for name in ("rules", "mapping", "runbooks"))
    if rules is not None and not isinstance(rules, list):
        rules = [rules]
    files = [path("rules", value, number) for number, value in enumerate(rules or ())]
    own = Files(
        tuple(file for file in files if file is not None),
        None if mapping is None else path("mapping", mapping),
        None if runbooks is None else path("runbooks", runbooks),
    )
    return replace(document, data=data), own, mistakes


def load_routing(file: Path) -> str:
    """Return the text of an alertmanager.yml, without its secrets. Raises FileError with every mistake."""
    document = read(file)
    config_of(document)
    return without_secrets(document)


def _routing_of(document: Document) -> tuple[str | None, list[Mistake]]:
    """Return the routing that a scenario names by its file, and what is wrong with it."""
    named = document.data.get("alertmanager") if isinstance(document.data, dict) else None
    if named is None:
        return None, []
    if not isinstance(named, str) or not named:
        return None, [document.mistake(("alertmanager",), "should name a file, e.g. ./alertmanager.yml")]
    try:
        return load_routing(document.file.parent / named), []
    except FileError as problem:
        return None, list(problem.mistakes)


def _stand_in() -> World:
    return World.model_construct(
        id="", title="", summary="", zones=(), components=(), journeys=(), clients=()
    )


def _world_of(
    document: Document, find_world: FindWorld, *, own_runbooks: bool
) -> tuple[World | None, list[Mistake]]:
    """Return the world a scenario names, with the scenario's own runbooks; else None and what is wrong."""
    if not isinstance(document.data, dict):
        return None, []
    named = document.data.get("world")
    if not isinstance(named, str) or not named:
        text = "should name a world, e.g. shop, or its file, e.g. ./my-world.yaml"
        return None, [document.mistake(("world",), text)]
    folder = document.file.parent
    own, mistakes = _runbooks(folder / "runbooks") if own_runbooks else ((), [])
    try:
        world = load_world(find_world(named, folder))
    except LookupError as problem:
        return None, [*mistakes, document.mistake(("world",), str(problem.args[0]))]
    except FileError as problem:
        return None, mistakes + problem.mistakes
    merged = {runbook.id: runbook for runbook in (*world.runbooks, *own)}
    return world.model_copy(update={"runbooks": tuple(merged.values())}), mistakes


def _with_everybody(scenario: Scenario) -> Scenario:
    """Return the scenario with the people of its world, overlaid by its own."""
    people = {person.id: person for person in (*scenario.world.people, *scenario.people)}
    return scenario.model_copy(update={"people": tuple(people.values())})


def _runbooks(folder: Path) -> tuple[tuple[Runbook, ...], list[Mistake]]:
    """Return the runbooks of a folder by name (none where there is no such folder), and what is wrong."""
    runbooks: list[Runbook] = []
    mistakes: list[Mistake] = []
    for file in sorted(folder.glob("*.md")):
        try:
            runbooks.append(_runbook(file))
        except FileError as problem:
            mistakes += problem.mistakes
    return tuple(runbooks), mistakes


def _runbook(file: Path) -> Runbook:
    """Return one runbook: id from the file's name, title from its first heading."""
    text = read_text(file, RUNBOOK_BYTES_MAX)
    first, _, body = text.lstrip().partition("\n")
    title = first.removeprefix("# ").strip()
    if not first.startswith("# ") or not title or not body.strip():
        raise FileError([Mistake(file, 1, (), "should begin with '# Title' and go on below it")])
    try:
        return Runbook(id=file.stem, title=title, text=text.strip() + "\n")
    except ValueError:
        hint = "name the file in lower case with single hyphens, e.g. database-primary-slow.md"
        raise FileError([Mistake(file, 1, (), f"{file.stem!r} is no valid name; {hint}")]) from None
