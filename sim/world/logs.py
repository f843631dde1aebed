"""What a component writes to its log: read off the flow, alike lines grouped with their count.

Nothing is stored. The same component and window give the same lines, and these agree with the state: the
counts are drawn around those of the flow, sample by sample, so that a longer window counts what a shorter
one did and more. Each cell (zone, version, shard) speaks for itself, and a request that was lost on its
way in is in no log but its caller's.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from sim.events import SAMPLE_MS
from sim.spec import Instruments
from sim.streams import poisson, uniform
from sim.world import log_texts
from sim.world.failures import Why, of_calls, of_stations, refusal
from sim.world.flow import Flow
from sim.world.log_notes import filled, with_figures
from sim.world.topology import Cell, Topology

LINES_MAX = 25
SAMPLED = "... sampling is on: about half of the lines are kept"
_SAMPLES_MAX = 20
"""Of a window longer than five minutes not every sample is read, so that the answer comes at once."""
_NEVER = 1e-4
"""What is expected less often than this in a sample is not drawn: once in two days."""
NOTES_MAX = 12
"""So many of the lines are kept for what faults and blips write, however loud the rest is."""

_SERVED_MS = 60_000
"""What was served is counted by the minute of the clock, whatever window is asked for (an assumption)."""

_LEVELS = ("ERROR", "FATAL", "WARN", "INFO")
_SAMPLE_S = SAMPLE_MS / 1000.0
_POOL_FULL_SHARE = 0.95
_POOL_BUSY_SHARE = 0.80
_CPU_BUSY_SHARE = 0.90
_EXPLAINED_SHARE = 0.01
"""From this share on own errors say what a note of their cell says; fewer are the usual ones."""
_SAMPLED_SHARE = 0.5
_MISLEADING_PER_SAMPLE, _MISLEADING_MAX = 60.0, 8
_NOTES_PER_SAMPLE = (2.0, 12.0)
"""How often a note that tells of trouble is written; each has a rate of its own (an assumption)."""


@dataclass(frozen=True, slots=True)
class Note:
    """A line that something writes into the log of some cells (by index) from `from_ms` to `to_ms`.

    A fault's own line, or why a rule misfired. The text may begin with its level; else it is an ERROR. Each
    `{n:LOW-HIGH}` in it becomes a number when the line is written. An INFO is written once a sample. A
    `telling` one says what is wrong: misleading logs lack it. With a `callee` it is about calls to that.
    """

    text: str
    cells: tuple[int, ...]
    from_ms: int
    to_ms: int
    telling: bool = False
    callee: str | None = None


@dataclass(slots=True)
class _Group:
    """Alike lines: where, what, how many, and the sample of the last; none is older than `from_ms`."""

    cell: int
    level: str
    text: str
    count: int
    last_ms: int
    from_ms: int


def lines(
    topology: Topology,
    samples: Sequence[tuple[int, Flow]],
    component: str,
    seed: int,
    starts_at: datetime,
    notes: Sequence[Note] = (),
    worth: Instruments | None = None,
    before: Sequence[tuple[int, Flow]] = (),
) -> tuple[str, ...]:
    """Return at most LINES_MAX lines of a component's log, oldest first, and one that tells what is left out.

    `worth` says what the log is worth: of a partial one, half of the kinds of line were not collected; a
    misleading one begins with lines of its own, often repeated, and has none of what faults write; an empty
    one has nothing.

    `samples` are the flows at the telemetry samples of the window with their times; each stands for the
    15 s before it, and in a long window for those left out as well. `before` are those of the minute before
    it, of which a line within the window may tell. Example:
    "14:32:07 a v42 ERROR place: timeout after 800ms calling payments (x214)".
    Raises KeyError for an unknown component.
    """
    topology.component_index(component)
    quality = "full" if worth is None else worth.logs
    if quality == "empty":
        return ()
    if quality == "misleading":
        notes = [note for note in notes if not note.telling]
    minute = _last_minute(before, samples)
    every = max(1, -(-len(samples) // _SAMPLES_MAX))
    samples = samples[::-1][::every][::-1]
    log = _Log(topology, component, seed, every)
    groups: dict[tuple[int, str], _Group] = {}
    for t_ms, flow in samples:
        for cell, level, text, expected in _of_sample(topology, flow, component, _reasons(notes, t_ms)):
            if expected < _NEVER:
                continue
            count = log.drawn(cell, text, expected, t_ms)
            group = groups.setdefault((cell, text), _Group(cell, level, text, 0, t_ms, t_ms - SAMPLE_MS))
            group.count += count
            group.last_ms = t_ms if count else group.last_ms
    found = [group for group in groups.values() if group.count]
    told = {(group.cell, group.text.partition(": ")[2]) for group in found}
    noted = [group for group in log.noted(samples, notes) if (group.cell, group.text) not in told]
    noted.sort(key=_weight)
    found += [*log.ordinary(samples, minute), *noted[NOTES_MAX:]]
    if quality == "partial":
        noted, found = ([group for group in groups if log.kept(group)] for groups in (noted, found))
    loud = log.misleading(samples, () if worth is None or quality != "misleading" else worth.misleading)
    shown = (noted[:NOTES_MAX] + sorted(found, key=_weight))[: LINES_MAX - len(loud)]
    left_out = len(noted[:NOTES_MAX]) + len(found) - len(shown)
    written = [*log.dated(loud, starts_at), *log.dated(shown, starts_at)]
    written += [_left_out(left_out)] if left_out else []
    return (*written, SAMPLED) if quality == "partial" else tuple(written)


def _left_out(count: int) -> str:
    kinds = "kind" if count == 1 else "kinds"
    return f"... and {count} more {kinds} of line; ask for a shorter window"


def _weight(group: _Group) -> tuple[int, int, int, str]:
    return (_LEVELS.index(group.level), -group.count, group.cell, group.text)


Reasons = dict[tuple[int, str | None], str]
"""What errors say, by cell and, of calls that the callee itself fails, by callee."""


def _reasons(notes: Sequence[Note], t_ms: int) -> Reasons:
    """Return what the cells' errors say while something noted an error there."""
    reasons: Reasons = {}
    for note in notes:
        level, text = _split(note)
        if level == "ERROR" and note.from_ms <= t_ms < note.to_ms:
            for cell in note.cells:
                reasons.setdefault((cell, note.callee), text)
    return reasons


