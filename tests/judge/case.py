"""What judge and solver are compared on: cases, their figures, and how near is near enough."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from sim.spec import Call, Component
from tests.judge.seen import Play, Seen
from tests.world.small import component

Unit = Literal["s", "share", "number"]


@dataclass(frozen=True)
class Tolerance:
    """How far the model may be from the judge: by a share of the judge's figure, or by an amount."""

    by: float
    relative: bool = True


TIME, SHARE, RECOVERY = Tolerance(0.15), Tolerance(0.02, relative=False), Tolerance(0.20)


@dataclass(frozen=True)
class Quantity:
    """One figure of a case. `unclaimed` says why the model claims nothing for it; empty where it does."""

    name: str
    unit: Unit
    of: Callable[[Seen], float]
    tolerance: Tolerance
    unclaimed: str = ""


@dataclass(frozen=True)
class Case:
    """A play and what is compared of it; the judge plays it with SEEDS seeds."""

    id: str
    title: str
    play: Play
    quantities: tuple[Quantity, ...]


def part(name: str, *calls: Call, processors: int = 8, slots: int = 5000, **fields) -> Component:
    """Return one replica that waits patiently, does dead work, and never fails by itself."""
    patient = {"queue_max_s": 60.0, "drops_dead_work": False, "error_share": 0.0} | fields
    return component(name, *calls, processors_per_replica=processors, slots_per_replica=slots, **patient)


def times(from_s: float, to_s: float, unclaimed: str = "") -> tuple[Quantity, ...]:
    """Return mean, p50 and p95 of the response time between two moments."""
    return (
        mean("mean", from_s, to_s, unclaimed),
        percentile(0.5, from_s, to_s, unclaimed),
        percentile(0.95, from_s, to_s, unclaimed),
    )


def mean(name: str, from_s: float, to_s: float, unclaimed: str = "") -> Quantity:
    return Quantity(name, "s", lambda seen: seen.mean_s(from_s, to_s), TIME, unclaimed)


def percentile(q: float, from_s: float, to_s: float, unclaimed: str = "") -> Quantity:
    return Quantity(f"p{100 * q:.0f}", "s", lambda seen: seen.percentile_s(q, from_s, to_s), TIME, unclaimed)


def failed(name: str, from_s: float, to_s: float, unclaimed: str = "") -> Quantity:
    return Quantity(name, "share", lambda seen: seen.failed_share(from_s, to_s), SHARE, unclaimed)


def recovered(after_s: float, failed_below: float, unclaimed: str = "") -> Quantity:
    """Return how long after a moment fewer than so many requests fail, for good."""
    return Quantity(
        "time to recover", "s", lambda seen: seen.recovered_s(after_s, failed_below), RECOVERY, unclaimed
    )
