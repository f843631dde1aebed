"""Every shipped drill and world: it loads, its names exist, and it has what a drill needs."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import pytest

from scenarios.library import FIRST_DRILL, WORLDS, example, find_world, listed, resolve, world_ids
from scenarios.loader import load_world
from scenarios.references import command_names
from scoring.expectations import EXPECTED
from scoring.rubric import CHECK_IDS
from sim.actions import parse
from sim.actions.acts import ActVerb
from sim.drill import Drill
from sim.journal import Log, header_of
from sim.spec import Scenario, Seat, World
from sim.world import changes, faults
from sim.world.graph import components_by_level
from sim.world.mitigations import Act, DatedFault, Plan, Situation, plan
from sim.world.mitigations.plan import Stock

DRILLS = [drill.id for drill in listed()]
CHECKS = frozenset(CHECK_IDS)
COMPOSED = {"forgeyard-busy-hour", "larder-quiet-till", "one-in-twelve"}
"""Drills after a kind of outage and not after a single one."""


_OUTAGE = ("ack", "declare", "affects", "suspect", "update", "mitigated", "resolve")
TYPED = {
    "mitigate": _OUTAGE,
    "integrity": _OUTAGE,
    "prevent": ("alerts", "metrics", "changes", "suspect", "update"),
    "no_action": ("ack", "status", "suspect", "update", "resolve"),
}
"""Verbs that the example of a drill should show, by what it expects."""


@lru_cache
def scenario(drill: str) -> Scenario:
    return resolve(drill, CHECKS)


@lru_cache
def world(name: str) -> World:
    return load_world(find_world(name, WORLDS))


@pytest.mark.parametrize("drill", DRILLS)
def test_a_drill_is_complete(drill: str) -> None:
    found = scenario(drill)
    assert found.id == drill
    composed = found.id in COMPOSED
    assert (found.inspired_by is None) == composed
    effects = Counter(play.effect for play in found.plays)
    if found.expects == "no_action":
        assert set(effects) == {"harms"}
    else:
        assert effects["cures"] + effects["relieves"] >= 2  # not everything can be cured from a keyboard
    assert effects["harms"] >= 1
    guilty = {fault.change for fault in found.faults}
    innocent = [change for change in found.changes if change.id not in guilty]
    assert len(innocent) >= 8
    assert any(not change.logged for change in innocent)
    assert len(found.hints) >= 3
    assert len(found.injects) >= 3
    assert len(found.debrief.questions) >= 3
    assert len(found.debrief.compare) >= 3
    assert found.debrief.what_happened.strip() and found.briefing.strip()


@pytest.mark.parametrize("drill", DRILLS)
def test_a_play_of_a_drill_does_to_its_faults_what_it_says(drill: str) -> None:
    found = scenario(drill)
    for play in found.plays:
        plans = planned(found, play.commands)
        cured = {fault for done in plans for fault in done.cures}
        in_vain = all(done.outcome == "no_effect" or done.loses for done in plans)
        assert in_vain == (play.effect == "harms"), play.id
        assert cured == {fault.id for fault in found.faults} or play.effect != "cures", play.id


@pytest.mark.parametrize("drill", DRILLS)
def test_objectives_are_tied_to_what_is_asked_where_a_drill_expects_this(drill: str) -> None:
    found = scenario(drill)
    asked = EXPECTED[found.expects].checks
    assert {check for objective in found.objectives for check in objective.checks} <= set(asked)


def planned(found: Scenario, commands: Sequence[str]) -> list[Plan]:
    """Return what commands do one after another, ten minutes after the onset, if their tools work.

    Lines that are no acts are left out. A standby that something holds back has a minute of writes to apply.
    """
    held = {f.where.component for f in found.faults if f.kind == "replication_lag"}
    now = Situation(
        world=found.world,
        t_ms=600_000,
        changes=changes.dated(found.changes, 0),
        faults=tuple(DatedFault(fault, fault.at_s * 1000) for fault in found.faults),
        modifiers=(
            *(m for change in found.changes for m in changes.modifiers(change, 0, found.world)),
            *(m for fault in found.faults for m in faults.modifiers(fault, 0)),
        ),
        stocks={name: Stock(standby_lag_s=60.0, writes_rps=1000.0) for name in held if name is not None},
    )
    plans = []
    for number, command in enumerate(commands, start=1):
        verb = parse(command, command_names(found))
        if not isinstance(verb, ActVerb):
            continue
        act = Act(number, verb.verb, verb.where, "you", now.t_ms, verb.to, verb.amount)
        tried = [plan(act, now, seed) for seed in range(20)]
        plans.append(next(done for done in tried if isinstance(done, Plan) and done.ok))
        added = tuple(modifier for step in plans[-1].steps for modifier in step.add)
        now = replace(now, modifiers=now.modifiers + added)
    return plans


@pytest.mark.parametrize("drill", DRILLS)
def test_every_line_of_the_example_can_be_typed(drill: str) -> None:
    found = scenario(drill)
    lines = [line for line in example(drill).splitlines() if line and not line.startswith("#")]
    verbs = Counter(parse(line, command_names(found)).verb for line in lines)
    assert set(TYPED[found.expects]) <= set(verbs)
    assert verbs["update"] >= 2
    commands = {command for play in found.plays if play.effect != "harms" for command in play.commands}
    assert commands & set(lines) or found.expects == "no_action"


@pytest.mark.parametrize("drill", DRILLS)
def test_what_mechanism_a_drill_names_is_that_of_its_fault(drill: str) -> None:
    found = scenario(drill)
    assert found.mechanism in {faults.FAULTS[fault.kind].mechanism for fault in found.faults}


def test_the_first_drill_has_a_guided_start_of_two_minutes() -> None:
    found = scenario(FIRST_DRILL)
    times = [step.at_s for step in found.guide]
    assert 6 <= len(times) <= 8
    assert times == sorted(times)
    assert times[-1] <= 120 <= found.lead_in_s[0] <= found.lead_in_s[1] <= 300
    taught = {step.unless for step in found.guide}
    assert taught == {"status", "alerts", "topology", "metrics", "ack", "declare", "update", "help"}


@pytest.mark.parametrize("name", world_ids())
def test_a_world_is_complete(name: str) -> None:
    found = world(name)
    assert found.id == name
    assert 12 <= len(found.components) <= 24
    assert len(found.zones) == 3
    assert 3 <= max(components_by_level(found).values()) + 1 <= 5
    assert any(component.hidden for component in found.components)
    assert any(component.standby_zone for component in found.components)
    assert 4 <= len(found.journeys) <= 6
    assert 1 <= sum(journey.critical for journey in found.journeys) <= 3
    assert len({journey.entry for journey in found.journeys}) == len(found.journeys)
    assert len(found.clients) >= 3
    assert len(found.runbooks) >= 10
    assert len(found.people) >= 8
    assert {1, 2} <= {person.step for person in found.people}


@pytest.mark.parametrize("name", world_ids())
def test_rules_of_a_world_page_on_symptoms_and_some_are_noisy(name: str) -> None:
    rules = world(name).rules
    assert 25 <= len(rules) <= 48
    assert all(rule.runbook for rule in rules)
    paging = [rule for rule in rules if rule.severity == "critical"]
    assert sum(rule.journey is not None for rule in paging) >= len(paging) / 2
    noisy = [rule for rule in rules if rule.noise]
    assert len(noisy) >= 4
    for rule in noisy:
        assert rule.noise is not None
        assert rule.noise.lasts_s[0] > rule.for_s, f"{rule.name} blips too short to fire"
        assert rule.severity != "critical", f"{rule.name} would page somebody for noise"


@pytest.mark.parametrize("name", world_ids())
def test_every_runbook_is_linked_or_named_and_short(name: str) -> None:
    found = world(name)
    linked = {rule.runbook for rule in found.rules}
    texts = " ".join(runbook.text for runbook in found.runbooks)
    for runbook in found.runbooks:
        assert runbook.text.startswith(f"# {runbook.title}\n")
        assert len(runbook.text) <= 2500
        assert runbook.id in linked or f"`runbook {runbook.id}`" in texts, f"nothing leads to {runbook.id}"


@pytest.mark.parametrize("drill", DRILLS)
def test_plays_are_checked_with_the_names_that_the_drill_knows(drill: str) -> None:
    # Routine changes differ from seed to seed, so no play can name one.
    found = scenario(drill).model_copy(update={"routine_changes_per_day": 0.0})
    seat = Seat(name="you", role="responder")
    header = header_of(found, 1, (seat,))
    known = Drill(found, 1, seat, Log(None, header), Log(None, header)).view.names
    assert replace(command_names(found), changes=known.changes) == known
    assert set(known.changes) <= set(command_names(found).changes)
