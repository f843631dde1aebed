"""One drill prepared for judging: what measures and checks share, worked out once."""

from dataclasses import dataclass

from scoring.clocks import Clocks, read_clocks
from scoring.impact import Impact
from scoring.record import DrillRecord, having
from scoring.severity import Stated, stated
from sim.events import ImpactMeasured, Record, UpdateSent
from sim.spec import Expectation, Policy

CLOSING_MS = 10 * 60_000
"""Time to watch a recovery and to close after it; an assumption."""


@dataclass(frozen=True, slots=True)
class Case:
    """A drill's record with its clocks, impact and stated severities."""

    record: DrillRecord
    impact: Impact
    clocks: Clocks
    stated: Stated

    @property
    def journal(self) -> tuple[Record, ...]:
        """What people could see, and inputs."""
        return self.record.records

    @property
    def truth(self) -> tuple[Record, ...]:
        """What was really so."""
        return self.record.truth

    @property
    def policy(self) -> Policy:
        """The team's policy."""
        return self.record.scenario.policy

    @property
    def expects(self) -> Expectation:
        """What the scenario wants of people."""
        return self.record.scenario.expects

    @property
    def engaged(self) -> bool:
        """Whether anybody looked or declared; absence of harm counts only then."""
        return self.clocks.engaged is not None

    @property
    def measured(self) -> bool:
        """Whether the truth holds any sample of impact."""
        return bool(self.impact.samples)

    @property
    def no_time_to_close(self) -> bool:
        """Whether the time limit came less than 10 minutes after users had recovered, and nobody closed."""
        clocks = self.clocks
        if clocks.mitigated is None or clocks.resolved is not None:
            return False
        return clocks.horizon_ms - clocks.mitigated.t_ms < CLOSING_MS

    def updates(self, audience: str) -> tuple[tuple[Record, UpdateSent], ...]:
        """Return the updates to one audience, in order."""
        return tuple(pair for pair in having(self.journal, UpdateSent) if pair[1].audience == audience)


def _horizon_ms(record: DrillRecord) -> int:
    """The last sample of impact: the world is measured to the horizon, which counts from after the lead-in.

    A drill that was left before its end is judged as far as it went.
    """
    samples = having(record.truth, ImpactMeasured)
    return samples[-1][0].t_ms if samples else record.scenario.horizon_s * 1000


def prepare(record: DrillRecord) -> Case:
    """Return the case of a drill."""
    impact = Impact(record.truth, _horizon_ms(record))
    return Case(record, impact, read_clocks(record, impact), stated(record.records))
