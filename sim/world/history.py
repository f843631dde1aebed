"""The truth of the day before the drill: the stationary flow at every hour and around every change."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from sim.world.demand import undisturbed
from sim.world.flow import Flow
from sim.world.modifiers import Modifier
from sim.world.parameters import Folding
from sim.world.signals import SIGNALS, Floats, Layout, truth
from sim.world.stationary import solve
from sim.world.topology import Topology

GRID_MS = 60 * 60_000
HISTORY_MS = 25 * 3_600_000
"""How far back telemetry goes: a day, and the hour before it that "yesterday" is compared with."""


class History:
    """The noise-free signals before drill start, solved on first use.

    `modifiers` are those of the scenario's past (an earlier deploy, say); each moment is solved with what
    was in force then.
    """

    def __init__(
        self, layout: Layout, seed: int, starts_at: datetime, modifiers: Sequence[Modifier] = ()
    ) -> None:
        self._layout = layout
        self._seed = seed
        self._starts_at = starts_at
        self._modifiers = tuple(modifiers)
        self._grid_ms = _grid(self._modifiers)
        self._solved: Floats | None = None

    def at(self, t_ms: NDArray[np.int64], subjects: slice) -> Floats:
        """Return the signals (len(t_ms), subjects, SIGNALS); linear between the moments solved.

        `t_ms` may not be positive. Before the first grid point there is no data: NaN.
        """
        if self._solved is None:
            self._solved = self._solve()
        values = linear(self._grid_ms, self._solved[:, subjects], t_ms)
        values[t_ms < -HISTORY_MS] = np.nan
        return values

    def _solve(self) -> Floats:
        topology, grid_ms = self._layout.topology, self._grid_ms
        rps = undisturbed(topology, self._seed, self._starts_at, grid_ms)
        solved = np.empty((len(grid_ms), self._layout.size, len(SIGNALS)))
        for moments, flow in settled(topology, self._modifiers, rps, grid_ms):
            solved[moments] = truth(self._layout, flow, grid_ms[moments])
        return solved


def settled(
    topology: Topology, modifiers: Sequence[Modifier], rps: Floats, t_ms: NDArray[np.int64]
) -> Iterator[tuple[list[int], Flow]]:
    """Yield numbers of moments and their stationary flow, for each run of moments with the same in force.

    `rps` is the demand (moments, streams) and `t_ms` when they are.
    """

    def in_force(index: int) -> tuple[float, ...]:
        return tuple(modifier.strength(int(t_ms[index])) for modifier in modifiers)

    folding = Folding(topology)
    for _, run in groupby(range(len(t_ms)), key=in_force):
        moments = list(run)
        yield moments, solve(topology, folding.at(modifiers, int(t_ms[moments[0]])), rps[moments])


def linear(grid_ms: NDArray[np.int64], values: Floats, t_ms: NDArray[np.int64]) -> Floats:
    """Return values at `t_ms`, linear between those of the grid (first axis; two points at least)."""
    lower = np.clip(np.searchsorted(grid_ms, t_ms, side="right") - 1, 0, len(grid_ms) - 2)
    between = (t_ms - grid_ms[lower]) / (grid_ms[lower + 1] - grid_ms[lower])
    between = between.reshape(-1, *(1 for _ in values.shape[1:]))
    found: Floats = values[lower] * (1.0 - between) + values[lower + 1] * between
    return found


def _grid(modifiers: Sequence[Modifier]) -> NDArray[np.int64]:
    """Return the moments to solve: every hour up to 0, and just before and after what changed between."""
    edges = {edge for m in modifiers for edge in (m.from_ms - 1, m.from_ms + m.ramp_ms)}
    edges |= {edge for m in modifiers if m.to_ms is not None for edge in (m.to_ms - 1, m.to_ms)}
    inside = [edge for edge in edges if -HISTORY_MS < edge < 0]
    regular = np.arange(-HISTORY_MS, 1, GRID_MS, dtype=np.int64)
    return np.unique(np.concatenate([regular, np.array(inside, dtype=np.int64)]))
