"""The world as indexed parts: components, operations, cells, stations, links, legs and streams.

Everything is sorted by level (longest path from the entries), so a level is a slice of every array and
sweeps need no scatter.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.errors import ScenarioError
from sim.spec import Component, World
from sim.world.graph import components_by_level, resolve
from sim.world.parts import (
    Cell,
    Grouping,
    Indices,
    Level,
    Link,
    OperationAt,
    Station,
    Stream,
    grouping,
    indices,
    span,
    together,
)

__all__ = [
    "Cell",
    "Grouping",
    "Indices",
    "Level",
    "Link",
    "OperationAt",
    "Station",
    "Stream",
    "Topology",
    "build",
    "grouping",
]


_TIE_BREAK = 1e-9


@dataclass(frozen=True, slots=True)
class Topology:
    """A world with every part numbered; tuples hold the parts, arrays their relations (by index)."""

    world: World
    components: tuple[Component, ...]
    operations: tuple[OperationAt, ...]
    cells: tuple[Cell, ...]
    stations: tuple[Station, ...]
    links: tuple[Link, ...]
    streams: tuple[Stream, ...]
    levels: tuple[Level, ...]
    operation_component: Indices
    operation_stations: tuple[Indices, ...]
    cell_component: Indices
    cell_shard: Indices  # shard group: cells of one component and shard, over zones and versions
    shard_starts: Indices  # first cell of each shard group, in the order of `shard_cells`
    shard_cells: Indices  # cells sorted by shard group
    shard_component: Indices
    first_stations: Indices  # of each cell
    station_cell: Indices
    station_operation: Indices
    link_station: Indices
    first_links: Indices  # for each link the first of its station
    link_operation: Indices  # the operation it calls
    link_component: Indices  # the component it calls
    link_tie_break: NDArray[np.float64]  # near 1, different for each: makes the largest of equals unique
    leg_link: Indices
    leg_station: Indices
    stream_operation: Indices
    stream_component: Indices
    entries: NDArray[np.float64]  # (streams, operations) 1 where a stream enters
    stream_legs: Grouping  # stations of the entry operation of each stream
    stream_leg_log_limits: NDArray[np.float64]  # (2, stream legs) log of timeout_s, and of slow_s within it

    def component_index(self, component: str) -> int:
        """Return the index of a component. Raises KeyError where there is none."""
        for index, candidate in enumerate(self.components):
            if candidate.id == component:
                return index
        raise KeyError(component)

    def cells_of(
        self,
        component: str | None = None,
        zone: str | None = None,
        version: str | None = None,
        shard: str | None = None,
    ) -> Indices:
        """Return the indices of the cells that match; None matches all."""
        return indices(
            index
            for index, cell in enumerate(self.cells)
            if component in (None, cell.component)
            and zone in (None, cell.zone)
            and version in (None, cell.version)
            and shard in (None, cell.shard)
        )

    def stations_of(
        self,
        component: str | None = None,
        operation: str | None = None,
        zone: str | None = None,
        version: str | None = None,
        shard: str | None = None,
    ) -> Indices:
        """Return the indices of the stations that match; None matches all."""
        return indices(
            index
            for index, station in enumerate(self.stations)
            if component in (None, station.component)
            and operation in (None, station.operation)
            and zone in (None, station.zone)
            and version in (None, station.version)
            and shard in (None, station.shard)
        )


def build(world: World, versions: Mapping[str, Sequence[str]] | None = None) -> Topology:
    """Return the topology of a world.

    `versions` names further versions of components, which deploys of the scenario bring; a component's own
    version always comes first. Raises ScenarioError for unknown references and for cycles, naming the path.
    """
    level_of = components_by_level(world)
    ordered = sorted(world.components, key=lambda component: level_of[component.id])
    for unknown in sorted(set(versions or {}) - set(level_of)):
        raise ScenarioError(f"versions name component {unknown!r}, which world {world.id!r} does not have")
    parts = _Parts(world, ordered, versions or {})
    levels = tuple(
        _level(parts, [index for index, c in enumerate(ordered) if level_of[c.id] == level])
        for level in range(max(level_of.values()) + 1)
    )
    return _assemble(parts, levels)


class _Parts:
    """The numbered parts of a world while it is built."""

    def __init__(
        self, world: World, ordered: Sequence[Component], versions: Mapping[str, Sequence[str]]
    ) -> None:
        self.world = world
        self.components = tuple(ordered)
        self.operations = tuple(
            OperationAt(c.id, o.id, o.work_ms / 1000.0, o.error_share) for c in ordered for o in c.operations
        )
        number = {(o.component, o.operation): index for index, o in enumerate(self.operations)}
        place = {c.id: index for index, c in enumerate(ordered)}
        self.cells = tuple(cell for c in ordered for cell in _cells(world, c, versions.get(c.id, ())))
        self.cell_component = indices(place[cell.component] for cell in self.cells)
        self.stations = tuple(
            Station(index, cell.component, operation.id, cell.zone, cell.version, cell.shard)
            for index, cell in enumerate(self.cells)
            for operation in ordered[place[cell.component]].operations
        )
        self.station_cell = indices(station.cell for station in self.stations)
        self.station_operation = indices(number[s.component, s.operation] for s in self.stations)
        calls = {(c.id, o.id): o.calls for c in ordered for o in c.operations}
        self.links = tuple(
            Link(index, *resolve(world, call.to), call)
            for index, station in enumerate(self.stations)
            for call in calls[station.component, station.operation]
        )
        self.link_operation = indices(number[link.callee, link.callee_operation] for link in self.links)
        self.stations_by_operation = [
            np.flatnonzero(self.station_operation == index) for index in range(len(self.operations))
        ]
        legs = [self.stations_by_operation[operation] for operation in self.link_operation]
        self.leg_station = np.concatenate(legs) if legs else indices(())
        self.leg_link = np.repeat(np.arange(len(legs)), [len(leg) for leg in legs]).astype(np.intp)
        self.link_station = indices(link.station for link in self.links)
        self.operation_component = indices(place[o.component] for o in self.operations)
        self.streams, self.stream_operation = _streams(world, number)


def _cells(world: World, component: Component, more_versions: Sequence[str]) -> Iterable[Cell]:
    zones = component.zones or world.zones
    shards: tuple[str | None, ...] = component.shards or (None,)
    versions = dict.fromkeys((component.version, *more_versions))
    replicas = component.replicas / len(shards)
    places = [(zone, replicas / len(zones), False) for zone in zones]
    if component.standby_zone is not None:
        places.append((component.standby_zone, replicas, True))
    for zone, count, standby in places:
        for version in versions:
            for shard in shards:
                yield Cell(component.id, zone, version, shard, count, standby)


def _streams(world: World, number: Mapping[tuple[str, str], int]) -> tuple[tuple[Stream, ...], Indices]:
    journeys = {journey.id: journey for journey in world.journeys}
    streams, operations = [], []
    for client in world.clients:
        for journey_id, rps in client.rps.items():
            if journey_id not in journeys:
                raise ScenarioError(
                    f"client class {client.id!r} uses journey {journey_id!r}, which is unknown"
                )
            journey = journeys[journey_id]
            waits = (journey.timeout_ms / 1000.0, journey.slow_ms / 1000.0)
            streams.append(Stream(client.id, journey_id, rps, client.peak_hour_utc, *waits))
            operations.append(number[resolve(world, journey.entry)])
    return tuple(streams), indices(operations)


def _level(parts: _Parts, components: Sequence[int]) -> Level:
    first, last = components[0], components[-1] + 1
    operations = span(parts.operation_component, first, last)
    cells = span(parts.cell_component, first, last)
    stations = span(parts.station_cell, cells.start, cells.stop)
    links = span(parts.link_station, stations.start, stations.stop)
    into = np.flatnonzero(
        (parts.link_operation >= operations.start) & (parts.link_operation < operations.stop)
    )
    incoming = into[np.argsort(parts.link_operation[into], kind="stable")]
    incoming_operations, incoming_starts = np.unique(parts.link_operation[incoming], return_index=True)
    callers, link_starts, link_caller = np.unique(
        parts.link_station[links], return_index=True, return_inverse=True
    )
    return Level(
        components=slice(first, last),
        operations=operations,
        cells=cells,
        stations=stations,
        links=links,
        cell_starts=np.searchsorted(parts.station_cell[stations], np.arange(cells.start, cells.stop)),
        station_cell=parts.station_cell[stations] - cells.start,
        station_operation=parts.station_operation[stations] - operations.start,
        incoming=incoming,
        incoming_starts=incoming_starts,
        incoming_operations=incoming_operations - operations.start,
        callers=together(callers),
        calls=bool(len(callers)),
        link_starts=link_starts,
        link_caller=link_caller,
    )


def _assemble(parts: _Parts, levels: tuple[Level, ...]) -> Topology:
    stream_legs = grouping([parts.stations_by_operation[o] for o in parts.stream_operation])
    limits_s = np.array([(s.timeout_s, min(s.timeout_s, s.slow_s)) for s in parts.streams]).reshape(-1, 2)
    shards = list(dict.fromkeys((cell.component, cell.shard) for cell in parts.cells))
    cell_shard = indices(shards.index((cell.component, cell.shard)) for cell in parts.cells)
    shard_cells = np.argsort(cell_shard, kind="stable")
    shard_starts = np.searchsorted(cell_shard[shard_cells], np.arange(len(shards)))
    return Topology(
        world=parts.world,
        components=parts.components,
        operations=parts.operations,
        cells=parts.cells,
        stations=parts.stations,
        links=parts.links,
        streams=parts.streams,
        levels=levels,
        operation_component=parts.operation_component,
        operation_stations=tuple(parts.stations_by_operation),
        cell_component=parts.cell_component,
        cell_shard=cell_shard,
        shard_starts=shard_starts,
        shard_cells=shard_cells,
        shard_component=parts.cell_component[shard_cells[shard_starts]],
        first_stations=np.searchsorted(parts.station_cell, np.arange(len(parts.cells))),
        station_cell=parts.station_cell,
        station_operation=parts.station_operation,
        link_station=parts.link_station,
        first_links=np.searchsorted(parts.link_station, parts.link_station),
        link_operation=parts.link_operation,
        link_component=parts.operation_component[parts.link_operation],
        link_tie_break=1.0 + _TIE_BREAK * np.arange(len(parts.links), dtype=np.float64),
        leg_link=parts.leg_link,
        leg_station=parts.leg_station,
        stream_operation=parts.stream_operation,
        stream_component=parts.operation_component[parts.stream_operation],
        entries=np.eye(len(parts.operations))[parts.stream_operation],
        stream_legs=stream_legs,
        stream_leg_log_limits=np.log(limits_s[stream_legs.group].T),
    )
