"""The drills that come with PagerDrill, and one's own by path.

This module is on the path of `pagerdrill scenarios list` and of completion: it imports neither pydantic
nor numpy, and `listed` reads no further into a file than it must.
"""

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from sim.errors import ScenarioError

if TYPE_CHECKING:
    from scenarios.loader import WorldSource
    from sim.spec import Scenario

DRILLS = Path(__file__).parent / "drills"
WORLDS = Path(__file__).parent / "worlds"
RUNBOOKS = Path(__file__).parent / "runbooks"
FIRST_DRILL = "github-2023-09"
"""What is played when nobody names a scenario."""

_ORDER = ("starter", "intermediate", "advanced")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list of scenarios shows of one."""

    id: str
    title: str
    difficulty: str
    summary: str
    world: str
    expects: str


def listed() -> tuple[Listed, ...]:
    """Return every shipped drill, the easiest first, then by id."""
    drills = [
        _head(folder / "drill.yaml") for folder in DRILLS.iterdir() if (folder / "drill.yaml").is_file()
    ]
    return tuple(sorted(drills, key=lambda drill: (_ORDER.index(drill.difficulty), drill.id)))


def world_ids() -> tuple[str, ...]:
    """Return the ids of the shipped worlds, by name."""
    return tuple(sorted(file.stem for file in WORLDS.glob("*.yaml")))


def resolve(id_or_path: str, check_ids: frozenset[str] | None = None) -> "Scenario":
    """Return the scenario of this id, or of a file or folder of one's own, complete with its world.

    `check_ids` are the checks that objectives may name; None does not look. Raises ScenarioError: unknown
    id, or every mistake with file and line.
    """
    from scenarios.loader import load_scenario  # noqa: PLC0415 - pydantic would triple the time of `list`

    return load_scenario(drill_file(id_or_path), find_world, check_ids)


def drill_file(id_or_path: str) -> Path:
    """Return the file of a shipped drill, or of one's own by path. Raises ScenarioError if unknown."""
    if _is_path(id_or_path):
        path = Path(id_or_path)
        return path / "drill.yaml" if path.is_dir() else path
    known = sorted(folder.name for folder in DRILLS.iterdir() if (folder / "drill.yaml").is_file())
    if id_or_path not in known:
        near = get_close_matches(id_or_path, known, n=1)
        hint = f"did you mean {near[0]!r}?" if near else "`pagerdrill scenarios list` shows what there is"
        raise ScenarioError(
            f"there is no scenario {id_or_path!r}; {hint} (a file of your own needs a path: ./x.yaml)"
        )
    return DRILLS / id_or_path / "drill.yaml"


def find_world(named: str, folder: Path) -> "WorldSource":
    """Return where a world lies: shipped by name, or a file of one's own relative to `folder`.

    Runbooks of a file of one's own lie in the folder `runbooks/<name of the file>` beside it. Raises
    LookupError, saying why.
    """
    from scenarios.loader import WorldSource  # noqa: PLC0415 - as above

    if _is_path(named):
        file = folder / named
        if not file.is_file():
            raise LookupError(f"there is no file {file}; check the path")
        return WorldSource(file, file.parent / "runbooks" / file.stem)
    if named not in world_ids():
        raise LookupError(
            f"there is no world {named!r}; known: {', '.join(world_ids())}, or a path such as ./x.yaml"
        )
    return WorldSource(WORLDS / f"{named}.yaml", RUNBOOKS / named)


def example(scenario_id: str) -> str:
    """Return the shipped script of a decent but imperfect play of a drill. Raises ScenarioError."""
    file = drill_file(scenario_id).parent / "example.drill"
    if not file.is_file():
        raise ScenarioError(f"{scenario_id!r} comes without an example script; give one with --script")
    return file.read_text(encoding="utf-8")


def _is_path(text: str) -> bool:
    return "/" in text or "\\" in text or text.endswith((".yaml", ".yml"))


def _head(file: Path) -> Listed:
    """Return what a shipped drill says of itself, reading only until all of it is known."""
    wanted = set(Listed.__slots__)
    found: dict[str, str] = {}
    depth, key = 0, ""
    with file.open("rb") as stream:
        events: Any = yaml.parse(stream, Loader=yaml.CSafeLoader)
        for event in events:
            if isinstance(event, yaml.CollectionStartEvent):
                depth, key = depth + 1, ""
            elif isinstance(event, yaml.CollectionEndEvent):
                depth, key = depth - 1, ""
            elif isinstance(event, yaml.ScalarEvent) and depth == 1:
                if key:
                    found[key], key = event.value.strip(), ""
                    wanted.discard(next(reversed(found)))
                else:
                    key = event.value
            if not wanted:
                break
    return Listed(**{name: found[name] for name in Listed.__slots__})
