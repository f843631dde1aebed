"""The parameters of how people respond, as plain numbers that a compiled kernel takes."""

from typing import NamedTuple

from sim.oncall import response


class Delay(NamedTuple):
    """A time to acknowledge: lognormal, or for a share (`slow`) of the pages another lognormal."""

    median_s: float
    sigma: float
    slow: float = 0.0
    slow_median_s: float = 1.0
    slow_sigma: float = 0.0

    def times(self, factor: float) -> "Delay":
        """Return a time that takes so many times as long."""
        return self._replace(median_s=self.median_s * factor, slow_median_s=self.slow_median_s * factor)


class Response(NamedTuple):
    """How people respond to pages. Spans in ms, all numbers as floats.

    What is not taken from facts.md, section D, says so and is an assumption.
    """

    desk: Delay = Delay(response.ACK_AT_DESK_MEDIAN_S, response.ACK_SIGMA)
    away: Delay = Delay(response.ACK_AWAY_MEDIAN_S, response.ACK_SIGMA)
    asleep: Delay = Delay(response.ACK_ASLEEP_MEDIAN_S, response.ACK_ASLEEP_SIGMA)
    longest_s: float = response.LONGEST_S
    wakes: float = response.WAKES_PER_RING
    """1 where `asleep` has the rings in it that a sleeper does not hear; only then may it have two parts."""
    ring_again_ms: float = response.RING_AGAIN_S * 1000
    inertia: float = 1.0
    slower_per_hour: float = 0.03
    """Work slows by this share for each hour of sleep debt: an assumption."""
    recovery_ms: float = 24 * 3_600_000.0
    """Half of a sleep debt is slept off in this time: an assumption."""
    settle_ms: float = 20 * 60_000.0
    """From the end of work to sleep: an assumption."""
    keep_ms: float = 30 * 60_000.0
    """Work that ends so soon after the shift is finished, not handed over: an assumption."""
    brief_ms: float = 10 * 60_000.0
    """A hand-over adds so much work: an assumption."""
    help_factor: float = 0.7
    """With a helper, work takes this share of its time: an assumption."""
    sleep_from_ms: float = 23 * 3_600_000.0
    """People sleep from this time of their day, an assumption, ..."""
    sleep_until_ms: float = 7 * 3_600_000.0
    """... to this one. The same time twice: nobody sleeps."""
