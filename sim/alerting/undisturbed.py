"""Which alerts would have fired anyway: the rules over the undisturbed twin, measured as the drill is."""

from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from sim.alerting.rules import Instance, RuleStates, Transition
from sim.events import SAMPLE_MS

SLACK_MS = 60_000
"""An alert of the drill is the twin's where the twin's begins at most this much later: the twin is known by
the minute. An assumption."""

PART_MS = 60 * SAMPLE_MS
"""So much is measured at a time: a world of thousands of cells would not fit into memory otherwise."""

Measured = Callable[[NDArray[np.int64]], NDArray[np.floating]]
"""Returns what is measured of the twin at these times, (times, instances)."""


class Undisturbed:
    """When each alert fires in the undisturbed twin up to `end_ms`, worked out on first use."""

    def __init__(self, rules: tuple[Instance, ...], measured: Measured, end_ms: int) -> None:
        self._rules = rules
        self._measured = measured
        self._end_ms = end_ms

    def fires(self, instance: Instance, t_ms: int) -> bool:
        """Return whether an alert that fires at `t_ms` would have done so anyway."""
        return any(
            from_ms - SLACK_MS <= t_ms and (to_ms is None or t_ms < to_ms)
            for from_ms, to_ms in self.firings.get(instance, ())
        )

    @cached_property
    def firings(self) -> dict[Instance, tuple[tuple[int, int | None], ...]]:
        """From when to when each instance that fires at all does so; None: until after the end."""
        states = RuleStates(self._rules)
        found: dict[Instance, list[tuple[int, int | None]]] = {}
        for first_ms in range(0, self._end_ms + 1, PART_MS):
            last_ms = min(first_ms + PART_MS - SAMPLE_MS, self._end_ms)
            times_ms = np.arange(first_ms, last_ms + 1, SAMPLE_MS, dtype=np.int64)
            for t_ms, values in zip(times_ms.tolist(), self._measured(times_ms), strict=True):
                for transition in states.evaluate(t_ms, values):
                    _note(found.setdefault(transition.instance, []), transition)
        return {instance: tuple(spells) for instance, spells in found.items()}


def _note(spells: list[tuple[int, int | None]], transition: Transition) -> None:
    if transition.kind == "fired":
        spells.append((transition.t_ms, None))
    else:
        spells[-1] = (spells[-1][0], transition.t_ms)
