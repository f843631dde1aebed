"""Stated scope against the truth: which journeys, and how many users."""

from dataclasses import dataclass

from scoring.case import Case
from scoring.record import cite, having
from scoring.rubric import HURT_SHARE_ALLOWED, HURT_SHARE_NAMED
from scoring.scorecard import Evidence
from sim.events import ScopeStated


@dataclass(frozen=True, slots=True)
class JourneyScope:
    """The last statement of scope against the journeys that were hurt."""

    stated: Evidence | None
    named: tuple[str, ...]
    to_name: tuple[str, ...]
    wrong: tuple[str, ...]

    @property
    def credit(self) -> float:
        """Share of the journeys to name that were named, less the share of named ones that were not hurt."""
        if not self.named:
            return 0.0
        hit = len(set(self.named) & set(self.to_name)) / len(self.to_name)
        return hit * (1 - len(self.wrong) / len(self.named))


def journey_scope(case: Case) -> JourneyScope | None:
    """Return the stated scope by journey; None where no journey was hurt enough to name."""
    hurt = case.impact.journeys
    allowed = {journey for journey, bad in hurt.items() if bad >= HURT_SHARE_ALLOWED}
    to_name = {journey for journey, bad in hurt.items() if bad >= HURT_SHARE_NAMED} or allowed
    if not to_name:
        return None
    statements = having(case.journal, ScopeStated)
    if not statements:
        return JourneyScope(None, (), tuple(sorted(to_name)), ())
    record, event = statements[-1]
    named = tuple(dict.fromkeys(event.journeys))
    stated = cite(record, f"affects {', '.join(named)}")
    return JourneyScope(stated, named, tuple(sorted(to_name)), tuple(n for n in named if n not in allowed))


@dataclass(frozen=True, slots=True)
class UsersEstimate:
    """The last stated share of users, and how many times too high or too low it was (1 is right)."""

    stated: Evidence
    users_share: float
    factor: float | None


def users_estimate(case: Case) -> UsersEstimate | None:
    """Return the last stated share of users; None where none was stated.

    It is compared with the share hurt at that time and with the highest until then; the nearer one counts.
    """
    statements = [pair for pair in having(case.journal, ScopeStated) if pair[1].users_share is not None]
    if not statements:
        return None
    record, event = statements[-1]
    share = event.users_share or 0.0
    sample = case.impact.sample_at(record.t_ms)
    then = sample[1].users_hurt_share if sample else 0.0
    true_shares = [s for s in (then, case.impact.highest_users_share(record.t_ms)) if s > 0]
    factors = [max(share / true, true / share) for true in true_shares if share > 0]
    return UsersEstimate(cite(record, f"affects {share:.0%} of users"), share, min(factors, default=None))
