"""A few rules on a few components, and the ground that noise grows on there."""

from datetime import UTC, datetime
from typing import Any

from sim.alerting.noise.background import Background, Ground
from sim.alerting.rules import Instance, instances
from sim.spec import NoiseProfile, Rule

STARTS_AT = datetime(2024, 3, 5, 10, 0, tzinfo=UTC)
ZONES = ("a", "b", "c")


def rule(name: str, **fields: Any) -> Rule:
    given = {"component": "cart", "signal": "p95_ms", "above": 800.0, "for_s": 60, "summary": "slow"}
    return Rule(**{"name": name, **given, **fields})


def alerts_of(*rules: Rule) -> tuple[Instance, ...]:
    return instances(rules, lambda component, by: ZONES)


def ground_of(*rules: Rule, seed: int = 1, **fields: Any) -> Ground:
    components = sorted({rule.component for rule in rules if rule.component})
    given: dict[str, Any] = {
        "zones": dict.fromkeys(components, ZONES),
        "changes": {},
        "changes_a_day": 0.0,
        "known_from_ms": -86_400_000,
        "starts_at": STARTS_AT,
    }
    return Ground(alerts=alerts_of(*rules), seed=seed, **{**given, **fields})


def background(profile: NoiseProfile, *rules: Rule, intensity: float = 1.0, **fields: Any) -> Background:
    return Background(profile, ground_of(*rules, **fields), intensity)


def only(kind: str, **knobs: Any) -> NoiseProfile:
    """A profile in which one kind makes all the noise."""
    kinds = ("flapping", "repeats", "low_value", "change", "unrelated")
    return NoiseProfile(**{**{f"{one}_share": float(one == kind) for one in kinds}, **knobs})
