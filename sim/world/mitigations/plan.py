"""What a mitigation is given and what comes out: acts, the situation they are planned in, plans.

Planning is pure. It says at the start of an act how long it will take, what it will do to the world and
when, what the person at the keyboard will read, and, apart from that, what it really achieved.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from sim.spec import Component, Fault, Where, World
from sim.world.changes import DatedChange
from sim.world.modifiers import Modifier, Param
from sim.world.slow import Reset

Outcome = Literal["worked", "partial", "failed", "no_effect"]
"""worked: every fault that hurts is cured. partial: some are, or one is only relieved and stays."""

OFF = "off"
"""What `Act.to` says of an act that takes back what the same verb did before at its place."""


@dataclass(frozen=True, slots=True)
class Act:
    """A hands-on act of a person.

    `to` is a version, flag or change, or OFF; `amount` a factor or a share kept. `typed` is what it acts on
    as it was typed, for people to read; planning does not look at it.
    """

    number: int
    verb: str
    where: Where
    by: str
    t_ms: int
    to: str | None = None
    amount: float | None = None
    typed: str = ""

    @property
    def owner(self) -> str:
        """The owner of the act's modifiers."""
        return f"act:{self.number}"

    @property
    def target(self) -> str:
        """What it acts on, as people name it, e.g. `checkout`, `zone a`, `edge to cdn`."""
        if self.verb in {"flag-off", "revert-config"} and self.to is not None:
            return self.to
        where = self.where
        named = (
            ("", where.component),
            ("to ", where.callee),
            ("zone ", where.zone),
            ("client ", where.client),
        )
        return " ".join(f"{word}{name}" for word, name in named if name is not None) or "everything"


@dataclass(frozen=True, slots=True)
class FinishedAct:
    """An act that is over; `ok` as its plan said."""

    act: Act
    ok: bool


@dataclass(frozen=True, slots=True)
class DatedFault:
    """A fault that is not over, with the moment it begins or began, in ms since drill start."""

    fault: Fault
    start_ms: int


@dataclass(frozen=True, slots=True)
class Stock:
    """What a component has to lose: seconds of writes its standby has yet to apply, how many a second that
    usually are, and messages that wait."""

    standby_lag_s: float = 0.0
    writes_rps: float = 0.0
    messages: float = 0.0


@dataclass(frozen=True, slots=True)
class Loss:
    """Records of a component that an act loses for good."""

    component: str
    records: float


@dataclass(frozen=True, slots=True)
class Situation:
    """All that planning may read, at one moment.

    `faults` are those not over; faults still to come may be among them: turning off their flag or reverting
    their change prevents them. `modifiers` are those in force or scheduled. `flags_off` and `reverted` are
    flags and changes that finished acts turned off and took back (`Plan.turned_off`, `Plan.reverted`).
    `stocks` is what there is to lose, by component; what is left out has nothing to lose.
    """

    world: World
    t_ms: int
    changes: tuple[DatedChange, ...] = ()
    faults: tuple[DatedFault, ...] = ()
    modifiers: tuple[Modifier, ...] = ()
    flags_off: frozenset[str] = frozenset()
    reverted: frozenset[str] = frozenset()
    stocks: Mapping[str, Stock] = field(default_factory=dict)
    running: tuple[Act, ...] = ()
    finished: tuple[FinishedAct, ...] = ()

    def stock(self, component: str) -> Stock:
        """Return what a component has to lose."""
        return self.stocks.get(component, Stock())

    def scaled(self, component: str) -> float:
        """Return the size that acts of scaling gave a component, as a factor on its usual one."""
        size = 1.0
        for modifier in self.modifiers:
            by_act = modifier.owner.startswith("act:") and modifier.where.component == component
            if by_act and modifier.param is Param.REPLICAS and modifier.to_ms is None:
                size *= modifier.value
        return size

    def replicas(self, component: Component) -> int:
        """Return how many replicas a component has, what scaling changed included."""
        return max(1, round(component.replicas * self.scaled(component.id)))


@dataclass(frozen=True, slots=True)
class Step:
    """What happens at one moment of an act: removals, additions, resets, cures, then progress.

    `remove_owners` takes every modifier of these owners out of the world, also those scheduled for later.
    `cures` names faults that are over from here on. `progress` is (done, of, what), for people to see.
    """

    at_ms: int
    add: tuple[Modifier, ...] = ()
    remove_owners: tuple[str, ...] = ()
    cures: tuple[str, ...] = ()
    progress: tuple[int, int, str] | None = None
    resets: tuple[Reset, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """An act that makes sense: it takes `takes_ms` and goes through `steps`, ordered by time.

    `ok` and `text` are what its tool reports at the end; `outcome` and `cures` are the truth. `turned_off`
    and `reverted` name the flag or change that is off or taken back from the end on. `averts` are faults
    that will not begin any more, `loses` what is lost for good.
    """

    takes_ms: int
    steps: tuple[Step, ...]
    ok: bool
    text: str
    outcome: Outcome
    cures: tuple[str, ...] = ()
    turned_off: str | None = None
    reverted: str | None = None
    averts: tuple[str, ...] = ()
    loses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act makes no sense now, in one line."""

    reason: str
