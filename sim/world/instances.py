"""The replicas of a component, one by one: each a little off the figure of its cell.

The solver's unit is the cell, so what tells the replicas of one cell apart is drawn. The draws belong to
the replica, the signal and the hour, and the replicas of a cell average to the cell (their requests sum up
to it).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.events import SAMPLE_MS
from sim.spec import Signal
from sim.streams import block, normal
from sim.world.flow import Flow
from sim.world.parts import grouping
from sim.world.telemetry import Curve, Telemetry
from sim.world.topology import Topology

Floats = NDArray[np.float64]

# How far replicas are from the mean of their cell, as a share of it: for good, and from sample to sample.
# Assumptions; a balanced pool shows a few percent.
_LASTING, _PASSING = 0.05, 0.02
_SPREAD_MAX = 0.4
_UP_MIN = 0.01
_ALONE_SHARE = 0.999
"""A cell with so much of its zone's traffic is the zone; one with as little as is left has no figures."""
_SAMPLES_PER_HOUR = 3_600_000 // SAMPLE_MS
_SUMS: tuple[Signal, ...] = ("rps", "queue_depth")
"""What a cell has is the sum of what its replicas have; of all else it is the mean."""
_LATENCIES: dict[Signal, float] = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}


@dataclass(frozen=True, slots=True)
class Window:
    """Which moments are asked for: from `from_ms` to `to_ms`, both inclusive, every `step_ms`."""

    from_ms: int
    to_ms: int
    step_ms: int = SAMPLE_MS


@dataclass(frozen=True, slots=True)
class Source:
    """What figures of cells and replicas are made of: what was measured, and the kept flows by their time."""

    topology: Topology
    telemetry: Telemetry
    flows: Mapping[int, Flow]
    seed: int


def of_cells(of: Source, component: str, signal: Signal, window: Window) -> list[tuple[int, Curve]]:
    """Return (cell, curve) of every cell of a component that is no standby; labels name the cell's place.

    A cell that has its zone for itself is measured; of cells that share one the zone's figure is split as
    the kept flows tell, so there is no data for earlier moments.
    """
    topology = of.topology
    zones = {
        curve.label: curve
        for curve in of.telemetry.window(
            "component", component, signal, window.from_ms, window.to_ms, "zone", window.step_ms
        )
    }
    cells = [int(cell) for cell in topology.cells_of(component) if not topology.cells[cell].standby]
    found = []
    for cell in cells:
        place = topology.cells[cell]
        curve = zones[place.zone]
        together = [other for other in cells if topology.cells[other].zone == place.zone]
        values = curve.values.astype(np.float64)
        if len(together) > 1:
            values = values * _ratios(of, signal, (cell, together), curve.times_ms)
        label = " ".join(part for part in (place.zone, place.version, place.shard) if part)
        found.append((cell, Curve(label, curve.times_ms, values.astype(np.float32))))
    return found


def of_instances(of: Source, component: str, signal: Signal, window: Window) -> list[Curve]:
    """Return one curve for every replica that was up within the window, NaN while it was not."""
    cells = of_cells(of, component, signal, window)
    counts = [_up(of, cell, curve.times_ms) for cell, curve in cells]
    versions = {
        of.topology.cells[cell].version
        for (cell, _), up in zip(cells, counts, strict=True)
        if up.max(initial=0)
    }
    found = []
    for (cell, curve), up in zip(cells, counts, strict=True):
        name = _name(of.topology, cell, several=len(versions) > 1)
        names = [name.format(n=n + 1) for n in range(int(up.max(initial=0)))]
        found += _split(names, curve, up, signal, of.seed)
    return found


def _name(topology: Topology, cell: int, *, several: bool) -> str:
    """Return the name of a cell's replicas with {n} for the number, e.g. 'web-a-{n}'."""
    place = topology.cells[cell]
    parts = (place.component, place.zone.removeprefix("zone-"), place.shard, "{n}")
    name = "-".join(part for part in parts if part)
    return f"{name} {place.version}" if several else name


