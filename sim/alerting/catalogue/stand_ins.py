"""What stands in for things that are not in a world, so that their alerts can be noise and nothing else.

An alert that no mapping ties to the world may fire by noise only, and that noise must be there to be looked
at. So it watches memory or disk of a component that no fault of the scenario touches: nothing else moves
these, and the threshold lies well above their wander. One alert takes one such series of one zone, so that
they do not fire together; who gets one is drawn, keyed to the alert's name.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from sim.spec import Component, Scenario, Signal
from sim.streams import uniform

_THRESHOLD_SHARE = 0.55
"""The threshold lies at this share of what is free on an ordinary day; an assumption."""
_FREE_MIN = 0.2
"""What is fuller than this leaves does not stand in: the wander would come near the threshold."""
_OF_DISKS = re.compile(r"disk|file|volume|space|storage|quota|inode|tsdb|compact|raid|backend", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class StandIn:
    """A series that nothing but noise moves, and the threshold above which its alert fires."""

    component: str
    zone: str
    signal: Signal
    above: float


def stand_ins(scenario: Scenario, names: Sequence[str]) -> dict[str, StandIn]:
    """Return for these names of rules what they watch, as many as there is room for."""
    touched = {where for fault in scenario.faults for where in (fault.where.component, fault.where.callee)}
    usable = [
        component
        for component in scenario.world.components
        if component.id not in touched and component.kind != "third_party" and not component.hidden
    ]
    free: dict[Signal, list[StandIn]] = {
        "memory_share": _places(usable, "memory_share", scenario.world.zones),
        "disk_share": _places(usable, "disk_share", scenario.world.zones),
    }
    found: dict[str, StandIn] = {}
    for name in sorted(names, key=lambda name: (uniform(0, "stand-in", name), name)):
        wanted: Signal = "disk_share" if _OF_DISKS.search(name) else "memory_share"
        other: Signal = "memory_share" if wanted == "disk_share" else "disk_share"
        places = free[wanted] or free[other]
        if places:
            found[name] = places.pop(int(uniform(0, "stand-in place", name) * len(places)))
    return found


def _places(components: Sequence[Component], signal: Signal, zones: Sequence[str]) -> list[StandIn]:
    usual = [c.memory_share if signal == "memory_share" else c.disk_share for c in components]
    return [
        StandIn(component.id, zone, signal, round(share + _THRESHOLD_SHARE * (1.0 - share), 3))
        for component, share in zip(components, usual, strict=True)
        if 1.0 - share >= _FREE_MIN
        for zone in component.zones or zones
    ]
