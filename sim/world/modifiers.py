"""Modifiers: the only way anything acts on the world.

Nothing mutates a base value. A fault, a change or a mitigation emits modifiers with itself as owner; the
effective value folds the active ones in the order set, mul, add, min, then by id. A mitigation heals by
removing modifiers by their owner, by adding its own, or both.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from sim.spec import Where


class Param(StrEnum):
    """What can be modified. The comment names the shape it lives on and its base value."""

    WORK = "work"  # operation in a cell; factor on own busy time, 1
    STALL_MS = "stall_ms"  # operation in a cell; time it waits on a device with its slot, no processor, 0
    ERROR_RANDOM = "error_random"  # operation in a cell; share, from the spec
    ERROR_REPEATABLE = "error_repeatable"  # operation in a cell; share whose retry fails again, 0
    REPLICAS = "replicas"  # cell; factor, 1
    SLOTS = "slots"  # cell; factor, 1
    QUEUE_MAX = "queue_max"  # cell; factor, 1
    VERSION_SHARE = "version_share"  # cell; share of the component's traffic and replicas its version has
    TRAFFIC = "traffic"  # cell; weight when callers choose a cell, 1 (a standby 0); 0 is drained
    ADMIT = "admit"  # cell; share of arriving requests let in, 1
    NET_DELAY_MS = "net_delay_ms"  # cell; added to every answer, 0
    NET_LOSS = "net_loss"  # cell; share of requests lost on the way in, 0
    WRONG = "wrong"  # operation in a cell; share of good answers that are wrong or out of date, 0
    KEYS = "keys"  # cell; factor on its shard's share of the keys, 1
    DELIVERY = "delivery"  # cell of a queue; share of its messages that consumers can get, 1; 0 is held
    LEAK_PER_H = "leak_per_h"  # cell; memory lost an hour at the usual load, as a share, 0
    FILL_PER_H = "fill_per_h"  # cell; disk filled an hour, as a share, 0
    APPLY = "apply"  # cell of a replica; factor on how fast it applies writes, 1
    OBSERVED = "observed"  # cell; 1 its signals are collected, 0 they are not
    CALL_ERROR = "call_error"  # call; share that the callee refuses and refuses again, 0
    CALL_ON = "call_on"  # call; 1 it is made, 0 it is not (isolated)
    TIMEOUT = "timeout"  # call; factor, 1
    RETRIES = "retries"  # call; number, from the spec
    DEMAND = "demand"  # client class and journey; factor, 1


class Op(IntEnum):
    """How a modifier combines, in the order of folding."""

    SET = 0
    MUL = 1
    ADD = 2
    MIN = 3


class Shape(StrEnum):
    """How a modifier grows from nothing to its full value: at once, or linearly over `ramp_ms`."""

    STEP = "step"
    RAMP = "ramp"


@dataclass(frozen=True, slots=True)
class Modifier:
    """One effect on one parameter, from `from_ms` (inclusive) to `to_ms` (exclusive; None: for good)."""

    id: str
    owner: str
    where: Where
    param: Param
    op: Op
    value: float
    from_ms: int
    to_ms: int | None = None
    shape: Shape = Shape.STEP
    ramp_ms: int = 0

    def strength(self, t_ms: int) -> float:
        """Return how much of it is in force at `t_ms`, from 0 to 1."""
        if t_ms < self.from_ms or (self.to_ms is not None and t_ms >= self.to_ms):
            return 0.0
        if self.shape is Shape.STEP or self.ramp_ms <= 0:
            return 1.0
        return min(1.0, (t_ms - self.from_ms) / self.ramp_ms)

    def applied(self, value: float, t_ms: int) -> float:
        """Return `value` with this modifier folded in."""
        strength = self.strength(t_ms)
        if strength == 0.0:
            return value
        match self.op:
            case Op.SET:
                return value + strength * (self.value - value)
            case Op.MUL:
                return value * (1.0 + strength * (self.value - 1.0))
            case Op.ADD:
                return value + strength * self.value
            case Op.MIN:
                return min(value, self.value)
