"""From flow to signals: what perfect instruments would show of every component, part and journey.

A subject is what signals are measured of: a component, one zone, version or shard of it, or a journey. A
part that has the same cells as its whole component is the same subject.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import tau
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from sim.spec import Component, Journey, Signal
from sim.streams import uniform
from sim.world.flow import Flow
from sim.world.gauges import Gauges, ordinary
from sim.world.graph import resolve
from sim.world.series import By, SeriesId
from sim.world.topology import Grouping, Topology, grouping

Floats = NDArray[np.float64]

SIGNALS: tuple[Signal, ...] = get_args(Signal)
"""Every signal; the last axis of all arrays of values, in this order."""

RPS, ERROR, P50, P95, P99, CPU, MEMORY, DISK, CONNECTIONS, QUEUE, AGE, HITS, LAG, CERTIFICATE = range(
    len(SIGNALS)
)
LATENCIES = slice(P50, P99 + 1)

NO_TRAFFIC_RPS = 1e-6
# Memory and disk wander slowly around what slow state says. Amplitudes and periods are assumptions: memory
# breathes with collections and caches, disk with log rotation.
_MEMORY_AMPLITUDE, _MEMORY_PERIOD_MS = 0.02, 3.7 * 3_600_000
_DISK_AMPLITUDE, _DISK_PERIOD_MS = 0.01, 24 * 3_600_000


def has_signal(of: Component, signal: Signal) -> bool:
    """Return whether a component has a signal; some are of queues, caches or replicas alone."""
    match signal:
        case "queue_age_s":
            return of.kind == "queue"
        case "hit_share":
            return of.cache is not None
        case "lag_s":
            return of.replica_of is not None or of.standby_zone is not None
        case "certificate_days":
            return of.certificate_days is not None
    return True


@dataclass(frozen=True, slots=True)
class Part:
    """A zone, version or shard of a component, or the whole (`by` None), and the subject it is."""

    by: By | None
    label: str
    subject: int


@dataclass(frozen=True, slots=True)
class Layout:
    """All subjects in order: every component with its parts, then every journey.

    `names` identify subjects by content ("component/cart", "component/cart{zone=a}", "journey/checkout").
    """

    topology: Topology
    names: tuple[str, ...]
    components: dict[str, slice]  # subjects of each component, the whole of it first
    parts: dict[str, tuple[Part, ...]]
    journeys: dict[str, int]
    stations: Grouping  # stations of each component subject
    answering: Grouping  # the same, then the stations of each journey's entry operation
    cells: Grouping  # cells of each component subject
    is_version: NDArray[np.bool_]  # whether a subject is one of several versions of its component
    cell_starts: NDArray[np.intp]  # first station of each cell
    journey_streams: NDArray[np.bool_]  # (journeys, streams)
    journey_timeout_ms: Floats
    usual: Gauges  # slow state of an ordinary day
    phase: Floats  # (2, cells) of their wander, in radians

    @property
    def size(self) -> int:
        """Number of subjects."""
        return len(self.names)

    def labels(self, component: str, by: By) -> tuple[str, ...]:
        """Return the labels of a component's parts. Raises KeyError for an unknown component."""
        return tuple(part.label for part in self.parts[component] if part.by == by)

    def there(self, replicas: Floats) -> NDArray[np.bool_]:
        """Return which subjects exist, `replicas` (cells,) given: a version without any does not."""
        has_any = np.logical_or.reduceat(replicas[self.cells.members] > 0.0, self.cells.starts)
        found = np.ones(self.size, dtype=bool)
        found[: len(has_any)] = has_any
        return found | ~self.is_version

    def subject(self, series: SeriesId) -> int:
        """Return the subject that a series is measured of. Raises KeyError where there is none."""
        if series.of == "journey":
            return self.journeys[series.name]
        for part in self.parts[series.name]:
            if (part.by, part.label) == (series.by, series.label):
                return part.subject
        raise KeyError(str(series))


def layout(topology: Topology, seed: int, usual: Gauges | None = None) -> Layout:
    """Return the subjects of a world; `usual` is what slow state shows on an ordinary day."""
    names: list[str] = []
    members: list[NDArray[np.intp]] = []
    components: dict[str, slice] = {}
    parts: dict[str, tuple[Part, ...]] = {}
    for component in topology.components:
        first = len(names)
        found: list[Part] = []
        for by, label, cells in _parts(topology, component.id):
            known = [i for i in range(first, len(names)) if np.array_equal(members[i], cells)]
            if not known:
                names.append(f"component/{component.id}" + (f"{{{by}={label}}}" if by else ""))
                members.append(cells)
            found.append(Part(by, label, known[0] if known else len(names) - 1))
        components[component.id] = slice(first, len(names))
        parts[component.id] = tuple(found)
    journeys = {journey.id: len(names) + i for i, journey in enumerate(topology.world.journeys)}
    stations = [np.flatnonzero(np.isin(topology.station_cell, cells)) for cells in members]
    every = (*names, *(f"journey/{journey}" for journey in journeys))
    keys = [f"{cell.component}|{cell.zone}|{cell.version}|{cell.shard}" for cell in topology.cells]
    return Layout(
        topology=topology,
        names=every,
        components=components,
        parts=parts,
        journeys=journeys,
        stations=grouping(stations),
        answering=grouping([*stations, *(_entry(topology, journey) for journey in topology.world.journeys)]),
        cells=grouping(members),
        is_version=np.array(["{version=" in name for name in every]),
        cell_starts=np.searchsorted(topology.station_cell, np.arange(len(topology.cells))),
        journey_streams=np.array(
            [[stream.journey == journey for stream in topology.streams] for journey in journeys], dtype=bool
        ).reshape(len(journeys), len(topology.streams)),
        journey_timeout_ms=np.array([float(journey.timeout_ms) for journey in topology.world.journeys]),
        usual=ordinary(topology) if usual is None else usual,
        phase=np.array([[tau * uniform(seed, kind, key) for key in keys] for kind in ("memory", "disk")]),
    )


