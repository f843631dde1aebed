"""Impact: who is hurt how much, measured every 15 s, and when it began, ended and came back.

A pure state machine: `measure` takes the state and one sample of the flow and returns the next state, the
measurement and the transitions. Streams are the (client, journey) pairs of the world's demand.

Shares are counted against the demand of the undisturbed world, so users who were blocked, drained or
turned away count as failed. What goes wrong in the undisturbed world as well is nobody's impact. Objectives
and severity are the policy's and the world's; the constants below are assumptions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import TypeAdapter

from sim.events import (
    SAMPLE_MS,
    Event,
    ImpactMeasured,
    ImpactMitigated,
    ImpactRelapsed,
    ImpactStarted,
    JourneyImpact,
)
from sim.spec import Policy, Severity, World

Floats = NDArray[np.float64]

FLOOR_SHARE = 0.01
"""Below this bad share of a stream nobody is counted as hurt, above it only what exceeds it: errors and slow
answers of an ordinary day are not impact. Where the undisturbed twin has more, that is the floor."""

SLOW_WEIGHT = 0.5
DEGRADED_WEIGHT = 0.2
"""What a slow and a degraded minute of a user count, next to 1 for a failed one. For severity and the share
of users hurt a slow answer counts like a failed one, a degraded one by its weight."""

BREACH_HOLD_MS = 120_000
"""A journey leaves its breach when it has met its objective for this long."""

MITIGATED_HOLD_MS = 300_000
"""The incident is mitigated when every journey it hurt has met its objective for this long."""

_BREACH_OF, _BREACH_SAMPLES = 2, 3
_MINUTES_PER_SAMPLE = SAMPLE_MS / 60_000
_LEVELS: tuple[Severity, ...] = ("P4", "P3", "P2", "P1")

_IMPACTS = TypeAdapter(tuple[JourneyImpact, ...])

Phase = Literal["quiet", "hurting", "mitigated"]


@dataclass(frozen=True, slots=True)
class ImpactSample:
    """What flowed at one moment, one value a stream.

    `failed`, `slow` and `degraded` are disjoint shares of `offered_rps`. `ordinary` are the same three shares
    (3, streams) in the undisturbed twin, None where nothing goes wrong there. `late` is the share of what was
    neither failed nor slow by then and came too late out of a queue: it is slow as well. None is none.
    """

    t_ms: int
    undisturbed_rps: Floats
    offered_rps: Floats
    failed: Floats
    slow: Floats
    degraded: Floats
    ordinary: Floats | None = None
    late: Floats | None = None


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What impact is measured with: everything about streams, journeys and policy that does not change.

    `journey_of` is the index of each stream's journey. Arrays over streams: `users_per_rps` is active users
    per request/s, `requests` those of one user in a sample, `renewed` the share of sessions that end in one.
    """

    streams: tuple[tuple[str, str], ...]
    journeys: tuple[str, ...]
    journey_of: NDArray[np.intp]
    users_per_rps: Floats
    requests: Floats
    renewed: Floats
    slo: Floats
    margin: Floats
    critical: NDArray[np.bool_]
    policy: Policy


@dataclass(frozen=True, slots=True)
class JourneyState:
    """How one journey stands against its objective.

    `recent` says of the last samples whether each was out of it by more than the margin; `met_since_ms` is
    the begin of the present hold, None while it is not met; `hurt` whether this incident ever breached it.
    """

    recent: tuple[bool, ...] = ()
    breached: bool = False
    hurt: bool = False
    met_since_ms: int | None = None


@dataclass(frozen=True, slots=True)
class ImpactState:
    """All that impact remembers between two samples.

    `unhurt` is, by stream, the share of the sessions now active that nothing bad has happened to. `levels`
    are the severities of the last samples as numbers, 0 for none; `level` is the sustained one.
    """

    unhurt: Floats
    journeys: tuple[JourneyState, ...]
    levels: tuple[int, ...] = ()
    level: int = 0
    users_affected: float = 0.0
    user_min_lost: float = 0.0
    phase: Phase = "quiet"

    @property
    def severity(self) -> Severity | None:
        """The sustained severity; None while there is no impact to speak of."""
        return _severity(self.level)


def yardstick(world: World, policy: Policy, streams: Sequence[tuple[str, str]]) -> Yardstick:
    """Return what to measure these (client, journey) streams with.

    Raises KeyError where a stream's journey does not exist.
    """
    specs = {journey.id: journey for journey in world.journeys}
    journeys = tuple(dict.fromkeys(journey for _, journey in streams))
    per_min = np.array([specs[journey].requests_per_user_min for _, journey in streams], dtype=np.float64)
    session = np.array([specs[journey].requests_per_session for _, journey in streams], dtype=np.float64)
    requests = per_min * _MINUTES_PER_SAMPLE
    return Yardstick(
        streams=tuple(streams),
        journeys=journeys,
        journey_of=np.array([journeys.index(journey) for _, journey in streams], dtype=np.intp),
        users_per_rps=60.0 / per_min,
        requests=requests,
        renewed=np.minimum(1.0, requests / session),
        slo=np.array([specs[journey].slo_good_share for journey in journeys], dtype=np.float64),
        margin=np.array([specs[journey].slo_margin for journey in journeys], dtype=np.float64),
        critical=np.array([specs[journey].critical for journey in journeys], dtype=np.bool_),
        policy=policy,
    )


