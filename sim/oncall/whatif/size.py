"""The smallest team that keeps its goals, and of its parameters those that keep them in the most settings."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from sim.oncall.load.model import Load
from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.turns import Unit
from sim.oncall.whatif.figures import NAMES, PILES_UP, Floats
from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.outcome import piling_up, plausible
from sim.oncall.whatif.resize import with_minutes, with_people, with_turns
from sim.oncall.whatif.run import Mapping
from sim.oncall.whatif.table import compiled

CONFIDENCE = 0.8
"""A goal is kept where it is in this share of plausible settings: an assumption."""


@dataclass(frozen=True, slots=True)
class Variant:
    """A size and the parameters that were tried with it; None: as the policy has it."""

    people: int
    minutes: int | None = None
    every: Unit | None = None

    def of(self, policy: RotationPolicy) -> RotationPolicy:
        """Return the policy changed so. Raises ValueError where that cannot be."""
        changed = with_people(policy, self.people)
        if self.minutes is not None:
            changed = with_minutes(changed, self.minutes)
        return changed if self.every is None else with_turns(changed, self.every)

    def __str__(self) -> str:
        minutes = f", {self.minutes} min to escalate" if self.minutes is not None else ""
        turns = f", {self.every} turns" if self.every is not None else ""
        return f"{self.people} {'person' if self.people == 1 else 'people'}{minutes}{turns}"


@dataclass(frozen=True, slots=True)
class Tried:
    """A variant with the share of settings that keep each goal, and all of them."""

    variant: Variant
    kept: tuple[float, ...]
    all_kept: float
    medians: tuple[float, ...]
    piling_up: float
    """The share of settings in which work piles up; no goal is kept there."""


def kept(means: Floats, goals: Sequence[Goal]) -> tuple[tuple[float, ...], float]:
    """Return in what share of settings each goal is kept, and all at once; `means` are (settings,
    figures)."""
    steady = means[:, NAMES.index(PILES_UP)] == 0
    each = [steady & (means[:, goal.place] <= goal.limit) for goal in goals]
    whole = each[0]
    for one in each[1:]:
        whole = whole & one
    return tuple(float(one.mean()) for one in each), float(whole.mean())


def search(
    policy: RotationPolicy,
    load: Load,
    goals: Sequence[Goal],
    sizes: Sequence[int],
    minutes: Sequence[int | None],
    turns: Sequence[Unit | None],
    seed: int,
    mapping: Mapping,
    start: datetime,
) -> tuple[Tried, ...]:
    """Return what was tried: from the smallest team up to the first that keeps all goals with some
    parameters.

    Sizes that the policy cannot have are left out. Raises ValueError where it can have none of them.
    """
    tried: list[Tried] = []
    problem: ValueError | None = None
    for people in sizes:
        for wait, every in product(minutes, turns):
            variant = Variant(people, wait, every)
            try:
                changed = variant.of(policy)
            except ValueError as found:
                problem = found
                continue
            means = plausible(compiled(changed, start), load, seed, mapping)
            tried.append(Tried(variant, *kept(means, goals), _middle(means, goals), piling_up(means)))
        if any(one.all_kept >= CONFIDENCE for one in tried):
            break
    if not tried and problem is not None:
        raise problem
    return tuple(tried)


def _middle(means: Floats, goals: Sequence[Goal]) -> tuple[float, ...]:
    """Return the figure of each goal in the middle of the settings."""
    return tuple(float(sorted(means[:, goal.place])[len(means) // 2]) for goal in goals)


def best(tried: Sequence[Tried]) -> Tried | None:
    """Return the smallest that keeps all goals, of those the one that does in the most settings; None: none
    does."""
    enough = [one for one in tried if one.all_kept >= CONFIDENCE]
    return min(enough, key=lambda one: (one.variant.people, -one.all_kept), default=None)
