"""What of a world's parameters no modifier changes: its own figures as arrays, worked out once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from sim.world.parts import Indices, indices
from sim.world.topology import Topology

Floats = NDArray[np.float64]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Constants:
    """A world's own figures, over stations, cells, links or streams."""

    work_s: Floats  # stations
    replicas: Floats  # cells, with all of its zone's replicas at one version
    slots_per_replica: Floats  # cells
    processors_per_replica: Floats  # cells
    queue_max_s: Floats  # cells
    drops_dead_work: Floats  # cells; 1 or 0
    timeout_s: Floats  # links
    per_request: Floats  # links
    soft: Floats  # links; 1 or 0
    user_timeout_s: Floats  # streams
    version_group: Indices  # cells: which of the groups that differ in their version alone
    calling: NDArray[np.intp]  # (2, pairs) every cell that calls a component, and that component, once


def constants(topology: Topology) -> Constants:
    """Return the figures of a world."""
    components = [topology.components[index] for index in topology.cell_component]
    links = topology.links
    groups = [(cell.component, cell.zone, cell.shard) for cell in topology.cells]
    number = {group: index for index, group in enumerate(dict.fromkeys(groups))}
    cell = topology.station_cell[topology.link_station]
    return Constants(
        work_s=_over(topology.station_operation, lambda o: topology.operations[o].work_s),
        replicas=_over(topology.cells, lambda c: c.replicas),
        slots_per_replica=_over(components, lambda c: c.slots_per_replica),
        processors_per_replica=_over(components, lambda c: c.processors_per_replica),
        queue_max_s=_over(components, lambda c: c.queue_max_s),
        drops_dead_work=_over(components, lambda c: c.drops_dead_work),
        timeout_s=_over(links, lambda link: link.call.timeout_ms / 1000.0),
        per_request=_over(links, lambda link: link.call.per_request),
        soft=_over(links, lambda link: link.call.soft),
        user_timeout_s=_over(topology.streams, lambda stream: stream.timeout_s),
        version_group=indices(number[group] for group in groups),
        calling=np.unique(np.stack((cell, topology.link_component)), axis=1),
    )


def _over(things: Iterable[T], value: Callable[[T], float]) -> Floats:
    return np.array([value(thing) for thing in things], dtype=np.float64)
