"""What a rule did in the two weeks before the drill: the past that `alert` shows.

Noise comes from the same draws as the blips in telemetry. Under a profile somebody acted on what was real
among it and on nothing else; without one, on an alert in twenty. Now and then there was real trouble as well,
which somebody acted on and which is over for a day or more.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from sim.alerting.noise import DAY_MS, blips_of_day
from sim.alerting.noise.background import Background
from sim.alerting.noise.firings import firings
from sim.alerting.rules import Instance
from sim.streams import exponential, lognormal, uniform

DAYS = 14

# About one alert in twenty asks for action: 2-5 % of alerts in a busy rotation (facts.md C).
_NOISE_ACTED_ON_SHARE = 0.05
# Real trouble behind one rule about once in six weeks: an assumption.
_REAL_GAP_MEAN_MS = 42 * DAY_MS
# Length of a routine incident: lognormal, median 74 min, sigma 1.12 (facts.md B, lognormal fit of all).
_REAL_MEDIAN_S = 74 * 60.0
_REAL_SIGMA = 1.12


@dataclass(frozen=True, slots=True)
class AlertHistory:
    """How often a rule fired in the last `days` days, and what came of it.

    `fired` is `resolved_itself` + `acted_on`. `typical_length_s` is the median time it was firing and
    `last_ms` when it last began to (negative: before the drill); both are None where it never fired.
    """

    days: int
    fired: int
    resolved_itself: int
    acted_on: int
    typical_length_s: int | None
    last_ms: int | None


class _Firing(NamedTuple):
    from_ms: int
    to_ms: int
    acted_on: bool


def past(
    parts: Sequence[Instance], seed: int, intensity: float = 1.0, background: Background | None = None
) -> AlertHistory:
    """Return the history of one rule, given as all its instances, up to the start of the drill.

    With a `background` its noise is that; without one, what the rule states of itself times `intensity`.
    """
    noise = _noise(parts, seed, intensity) if background is None else _of_background(parts, background)
    found = noise + _real_trouble(parts[0].rule.name, seed)
    acted_on = sum(firing.acted_on for firing in found)
    return AlertHistory(
        days=DAYS,
        fired=len(found),
        resolved_itself=len(found) - acted_on,
        acted_on=acted_on,
        typical_length_s=round(median(f.to_ms - f.from_ms for f in found) / 1000) if found else None,
        last_ms=max(firing.from_ms for firing in found) if found else None,
    )


def _noise(parts: Sequence[Instance], seed: int, intensity: float) -> list[_Firing]:
    rule = parts[0].rule
    for_ms = rule.for_s * 1000
    found: list[_Firing] = []
    for day in range(-DAYS, 0):
        for k, blip in enumerate(blips_of_day(parts, seed, day, intensity)):
            draw = uniform(seed, "noise acted on", f"{rule.name}|day {day}", k)
            if blip.to_ms - blip.from_ms > for_ms:
                found.append(_Firing(blip.from_ms + for_ms, blip.to_ms, draw < _NOISE_ACTED_ON_SHARE))
    return found


def _of_background(parts: Sequence[Instance], background: Background) -> list[_Firing]:
    rule = parts[0].rule.name
    misfires = [misfire for day in range(-DAYS, 0) for misfire in background.of_rule(rule, day)]
    return [_Firing(one.from_ms, one.to_ms, one.real) for one in firings(parts, misfires) if one.from_ms < 0]


def _real_trouble(rule: str, seed: int) -> list[_Firing]:
    """Return the real firings; all began two days or more before the drill, so no graph shows them."""
    found: list[_Firing] = []
    at_ms = -DAYS * DAY_MS + exponential(seed, "real trouble", rule, _REAL_GAP_MEAN_MS, 0)
    while at_ms < -2 * DAY_MS:
        k = len(found)
        length_ms = 1000 * lognormal(seed, "real length", rule, _REAL_MEDIAN_S, _REAL_SIGMA, k)
        found.append(_Firing(round(at_ms), round(at_ms + min(length_ms, DAY_MS)), True))
        at_ms += exponential(seed, "real trouble", rule, _REAL_GAP_MEAN_MS, k + 1)
    return found
