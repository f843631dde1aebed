"""Background noise: how rules misfire on an ordinary day.

Noise is made in telemetry, not in alerts: a blip lifts a measured series past its rule's threshold for a
while, so that every false alert can be looked at. The blips of a rule on a day belong to that rule and
day alone; other rules, other days and what people do leave them unchanged.
"""

from collections.abc import Iterable, Sequence

from sim.alerting.rules import Instance
from sim.spec import Rule
from sim.streams import exponential, uniform
from sim.world.series import Blip

DAY_MS = 86_400_000

# How far past the threshold a blip goes, as a share of the threshold (or of what a share has left up to 1):
# an assumption, chosen so that a blip is plain to see and does not look like the end of the world.
_EXCESS_MIN = 0.10
_EXCESS_MAX = 0.45


def blips(
    alerts: Sequence[Instance], seed: int, from_ms: int, to_ms: int, intensity: float = 1.0
) -> tuple[Blip, ...]:
    """Return the blips of all noisy rules that touch [from_ms, to_ms), by rule and time.

    Times are relative to drill start and may be negative. `intensity` multiplies every rule's rate; 0
    makes none.
    """
    return tuple(
        blip
        for parts in _by_rule(alerts)
        for day in range((from_ms - _longest_ms(parts[0].rule)) // DAY_MS, (to_ms - 1) // DAY_MS + 1)
        for blip in blips_of_day(parts, seed, day, intensity)
        if blip.from_ms < to_ms and blip.to_ms > from_ms
    )


def blips_of_day(parts: Sequence[Instance], seed: int, day: int, intensity: float = 1.0) -> tuple[Blip, ...]:
    """Return the blips of one rule (given as all its instances) that begin on a day; day 0 begins the drill.

    Each hits one instance. Gaps between them are exponential, so long that the rule's rate comes out.
    """
    rule = parts[0].rule
    if rule.noise is None or intensity <= 0.0:
        return ()
    cycle_ms = DAY_MS / (rule.noise.per_day * intensity)
    gap_mean_ms = max(cycle_ms - 500.0 * sum(rule.noise.lasts_s), 0.1 * cycle_ms)
    identity = f"{rule.name}|day {day}"
    found: list[Blip] = []
    at_ms = exponential(seed, "noise gap", identity, gap_mean_ms, 0)
    while at_ms < DAY_MS:
        k = len(found)
        blip = _blip(parts, seed, identity, k, day * DAY_MS + round(at_ms))
        found.append(blip)
        at_ms += blip.to_ms - blip.from_ms + exponential(seed, "noise gap", identity, gap_mean_ms, k + 1)
    return tuple(found)


def blip_behind(overlays: Iterable[Blip], instance: Instance, t_ms: int) -> Blip | None:
    """Return the blip that an alert of this instance, firing at `t_ms`, comes from; None where none is."""
    for blip in overlays:
        if blip.series == instance.series and blip.rule == instance.rule.name and blip.active(t_ms):
            return blip
    return None


def _by_rule(alerts: Sequence[Instance]) -> list[list[Instance]]:
    rules: dict[str, list[Instance]] = {}
    for instance in alerts:
        rules.setdefault(instance.rule.name, []).append(instance)
    return list(rules.values())


def _longest_ms(rule: Rule) -> int:
    return rule.noise.lasts_s[1] * 1000 if rule.noise else 0


def _blip(parts: Sequence[Instance], seed: int, identity: str, k: int, from_ms: int) -> Blip:
    rule = parts[0].rule
    assert rule.noise is not None
    shortest_s, longest_s = rule.noise.lasts_s
    lasts_s = shortest_s + (longest_s - shortest_s) * uniform(seed, "noise length", identity, k)
    part = parts[int(uniform(seed, "noise part", identity, k) * len(parts))]
    excess = _EXCESS_MIN + (_EXCESS_MAX - _EXCESS_MIN) * uniform(seed, "noise level", identity, k)
    return Blip(
        rule=rule.name,
        series=part.series,
        from_ms=from_ms,
        to_ms=from_ms + round(lasts_s * 1000),
        level=_level(rule, excess),
        below=rule.above is None,
        why=rule.noise.why,
    )


def _level(rule: Rule, excess: float) -> float:
    """Return a level past the threshold that the signal can have."""
    if rule.above is None:
        return (rule.below or 0.0) * (1.0 - excess)
    if rule.signal.endswith("_share"):
        return rule.above + excess * min(rule.above, 1.0 - rule.above)
    return rule.above * (1.0 + excess)
