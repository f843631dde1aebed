"""The status bar under the prompt, as one row of text."""

from rich.cells import cell_len, set_cell_size

from sim.room.seat import Status

PAUSED_HELP = "resume or Ctrl-C goes on, Ctrl-D leaves and keeps the drill"


def toolbar(status: Status, speed: float, width: int) -> str:
    """Return clock, severity, alerts, pages, impact and speed in one row of at most `width` columns.

    The impact is the part that is cut where the row is too long.
    """
    plural = "" if status.open_alerts == 1 else "s"
    parts = [status.clock, status.severity or "no incident", f"{status.open_alerts} alert{plural}"]
    if status.unacked_pages:
        parts.append(f"{status.unacked_pages} UNACKED PAGE{'' if status.unacked_pages == 1 else 'S'}")
    tail = f" | x{speed:g}" if speed != 1 else ""
    head = " " + " | ".join(parts)
    if not status.impact:
        return _cut(head + tail, width)
    room = width - cell_len(head) - cell_len(tail)
    return _cut(head + _cut(f" | {status.impact}", room) + tail, width)


def paused_toolbar(clock: str, width: int) -> str:
    """Return the row while the drill is paused: nothing of the world is shown."""
    return _cut(f" {clock} | PAUSED | {PAUSED_HELP}", width)


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, width - 1) + "…" if width > 1 else ""
