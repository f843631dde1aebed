"""Routine changes: so many a day, in office hours, by people of the world, some unlogged, of no effect."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.library import listed, resolve
from sim.spec import Change, ComponentKind
from sim.world.changes import dated, modifiers, on_record, versions
from sim.world.routine import routine
from sim.world.routine_texts import texts_for
from tests.spine.small import SCENARIO, drill

BUSY = SCENARIO.model_copy(update={"routine_changes_per_day": 40.0})
SEEDS = range(30)


def made(scenario=BUSY) -> list[Change]:
    return [change for seed in SEEDS for change in routine(scenario, seed)]


def test_they_are_a_function_of_scenario_and_seed():
    assert routine(BUSY, 1) == routine(BUSY, 1) != routine(BUSY, 2)
    assert routine(SCENARIO, 1) == ()


def test_a_day_has_as_many_as_the_scenario_says_and_none_is_after_the_end():
    days = [change for change in made() if change.at_s < 0]
    assert len(days) / len(SEEDS) == pytest.approx(40, rel=0.1)
    assert all(-86_400 <= change.at_s < BUSY.horizon_s for change in made())


def test_most_are_made_in_office_hours():
    hours = [(BUSY.starts_at + timedelta(seconds=change.at_s)).hour for change in made()]
    assert sum(8 <= hour < 18 for hour in hours) > 0.8 * len(hours)
    monday_morning = BUSY.model_copy(update={"starts_at": BUSY.starts_at - timedelta(days=1)})
    assert len(made(monday_morning)) < 0.6 * len(made())


def test_who_makes_them_is_of_the_team_and_some_are_in_no_record():
    people = {person.id: person.team for person in BUSY.world.people}
    teams = {component.id: component.team for component in BUSY.world.components}
    assert {people[change.by] for change in made()} == set(teams.values())
    unlogged = sum(not change.logged for change in made()) / len(made())
    assert unlogged == pytest.approx(0.15, abs=0.03)


def test_each_has_an_id_of_its_own():
    taken = {change.id for change in BUSY.changes}
    for seed in SEEDS:
        ids = [change.id for change in routine(BUSY, seed)]
        assert len(set(ids)) == len(ids)
        assert not taken & set(ids)


def test_they_move_no_version_and_no_parameter():
    for change in made():
        component = BUSY.world.component(change.component)
        assert modifiers(change, 0, BUSY.world) == ()
        assert on_record(component, dated([change], 0), 10**9) == (component.version,)
    assert versions(BUSY.world, made()) == {}


@pytest.mark.parametrize("kind", sorted({*get_args(ComponentKind)} - {"third_party"}))
def test_every_kind_of_component_has_thirty_texts(kind):
    assert len(set(texts_for(kind))) >= 30
    assert all(text.text.format(n=1, component="x") for text in texts_for(kind))


@given(st.integers(0, 2**31), st.floats(0, 60))
def test_any_number_of_them_can_be_played(seed, per_day):
    scenario = SCENARIO.model_copy(update={"routine_changes_per_day": per_day})
    assert len(routine(scenario, seed)) <= 4 * per_day + 12


def test_taking_one_back_takes_its_time_and_does_nothing():
    scenario = BUSY.model_copy(update={"faults": ()})
    of = drill(scenario)
    change = next(c for c in routine(scenario, 3) if c.kind == "config" and c.logged and c.at_s < -60)
    of.advance(60_000)
    assert "begins" in of.enter(f"revert-config {change.component} {change.id} yes").text
    of.advance(1_200_000)
    assert [card.finished.ok for card in of.view.board.acts.values()] == [True]
    assert [record.event.outcome for record in of.truth if record.event.kind == "truth.act_judged"] == [
        "no_effect"
    ]


def test_a_routine_deploy_has_nothing_to_take_back():
    of = drill(BUSY)
    change = next(c for c in routine(BUSY, 3) if c.kind == "deploy" and c.logged and c.at_s < -60)
    of.advance(60_000)
    answer = of.enter(f"revert-config {change.component} {change.id}")
    assert answer.text == f"nothing to take back: {change.summary}"


def test_the_record_shows_them_with_their_team_and_not_the_unlogged():
    of = drill(BUSY)
    of.advance(60_000)
    shown = {change.change for change in of.view.changes()}
    past = [change for change in routine(BUSY, 3) if change.at_s < 0]
    assert {change.id for change in past if change.logged} <= shown
    assert not {change.id for change in past if not change.logged} & shown
    heads = [block.text for block in of.enter("changes").blocks if block.tone == "title"]
    assert len(heads) == 20
    assert all(head.endswith("(core)") for head in heads)
    older = of.enter("changes").blocks[-1].text
    assert older == f"and {len(shown) - 20} older; `changes COMPONENT` and `changes last 2h` narrow it down"


@pytest.mark.parametrize("scenario_id", [entry.id for entry in listed()])
def test_a_shipped_drill_has_twenty_to_sixty_a_day(scenario_id):
    scenario = resolve(scenario_id)
    for seed in range(10):
        own = [change for change in scenario.changes if -86_400 <= change.at_s < 0]
        day = [change for change in routine(scenario, seed) if change.at_s < 0]
        assert 20 <= len(own) + len(day) <= 60
