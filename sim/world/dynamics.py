"""The world from tick to tick: flow and slow state together, each working with what the other left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from sim.world import flow, gauges, stationary
from sim.world.calm import stands_still
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
        self._still = False
        self.gauges = gauges.read(self.slow_world, self.slow, 0)

    def tick(
        self, modifiers: Sequence[Modifier], now_ms: int, rps: Floats, dt_s: float, ticks: int = 1
    ) -> None:
        """Go on by ticks of `dt_s` to `now_ms` under these modifiers and undisturbed demand (1, streams).

        More than one are solved as one, which is right while the world is calm.
        """
        self._strain = self._strained()
        parameters, before, slow = self._folding.at(modifiers, now_ms, self._strain), self._state, self.slow
        for _ in range(ticks - 1):  # what a consumer fails comes back a tick later, not when it suits us
            slow = self.slow_world.delivered(slow, self.flow, parameters, dt_s)
        handed_out = self.slow_world.lanes.handed_out(slow.backlog, self.flow, parameters, dt_s)
        state = replace(before, delivered_rps=handed_out[None, :])
        self._state, self.flow = flow.step(self.topology, parameters, state, rps, ticks * dt_s)
        self.slow = self.slow_world.step(slow, self.flow, dt_s, ticks)
        self._still = self._strained() is self._strain and stands_still(before, self._state)
        self.gauges = gauges.read(self.slow_world, self.slow, now_ms)

    def calm(self, modifiers: Sequence[Modifier], now_ms: int) -> bool:
        """Return whether the last tick moved nothing, and nothing else acts on the world at `now_ms`."""
        return self._still and self._folding.at(modifiers, now_ms, self._strain) is self.flow.parameters

    def _strained(self) -> Strain | None:
        """Return what slow state does to the world; the object of the last tick where that is near enough."""
        strain = self.slow_world.strain(self.slow, self.flow.parameters)
        if strain is None or self._strain is None or not strain.near(self._strain):
            return strain
        return self._strain

    def reset(self, resets: Iterable[Reset]) -> None:
        """Set or multiply slow state at once."""
        self._still = False
        for reset in resets:
            self.slow = self.slow_world.reset(self.slow, reset, self.flow)
