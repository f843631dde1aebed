"""Pacing: which simulated time belongs to which wall time.

Piecewise linear and pure: wall milliseconds (of any monotonic clock) are passed in, never read. Speed is
kept as a whole number of thousandths, so that times stay integers.
"""

from dataclasses import dataclass, replace

from sim.errors import PagerDrillError

SPEED_MIN = 0.1
SPEED_MAX = 100.0
"""Bounds of the pace. Assumptions: ten times slower is a lesson, a hundred times faster a skim."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One straight piece: from `wall_from_ms` on, simulated time runs on from `sim_from_ms`.

    Every change of pace gives a new piece that begins where the old one is then, so simulated time never
    goes back. `speed_thousandths` is simulated milliseconds per wall second.
    """

    wall_from_ms: int
    sim_from_ms: int
    speed_thousandths: int = 1000
    running: bool = True

    @classmethod
    def started(cls, wall_ms: int, sim_ms: int = 0, speed: float = 1.0) -> "Clock":
        """Return a clock that runs from simulated time `sim_ms` at this wall time on."""
        return cls(wall_ms, sim_ms, _thousandths(speed))

    @property
    def speed(self) -> float:
        """Simulated seconds per wall second."""
        return self.speed_thousandths / 1000

    def sim_ms(self, wall_ms: int) -> int:
        """Return the simulated time at a wall time; before the piece began it is the piece's start."""
        if not self.running:
            return self.sim_from_ms
        elapsed_ms = max(0, wall_ms - self.wall_from_ms)
        return self.sim_from_ms + elapsed_ms * self.speed_thousandths // 1000

    def paused(self, wall_ms: int) -> "Clock":
        """Return the clock, standing still from this wall time on."""
        return replace(self._piece(wall_ms), running=False)

    def resumed(self, wall_ms: int) -> "Clock":
        """Return the clock, running on from this wall time; the time it stood still does not count."""
        return replace(self._piece(wall_ms), running=True)

    def at_speed(self, wall_ms: int, speed: float) -> "Clock":
        """Return the clock at another speed; a higher one always makes things happen sooner.

        Raises PagerDrillError for a speed outside SPEED_MIN to SPEED_MAX.
        """
        return replace(self._piece(wall_ms), speed_thousandths=_thousandths(speed))

    def jumped(self, wall_ms: int, by_ms: int) -> "Clock":
        """Return the clock, `by_ms` simulated milliseconds further on. A jump back is a ValueError."""
        if by_ms < 0:
            raise ValueError(f"simulated time cannot go back (by {by_ms} ms)")
        piece = self._piece(wall_ms)
        return replace(piece, sim_from_ms=piece.sim_from_ms + by_ms)

    def _piece(self, wall_ms: int) -> "Clock":
        """Return the same clock as a piece that begins at this wall time."""
        wall_from_ms = max(wall_ms, self.wall_from_ms)
        return replace(self, wall_from_ms=wall_from_ms, sim_from_ms=self.sim_ms(wall_from_ms))


def speed_of(text: str) -> float:
    """Return the speed a person typed ("5", "0.5", "x5"). Raises PagerDrillError where it is none."""
    try:
        speed = float(text.strip().lower().removeprefix("x").replace(",", "."))
    except ValueError:
        speed = -1.0
    _thousandths(speed)
    return speed


def _thousandths(speed: float) -> int:
    if not SPEED_MIN <= speed <= SPEED_MAX:
        raise PagerDrillError(
            f"The speed must be a number from {SPEED_MIN:g} to {SPEED_MAX:g}, e.g. speed 5: "
            "five simulated seconds in one second."
        )
    return round(speed * 1000)
