"""The same policy for another team: with fewer or more people, other minutes on its first step, other
turns."""

import itertools
from collections.abc import Callable
from typing import Any

from sim.oncall.schedule.policy import Rotation, RotationPolicy
from sim.oncall.schedule.turns import Unit


def with_people(policy: RotationPolicy, count: int) -> RotationPolicy:
    """Return a policy with so many people in its rotations.

    Those who share rotations are a team, e.g. a site: the last ones of the largest leave, or new ones come
    after the last of the smallest in each of its rotations, until there are as many as wanted. Exceptions
    that name somebody who left are left out. Raises ValueError where nobody would be left to take turns, or
    where an escalation or a rule without turns names somebody who would leave.
    """
    teams = _teams(policy)
    if not teams:
        raise ValueError("the policy has no rotation, so there is no team to make smaller or larger")
    gone: set[str] = set()
    while sum(map(len, teams)) > max(count, 0):
        gone.add(max(reversed(teams), key=len).pop())
    if gone:
        return _without(policy, gone)
    names = (name for number in itertools.count(1) if (name := f"extra-{number}") not in policy.people)
    while sum(map(len, teams)) < count:
        min(teams, key=len).append(next(names))
    order = list(policy.people)

    def longer(rotation: Rotation) -> Rotation:
        members = {person for group in rotation.participants for person in group}
        fresh = [(person,) for team in teams if members & set(team) for person in team if person not in order]
        last = max(members, key=order.index)
        groups = ((group, *(fresh if last in group else ())) for group in rotation.participants)
        return rotation.model_copy(update={"participants": tuple(itertools.chain.from_iterable(groups))})

    homes = {
        person: policy.people[[one for one in team if one in order][-1]].model_copy(update={"name": ""})
        for team in teams
        for person in team
        if person not in order
    }
    return _rotations(policy, longer).model_copy(update={"people": {**policy.people, **homes}})


def team_size(policy: RotationPolicy) -> int:
    """Return how many people take turns."""
    return sum(map(len, _teams(policy)))


def with_minutes(policy: RotationPolicy, minutes: int) -> RotationPolicy:
    """Return a policy whose first step waits so long."""
    first, *rest = policy.escalation.steps
    steps = (first.model_copy(update={"minutes": minutes}), *rest)
    return policy.model_copy(update={"escalation": policy.escalation.model_copy(update={"steps": steps})})


def with_turns(policy: RotationPolicy, every: Unit) -> RotationPolicy:
    """Return a policy whose turns last one day, or one week."""
    return _rotations(policy, lambda rotation: rotation.model_copy(update={"every": every, "length": 1}))


def _teams(policy: RotationPolicy) -> list[list[str]]:
    """Return who takes turns, those together who share a rotation, each team in the order of `people`."""
    teams: list[set[str]] = []
    for rule in (rule for layer in policy.layers for rule in layer.rules):
        if rule.rotation is not None:
            members = {person for group in rule.rotation.participants for person in group}
            members = members.union(*(team for team in teams if team & members))
            teams = [*(team for team in teams if not team & members), members]
    order = list(policy.people)
    return sorted((sorted(team, key=order.index) for team in teams), key=lambda team: order.index(team[0]))


def _without(policy: RotationPolicy, gone: set[str]) -> RotationPolicy:
    fixed = {person for layer in policy.layers for rule in layer.rules for person in rule.people}
    fixed |= {target for step in policy.escalation.steps for target in step.targets}
    if named := sorted(gone & fixed):
        raise ValueError(f"{', '.join(named)} cannot leave: named outside of rotations")

    def shorter(rotation: Rotation) -> Rotation:
        groups = (tuple(one for one in group if one not in gone) for group in rotation.participants)
        left = tuple(group for group in groups if group)
        if not left:
            raise ValueError("a rotation would have nobody left")
        return rotation.model_copy(update={"participants": left})

    return _rotations(policy, shorter).model_copy(
        update={
            "people": {person: one for person, one in policy.people.items() if person not in gone},
            "overrides": tuple(one for one in policy.overrides if not {one.add, one.remove} & gone),
            "swaps": tuple(one for one in policy.swaps if not {one.first, one.second} & gone),
            "temporary": tuple(
                one for one in policy.temporary if not {shift.person for shift in one.shifts} & gone
            ),
            "leave": tuple(one for one in policy.leave if one.person not in gone),
        }
    )


def _rotations(policy: RotationPolicy, change: Callable[[Rotation], Rotation]) -> RotationPolicy:
    """Return a policy with all its rotations changed."""

    def changed(rule: Any) -> Any:
        return rule if rule.rotation is None else rule.model_copy(update={"rotation": change(rule.rotation)})

    layers = tuple(
        layer.model_copy(update={"rules": tuple(changed(rule) for rule in layer.rules)})
        for layer in policy.layers
    )
    return policy.model_copy(update={"layers": layers})
