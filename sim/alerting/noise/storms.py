"""Alert storms: one shared cause lifts many rules at once, for minutes."""

from collections.abc import Sequence
from dataclasses import dataclass

from sim.alerting.noise.blips import DAY_MS, SEEN_MS
from sim.alerting.noise.whys import STORM_TEXTS, StormCause
from sim.alerting.rules import Instance
from sim.spec import NoiseProfile
from sim.streams import poisson, uniform

_RAGGED = 0.4
_CAUSES: tuple[StormCause, ...] = tuple(STORM_TEXTS)


@dataclass(frozen=True, slots=True)
class Storm:
    """A shared cause from when to when. A network's is in its `zone` alone, others are everywhere."""

    identity: str
    cause: StormCause
    zone: str
    from_ms: int
    to_ms: int


def storms_of_day(
    profile: NoiseProfile, zones: Sequence[str], seed: int, day: int, intensity: float = 1.0
) -> tuple[Storm, ...]:
    """Return the storms that begin on a day, in order."""
    key = f"day {day}"
    found = []
    for k in range(poisson(seed, "storms", key, profile.storms_per_day * intensity)):
        from_ms = day * DAY_MS + int(uniform(seed, "storm onset", key, k) * DAY_MS)
        ragged = 1.0 + _RAGGED * (2.0 * uniform(seed, "storm length", key, k) - 1.0)
        found.append(
            Storm(
                identity=f"{key}|{k}",
                cause=_CAUSES[int(uniform(seed, "storm cause", key, k) * len(_CAUSES))],
                zone=zones[int(uniform(seed, "storm zone", key, k) * len(zones))],
                from_ms=from_ms,
                to_ms=from_ms + round(profile.storm_lasts_min * 60_000 * ragged),
            )
        )
    return tuple(sorted(found, key=lambda storm: (storm.from_ms, storm.identity)))


def lifted(
    storm: Storm, parts: Sequence[Instance], zones: Sequence[str], profile: NoiseProfile, seed: int
) -> tuple[Instance, ...]:
    """Return which instances of one rule a storm lifts; `zones` are where its component runs.

    A rule that waits longer than the storm lasts does not notice it.
    """
    rule = parts[0].rule
    if storm.cause == "zone network":
        parts = [part for part in parts if part.series.by != "zone" or part.series.label == storm.zone]
        if storm.zone not in zones:
            return ()
    if rule.for_s * 1000 + SEEN_MS > storm.to_ms - storm.from_ms:
        return ()
    taken = uniform(seed, "storm rule", f"{storm.identity}|{rule.name}") < profile.storm_rules_share
    return tuple(parts) if taken else ()
