"""Scripted players that act through the same verbs as people."""

from collections.abc import Callable

from sim.bots import expert, idle, novice, oracle, restart_loudest, scale_busiest, shotgun, undo_last
from sim.drill import Drill

BOTS: dict[str, Callable[[Drill], None]] = {
    "idle": idle.idle,
    "undo-last": undo_last.undo_last,
    "restart-loudest": restart_loudest.restart_loudest,
    "scale-busiest": scale_busiest.scale_busiest,
    "shotgun": shotgun.shotgun,
    "novice": novice.novice,
    "expert": expert.expert,
    "oracle": oracle.oracle,
}
"""Every player by name; each plays a drill from where it stands until it ends."""
