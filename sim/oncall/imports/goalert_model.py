"""What is read of GoAlert's GraphQL, field by field as its schema has them."""

from datetime import time
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field

from sim.oncall.imports.source import Foreign, Moment
from sim.oncall.schedule.policy import LENGTH_MAX, PEOPLE_MAX, STEP_MINUTES_MAX, ZoneName
from sim.oncall.schedule.turns import Unit

Item = TypeVar("Item")


def _nodes(value: Any) -> Any:
    return value["nodes"] if isinstance(value, dict) and "nodes" in value else value


Many = Annotated[tuple[Item, ...], BeforeValidator(_nodes), Field(max_length=1_000)]
"""A list, or a connection with its `nodes`."""


class User(Foreign):
    """Somebody."""

    id: str
    name: str | None = None


class Rotation(Foreign):
    """Users who take turns. Whose turn it is now, only `nextHandoffTimes` beside the index can say."""

    id: str
    name: str = ""
    type: Unit
    start: Moment
    length: int = Field(default=1, alias="shiftLength", ge=1, le=LENGTH_MAX)
    zone: ZoneName = Field(alias="timeZone")
    users: tuple[User, ...] = Field(default=(), max_length=PEOPLE_MAX)
    user_ids: tuple[str, ...] = Field(default=(), alias="userIDs", max_length=PEOPLE_MAX)
    active: int | None = Field(default=None, alias="activeUserIndex")
    handoffs: tuple[Moment, ...] = Field(default=(), alias="nextHandoffTimes")

    @property
    def participants(self) -> tuple[str, ...]:
        """Return the ids of its users in order."""
        return tuple(user.id for user in self.users) or self.user_ids


class Target(Foreign):
    """Whom a rule or a step means."""

    id: str
    type: str
    name: str = ""


class Rule(Foreign):
    """From when to when on which weekdays, Sunday first."""

    start: time
    end: time
    weekdays: tuple[bool, bool, bool, bool, bool, bool, bool] = Field(
        default=(True,) * 7, alias="weekdayFilter"
    )


class ScheduleTarget(Foreign):
    """A user or rotation with the rules under which it is on call."""

    target: Target
    rules: tuple[Rule, ...] = Field(max_length=100)


class Shift(Foreign):
    """A fixed span of somebody."""

    user_id: str = Field(alias="userID")
    user: User | None = None
    start: Moment
    end: Moment


class Temporary(Foreign):
    """Fixed shifts that take the place of all rules in a span."""

    start: Moment
    end: Moment
    shifts: tuple[Shift, ...] = Field(max_length=1_000)


class Override(Foreign):
    """For a while somebody is added, removed, or replaced."""

    start: Moment
    end: Moment
    add_id: str | None = Field(default=None, alias="addUserID")
    remove_id: str | None = Field(default=None, alias="removeUserID")
    add_user: User | None = Field(default=None, alias="addUser")
    remove_user: User | None = Field(default=None, alias="removeUser")
    target: Target | None = None

    @property
    def add(self) -> str | None:
        """Return the id of who is added."""
        return self.add_id or (self.add_user.id if self.add_user else None)

    @property
    def remove(self) -> str | None:
        """Return the id of who is removed."""
        return self.remove_id or (self.remove_user.id if self.remove_user else None)


class Schedule(Foreign):
    """Targets with their rules."""

    id: str | None = None
    name: str = "primary"
    zone: ZoneName = Field(alias="timeZone")
    targets: tuple[ScheduleTarget, ...] = Field(max_length=200)
    temporary: tuple[Temporary, ...] = Field(default=(), alias="temporarySchedules", max_length=500)


class Step(Foreign):
    """Who is paged, and how long it waits."""

    minutes: int = Field(alias="delayMinutes", ge=1, le=STEP_MINUTES_MAX)
    targets: tuple[Target, ...]


class EscalationPolicy(Foreign):
    """Steps in order."""

    repeat: int = Field(default=0, ge=0)
    steps: tuple[Step, ...]


class GoAlertFile(Foreign):
    """A file: one schedule or several, with the rotations that they name."""

    schedule: Schedule | None = None
    schedules: Many[Schedule] = ()
    rotation: Rotation | None = None
    rotations: Many[Rotation] = ()
    overrides: Many[Override] = Field(default=(), alias="userOverrides")
    escalation: EscalationPolicy | None = Field(default=None, alias="escalationPolicy")
    users: Many[User] = ()

    @property
    def all_schedules(self) -> tuple[Schedule, ...]:
        """Return every schedule of the file."""
        return (*((self.schedule,) if self.schedule else ()), *self.schedules)

    @property
    def all_rotations(self) -> dict[str, Rotation]:
        """Return every rotation of the file by its id."""
        return {one.id: one for one in (*((self.rotation,) if self.rotation else ()), *self.rotations)}
