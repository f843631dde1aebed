"""What a component writes of its gauges: a disk that fills, a replica that lags, a certificate that ends."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.events import SAMPLE_MS
from sim.spec import Component, Signal
from sim.world.logs import Note
from sim.world.telemetry import Telemetry
from sim.world.topology import Topology


@dataclass(frozen=True, slots=True)
class _Warning:
    """From where on a signal is worth a line (below it, where `falling`), and the line; assumptions."""

    signal: Signal
    limit: float
    text: Callable[[float], str]
    falling: bool = False

    def told(self, values: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Return at which of these values a line is written; never without data."""
        found: NDArray[np.bool_] = values <= self.limit if self.falling else values >= self.limit
        return found


def _certificate(days: float) -> str:
    return "ERROR certificate has expired" if days <= 0.0 else f"WARN certificate runs out in {days:.0f} days"


_WARNINGS = (
    _Warning("disk_share", 0.92, lambda value: f"WARN disk is {value:.0%} full"),
    _Warning("lag_s", 10.0, lambda value: f"WARN replication is {value:.0f} s behind the primary"),
    _Warning("queue_age_s", 60.0, lambda value: f"WARN the oldest message has waited {value:.0f} s"),
    _Warning("hit_share", 0.5, lambda value: f"WARN hit rate is down to {value:.0%}", falling=True),
    _Warning("certificate_days", 14.0, _certificate, falling=True),
)
_OF_PROCESSES = _Warning(
    "memory_share", 0.94, lambda value: f"WARN memory is {value:.0%} full, collector runs often"
)


def gauge_notes(
    topology: Topology, telemetry: Telemetry, component: Component, from_ms: int, to_ms: int
) -> Iterator[Note]:
    """Yield what the cells of a component write of their gauges in a window, with the newest figure.

    A cache is meant to be full of what it keeps.
    """
    for warning in _WARNINGS if component.kind == "cache" else (*_WARNINGS, _OF_PROCESSES):
        for curve in telemetry.window("component", component.id, warning.signal, from_ms, to_ms, "zone"):
            told = np.flatnonzero(warning.told(curve.values))
            if len(told):
                cells = topology.cells_of(component.id, zone=curve.label)
                last = told[-1]
                standby = warning.signal == "lag_s"  # it is what lags; the rest is told of what serves
                yield Note(
                    warning.text(float(curve.values[last])),
                    tuple(int(cell) for cell in cells if standby or not topology.cells[cell].standby),
                    int(curve.times_ms[told[0]]) - SAMPLE_MS + 1,
                    int(curve.times_ms[last]) + 1,
                    telling=True,
                )
