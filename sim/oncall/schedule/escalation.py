"""Who is paged on each step of a policy's escalation at an instant."""

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


def steps(policy: RotationPolicy, at: datetime) -> tuple[Reached, ...]:
    """Return all steps at an instant, from 1."""
    return tuple(
        Reached(number, people_of(policy, step, at), step.minutes)
        for number, step in enumerate(policy.escalation.steps, 1)
    )


def people_of(policy: RotationPolicy, step: Step, at: datetime) -> tuple[str, ...]:
    """Return whom a step pages at an instant, in the order of its targets; a shadow is not paged."""
    layers = {layer.id: layer for layer in policy.layers}
    found: dict[str, None] = {}
    for target in step.targets:
        layer = layers.get(target)
        if layer is None:
            found[target] = None
        elif layer.role != "shadow":
            found.update(dict.fromkeys(on_call(policy, layer, at)))
    return tuple(found)
