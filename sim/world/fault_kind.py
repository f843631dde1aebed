"""What a class of fault is: effects on parameters, resets of slow state, and what cures or relieves it."""

from dataclasses import dataclass

from sim.world.modifiers import Op, Param
from sim.world.slow import Reset

FACTOR_MIN = 0.01
"""No fault multiplies by less than this: capacity that is gone altogether is the loss of a zone."""

_SHARES = frozenset(
    {Param.ERROR_RANDOM, Param.ERROR_REPEATABLE, Param.NET_LOSS, Param.CALL_ERROR, Param.WRONG}
)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a fault does to one parameter at intensity 1. A factor (MUL) moves away from 1 with intensity."""

    param: Param
    op: Op
    value: float

    def at(self, intensity: float) -> float:
        """Return the value at this intensity; shares stay in [0, 1], factors at or above FACTOR_MIN."""
        if self.op is Op.MUL:
            return max(FACTOR_MIN, 1.0 + intensity * (self.value - 1.0))
        value = intensity * self.value
        return min(1.0, value) if self.param in _SHARES else value


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A class of fault.

    `mechanism` is the word a responder would suspect. `needs` and `may` are the fields of its place that it
    must and can have. `cured_by` are verbs that cure this kind whatever brought it; what undoes a fault's own
    flag, change or version cures it too. `relieved_by` are verbs that can end the impact of a fault of this
    kind and leave the cause. `data_at_risk` says that data is lost, wrong or confirmed and not safe while it
    acts. `resets` are what it does to slow state when it begins. `log_lines` are templates with
    `{component}`, `{zone}`, `{version}`, `{callee}` and `{n:LOW-HIGH}`, a number drawn for every line
    (`sim/world/log_notes.py`); `caller_lines` are those of whoever calls the component.
    """

    kind: str
    title: str
    mechanism: str
    effects: tuple[Effect, ...]
    log_lines: tuple[str, ...]
    needs: tuple[str, ...] = ("component",)
    may: tuple[str, ...] = ("operation", "zone", "shard", "version")
    cured_by: tuple[str, ...] = ()
    relieved_by: tuple[str, ...] = ()
    data_at_risk: bool = False
    caller_lines: tuple[str, ...] = ()
    resets: tuple[Reset, ...] = ()

    @property
    def acts(self) -> bool:
        """Whether faults of this kind do anything at all."""
        return bool(self.effects or self.resets)

    @property
    def hurts(self) -> bool:
        """Whether faults of this kind do anything that users or data can suffer from."""
        return any(effect.param is not Param.OBSERVED for effect in self.effects) or bool(self.resets)
