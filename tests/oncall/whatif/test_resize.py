"""The same policy for other teams: who comes, who leaves, and in which rotations."""

import itertools
from typing import Any

import pytest

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif.resize import team_size, with_minutes, with_people, with_turns
from tests.oncall.whatif.years import policy_of


def policy(*rotations: list[Any], people: str = "abcdef", **more: Any) -> RotationPolicy:
    """Return a policy with a layer for each rotation, given by its participants."""
    layers = [
        {"id": f"layer-{n}", "rules": [{"rotation": {"every": "weekly", "start": "2024-01-01T09:00",
                                                     "participants": participants}}]}
        for n, participants in enumerate(rotations)
    ]  # fmt: skip
    steps = [{"targets": [layer["id"]], "minutes": 5} for layer in layers]
    return policy_of(list(people), steps, layers=layers, **more)


def turns(of: RotationPolicy) -> list[str]:
    rotations = [rule.rotation for layer in of.layers for rule in layer.rules]
    return [" ".join("+".join(group) for group in one.participants) for one in rotations if one is not None]


def test_of_one_team_the_last_leave_and_new_ones_come_after_the_last_in_each_rotation() -> None:
    both = policy(["a", "b", "c"], ["c", "a", "b"])
    assert turns(with_people(both, 2)) == ["a b", "a b"]
    assert turns(with_people(both, 5)) == ["a b c extra-1 extra-2", "c extra-1 extra-2 a b"]
    assert list(with_people(both, 4).people) == [*"abcdef", "extra-1"]


def test_teams_of_sites_grow_and_shrink_alike() -> None:
    sites = policy(["a", "b"], ["c", "d"], ["e", "f"])
    assert turns(with_people(sites, 9)) == ["a b extra-1", "c d extra-2", "e f extra-3"]
    assert turns(with_people(sites, 4)) == ["a b", "c", "e"]
    for count in range(3, 12):
        assert team_size(with_people(sites, count)) == count
    for count in (0, 2):
        with pytest.raises(ValueError, match="nobody left"):
            with_people(sites, count)


def test_new_ones_come_into_every_rotation_of_their_team() -> None:
    shared = policy(["a", "b", "c"], ["c", "d"])
    assert turns(with_people(shared, 6)) == ["a b c extra-1 extra-2", "c d extra-1 extra-2"]


def test_new_ones_have_names_of_their_own() -> None:
    named = policy(["a", "extra-1"], people="a").model_copy(
        update={"people": {one: policy(["a"]).people["a"] for one in ("a", "extra-1")}}
    )
    assert turns(with_people(named, 4)) == ["a extra-1 extra-2 extra-3"]


def test_who_leaves_takes_their_exceptions_along() -> None:
    leave = [{"person": who, "first": "2024-02-01", "last": "2024-02-02"} for who in "ac"]
    override = {"start": "2024-03-01T09:00", "end": "2024-03-02T09:00", "layer": "layer-0"}
    given = policy(
        ["a", "b", "c"], leave=leave, overrides=[{**override, "add": "c"}, {**override, "add": "b"}]
    )
    left = with_people(given, 2)
    assert [one.person for one in left.leave] == ["a"] and [one.add for one in left.overrides] == ["b"]


def test_whom_a_step_names_cannot_leave_and_without_turns_there_is_no_team() -> None:
    named = policy(["a", "b"], ["a", "b"])
    steps = [*named.escalation.steps, named.escalation.steps[0].model_copy(update={"targets": ("b",)})]
    held = named.model_copy(
        update={"escalation": named.escalation.model_copy(update={"steps": tuple(steps)})}
    )
    with pytest.raises(ValueError, match="b cannot leave"):
        with_people(held, 1)
    with pytest.raises(ValueError, match="no rotation"):
        with_people(policy_of(["a"], [{"targets": ["all"], "minutes": 5}]), 2)


def test_other_minutes_and_turns_change_nothing_else() -> None:
    given = policy(["a", "b"])
    assert with_minutes(given, 9).escalation.steps[0].minutes == 9
    daily = with_turns(given, "daily").layers[0].rules[0].rotation
    assert daily is not None and (daily.every, daily.length) == ("daily", 1)


def test_groups_stay_together() -> None:
    pairs = policy([["a", "b"], ["c", "d"]])
    assert turns(with_people(pairs, 3)) == ["a+b c"]
    assert turns(with_people(pairs, 5)) == ["a+b c+d extra-1"]
    sizes = [team_size(with_people(pairs, count)) for count in itertools.islice(itertools.count(1), 6)]
    assert sizes == [1, 2, 3, 4, 5, 6]
