"""Effective parameters: the base values of the world with the active modifiers folded in.

A modifier's `where` selects by what its parameter lives on: stations and cells by component, operation,
zone, version and shard; links by the same of the caller and by `callee`; streams by client, journey and
the component they enter at. Fields the thing does not have are ignored.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.spec import Where
from sim.world import queueing, spread
from sim.world.attempts import Attempts, Kinds, kinds
from sim.world.constants import Constants, constants
from sim.world.modifiers import Modifier, Op, Param
from sim.world.strain import Strain
from sim.world.topology import Topology

Floats = NDArray[np.float64]

PATIENT_SHARE = 0.7
"""A component that drops dead work serves what has waited up to this share of its callers' timeout: the
rest of the time is for the work itself. An assumption."""

HOUR_S = 3600.0
_USERS = 1e12  # slots of those who are not part of the world

_STATION = (Param.WORK, Param.STALL_MS, Param.ERROR_RANDOM, Param.ERROR_REPEATABLE, Param.WRONG)
_LINK = (Param.CALL_ERROR, Param.CALL_ON, Param.TIMEOUT, Param.RETRIES)
_RANGE: dict[Param, tuple[float, float]] = {
    Param.WORK: (1e-3, 1e6),
    Param.STALL_MS: (0.0, 3.6e6),
    Param.ERROR_RANDOM: (0.0, 1.0),
    Param.ERROR_REPEATABLE: (0.0, 1.0),
    Param.REPLICAS: (0.0, 1e3),
    Param.SLOTS: (1e-6, 1e3),
    Param.QUEUE_MAX: (1e-3, 1e3),
    Param.VERSION_SHARE: (0.0, 1.0),
    Param.TRAFFIC: (0.0, 1e3),
    Param.ADMIT: (0.0, 1.0),
    Param.NET_DELAY_MS: (0.0, 3.6e6),
    Param.NET_LOSS: (0.0, 1.0),
    Param.WRONG: (0.0, 1.0),
    Param.KEYS: (0.0, 1e3),
    Param.DELIVERY: (0.0, 1.0),
    Param.LEAK_PER_H: (0.0, 1e3),
    Param.FILL_PER_H: (0.0, 1e3),
    Param.APPLY: (0.0, 1e3),
    Param.OBSERVED: (0.0, 1.0),
    Param.CALL_ERROR: (0.0, 1.0),
    Param.CALL_ON: (0.0, 1.0),
    Param.TIMEOUT: (1e-3, 1e3),
    Param.RETRIES: (0.0, 10.0),
    Param.DEMAND: (0.0, 1e3),
}


@dataclass(frozen=True, slots=True)
class Parameters:
    """Effective values, one array each over stations, cells, links, legs or streams; always finite."""

    # per station
    work_s: Floats  # own busy time of one request
    stall_s: Floats  # mean time it waits on a device: its slot is taken, no processor is busy
    own_s: Floats  # work and stall
    own_variance_s2: Floats  # both are taken for exponential
    error_repeatable: Floats  # share of requests that fail here, and whose retry fails again
    right: Floats  # share of good answers that are neither wrong nor out of date
    own_good: Floats  # share that does not fail here, whether repeatably or not
    station_admit: Floats  # share of offered that is neither lost nor throttled
    # per cell
    replicas: Floats
    processors: Floats
    slots: Floats
    power: Floats  # of the queue formula where processors are the servers
    power_more: Floats  # what is added to it where slots are
    sources: Floats  # slots of its callers that it shares with its siblings by weight; vast for users
    queue_max_s: Floats  # bound of the backlog in seconds of work, the callers' patience included
    drops_dead: Floats  # 1 where that patience is the bound: what is dropped was dead, not refused
    weight: Floats  # share of the component's requests that callers send here; sums to 1 or less
    admit_share: Floats
    net_delay_s: Floats
    net_loss_share: Floats
    keys: Floats  # factor on the share of the keys that its shard holds
    delivery: Floats  # share of a queue's messages that consumers can get
    leak_per_s: Floats  # memory lost at the usual load, as a share
    fill_per_s: Floats  # disk filled, as a share
    apply: Floats  # factor on how fast a replica applies writes
    observed: Floats  # 1 its signals are collected, 0 they are not
    # per leg
    leg_weight: Floats  # share of its pool's requests that go there
    # per component
    no_cell_share: Floats  # share of requests for which there is no cell: they fail at once
    # per link
    per_request: Floats  # calls per request; 0 where the call is isolated
    share: Floats  # of requests that make the call: per_request, at most 1
    times: Floats  # how often those make it: per_request, at least 1
    hard_share: Floats  # share of requests that cannot do without the call, made or not; 0 where it is soft
    soft: Floats  # 1 or 0
    timeout_s: Floats
    retries: Floats
    refused: Floats  # share of attempts that are refused, and refused again: by the callee, or turned off
    brackets: Floats  # (most retries, links) which brackets of Horner's scheme it takes part in, inner first
    several: bool  # whether any call is made more than once
    # per level, and of the lagged links of all
    attempts: tuple[Attempts, ...]
    lagged_attempts: Attempts
    # per stream
    demand: Floats  # factor


class Folding:
    """Folds the modifiers of one world, and only when something changed: the same object means no change."""

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._base = {param: _in_range(param, values) for param, values in _base_values(topology).items()}
        self._constants = constants(topology)
        self._kinds: tuple[bytes, tuple[Kinds, ...]] | None = None  # and the timeouts they were found for
        self._masks: dict[tuple[Where, Param], NDArray[np.bool_]] = {}
        self._seen: list[tuple[Modifier, float]] | None = None
        self._strain: Strain | None = None
        self._parameters: Parameters | None = None

    def at(self, modifiers: Sequence[Modifier], t_ms: int, strain: Strain | None = None) -> Parameters:
        """Return the effective parameters at `t_ms`; the object of the last call if nothing changed since.

        `strain` is what slow state does to them at that moment; None where it does nothing.
        """
        active = [(m, s) for m in modifiers if (s := m.strength(t_ms)) > 0.0]
        if self._parameters is None or active != self._seen or strain != self._strain:
            self._seen, self._strain = active, strain
            self._parameters = self._fold(active, strain)
        return self._parameters

    def _fold(self, active: Sequence[tuple[Modifier, float]], strain: Strain | None) -> Parameters:
        values = dict(self._base)
        for modifier, strength in sorted(active, key=lambda pair: (pair[0].op, pair[0].id)):
            before = values[modifier.param]
            mask = self._mask(modifier.where, modifier.param)
            values[modifier.param] = np.where(mask, _applied(modifier, strength, before), before)
        for param in {modifier.param: None for modifier, _ in active}:
            values[param] = _in_range(param, values[param])
        misses = np.ones(len(self._topology.links))
        if strain is not None:
            misses = strain.lay(values)
        return self._effective(values, misses)

    def _mask(self, where: Where, param: Param) -> NDArray[np.bool_]:
        key = (where, param)
        if key not in self._masks:
            self._masks[key] = _matches(self._topology, where, param)
        return self._masks[key]

    def _effective(self, values: dict[Param, Floats], misses: Floats) -> Parameters:
        """Return parameters of values in range; `misses` is a factor on the calls of each link."""
        topology, usual = self._topology, self._constants
        work_s = usual.work_s * values[Param.WORK]
        stall_s = values[Param.STALL_MS] / 1000.0
        error_repeatable = values[Param.ERROR_REPEATABLE]
        version_share = _normalised_versions(usual, values[Param.VERSION_SHARE])
        replicas = usual.replicas * version_share * values[Param.REPLICAS]
        weight, no_cell_share = spread.over_cells(
            topology, replicas * values[Param.TRAFFIC], values[Param.KEYS]
        )
        leg_weight = spread.over_pools(topology, weight)
        timeout_s = np.maximum(usual.timeout_s * values[Param.TIMEOUT], 1e-3)
        queue_max_s = usual.queue_max_s * values[Param.QUEUE_MAX]
        patience_s = PATIENT_SHARE * _caller_timeout_s(topology, usual, timeout_s)[topology.cell_component]
        drops_dead = usual.drops_dead_work * (patience_s < queue_max_s)
        wanted = usual.per_request * misses
        per_request = wanted * values[Param.CALL_ON]
        # A hard call that is turned off fails at once and sends nothing; a soft one is just left out.
        turned_off = (1.0 - usual.soft) * (1.0 - values[Param.CALL_ON])
        admit = (1.0 - values[Param.NET_LOSS]) * values[Param.ADMIT]
        slots = replicas * usual.slots_per_replica * values[Param.SLOTS]
        processors = replicas * usual.processors_per_replica
        power = queueing.exponent(processors)
        *attempts, lagged_attempts = (kinds.attempts(leg_weight) for kinds in self._kinds_of(timeout_s))
        return Parameters(
            work_s=work_s,
            stall_s=stall_s,
            own_s=work_s + stall_s,
            own_variance_s2=work_s**2 + stall_s**2,
            error_repeatable=error_repeatable,
            right=1.0 - values[Param.WRONG],
            own_good=(1.0 - values[Param.ERROR_RANDOM]) * (1.0 - error_repeatable),
            station_admit=admit[topology.station_cell],
            replicas=replicas,
            processors=processors,
            slots=slots,
            power=power,
            power_more=queueing.exponent(slots) - power,
            sources=_sources(topology, usual, slots)[topology.cell_component] * weight + 1.0,
            queue_max_s=np.where(drops_dead > 0.0, patience_s, queue_max_s),
            drops_dead=drops_dead,
            weight=weight,
            admit_share=values[Param.ADMIT],
            net_delay_s=values[Param.NET_DELAY_MS] / 1000.0,
            net_loss_share=values[Param.NET_LOSS],
            keys=values[Param.KEYS],
            delivery=values[Param.DELIVERY],
            leak_per_s=values[Param.LEAK_PER_H] / HOUR_S,
            fill_per_s=values[Param.FILL_PER_H] / HOUR_S,
            apply=values[Param.APPLY],
            observed=values[Param.OBSERVED],
            leg_weight=leg_weight,
            no_cell_share=no_cell_share,
            per_request=per_request,
            share=np.minimum(per_request, 1.0),
            times=np.maximum(per_request, 1.0),
            hard_share=np.minimum(wanted, 1.0) * (1.0 - usual.soft),
            soft=usual.soft,
            timeout_s=timeout_s,
            retries=values[Param.RETRIES],
            refused=values[Param.CALL_ERROR] + (1.0 - values[Param.CALL_ERROR]) * turned_off,
            brackets=_brackets(values[Param.RETRIES]),
            several=bool((per_request > 1.0).any()),
            attempts=tuple(attempts),
            lagged_attempts=lagged_attempts,
            demand=values[Param.DEMAND],
        )

    def _kinds_of(self, timeout_s: Floats) -> tuple[Kinds, ...]:
        """Return the kinds of attempts of each level, and of the lagged links; timeouts seldom change."""
        key = timeout_s.tobytes()
        if self._kinds is None or self._kinds[0] != key:
            topology = self._topology
            prompt = (
                np.delete(np.arange(level.links.start, level.links.stop), level.lagged)
                for level in topology.levels
            )
            found = tuple(kinds(topology, links, timeout_s) for links in (*prompt, topology.lagged))
            self._kinds = (key, found)
        return self._kinds[1]


def fold(topology: Topology, modifiers: Sequence[Modifier], t_ms: int) -> Parameters:
    """Return the effective parameters at `t_ms`. For a whole run keep a `Folding`."""
    return Folding(topology).at(modifiers, t_ms)


def _applied(modifier: Modifier, strength: float, values: Floats) -> Floats:
    """Return `values` with a modifier folded in, as `Modifier.applied` does for one value."""
    match modifier.op:
        case Op.SET:
            return values + strength * (modifier.value - values)
        case Op.MUL:
            return values * (1.0 + strength * (modifier.value - 1.0))
        case Op.ADD:
            return values + strength * modifier.value
        case Op.MIN:
            return np.minimum(values, modifier.value)


def _base_values(topology: Topology) -> dict[Param, Floats]:
    cells, links = topology.cells, topology.links
    own_version = [topology.world.component(cell.component).version == cell.version for cell in cells]
    errors = [topology.operations[o].error_share for o in topology.station_operation]
    values = {param: np.ones(len(cells)) for param in Param}
    values |= {param: np.ones(len(topology.stations)) for param in _STATION}
    values |= {param: np.ones(len(links)) for param in _LINK}
    return values | {
        Param.STALL_MS: np.zeros(len(topology.stations)),
        Param.ERROR_RANDOM: np.array(errors),
        Param.ERROR_REPEATABLE: np.zeros(len(topology.stations)),
        Param.TRAFFIC: np.array([0.0 if cell.standby else 1.0 for cell in cells]),
        Param.VERSION_SHARE: np.array(own_version, dtype=np.float64),
        Param.NET_DELAY_MS: np.zeros(len(cells)),
        Param.NET_LOSS: np.zeros(len(cells)),
        Param.WRONG: np.zeros(len(topology.stations)),
        Param.LEAK_PER_H: np.zeros(len(cells)),
        Param.FILL_PER_H: np.zeros(len(cells)),
        Param.CALL_ERROR: np.zeros(len(links)),
        Param.RETRIES: np.array([link.call.retries for link in links], dtype=np.float64),
        Param.DEMAND: np.ones(len(topology.streams)),
    }


def _matches(topology: Topology, where: Where, param: Param) -> NDArray[np.bool_]:
    if param is Param.DEMAND:
        entries = [topology.components[index].id for index in topology.stream_component]
        return np.array(
            [
                where.client in (None, stream.client)
                and where.journey in (None, stream.journey)
                and where.component in (None, entry)
                for stream, entry in zip(topology.streams, entries, strict=True)
            ],
            dtype=np.bool_,
        )
    at_cell = np.zeros(len(topology.cells), dtype=np.bool_)
    at_cell[topology.cells_of(where.component, where.zone, where.version, where.shard)] = True
    if param not in _STATION and param not in _LINK:
        return at_cell
    operation = [where.operation in (None, station.operation) for station in topology.stations]
    at_station = at_cell[topology.station_cell] & np.array(operation, dtype=np.bool_)
    if param in _STATION:
        return at_station
    callee = [where.callee in (None, link.callee) for link in topology.links]
    return at_station[topology.link_station] & np.array(callee, dtype=np.bool_)


def _brackets(retries: Floats) -> Floats:
    """Return 1 where a link takes part in the n-th bracket; a fraction of a retry counts as such."""
    numbers = np.arange(np.ceil(retries.max(initial=0.0)), 0.0, -1.0)
    return np.clip(retries - numbers[:, None] + 1.0, 0.0, 1.0)


def _in_range(param: Param, values: Floats) -> Floats:
    low, high = _RANGE[param]
    return np.clip(np.nan_to_num(values), low, high)


def _normalised_versions(usual: Constants, share: Floats) -> Floats:
    """Return version shares that sum to 1 in every zone and shard that has any."""
    total = np.bincount(usual.version_group, weights=share)[usual.version_group]
    normalised: Floats = np.divide(share, total, out=np.zeros_like(share), where=total > 0.0)
    return normalised


def _sources(topology: Topology, usual: Constants, slots: Floats) -> Floats:
    """Return per component how many slots its callers have; many where users call it themselves."""
    calling, called = usual.calling
    size = len(topology.components)
    found = np.bincount(called, weights=slots[calling], minlength=size).astype(np.float64)
    found[topology.stream_component] = _USERS
    return found


def _caller_timeout_s(topology: Topology, usual: Constants, timeout_s: Floats) -> Floats:
    """Return per component how long its callers wait, the mean over links and journeys into it."""
    into = np.concatenate((topology.link_component, topology.stream_component))
    waits_s = np.concatenate((timeout_s, usual.user_timeout_s))
    size = len(topology.components)
    callers = np.bincount(into, minlength=size)
    total_s = np.bincount(into, weights=waits_s, minlength=size)
    return np.where(callers > 0, total_s / np.maximum(callers, 1), np.inf)
