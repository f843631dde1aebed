"""The undisturbed twin of a drill's world: same seed, demand and changes, no faults and no acts.

It is stationary: each minute is solved on its own, all at once and on first need, so it costs a tenth of a
second once and nothing per tick. Slow state stays as it was at the start.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.world.demand import undisturbed
from sim.world.gauges import Gauges
from sim.world.history import linear, settled
from sim.world.modifiers import Modifier
from sim.world.signals import SIGNALS, Floats, Layout, truth

GRID_MS = 60_000
"""Demand is linear between minutes, and so is what is asked for between the moments solved."""

RAMP_GRID_MS = 5 * 60_000
"""While a deploy rolls out every moment has other parameters and is solved alone: fewer of them will do."""


class Twin:
    """The noise-free course of an undisturbed world from 0 to `end_ms`, solved on first use.

    `modifiers` are those of the scenario's changes.
    """

    def __init__(
        self, layout: Layout, seed: int, starts_at: datetime, end_ms: int, modifiers: Sequence[Modifier]
    ) -> None:
        self._layout = layout
        self._seed = seed
        self._starts_at = starts_at
        self._modifiers = tuple(modifiers)
        self._grid_ms = _grid(self._modifiers, end_ms)
        self._gauges = _without_faults(layout)

    def signals(self, t_ms: NDArray[np.int64]) -> Floats:
        """Return the true signals (len(t_ms), subjects, SIGNALS) at these times."""
        return linear(self._grid_ms, self._solved[0], t_ms)

    def stream_shares(self, t_ms: int) -> Floats:
        """Return the failed, slow and degraded share (3, streams) of what is offered at this time."""
        at: Floats = linear(self._grid_ms, self._solved[1], np.array([t_ms], dtype=np.int64))[0]
        return at

    @cached_property
    def _solved(self) -> tuple[Floats, Floats]:
        topology, grid_ms = self._layout.topology, self._grid_ms
        rps = undisturbed(topology, self._seed, self._starts_at, grid_ms)
        signals = np.empty((len(grid_ms), self._layout.size, len(SIGNALS)))
        shares = np.empty((len(grid_ms), 3, len(topology.streams)))
        for moments, flow in settled(topology, self._modifiers, rps, grid_ms):
            signals[moments] = truth(self._layout, flow, grid_ms[moments], gauges=self._gauges)
            shares[moments, 0] = flow.stream_failed_share
            shares[moments, 1] = flow.stream_slow_share
            shares[moments, 2] = flow.stream_degraded_share
        return signals, shares


def _without_faults(layout: Layout) -> Gauges:
    """Return the slow state of an ordinary day: certificates are valid for as long as the world says."""
    world, cells = layout.topology.world, layout.topology.cells
    days = [world.component(cell.component).certificate_days for cell in cells]
    valid = np.array([np.nan if number is None else number for number in days], dtype=np.float64)
    return replace(layout.usual, certificate_days=valid)


def _grid(modifiers: Sequence[Modifier], end_ms: int) -> NDArray[np.int64]:
    """Return the moments to solve: every minute to past the end, fewer within ramps, and their edges."""
    minutes = np.arange(0, end_ms + 2 * GRID_MS, GRID_MS, dtype=np.int64)
    edges: list[int] = []
    thinned = np.zeros(len(minutes), dtype=bool)
    for modifier in modifiers:
        full_ms = modifier.from_ms + modifier.ramp_ms
        edges += [modifier.from_ms - 1, full_ms]
        if modifier.to_ms is not None:
            edges += [modifier.to_ms - 1, modifier.to_ms]
        thinned |= (minutes >= modifier.from_ms) & (minutes < full_ms)
    kept = minutes[~thinned | (minutes % RAMP_GRID_MS == 0)]
    inside = [edge for edge in edges if 0 < edge < end_ms]
    return np.unique(np.concatenate([kept, np.array(inside, dtype=np.int64)]))
