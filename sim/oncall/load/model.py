"""The load of a team: when alerts page it, how severe they are, what they ask of people. Times in minutes."""

import math
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from sim.oncall.schedule.policy import ZoneName
from sim.spec.base import Frozen, Id, NotNegative, Positive, Share

HOURS = 168
"""Hours of a week, from Monday 0:00."""
RULES_MAX = 1_000
SPREAD_MIN = 0.001
"""Days that differ by less are alike."""

Severity = Literal["P1", "P2", "P3", "P4"]
Measured = Literal["pages", "hands-on time", "acknowledge at desk", "acknowledge away", "acknowledge asleep"]
SEVERITIES: tuple[Severity, ...] = ("P1", "P2", "P3", "P4")


def _spread(value: float) -> float:
    if 0 < value < SPREAD_MIN:
        raise ValueError(f"is 0 where days are alike, or at least {SPREAD_MIN:g}")
    return value


class Part(Frozen):
    """One of the lognormal times of a mixture: its median in minutes, the standard deviation of its
    logarithm, and its share."""

    median: Positive
    sigma: Annotated[float, Field(ge=0.0, le=5.0)]
    share: Share = 1.0


Mixture = Annotated[tuple[Part, ...], Field(min_length=1, max_length=3)]
"""Lognormal times of which each thing has one, by their shares."""
Pair = Annotated[tuple[Part, ...], Field(min_length=1, max_length=2)]
"""The same, of at most two."""


class Acknowledge(Frozen):
    """A team's own times from page to acknowledgement: in business hours, awake otherwise, and asleep.

    Where these are given the rings that a sleeper does not hear are among them.
    """

    desk: Pair
    away: Pair
    asleep: Pair


class Bursts(Frozen):
    """Alerts that come together: an incident, and repeats of it.

    Repeats ask for no more than a look, but where more alerts of a rule need action than are no repeats.
    """

    share: Annotated[float, Field(ge=0.0, lt=1.0)]
    """Of all alerts, those that are part of a burst."""
    size: Annotated[float, Field(ge=2.0, le=1_000.0)]
    """Alerts in one, in the mean."""
    minutes: Positive
    """Mean time from the first to another."""


class AlertRule(Frozen):
    """A rule that pages: its share of all alerts, and the share of these on which somebody has to act."""

    id: Annotated[str, Field(min_length=1, max_length=120)]
    share: Share
    needs_action: Share


class Load(Frozen):
    """What pages a team. Shares of hours, severities and rules are relative: they need not add up to 1."""

    load: Id
    zone: ZoneName | None = None
    """Of the hours of the week; None: the policy's."""
    per_week: Annotated[float, Field(gt=0.0, le=100_000.0)]
    hours: Annotated[tuple[NotNegative, ...], Field(min_length=HOURS, max_length=HOURS)]
    """Shares of the hours of a week, from Monday 0:00."""
    day_spread: Annotated[float, Field(ge=0.0, le=10.0), AfterValidator(_spread)] = 0.0
    """How much one day differs from another: standard deviation of a day's factor (gamma, mean 1)."""
    bursts: Bursts | None = None
    severities: dict[Severity, NotNegative]
    rules: Annotated[tuple[AlertRule, ...], Field(min_length=1, max_length=RULES_MAX)]
    hands_on: dict[Severity, Mixture]
    """Time that one person works on an alert that needs action."""
    no_action: Mixture
    """Time to look at one that does not."""
    acknowledge: Acknowledge | None = None
    lifetime: Mixture | None = None
    """From the beginning to the end of a ticket: reported, and not taken for work."""
    reassigned: Share = 0.0
    """Of the alerts that need action, those passed on to another person for other reasons than shifts."""
    longest_hours: Positive = 24.0
    """No alert takes more hands-on time."""
    measured: tuple[Measured, ...] = ()
    """What is known from the team's own history. Of times to acknowledge where none is named all are."""
    assumptions: tuple[str, ...] = ()
    """What in here is not measured, and where it comes from."""

    @model_validator(mode="after")
    def _adds_up(self) -> "Load":
        if sum(self.hours) <= 0:
            raise ValueError("hours: at least one hour needs a share above 0")
        if sum(self.severities.values()) <= 0:
            raise ValueError("severities: at least one needs a share above 0")
        if sum(rule.share for rule in self.rules) <= 0:
            raise ValueError("rules: at least one needs a share above 0")
        for severity, share in self.severities.items():
            if share > 0 and severity not in self.hands_on:
                raise ValueError(f"hands_on: {severity} has a share and no time")
        for name, mixture in self._mixtures():
            if not math.isclose(sum(part.share for part in mixture), 1.0, abs_tol=0.01):
                raise ValueError(f"{name}: the shares of a mixture have to add up to 1")
        return self

    def _mixtures(self) -> list[tuple[str, tuple[Part, ...]]]:
        named = [(f"hands_on {severity}", mixture) for severity, mixture in self.hands_on.items()]
        own = self.acknowledge
        acknowledge = [("desk", own.desk), ("away", own.away), ("asleep", own.asleep)] if own else []
        return [
            *named,
            *((f"acknowledge {where}", mixture) for where, mixture in acknowledge),
            ("no_action", self.no_action),
            *([("lifetime", self.lifetime)] if self.lifetime else []),
        ]

    def noisiest(self, count: int) -> tuple[str, ...]:
        """Return the rules that page most without need, the noisiest first."""
        by_noise = sorted(self.rules, key=lambda rule: (-rule.share * (1 - rule.needs_action), rule.id))
        return tuple(rule.id for rule in by_noise[:count])
