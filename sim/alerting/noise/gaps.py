"""Gaps in monitoring under a profile: rules about causes that are missing, late, or watch the wrong signal.

Decided by rule and drill. What users feel is always watched, and so is what pages somebody: it is what a
drill begins with. Where the alert is the drill (a false alarm, trouble to be prevented) nothing is missing.
"""

from types import MappingProxyType
from typing import Literal

from sim.spec import Rule, Scenario, Signal
from sim.spec.base import DAY_S
from sim.streams import uniform

Gap = Literal["missing", "astray", "late"]

_RESOURCE_ABOVE = 0.9
_ASTRAY: MappingProxyType[Signal, Signal] = MappingProxyType(
    {
        "p99_ms": "p50_ms",  # an average hides what few users suffer
        "p95_ms": "p50_ms",
        "p50_ms": "cpu_share",
        "error_share": "cpu_share",
        "cpu_share": "memory_share",
        "memory_share": "disk_share",
        "disk_share": "memory_share",
        "connections_share": "cpu_share",
        "queue_depth": "cpu_share",
        "queue_age_s": "cpu_share",
        "hit_share": "memory_share",
        "lag_s": "disk_share",
        "rps": "cpu_share",
    }
)
"""What a rule watches instead, at the same component."""


def watched(scenario: Scenario, seed: int) -> Scenario:
    """Return the scenario with the rules that there really are. A function of (scenario, seed)."""
    profile = scenario.noise
    if profile is None:
        return scenario
    rules = []
    for rule in scenario.world.rules:
        gap = gap_of(rule, scenario, seed)
        if gap == "astray":
            rules.append(_astray(rule))
        elif gap == "late":
            for_s = min(rule.for_s + profile.late_s, DAY_S)
            rules.append(rule.model_copy(update={"for_s": for_s}))
        elif gap is None:
            rules.append(rule)
    return scenario.model_copy(update={"world": scenario.world.model_copy(update={"rules": tuple(rules)})})


def gaps(scenario: Scenario, seed: int) -> tuple[dict[str, Gap], int]:
    """Return by rule what is wrong with it in this drill, and how many rules are about causes."""
    about_causes = [rule for rule in scenario.world.rules if is_about_a_cause(rule)]
    found = {rule.name: gap_of(rule, scenario, seed) for rule in about_causes}
    return {name: gap for name, gap in found.items() if gap is not None}, len(about_causes)


def gap_of(rule: Rule, scenario: Scenario, seed: int) -> Gap | None:
    """Return what is wrong with a rule in this drill; None where nothing is."""
    profile = scenario.noise
    spared = scenario.expects in ("no_action", "prevent")
    if profile is None or spared or not is_about_a_cause(rule):
        return None
    draw = uniform(seed, "monitoring gap", rule.name)
    shares: dict[Gap, float] = {
        "missing": profile.missing_share,
        "astray": profile.astray_share,
        "late": profile.late_share,
    }
    for gap, share in shares.items():
        if draw < share:
            return gap
        draw -= share
    return None


def is_about_a_cause(rule: Rule) -> bool:
    """Return whether a rule watches the inside of the system and pages nobody; certificates have no gap.

    What stands in for something that is not in this world tells of nothing, so nothing of it is missing.
    """
    pages_nobody = rule.component is not None and rule.severity != "critical"
    return pages_nobody and rule.signal in _ASTRAY and not rule.stand_in


def _astray(rule: Rule) -> Rule:
    signal = _ASTRAY[rule.signal]
    above = rule.above if signal == "p50_ms" else _RESOURCE_ABOVE
    return rule.model_copy(update={"signal": signal, "above": above, "below": None, "noise": None})
