"""What each class of client meets on a journey, as measured at the door."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from sim.events import SAMPLE_MS
from sim.streams import normal
from sim.world.flow import Flow
from sim.world.topology import Topology

_SAMPLE_S = SAMPLE_MS / 1000.0


@dataclass(frozen=True, slots=True)
class Met:
    """What one class of client met on a journey: requests/s, and disjoint shares of them; NaN without any."""

    rps: float
    failed: float
    slow: float
    degraded: float

    @property
    def good(self) -> float:
        """The share that was neither failed nor slow nor degraded."""
        return max(0.0, 1.0 - self.failed - self.slow - self.degraded)


def met(topology: Topology, flows: Sequence[tuple[int, Flow]], journey: str, seed: int) -> dict[str, Met]:
    """Return what each class of client met over these samples, (time, flow).

    Counts of 15 s have the noise of counting, which belongs to the class, the journey and the sample.
    """
    found = {}
    for index, stream in enumerate(topology.streams):
        if stream.journey != journey or not flows:
            continue
        samples = [_sample(flow, index, f"{stream.client}|{journey}", seed, t_ms) for t_ms, flow in flows]
        requests = [sample[0] for sample in samples]
        total = sum(requests)
        failed, slow, degraded = (
            sum(n * s[place] for n, s in zip(requests, samples, strict=True)) / total
            if total
            else float("nan")
            for place in (1, 2, 3)
        )
        found[stream.client] = Met(total / len(flows) / _SAMPLE_S, failed, slow, degraded)
    return found


def _sample(flow: Flow, stream: int, key: str, seed: int, t_ms: int) -> tuple[float, float, float, float]:
    """Return requests and the failed, slow and degraded share of them, as counted."""
    k = t_ms // SAMPLE_MS
    true = float(flow.stream_offered_rps[0, stream]) * _SAMPLE_S
    requests = max(0.0, true + sqrt(true) * normal(seed, "client requests", key, k))
    shares = (flow.stream_failed_share, flow.stream_slow_share, flow.stream_degraded_share)
    left, counted = 1.0, []
    for name, share in zip(("failed", "slow", "degraded"), shares, strict=True):
        p = float(share[0, stream])
        noise = sqrt(p * (1.0 - p) / max(requests, 1.0)) * normal(seed, f"client {name}", key, k)
        counted.append(min(left, max(0.0, p + noise)))
        left -= counted[-1]
    return requests, counted[0], counted[1], counted[2]
