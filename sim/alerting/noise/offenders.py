"""Which rules make the noise: a few chronic ones most of it, by Zipf's law.

How bad a rule is belongs to the rule: it follows from its name and from what the world's file says of it, and
is the same in every drill. Rules that page somebody are tuned first, so they come last (an assumption).
Rules of journeys and of certificates never misfire: a journey has no log to look at, and no date flaps.
"""

from collections.abc import Sequence
from types import MappingProxyType

from sim.spec import NoiseKind, NoiseProfile, Rule
from sim.streams import uniform

DOZEN = 12
"""The rate of a profile is stated for so many components."""

_RESOURCES = frozenset({"cpu_share", "memory_share", "disk_share", "connections_share"})
_LATENCIES = frozenset({"p50_ms", "p95_ms", "p99_ms"})
_FELT = _LATENCIES | {"error_share", "queue_depth", "queue_age_s", "lag_s", "hit_share", "rps"}

SUITED: MappingProxyType[NoiseKind, frozenset[str]] = MappingProxyType(
    {
        "flapping": _FELT,
        "repeats": _FELT | _RESOURCES,
        "low_value": _RESOURCES,
        "change": _FELT | {"cpu_share", "memory_share", "connections_share"},
        "unrelated": _FELT | _RESOURCES,
        "storm": _FELT | _RESOURCES,
    }
)
"""Which signals rules watch that make each kind of noise."""


def can_misfire(rule: Rule) -> bool:
    """Return whether a rule makes noise at all."""
    return rule.component is not None and rule.signal in SUITED["storm"]


def chronic_order(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules, the worst first: those of which the file states noise, by their rate, then by name.

    Among the others the order is drawn, keyed to the name alone.
    """
    return sorted(
        rules,
        key=lambda rule: (
            -rule.noise.per_day if rule.noise else 0.0,
            rule.severity == "critical",
            uniform(0, "chronic offender", rule.name),
            rule.name,
        ),
    )


def weights(rules: Sequence[Rule], exponent: float) -> dict[str, float]:
    """Return by name how much of the noise each rule makes, by Zipf's law; not normalised."""
    return {rule.name: rank**-exponent for rank, rule in enumerate(chronic_order(rules), start=1)}


def rates(
    rules: Sequence[Rule], profile: NoiseProfile, components: int, intensity: float = 1.0
) -> dict[str, dict[NoiseKind, float]]:
    """Return the alerts a day of every rule that can misfire, by kind; storms aside.

    A kind's alerts go to the rules that suit it, or to all where none does; what stands in for something
    that is not in this world suits every kind. `intensity` multiplies them.
    """
    able = [rule for rule in rules if can_misfire(rule)]
    weight = weights(able, profile.zipf_exponent)
    a_day = profile.alerts_per_h * 24 * components / DOZEN * intensity
    total = sum(profile.shares.values())
    found: dict[str, dict[NoiseKind, float]] = {rule.name: {} for rule in able}
    for kind, share in profile.shares.items():
        suited = [rule.name for rule in able if rule.stand_in or rule.signal in SUITED[kind]] or list(weight)
        together = sum(weight[name] for name in suited)
        for name in suited:
            found[name][kind] = a_day * share / total * weight[name] / together
    return found