def truth(
    of: Layout,
    flow: Flow,
    t_ms: NDArray[np.int64],
    before: Floats | None = None,
    gauges: Gauges | None = None,
) -> Floats:
    """Return the noise-free signals (len(t_ms), subjects, SIGNALS) of a flow whose batch are these times.

    Shares of busy processors and slots are averaged over cells by traffic. Latency percentiles of a
    component are those of the mixture of its stations; of a journey those of its entry operation, cut at
    the time users wait. Error share and latency of a subject without traffic, and signals that journeys do
    not have, are NaN. `before` are the signals of the sample before, near which percentiles are looked for.
    `gauges` is what slow state shows; by default that of an ordinary day. What is not observed is NaN, and
    sums and means of a whole leave out the parts that are not; its percentiles are still those of all.
    """
    out = np.full((len(t_ms), of.size, len(SIGNALS)), np.nan)
    inner = of.stations.size
    near_ms = None if before is None else before[..., LATENCIES].transpose(2, 0, 1)
    waits = flow.percentiles_ms(of.answering, near_ms=near_ms).transpose(1, 2, 0)
    np.minimum(waits[:, inner:], of.journey_timeout_ms[:, None], out=waits[:, inner:])
    out[..., LATENCIES] = np.where(waits > 0.0, waits, np.nan)  # 0: nobody was answered
    _of_components(of, flow, t_ms, of.usual if gauges is None else gauges, out[:, :inner])
    _of_journeys(of, flow, out[:, inner:])
    out[..., LATENCIES][out[..., RPS] < NO_TRAFFIC_RPS] = np.nan
    blind = flow.parameters.observed <= 0.0
    if blind.any():
        out[:, :inner][:, np.logical_and.reduceat(blind[of.cells.members], of.cells.starts)] = np.nan
    return out


def _parts(topology: Topology, component: str) -> Iterator[tuple[By | None, str, NDArray[np.intp]]]:
    cells = topology.cells_of(component)
    yield None, "", cells
    splits: tuple[By, ...] = ("zone", "version", "shard")
    for by in splits:
        labels = [getattr(topology.cells[cell], by) for cell in cells]
        for label in dict.fromkeys(labels):
            if label is not None:
                yield by, label, cells[[found == label for found in labels]]


def _entry(topology: Topology, journey: Journey) -> NDArray[np.intp]:
    component, operation = resolve(topology.world, journey.entry)
    return topology.stations_of(component, operation)


def _sums(values: Floats, groups: Grouping) -> Floats:
    summed: Floats = np.add.reduceat(values.take(groups.members, axis=-1), groups.starts, axis=-1)
    return summed


def _of_components(of: Layout, flow: Flow, t_ms: NDArray[np.int64], gauges: Gauges, out: Floats) -> None:
    seen = flow.parameters.observed > 0.0
    offered = flow.offered_rps * seen[of.topology.station_cell]
    rps = _sums(offered, of.stations)
    heard = np.where(rps < NO_TRAFFIC_RPS, np.nan, rps)
    out[..., RPS] = rps
    out[..., ERROR] = _sums(flow.failed_share * offered, of.stations) / heard
    # A trifle where there is no traffic, so that every mean exists.
    traffic = np.add.reduceat(offered, of.cell_starts, axis=-1) + NO_TRAFFIC_RPS
    total = _sums(traffic, of.cells)
    shares = np.empty((4, *traffic.shape))
    shares[0] = flow.cpu_share
    shares[1], shares[2] = _wander(of, t_ms, gauges)
    shares[3] = flow.connections_share
    out[..., CPU : CONNECTIONS + 1] = (_sums(shares * traffic, of.cells) / total).transpose(1, 2, 0)
    out[..., QUEUE] = _sums((flow.queue_depth + gauges.backlog) * seen, of.cells)
    cells = of.cells.members
    out[..., HITS] = _sums(gauges.hit_share * traffic, of.cells) / total
    out[..., AGE] = np.fmax.reduceat(gauges.age_s[cells], of.cells.starts)
    out[..., LAG] = np.fmax.reduceat(gauges.lag_s[cells], of.cells.starts)
    out[..., CERTIFICATE] = np.fmin.reduceat(gauges.days_left(t_ms)[:, cells], of.cells.starts, axis=1)


def _wander(of: Layout, t_ms: NDArray[np.int64], gauges: Gauges) -> tuple[Floats, Floats]:
    memory_angle = tau * t_ms[:, None] / _MEMORY_PERIOD_MS + of.phase[0]
    disk_angle = tau * t_ms[:, None] / _DISK_PERIOD_MS + of.phase[1]
    memory = gauges.memory_share + _MEMORY_AMPLITUDE * np.sin(memory_angle)
    disk = gauges.disk_share + _DISK_AMPLITUDE * np.sin(disk_angle)
    return np.minimum(np.maximum(memory, 0.0), 1.0), np.minimum(np.maximum(disk, 0.0), 1.0)


def _of_journeys(of: Layout, flow: Flow, out: Floats) -> None:
    offered = flow.stream_offered_rps[:, None, :] * of.journey_streams
    rps = offered.sum(axis=-1)
    heard = np.where(rps < NO_TRAFFIC_RPS, np.nan, rps)
    out[..., RPS] = rps
    out[..., ERROR] = (offered * flow.stream_failed_share[:, None, :]).sum(axis=-1) / heard
