"""What is coming before anybody is hurt: gauges that run out soon, as pure functions of what was seen."""

from dataclasses import dataclass

from sim.bots.expert.diagnose import Hypothesis
from sim.bots.expert.scene import Observed, Scene
from sim.spec import Signal

SOON_MIN = 120.0
"""A gauge that runs out within so many minutes is acted on now; an assumption."""
CERTIFICATE_DAYS = 3.0
"""A certificate is renewed when it has so few days left; an assumption."""
_LIMITS: tuple[tuple[Signal, float, float, str], ...] = (
    ("disk_share", 0.97, 0.05, "disk"),
    ("memory_share", 0.93, 0.06, "memory"),
)
"""Signal, where it begins to hurt, the least slope an hour that is no wandering, and the mechanism."""


@dataclass(frozen=True, slots=True)
class Coming:
    """Something that will hurt users in `minutes` unless somebody acts."""

    hypothesis: Hypothesis
    minutes: float


def coming(seen: Observed, scene: Scene) -> Coming | None:
    """Return what a component's gauges say will hurt users soon; None where nothing does."""
    found = []
    days = seen.value("certificate_days")
    if days <= CERTIFICATE_DAYS:
        why = f"the certificate of {seen.component} runs out in {max(0.0, days):.1f} days"
        found.append(Coming(Hypothesis(seen.component, "certificate", 3.0, why), days * 1440.0))
    kind = scene.world.component(seen.component).kind
    for signal, limit, least, mechanism in _LIMITS:
        slope = seen.slopes.get(signal, 0.0)
        if slope < least or (signal == "memory_share" and kind == "cache"):
            continue
        minutes = max(0.0, (limit - seen.value(signal)) / slope * 60.0)
        if minutes <= SOON_MIN:
            what = signal.removesuffix("_share")
            why = (
                f"{what} of {seen.component} is {seen.value(signal):.0%} full, all of it in {minutes:.0f} min"
            )
            found.append(Coming(Hypothesis(seen.component, mechanism, 3.0, why), minutes))
    return min(found, key=lambda each: each.minutes, default=None)
