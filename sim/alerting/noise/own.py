"""Noise that rules have of their own, as the world's file states it for each."""

from collections.abc import Sequence

from sim.alerting.noise.blips import DAY_MS, by_rule, lifting
from sim.alerting.rules import Instance
from sim.spec import Rule
from sim.streams import exponential, uniform
from sim.world.series import Blip


def blips(
    alerts: Sequence[Instance], seed: int, from_ms: int, to_ms: int, intensity: float = 1.0
) -> tuple[Blip, ...]:
    """Return the blips of all noisy rules that touch [from_ms, to_ms), by rule and time.

    Times are relative to drill start and may be negative. `intensity` multiplies every rule's rate; 0
    makes none.
    """
    return tuple(
        blip
        for parts in by_rule(alerts)
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


def _longest_ms(rule: Rule) -> int:
    return rule.noise.lasts_s[1] * 1000 if rule.noise else 0


def _blip(parts: Sequence[Instance], seed: int, identity: str, k: int, from_ms: int) -> Blip:
    rule = parts[0].rule
    assert rule.noise is not None
    shortest_s, longest_s = rule.noise.lasts_s
    lasts_s = shortest_s + (longest_s - shortest_s) * uniform(seed, "noise length", identity, k)
    part = parts[int(uniform(seed, "noise part", identity, k) * len(parts))]
    to_ms = from_ms + round(lasts_s * 1000)
    level_draw = uniform(seed, "noise level", identity, k)
    return lifting(part, from_ms, to_ms, level_draw, rule.noise.why)
