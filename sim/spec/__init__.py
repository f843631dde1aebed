"""What can be played: frozen pydantic models of worlds, scenarios, rules and team policy.

These models are the contract between all floors. They hold data and check it; they compute nothing.
"""

from sim.spec.base import Frozen
from sim.spec.policy import CadenceRow, ImpactRow, Policy, Severity
from sim.spec.rules import JOURNEY_SIGNALS, Noise, Rule, RuleSeverity, Signal
from sim.spec.scenario import (
    Change,
    ChangeKind,
    Debrief,
    Fault,
    GuideStep,
    Hint,
    Inject,
    Inspiration,
    Objective,
    Play,
    Rubric,
    Scenario,
    Where,
)
from sim.spec.seat import Role, Seat
from sim.spec.world import (
    Call,
    ClientClass,
    Component,
    ComponentKind,
    Flag,
    Journey,
    Operation,
    Person,
    Rhythm,
    Runbook,
    World,
)

__all__ = [
    "JOURNEY_SIGNALS",
    "CadenceRow",
    "Call",
    "Change",
    "ChangeKind",
    "ClientClass",
    "Component",
    "ComponentKind",
    "Debrief",
    "Fault",
    "Flag",
    "Frozen",
    "GuideStep",
    "Hint",
    "ImpactRow",
    "Inject",
    "Inspiration",
    "Journey",
    "Noise",
    "Objective",
    "Operation",
    "Person",
    "Play",
    "Policy",
    "Rhythm",
    "Role",
    "Rubric",
    "Rule",
    "RuleSeverity",
    "Runbook",
    "Scenario",
    "Seat",
    "Severity",
    "Signal",
    "Where",
    "World",
]
