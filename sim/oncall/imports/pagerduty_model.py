"""What is read of PagerDuty's JSON: schedules and escalation policies, field by field as its API has them."""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.oncall.imports.source import Foreign, Moment
from sim.oncall.schedule.policy import STEP_MINUTES_MAX, ZoneName

TURN_SECONDS_MAX = 366 * 86_400


class User(Foreign):
    """Somebody, as a reference or in full."""

    id: str
    name: str | None = None
    summary: str | None = None

    @property
    def shown(self) -> str:
        """Return how people call them."""
        return self.name or self.summary or self.id


class Member(Foreign):
    """A place in the rotation of a layer."""

    user: User


class Limit(Foreign):
    """When a layer counts at all: every day, or every week from a day on (1 is Monday)."""

    type: Literal["daily_restriction", "weekly_restriction"]
    start_time_of_day: time
    start_day_of_week: Annotated[int, Field(ge=1, le=7)] | None = None
    duration_seconds: int = Field(ge=1, le=7 * 86_400)

    @model_validator(mode="after")
    def _by_the_clock(self) -> "Limit":
        if self.type == "weekly_restriction" and self.start_day_of_week is None:
            raise ValueError("a weekly restriction needs start_day_of_week")
        if self.start_time_of_day.tzinfo is not None:
            raise ValueError("start_time_of_day goes by the clock of the schedule; leave the offset out")
        return self


class Entry(Foreign):
    """A rendered span of somebody."""

    start: Moment
    end: Moment
    user: User | None = None


class Rendered(Foreign):
    """A schedule as spans."""

    rendered_schedule_entries: tuple[Entry, ...] = ()


class ScheduleLayer(Foreign):
    """Users who take turns, from a moment on and perhaps to another."""

    name: str | None = None
    start: Moment
    end: Moment | None = None
    rotation_virtual_start: Moment
    rotation_turn_length_seconds: int = Field(ge=1, le=TURN_SECONDS_MAX)
    users: tuple[Member, ...] = Field(max_length=500)
    restrictions: tuple[Limit, ...] = Field(default=(), max_length=100)


class Schedule(Foreign):
    """Layers, overrides, and what comes of them."""

    id: str | None = None
    name: str | None = None
    summary: str | None = None
    time_zone: ZoneName
    schedule_layers: tuple[ScheduleLayer, ...] = Field(max_length=50)
    overrides_subschedule: Rendered | None = None
    final_schedule: Rendered | None = None

    @property
    def shown(self) -> str:
        """Return how people call it."""
        return self.name or self.summary or self.id or "primary"


class Target(Foreign):
    """Whom a rule of an escalation policy pages."""

    id: str
    type: str
    name: str | None = None
    summary: str | None = None

    @property
    def shown(self) -> str:
        """Return how people call it."""
        return self.name or self.summary or self.id


class Strategy(Foreign):
    """How a rule picks among its targets."""

    type: str


class EscalationRule(Foreign):
    """A step: targets, and how long it waits."""

    escalation_delay_in_minutes: int = Field(ge=1, le=STEP_MINUTES_MAX)
    targets: tuple[Target, ...]
    escalation_rule_assignment_strategy: Strategy | str | None = None

    @property
    def round_robin(self) -> bool:
        """Return whether its targets are paged in turn."""
        strategy = self.escalation_rule_assignment_strategy
        return (strategy.type if isinstance(strategy, Strategy) else strategy) == "round_robin"


class EscalationPolicy(Foreign):
    """Rules in order, gone through again `num_loops` times."""

    name: str | None = None
    num_loops: int = Field(default=0, ge=0)
    escalation_rules: tuple[EscalationRule, ...]


class PagerDutyFile(Foreign):
    """A file: one schedule or several, and perhaps an escalation policy."""

    schedule: Schedule | None = None
    schedules: tuple[Schedule, ...] = Field(default=(), max_length=50)
    escalation_policy: EscalationPolicy | None = None

    @property
    def all_schedules(self) -> tuple[Schedule, ...]:
        """Return every schedule of the file."""
        return (*((self.schedule,) if self.schedule else ()), *self.schedules)
