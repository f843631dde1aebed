"""A team's policy: what each severity means and how often whom must be told.

The update rhythms lie within what published policies name; a team may bring its own figures.
"""

from itertools import pairwise
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator

from sim.spec.base import DAY_S, Frozen, Share, Span

Severity = Literal["P1", "P2", "P3", "P4"]
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)

Minutes = Annotated[int, Field(ge=1, le=DAY_S // 60)]
"""How soon or how often somebody must hear of it, in minutes."""


class CadenceRow(Frozen):
    """When customers and executives must hear of an incident of one severity; None means never."""

    severity: Severity
    customer_first_min: Minutes | None
    customer_every_min: Minutes | None
    executive_every_min: Minutes | None


class ImpactRow(Frozen):
    """An impact of at least this size, sustained, has this severity.

    `users_hurt_share` is the share of all active users that are hurt; `journey_bad_share` the worst bad
    share among critical journeys. Reaching either is enough.
    """

    severity: Severity
    users_hurt_share: Share
    journey_bad_share: Share


class Policy(Frozen):
    """Severity table, cadence table and the graces that go with them.

    `cadence` has one row for each severity. `impact` is read from the top, so its rows go from the highest
    severity down and their thresholds fall; less than the last of them is P4.
    """

    cadence: tuple[CadenceRow, ...] = (
        CadenceRow(severity="P1", customer_first_min=10, customer_every_min=20, executive_every_min=30),
        CadenceRow(severity="P2", customer_first_min=20, customer_every_min=30, executive_every_min=60),
        CadenceRow(severity="P3", customer_first_min=60, customer_every_min=120, executive_every_min=None),
        CadenceRow(severity="P4", customer_first_min=None, customer_every_min=None, executive_every_min=None),
    )
    # Thresholds are an assumption: published severity tables speak of "major" and "partial" without shares.
    impact: tuple[ImpactRow, ...] = (
        ImpactRow(severity="P1", users_hurt_share=0.25, journey_bad_share=0.50),
        ImpactRow(severity="P2", users_hurt_share=0.05, journey_bad_share=0.10),
        ImpactRow(severity="P3", users_hurt_share=0.005, journey_bad_share=0.01),
    )
    sustained_s: Span = Field(default=300, description="impact must last this long to count")
    severity_grace_s: Span = Field(default=300, description="time to follow a change of severity")
    update_grace_s: Span = Field(default=120, description="grace on every communication deadline")
    ack_timeout_s: int = Field(
        default=300, gt=0, le=DAY_S, description="an unacknowledged page escalates after this"
    )

    @field_validator("cadence")
    @classmethod
    def _one_row_each(cls, rows: tuple[CadenceRow, ...]) -> tuple[CadenceRow, ...]:
        given = [row.severity for row in rows]
        if sorted(given) != list(_SEVERITIES):
            raise ValueError(
                f"needs one row for each of {', '.join(_SEVERITIES)}, not {', '.join(given) or 'none'}"
            )
        return rows

    @field_validator("impact")
    @classmethod
    def _highest_first(cls, rows: tuple[ImpactRow, ...]) -> tuple[ImpactRow, ...]:
        for above, row in pairwise(rows):
            if row.severity <= above.severity:
                order = f"{row.severity} after {above.severity}"
                raise ValueError(f"has {order}; give one row each, the highest severity first")
            hurt = row.users_hurt_share > above.users_hurt_share
            if hurt or row.journey_bad_share > above.journey_bad_share:
                raise ValueError(
                    f"asks more of {row.severity} than of {above.severity}; thresholds must fall"
                )
        return rows

    def cadence_for(self, severity: Severity) -> CadenceRow:
        """Return the cadence row of a severity."""
        return next(row for row in self.cadence if row.severity == severity)
