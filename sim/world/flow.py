"""The flow of one tick: loads downwards, queues, response times and failures upwards.

All arrays have a leading batch axis B (moments or twins solved at once), then cells, stations, links or
streams in the order of the topology. Shares lie in [0, 1], times are seconds unless named `_ms`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from math import exp

import numpy as np
from numpy.typing import NDArray

from sim.world import load, percentiles, response
from sim.world.coupling import Coupling, busy_pools
from sim.world.latency import normal_cdf
from sim.world.load import Before, Load
from sim.world.parameters import Parameters
from sim.world.percentiles import Mixtures
from sim.world.response import Answers
from sim.world.retries import trying
from sim.world.topology import Grouping, Topology

Floats = NDArray[np.float64]

LEARN_S = 5.0
"""Time constant with which callers learn of failures, as their attempts time out."""

_PASSES_MAX = 4
_FAST_S, _FAST_SIGMA = 1e-3, 0.1  # a refused request is answered in about a millisecond; an assumption


class Cause(IntEnum):
    """Why a request failed at a station; the index into `Flow.failed_by`."""

    OWN = 0  # its own error
    DEPENDENCY = 1  # a hard call was answered with a failure
    TIMEOUT = 2  # it gave up waiting for a hard call, or was itself dropped because its caller had given up
    REJECTED = 3  # its queue was full, or there was no free slot in time
    THROTTLED = 4  # not admitted
    NETWORK = 5  # lost on the way in


@dataclass(frozen=True, slots=True)
class FlowState:
    """What one tick hands to the next."""

    in_system: Floats  # (B, stations) requests waiting and in work
    holding_s: Floats  # (B, stations) how long a request holds its slot
    slope: Floats  # (B, stations) how strongly that falls when less is let through; 1 at least
    failed: Floats  # (2, B, links) what callers have learnt of failing attempts: all, repeatable
    newton: Floats  # (B, cells) warm start of the queue equation
    lagged_rps: Floats  # (B, lagged links) attempts that arrive in the next tick
    lagged: Floats  # (6, B, lagged links) what became of their attempts
    delivered_rps: Floats  # (B, lanes) messages that consumers get in the next tick


@dataclass(frozen=True)
class Flow:
    """What flowed in one tick. Figures are worked out when they are first asked for."""

    topology: Topology
    parameters: Parameters
    load: Load
    answers: Answers
    stream_undisturbed_rps: Floats
    """(B, streams)"""
    delivered_rps: Floats
    """(B, lanes) messages that consumers got"""

    # --- per station (B, stations) ---

    @property
    def offered_rps(self) -> Floats:
        """Attempts sent to each station."""
        return self.load.offered_rps

    @property
    def served_rps(self) -> Floats:
        """Requests that each station finished, with a good answer or a bad one."""
        return self.load.out_rps

    @property
    def mean_s(self) -> Floats:
        """Mean response time of the requests it accepted."""
        return self.answers.mean_s

    @property
    def variance_s2(self) -> Floats:
        """Variance of the response time of the requests it accepted."""
        return self.answers.variance_s2

    @property
    def degraded_share(self) -> Floats:
        """Share of its good answers for which a soft call failed, here or below."""
        return self.answers.degraded

    @cached_property
    def failed_by(self) -> Floats:
        """Failures per cause (len(Cause), B, stations), shares of offered."""
        p, gather, answers = self.parameters, self.topology.station_cell, self.answers
        arrived = 1.0 - p.net_loss_share
        shed = arrived * p.admit_share * self.load.shed_share
        failed = np.empty((len(Cause), *self.load.offered_rps.shape))
        failed[Cause.OWN] = answers.accepted * (1.0 - p.own_good)
        by_calls = answers.accepted * np.maximum(p.own_good - answers.good, 0.0)
        by_timeout = by_calls * self._timeouts_of_calls
        failed[Cause.TIMEOUT] = by_timeout + (shed * p.drops_dead).take(gather, 1)
        failed[Cause.DEPENDENCY] = by_calls - by_timeout
        failed[Cause.REJECTED] = (shed * (1.0 - p.drops_dead)).take(gather, 1)
        failed[Cause.THROTTLED] = (arrived * (1.0 - p.admit_share))[gather]
        failed[Cause.NETWORK] = p.net_loss_share[gather]
        return failed

    @property
    def _timeouts_of_calls(self) -> Floats:
        """Share of a station's failures by hard calls that are timeouts."""
        p, answers, topology = self.parameters, self.answers, self.topology
        by_calls, by_timeout = np.zeros((2, *answers.good.shape))
        if len(topology.links):
            hard = answers.call_failed * p.hard_share
            late = hard * np.minimum(answers.unanswered / np.maximum(answers.failed[0], 1e-12), 1.0)
            callers, starts = np.unique(topology.link_station, return_index=True)
            by_calls[:, callers] = np.add.reduceat(hard, starts, 1)
            by_timeout[:, callers] = np.add.reduceat(late, starts, 1)
        share: Floats = by_timeout / np.maximum(by_calls, 1e-12)
        return share

    @cached_property
    def failed_share(self) -> Floats:
        """Share of offered that failed, was refused, dropped or lost. What callers time out is theirs."""
        failed = 1.0 - self.answers.accepted * self.answers.good
        return np.minimum(np.maximum(failed, 0.0), 1.0)

    # --- per cell (B, cells) ---

    @cached_property
    def cpu_share(self) -> Floats:
        """Busy processors over processors; 0 where there are none."""
        busy = self._by_cell(self.load.out_rps * self.parameters.work_s)
        processors = self.parameters.processors
        return np.where(processors > 0.0, np.minimum(busy / np.maximum(processors, 1e-9), 1.0), 0.0)

    @cached_property
    def connections_share(self) -> Floats:
        """Slots in use over slots; 0 where there are none."""
        slots = self.parameters.slots
        return np.where(slots > 0.0, np.minimum(self.in_system / np.maximum(slots, 1e-9), 1.0), 0.0)

    @property
    def queue_depth(self) -> Floats:
        """Requests that wait for a processor or a slot, at the end of the tick."""
        return self.load.waiting

    @cached_property
    def in_system(self) -> Floats:
        """Requests in the cell, waiting and in work, at the end of the tick."""
        return self._by_cell(self.load.in_system)

    # --- per link (B, links) ---

    @property
    def attempts_rps(self) -> Floats:
        """Attempts sent, retries included."""
        return self.load.attempts_rps

    @property
    def attempt_failed_share(self) -> Floats:
        """Share of attempts that fail for the caller, its timeout included."""
        share: Floats = self.answers.failed[0]
        return share

    # --- per stream (B, streams); failed, slow and degraded are disjoint shares of offered ---

    @cached_property
    def stream_offered_rps(self) -> Floats:
        """Demand that reaches the system: less than undisturbed where clients are blocked or have left."""
        return self.stream_undisturbed_rps * self.parameters.demand

    @property
    def stream_failed_share(self) -> Floats:
        """Failed, or the user gave up waiting."""
        share: Floats = self._stream_shares[0]
        return share

    @property
    def stream_slow_share(self) -> Floats:
        """Good, but slower than the journey's `slow_ms`."""
        share: Floats = self._stream_shares[1]
        return share

    @property
    def stream_degraded_share(self) -> Floats:
        """Good and in time, but a soft call failed."""
        share: Floats = self._stream_shares[2]
        return share

    @cached_property
    def _stream_shares(self) -> Floats:
        answers, groups = self.answers, self.topology.stream_legs
        members = groups.members
        z = self.topology.stream_leg_log_limits[:, None, None] - answers.location.take(members, 2)
        below = normal_cdf(z / answers.sigma.take(members, 2)) * answers.branch_share.take(members, 2)
        weight = self.parameters.weight.take(self.topology.station_cell.take(members))
        good = (answers.accepted * answers.good).take(members, 1) * weight
        shares = np.empty((3, *good.shape))
        np.multiply(below[:, 0] + below[:, 1], good, out=shares[:2])  # in time, and quick
        np.multiply(shares[1], answers.degraded.take(members, 1), out=shares[2])
        answered, quick, degraded = np.add.reduceat(shares, groups.starts, 2)
        found = np.array((1.0 - answered, answered - quick, degraded))
        return np.asarray(np.minimum(np.maximum(found, 0.0), 1.0))

    # --- percentiles, on request ---

    def percentiles_ms(
        self,
        groups: Grouping,
        quantiles: Sequence[float] = (0.5, 0.95, 0.99),
        near_ms: Floats | None = None,
    ) -> Floats:
        """Return response time percentiles (len(quantiles), B, groups) of groups of stations, by load.

        Of all answers, fast failures too. `topology.grouping` makes the groups; without load: 0. `near_ms`
        is where they were a moment ago, to begin the search there.
        """
        near_s = None if near_ms is None else near_ms / 1000.0
        return 1000.0 * percentiles.of_mixtures(self._mixtures(groups), quantiles, near_s)

    def _mixtures(self, groups: Grouping) -> Mixtures:
        """Mix three branches per station: two of accepted requests and the refused, answered at once."""
        answers, offered = self.answers, self.load.offered_rps
        batch, stations = offered.shape
        branches = np.empty((3, batch, stations, 3))
        weight, location, sigma = branches
        weight[..., :2] = (answers.branch_share * answers.accepted).transpose(1, 2, 0)
        weight[..., 2] = answers.fast
        weight *= offered[..., None]
        location[..., :2] = answers.location.transpose(1, 2, 0)
        location[..., 2] = np.log(_FAST_S + self.parameters.net_delay_s).take(self.topology.station_cell)
        sigma[..., :2] = answers.sigma.transpose(1, 2, 0)
        sigma[..., 2] = _FAST_SIGMA
        # Most stations refuse nobody and have no rare call: leave out what never has weight.
        used = np.asarray((weight > 0.0).any(axis=0))
        used[:, 0] = True
        kept = np.flatnonzero(used.take(groups.members, axis=0))
        member, branch = np.divmod(kept, 3)
        chosen = branches.reshape(3, batch, -1).take(3 * groups.members.take(member) + branch, axis=2)
        starts = np.searchsorted(member, groups.starts)
        return Mixtures(chosen[0], chosen[1], chosen[2], starts, groups.group.take(member))

    def _by_cell(self, values: Floats) -> Floats:
        return np.add.reduceat(values, self.topology.first_stations, 1)


