"""Status updates: how long an audience waited too long, which promises held, and what the texts said."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from scoring.case import Case
from scoring.record import cite, having
from scoring.rubric import HURT_SHARE_ALLOWED, INTERNAL_EVERY_S
from scoring.scorecard import Evidence
from scoring.severity import LEVELS, UNSTATED, first_serious_ms
from scoring.wording import says_all_affected, says_recovered, says_severity, words
from sim.events import SAMPLE_MS, IncidentResolved, MitigationClaimed, Record, ScopeStated, UpdateSent
from sim.spec import Severity

Audience = Literal["customer", "executive", "internal"]

_BY_LEVEL: dict[int, Severity] = {level: severity for severity, level in LEVELS.items()}


def overdue_ms(case: Case, audience: Audience) -> int:
    """Return how long an audience waited beyond policy and grace until users had recovered, in 15 s steps."""
    grace_ms = case.policy.update_grace_s * 1000
    return sum(SAMPLE_MS for t_ms, due_ms in _waits(case, audience) if t_ms >= due_ms + grace_ms)


@dataclass(frozen=True, slots=True)
class Due:
    """A moment at which an audience had to hear of the incident.

    `late_until_ms` is when the update came that was later than the grace allows, or when waiting ended
    without one; None where it came in time.
    """

    t_ms: int
    late_until_ms: int | None = None


def dues(case: Case, audience: Audience) -> tuple[Due, ...]:
    """Return when an audience had to hear by the policy until users had recovered, one for each update.

    A moment that an update came before is left out: nothing was due then any more.
    """
    grace_ms, until_ms = case.policy.update_grace_s * 1000, case.impact.over_ms
    told = [record.t_ms for record, _ in case.updates(audience)]
    due_by_end: dict[int, int] = {}
    for t_ms, due_ms in _waits(case, audience):
        if t_ms >= due_ms:
            end_ms = min(next((t for t in told if t > t_ms), until_ms), until_ms)
            due_by_end.setdefault(end_ms, due_ms)
    return tuple(
        Due(due_ms, end_ms if end_ms > due_ms + grace_ms else None) for end_ms, due_ms in due_by_end.items()
    )


def _waits(case: Case, audience: Audience) -> Iterator[tuple[int, int]]:
    """Yield the samples before recovery at which an audience awaits an update, each with when that is due.

    The severity at each moment is the higher of the stated and the true one. Where it rises, the new
    rhythm counts from then.
    """
    start = _clock_start_ms(case, audience)
    told = [record.t_ms for record, _ in case.updates(audience)]
    truth = {begin // SAMPLE_MS: LEVELS[severity] for begin, _, severity in case.impact.severities}
    reached: dict[int, int] = {}
    for t_ms in range(0, case.impact.over_ms, SAMPLE_MS) if start is not None else ():
        level = min(truth.get(t_ms // SAMPLE_MS, UNSTATED), case.stated.level_at(t_ms))
        for each in range(level, UNSTATED):
            reached.setdefault(each, t_ms)
        if start is None or t_ms < start or level == UNSTATED:
            continue
        last = max((t for t in told if t <= t_ms), default=None)
        limit = _limit_ms(case, audience, level, first=last is None)
        if limit is not None:
            yield t_ms, max(start, reached[level], last or 0) + limit


def _clock_start_ms(case: Case, audience: Audience) -> int | None:
    """Declaration; for those outside, the moment P1 or P2 could be seen where that came before."""
    declared = case.clocks.declared.t_ms if case.clocks.declared else None
    serious = first_serious_ms(case.impact)
    if audience == "internal" or serious is None:
        return declared
    visible = max(serious, case.clocks.evidence.t_ms if case.clocks.evidence else serious)
    return visible if declared is None else min(declared, visible)


def _limit_ms(case: Case, audience: Audience, level: int, *, first: bool) -> int | None:
    """How long this audience may wait at this level, None for ever."""
    row = case.policy.cadence_for(_BY_LEVEL[level])
    minutes: int | None
    if audience == "customer":
        minutes = row.customer_first_min if first else row.customer_every_min
    elif audience == "executive":
        minutes = row.executive_every_min
    else:
        minutes = INTERNAL_EVERY_S // 60 if level <= LEVELS["P3"] else None
    return minutes * 60_000 if minutes is not None else None


def told_in_time(case: Case, audience: Audience) -> tuple[Evidence, ...]:
    """Return the updates to an audience before users had recovered, or before the first one fell due.

    Due is then what the policy asks first at the worst severity that was stated or true; where it asks for
    nothing, only updates before recovery count.
    """
    start = _clock_start_ms(case, audience)
    worst = min(
        (LEVELS[s] for s in (*case.stated.severities, *(each for _, _, each in case.impact.severities))),
        default=UNSTATED,
    )
    limit = None if worst == UNSTATED else _limit_ms(case, audience, worst, first=True)
    until_ms = case.impact.over_ms
    if start is not None and limit is not None:
        until_ms = max(until_ms, start + limit + case.policy.update_grace_s * 1000)
    return tuple(
        cite(record, f"{audience} update") for record, _ in case.updates(audience) if record.t_ms < until_ms
    )


def longest_silence_ms(case: Case, audience: Audience) -> int | None:
    """Return the longest silence towards an audience, from its clock's start to recovery; or None."""
    start = _clock_start_ms(case, audience)
    if start is None or start >= case.impact.over_ms:
        return None
    told = [record.t_ms for record, _ in case.updates(audience) if start < record.t_ms < case.impact.over_ms]
    times = [start, *told, case.impact.over_ms]
    return max(after - before for before, after in pairwise(times))


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised next update: by when, whether it came in time, and whether the policy allows so long."""

    made: Evidence
    audience: str
    by_ms: int
    kept: bool
    too_long: bool


def promises(case: Case) -> tuple[Promise, ...]:
    """Return the promises that fell due before the drill ended or the incident was closed."""
    grace_ms = case.policy.update_grace_s * 1000
    closed = [record.t_ms for record, _ in having(case.journal, IncidentResolved)]
    found = []
    for record, update in having(case.journal, UpdateSent):
        if update.promised_ms is None:
            continue
        by_ms = update.promised_ms + grace_ms
        came = [r.t_ms for r, _ in case.updates(update.audience) if r.seq > record.seq]
        kept = any(record.t_ms <= t <= by_ms for t in (*came, *closed))
        if kept or by_ms <= case.clocks.ended_ms:
            made = cite(record, f"promised {update.audience} an update")
            too_long = _too_long(case, record, update, grace_ms)
            found.append(Promise(made, update.audience, update.promised_ms, kept, too_long))
    return tuple(found)


def _too_long(case: Case, record: Record, update: UpdateSent, grace_ms: int) -> bool:
    level = case.stated.level_at(record.t_ms)
    if update.promised_ms is None or level == UNSTATED or update.audience not in ("customer", "executive"):
        return False
    audience: Audience = "customer" if update.audience == "customer" else "executive"
    limit = _limit_ms(case, audience, level, first=False)
    return limit is not None and update.promised_ms - record.t_ms > limit + grace_ms


def closes(case: Case, record: Record, update: UpdateSent) -> bool:
    """Return whether an update is a closing notice: since recovery began, it says so or follows a claim."""
    recovered = case.impact.mitigated
    if recovered is None or record.t_ms < recovered.t_ms:
        return False
    claims = (*having(case.journal, MitigationClaimed), *having(case.journal, IncidentResolved))
    claimed = any(recovered.t_ms <= claim.t_ms and claim.seq < record.seq for claim, _ in claims)
    return says_recovered(update.text) or claimed


def names_journey(case: Case, text: str) -> bool:
    """Return whether a text names an affected journey: its id, a longer word of its title, or all there is.

    Affected are the journeys that were hurt, and those the last statement of scope named.
    """
    return says_all_affected(text) or bool(words(text) & _journey_words(case))


def _journey_words(case: Case) -> set[str]:
    affected = {name for name, bad in case.impact.journeys.items() if bad >= HURT_SHARE_ALLOWED}
    affected.update(*(event.journeys for _, event in having(case.journal, ScopeStated)[-1:]))
    found: set[str] = set()
    for journey in case.record.scenario.world.journeys:
        if journey.id in affected:
            telling = [word for word in re.findall(r"[a-z0-9]+", journey.title.lower()) if len(word) >= 4]
            found |= words(" ".join((journey.id, *telling)))
    return found - words("with from into their your using")


def points(case: Case, record: Record, update: UpdateSent) -> tuple[float, str]:
    """Return the share of what an update should say that it says, and what it lacks in words."""
    before = [u.text for r, u in case.updates(update.audience) if r.seq < record.seq]
    if before and before[-1].strip().lower() == update.text.strip().lower():
        return 0.0, "repeats the one before"
    said = {
        "severity": update.severity is not None or says_severity(update.text),
        "an affected journey": names_journey(case, update.text),
    }
    if update.audience == "customer":
        said["the time of the next update"] = update.promised_ms is not None
    lacking = [name for name, there in said.items() if not there]
    return 1 - len(lacking) / len(said), f"lacks {', '.join(lacking)}" if lacking else "has all of it"
