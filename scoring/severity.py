"""Severity over time: what was stated, what was true, and for how long they differed."""

from dataclasses import dataclass
from itertools import pairwise

from scoring.durations import minutes_text
from scoring.impact import Impact
from scoring.record import cite
from scoring.rubric import OVER_EARLY_S
from scoring.scorecard import Evidence
from sim.events import IncidentDeclared, Record, SeveritySet
from sim.spec import Severity

LEVELS: dict[Severity, int] = {"P1": 1, "P2": 2, "P3": 3, "P4": 4}
"""Smaller is worse."""
UNSTATED = 5
"""The level of an incident nobody has declared."""


@dataclass(frozen=True, slots=True)
class Stated:
    """Severities as they were stated, in order."""

    steps: tuple[tuple[int, Severity, Evidence], ...]

    def at(self, t_ms: int) -> Severity | None:
        """Return the severity in force at this time, None before the first statement."""
        found = [severity for since, severity, _ in self.steps if since <= t_ms]
        return found[-1] if found else None

    def level_at(self, t_ms: int) -> int:
        """Return the level in force at this time, UNSTATED before the first statement."""
        severity = self.at(t_ms)
        return LEVELS[severity] if severity else UNSTATED

    @property
    def severities(self) -> tuple[Severity, ...]:
        """What was stated, in order."""
        return tuple(severity for _, severity, _ in self.steps)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """The statements."""
        return tuple(evidence for _, _, evidence in self.steps)


@dataclass(frozen=True, slots=True)
class Misfit:
    """How long the stated severity lay under and over the true one, beyond what costs nothing, in ms."""

    under_ms: int
    over_ms: int


def stated(records: tuple[Record, ...]) -> Stated:
    """Return what was stated."""
    steps = [
        (record.t_ms, record.event.severity, cite(record, f"severity {record.event.severity}"))
        for record in records
        if isinstance(record.event, IncidentDeclared | SeveritySet)
    ]
    return Stated(tuple(steps))


def misfit(said: Stated, impact: Impact, until_ms: int, grace_ms: int) -> Misfit:
    """Return how long the stated severity was wrong before `until_ms`.

    Too low counts once it has lasted longer than the grace. Too high counts beyond the grace too, and by
    one level only from 15 minutes after the declaration on ("treat as the higher").
    """
    declared_ms = said.steps[0][0] if said.steps else None
    early_ms = declared_ms + OVER_EARLY_S * 1000 if declared_ms is not None else 0
    total = {"under": 0, "over": 0}
    wrong, since = "", 0
    for start, end, truth in impact.severities:
        if start >= until_ms:
            break
        above = LEVELS[truth] - said.level_at(start)
        kind = "under" if above < 0 else "over" if above > 1 or (above == 1 and start >= early_ms) else ""
        if kind != wrong:
            wrong, since = kind, start
        if kind:
            total[kind] += max(0, min(end, until_ms) - max(start, since + grace_ms))
    return Misfit(total["under"], total["over"])


@dataclass(frozen=True, slots=True)
class Change:
    """A change of true severity after the declaration; `followed` is None where it was over in the grace."""

    t_ms: int
    severity: Severity
    followed: bool | None


def changes(said: Stated, impact: Impact, until_ms: int, grace_ms: int) -> tuple[Change, ...]:
    """Return the changes of true severity between declaration and `until_ms`, and whether each was followed.

    Followed means that within the grace the stated severity was the true one, or one level above it.
    """
    if not said.steps:
        return ()
    steps = [(start, truth) for start, _, truth in impact.severities if start < until_ms]
    turns = [
        (start, truth)
        for (_, before), (start, truth) in pairwise(steps)
        if truth != before and start >= said.steps[0][0]
    ]
    ends = [*(start for start, _ in turns[1:]), until_ms][: len(turns)]
    found = []
    for (start, truth), end in zip(turns, ends, strict=True):
        times = [start, *(t for t, _, _ in said.steps if start < t <= start + grace_ms)]
        fits = any(said.level_at(t) in (LEVELS[truth], LEVELS[truth] - 1) for t in times)
        found.append(Change(start, truth, True if fits else None if end - start <= grace_ms else False))
    return tuple(found)


def why_no_severity(impact: Impact, sustained_s: int) -> str:
    """Return why the truth never held a severity: it needs an impact of the policy's sustained time."""
    if impact.onset is None:
        return "no user was hurt"
    lasting = minutes_text(sustained_s * 1000)
    if any(end - start >= sustained_s * 1000 for start, end in impact.spells):
        return f"no impact of the severity table lasted {lasting}"
    done = "mitigated before the impact had lasted" if impact.mitigated else "the impact did not last"
    return f"{done} {lasting}"


def first_serious_ms(impact: Impact) -> int | None:
    """Return when the impact first had severity P1 or P2, None where it never did."""
    return next((start for start, _, truth in impact.severities if LEVELS[truth] <= LEVELS["P2"]), None)
