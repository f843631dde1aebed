"""What users felt, read from the truth: samples, who was hurt, when it went on, and what it cost."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from scoring.record import cite, having
from scoring.scorecard import Evidence
from sim.events import SAMPLE_MS, ImpactMeasured, ImpactMitigated, ImpactRelapsed, ImpactStarted, Record
from sim.spec import Severity


@dataclass(frozen=True)
class Impact:
    """The truth about users in one drill; times in ms since its start."""

    truth: tuple[Record, ...]
    horizon_ms: int

    @cached_property
    def samples(self) -> tuple[tuple[Record, ImpactMeasured], ...]:
        """Every sample, in order."""
        return having(self.truth, ImpactMeasured)

    @cached_property
    def onset(self) -> Evidence | None:
        """The first journey out of its objective; None where no user was hurt."""
        found = having(self.truth, ImpactStarted)
        return cite(found[0][0], f"impact began: {found[0][1].journey}") if found else None

    @cached_property
    def mitigated(self) -> Evidence | None:
        """The start of the recovery that held to the horizon; None where none did."""
        recoveries, relapses = having(self.truth, ImpactMitigated), having(self.truth, ImpactRelapsed)
        if not recoveries or (relapses and relapses[-1][0].t_ms >= recoveries[-1][0].t_ms):
            return None
        record, event = recoveries[-1]
        return Evidence(record.seq, event.since_ms, "users had recovered from here on", "truth")

    @cached_property
    def relapses(self) -> tuple[Evidence, ...]:
        """Each time a recovered journey failed again."""
        return tuple(
            cite(record, f"{event.journey} relapsed") for record, event in having(self.truth, ImpactRelapsed)
        )

    @cached_property
    def spells(self) -> tuple[tuple[int, int], ...]:
        """Spells of impact as (from, to), the last one to the horizon where it was never mitigated."""
        if self.onset is None:
            return ()
        found: list[tuple[int, int]] = []
        start: int | None = self.onset.t_ms
        for record in self.truth:
            event = record.event
            if isinstance(event, ImpactMitigated) and start is not None:
                found.append((start, max(start, event.since_ms)))
                start = None
            elif isinstance(event, ImpactRelapsed) and start is None:
                start = record.t_ms
        return (*found, (start, self.horizon_ms)) if start is not None else tuple(found)

    @property
    def over_ms(self) -> int:
        """When users had recovered for good; the horizon where they had not."""
        return self.mitigated.t_ms if self.mitigated else self.horizon_ms

    @property
    def until(self) -> str:
        """What `over_ms` is, in words."""
        return "users had recovered" if self.mitigated else "the horizon"

    @cached_property
    def user_min_lost(self) -> float | None:
        """User-minutes lost up to the horizon; None where nothing was measured."""
        return self.samples[-1][1].user_min_lost if self.samples else None

    def hurts_at(self, t_ms: int) -> bool:
        """Return whether users were hurt at this time."""
        return any(start <= t_ms < end for start, end in self.spells)

    def sample_at(self, t_ms: int) -> tuple[Record, ImpactMeasured] | None:
        """Return the last sample at or before this time."""
        found = [pair for pair in self.samples if pair[0].t_ms <= t_ms]
        return found[-1] if found else None

    def highest_users_share(self, until_ms: int) -> float:
        """Return the highest share of users hurt in one sample up to this time."""
        return max(
            (event.users_hurt_share for record, event in self.samples if record.t_ms <= until_ms), default=0.0
        )

    @cached_property
    def journeys(self) -> dict[str, float]:
        """Every journey with any bad request, with the worst share of one client class in one sample."""
        worst: dict[str, float] = {}
        for _, event in self.samples:
            for part in event.hurt:
                bad = part.failed + part.slow + part.degraded
                worst[part.journey] = max(worst.get(part.journey, 0.0), bad)
        return worst

    @cached_property
    def severities(self) -> tuple[tuple[int, int, Severity], ...]:
        """Spells of samples that have a severity, as (from, to, severity), each one sample long."""
        times = [record.t_ms for record, _ in self.samples[1:]]
        ends: Iterable[int] = (*times, self.samples[-1][0].t_ms + SAMPLE_MS) if self.samples else ()
        return tuple(
            (record.t_ms, end, event.severity)
            for (record, event), end in zip(self.samples, ends, strict=True)
            if event.severity is not None
        )
