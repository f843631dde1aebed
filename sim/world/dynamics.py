"""The world from tick to tick: flow and slow state together, each working with what the other left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.world import flow, gauges, stationary
from sim.world.modifiers import Modifier
from sim.world.parameters import Folding
from sim.world.slow import Reset, SlowWorld
from sim.world.strain import Strain
from sim.world.topology import Topology

Floats = NDArray[np.float64]


class Dynamics:
    """A world in motion; it begins settled, on an ordinary day.

    `flow` is what flowed in the last tick and `gauges` what slow state showed at its end.
    """

    def __init__(
        self,
        topology: Topology,
        modifiers: Sequence[Modifier],
        rps: Floats,
        valid_s: Mapping[str, float] | None = None,
    ) -> None:
        """Settle under the modifiers in force at 0 and the demand (1, streams).

        `valid_s` says when certificates run out, in seconds from 0, by component.
        """
        self.topology = topology
        self._folding = Folding(topology)
        parameters = self._folding.at(modifiers, 0)
        self._state, self.flow = stationary.settle(topology, parameters, rps)
        self.slow_world = SlowWorld(topology, self.flow)
        self.slow = self.slow_world.begin(parameters, valid_s or {})
        self._strain: Strain | None = None
        self.gauges = gauges.read(self.slow_world, self.slow, 0)

    def tick(self, modifiers: Sequence[Modifier], now_ms: int, rps: Floats, dt_s: float) -> None:
        """Go on by `dt_s` to `now_ms` under these modifiers and undisturbed demand (1, streams)."""
        strain = self.slow_world.strain(self.slow, self.flow.parameters)
        if strain is None or self._strain is None or not strain.near(self._strain):
            self._strain = strain
        parameters = self._folding.at(modifiers, now_ms, self._strain)
        handed_out = self.slow_world.lanes.handed_out(self.slow.backlog, self.flow, parameters, dt_s)
        state = replace(self._state, delivered_rps=handed_out[None, :])
        self._state, self.flow = flow.step(self.topology, parameters, state, rps, dt_s)
        self.slow = self.slow_world.step(self.slow, self.flow, dt_s)
        self.gauges = gauges.read(self.slow_world, self.slow, now_ms)

    def reset(self, resets: Iterable[Reset]) -> None:
        """Set or multiply slow state at once."""
        for reset in resets:
            self.slow = self.slow_world.reset(self.slow, reset, self.flow)