def idle(topology: Topology, batch: int = 1) -> FlowState:
    """Return the state of a world in which nothing has happened yet."""
    work_s = np.array([topology.operations[o].work_s for o in topology.station_operation])
    return FlowState(
        in_system=np.zeros((batch, len(topology.stations))),
        holding_s=np.tile(work_s, (batch, 1)),
        slope=np.ones((batch, len(topology.stations))),
        failed=np.zeros((2, batch, len(topology.links))),
        newton=np.full((batch, len(topology.cells)), 2.0),
        lagged_rps=np.zeros((batch, len(topology.lagged))),
        lagged=np.zeros((6, batch, len(topology.lagged))),
        delivered_rps=np.zeros((batch, len(topology.lanes))),
    )


def step(
    topology: Topology, parameters: Parameters, state: FlowState, rps: Floats, dt_s: float
) -> tuple[FlowState, Flow]:
    """Return the state after `dt_s` and what flowed in it; `rps` is undisturbed demand (B, streams)."""
    return relaxed_step(topology, parameters, state, rps, dt_s, 1.0 - exp(-dt_s / LEARN_S))


def relaxed_step(
    topology: Topology, parameters: Parameters, state: FlowState, rps: Floats, dt_s: float, learn: float
) -> tuple[FlowState, Flow]:
    """Do a `step` in which callers learn the share `learn` of what has changed in their failures."""
    entering = rps * parameters.demand
    tries = trying(topology, parameters, state.failed)
    per_request = tries.attempts * tries.made
    coupling = Coupling(state.holding_s, state.slope)
    arriving = _arriving(topology, state)
    for _ in range(_PASSES_MAX):
        before = Before(arriving, state.in_system, state.newton, coupling.holding_s, per_request)
        loads = load.sweep(topology, parameters, entering, before, dt_s)
        answers = response.sweep(topology, parameters, loads, tries, state.lagged)
        longer_s = np.maximum(answers.holding_s, coupling.holding_s)
        if coupling.settled(answers.holding_s, busy_pools(topology, parameters, loads, longer_s)):
            break
    failed = state.failed + learn * (answers.failed - state.failed)
    after = FlowState(
        in_system=loads.in_system,
        holding_s=coupling.holding_s,
        slope=coupling.slope,
        failed=failed,
        newton=loads.newton,
        lagged_rps=loads.attempts_rps.take(topology.lagged, 1),
        lagged=answers.lagged,
        delivered_rps=state.delivered_rps,
    )
    return after, Flow(topology, parameters, loads, answers, rps, state.delivered_rps)


def _arriving(topology: Topology, state: FlowState) -> Floats:
    """Return what arrives from queues and over lagged links, per pool."""
    arriving: Floats = state.delivered_rps @ topology.consumed
    if len(topology.lagged):
        for number, pool in enumerate(topology.link_pool[topology.lagged]):
            arriving[:, pool] += state.lagged_rps[:, number]
    return arriving