def begin(by: Yardstick) -> ImpactState:
    """Return the state before the first sample: nobody hurt."""
    return ImpactState(np.ones(len(by.streams)), tuple(JourneyState() for _ in by.journeys))


def measure(
    by: Yardstick, state: ImpactState, sample: ImpactSample
) -> tuple[ImpactState, ImpactMeasured, tuple[Event, ...]]:
    """Return the next state, the measurement and what changed: started, mitigated or relapsed.

    Samples come every `SAMPLE_MS`. The measurement is returned also when nobody is hurt (`hurt` is empty).
    """
    failed, slow, degraded = _of_undisturbed(sample)
    ordinary = np.zeros((3, len(by.streams))) if sample.ordinary is None else sample.ordinary
    good = 1.0 - _by_journey(by, failed + slow, sample.undisturbed_rps)
    usual = 1.0 - _by_journey(by, ordinary[0] + ordinary[1], sample.undisturbed_rps)
    failed, slow, degraded = _above_floor((failed, slow, degraded), ordinary.sum(axis=0))
    users = sample.undisturbed_rps * by.users_per_rps
    unhurt, newly = _touched(by, state.unhurt, failed + slow + degraded)
    lost = users * (failed + SLOW_WEIGHT * slow + DEGRADED_WEIGHT * degraded) * _MINUTES_PER_SAMPLE
    hurt_share = failed + slow + DEGRADED_WEIGHT * degraded
    users_hurt_share = float((users * hurt_share).sum() / max(users.sum(), 1e-9))
    journey_bad = _by_journey(by, hurt_share, sample.undisturbed_rps)[by.critical]
    level = _level(by.policy, users_hurt_share, float(journey_bad.max(initial=0.0)))
    levels = (*state.levels, level)[-_sustained_samples(by.policy) :]
    after = replace(
        state,
        unhurt=unhurt,
        levels=levels,
        level=_sustained(by.policy, levels, state.level),
        users_affected=state.users_affected + float((users * newly).sum()),
        user_min_lost=state.user_min_lost + float(lost.sum()),
    )
    objective = np.where(usual < by.slo, usual - by.margin, by.slo)
    after, changed = _follow(by, after, good, objective, sample.t_ms)
    hurt = _hurt(by, failed, slow, degraded, users)
    return after, _measured(after, hurt, users_hurt_share), changed


def _of_undisturbed(sample: ImpactSample) -> tuple[Floats, Floats, Floats]:
    """Return failed, slow and degraded as shares of undisturbed demand; demand that is missing has failed."""
    undisturbed = sample.undisturbed_rps
    ratio = np.divide(sample.offered_rps, undisturbed, out=np.ones_like(undisturbed), where=undisturbed > 0.0)
    flowing = np.minimum(1.0, ratio)
    late = np.zeros_like(undisturbed) if sample.late is None else sample.late
    slow = sample.slow + (1.0 - sample.failed - sample.slow) * late
    degraded = sample.degraded * (1.0 - late)
    return 1.0 - flowing + flowing * sample.failed, flowing * slow, flowing * degraded


