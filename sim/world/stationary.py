"""The stationary flow for a batch of moments: what the last 24 hours looked like."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.world import backlog
from sim.world.flow import Flow, FlowState, idle, relaxed_step
from sim.world.parameters import Parameters
from sim.world.topology import Topology

_LONG_S = 1e5  # so long a tick that queues settle within it
_LEARN = 0.7
_ROUNDS_MAX = 40
_LEARNT_MIN, _HELD_MIN, _MOVED_MIN = 1e-4, 1e-3, 1e-2  # smaller changes are far below measurement noise


def solve(topology: Topology, parameters: Parameters, rps: NDArray[np.float64]) -> Flow:
    """Return the flow the world settles to under constant undisturbed demand (B, streams)."""
    return settle(topology, parameters, rps)[1]


def settle(topology: Topology, parameters: Parameters, rps: NDArray[np.float64]) -> tuple[FlowState, Flow]:
    """Return the stationary state and flow; a drill starts from the state.

    One long tick after another, until what callers know of failures and how long slots are held stand
    still. Where several states are stable it finds the one that grows out of an idle world.
    """
    state = idle(topology, len(rps))
    for _ in range(_ROUNDS_MAX):
        before = state
        state, flow = relaxed_step(topology, parameters, before, rps, _LONG_S, _LEARN)
        state = replace(state, delivered_rps=backlog.published(topology, flow))
        learnt = np.abs(state.failed - before.failed).max(initial=0.0)
        held = np.abs(state.holding_s / before.holding_s - 1.0).max(initial=0.0)
        moved = np.abs(state.delivered_rps - before.delivered_rps).max(initial=0.0)
        passed_on = np.abs(state.lagged_rps - before.lagged_rps).max(initial=0.0)
        if learnt < _LEARNT_MIN and held < _HELD_MIN and moved < _MOVED_MIN and passed_on < _MOVED_MIN:
            break
    return state, flow
