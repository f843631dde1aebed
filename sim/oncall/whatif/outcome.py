"""What `rotation simulate` finds: sums over years with what is thought most likely, and a range over
settings."""

from dataclasses import dataclass, replace

import numpy as np

from sim.oncall.load.model import Load
from sim.oncall.whatif.arrivals import demand
from sim.oncall.whatif.figures import FIGURES, NAMES, PILES_UP, Figure, Floats
from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.priors import priors_of, settings
from sim.oncall.whatif.run import Job, Mapping, play
from sim.oncall.whatif.table import WEEKS, Table
from sim.oncall.whatif.totals import Totals

SETTINGS = 40
YEARS_EACH = 2
_FIRST = 1_000_000
"""The years of settings are other years than those of the means."""
_NORMAL_90, _NORMAL_99 = 1.645, 2.576
WORTH_NAMING = 0.05
"""Differences below this share of a figure are none: an assumption."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A policy under a load: its years, and plausible settings.

    `plausible` are the means of the settings (settings, figures), `parameters` (settings, priors).
    """

    policy: str
    weeks: tuple[str, ...]
    """Which weeks are played, in words."""
    table: Table
    load: Load
    seed: int
    sums: Totals
    plausible: Floats
    parameters: Floats

    def of_years(self, figure: Figure) -> tuple[float, float]:
        """Return between what nine of ten single years lie; normal around the mean, cut at 0."""
        place = figure.place
        mean, spread = self.sums.means[place], self.sums.deviations[place]
        if not np.isfinite(mean) or not np.isfinite(spread):
            return float(mean), float(mean)
        return max(0.0, float(mean - _NORMAL_90 * spread)), float(mean + _NORMAL_90 * spread)

    def of_settings(self, figure: Figure) -> tuple[float, float]:
        """Return between what nine of ten plausible settings lie."""
        return spread_of(self.plausible[:, figure.place])

    @property
    def piling_up(self) -> tuple[float, float]:
        """Return the share of the years in which work piles up, and of the settings in which it does."""
        place = NAMES.index(PILES_UP)
        return float(self.sums.means[place]) / 100, piling_up(self.plausible)

    def breaks(self, goal: Goal) -> float:
        """Return the share of plausible settings in which a limit is broken."""
        return float((self.plausible[:, goal.place] > goal.limit).mean())

    @property
    def shown(self) -> tuple[Figure, ...]:
        """Return the figures that say something about this policy; pay in its currency."""
        pay = self.table.pay
        return tuple(
            replace(figure, unit=pay.currency) if pay and figure.name == "cost per week" else figure
            for figure in FIGURES
            if pay is not None or figure.name != "cost per week"
        )

    @property
    def carried(self) -> Floats:
        """Return what each person carries in a week, as `Year.carried`."""
        per_week: Floats = self.sums.carried / (self.sums.years * WEEKS)
        return per_week


@dataclass(frozen=True, slots=True)
class Moved:
    """How an assumption moves a figure: its middle over the settings in the lower half of the assumption's
    range, and in the upper."""

    parameter: str
    low: float
    high: float


def moved(outcome: Outcome, figure: Figure) -> tuple[Moved, ...]:
    """Return the assumptions that move a figure by more than chance and than is worth naming, the most first.

    By rank correlation over the settings: without any, one in a hundred would be so large (Spearman 1904; its
    standard deviation is 1 / sqrt(n - 1)).
    """
    means = outcome.plausible[:, figure.place]
    middle = _middle(means)
    found: list[tuple[float, Moved]] = []
    for place, prior in enumerate(priors_of(outcome.load)):
        values = outcome.parameters[:, place]
        upper = values > np.median(values)
        one = Moved(prior.name, _middle(means[~upper]), _middle(means[upper]))
        alike = np.isfinite(middle) and abs(one.high - one.low) <= WORTH_NAMING * middle
        if one.low == one.high or alike:
            continue
        strength = abs(np.corrcoef(_ranks(values), _ranks(means))[0, 1])
        if strength > _NORMAL_99 / (len(means) - 1) ** 0.5:
            found.append((strength, one))
    return tuple(one for _, one in sorted(found, key=lambda pair: -pair[0]))


def _ranks(values: Floats) -> Floats:
    """Return the mean of the places that each has in order."""
    ordered = np.sort(values)
    below, upto = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    ranks: Floats = (below + upto) / 2
    return ranks


def _middle(means: Floats) -> float:
    """Return the one in the middle; of two the lower, as the upper may be endless."""
    return float(np.sort(means)[(len(means) - 1) // 2])


def piling_up(means: Floats) -> float:
    """Return the share of settings in which work piles up; `means` are (settings, figures)."""
    return float((means[:, NAMES.index(PILES_UP)] > 0).mean())


def spread_of(values: Floats) -> tuple[float, float]:
    """Return the 5th and the 95th percentile; values may be infinite."""
    ordered = np.sort(values)
    last = len(ordered) - 1
    return float(ordered[round(0.05 * last)]), float(ordered[round(0.95 * last)])


def plausible(table: Table, load: Load, seed: int, mapping: Mapping, count: int = SETTINGS) -> Floats:
    """Return the means of the figures in each of so many plausible settings."""
    known = demand(load, table)
    some = [
        Job(table, setting.demand(known), setting.how, seed, first, first + YEARS_EACH)
        for number, (setting, _) in enumerate(settings(load, count, seed))
        for first in [_FIRST + number * YEARS_EACH]
    ]
    return np.array([sums.means for sums in mapping(play, some)])
