"""A scenario: an outage (or none) in a world, what it is meant to teach, and how it is judged."""

from datetime import datetime
from typing import Literal

from pydantic import Field, field_validator

from sim.spec.base import DAY_S, Frozen, Id, NotNegative, Positive, Share, Span, Version
from sim.spec.noise import NoiseProfile
from sim.spec.policy import Policy
from sim.spec.world import Person, World

ChangeKind = Literal["deploy", "config", "flag", "migration", "infrastructure"]
Expectation = Literal["mitigate", "wait_out", "prevent", "no_action", "integrity"]
"""What a scenario wants of people: to relieve users soon, to tell them and let it pass, to avert it before
anybody is hurt, to look and leave it alone (a false alarm), or to save data before speed."""
Difficulty = Literal["starter", "intermediate", "advanced"]

CHANGE_PAST_S = 14 * DAY_S
"""How far back a change may lie: as far as alerts have a history."""
STARTS_YEARS = (1970, 2199)
"""A drill starts in these years, so that its past and its end have a date too."""


class Where(Frozen):
    """Which part of the world something acts on; every field left out means all of it.

    With `callee` it is the calls from `component` (or from everybody) to that component.
    """

    component: Id | None = None
    operation: Id | None = None
    zone: Id | None = None
    version: Version | None = None
    shard: Id | None = None
    callee: Id | None = None
    client: Id | None = None
    journey: Id | None = None


class Change(Frozen):
    """Something somebody changed: before the drill (negative `at_s`) or during it.

    A deploy moves the component from `from_version` to `version` over `takes_s`.
    """

    id: Id
    at_s: int = Field(
        ge=-CHANGE_PAST_S,
        le=DAY_S,
        description="seconds from onset of the scenario (after the lead-in); may be negative",
    )
    component: Id
    kind: ChangeKind
    summary: str
    by: str
    version: Version | None = None
    from_version: Version | None = None
    takes_s: Span = 120
    zone: Id | None = Field(default=None, description="a deploy to this zone alone")
    share: Share = Field(default=1.0, description="a canary: so much of the traffic goes to the new version")
    logged: bool = True
    revertible: bool = True


class Fault(Frozen):
    """One thing that goes wrong. `kind` names a class of the fault catalogue (`sim/world/faults.py`)."""

    id: Id
    kind: str
    where: Where
    at_s: Span = Field(default=0, description="seconds after the lead-in")
    lasts_s: int | None = Field(
        default=None, gt=0, le=DAY_S, description="ends by itself after this; None: stays"
    )
    intensity: float = Field(
        default=1.0, gt=0, le=1000, description="1 is the strength of the catalogue entry"
    )
    ramp_s: Span = Field(default=0, description="grows to full strength over this time")
    change: Id | None = Field(default=None, description="the change that brought it, where one did")
    flag: Id | None = Field(default=None, description="the flag that guards it, where one does")
    log_lines: tuple[str, ...] = Field(
        default=(), description="what the component's log shows of it; braces as in `sim/world/log_notes.py`"
    )


Quality = Literal["full", "partial", "empty", "misleading"]
"""What logs or traces of a component are worth: all, a part, nothing, or what points elsewhere."""


class Instruments(Frozen):
    """What the logs and traces of one component are worth in this scenario; others are full.

    `misleading` lines are what its log shows instead of what matters.
    """

    component: Id
    logs: Quality = "full"
    traces: Quality = "full"
    misleading: tuple[str, ...] = ()


class Inject(Frozen):
    """A message from outside at a set time: support, a customer, an executive.

    With `while_hurt` it comes only if users are hurt at that moment.
    """

    at_s: int = Field(ge=-DAY_S, le=DAY_S, description="seconds after the lead-in; before it where negative")
    sender: str
    text: str
    while_hurt: bool = True


