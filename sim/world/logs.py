"""What a component writes to its log: read off the flow, alike lines grouped with their count.

Nothing is stored. The same component and window give the same lines, and these agree with the state: the
counts are those of the flow, each cell (zone, version, shard) speaks for itself, and a request that was
lost on its way in is in no log but its caller's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sim.events import SAMPLE_MS
from sim.spec import ComponentKind
from sim.streams import uniform
from sim.world.failures import REFUSALS, of_calls
from sim.world.flow import Cause, Flow
from sim.world.topology import Cell, Topology

LINES_MAX = 25
NOTES_MAX = 12
"""So many of the lines are kept for what faults and blips write, however loud the rest is."""

_LEVELS = ("ERROR", "FATAL", "WARN", "INFO")
_SAMPLE_S = SAMPLE_MS / 1000.0
_POOL_FULL_SHARE = 0.95
_POOL_BUSY_SHARE = 0.80
_CPU_BUSY_SHARE = 0.90

_OWN_ERROR: dict[ComponentKind, str] = {
    "edge": "502 bad gateway, connection closed while reading the answer",
    "service": "500 internal error in handler",
    "worker": "job failed, will be tried again",
    "database": "statement failed: could not serialize access",
    "cache": "get failed: protocol error",
    "queue": "publish failed: leader moved",
    "third_party": "provider answered 500",
    "host_pool": "task exited with status 1",
}
_ORDINARY: dict[ComponentKind, str] = {
    "edge": "access log rotated",
    "service": "health check ok",
    "worker": "batch done",
    "database": "checkpoint complete",
    "cache": "evicted expired keys",
    "queue": "segment rolled",
    "third_party": "provider status page: all systems operational",
    "host_pool": "node heartbeat ok",
}


@dataclass(frozen=True, slots=True)
class Note:
    """A line that something writes into the log of some cells (by index) from `from_ms` to `to_ms`.

    A fault's own line, or why a rule misfired. The text may begin with its level; else it is an ERROR.
    """

    text: str
    cells: tuple[int, ...]
    from_ms: int
    to_ms: int


@dataclass(slots=True)
class _Group:
    """Alike lines: where, what, how many, and the sample of the last; none is older than `from_ms`."""

    cell: int
    level: str
    text: str
    count: float
    last_ms: int
    from_ms: int


def lines(
    topology: Topology,
    samples: Sequence[tuple[int, Flow]],
    component: str,
    seed: int,
    starts_at: datetime,
    notes: Sequence[Note] = (),
) -> tuple[str, ...]:
    """Return at most LINES_MAX lines of a component's log, oldest first.

    `samples` are the flows at the telemetry samples of the window with their times; each stands for the
    15 s before it. Example: "14:32:07 a v42 ERROR place: timeout after 800ms calling payments (x214)".
    Raises KeyError for an unknown component.
    """
    topology.component_index(component)
    groups: dict[tuple[int, str], _Group] = {}
    for t_ms, flow in samples:
        for cell, level, text, count in _of_sample(topology, flow, component, _reasons(notes, t_ms)):
            group = groups.setdefault((cell, text), _Group(cell, level, text, 0.0, t_ms, t_ms - SAMPLE_MS))
            group.count += count
            group.last_ms = t_ms
    noted = sorted(_of_notes(topology, samples, component, notes), key=_weight)
    found = [group for group in groups.values() if group.count >= 1.0]
    found += [*_ordinary(topology, samples, component), *noted[NOTES_MAX:]]
    shown = (noted[:NOTES_MAX] + sorted(found, key=_weight))[:LINES_MAX]
    dated = [(_moment(seed, component, group), group) for group in shown]
    dated.sort(key=lambda pair: (pair[0], pair[1].cell, pair[1].text))
    return tuple(
        f"{starts_at + timedelta(milliseconds=t_ms):%H:%M:%S} {_written(topology.cells[group.cell], group)}"
        for t_ms, group in dated
    )


def _weight(group: _Group) -> tuple[int, float, int, str]:
    return (_LEVELS.index(group.level), -group.count, group.cell, group.text)


def _reasons(notes: Sequence[Note], t_ms: int) -> dict[int, str]:
    """Return what the cells' own errors say while something noted an error there."""
    reasons: dict[int, str] = {}
    for note in notes:
        level, text = _split(note)
        if level == "ERROR" and note.from_ms <= t_ms < note.to_ms:
            for cell in note.cells:
                reasons.setdefault(cell, text)
    return reasons


def _split(note: Note) -> tuple[str, str]:
    first, _, rest = note.text.partition(" ")
    return (first, rest) if first in _LEVELS else ("ERROR", note.text)


