"""A team's policy: what each severity means and how often whom must be told.

The figures are the tables of the design page (section 2); a team may bring its own.
"""

from typing import Literal

from pydantic import Field

from sim.spec.base import Frozen, Share

Severity = Literal["P1", "P2", "P3", "P4"]


class CadenceRow(Frozen):
    """When customers and executives must hear of an incident of one severity; None means never."""

    severity: Severity
    customer_first_min: int | None
    customer_every_min: int | None
    executive_every_min: int | None


class ImpactRow(Frozen):
    """An impact of at least this size, sustained, has this severity.

    `users_hurt_share` is the share of all active users that are hurt; `journey_bad_share` the worst bad
    share among critical journeys. Reaching either is enough.
    """

    severity: Severity
    users_hurt_share: Share
    journey_bad_share: Share


class Policy(Frozen):
    """Severity table, cadence table and the graces that go with them."""

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
    sustained_s: int = Field(default=300, ge=0, description="impact must last this long to count")
    severity_grace_s: int = Field(default=300, ge=0, description="time to follow a change of severity")
    update_grace_s: int = Field(default=120, ge=0, description="grace on every communication deadline")
    ack_timeout_s: int = Field(default=300, gt=0, description="an unacknowledged page escalates after this")

    def cadence_for(self, severity: Severity) -> CadenceRow:
        """Return the cadence row of a severity."""
        return next(row for row in self.cadence if row.severity == severity)