class GuideStep(Frozen):
    """A line that helps a newcomer through the first two minutes; left out once its verb has been used."""

    at_s: Span = Field(description="seconds from drill start")
    text: str
    unless: str | None = Field(default=None, description="the verb whose use makes this line superfluous")


class Hint(Frozen):
    """Help on request; given in order."""

    text: str


class Play(Frozen):
    """A way to act, as lines of the command language, and what it does.

    `cures` removes the cause, `relieves` ends the impact and leaves the cause, `harms` is the tempting
    wrong one.
    """

    id: Id
    title: str
    effect: Literal["cures", "relieves", "harms"]
    commands: tuple[str, ...] = Field(min_length=1)
    why: str


class Objective(Frozen):
    """What the drill is meant to teach, tied to checks of the rubric."""

    id: Id
    text: str
    checks: tuple[str, ...] = Field(min_length=1)


class Inspiration(Frozen):
    """The real outage behind a drill; its public post-mortem is named, never quoted."""

    title: str
    date: str
    post_mortem: str


class Debrief(Frozen):
    """What is told after the drill: what really happened, and questions for the team."""

    what_happened: str
    compare: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


class Rubric(Frozen):
    """The anchors of the mitigation score: what a good play loses, and the loss nobody would accept.

    Par is the median of the expert player over at least 20 seeds, its band the quartiles of these.
    """

    par_user_min: NotNegative = Field(description="0 where nobody need be hurt")
    unacceptable_user_min: Positive
    par_band_user_min: tuple[NotNegative, NotNegative] | None = Field(
        default=None, description="lower and upper quartile of what the expert player lost"
    )
    unacceptable_records: Positive | None = Field(
        default=None, description="records lost for good that leave no credit; None: any that is lost"
    )


class Scenario(Frozen):
    """Everything a drill needs; stored whole in its folder as `scenario.json`."""

    id: Id
    version: int = Field(ge=1)
    title: str
    difficulty: Difficulty
    summary: str
    starts_at: datetime
    horizon_s: int = Field(gt=0, le=DAY_S)
    lead_in_s: tuple[Span, Span] = Field(default=(0, 900), description="shortest and longest; drawn by seed")
    expects: Expectation
    briefing: str
    objectives: tuple[Objective, ...] = Field(min_length=1, max_length=3)
    inspired_by: Inspiration | None = None
    world: World
    people: tuple[Person, ...] = ()
    policy: Policy = Policy()
    noise_intensity: float = Field(default=1.0, ge=0, le=10, description="factor on every rule's noise")
    noise: NoiseProfile | None = Field(
        default=None,
        description="noise of the whole estate; None: what the world's rules say, each for itself",
    )
    alertmanager: str | None = Field(
        default=None,
        description="an alertmanager.yml, by path: where alerts go; None: what is critical pages at once",
    )
    faults: tuple[Fault, ...] = ()
    changes: tuple[Change, ...] = ()
    routine_changes_per_day: float = Field(
        default=30.0,
        ge=0,
        le=60,
        description="changes of an ordinary day beside `changes`, drawn by seed; an assumption",
    )
    instruments: tuple[Instruments, ...] = ()
    injects: tuple[Inject, ...] = ()
    guide: tuple[GuideStep, ...] = ()
    hints: tuple[Hint, ...] = ()
    plays: tuple[Play, ...] = ()
    mechanism: str = Field(description="what `suspect` should name, e.g. disk or deploy")
    mechanism_also: tuple[str, ...] = Field(
        default=(), description="further words that are as right, e.g. memory where a deploy leaks"
    )
    rubric: Rubric
    debrief: Debrief

    @field_validator("starts_at")
    @classmethod
    def _with_zone_and_in_our_time(cls, value: datetime) -> datetime:
        if value.tzinfo is None:
            raise ValueError("needs a time zone, e.g. 2023-09-05T16:10:00+00:00")
        first, last = STARTS_YEARS
        if not first <= value.year <= last:
            raise ValueError(f"should lie in the years {first} to {last}")
        return value
