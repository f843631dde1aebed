"""What others have published about the noise of alerts, to hold the figures of a day against."""

from dataclasses import dataclass
from typing import Literal

from sim.alerting.noise.offenders import DOZEN

FigureName = Literal[
    "alerts an hour",
    "actionable",
    "rules making half",
    "by kind",
    "flaps",
    "duplicates",
    "storm minutes",
    "cause rules amiss",
]

_PROPOSAL = "an assumption"
_NEUBIRD = "NeuBird survey 2026"
_PAGERDUTY = "PagerDuty 2021, by iTWire"
_SUTRACE = "attributed to PagerDuty by sutrace.io"
PER_DOZEN = (0.5, 3.0)
"""Alerts an hour of twelve services, from a quiet to a noisy estate: an assumption."""


@dataclass(frozen=True, slots=True)
class Published:
    """What is said elsewhere about a figure, and who says it."""

    figure: FigureName
    text: str
    source: str


def published(components: int) -> tuple[Published, ...]:
    """Return what is said elsewhere, for an estate of so many components."""
    low, high = (figure * components / DOZEN for figure in PER_DOZEN)
    return (
        Published("alerts an hour", f"{low:.1f} to {high:.1f} for {components} components", _PROPOSAL),
        Published("alerts an hour", "10 a day or more at 77 % of teams", _NEUBIRD),
        Published("alerts an hour", "about 50 a week for each on call", _SUTRACE),
        Published("actionable", "2 to 5 %", _SUTRACE),
        Published("actionable", "below 30 % at 57 % of organisations", _NEUBIRD),
        Published("actionable", "5.5 % of alerts are critical incidents", _PAGERDUTY),
        Published("rules making half", "a few chronic rules make most", _PROPOSAL),
        Published(
            "by kind",
            "flapping 35 %, repeats 25 %, low value 20 %, change 12 %, unrelated 5 %, the incident 3 %",
            _PROPOSAL,
        ),
        Published("flaps", "on and off for 3 to 8 minutes on average", _PROPOSAL),
        Published("duplicates", "two alerts to one interruption", _PAGERDUTY),
        Published(
            "storm minutes",
            "20 rules in 2 minutes, or over 50 alerts a minute for 5 minutes",
            "vendor heuristic, novaaiops",
        ),
        Published(
            "cause rules amiss",
            "no monitor or no telemetry 17 %, monitor bug 10.5 % of incidents",
            "Ghosh et al., SoCC 2022",
        ),
    )
