"""An on-call policy as its file has it: people, layers with their turns, exceptions, and escalation.

Times without a zone are local to the policy's, or to the zone that stands beside them. A layer is what
somebody is on call for, e.g. primary and secondary; its rules say who takes turns, and when.
"""

from datetime import date, datetime, time
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from sim.oncall.schedule.turns import Unit
from sim.oncall.schedule.windows import WEEKDAYS, Window
from sim.spec.base import Frozen, Id, NotNegative

LENGTH_MAX = 1_000
"""Units in one turn; a bound on nonsense, like the counts of people and steps."""
PEOPLE_MAX = 500
STEP_MINUTES_MAX = 9_000
"""GoAlert's longest delay of a step."""
STEPS_MAX = 50
YEAR_MIN, YEAR_MAX = 1970, 2200
"""Years in which a policy may name days; bounds on nonsense."""
REPEATS_MAX = 9
"""PagerDuty repeats a policy so often at most."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"there is no time zone {name!r}; write one such as Europe/Berlin") from None
    return name


def _clock(text: object) -> object:
    if text == "24:00":
        return time(0)
    return text


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _plausible(moment: Any) -> Any:
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        raise ValueError(f"the year {moment.year} is none of {YEAR_MIN} to {YEAR_MAX}")
    return moment


Moment = Annotated[datetime, AfterValidator(_plausible)]
Day = Annotated[date, AfterValidator(_plausible)]
ZoneName = Annotated[str, AfterValidator(_zone)]
Clock = Annotated[time, BeforeValidator(_clock)]
Group = Annotated[tuple[Id, ...], BeforeValidator(_as_list), Field(min_length=1)]
"""Who takes a turn together; one name stands for a group of one."""


class PolicyPerson(Frozen):
    """Somebody who can be on call. `zone` is where they sleep; None: in the policy's zone."""

    name: str = ""
    zone: ZoneName | None = None


class Restriction(Frozen):
    """On these weekdays from one time to another; over midnight where `to` is not after `from`."""

    weekdays: tuple[Weekday, ...] = Field(default=WEEKDAYS, min_length=1)  # type: ignore[arg-type]
    start: Clock = Field(alias="from")
    end: Clock = Field(alias="to")

    @property
    def window(self) -> Window:
        """Return it for arithmetic."""
        return Window(self.weekdays, self.start, self.end)


class Rotation(Frozen):
    """Participants who take turns of `length` units, from a local start on.

    The hand-off is at the time of `start`. With `advance: covered` a turn in which the rule covers nothing is
    left out, so that a restriction starves nobody; `calendar` counts it, as most tools do.
    """

    every: Unit
    length: int = Field(default=1, ge=1, le=LENGTH_MAX)
    start: Moment
    participants: tuple[Group, ...] = Field(min_length=1, max_length=PEOPLE_MAX)
    advance: Literal["calendar", "covered"] = "calendar"

    @model_validator(mode="after")
    def _local(self) -> "Rotation":
        if self.start.tzinfo is not None:
            raise ValueError("start is a local time without zone; the layer says in which zone")
        return self


class LayerRule(Frozen):
    """Who is on call under a layer, and when: a rotation, or the same people always."""

    rotation: Rotation | None = None
    people: tuple[Id, ...] = ()
    restrictions: tuple[Restriction, ...] = ()

    @model_validator(mode="after")
    def _one_of_two(self) -> "LayerRule":
        if (self.rotation is None) is (not self.people):
            raise ValueError("has either a rotation or people")
        return self


class Layer(Frozen):
    """What people are on call for. Of rules that cover the same time all count, or with `last` the last one.

    `shadow` is on call to learn, and is not paged.
    """

    id: Id
    role: Literal["primary", "secondary", "shadow"] = "primary"
    zone: ZoneName | None = None
    stacking: Literal["together", "last"] = "together"
    rules: tuple[LayerRule, ...] = ()


class Override(Frozen):
    """For a while somebody is added, removed, or takes the place of somebody, under one layer."""

    layer: Id
    start: Moment
    end: Moment
    add: Id | None = None
    remove: Id | None = None

    @model_validator(mode="after")
    def _does_something(self) -> "Override":
        if self.add is None and self.remove is None:
            raise ValueError("adds nobody and removes nobody; name who, or leave it out")
        return self


class Swap(Frozen):
    """Two people exchange a span each: `first` does what `second` would have done, and the other way."""

    layer: Id
    first: Id
    first_start: Moment
    first_end: Moment
    second: Id
    second_start: Moment
    second_end: Moment


class FixedShift(Frozen):
    """A span with a person."""

    start: Moment
    end: Moment
    person: Id


class Temporary(Frozen):
    """A schedule that takes the place of a layer's rules in its span, gaps included."""

    layer: Id
    start: Moment
    end: Moment
    shifts: tuple[FixedShift, ...] = ()


class Leave(Frozen):
    """Days on which somebody is away, both included, local to them."""

    person: Id
    first: Day
    last: Day


class Step(Frozen):
    """A step of the escalation: who is paged, and how long it waits before the next one.

    Targets are layers or people. `empty: skip` goes on at once where nobody is on call, `wait` lets the time
    pass as most tools do. `round_robin` pages one of the targets in turn.
    """

    targets: tuple[Id, ...] = Field(min_length=1)
    minutes: int = Field(ge=1, le=STEP_MINUTES_MAX)
    empty: Literal["wait", "skip"] = "wait"
    round_robin: bool = False


class Escalation(Frozen):
    """The steps, and how often they are gone through again."""

    steps: tuple[Step, ...] = Field(min_length=1, max_length=STEPS_MAX)
    repeats: int = Field(default=0, ge=0, le=REPEATS_MAX)


class Pay(Frozen):
    """What being on call pays, in any currency: by the hour, and by interruption in each kind of hours."""

    currency: Annotated[str, Field(max_length=10)] = ""
    hour: NotNegative = 0.0
    business_interruption: NotNegative = 0.0
    off_interruption: NotNegative = 0.0
    sleep_interruption: NotNegative = 0.0


class RotationPolicy(Frozen):
    """A whole policy. `holidays` are a country, or a country and a part of it: DE, DE-BY, US-CA."""

    policy: Id
    title: str = ""
    zone: ZoneName
    people: dict[Id, PolicyPerson] = Field(min_length=1, max_length=PEOPLE_MAX)
    layers: tuple[Layer, ...] = Field(min_length=1)
    overrides: tuple[Override, ...] = ()
    swaps: tuple[Swap, ...] = ()
    temporary: tuple[Temporary, ...] = ()
    leave: tuple[Leave, ...] = ()
    holidays: str | None = None
    escalation: Escalation
    pay: Pay | None = None

    @property
    def paged_layers(self) -> list[Layer]:
        """Return the layers that a step pages; a shadow is not paged."""
        targets = {target for step in self.escalation.steps for target in step.targets}
        return [layer for layer in self.layers if layer.id in targets and layer.role != "shadow"]

    def zone_of(self, layer: Layer) -> ZoneInfo:
        """Return the zone whose clock a layer goes by."""
        return ZoneInfo(layer.zone or self.zone)
