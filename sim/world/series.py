"""What one telemetry series is, and what may be laid over it."""

from dataclasses import dataclass
from typing import Literal

from sim.spec import Signal

By = Literal["zone", "version", "shard"]
"""How a component's signal can be split."""


@dataclass(frozen=True, slots=True)
class SeriesId:
    """One signal of a component or a journey: of the whole, or of one zone, version or shard of it."""

    of: Literal["component", "journey"]
    name: str
    signal: Signal
    by: By | None = None
    label: str = ""

    def __str__(self) -> str:
        split = f"{{{self.by}={self.label}}}" if self.by else ""
        return f"{self.of}/{self.name}{split}/{self.signal}"


@dataclass(frozen=True, slots=True)
class Blip:
    """For a while a series is measured past a rule's threshold, though nobody is hurt.

    The measured value is lifted to at least `level` (pressed to at most `level` where `below`) from
    `from_ms` (inclusive) to `to_ms` (exclusive). `why` is what a look at the logs shows as its cause. A
    `real` one is trouble that somebody has to see to, though not of this incident.
    """

    rule: str
    series: SeriesId
    from_ms: int
    to_ms: int
    level: float
    below: bool
    why: str
    real: bool = False

    def active(self, t_ms: int) -> bool:
        """Return whether it is under way at `t_ms`."""
        return self.from_ms <= t_ms < self.to_ms
