"""What was really so: never seen before the end."""

from pydantic import BaseModel, ConfigDict

from sim.events.base import Event
from sim.spec import Severity


class FaultStarted(Event):
    """A fault began to act on the world."""

    kind = "truth.fault_started"
    fault: str
    fault_kind: str
    component: str


class FaultEnded(Event):
    """A fault is gone: cured by an act, or by itself (`by` is the act's owner id, or 'itself')."""

    kind = "truth.fault_ended"
    fault: str
    by: str


class ActJudged(Event):
    """What an act really did: worked, partial, failed or no_effect; `cured` lists faults it ended."""

    kind = "truth.act_judged"
    act: int
    outcome: str
    cured: tuple[str, ...] = ()


class JourneyImpact(BaseModel):
    """Disjoint shares of one journey's undisturbed demand of one client class in one 15 s sample."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    journey: str
    client: str
    failed: float
    slow: float
    degraded: float
    users: float


class ImpactMeasured(Event):
    """Impact of one 15 s sample, for journeys that are hurt; the running total of user-minutes lost.

    `users_hurt_share` is the share of all active users that have a bad experience now; `severity` follows
    the policy's table from the sustained impact, None while there is none.
    """

    kind = "truth.impact_measured"
    hurt: tuple[JourneyImpact, ...]
    users_hurt_share: float
    users_affected: float
    user_min_lost: float
    severity: Severity | None


class ImpactStarted(Event):
    """Onset: the first journey out of its objective in two of three samples."""

    kind = "truth.impact_started"
    journey: str


class EvidenceAppeared(Event):
    """First moment at which somebody who looked could have seen it: a page, an alert or a journey signal."""

    kind = "truth.evidence_appeared"
    what: str


class DataRiskStarted(Event):
    """From here on data is at risk: every minute more of it is lost, wrong or confirmed and not safe."""

    kind = "truth.data_risk_started"
    fault: str


class DataRiskEnded(Event):
    """What put data at risk is over."""

    kind = "truth.data_risk_ended"
    fault: str


class DataLost(Event):
    """Confirmed writes or messages are gone for good; `by` is the owner id of what lost them."""

    kind = "truth.data_lost"
    component: str
    records: float
    by: str


class ImpactMitigated(Event):
    """Every journey this incident hurt has met its objective for the hold; `since_ms` is when that began."""

    kind = "truth.impact_mitigated"
    since_ms: int


class ImpactRelapsed(Event):
    """A mitigated journey is out of its objective again."""

    kind = "truth.impact_relapsed"
    journey: str


class AlertLabelled(Event):
    """What an alert really was: noise, transient, cause, symptom, self_inflicted or unrelated."""

    kind = "truth.alert_labelled"
    alert: int
    label: str
    cause: str
