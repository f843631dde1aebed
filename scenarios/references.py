"""Names in a world or scenario that must exist elsewhere in it, and numbers that must fit each other."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scenarios.expected import misfits
from scenarios.naming import scenario_names, world_names
from sim.actions import VERBS, Refused, parse
from sim.actions import Names as CommandNames
from sim.alerting.aim import misaimed
from sim.document import Document
from sim.errors import ScenarioError
from sim.mistakes import Finding, Loc, Mistake, did_you_mean
from sim.people import seats
from sim.spec import Person, Scenario, Where, World
from sim.world import changes, faults, log_notes
from sim.world.graph import components_by_level


@dataclass(frozen=True, slots=True)
class Names:
    """Everything of a world that something else can refer to."""

    zones: frozenset[str]
    operations: dict[str, frozenset[str]]
    shards: dict[str, frozenset[str]]
    flags: frozenset[str]
    journeys: frozenset[str]
    clients: frozenset[str]
    runbooks: frozenset[str]

    @classmethod
    def of(cls, world: World) -> "Names":
        """Return the names of a world."""
        return cls(
            zones=frozenset(world.zones),
            operations={c.id: frozenset(o.id for o in c.operations) for c in world.components},
            shards={c.id: frozenset(c.shards) for c in world.components},
            flags=frozenset(flag.id for c in world.components for flag in c.flags),
            journeys=frozenset(j.id for j in world.journeys),
            clients=frozenset(c.id for c in world.clients),
            runbooks=frozenset(r.id for r in world.runbooks),
        )

    def endpoint(self, target: str) -> str | None:
        """Return what is wrong with `component` or `component.operation`, None if nothing is."""
        component, dot, operation = target.partition(".")
        if component not in self.operations:
            return f"there is no component {component!r}; {did_you_mean(component, self.operations)}"
        known = self.operations[component]
        if dot and operation not in known:
            return f"{component!r} has no operation {operation!r}; {did_you_mean(operation, known)}"
        return None


def world_mistakes(world: World, document: Document) -> list[Mistake]:
    """Return every name in a world that does not exist or means two things, at its line."""
    names = Names.of(world)
    findings = [*_components(world, names), *_users(world, names), *_rules(world, names)]
    findings += [*world_names(world), *_first_step(world.people)]
    if not findings:  # levels need every call to lead somewhere
        findings += _circles(world)
    return [document.mistake(loc, text) for loc, text in findings]


def scenario_mistakes(
    scenario: Scenario, document: Document, check_ids: frozenset[str] | None
) -> list[Mistake]:
    """Return every name in a scenario that does not exist or means two things, at its line.

    `check_ids` are the checks that objectives may name; None does not look.
    """
    names = Names.of(scenario.world)
    findings = [*_faults(scenario, names), *_changes(scenario, names), *_plan(scenario, check_ids)]
    findings += scenario_names(scenario)
    nobody = list(_first_step(seats.people(scenario)))
    findings += nobody or _commands(scenario)
    return [document.mistake(loc, text) for loc, text in findings]


def command_mistakes(scenario: Scenario, document: Document) -> list[Mistake]:
    """Return every line of a play that nobody could type in a drill of a scenario, at its line."""
    return [document.mistake(loc, text) for loc, text in _commands(scenario)]


def _unknown(loc: Loc, what: str, name: str | None, known: Iterable[str]) -> Iterator[Finding]:
    known = set(known)
    if name is not None and name not in known:
        yield loc, f"there is no {what} {name!r}; {did_you_mean(name, known)}"


def _components(world: World, names: Names) -> Iterator[Finding]:
    for i, component in enumerate(world.components):
        here: Loc = ("components", i)
        for k, zone in enumerate(component.zones or ()):
            yield from _unknown((*here, "zones", k), "zone", zone, names.zones)
        if component.standby_zone is not None:
            place = (*here, "standby_zone")
            yield from _unknown(place, "zone", component.standby_zone, names.zones)
            if component.standby_zone in (component.zones or world.zones):
                text = f"{component.standby_zone} is a zone it serves from; a standby waits in another"
                yield place, text
        cells = len(component.zones or world.zones) * max(1, len(component.shards))
        if component.replicas < cells:
            text = f"{component.replicas} for {cells} cells (zones × shards) are too few; each needs one"
            yield (*here, "replicas"), text
        for k, operation in enumerate(component.operations):
            for n, call in enumerate(operation.calls):
                problem = names.endpoint(call.to)
                if problem is not None:
                    yield (*here, "operations", k, "calls", n, "to"), problem


def _circles(world: World) -> Iterator[Finding]:
    try:
        components_by_level(world)
    except ScenarioError as problem:
        yield ("components",), str(problem)


def _users(world: World, names: Names) -> Iterator[Finding]:
    for i, journey in enumerate(world.journeys):
        problem = names.endpoint(journey.entry)
        if problem is not None:
            yield ("journeys", i, "entry"), problem
        if journey.slow_ms > journey.timeout_ms:
            yield ("journeys", i, "slow_ms"), "is longer than timeout_ms; a user would have left by then"
    yield from list(_unknown_journeys(world, names)) or _unused_journeys(world)


def _unknown_journeys(world: World, names: Names) -> Iterator[Finding]:
    for i, client in enumerate(world.clients):
        for journey_id in client.rps:
            yield from _unknown(("clients", i, "rps", journey_id), "journey", journey_id, names.journeys)


def _unused_journeys(world: World) -> Iterator[Finding]:
    for i, journey in enumerate(world.journeys):
        if not any(client.rps.get(journey.id) for client in world.clients):
            yield ("journeys", i), f"nobody makes it; give a client class some rps of {journey.id}"


def _rules(world: World, names: Names) -> Iterator[Finding]:
    for i, rule in enumerate(world.rules):
        here: Loc = ("rules", i)
        yield from misaimed(here, rule, names.operations, names.journeys)
        yield from _unknown((*here, "runbook"), "runbook", rule.runbook, names.runbooks)
        if rule.noise is not None and rule.noise.lasts_s[0] > rule.noise.lasts_s[1]:
            yield (*here, "noise", "lasts_s"), "has the longest blip before the shortest; swap them"


def command_names(scenario: Scenario) -> CommandNames:
    """Return everything that can be named in a drill by its end, whoever plays it.

    That leaves out the person whose seat the trainee takes, and changes that nobody logged. Raises
    StopIteration where nobody is on call.
    """
    world, others = scenario.world, seats.colleagues(scenario)
    return CommandNames(
        components=tuple(sorted(component.id for component in world.components)),
        journeys=tuple(sorted(journey.id for journey in world.journeys)),
        zones=tuple(sorted(world.zones)),
        clients=tuple(sorted(client.id for client in world.clients)),
        people=tuple(sorted(person.id for person in others)),
        teams=tuple(sorted({person.team for person in others})),
        rules=tuple(sorted(rule.name for rule in world.rules)),
        runbooks=tuple(sorted(runbook.id for runbook in world.runbooks)),
        mechanisms=faults.MECHANISMS,
        flags={c.id: tuple(sorted(flag.id for flag in c.flags)) for c in world.components},
        changes=tuple(sorted(change.id for change in scenario.changes if change.logged)),
    )


def _commands(scenario: Scenario) -> Iterator[Finding]:
    """Yield every line of a play that nobody could type in this drill."""
    known = command_names(scenario)
    for i, play in enumerate(scenario.plays):
        for k, command in enumerate(play.commands):
            try:
                parse(command, known)
            except Refused as refused:
                yield ("plays", i, "commands", k), str(refused)


def _first_step(people: Iterable[Person]) -> Iterator[Finding]:
    first = [person.id for person in people if person.step == 1]
    if not first:
        yield ("people",), "nobody has `step: 1`, the trainee's seat; give it to one person"
    elif len(first) > 1:
        text = f"{' and '.join(first)} have `step: 1`, the trainee's seat; leave it to one person"
        yield ("people",), text


def _where(loc: Loc, where: Where, names: Names) -> Iterator[Finding]:
    yield from _unknown((*loc, "component"), "component", where.component, names.operations)
    yield from _unknown((*loc, "callee"), "component", where.callee, names.operations)
    yield from _unknown((*loc, "zone"), "zone", where.zone, names.zones)
    yield from _unknown((*loc, "client"), "client", where.client, names.clients)
    yield from _unknown((*loc, "journey"), "journey", where.journey, names.journeys)
    known_operations = names.operations.get(where.callee or where.component or "", frozenset())
    yield from _unknown((*loc, "operation"), "operation", where.operation, known_operations)
    known_shards = names.shards.get(where.component or "", frozenset())
    yield from _unknown((*loc, "shard"), "shard", where.shard, known_shards)


def _faults(scenario: Scenario, names: Names) -> Iterator[Finding]:
    change_ids = {change.id for change in scenario.changes}
    for i, fault in enumerate(scenario.faults):
        here: Loc = ("faults", i)
        found = [*_where((*here, "where"), fault.where, names)]
        found += _unknown((*here, "kind"), "kind of fault", fault.kind, faults.FAULTS)
        found += _unknown((*here, "change"), "change", fault.change, change_ids)
        found += _unknown((*here, "flag"), "flag", fault.flag, names.flags)
        if not found:
            found += [(here, text) for text in faults.check(fault, scenario.world, scenario.changes)]
        yield from found
        for k, line in enumerate(fault.log_lines):
            problem = log_notes.unfit(line)
            if problem is not None:
                yield (*here, "log_lines", k), problem
        if fault.at_s >= scenario.horizon_s:
            yield (*here, "at_s"), f"lies behind the end of the drill (horizon_s {scenario.horizon_s})"


def _changes(scenario: Scenario, names: Names) -> Iterator[Finding]:
    found: list[Finding] = []
    for i, change in enumerate(scenario.changes):
        here: Loc = ("changes", i)
        found += _unknown((*here, "component"), "component", change.component, names.operations)
        if change.kind == "deploy" and (change.version is None or change.from_version is None):
            found.append((here, "a deploy needs both version and from_version"))
    yield from found or _versions(scenario)


def _versions(scenario: Scenario) -> Iterator[Finding]:
    """Yield what does not fit in the order of versions; texts begin with `change <id>: `."""
    numbers = {change.id: i for i, change in enumerate(scenario.changes)}
    for text in changes.check(scenario.changes, scenario.world):
        named, _, what = text.removeprefix("change ").partition(": ")
        yield ("changes", numbers[named]), what


def _plan(scenario: Scenario, check_ids: frozenset[str] | None) -> Iterator[Finding]:
    for i, objective in enumerate(scenario.objectives):
        for k, check in enumerate(objective.checks):
            if check_ids is not None:
                yield from _unknown(("objectives", i, "checks", k), "check", check, check_ids)
    yield from _unknown(("mechanism",), "mechanism", scenario.mechanism, faults.MECHANISMS)
    for i, mechanism in enumerate(scenario.mechanism_also):
        yield from _unknown(("mechanism_also", i), "mechanism", mechanism, faults.MECHANISMS)
    shortest, longest = scenario.lead_in_s
    if not 0 <= shortest <= longest < scenario.horizon_s:
        yield ("lead_in_s",), "should be shortest and longest in seconds, inside the horizon"
    yield from misfits(scenario)
    for i, step in enumerate(scenario.guide):
        yield from _unknown(("guide", i, "unless"), "verb", step.unless, VERBS)