def _moment(seed: int, component: str, group: _Group) -> int:
    identity = f"{component}|{group.cell}|{group.text}"
    before_ms = int(SAMPLE_MS * uniform(seed, "log line", identity, group.last_ms // SAMPLE_MS))
    return max(group.last_ms - before_ms, group.from_ms)


def _written(cell: Cell, group: _Group) -> str:
    place = " ".join(part for part in (cell.zone, cell.version, cell.shard) if part)
    times = f" (x{group.count:.0f})" if group.count >= 2.0 else ""
    return f"{place} {group.level} {group.text}{times}"


def _of_sample(
    topology: Topology, flow: Flow, component: str, reasons: Mapping[int, str]
) -> Iterator[tuple[int, str, str, float]]:
    """Yield (cell, level, text, count) of what one sample makes a component write."""
    for station in topology.stations_of(component):
        yield from _of_station(topology, flow, int(station), reasons)
    yield from _of_links(topology, flow, component)
    for cell in topology.cells_of(component):
        used = float(flow.connections_share[0, cell])
        if used > _POOL_BUSY_SHARE:
            yield int(cell), "WARN", "connection pool almost used up", 1.0
        if flow.cpu_share[0, cell] > _CPU_BUSY_SHARE:
            yield int(cell), "WARN", "all processors busy, requests wait", 1.0


def _of_station(
    topology: Topology, flow: Flow, index: int, reasons: Mapping[int, str]
) -> Iterator[tuple[int, str, str, float]]:
    station = topology.stations[index]
    kind = topology.world.component(station.component).kind
    offered = float(flow.offered_rps[0, index]) * _SAMPLE_S
    pool_full = flow.connections_share[0, station.cell] > _POOL_FULL_SHARE
    texts = {
        Cause.OWN: ("ERROR", reasons.get(station.cell, _OWN_ERROR[kind])),
        Cause.REJECTED: (
            "ERROR",
            "connection pool exhausted, no free slot in time"
            if pool_full
            else "503 request rejected, queue is full",
        ),
        Cause.THROTTLED: ("WARN", "429 too many requests, throttled"),
    }
    for cause, (level, text) in texts.items():
        yield (
            station.cell,
            level,
            f"{station.operation}: {text}",
            offered * float(flow.failed_by[cause, 0, index]),
        )


def _of_links(topology: Topology, flow: Flow, component: str) -> Iterator[tuple[int, str, str, float]]:
    failures = of_calls(flow)
    for index, link in enumerate(topology.links):
        station = topology.stations[link.station]
        if station.component != component:
            continue
        attempts = float(flow.attempts_rps[0, index]) * _SAMPLE_S
        level = "WARN" if link.call.soft else "ERROR"
        after = ", answered without it" if link.call.soft else ""
        waited = f"timeout after {link.call.timeout_ms}ms calling {link.callee}"
        answered = REFUSALS[Cause(failures.why[index])].format(callee=link.callee)
        timed_out, refused = float(failures.timed_out[index]), float(failures.refused[index])
        yield station.cell, level, f"{station.operation}: {waited}{after}", attempts * timed_out
        yield station.cell, level, f"{station.operation}: {answered}{after}", attempts * refused


def _of_notes(
    topology: Topology, samples: Sequence[tuple[int, Flow]], component: str, notes: Sequence[Note]
) -> Iterator[_Group]:
    times_ms = [t_ms for t_ms, _ in samples]
    for note in notes:
        within = [t_ms for t_ms in times_ms if note.from_ms <= t_ms < note.to_ms]
        level, text = _split(note)
        for cell in note.cells:
            if within and topology.cells[cell].component == component:
                yield _Group(cell, level, text, float(len(within)), within[-1], note.from_ms)


def _ordinary(topology: Topology, samples: Sequence[tuple[int, Flow]], component: str) -> Iterator[_Group]:
    if not samples:
        return
    kind = topology.world.component(component).kind
    for cell in topology.cells_of(component):
        stations = np.flatnonzero(topology.station_cell == cell)
        served = sum(float(flow.served_rps[0, stations].sum()) for _, flow in samples) * _SAMPLE_S
        text = f"served {served:.0f} requests in {len(samples) * SAMPLE_MS // 1000}s"
        last_ms, middle_ms = samples[-1][0], samples[len(samples) // 2][0]
        yield _Group(int(cell), "INFO", text, 1.0, last_ms, last_ms - SAMPLE_MS)
        if served >= 1.0:
            yield _Group(int(cell), "INFO", _ORDINARY[kind], 1.0, middle_ms, middle_ms - SAMPLE_MS)
