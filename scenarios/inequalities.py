"""What a scenario promises of its players, by what it expects: who has to do better than whom.

Pure functions of what runs came to. A scenario in which a guess does as well as an expert teaches guessing;
one that the expert cannot master teaches nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Protocol

from sim.spec import Expectation

GUESSES = ("undo-last", "restart-loudest", "scale-busiest")
MASTERED_SHARE = 0.9
"""The expert has to master so many of the seeds."""
LITTLE_SHARE = 0.05
"""Averted is what costs at most so much of what idling costs; an assumption."""
HURTING: tuple[Expectation, ...] = ("mitigate", "wait_out", "prevent")
"""Expectations under which users are hurt if nobody comes."""
HARMLESS = "nobody is hurt even if nobody comes: raise the intensity of the fault, or move it"
BAND_SEEDS = 20
"""Par is held against the expert's band from so many seeds on."""


class Run(Protocol):
    """What a run came to, as `sim.bots.runs.Run` tells it."""

    @property
    def player(self) -> str:
        """The name of the player."""

    @property
    def score(self) -> float:
        """The total, 0 to 100."""

    @property
    def mitigated(self) -> bool:
        """Whether users were hurt and recovered for good."""

    @property
    def user_min_lost(self) -> float:
        """User-minutes lost up to the horizon."""

    @property
    def acts(self) -> int:
        """How many hands-on acts were begun."""


@dataclass(frozen=True, slots=True)
class Row:
    """One player over all seeds: medians, the lowest and highest score, and the share mitigated."""

    player: str
    runs: int
    score: float
    lowest: float
    highest: float
    mitigated_share: float
    user_min_lost: float
    acts: float


@dataclass(frozen=True, slots=True)
class Band:
    """The expert's user-minutes lost: lower quartile, median, upper quartile."""

    low: float
    median: float
    high: float


Rows = Mapping[str, Row]
Runs = Sequence[Run]


def rows(runs: Runs) -> dict[str, Row]:
    """Return one row a player, in the order in which they come."""
    by_player: dict[str, list[Run]] = {}
    for run in runs:
        by_player.setdefault(run.player, []).append(run)
    return {player: _row(player, mine) for player, mine in by_player.items()}


def _row(player: str, mine: Runs) -> Row:
    scores = [run.score for run in mine]
    return Row(
        player=player,
        runs=len(mine),
        score=median(scores),
        lowest=min(scores),
        highest=max(scores),
        mitigated_share=sum(run.mitigated for run in mine) / len(mine),
        user_min_lost=median(run.user_min_lost for run in mine),
        acts=median(run.acts for run in mine),
    )


def broken(expects: Expectation, runs: Runs) -> tuple[str, ...]:
    """Return what does not hold of what the expectation asks for, in words with what to do."""
    known = rows(runs)
    if expects in HURTING and known["idle"].user_min_lost == 0.0:
        return (HARMLESS,)
    return tuple(finding for rule in ASKED[expects] for finding in rule(known, runs))


# --- rules ------------------------------------------------------------------------------------------------


def _expert_mitigates(known: Rows, runs: Runs) -> Iterator[str]:
    share = known["expert"].mitigated_share
    if share < MASTERED_SHARE:
        yield (
            f"the expert mitigates in {share:.0%} of the seeds, not in {MASTERED_SHARE:.0%}: give the "
            "cause a sign that can be seen at its place, or an act that relieves"
        )


def _expert_averts(known: Rows, runs: Runs) -> Iterator[str]:
    little = LITTLE_SHARE * known["idle"].user_min_lost
    experts = [run for run in runs if run.player == "expert"]
    share = sum(run.user_min_lost <= little for run in experts) / len(experts)
    if share < MASTERED_SHARE:
        yield (
            f"the expert averts it in {share:.0%} of the seeds, not in {MASTERED_SHARE:.0%}: let an alert "
            "or a gauge tell of it sooner, or let it grow more slowly"
        )


def _in_order(known: Rows, runs: Runs) -> Iterator[str]:
    yield from _better(known, "oracle", "expert", "make more of what knowing the answer saves")
    yield from _better(
        known, "expert", "novice", "the runbook gives the answer away, or signs mislead the expert"
    )
    for guess in GUESSES:
        yield from _better(known, "novice", guess, "a rule that is always the same should not do well here")
        yield from _better(known, guess, "idle", "a wrong but engaged play should not be worse", ties=True)
    yield from _better(known, "novice", "shotgun", "let acts that do not fit cost something")


def _prevented_in_order(known: Rows, runs: Runs) -> Iterator[str]:
    yield from _better(known, "oracle", "expert", "the plays should be at least as good", ties=True)
    for other in ("novice", *GUESSES, "shotgun", "idle"):
        yield from _better(
            known, "expert", other, "looking ahead should be worth more than waiting for users"
        )


def _restraint_wins(known: Rows, runs: Runs) -> Iterator[str]:
    for name, row in known.items():
        if name not in ("expert", "oracle", "idle") and row.acts > 0:
            yield from _better(known, "expert", name, "acting on a false alarm should cost something")
    yield from _better(known, "expert", "idle", "looking and saying so should be worth something")
    if known["expert"].acts > 0:
        yield "the expert acts although nothing has to be done: let figures show plainly that users are well"


def _waiting_wins(known: Rows, runs: Runs) -> Iterator[str]:
    for name in (*GUESSES, "shotgun"):
        if known[name].acts > 0:
            yield from _better(known, "expert", name, "acting should not do better than waiting", ties=True)


def _better(known: Rows, one: str, other: str, advice: str, *, ties: bool = False) -> Iterator[str]:
    """Yield a finding where a player is not better than another; equal scores are told apart by the loss."""
    if one not in known or other not in known:
        return
    first, second = known[one], known[other]
    better = (first.score, -first.user_min_lost) > (second.score, -second.user_min_lost)
    if not (better or (ties and first.score >= second.score)):
        yield f"{one} ({first.score:.1f}) does not do better than {other} ({second.score:.1f}): {advice}"


Rule = Callable[[Rows, Runs], Iterator[str]]

ASKED: Mapping[Expectation, tuple[Rule, ...]] = {
    "mitigate": (_expert_mitigates, _in_order),
    "integrity": (_expert_mitigates, _in_order),
    "prevent": (_expert_averts, _prevented_in_order),
    "no_action": (_restraint_wins,),
    "wait_out": (_waiting_wins,),
}
"""What each expectation asks for."""


# --- par --------------------------------------------------------------------------------------------------


def band(runs: Runs) -> Band | None:
    """Return the expert's band; None with fewer than two runs."""
    lost = [run.user_min_lost for run in runs if run.player == "expert"]
    if len(lost) < 2:
        return None
    low, middle, high = quantiles(lost, n=4, method="inclusive")
    return Band(low, middle, high)


def par_outside(par_user_min: float, runs: Runs) -> tuple[str, ...]:
    """Return that par lies outside of the expert's band, where there are seeds enough to say so."""
    measured = band(runs)
    seeds = sum(run.player == "expert" for run in runs)
    if measured is None or seeds < BAND_SEEDS or measured.low <= par_user_min <= measured.high:
        return ()
    return (
        f"par_user_min {par_user_min:,.0f} lies outside of what the expert loses in the middle half of "
        f"{seeds} seeds, {measured.low:,.0f} to {measured.high:,.0f}: "
        f"set rubric.par_user_min to {measured.median:.0f}",
    )
