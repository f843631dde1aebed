"""One typical trace of an operation, as a waterfall: where its time goes and where it fails.

Made from the flow when somebody looks: durations are the flow's means, a call that fails for a share worth
seeing is shown failing, and calls are followed to the cell that answers worst. So the slow or failing span
of the trace is the slow or failing component. A request that is turned away takes a millisecond and calls
nobody; one that is lost on its way leaves its caller waiting and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import exp
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.spec import Quality, World
from sim.streams import normal, uniform
from sim.world.failures import AT_ONCE, CallFailures, Why, of_calls, of_stations, refusal
from sim.world.flow import Flow
from sim.world.graph import resolve
from sim.world.topology import Topology

ROWS_MAX = 30

_FAILING_SHARE = (
    0.05  # a call that fails at least this often is shown failing: such a trace is the one picked
)
_SPREAD = 0.15  # sigma of a span's own time around the mean, in logarithms
_REFUSED_MS = 1
_SAMPLED_SHARE = 0.5
SAMPLED = "sampling is on: some spans are missing"

_NOT_SERVED = {
    Why.REJECTED: "rejected: queue or pool full",
    Why.THROTTLED: "throttled: too many requests",
    Why.DOWN: "connection refused",
    Why.NETWORK: "lost on the way",
}


@dataclass(frozen=True, slots=True)
class Span:
    """One row of a waterfall. `depth` is 0 for the entry; `start_ms` counts from the start of the trace."""

    depth: int
    name: str
    start_ms: int
    duration_ms: int
    note: str = ""


def entry_of(world: World, name: str) -> tuple[str, str]:
    """Return (component, operation) where a trace of a journey, component or component.operation begins.

    Raises ScenarioError where the name is none of these.
    """
    for journey in world.journeys:
        if journey.id == name:
            return resolve(world, journey.entry)
    return resolve(world, name)


def waterfall(topology: Topology, flow: Flow, name: str, seed: int, t_ms: int) -> tuple[Span, ...]:
    """Return the spans of a typical trace of a journey or operation at `t_ms`, callers before callees.

    At most ROWS_MAX of them; calls that are rarely made are mostly left out. Raises ScenarioError for an
    unknown name.
    """
    component, operation = entry_of(topology.world, name)
    tracer = _Tracer(topology, flow, seed, f"{name}|{t_ms}")
    station = tracer.worst(topology.stations_of(component, operation))
    waits_ms = _waits_ms(topology, name)
    unserved = tracer.unserved(station, waits_ms)
    spans = [unserved] if unserved else tracer.spans(station)
    if any(journey.id == name for journey in topology.world.journeys) and spans[0].duration_ms > waits_ms:
        spans[0] = replace(spans[0], duration_ms=waits_ms, note=f"user gave up after {waits_ms} ms")
    return tuple(spans)


def collected(
    spans: tuple[Span, ...], quality: Mapping[str, Quality], seed: int, identity: str
) -> tuple[Span, ...]:
    """Return what was collected of a trace, by what the traces of its components are worth (default: full).

    Empty: a component has no spans, and nothing below it is known. Partial: half of its traces lack its
    span. Misleading: its time looks as if its caller had spent it. Nothing at all is left of a trace whose
    entry is empty.
    """
    silent = [f"failed: {component}" for component, worth in quality.items() if worth == "misleading"]
    found: list[Span] = []
    out: list[int] = []  # depths of the spans above this one that are left out
    cut: int | None = None  # depth of the span that is left out with all below it
    sampled = False
    for span in spans:
        if cut is not None and span.depth > cut:
            continue
        cut, out = None, [depth for depth in out if depth < span.depth]
        match _fate(span, quality, seed, identity):
            case "kept":
                note = "error" if span.note in silent else span.note
                found.append(replace(span, depth=span.depth - len(out), note=note))
            case "out":
                out.append(span.depth)
                sampled = True
            case "cut":
                cut = span.depth
    if sampled:
        found[0] = replace(found[0], note="; ".join(part for part in (found[0].note, SAMPLED) if part))
    return tuple(found)


def _fate(
    span: Span, quality: Mapping[str, Quality], seed: int, identity: str
) -> Literal["kept", "out", "cut"]:
    """Return what becomes of a span: kept, left out alone, or left out with all that is below it."""
    worth = quality.get(span.name.partition(".")[0], "full")
    if worth == "empty" or (worth == "misleading" and span.depth > 0):
        return "cut"
    if worth == "full" or span.depth == 0:
        return "kept"
    draw = uniform(seed, "trace sampled", f"{identity}|{span.name}")
    return "out" if draw < _SAMPLED_SHARE else "kept"


def _waits_ms(topology: Topology, name: str) -> int:
    """Return how long whoever asks for a journey or operation waits for it."""
    for journey in topology.world.journeys:
        if journey.id == name:
            return journey.timeout_ms
    component, _ = entry_of(topology.world, name)
    return max((link.call.timeout_ms for link in topology.links if link.callee == component), default=0)


def _trimmed(spans: list[Span]) -> list[Span]:
    """Return at most ROWS_MAX spans in their order: the first, those that say something, the longest."""
    telling = sorted(range(len(spans)), key=lambda i: (i > 0, not spans[i].note, -spans[i].duration_ms, i))
    return [spans[i] for i in sorted(telling[:ROWS_MAX])]


class _Tracer:
    """Follows one request down the graph."""

    def __init__(self, topology: Topology, flow: Flow, seed: int, identity: str) -> None:
        self._topology = topology
        self._flow = flow
        self._failures: CallFailures = of_calls(flow)
        self._failed_by = of_stations(flow)
        self._seed = seed
        self._identity = identity
        self._known: dict[int, list[Span]] = {}

    def worst(self, stations: NDArray[np.intp]) -> int:
        """Return the station among these that gets traffic and answers worst: fails most, then slowest."""
        flow = self._flow
        busy = [int(s) for s in stations if flow.offered_rps[0, s] > 0.0] or [int(s) for s in stations]
        failed, mean_s = flow.failed_share[0], flow.mean_s[0]
        return sorted(busy, key=lambda s: (-round(float(failed[s]), 2), -float(mean_s[s]), s))[0]

    def unserved(self, station: int, waits_ms: int) -> Span | None:
        """Return the span of a request that a station does not serve, None where that is not typical of it.

        `waits_ms` is how long whoever sent it waits for one that was lost.
        """
        why = Why(int(np.argmax(self._failed_by[:, station])))
        if self._failed_by[why, station] < _FAILING_SHARE or why not in _NOT_SERVED:
            return None
        lasts_ms = waits_ms if why is Why.NETWORK else _REFUSED_MS
        return Span(0, self._name(station), 0, lasts_ms, _NOT_SERVED[why])

    def spans(self, station: int) -> list[Span]:
        """Return the span of a request that a station serves, at depth 0 from 0, and those below it."""
        if station not in self._known:
            self._known[station] = _trimmed(self._traced(station))
        return list(self._known[station])

    def _alone(self, station: int) -> list[Span]:
        """Return the span of a request without what is below it: for calls that go round in a circle."""
        lasts_ms = max(1, round(1000.0 * float(self._flow.mean_s[0, station])))
        return [Span(0, self._name(station), 0, lasts_ms)]

    def _traced(self, station: int) -> list[Span]:
        rows: list[Span] = []
        at_ms = own_ms = self._own_ms(station)
        note = "error" if self._failed_by[Why.OWN, station] >= _FAILING_SHARE else ""
        for together in self._calls(station):
            lasts_ms, broken = 0, ""
            for link in together:
                below, call_ms, failed = self._call(link)
                rows += [replace(row, depth=row.depth + 1, start_ms=row.start_ms + at_ms) for row in below]
                lasts_ms = max(lasts_ms, call_ms)
                if failed and not self._topology.links[link].call.soft:
                    broken = broken or f"failed: {self._topology.links[link].callee}"
            at_ms += lasts_ms
            if broken:
                note = note or broken
                break
        if at_ms > own_ms > 0.5 * at_ms:
            note = note or f"{own_ms} ms of its own"
        return [Span(0, self._name(station), 0, at_ms, note), *rows]

    def _calls(self, station: int) -> list[list[int]]:
        """Return the calls that this trace makes, in turn; those of one group are made at once."""
        topology = self._topology
        turns: dict[int, list[int]] = {}
        for link in np.flatnonzero(topology.link_station == station):
            if self._made(int(link)):
                turns.setdefault(int(topology.link_heads[link]), []).append(int(link))
        return list(turns.values())

    def _name(self, station: int) -> str:
        where = self._topology.stations[station]
        place = " ".join(part for part in (where.zone, where.version, where.shard) if part)
        return f"{where.component}.{where.operation} ({place})"

    def _own_ms(self, station: int) -> int:
        """Return time spent here and not in calls: the way, the wait for a slot and a processor, and work."""
        flow, where = self._flow, self._topology.stations[station]
        p = flow.parameters
        own_s = float(flow.load.wait_s[0, where.cell] + p.net_delay_s[where.cell] + p.own_s[station])
        key = f"{self._identity}|{where.component}.{where.operation}"
        return max(1, round(1000.0 * own_s * exp(_SPREAD * normal(self._seed, "trace span", key))))

    def _made(self, link: int) -> bool:
        """Return whether this trace makes the call: a rare one only by chance, a failing one always."""
        if self._flow.attempts_rps[0, link] <= 0.0:
            return False
        call = self._topology.links[link].call
        per_request = float(self._flow.parameters.per_request[link])
        if self._failing_share(link) >= _FAILING_SHARE or per_request >= 1.0:
            return True
        key = f"{self._identity}|{self._topology.links[link].station}|{call.to}"
        return uniform(self._seed, "trace call", key) < per_request

    def _failing_share(self, link: int) -> float:
        return float(self._failures.timed_out[link] + self._failures.refused[link])

    def _call(self, link: int) -> tuple[list[Span], int, bool]:
        """Return the rows of a call, how long the caller waits for it, and whether it fails for good."""
        call = self._topology.links[link].call
        callee = self.worst(self._topology.called_by(link))
        rows = self._alone(callee) if call.lagged else self.spans(callee)
        failing = self._failing_share(link) >= _FAILING_SHARE
        if failing and self._failures.timed_out[link] >= self._failures.refused[link]:
            lost = np.argmax(self._failed_by[:, callee]) == Why.NETWORK
            rows = rows[:1] if lost else rows
            lasts_ms, note = call.timeout_ms, f"timeout after {call.timeout_ms} ms"
        elif failing:
            why = Why(int(self._failures.why[link]))
            rows = rows[:1] if why in AT_ONCE else rows
            lasts_ms = _REFUSED_MS if why in AT_ONCE else min(rows[0].duration_ms, call.timeout_ms)
            name = self._topology.links[link].callee
            note = refusal(why, name, self._topology.world.component(name).kind)
        else:
            lasts_ms, note = min(rows[0].duration_ms, call.timeout_ms), rows[0].note
        times = 1 + call.retries if failing else max(1, round(float(self._flow.parameters.per_request[link])))
        if times > 1:
            note = "; ".join(part for part in (note, f"{times} times") if part)
        first = replace(rows[0], duration_ms=lasts_ms * times, note=note)
        inside = [replace(row, duration_ms=min(row.duration_ms, lasts_ms)) for row in rows[1:]]
        inside = [row for row in inside if row.start_ms < lasts_ms]
        return [first, *inside], lasts_ms * times, failing
