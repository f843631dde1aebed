"""Scripted players that act through the same verbs as people."""

from collections.abc import Callable

from sim.bots.expert import expert
from sim.bots.idle import idle
from sim.bots.novice import novice
from sim.bots.oracle import oracle
from sim.bots.restart_loudest import restart_loudest
from sim.bots.scale_busiest import scale_busiest
from sim.bots.shotgun import shotgun
from sim.bots.undo_last import undo_last
from sim.drill import Drill

BOTS: dict[str, Callable[[Drill], None]] = {
    "idle": idle,
    "undo-last": undo_last,
    "restart-loudest": restart_loudest,
    "scale-busiest": scale_busiest,
    "shotgun": shotgun,
    "novice": novice,
    "expert": expert,
    "oracle": oracle,
}
"""Every player by name; each plays a drill from where it stands until it ends."""
