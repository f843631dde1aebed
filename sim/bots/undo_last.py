"""The constant guess "undo the last change": it was fine before somebody touched it."""

from sim.bots.guess import Guess
from sim.bots.responder import THINKING
from sim.drill import Drill
from sim.view import KnownChange


def undo_last(drill: Drill) -> None:
    """Play a drill by undoing the last change on record that can be undone."""
    _UndoLast(drill, THINKING).play()


class _UndoLast(Guess):
    def choose(self) -> tuple[str, ...]:
        self.look("changes")
        return tuple(
            command for change in self.view.changes() for command in undoing(change, self._flags(change))
        )

    def _flags(self, change: KnownChange) -> tuple[str, ...]:
        return self.view.names.flags.get(change.component, ())


def undoing(change: KnownChange, flags: tuple[str, ...]) -> tuple[str, ...]:
    """Return what takes back a change of its kind; nothing for one that nobody can take back."""
    match change.what:
        case "deploy":
            return (f"rollback {change.component}",)
        case "flag":
            named = [flag for flag in flags if flag in f"{change.change} {change.summary}"]
            off = tuple(f"flag-off {change.component} {flag}" for flag in named)
            return (*off, f"revert-config {change.component} {change.change}")
        case "config":
            return (f"revert-config {change.component} {change.change}",)
    return ()
