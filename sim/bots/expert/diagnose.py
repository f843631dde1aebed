"""From what was seen to ranked hypotheses: which component is it, by which mechanism, since which change.

Pure functions of a scene. A component is likely the place where it is worse than usual, is needed by the
journeys that are hurt rather than by the others, and nothing that it calls is as bad (the deepest unhealthy
one). A mechanism is likely where signs point to it. All factors are assumptions.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isfinite

from sim.bots.expert.scene import Observed, Scene, called_by, reached_by
from sim.bots.expert.signs import PLAIN, STRONG, WEAK, Sign, blamed, odd_part, signs
from sim.look.health import Mark
from sim.view import KnownChange
from sim.world.series import By

_BY_MARK: dict[Mark, float] = {"!!": 1.0, "!": 0.6, "-": 0.5, "?": 0.15, "ok": 0.1}
_CALLEE_AS_BAD = 0.35
"""A component that calls something as bad is this likely to be the place itself."""
_NOT_SHARED = 0.15
"""One that no hurt journey needs is hardly the place."""
_TOLD, _DEPTH_MAX = 0.25, 8
"""What an alert speaks of is worth a look; so deep are calls followed."""
SUSPECT_BEFORE_MS, SUSPECT_AFTER_MS = 20 * 60_000, 3 * 60_000
"""A change made so shortly before trouble began (or, as clocks of alerts lag, right after) is suspicious."""
_OF_CHANGE = {"deploy": "deploy", "config": "config", "flag": "flag", "infrastructure": "config"}
_SAME = {
    "config": ("config", "cpu", "retries", "quota", "cache"),
    "flag": ("flag", "cpu", "retries"),
    "deploy": ("deploy", "memory", "retries", "cpu"),
    "infrastructure": ("config", "capacity", "network", "dns"),
}
"""Mechanisms that a kind of change can bring."""


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """What it may be: `score` tells how likely against others; `change` may have brought it."""

    component: str
    mechanism: str
    score: float
    why: str
    part: tuple[By, str] | None = None
    change: KnownChange | None = None

    @property
    def confidence(self) -> int:
        """How sure one is of it, in percent, in steps of ten."""
        return max(20, min(90, round(self.score * 3) * 10))


def places(scene: Scene) -> tuple[tuple[str, float], ...]:
    """Return the components with how likely each is the place, the likeliest first."""
    reach = {journey.id: reached_by(scene.world, journey.id) for journey in scene.world.journeys}
    blame = blame_of(scene)
    found = []
    for component in scene.world.components:
        seen = scene.of(component.id)
        own = _sickness(seen)
        if seen.mark == "?":
            own = max(own, blame.get(component.id, 0.0))
        if component.id in scene.told and own < _TOLD:
            own = _TOLD
        worst_callee = max((_sickness(scene.of(name)) for name in called_by(component)), default=0.0)
        if worst_callee >= max(own, _BY_MARK["!"]):
            own *= _CALLEE_AS_BAD
        found.append((component.id, own * _shared(component.id, scene, reach)))
    return tuple(sorted(found, key=lambda pair: -pair[1]))


def blame_of(scene: Scene) -> dict[str, float]:
    """Return how the guilt for failed requests spreads from where users enter, by the logs that were read.

    A component whose log was read keeps the share of its errors that are its own and passes the rest on to
    those it blames; one whose log was not read keeps all that comes to it.
    """
    entries = dict.fromkeys(j.entry.split(".")[0] for j in scene.world.journeys if j.id in scene.hurt)
    carried = dict.fromkeys(entries, 1.0)
    kept: dict[str, float] = {}
    for _ in range(_DEPTH_MAX):
        onward: dict[str, float] = {}
        for name, guilt in carried.items():
            counts = blamed(scene.of(name), scene)
            total = sum(counts.values())
            for place, times in counts.items() if total else [(name, 1)]:
                share = guilt * times / (total or 1)
                target = kept if place == name else onward
                target[place] = target.get(place, 0.0) + share
        carried = onward
    return {name: min(1.0, guilt) for name, guilt in kept.items()}


def _sickness(seen: Observed) -> float:
    """Return how ill a component looks, 0 to 1."""
    level = _BY_MARK[seen.mark]
    if seen.mark == "-" and seen.usual.get("rps", 0.0) < 0.1:
        level = _BY_MARK["ok"]  # nobody uses it at this hour
    drop = seen.usual.get("hit_share", 0.0) - seen.value("hit_share")
    if isfinite(drop) and drop > 0.15:
        level = max(level, 0.9)
    if seen.value("certificate_days") <= 0.0:
        level = 1.0
    if seen.value("queue_age_s") > 120.0 and seen.ratio("queue_age_s") > 5.0:
        level = max(level, 0.7)
    if odd_part(seen.split("zone")) or odd_part(seen.split("version")) or odd_part(seen.split("shard")):
        level = max(level, 0.7)
    return level


def _shared(component: str, scene: Scene, reach: dict[str, frozenset[str]]) -> float:
    """Return how well a component explains which journeys are hurt and which are not."""
    if not scene.hurt:
        return 1.0
    well = [name for name in reach if name not in scene.hurt]
    of_hurt = sum(component in reach[name] for name in scene.hurt) / len(scene.hurt)
    of_well = sum(component in reach[name] for name in well) / len(well) if well else 0.0
    return max(_NOT_SHARED, of_hurt * (1.0 - 0.5 * of_well))


def hypotheses(scene: Scene) -> tuple[Hypothesis, ...]:
    """Return what it may be, the likeliest first; of what was looked at closely, and what that speaks of."""
    likely = dict(places(scene))
    close = [name for name in likely if scene.of(name).lines or scene.of(name).slopes]
    told = [sign for name in close for sign in signs(scene.of(name), scene)]
    found = [*zone_wide(scene)]
    for name in dict.fromkeys((*close, *(sign.component for sign in told))):
        mine = [sign for sign in told if sign.component == name]
        found += _of_component(name, likely[name], mine, scene)
    best: dict[tuple[str, str], Hypothesis] = {}
    for each in found:
        known = best.setdefault((each.component, each.mechanism), each)
        if each.score > known.score:
            best[each.component, each.mechanism] = each
    return tuple(sorted(best.values(), key=lambda each: -each.score))


def _of_component(name: str, likely: float, told: list[Sign], scene: Scene) -> Iterator[Hypothesis]:
    changes = [change for change in scene.changes_of(name) if suspicious(change, scene)]
    for mechanism in dict.fromkeys(sign.mechanism for sign in told):
        mine = [sign for sign in told if sign.mechanism == mechanism]
        brought = next((c for c in changes if mechanism in _SAME.get(c.what, ())), None)
        weight = sum(sign.weight for sign in mine) + (PLAIN if brought else 0.0)
        part = next((sign.part for sign in mine if sign.part), None)
        of = woken(Hypothesis(name, mechanism, likely * weight, mine[0].why, part, brought), changes)
        yield from dict.fromkeys((of, with_deploy(of, scene)))
    for change in changes:
        brings = _OF_CHANGE.get(change.what)
        if brings is not None:
            weight = PLAIN if not told else WEAK
            why = f"{change.change} was made shortly before it began"
            yield Hypothesis(name, brings, likely * weight, why, None, change)


def woken(of: Hypothesis, changes: list[KnownChange]) -> Hypothesis:
    """Return that it is the flag, where a version is bad that was there before, and a flag was turned on."""
    flag = next((change for change in changes if change.what == "flag"), None)
    if of.mechanism != "deploy" or of.change is not None or flag is None:
        return of
    return replace(of, mechanism="flag", score=of.score * 1.2, change=flag)


def with_deploy(of: Hypothesis, scene: Scene) -> Hypothesis:
    """Return that it is the deploy, where memory leaks and a version was deployed in the last day."""
    made = [c for c in scene.changes_of(of.component) if c.what == "deploy" and not _ours(c)]
    if of.mechanism != "memory" or not made:
        return of
    return replace(of, mechanism="deploy", score=of.score + WEAK, change=made[0])


def _ours(change: KnownChange) -> bool:
    """Return whether it is an act of this drill, which `changes` shows, too."""
    return change.change.startswith("act-")


def suspicious(change: KnownChange, scene: Scene) -> bool:
    """Return whether a change was made so close to the beginning that it may have brought it."""
    before_ms = scene.since_ms - change.t_ms
    return not _ours(change) and -SUSPECT_AFTER_MS <= before_ms <= SUSPECT_BEFORE_MS


def zone_wide(scene: Scene) -> tuple[Hypothesis, ...]:
    """Return that a whole zone is gone, where several components are bad in the same zone alone."""
    odd: dict[str, list[str]] = {}
    for component in scene.world.components:
        part = odd_part(scene.of(component.id).split("zone"))
        if part is not None:
            odd.setdefault(part.label, []).append(component.id)
        zones = component.zones or scene.world.zones
        if len(zones) == 1 and scene.of(component.id).mark in ("!!", "-"):
            odd.setdefault(zones[0], []).append(component.id)
    found = []
    for zone, components in odd.items():
        if len(components) >= 3:
            why = f"{len(components)} components are bad in {zone} and nowhere else"
            score = STRONG + WEAK * len(components) / 3
            found.append(Hypothesis(components[0], "zone", score, why, ("zone", zone)))
    return tuple(found)
