"""The upward sweep of a tick: response times and failures from the leaves to the entries."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.world import parallel
from sim.world.attempts import Attempts
from sim.world.latency import lognormal, normal_cdf
from sim.world.load import Load
from sim.world.parameters import Parameters
from sim.world.retries import Trying, finally_failed
from sim.world.topology import Level, Topology

Floats = NDArray[np.float64]

_TIME_MIN_S = 1e-6
_TINY = 1e-12


@dataclass(frozen=True, slots=True)
class Answers:
    """How stations answer and what becomes of calls; first axis after any other: batch.

    A station's response time is a mixture of two branches: requests without and with their most telling
    rare call. `fast` requests (throttled, rejected) are answered at once, lost ones never.
    """

    mean_s: Floats  # stations; of accepted requests
    variance_s2: Floats  # stations
    holding_s: Floats  # stations; mean work and calls, without the wait
    location: Floats  # (2, B, stations) of the logarithm, per branch
    sigma: Floats  # (2, B, stations)
    branch_share: Floats  # (2, B, stations)
    accepted: Floats  # stations; of offered
    fast: Floats  # stations; of offered
    good: Floats  # stations; of accepted
    degraded: Floats  # stations; of good
    failed: Floats  # (2, B, links) of attempts: all, repeatable
    unanswered: Floats  # links; of attempts: the caller's timeout passed
    call_failed: Floats  # links; of calls, after all retries
    lagged: Floats  # (6, B, lagged links) outcomes of their attempts, for the next tick


def sweep(topology: Topology, parameters: Parameters, load: Load, tries: Trying, lagged: Floats) -> Answers:
    """Return the answers under these loads and what callers try.

    `lagged` (6, B, lagged links) is what became of the attempts of lagged links a tick ago.
    """
    rise = _Rise(topology, parameters, load, tries)
    for level, attempts in zip(reversed(topology.levels), reversed(parameters.attempts), strict=True):
        if level.calls:
            rise.add_calls(level, rise.of_links(level, attempts, lagged))
        rise.finish(level.stations)
    return rise.answers()


class _Rise:
    """Arrays that the levels of one upward sweep fill."""

    def __init__(self, topology: Topology, parameters: Parameters, load: Load, tries: Trying) -> None:
        self._parameters, self._attempts, self._made = parameters, tries.attempts, tries.made
        batch, stations = load.offered_rps.shape
        links = len(topology.links)
        gather, p = topology.station_cell, parameters
        arrived = 1.0 - p.net_loss_share
        through = arrived * p.admit_share
        shed = through * load.shed_share
        accepted, fast = through - shed, arrived - through + shed * (1.0 - p.drops_dead)
        self._accepted = accepted.take(gather, 1)
        self._idle_s = (load.wait_s + p.net_delay_s).take(gather, 1)
        self._time = np.empty((2, batch, stations))  # mean, variance
        np.add(self._idle_s, p.own_s, out=self._time[0])
        np.add(load.wait_variance_s2.take(gather, 1), p.own_variance_s2, out=self._time[1])
        self._rare = np.zeros((4, batch, stations))  # the most telling call: share, mean, variance, split
        self._quality = np.empty((3, batch, stations))  # good, not repeatable, not degraded
        self._quality[0] = p.own_good
        self._quality[1] = 1.0 - p.error_repeatable
        self._quality[2] = p.right
        # Per branch: location, sigma, then share, mean and square of what is accepted.
        self._packed = np.empty((15, batch, stations))
        self._packed[10] = fast.take(gather, 1)
        self._packed[11] = (fast * p.net_delay_s).take(gather, 1)
        self._links = np.empty((4, batch, links))  # failed, repeatable, unanswered, finally failed
        more = self._attempts - 1.0  # the number of attempts is near to geometric
        spread = more * self._attempts * np.maximum(1.0 - more / np.maximum(p.retries, 1.0), 0.0)
        self._spread_over = spread - self._attempts
        self._rare_weight = np.maximum(self._made * (1.0 - self._made), 0.0) * topology.link_tie_break

    def of_links(self, level: Level, attempts: Attempts, lagged: Floats) -> Floats:
        """Return the outcomes (6, B, links) of the attempts of a level; lagged ones are known already."""
        if not len(level.lagged):
            found = self.outcomes(attempts).take(attempts.link_kind, 2)
        else:
            found = np.empty((*lagged.shape[:2], level.links.stop - level.links.start))
            prompt = np.ones(found.shape[2], dtype=bool)
            prompt[level.lagged] = False
            found[:, :, prompt] = self.outcomes(attempts).take(attempts.link_kind, 2)
            found[:, :, level.lagged] = lagged[:, :, level.lagged_number]
        refused = self._parameters.refused[level.links]
        if refused.any():
            found[1] += (1.0 - found[1]) * refused
            found[0] += (1.0 - found[0]) * refused
        return found

    def outcomes(self, attempts: Attempts) -> Floats:
        """Return (6, B, kinds): failed, repeatable, unanswered, E[min(R, T)], its square, degraded share."""
        if not len(attempts.leg_starts):
            return np.zeros((6, len(self._accepted), 0))
        timeout = attempts.leg_timeout_s
        there = self._packed.take(attempts.leg_station, 2)
        z = np.empty((3, *there[:2].shape))
        sigma = there[2:4]
        np.divide(attempts.leg_log_timeout - there[:2], sigma, out=z[0])
        np.subtract(z[0], sigma, out=z[1])
        np.subtract(z[1], sigma, out=z[2])
        below = normal_cdf(z)
        below *= there[4:10].reshape(below.shape)
        answered, mean, square = below[:, 0] + below[:, 1]
        legs = np.empty((6, *answered.shape))
        np.multiply(answered, there[12:15], out=legs[:3])
        legs[5] = legs[2]
        unanswered = np.maximum(1.0 - there[10] - answered, 0.0, out=legs[2])
        late = unanswered * timeout
        np.add(mean + there[11], late, out=legs[3])
        np.add(square, late * timeout, out=legs[4])
        legs *= attempts.leg_weight
        kinds = np.add.reduceat(legs, attempts.leg_starts, 2)
        good = kinds[0]
        kinds[5] /= good + _TINY
        np.maximum(1.0 - good, kinds[1], out=good)
        return kinds

    def add_calls(self, level: Level, outcomes: Floats) -> None:
        """Add what the calls of one level do to their callers' time and quality; `outcomes` per link."""
        links, callers = level.links, level.callers
        failed, repeatable, _, mean, square, degraded = outcomes
        p, tries, made = self._parameters, self._attempts[:, links], self._made[:, links]
        hard = p.hard_share[links]
        lasting, _ = finally_failed(failed, repeatable, p.retries[links])
        kept = self._links[:, :, links]
        kept[:3] = outcomes[:3]
        kept[3] = lasting
        sums = np.empty((6, *failed.shape))
        call_s = np.multiply(tries, mean, out=sums[3])
        call_var = np.maximum(tries * square + self._spread_over[:, links] * (mean * mean), 0.0, out=sums[4])
        split = np.multiply(self._rare_weight[:, links], call_s * call_s, out=sums[5])
        np.multiply(made, call_s, out=sums[0])
        np.add(made * call_var, split, out=sums[1])
        sums[2] = made
        if len(level.grouped):
            parallel.merge(sums, level.grouped, level.group_starts)
        best = np.maximum(np.maximum.reduceat(split, level.link_starts, 1), _TINY)
        sums[2:] *= split >= best.take(level.link_caller, 1)
        total = np.add.reduceat(sums, level.link_starts, 2)
        self._time[:, :, callers] += total[:2]
        self._rare[:, :, callers] = total[2:]
        passed = np.empty((3, *failed.shape))
        np.multiply(hard, lasting, out=passed[0])
        np.multiply(hard, repeatable, out=passed[1])
        np.multiply(p.share[links], degraded + p.soft[links] * lasting * (1.0 - degraded), out=passed[2])
        np.subtract(1.0, passed, out=passed)
        if p.several:
            passed = np.maximum(passed, 0.0) ** p.times[links]
        self._quality[:, :, callers] *= np.multiply.reduceat(passed, level.link_starts, 2)

    def finish(self, at: slice) -> None:
        """Turn moments into distributions for the stations of one level, and pack them for their callers."""
        share, call_s, call_var, split = self._rare[:, :, at]
        here = self._packed[:, :, at]
        mean, variance = np.empty((2, 2, *share.shape))
        np.maximum(self._time[0, :, at] - share * call_s, _TIME_MIN_S, out=mean[0])
        np.maximum(self._time[1, :, at] - share * call_var - split, 0.0, out=variance[0])
        np.add(mean[0], call_s, out=mean[1])
        np.add(variance[0], call_var, out=variance[1])
        here[0:2], here[2:4] = lognormal(mean, variance)
        accepted = self._accepted[:, at]
        np.multiply(accepted, share, out=here[5])
        np.subtract(accepted, here[5], out=here[4])
        np.multiply(here[4:6], mean, out=here[6:8])
        np.multiply(here[4:6], variance + mean * mean, out=here[8:10])
        quality = self._quality[:, :, at]
        here[12] = quality[0]
        np.subtract(1.0, quality[1], out=here[13])
        np.multiply(quality[0], 1.0 - quality[2], out=here[14])

    def answers(self) -> Answers:
        """Return what the sweep found."""
        mean, variance = self._time
        share = self._rare[0]
        return Answers(
            mean_s=mean,
            variance_s2=variance,
            holding_s=mean - self._idle_s,
            location=self._packed[0:2],
            sigma=self._packed[2:4],
            branch_share=np.concatenate((1.0 - share, share)).reshape(2, *share.shape),
            accepted=self._accepted,
            fast=self._packed[10],
            good=self._quality[0],
            degraded=1.0 - self._quality[2],
            failed=self._links[0:2],
            unanswered=self._links[2],
            call_failed=self._links[3],
            lagged=self.outcomes(self._parameters.lagged_attempts).take(
                self._parameters.lagged_attempts.link_kind, 2
            ),
        )