def _above_floor(
    shares: tuple[Floats, Floats, Floats], ordinary_bad: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the shares with the ordinary day's taken out, each cut by the same factor; 1 stays 1."""
    failed, slow, degraded = shares
    bad = failed + slow + degraded
    floor = np.maximum(FLOOR_SHARE, ordinary_bad)
    excess = np.divide(bad - floor, 1.0 - floor, out=np.zeros_like(bad), where=(bad > floor) & (floor < 1.0))
    kept = np.divide(excess, bad, out=np.zeros_like(bad), where=bad > 0.0)
    return failed * kept, slow * kept, degraded * kept


def _touched(by: Yardstick, unhurt: Floats, bad: Floats) -> tuple[Floats, Floats]:
    """Return the share of sessions still unhurt, and the share that was hurt for the first time.

    A session lasts requests_per_session / requests_per_user_min on average; in each sample the share
    `renewed` of them ends and is replaced by unhurt ones. Each request is bad with the chance `bad`, so n
    requests come through with (1 − bad)^n. Somebody who comes back for another session counts again.
    """
    through = (1.0 - np.clip(bad, 0.0, 1.0)) ** by.requests
    newly = unhurt * (1.0 - through)
    return unhurt * through * (1.0 - by.renewed) + by.renewed, newly


def _by_journey(by: Yardstick, share: Floats, weight: Floats) -> Floats:
    """Return the mean share of each journey over its streams, weighted by demand; 0 where there is none."""
    size = len(by.journeys)
    total = np.bincount(by.journey_of, weights=weight, minlength=size)
    part = np.bincount(by.journey_of, weights=weight * share, minlength=size)
    return np.divide(part, total, out=np.zeros(size), where=total > 0.0)


def _level(policy: Policy, users_hurt_share: float, journey_bad_share: float) -> int:
    """Return the severity of one sample by the policy's table as a number: 4 for P1, 0 for none."""
    reached = (
        _LEVELS.index(row.severity) + 1
        for row in policy.impact
        if users_hurt_share >= row.users_hurt_share or journey_bad_share >= row.journey_bad_share
    )
    return max(reached, default=0)


def _severity(level: int) -> Severity | None:
    return _LEVELS[level - 1] if level else None


def _sustained_samples(policy: Policy) -> int:
    return max(1, policy.sustained_s * 1000 // SAMPLE_MS)


def _sustained(policy: Policy, levels: tuple[int, ...], level: int) -> int:
    """Return the level kept within what held all the time: at least the weakest, at most the strongest."""
    weakest = min(levels) if len(levels) == _sustained_samples(policy) else 0
    return min(max(level, weakest), max(levels))


def _follow(
    by: Yardstick, state: ImpactState, good: Floats, objective: Floats, t_ms: int
) -> tuple[ImpactState, tuple[Event, ...]]:
    """Return the state with every journey held against its objective, and the transitions of the incident."""
    journeys = tuple(
        _judged(journey, float(share), float(slo), float(margin), t_ms)
        for journey, share, slo, margin in zip(state.journeys, good, objective, by.margin, strict=True)
    )
    entered = [
        name
        for name, before, now in zip(by.journeys, state.journeys, journeys, strict=True)
        if now.breached and not before.breached
    ]
    after = replace(state, journeys=journeys)
    if entered and state.phase == "quiet":
        return replace(after, phase="hurting"), (ImpactStarted(journey=entered[0]),)
    if entered and state.phase == "mitigated":
        return replace(after, phase="hurting"), (ImpactRelapsed(journey=entered[0]),)
    since_ms = _met_since_ms(journeys)
    if state.phase == "hurting" and since_ms is not None and t_ms - since_ms >= MITIGATED_HOLD_MS:
        return replace(after, phase="mitigated"), (ImpactMitigated(since_ms=since_ms),)
    return after, ()


def _judged(journey: JourneyState, good: float, slo: float, margin: float, t_ms: int) -> JourneyState:
    """Return a journey after one more sample.

    It enters its breach when two of three samples are below the objective minus the margin, and leaves it
    when it has met the objective for `BREACH_HOLD_MS`.
    """
    recent = (*journey.recent, good < slo - margin)[-_BREACH_SAMPLES:]
    met_since_ms = None if good < slo else t_ms if journey.met_since_ms is None else journey.met_since_ms
    if journey.breached:
        breached = met_since_ms is None or t_ms - met_since_ms < BREACH_HOLD_MS
    else:
        breached = sum(recent) >= _BREACH_OF
    return JourneyState(recent, breached, journey.hurt or breached, met_since_ms)


def _met_since_ms(journeys: tuple[JourneyState, ...]) -> int | None:
    """Return since when every journey that was hurt meets its objective; None while one does not."""
    since = [journey.met_since_ms for journey in journeys if journey.hurt]
    held = [moment for moment in since if moment is not None]
    return max(held) if held and len(held) == len(since) else None


def _hurt(
    by: Yardstick, failed: Floats, slow: Floats, degraded: Floats, users: Floats
) -> tuple[JourneyImpact, ...]:
    """Return the streams that are hurt, with their active users."""
    shares = np.round((failed, slow, degraded), 6).T.tolist()
    found = [
        {"journey": journey, "client": client, "users": active}
        | {"failed": bad[0], "slow": bad[1], "degraded": bad[2]}
        for (client, journey), bad, active in zip(
            by.streams, shares, np.round(users, 1).tolist(), strict=True
        )
        if active > 0.0 and sum(bad) > 0.0
    ]
    return _IMPACTS.validate_python(found)  # all at once: there are dozens in every sample of an outage


def _measured(state: ImpactState, hurt: tuple[JourneyImpact, ...], users_hurt_share: float) -> ImpactMeasured:
    return ImpactMeasured(
        hurt=hurt,
        users_hurt_share=round(users_hurt_share, 6),
        users_affected=round(state.users_affected, 1),
        user_min_lost=round(state.user_min_lost, 2),
        severity=state.severity,
    )
