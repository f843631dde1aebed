"""Ordinary days of a world under a profile, without playing them: every alert that noise makes."""

from collections.abc import Callable, Sequence

from sim.alerting.noise.background import Background, ground
from sim.alerting.noise.firings import Firing, firings
from sim.alerting.noise.gaps import watched
from sim.alerting.rules import instances
from sim.spec import NoiseProfile, Scenario, World
from sim.world.changes import dated
from sim.world.routine import routine
from sim.world.series import By

_HOUR_S = 3600


def ordinary_hours(scenario: Scenario, profile: NoiseProfile, hours: int, seed: int) -> tuple[Firing, ...]:
    """Return what fires in the first hours of a scenario's world, in order, were nothing wrong with it.

    The same rules misfire at the same times in a drill of that seed without a lead-in.
    """
    ordinary = scenario.model_copy(update={"noise": profile, "horizon_s": hours * _HOUR_S})
    alerts = instances(watched(ordinary, seed).world.rules, _parts(scenario.world))
    changes = dated((*ordinary.changes, *routine(ordinary, seed)), 0)
    of = ground(ordinary, alerts, changes, 0, seed)
    to_ms = hours * _HOUR_S * 1000
    misfires = Background(profile, of, ordinary.noise_intensity).misfires(0, to_ms)
    return tuple(one for one in firings(alerts, misfires) if 0 <= one.from_ms < to_ms)


def _parts(world: World) -> Callable[[str, By], Sequence[str]]:
    def labels(component_id: str, by: By) -> Sequence[str]:
        component = world.component(component_id)
        match by:
            case "zone":
                return component.zones or world.zones
            case "shard":
                return component.shards
            case "version":
                return (component.version,)

    return labels
