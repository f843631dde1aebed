"""What is not known about how people respond, as ranges of plausible values; a setting is one draw of all.

The ranges stand around the values of facts.md, section D, of which only the order of magnitude can be
defended. So a conclusion counts for as much as the share of settings in which it holds.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sim.oncall.load.model import Load, Part
from sim.oncall.whatif.arrivals import Demand
from sim.oncall.whatif.parameters import Delay, Response


@dataclass(frozen=True, slots=True)
class Prior:
    """A range of a parameter: uniform between its ends, on a logarithmic scale where `log`."""

    name: str
    low: float
    high: float
    log: bool
    text: str

    def at(self, share: float) -> float:
        """Return the value that a share of the range lies below."""
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share


RATE, WORK = "pages", "hands-on time"
"""Parameters that multiply the load; all others have their names from Response, or scale a time of it."""

PRIORS = (
    Prior("acknowledge at desk", 45, 180, True, "median in s, around 1.5 min"),
    Prior("acknowledge away", 120, 480, True, "median in s, around 4 min"),
    Prior("acknowledge asleep", 150, 600, True, "median in s once awake, around 5 min"),
    Prior("wakes at a ring", 0.5, 0.95, False, "probability, around 0.75"),
    Prior("sleep inertia", 0.0, 1.0, False, "none (CQU laboratory) to all (Bruck 1999, Jewett 1999)"),
    Prior("slower by lost sleep", 0.0, 0.08, False, "share per hour of sleep debt"),
    Prior("minutes to fall asleep", 5, 60, True, "from the end of work to sleep"),
    Prior("help", 0.5, 1.0, False, "time with a helper over time without"),
    Prior("minutes to brief", 2, 30, True, "work that a hand-over adds"),
    Prior(RATE, 0.5, 2.0, True, "factor on the number of pages"),
    Prior(WORK, 0.5, 2.0, True, "factor on the time that work takes"),
)
_OWN = 1.2
"""With a history of the team, load and times to acknowledge are known to a factor of this: an assumption."""
_TAKEN_OVER = 2.0
"""Times to acknowledge that a load has from elsewhere are known so well: as those of PRIORS."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One plausible world: how people respond, and by how much the load differs."""

    how: Response
    rate: float = 1.0
    work: float = 1.0

    def demand(self, known: Demand) -> Demand:
        """Return the load in this world."""
        return replace(
            known,
            begins_per_hour=known.begins_per_hour * self.rate,
            work_factor=known.work_factor * self.work,
        )


def response_of(load: Load) -> Response:
    """Return how people respond: by the load's own times where it has them, else by those of facts.md."""
    own = load.acknowledge
    if own is None:
        return Response()
    return Response(
        desk=_delay(own.desk),
        away=_delay(own.away),
        asleep=_delay(own.asleep),
        longest_s=24 * 3600.0,
        wakes=1.0,
    )


def _delay(parts: tuple[Part, ...]) -> Delay:
    first, last = parts[0], parts[-1]
    slow = last.share if len(parts) > 1 else 0.0
    return Delay(first.median * 60, first.sigma, slow, last.median * 60, last.sigma)


def priors_of(load: Load) -> tuple[Prior, ...]:
    """Return the ranges for a load: narrow for what its history tells."""
    found, central = [], response_of(load)
    measured = any(name.startswith("acknowledge") for name in load.measured)
    for prior in PRIORS:
        if prior.name == "wakes at a ring" and load.acknowledge is not None:
            continue
        if prior.name.startswith("acknowledge") and load.acknowledge is not None:
            median = getattr(central, prior.name.rsplit(" ", 1)[1]).median_s
            own = prior.name in load.measured or not measured
            factor, text = (_OWN, "of the history") if own else (_TAKEN_OVER, "taken over: too few are known")
            prior = replace(prior, low=median / factor, high=median * factor, text=f"median in s, {text}")  # noqa: PLW2901
        elif prior.name in load.measured or (prior.name == RATE and not load.assumptions):
            prior = replace(prior, low=1 / _OWN, high=_OWN)  # noqa: PLW2901
        found.append(prior)
    return tuple(found)


def settings(load: Load, count: int, seed: int) -> Iterator[tuple[Setting, tuple[float, ...]]]:
    """Yield settings with the values of their parameters, in the order of `priors_of`.

    A Latin hypercube (McKay, Beckman and Conover 1979): each parameter takes a value from each of `count`
    equal parts of its range.
    """
    priors, central = priors_of(load), response_of(load)
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence((seed, 0x5E77))))
    shares = [(random.permutation(count) + random.random(count)) / count for _ in priors]
    for number in range(count):
        values = {prior.name: prior.at(float(row[number])) for prior, row in zip(priors, shares, strict=True)}
        yield _setting(central, values), tuple(values.values())


def parameters(load: Load, count: int, seed: int) -> NDArray[np.float64]:
    """Return the values of all parameters in so many settings: (settings, priors)."""
    return np.array([values for _, values in settings(load, count, seed)])


def _setting(central: Response, values: dict[str, float]) -> Setting:
    how = central._replace(
        desk=central.desk.times(values["acknowledge at desk"] / central.desk.median_s),
        away=central.away.times(values["acknowledge away"] / central.away.median_s),
        asleep=central.asleep.times(values["acknowledge asleep"] / central.asleep.median_s),
        wakes=values.get("wakes at a ring", central.wakes),
        inertia=values["sleep inertia"],
        slower_per_hour=values["slower by lost sleep"],
        settle_ms=values["minutes to fall asleep"] * 60_000,
        help_factor=values["help"],
        brief_ms=values["minutes to brief"] * 60_000,
    )
    return Setting(how, values[RATE], values[WORK])
