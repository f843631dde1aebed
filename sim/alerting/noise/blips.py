"""Blips: how a measured series is lifted past a rule's threshold, and which blip is behind an alert."""

from collections.abc import Iterable, Sequence

from sim.alerting.rules import Instance
from sim.events import SAMPLE_MS
from sim.spec import Rule
from sim.world.series import Blip

DAY_MS = 86_400_000
SEEN_MS = 2 * SAMPLE_MS
"""An alert fires at least so long, and is silent so long before it fires again."""

# How far past the threshold a blip goes, as a share of the threshold (or of what a share has left up to 1):
# an assumption, chosen so that a blip is plain to see and does not look like the end of the world.
_EXCESS_MIN = 0.10
_EXCESS_MAX = 0.45
_LATENCIES = frozenset({"p50_ms", "p95_ms", "p99_ms"})


def lifting(
    part: Instance, from_ms: int, to_ms: int, level_draw: float, why: str, *, real: bool = False
) -> Blip:
    """Return the blip that lifts the series of an instance; `level_draw` in (0, 1) says how far."""
    return Blip(
        rule=part.rule.name,
        series=part.series,
        from_ms=from_ms,
        to_ms=to_ms,
        level=_level(part.rule, _EXCESS_MIN + (_EXCESS_MAX - _EXCESS_MIN) * level_draw),
        below=part.rule.above is None,
        why=why,
        real=real,
    )


def blip_behind(overlays: Iterable[Blip], instance: Instance, t_ms: int) -> Blip | None:
    """Return the blip that an alert of this instance, firing at `t_ms`, comes from; None where none is.

    Its own, else one that moves its series along: on another part, of another rule, at the same component.
    """
    beside = None
    for blip in overlays:
        if not blip.active(t_ms) or blip.series.name != instance.series.name:
            continue
        if blip.series == instance.series and blip.rule == instance.rule.name:
            return blip
        if beside is None and _moves_along(blip, instance):
            beside = blip
    return beside


def by_rule(alerts: Sequence[Instance]) -> list[list[Instance]]:
    """Return the instances rule by rule, in their order."""
    rules: dict[str, list[Instance]] = {}
    for instance in alerts:
        rules.setdefault(instance.rule.name, []).append(instance)
    return list(rules.values())


def _moves_along(blip: Blip, instance: Instance) -> bool:
    one, other = blip.series.signal, instance.series.signal
    return blip.series.of == instance.series.of and (one == other or {one, other} <= _LATENCIES)


def _level(rule: Rule, excess: float) -> float:
    """Return a level past the threshold that the signal can have."""
    if rule.above is None:
        return (rule.below or 0.0) * (1.0 - excess)
    if rule.signal.endswith("_share"):
        return rule.above + excess * min(rule.above, 1.0 - rule.above)
    return rule.above * (1.0 + excess)
