"""The alerts that misfires make: what would fire and when, were there nothing but noise.

By the rules' own waiting times, to the millisecond; a drill evaluates every 15 s, and its alerts come up to
that much later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.alerting.noise.background import Misfire
from sim.alerting.rules import Instance
from sim.events import SAMPLE_MS
from sim.spec import NoiseKind


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert of noise. `identity` is its rule and labels; its kind that of the misfire that began it."""

    rule: str
    identity: str
    kind: NoiseKind
    from_ms: int
    to_ms: int
    real: bool


def firings(alerts: Sequence[Instance], misfires: Iterable[Misfire]) -> tuple[Firing, ...]:
    """Return the alerts in the order in which they fire. Misfires that touch make one alert together."""
    instances = {(one.rule.name, one.series): one for one in alerts}
    runs: dict[Instance, list[list[Misfire]]] = {}
    for misfire in sorted(misfires, key=lambda misfire: misfire.blip.from_ms):
        instance = instances[misfire.blip.rule, misfire.blip.series]
        mine = runs.setdefault(instance, [])
        if mine and misfire.blip.from_ms < _end_ms(mine[-1]) + _silence_ms(instance):
            mine[-1].append(misfire)
        else:
            mine.append([misfire])
    found = [_firing(instance, run) for instance, mine in runs.items() for run in mine]
    return tuple(
        sorted((one for one in found if one is not None), key=lambda one: (one.from_ms, one.identity))
    )


def _end_ms(run: Sequence[Misfire]) -> int:
    return max(misfire.blip.to_ms for misfire in run)


def _silence_ms(instance: Instance) -> int:
    """Return how long a series must be within its threshold for all to see that it was."""
    return SAMPLE_MS + 1000 * instance.rule.keep_firing_for_s


def _firing(instance: Instance, run: Sequence[Misfire]) -> Firing | None:
    from_ms = run[0].blip.from_ms + instance.rule.for_s * 1000
    end_ms = _end_ms(run)
    if end_ms <= from_ms:
        return None
    return Firing(
        rule=instance.rule.name,
        identity=instance.identity,
        kind=run[0].kind,
        from_ms=from_ms,
        to_ms=end_ms + instance.rule.keep_firing_for_s * 1000,
        real=any(misfire.blip.real for misfire in run),
    )
