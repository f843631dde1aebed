"""Scripted players that act through the same verbs as people."""

from collections.abc import Callable

from sim.bots.expert import expert
from sim.bots.idle import idle
from sim.bots.oracle import oracle
from sim.drill import Drill

BOTS: dict[str, Callable[[Drill], None]] = {"idle": idle, "expert": expert, "oracle": oracle}
"""Every player by name; each plays a drill from where it stands until it ends."""
