"""The noise of a whole estate under a profile: offenders, their episodes, and storms, as blips."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sim.alerting.noise import episodes, storms
from sim.alerting.noise.blips import DAY_MS, by_rule, lifting
from sim.alerting.noise.episodes import Day, Span
from sim.alerting.noise.offenders import can_misfire, rates
from sim.alerting.noise.storms import Storm
from sim.alerting.noise.whys import storm_why, why
from sim.alerting.rules import Instance
from sim.spec import NoiseKind, NoiseProfile, Scenario
from sim.streams import uniform
from sim.world.changes import DatedChange
from sim.world.routine import HOUR_S, PAST_H
from sim.world.series import Blip


@dataclass(frozen=True, slots=True)
class Misfire:
    """A blip, and which kind of noise it is."""

    kind: NoiseKind
    blip: Blip


@dataclass(frozen=True, slots=True)
class Ground:
    """What noise grows on in one drill.

    `zones` says where each component runs. `changes` are (ms since drill start, id) by component, complete
    from `known_from_ms` on; `changes_a_day` is how many a component has on average.
    """

    alerts: tuple[Instance, ...]
    zones: Mapping[str, tuple[str, ...]]
    changes: Mapping[str, tuple[tuple[int, str], ...]]
    changes_a_day: float
    known_from_ms: int
    starts_at: datetime
    seed: int


def ground(
    scenario: Scenario,
    alerts: tuple[Instance, ...],
    changes: tuple[DatedChange, ...],
    onset_ms: int,
    seed: int,
) -> Ground:
    """Return the ground of a drill. A change that brings a fault makes no noise beside it."""
    world = scenario.world
    guilty = {fault.change for fault in scenario.faults}
    by_component: dict[str, list[tuple[int, str]]] = {}
    for dated in changes:
        if dated.change.id not in guilty:
            by_component.setdefault(dated.change.component, []).append((dated.t_ms, dated.change.id))
    changed = [component for component in world.components if component.kind != "third_party"]
    return Ground(
        alerts=alerts,
        zones={component.id: component.zones or world.zones for component in world.components},
        changes={name: tuple(found) for name, found in by_component.items()},
        changes_a_day=scenario.routine_changes_per_day / max(1, len(changed)),
        known_from_ms=onset_ms - PAST_H * HOUR_S * 1000,
        starts_at=scenario.starts_at,
        seed=seed,
    )


class Background:
    """All noise of a drill under a profile. Each rule's is its own: see `episodes` and `offenders`."""

    def __init__(self, profile: NoiseProfile, of: Ground, intensity: float = 1.0) -> None:
        self._profile = profile
        self._ground = of
        self._intensity = intensity
        self._parts = {
            parts[0].rule.name: parts for parts in by_rule(of.alerts) if can_misfire(parts[0].rule)
        }
        rules = [parts[0].rule for parts in self._parts.values()]
        self._rates = rates(rules, profile, len(of.zones), intensity)
        start = of.starts_at
        midnight = start.replace(hour=0, minute=0, second=0, microsecond=0)
        self._midnight_ms = round((midnight - start) / timedelta(milliseconds=1))
        self._storms: dict[int, tuple[Storm, ...]] = {}
        self._world_zones = tuple(dict.fromkeys(zone for zones in of.zones.values() for zone in zones))

    def misfires(self, from_ms: int, to_ms: int) -> tuple[Misfire, ...]:
        """Return what touches [from_ms, to_ms), by rule and time; times may be negative."""
        return tuple(
            misfire
            for name in self._parts
            for day in range(from_ms // DAY_MS - 1, (to_ms - 1) // DAY_MS + 1)
            for misfire in self.of_rule(name, day)
            if misfire.blip.from_ms < to_ms and misfire.blip.to_ms > from_ms
        )

    def blips(self, from_ms: int, to_ms: int) -> tuple[Blip, ...]:
        """Return the blips that touch [from_ms, to_ms), by rule and time."""
        return tuple(misfire.blip for misfire in self.misfires(from_ms, to_ms))

    def of_rule(self, rule: str, day: int) -> tuple[Misfire, ...]:
        """Return what one rule does on a day; () for a rule that never misfires."""
        if rule not in self._parts or self._intensity <= 0.0:
            return ()
        found = [*self._of_episodes(rule, self._day(rule, day)), *self._of_storms(rule, day)]
        return tuple(sorted(found, key=lambda m: (m.blip.from_ms, m.blip.to_ms, str(m.blip.series))))

    def storms(self, day: int) -> tuple[Storm, ...]:
        """Return the storms that begin on a day."""
        if day not in self._storms:
            zones, seed = self._world_zones, self._ground.seed
            self._storms[day] = storms.storms_of_day(self._profile, zones, seed, day, self._intensity)
        return self._storms[day]

    def _day(self, rule: str, number: int) -> Day:
        of, component = self._ground, self._parts[rule][0].series.name
        day = Day(number, self._midnight_ms)
        known = [change for change in of.changes.get(component, ()) if change[0] >= of.known_from_ms]
        drawn = episodes.changes_unknown(component, of.changes_a_day, day, of.seed)
        both = [*known, *(change for change in drawn if change[0] < of.known_from_ms)]
        within = tuple(c for c in both if day.from_ms <= c[0] < day.to_ms)
        return Day(number, self._midnight_ms, within, of.changes_a_day)

    def _of_episodes(self, rule: str, day: Day) -> Iterator[Misfire]:
        """Yield what episodes bring. What would begin while the same alert still fires comes after it."""
        parts, seed = self._parts[rule], self._ground.seed
        spans = [
            span
            for kind, rate in self._rates[rule].items()
            for span in episodes.of_kind(kind, parts[0].rule, rate, day, seed, self._profile)
        ]
        free_ms: dict[Instance, int] = {}
        for span in sorted(spans, key=lambda span: (span.from_ms, span.identity, span.turn)):
            first = int(uniform(seed, "noise part", span.identity) * len(parts))
            part = parts[(first + (span.turn if span.kind == "repeats" else 0)) % len(parts)]
            late_ms = max(0, free_ms.get(part, span.from_ms) - span.from_ms)
            if span.from_ms + late_ms >= day.to_ms:
                continue
            yield Misfire(span.kind, self._blip(part, span, late_ms))
            free_ms[part] = span.to_ms + late_ms + episodes.quiet_ms(part.rule)

    def _blip(self, part: Instance, span: Span, late_ms: int) -> Blip:
        rule, seed = part.rule, self._ground.seed
        return lifting(
            part,
            span.from_ms + late_ms,
            span.to_ms + late_ms,
            uniform(seed, "noise level", f"{span.identity}|{span.turn}"),
            why(span.subject, rule.signal, seed, span.identity, rule.noise.why if rule.noise else None),
            real=span.kind == "unrelated",
        )

    def _of_storms(self, rule: str, day: int) -> Iterator[Misfire]:
        parts, seed = self._parts[rule], self._ground.seed
        component = parts[0].series.name
        for storm in self.storms(day):
            for part in storms.lifted(storm, parts, self._ground.zones[component], self._profile, seed):
                level = uniform(seed, "storm level", f"{storm.identity}|{rule}")
                text = storm_why(storm.cause, storm.zone, seed, storm.identity)
                yield Misfire("storm", lifting(part, storm.from_ms, storm.to_ms, level, text))