def _up(of: Source, cell: int, times_ms: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return how many replicas of a cell were up at these times; before the kept flows: as at their start."""
    if not of.flows:
        return np.full(len(times_ms), max(1, round(of.topology.cells[cell].replicas)), dtype=np.intp)
    first = of.flows[min(of.flows)]
    known = (of.flows.get(int(t_ms), first) for t_ms in times_ms)
    replicas = np.array([float(flow.parameters.replicas[cell]) for flow in known])
    return np.where(replicas > _UP_MIN, np.maximum(np.round(replicas), 1), 0).astype(np.intp)


def _split(
    names: Sequence[str], curve: Curve, up: NDArray[np.intp], signal: Signal, seed: int
) -> list[Curve]:
    if not names:
        return []
    there = np.arange(len(names))[:, None] < up
    spread = np.stack([_spread(name, signal, seed, curve.times_ms) for name in names]) * there
    spread = np.where(there, spread - spread.sum(axis=0) / np.maximum(up, 1), np.nan)
    mean = curve.values.astype(np.float64)
    if signal in _SUMS:
        mean = mean / np.maximum(up, 1)
    room = np.minimum(mean, 1.0 - mean) if signal.endswith("_share") else mean
    values = mean + spread * room
    return [
        Curve(name, curve.times_ms, row.astype(np.float32)) for name, row in zip(names, values, strict=True)
    ]


def _spread(name: str, signal: Signal, seed: int, times_ms: NDArray[np.int64]) -> Floats:
    """Return how far a replica is off its cell at these times, as a share."""
    lasting = _LASTING * normal(seed, "instance", f"{name}|{signal}")
    hours, places = np.divmod(times_ms // SAMPLE_MS, _SAMPLES_PER_HOUR)
    passing = np.empty(len(times_ms))
    for hour in np.unique(hours):
        drawn = block(seed, "instance", f"{name}|{signal}|hour {hour}", _SAMPLES_PER_HOUR)
        passing[hours == hour] = drawn[places[hours == hour]]
    return np.clip(lasting + _PASSING * passing, -_SPREAD_MAX, _SPREAD_MAX)


def _ratios(
    of: Source, signal: Signal, part: tuple[int, Sequence[int]], times_ms: NDArray[np.int64]
) -> Floats:
    """Return the figure of a cell over that of the cells it is one of, at these times."""
    cell, together = part
    of_one, of_all = (
        np.flatnonzero(np.isin(of.topology.station_cell, cells)) for cells in ([cell], together)
    )
    found = np.full(len(times_ms), np.nan)
    for place, t_ms in enumerate(times_ms):
        flow = of.flows.get(int(t_ms))
        if flow is None:
            continue
        has, there_are = (float(flow.offered_rps[0, stations].sum()) for stations in (of_one, of_all))
        if has > _ALONE_SHARE * there_are:
            found[place] = 1.0
        elif has > (1.0 - _ALONE_SHARE) * there_are:
            one, every = (_true(flow, signal, s, c) for s, c in ((of_one, [cell]), (of_all, together)))
            found[place] = one / every if every > 0.0 else 1.0
    return found


def _true(flow: Flow, signal: Signal, stations: NDArray[np.intp], cells: Sequence[int]) -> float:
    """Return what the flow says of some cells; 1 for signals that are the same in all cells of a zone."""
    offered = flow.offered_rps[0, stations]
    total = float(offered.sum())
    if signal == "rps":
        return total
    if signal == "queue_depth":
        return float(flow.queue_depth[0, cells].sum())
    if signal in _LATENCIES:
        return float(flow.percentiles_ms(grouping([stations]), (_LATENCIES[signal],))[0, 0, 0])
    by_station = {
        "error_share": flow.failed_share[0, stations],
        "cpu_share": flow.cpu_share[0, flow.topology.station_cell[stations]],
        "connections_share": flow.connections_share[0, flow.topology.station_cell[stations]],
    }.get(signal, np.ones(len(stations)))
    return float(by_station @ offered / total) if total > 0.0 else float("nan")
