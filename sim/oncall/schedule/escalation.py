"""Who is paged on each step of a policy's escalation at an instant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sim.oncall.schedule.policy import RotationPolicy, Step
from sim.oncall.schedule.shifts import on_call


@dataclass(frozen=True, slots=True)
class Reached:
    """A step of the escalation with those whom it pages; () where it finds nobody."""

    step: int
    people: tuple[str, ...]
    minutes: int
    round_robin: bool
    """Whether one of them is paged in turn, instead of all."""


def steps(policy: RotationPolicy, at: datetime) -> tuple[Reached, ...]:
    """Return all steps at an instant, from 1."""
    return tuple(
        Reached(number, people_of(policy, step, at), step.minutes, step.round_robin)
        for number, step in enumerate(policy.escalation.steps, 1)
    )


def people_of(policy: RotationPolicy, step: Step, at: datetime) -> tuple[str, ...]:
    """Return whom a step pages at an instant, in the order of its targets; a shadow is not paged."""
    named = [layer for layer in policy.layers if layer.id in step.targets]
    return people_among(policy, step, {layer.id: on_call(policy, layer, at) for layer in named})


def people_among(
    policy: RotationPolicy, step: Step, on_call: Mapping[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Return whom a step pages of those who are on call under its layers."""
    roles = {layer.id: layer.role for layer in policy.layers}
    found: dict[str, None] = {}
    for target in step.targets:
        if target not in roles:
            found[target] = None
        elif roles[target] != "shadow":
            found.update(dict.fromkeys(on_call[target]))
    return tuple(found)
