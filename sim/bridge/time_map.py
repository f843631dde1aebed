"""Simulated time as tools outside see it.

A tool's now is the drill's now, and spans are as long on both sides: what began ten simulated minutes ago
began ten minutes ago. While the drill runs at speed 1 and is not paused, a moment keeps its outside time for
good; at another speed, and in a pause, the past moves with the present.
"""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class TimeMap:
    """The simulated and the outside time of one and the same moment, in ms; outside counts from 1970."""

    sim_ms: int
    unix_ms: int

    def outside_ms(self, sim_ms: int) -> int:
        """Return the outside time of a simulated one."""
        return self.unix_ms + sim_ms - self.sim_ms

    def inside_ms(self, unix_ms: int) -> int:
        """Return the simulated time of an outside one."""
        return self.sim_ms + unix_ms - self.unix_ms

    def rfc3339(self, sim_ms: int) -> str:
        """Return the outside time of a simulated one as Alertmanager writes it."""
        return rfc3339(self.outside_ms(sim_ms))


def rfc3339(unix_ms: int) -> str:
    """Return a time as Alertmanager writes it, in UTC: 2026-01-05T09:00:00.000Z."""
    moment = datetime.fromtimestamp(unix_ms // 1000, UTC).replace(microsecond=unix_ms % 1000 * 1000)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
