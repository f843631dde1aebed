"""Alert rules: a threshold on one signal, with Prometheus' `for` and `keep_firing_for`."""

from typing import Annotated, Literal

from pydantic import Field, FiniteFloat

from sim.spec.base import Frozen, Id, PageId, Span

Signal = Literal[
    "rps",
    "error_share",
    "p50_ms",
    "p95_ms",
    "p99_ms",
    "cpu_share",
    "memory_share",
    "disk_share",
    "connections_share",
    "queue_depth",
    "queue_age_s",
    "hit_share",
    "lag_s",
    "certificate_days",
]
"""Every telemetry signal. Shares lie in [0, 1]; `connections_share` is slots in use over slots there are.

Some exist for some components alone: `queue_age_s` (the oldest message) of queues, `hit_share` of caches,
`lag_s` (behind the primary) of replicas, `certificate_days` (until it runs out) of what has a certificate.
"""

JOURNEY_SIGNALS: tuple[Signal, ...] = ("rps", "error_share", "p50_ms", "p95_ms", "p99_ms")
"""What is measured of a journey, as its users see it."""

RuleSeverity = Literal["critical", "warning", "info"]
"""critical pages somebody; warning and info only show among the alerts."""


RuleName = Annotated[str, Field(pattern=r"^[A-Za-z_][\w.:-]*$", max_length=120)]
"""One word, so that it can be typed; a team's own rules keep theirs."""


Pairs = tuple[tuple[str, str], ...]
"""Names with values, by name; unlike a dict it can be a part of keys."""


class Noise(Frozen):
    """How a rule misfires on an ordinary day: the signal it watches blips past its threshold now and then."""

    per_day: float = Field(gt=0, le=288, description="mean number of blips a day; 288 is one in five minutes")
    lasts_s: tuple[Span, Span] = Field(
        description="shortest and longest blip; must exceed the rule's for_s to fire"
    )
    why: str = Field(description="what a look at the telemetry or the logs shows as the cause")


class Rule(Frozen):
    """One alert rule on a signal of a component, or of a journey as customers see it.

    A journey has the JOURNEY_SIGNALS alone and is measured as a whole. `by` makes one alert per zone,
    version or shard of a component; by default there is one for all of it. `labels` and `annotations` are
    what a team's own rule file says of it, as it is written there; labels win over those we give.
    """

    name: RuleName
    component: Id | None = None
    journey: Id | None = None
    signal: Signal
    above: FiniteFloat | None = None
    below: FiniteFloat | None = None
    for_s: Span = 60
    keep_firing_for_s: Span = 0
    by: Literal["zone", "version", "shard"] | None = None
    part: str | None = Field(default=None, description="with `by`: watches this zone, version or shard alone")
    severity: RuleSeverity = "warning"
    summary: str
    runbook: PageId | None = None
    noise: Noise | None = None
    series_labels: Pairs = Field(default=(), description="what a team's own series would carry besides")
    labels: Pairs = Field(default=(), description="values may be templates")
    annotations: Pairs = Field(default=(), description="values may be templates")
    value_times: FiniteFloat = Field(
        default=1.0, description="the `$value` of templates is the signal times this, e.g. 100 for percent"
    )
    stand_in: bool = Field(
        default=False,
        description="watches, in the place of what is not in this world, a signal that no fault moves: "
        "it can only be noise",
    )
