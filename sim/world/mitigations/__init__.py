"""Mitigations: what people can do to the world, each a small definition, and how such an act is planned."""

from sim.world.mitigations.catalogue import MITIGATIONS, plan, second_word, warning
from sim.world.mitigations.job import Mitigation, Takes
from sim.world.mitigations.plan import (
    Act,
    DatedFault,
    FinishedAct,
    Outcome,
    Plan,
    Refusal,
    Situation,
    Step,
)

__all__ = [
    "MITIGATIONS",
    "Act",
    "DatedFault",
    "FinishedAct",
    "Mitigation",
    "Outcome",
    "Plan",
    "Refusal",
    "Situation",
    "Step",
    "Takes",
    "plan",
    "second_word",
    "warning",
]
