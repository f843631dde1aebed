"""Policies against each other: the same alerts, the same luck, in many plausible settings.

In each setting the years of two policies are paired, so that chance falls on both alike. What counts is in
how many settings one is better: how much better rests on numbers that nobody knows well.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from sim.oncall.load.model import Load
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif.arrivals import demand
from sim.oncall.whatif.figures import FIGURES, NAMES, Figure, Floats
from sim.oncall.whatif.outcome import WORTH_NAMING, spread_of
from sim.oncall.whatif.played_weeks import played_weeks
from sim.oncall.whatif.priors import priors_of, settings
from sim.oncall.whatif.run import Job, Mapping, values
from sim.oncall.whatif.table import compiled, year_of
from sim.oncall.whatif.totals import student

Verdict = Literal["better", "worse", "same", "open"]

NOISIEST = 5
FEWEST_SETTINGS = 10
"""From fewer no share of settings is told."""
SIGN_TEST = 6
"""Six of a kind come by chance once in 32 times, whatever the kind."""
SURE = 0.8
"""A verdict holds where it does in this share of settings: an assumption."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Arms under a load; the last arm is the first policy with its five noisiest rules fixed.

    `means` are (arms, settings, figures), `parameters` (settings, priors). `signs` have the shape of means:
    -1 where an arm's figure is less than the first's by more than chance and is worth naming, 1 more, 0 none,
    nan where it cannot be told.
    """

    arms: tuple[str, ...]
    load: Load
    seed: int
    years: int
    weeks: tuple[str, ...]
    """Which weeks are played, in words."""
    means: Floats
    signs: Floats
    parameters: Floats

    @property
    def settings(self) -> int:
        """Return how many there are."""
        return int(self.means.shape[1])

    def median(self, arm: int, figure: Figure) -> float:
        """Return an arm's figure in the middle of all settings."""
        return float(np.median(self.means[arm, :, figure.place]))

    def difference(self, arm: int, figure: Figure) -> tuple[float, float]:
        """Return between what an arm's figure less the first's lies in nine of ten settings."""
        place = figure.place
        return spread_of(_less(self.means[arm, :, place], self.means[0, :, place]))

    def shares(self, arm: int, figure: Figure) -> tuple[float, float]:
        """Return in what share of settings an arm is better than the first, and worse."""
        signs = self.signs[arm, :, figure.place]
        return float((signs < 0).mean()), float((signs > 0).mean())

    def verdict(self, arm: int, figure: Figure) -> Verdict:
        """Return what can be said of an arm against the first."""
        return verdict(self.signs[arm, :, figure.place])


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How a verdict depends on an assumption: the share of settings in which an arm is better and worse,
    where the parameter is in the lower and in the upper half of its range.
    """

    parameter: str
    low: tuple[float, float]
    high: tuple[float, float]
    moves: bool
    """Whether the verdict of a half is another than that of all."""


def verdict(signs: Floats) -> Verdict:
    """Return the verdict of settings."""
    if (signs < 0).mean() >= SURE:
        return "better"
    if (signs > 0).mean() >= SURE:
        return "worse"
    return "same" if (signs == 0).mean() >= SURE else "open"


def sensitivity(of: Comparison, arm: int, figure: Figure) -> tuple[Sensitivity, ...]:
    """Return how the verdict on a figure depends on each assumption, what moves it most first."""
    signs, whole = of.signs[arm, :, figure.place], of.verdict(arm, figure)
    found = []
    for place, prior in enumerate(priors_of(of.load)):
        upper = of.parameters[:, place] > np.median(of.parameters[:, place])
        low, high = signs[~upper], signs[upper]
        moves = verdict(low) != whole or verdict(high) != whole
        found.append(Sensitivity(prior.name, _shares(low), _shares(high), moves))
    return tuple(sorted(found, key=lambda one: (not one.moves, -abs(one.low[0] - one.high[0]))))


def compare(
    policies: Sequence[RotationPolicy],
    load: Load,
    seed: int,
    mapping: Mapping,
    count: int,
    years: int,
    begins: datetime | None = None,
) -> Comparison:
    """Return policies compared with the first of them, in `count` settings of so many years each.

    Ctrl-C ends it with the settings that there are, if these are enough to say anything.
    """
    start = year_of(policies, begins)
    tables = [compiled(policy, start) for policy in policies]
    known = demand(load, tables[0])  # the same alerts for all, also where policies name other zones
    arms = [
        *((table, known) for table in tables),
        (tables[0], demand(load, tables[0], load.noisiest(NOISIEST))),
    ]
    drawn = list(settings(load, count, seed))
    jobs = [
        Job(table, setting.demand(wanted), setting.how, seed, number * years, (number + 1) * years)
        for number, (setting, _) in enumerate(drawn)
        for table, wanted in arms
    ]
    each = _until_stopped(mapping(values, jobs), FEWEST_SETTINGS * len(arms))
    whole = len(each) // len(arms)
    found = np.array(each[: whole * len(arms)]).reshape(whole, len(arms), years, len(FIGURES))
    found = found.transpose(1, 0, 2, 3)
    notes = played_weeks(policies, start)
    if len({policy.pay and policy.pay.currency for policy in policies}) > 1:
        found[..., NAMES.index("cost per week")] = 0.0
        notes += ("cost is not compared, as not all policies pay in one currency",)
    return Comparison(
        arms=(
            *(policy.policy for policy in policies),
            f"{policies[0].policy}, {NOISIEST} noisiest rules fixed",
        ),
        load=load,
        seed=seed,
        years=years,
        weeks=notes,
        means=found.mean(axis=2),
        signs=np.array([_signs(arm, found[0]) for arm in found]),
        parameters=np.array([parameters for _, parameters in drawn[:whole]]),
    )


def _until_stopped(played: Iterator[Floats], fewest: int) -> list[Floats]:
    """Return all that is played until it is over or Ctrl-C, which goes on where there are too few."""
    found: list[Floats] = []
    try:
        found.extend(played)
    except KeyboardInterrupt:
        if len(found) < fewest:
            raise
    return found


def _signs(arm: Floats, first: Floats) -> Floats:
    """Return the signs of the paired differences of (settings, years, figures) that are more than chance.

    Where one is endless in all years and the other in none, that is no chance, nor in as many years as the
    sign test needs. In fewer it may be; then nothing is known: nan, neither a difference nor none.
    """
    apart = _less(arm, first)
    count, finite = apart.shape[1], np.isfinite(apart)
    known = np.where(finite, apart, 0.0)
    mean, error = known.mean(axis=1), known.std(axis=1, ddof=1) / count**0.5
    size = np.where(np.isfinite(first), np.abs(first), 0.0).mean(axis=1)
    named = (np.abs(mean) > WORTH_NAMING * size) & (np.abs(mean) > student(count - 1) * error)
    more, less = (apart == np.inf).sum(axis=1), (apart == -np.inf).sum(axis=1)
    endless = np.maximum(more, less)
    sure = (np.minimum(more, less) == 0) & ((endless == count) | (endless >= SIGN_TEST))
    by_end = np.where(sure, np.sign(more - less), np.nan)
    signs: Floats = np.where(finite.all(axis=1), np.sign(mean) * named, by_end)
    return signs


def _less(one: Floats, other: Floats) -> Floats:
    """Return a difference, in which never less never is nothing."""
    with np.errstate(invalid="ignore"):
        apart: Floats = one - other
    return np.where(np.isnan(apart), 0.0, apart)


def _shares(signs: Floats) -> tuple[float, float]:
    return float((signs < 0).mean()), float((signs > 0).mean())
