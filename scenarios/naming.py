"""Names that people type must mean one thing: no two of a sort, none that a verb takes for something else."""

import re
from collections.abc import Iterable, Iterator

from sim.actions.look import SIGNALS
from sim.mistakes import Finding, Loc
from sim.people.seats import RESERVED as SEEN_BY
from sim.spec import Person, Scenario, World

RESERVED = frozenset(
    "all by clients from last next no off page to until update users yes zones".split()  # noqa: SIM905
)
"""Words that verbs give a meaning of their own where a name could stand."""

SIGNAL_WORDS = frozenset({*SIGNALS, *(name.rpartition("_")[0] for name in SIGNALS)}) - {""}
"""What `metrics` takes for a signal of the last component, with its unit or without."""

_ACT = re.compile(r"act-[0-9]+")

Named = tuple[Loc | None, str, str]
"""Where a name stands in the file at hand (None: in another), of what sort the thing is, and its name."""


def world_names(world: World) -> Iterator[Finding]:
    """Yield every name in a world that does not mean one thing alone."""
    system = list(_system(world))
    people = list(_people(world.people, ("people",)))
    flags = list(_flags(world))
    yield from _shared(system)
    yield from _shared(people)
    yield from _doubled_flags(world)
    yield from _twice(world)
    yield from _reserved([*system, *people, *flags])
    runbooks = {runbook.id for runbook in world.runbooks}
    for i, rule in enumerate(world.rules):
        if rule.name.lower() in runbooks:
            yield ("rules", i, "name"), f"{rule.name!r} is a runbook too; `runbook` could not tell them apart"


def scenario_names(scenario: Scenario) -> Iterator[Finding]:
    """Yield every name that a scenario adds to its world and that does not mean one thing alone."""
    own = {person.id for person in scenario.people}
    kept = [person for person in scenario.world.people if person.id not in own]
    people = list(_people(scenario.people, ("people",)))
    yield from _shared([*_people(kept, None), *people])
    yield from _reserved(people)
    for i, change in enumerate(scenario.changes):
        yield from _reserved([(("changes", i, "id"), "change", change.id)])
        if _ACT.fullmatch(change.id):
            yield ("changes", i, "id"), f"{change.id!r} is what acts of the drill are called; rename it"


def _system(world: World) -> Iterator[Named]:
    for i, zone in enumerate(world.zones):
        yield ("zones", i), "zone", zone
    for i, component in enumerate(world.components):
        yield ("components", i, "id"), "component", component.id
    for i, journey in enumerate(world.journeys):
        yield ("journeys", i, "id"), "journey", journey.id
    for i, client in enumerate(world.clients):
        yield ("clients", i, "id"), "client class", client.id
    for i, rule in enumerate(world.rules):
        yield ("rules", i, "name"), "rule", rule.name


def _people(people: Iterable[Person], here: Loc | None) -> Iterator[Named]:
    for i, person in enumerate(people):
        yield None if here is None else (*here, i, "id"), "person", person.id
        yield None if here is None else (*here, i, "team"), "team", person.team


def _flags(world: World) -> Iterator[Named]:
    for i, component in enumerate(world.components):
        for k, flag in enumerate(component.flags):
            yield ("components", i, "flags", k, "id"), "flag", flag.id


def _shared(named: Iterable[Named]) -> Iterator[Finding]:
    """Yield names that things of two sorts share, in whatever case; verbs look for these sorts together.

    The same name twice within a sort is another mistake (or none: a team has many people).
    """
    known: dict[str, tuple[str, str]] = {}
    for loc, sort, name in named:
        other, spelled = known.setdefault(name.lower(), (sort, name))  # words are read in any case
        if loc is not None and (sort, name) != (other, spelled):
            text = f"{name!r} is a {sort} and {spelled!r} a {other}; verbs would mix them up, rename one"
            yield loc, text


def _doubled_flags(world: World) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for i, component in enumerate(world.components):
        for k, flag in enumerate(component.flags):
            owner = owners.setdefault(flag.id, component.id)
            if owner != component.id:
                text = (
                    f"{flag.id!r} is a flag of {owner} already, and a flag is one switch; give each its own"
                )
                yield ("components", i, "flags", k, "id"), text


def _twice(world: World) -> Iterator[Finding]:
    """Yield zones and shards that a list names twice."""
    lists: list[tuple[Loc, tuple[str, ...]]] = [(("zones",), world.zones)]
    for i, component in enumerate(world.components):
        lists.append((("components", i, "zones"), component.zones or ()))
        lists.append((("components", i, "shards"), component.shards))
    for loc, names in lists:
        for i, name in enumerate(names):
            if name in names[:i]:
                yield (*loc, i), f"{name!r} is in this list already; keep one"


def _reserved(named: Iterable[Named]) -> Iterator[Finding]:
    for loc, sort, name in named:
        if loc is None:
            continue
        if name in RESERVED:
            yield loc, f"{name!r} is a word of the command language; give the {sort} another name"
        elif sort in ("component", "journey") and name in SIGNAL_WORDS:
            yield loc, f"`metrics {name}` means the signal; give the {sort} another name"
        elif sort == "person" and name in SEEN_BY:
            yield loc, f"{name!r} has a meaning of its own in the journal; give the person another name"
