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
    Lane,
    Level,
    Link,
    OperationAt,
    Pool,
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
    "Lane",
    "Level",
    "Link",
    "OperationAt",
    "Pool",
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
    pools: tuple[Pool, ...]
    lanes: tuple[Lane, ...]
    levels: tuple[Level, ...]
    operation_component: Indices
    cell_component: Indices
    cell_shard: Indices  # shard group: cells of one component and shard, over zones and versions
    shard_starts: Indices  # first cell of each shard group, in the order of `shard_cells`
    shard_cells: Indices  # cells sorted by shard group
    shard_component: Indices
    first_stations: Indices  # of each cell
    station_cell: Indices
    station_operation: Indices
    station_writes: NDArray[np.bool_]  # whether the operation stores something
    cell_standby: NDArray[np.bool_]
    pool_legs: Grouping  # stations of each pool
    leg_at_home: NDArray[np.bool_]  # whether a leg stays in the zone of its pool; True where that has none
    link_station: Indices
    first_links: Indices  # for each link the first of its station
    link_heads: Indices  # for each link the first of its parallel group, itself where it has none
    link_pool: Indices
    link_operation: Indices  # the operation it calls
    link_component: Indices  # the component it calls
    link_tie_break: NDArray[np.float64]  # near 1, different for each: makes the largest of equals unique
    lagged: Indices  # links whose callers use the answers of a tick ago
    link_cache: Indices  # the component whose misses make the call; -1 where it is no miss
    lane_pool: Indices  # where the messages of each lane go
    stream_operation: Indices
    stream_component: Indices
    entries: NDArray[np.float64]  # (streams, pools) 1 where a stream enters
    consumed: NDArray[np.float64]  # (lanes, pools) 1 where its messages enter
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

    def called_by(self, link: int) -> Indices:
        """Return the stations a link (by index) calls: those of the caller's zone where it keeps to it."""
        inside = self.pool_legs.group == self.link_pool[link]
        at_home = inside & self.leg_at_home
        called: Indices = self.pool_legs.members[at_home if at_home.any() else inside]
        return called

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
            OperationAt(c.id, o.id, o.work_ms / 1000.0, o.error_share, o.writes)
            for c in ordered
            for o in c.operations
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
        self.link_station = indices(link.station for link in self.links)
        self.operation_component = indices(place[o.component] for o in self.operations)
        self.streams, self.stream_operation = _streams(world, number)
        self.lanes = tuple(
            Lane(index, consumer.id)
            for consumer in ordered
            for index, cell in enumerate(self.cells)
            if cell.component == consumer.consumes and not cell.standby
        )
        wanted = [Pool(int(o), z) for o, z in zip(self.link_operation, self._link_zones(), strict=True)]
        everywhere = [Pool(index) for index in range(len(self.operations))]
        self.pools = tuple(sorted({*wanted, *everywhere}, key=lambda pool: (pool.operation, pool.zone or "")))
        number_of = {pool: index for index, pool in enumerate(self.pools)}
        self.link_pool = indices(number_of[pool] for pool in wanted)
        self.operation_pool = indices(number_of[pool] for pool in everywhere)
        self.pool_operation = indices(pool.operation for pool in self.pools)
        self.pool_legs = grouping([self.stations_by_operation[pool.operation] for pool in self.pools])
        self.leg_at_home = np.array(
            [
                self.pools[pool].zone in (None, self.stations[station].zone)
                for pool, station in zip(self.pool_legs.group, self.pool_legs.members, strict=True)
            ]
        )
        consumers = [world.component(lane.consumer) for lane in self.lanes]
        self.lane_pool = indices(self.operation_pool[number[c.id, c.operations[0].id]] for c in consumers)
        self.lagged = indices(index for index, link in enumerate(self.links) if link.call.lagged)
        self.link_cache = indices(
            -1 if link.call.on_miss_of is None else place[link.call.on_miss_of] for link in self.links
        )
        self.link_heads = self._link_heads()

    def _link_zones(self) -> Iterable[str | None]:
        return [self.stations[link.station].zone if link.call.same_zone else None for link in self.links]

    def _link_heads(self) -> Indices:
        first: dict[tuple[int, str], int] = {}
        return indices(
            index if link.call.group is None else first.setdefault((link.station, link.call.group), index)
            for index, link in enumerate(self.links)
        )


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
    pools = span(parts.pool_operation, operations.start, operations.stop)
    into = np.flatnonzero((parts.link_pool >= pools.start) & (parts.link_pool < pools.stop))
    into = np.setdiff1d(into, parts.lagged)
    incoming = into[np.argsort(parts.link_pool[into], kind="stable")]
    incoming_pools, incoming_starts = np.unique(parts.link_pool[incoming], return_index=True)
    legs = np.flatnonzero((parts.pool_legs.group >= pools.start) & (parts.pool_legs.group < pools.stop))
    legs = legs[np.argsort(parts.pool_legs.members[legs], kind="stable")]
    heads = parts.link_heads[links] - links.start
    alone = np.bincount(heads, minlength=len(heads))[heads] == 1
    grouped = np.flatnonzero(~alone)
    grouped = grouped[np.argsort(heads[grouped], kind="stable")]
    is_lagged = np.isin(np.arange(links.start, links.stop), parts.lagged)
    callers, link_starts, link_caller = np.unique(
        parts.link_station[links], return_index=True, return_inverse=True
    )
    return Level(
        components=slice(first, last),
        operations=operations,
        pools=pools,
        cells=cells,
        stations=stations,
        links=links,
        cell_starts=np.searchsorted(parts.station_cell[stations], np.arange(cells.start, cells.stop)),
        station_cell=parts.station_cell[stations] - cells.start,
        legs=legs,
        leg_pool=parts.pool_legs.group[legs] - pools.start,
        leg_starts=np.searchsorted(parts.pool_legs.members[legs], np.arange(stations.start, stations.stop)),
        incoming=incoming,
        incoming_starts=incoming_starts,
        incoming_pools=incoming_pools - pools.start,
        callers=together(callers),
        calls=bool(len(callers)),
        link_starts=link_starts,
        link_caller=link_caller,
        grouped=grouped,
        group_starts=np.unique(heads[grouped], return_index=True)[1],
        lagged=np.flatnonzero(is_lagged),
        lagged_number=np.searchsorted(parts.lagged, np.flatnonzero(is_lagged) + links.start),
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
        pools=parts.pools,
        lanes=parts.lanes,
        levels=levels,
        operation_component=parts.operation_component,
        cell_component=parts.cell_component,
        cell_shard=cell_shard,
        shard_starts=shard_starts,
        shard_cells=shard_cells,
        shard_component=parts.cell_component[shard_cells[shard_starts]],
        first_stations=np.searchsorted(parts.station_cell, np.arange(len(parts.cells))),
        station_cell=parts.station_cell,
        station_operation=parts.station_operation,
        station_writes=np.array([parts.operations[o].writes for o in parts.station_operation], dtype=bool),
        cell_standby=np.array([cell.standby for cell in parts.cells], dtype=bool),
        pool_legs=parts.pool_legs,
        leg_at_home=parts.leg_at_home,
        link_station=parts.link_station,
        first_links=np.searchsorted(parts.link_station, parts.link_station),
        link_heads=parts.link_heads,
        link_pool=parts.link_pool,
        link_operation=parts.link_operation,
        link_component=parts.operation_component[parts.link_operation],
        link_tie_break=1.0 + _TIE_BREAK * np.arange(len(parts.links), dtype=np.float64),
        lagged=parts.lagged,
        link_cache=parts.link_cache,
        lane_pool=parts.lane_pool,
        stream_operation=parts.stream_operation,
        stream_component=parts.operation_component[parts.stream_operation],
        entries=np.eye(len(parts.pools))[parts.operation_pool[parts.stream_operation]],
        consumed=np.eye(len(parts.pools))[parts.lane_pool],
        stream_legs=stream_legs,
        stream_leg_log_limits=np.log(limits_s[stream_legs.group].T),
    )