def _split(note: Note) -> tuple[str, str]:
    first, _, rest = note.text.partition(" ")
    return (first, rest) if first in _LEVELS else ("ERROR", note.text)


class _Log:
    """What is drawn for one component's log; every draw is keyed by what it belongs to.

    `every` says for how many samples each one that is read stands.
    """

    def __init__(self, topology: Topology, component: str, seed: int, every: int) -> None:
        self._every = every
        self._topology = topology
        self._component = component
        self._seed = seed

    def drawn(self, cell: int, text: str, expected: float, t_ms: int) -> int:
        """Return how often a line was written in the sample at `t_ms`: counting has a spread."""
        return poisson(
            self._seed, "log count", self._key(cell, text), self._every * expected, t_ms // SAMPLE_MS
        )

    def kept(self, group: _Group) -> bool:
        """Return whether a log that keeps half of its kinds of line keeps this one."""
        text = "served" if group.text.startswith("served ") else group.text
        return uniform(self._seed, "log sampled", self._key(group.cell, text)) < _SAMPLED_SHARE

    def misleading(self, samples: Sequence[tuple[int, Flow]], templates: Sequence[str]) -> list[_Group]:
        """Return what a misleading log shows before all else, over and over, in every cell that is up."""
        found: list[_Group] = []
        for template in templates:
            for cell in map(int, self._topology.cells_of(self._component)):
                up = [t_ms for t_ms, flow in samples if _is_up(flow, cell) and _is_there(flow, cell)]
                if up and not self._topology.cells[cell].standby and len(found) < _MISLEADING_MAX:
                    level, text = _split(Note(filled(template, self._topology, cell), (), 0, 0))
                    count = sum(self.drawn(cell, text, _MISLEADING_PER_SAMPLE, t_ms) for t_ms in up)
                    found.append(_Group(cell, level, text, count, up[-1], up[-1] - SAMPLE_MS))
        return found

    def dated(self, groups: Sequence[_Group], starts_at: datetime) -> list[str]:
        """Return groups as lines with their times, oldest first."""
        found = [(self.moment(group), group) for group in groups]
        found.sort(key=lambda pair: (pair[0], pair[1].cell, pair[1].text))
        return [f"{starts_at + timedelta(milliseconds=t_ms):%H:%M:%S} {self.written(g)}" for t_ms, g in found]

    def moment(self, group: _Group) -> int:
        """Return when the last of these lines was written."""
        key, k = self._key(group.cell, group.text), group.last_ms // SAMPLE_MS
        before_ms = int(SAMPLE_MS * uniform(self._seed, "log line", key, k))
        return max(group.last_ms - before_ms, group.from_ms)

    def written(self, group: _Group) -> str:
        """Return a group as a line, figures filled in, without its time."""
        place = _place(self._topology.cells[group.cell])
        key, k = f"{self._component}|{place}", group.last_ms // SAMPLE_MS
        times = f" (x{group.count})" if group.count >= 2 else ""
        return f"{place} {group.level} {with_figures(group.text, self._seed, key, k)}{times}"

    def noted(self, samples: Sequence[tuple[int, Flow]], notes: Sequence[Note]) -> Iterator[_Group]:
        """Yield what faults and blips wrote in the window, each at least once; what is down is silent."""
        for note in notes:
            level, text = _split(note)
            for cell in note.cells:
                if self._topology.cells[cell].component != self._component:
                    continue
                within = [
                    t_ms
                    for t_ms, flow in samples
                    if note.from_ms <= t_ms < note.to_ms and _is_up(flow, cell) and _is_there(flow, cell)
                ]
                if within:
                    count = self._times(cell, level, text, within)
                    yield _Group(cell, level, text, max(1, count), within[-1], note.from_ms)

    def _times(self, cell: int, level: str, text: str, within: Sequence[int]) -> int:
        if level == "INFO":
            return len(within) * self._every
        low, high = _NOTES_PER_SAMPLE
        share = uniform(self._seed, "log rate", f"{self._component}|{text}")
        return sum(self.drawn(cell, text, low + (high - low) * share, t_ms) for t_ms in within)

    def ordinary(
        self, samples: Sequence[tuple[int, Flow]], minute: Sequence[tuple[int, Flow]]
    ) -> Iterator[_Group]:
        """Yield what cells with replicas write while all is well, too.

        `minute` are all the samples of the last minute of the clock that ended, none if not known.
        """
        if not samples:
            return
        kind = self._topology.world.component(self._component).kind
        middle_ms, middle = samples[len(samples) // 2]
        for cell in map(int, self._topology.cells_of(self._component)):
            if minute and _is_there(minute[-1][1], cell):
                end_ms = minute[-1][0]
                yield _Group(cell, "INFO", self._served(cell, minute), 1, end_ms, end_ms)
            if _is_there(middle, cell) and _is_up(middle, cell) and self._good_rps(cell, middle) > 0.0:
                text = log_texts.ordinary(kind)
                yield _Group(cell, "INFO", text, 1, middle_ms, middle_ms - SAMPLE_MS)

    def _served(self, cell: int, minute: Sequence[tuple[int, Flow]]) -> str:
        """Return what a cell says of a minute: how many requests it answered well."""
        expected = ((t_ms, self._good_rps(cell, flow) * _SAMPLE_S) for t_ms, flow in minute)
        served = sum(
            poisson(self._seed, "log count", self._key(cell, "served"), count, t_ms // SAMPLE_MS)
            for t_ms, count in expected
        )
        if self._topology.cells[cell].standby and not served:
            return log_texts.STANDBY
        return f"served {served} requests in {_SERVED_MS // 1000}s"

    def _good_rps(self, cell: int, flow: Flow) -> float:
        stations = np.flatnonzero(self._topology.station_cell == cell)
        return float(flow.offered_rps[0, stations] @ (1.0 - flow.failed_share[0, stations]))

    def _key(self, cell: int, text: str) -> str:
        return f"{self._component}|{_place(self._topology.cells[cell])}|{text}"


def _last_minute(
    before: Sequence[tuple[int, Flow]], samples: Sequence[tuple[int, Flow]]
) -> list[tuple[int, Flow]]:
    """Return the samples of the last minute of the clock that ends within the window; none if not all are."""
    end_ms = samples[-1][0] // _SERVED_MS * _SERVED_MS if samples else 0
    if not samples or end_ms < samples[0][0]:
        return []
    found = [(t_ms, flow) for t_ms, flow in (*before, *samples) if end_ms - _SERVED_MS < t_ms <= end_ms]
    return found if len(found) == _SERVED_MS // SAMPLE_MS else []


def _is_up(flow: Flow, cell: int) -> bool:
    return bool(flow.parameters.admit_share[cell] > 0.0)


def _is_there(flow: Flow, cell: int) -> bool:
    """Return whether a cell has replicas: one of a version that is gone has none."""
    return bool(flow.parameters.replicas[cell] > 0.0)


def _place(cell: Cell) -> str:
    return " ".join(part for part in (cell.zone, cell.version, cell.shard) if part)


def _of_sample(
    topology: Topology, flow: Flow, component: str, reasons: Reasons
) -> Iterator[tuple[int, str, str, float]]:
    """Yield (cell, level, text, expected count) of what one sample makes a component write."""
    failed_by = of_stations(flow)
    kind = topology.world.component(component).kind
    for station in topology.stations_of(component):
        cell, operation = topology.stations[station].cell, topology.stations[station].operation
        offered = float(flow.offered_rps[0, station]) * _SAMPLE_S
        pool_full = flow.connections_share[0, cell] > _POOL_FULL_SHARE
        own = float(failed_by[Why.OWN, station])
        usual = log_texts.own_error(kind, operation)
        text = reasons.get((cell, None), usual) if own >= _EXPLAINED_SHARE else usual
        yield cell, "ERROR", f"{operation}: {text}", offered * own
        for why in (Why.REJECTED, Why.THROTTLED):
            level, text = log_texts.turned_away(kind, why, pool_full=bool(pool_full))
            yield cell, level, f"{operation}: {text}", offered * float(failed_by[why, station])
        if station not in topology.link_station:  # then a timeout is nobody's but its caller's
            text = f"{operation}: {log_texts.dropped(kind)}"
            yield cell, "WARN", text, offered * float(failed_by[Why.TIMEOUT, station])
    yield from _of_links(topology, flow, component, reasons)
    for cell in topology.cells_of(component):
        if flow.connections_share[0, cell] > _POOL_BUSY_SHARE:
            yield int(cell), "WARN", log_texts.pool_busy(kind), 1.0
        if flow.cpu_share[0, cell] > _CPU_BUSY_SHARE:
            yield int(cell), "WARN", log_texts.CPU_BUSY, 1.0
        if flow.parameters.weight[cell] > 0.0 and not _is_up(flow, int(cell)):
            yield int(cell), "WARN", log_texts.DOWN, 1.0


def _of_links(
    topology: Topology, flow: Flow, component: str, reasons: Reasons
) -> Iterator[tuple[int, str, str, float]]:
    failures = of_calls(flow)
    for index, link in enumerate(topology.links):
        station = topology.stations[link.station]
        if station.component != component:
            continue
        attempts = float(flow.attempts_rps[0, index]) * _SAMPLE_S
        level = "WARN" if link.call.soft else "ERROR"
        after = ", answered without it" if link.call.soft else ""
        waited = f"timeout after {link.call.timeout_ms}ms calling {link.callee}"
        kind = topology.world.component(link.callee).kind
        why = Why(failures.why[index])
        answered = refusal(why, link.callee, kind)
        if why in (Why.OWN, Why.DENIED):
            answered = reasons.get((station.cell, link.callee), answered)
        timed_out, refused = float(failures.timed_out[index]), float(failures.refused[index])
        yield station.cell, level, f"{station.operation}: {waited}{after}", attempts * timed_out
        yield station.cell, level, f"{station.operation}: {answered}{after}", attempts * refused
        if flow.parameters.per_request[index] == 0.0:  # isolated: those who cannot do without it fail
            unmade = float(flow.served_rps[0, link.station] * flow.parameters.hard_share[index]) * _SAMPLE_S
            yield station.cell, level, f"{station.operation}: calls to {link.callee} are turned off", unmade
