"""The way back: taking out of the world what earlier acts put in force."""

from collections.abc import Callable

from sim.spec import Where
from sim.world.mitigations.job import Job
from sim.world.mitigations.plan import Step
from sim.world.modifiers import Modifier, Op, Param


def in_force(job: Job, param: Param, op: Op, fits: Callable[[Where], bool]) -> tuple[Modifier, ...]:
    """Return what acts did to a parameter with this operation, at places that fit, and what still holds."""
    return tuple(
        modifier
        for modifier in job.situation.modifiers
        if modifier.owner.startswith("act:")
        and (modifier.param, modifier.op) == (param, op)
        and fits(modifier.where)
    )


def lifted(job: Job, gone: tuple[Modifier, ...], add: tuple[Modifier, ...] = ()) -> Step:
    """Return the step at the end of the job that takes these modifiers away and adds others.

    An act may have done more than what is taken back now (a zone drained as a whole, one component brought
    back): the rest of it stays in force under its own name.
    """
    owners = tuple(dict.fromkeys(modifier.owner for modifier in gone))
    rest = tuple(m for m in job.situation.modifiers if m.owner in owners and m not in gone)
    return Step(job.end_ms, add=rest + add, remove_owners=owners)
