"""The numbered parts of a world, and the index arrays that relate them.

A cell is the part of a component in one zone, version and shard; it owns replicas, slots and a queue. A
station is one operation in one cell, the solver's unit for load and latency. A link is one kind of call
made by one station. A pool is where requests of an operation go, all its stations or those of one zone; a
leg is one pool to one station.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.spec import Call

Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class OperationAt:
    """One operation of a component."""

    component: str
    operation: str
    work_s: float
    error_share: float
    writes: bool


@dataclass(frozen=True, slots=True)
class Cell:
    """The part of a component in one zone, version and shard; `replicas` at full version share.

    A standby serves nobody until it is promoted.
    """

    component: str
    zone: str
    version: str
    shard: str | None
    replicas: float
    standby: bool = False


@dataclass(frozen=True, slots=True)
class Station:
    """One operation in one cell; `cell` is the cell's index."""

    cell: int
    component: str
    operation: str
    zone: str
    version: str
    shard: str | None


@dataclass(frozen=True, slots=True)
class Pool:
    """Where requests of an operation (by index) go: to all its stations, or to those of one zone.

    Where a zone has no station that takes traffic, its pool is all of them.
    """

    operation: int
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """The messages of one cell of a queue (by index) on their way to one consumer, a component."""

    cell: int
    consumer: str


@dataclass(frozen=True, slots=True)
class Link:
    """One kind of call that one station makes; `station` is the caller's index."""

    station: int
    callee: str
    callee_operation: str
    call: Call


@dataclass(frozen=True, slots=True)
class Stream:
    """The demand of one client class for one journey; `rps` is the mean over a weekday."""

    client: str
    journey: str
    rps: float
    peak_hour_utc: float
    timeout_s: float
    slow_s: float


@dataclass(frozen=True, slots=True)
class Grouping:
    """Groups of stations for `Flow.percentiles_ms` and sums: flat members, first position of each group."""

    members: Indices
    starts: Indices
    group: Indices  # group of each member

    @property
    def size(self) -> int:
        """Number of groups."""
        return len(self.starts)

    def of(self, groups: Indices) -> "Grouping":
        """Return the positions in `members` of some groups, one after another, grouped like these."""
        ends = np.append(self.starts[1:], len(self.members))
        lengths = ends[groups] - self.starts[groups]
        starts = np.cumsum(lengths) - lengths
        within = np.arange(lengths.sum()) - np.repeat(starts, lengths)
        return Grouping(
            np.repeat(self.starts[groups], lengths) + within,
            starts,
            np.repeat(np.arange(len(groups)), lengths),
        )


@dataclass(frozen=True, slots=True)
class Level:
    """Slices of one level, and sums over them: `*_starts` are positions inside the slice, for reduceat."""

    components: slice
    operations: slice
    pools: slice
    cells: slice
    stations: slice
    links: slice
    cell_starts: Indices  # first station of each cell
    station_cell: Indices  # cell of each station, inside the slice
    legs: Indices  # legs to the stations of this level, sorted by station
    leg_pool: Indices  # pool of each of them, inside the slice
    leg_starts: Indices  # first of them for each station
    incoming: Indices  # links into this level, sorted by the pool they call; not the lagged ones
    incoming_starts: Indices
    incoming_pools: Indices  # pools that have incoming links, inside the slice
    callers: Indices | slice  # stations that make calls; a slice where they are neighbours: cheaper
    calls: bool  # whether there are any
    link_starts: Indices  # first link of each of them
    link_caller: Indices  # position in `callers` of each link
    grouped: Indices  # links that belong to parallel groups, inside the slice, sorted by group
    group_starts: Indices  # first of them in each group
    lagged: Indices  # lagged links, inside the slice
    lagged_number: Indices  # which of the world's lagged links they are


def grouping(groups: Sequence[Indices]) -> Grouping:
    """Return groups of stations in the form the solver's sums take. Raises ValueError for an empty group."""
    lengths = [len(group) for group in groups]
    if not all(lengths):
        raise ValueError("a group of stations is empty")
    members = np.concatenate(groups).astype(np.intp) if groups else indices(())
    return Grouping(members, _starts(lengths), np.repeat(np.arange(len(groups)), lengths))


def indices(values: Iterable[int]) -> Indices:
    """Return numbers as an index array."""
    return np.fromiter(values, dtype=np.intp)


def _starts(lengths: Sequence[int]) -> Indices:
    return np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.intp) if lengths else indices(())


def together(sorted_values: Indices) -> Indices | slice:
    """Return indices as a slice where they are neighbours."""
    if len(sorted_values) and sorted_values[-1] - sorted_values[0] == len(sorted_values) - 1:
        return slice(int(sorted_values[0]), int(sorted_values[-1]) + 1)
    return sorted_values


def span(sorted_values: Indices, first: int, last: int) -> slice:
    """Return the slice of a sorted array whose values lie in [first, last)."""
    start, stop = np.searchsorted(sorted_values, (first, last))
    return slice(int(start), int(stop))
