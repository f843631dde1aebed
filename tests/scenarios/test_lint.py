"""One scenario for each way of being valid and yet unplayable."""

from collections.abc import Callable
from typing import Any

import pytest

from scenarios.library import listed, resolve
from scenarios.lint import lint, remedies_of
from sim.spec import Change, Fault, Inject, NoiseProfile, Play, Scenario, Where
from tests.spine.small import SCENARIO

PEOPLE = SCENARIO.world.people


def drill(**fields: Any) -> Scenario:
    return SCENARIO.model_copy(update=fields)


def in_world(**fields: Any) -> Scenario:
    return drill(world=SCENARIO.world.model_copy(update=fields))


def play(*commands: str) -> Play:
    return Play(id="p", title="P", effect="cures", commands=commands, why="")


def fault(kind: str = "disk_stall", component: str = "db", **fields: Any) -> Fault:
    return Fault(id="f", kind=kind, where=Where(component=component), **fields)


def change(name: str, at_s: int, kind: Any = "config", **fields: Any) -> Change:
    return Change(id=name, at_s=at_s, component="api", kind=kind, summary=name, by="ana", **fields)


def quiet(*, runbook: str | None = None) -> Scenario:
    """Return the drill with rules that page nobody, or page without a runbook."""
    rules = [
        rule.model_copy(update={"severity": "critical" if runbook == "" else "warning", "runbook": None})
        for rule in SCENARIO.world.rules
    ]
    return in_world(rules=tuple(rules))


BROKEN: dict[str, tuple[Callable[[], Scenario], str]] = {
    "a play is refused": (
        lambda: drill(plays=(play("failover api"), *SCENARIO.plays)),
        "plays.p: its first act would be refused: api has no standby",
    ),
    "no play can begin": (
        lambda: drill(plays=(play("scale db 2x"),)),
        "plays: nobody can begin any play that helps",
    ),
    "no verb cures it": (
        lambda: drill(faults=(fault("bad_config", "api"),)),
        "faults.f: no verb cures or relieves a bad_config like this one",
    ),
    "it begins too late": (
        lambda: drill(faults=(fault(at_s=SCENARIO.horizon_s - 30),)),
        "faults.f: begins 30 s before the drill is over",
    ),
    "it begins before its change": (
        lambda: drill(changes=(change("c", 60),), faults=(fault("bad_config", "api", change="c"),)),
        "faults.f: begins 60 s before its change c",
    ),
    "nobody is paged at all": (quiet, "rules: no rule leads to a page, so nobody is ever paged"),
    "a page links to no runbook": (lambda: quiet(runbook=""), "pages somebody and links to no runbook"),
    "noise without a rule that misfires": (
        lambda: drill(
            noise=NoiseProfile(),
            world=SCENARIO.world.model_copy(
                update={"rules": tuple(r for r in SCENARIO.world.rules if r.journey)}
            ),
        ),
        "noise: no rule can misfire",
    ),
    "all changes come later": (
        lambda: drill(changes=(change("c", 60), change("d", -60, logged=False))),
        "changes: all come after the onset",
    ),
    "nobody is behind the trainee": (
        lambda: in_world(people=tuple(p for p in PEOPLE if p.step in (None, 1))),
        "people: nobody is behind the trainee",
    ),
    "a message comes after the end": (
        lambda: drill(injects=(Inject(at_s=SCENARIO.horizon_s, sender="ana", text="late"),)),
        "injects: number 1 comes after the end of the drill",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_each_way_of_being_unplayable_is_named(name: str):
    build, says = BROKEN[name]
    found = [str(finding) for finding in lint(build())]
    assert [text for text in found if says in text], found
    assert [text for text in map(str, lint(SCENARIO)) if says in text] == [], "and it was not so before"


def test_a_journey_of_which_nothing_tells_is_named():
    lonely = SCENARIO.world.rules[0].model_copy(update={"journey": None, "component": "api", "by": None})
    world = SCENARIO.world
    aside = world.components[2].model_copy(update={"id": "aside", "standby_zone": None})
    other = world.journeys[0].model_copy(update={"id": "other", "entry": "aside"})
    rules = (lonely.model_copy(update={"severity": "critical"}),)
    of = drill(
        world=world.model_copy(
            update={
                "components": (*world.components, aside),
                "journeys": (*world.journeys, other),
                "rules": rules,
            }
        ),
        faults=(fault("disk_stall", "aside"),),
    )
    assert any(
        "faults.f: can hurt other, and no rule that leads to a page" in str(found) for found in lint(of)
    )


@pytest.mark.parametrize("name", [drill.id for drill in listed()])
def test_what_is_shipped_can_be_played(name: str):
    assert [str(finding) for finding in lint(resolve(name))] == []


def test_remedies_fit_what_the_component_is():
    stall = fault("disk_stall")
    assert "failover" in remedies_of(stall, drill(faults=(stall,)))
    here = fault("disk_stall", "api")
    assert "failover" not in remedies_of(here, drill(faults=(here,)))
    brought = fault("bad_config", "api", change="c")
    of = drill(faults=(brought,), changes=(change("c", -60),))
    assert remedies_of(brought, of) == ("revert-config",)
