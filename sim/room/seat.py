"""What a room needs of a drill: the seat of one person, as protocols.

`sim.drill` and `sim.view` fulfil them; rooms know nothing else of the engine.
"""

from typing import Protocol

from sim.answer import Answer
from sim.events import Record


class Status(Protocol):
    """The figures of the status bar; nothing in it is hidden truth."""

    @property
    def clock(self) -> str:
        """The wall clock of the scenario, e.g. '14:32:05'."""

    @property
    def severity(self) -> str | None:
        """The declared severity, None before the declaration."""

    @property
    def open_alerts(self) -> int:
        """Alerts that fire now."""

    @property
    def unacked_pages(self) -> int:
        """Pages that nobody has taken yet."""

    @property
    def impact(self) -> str:
        """What can be measured, short, e.g. 'checkout 12 % errors'; empty when all is well."""


class View(Protocol):
    """What the seated person may see."""

    @property
    def paused(self) -> bool:
        """Whether the drill is paused."""

    def events(self, after_seq: int) -> tuple[Record, ...]:
        """Return the visible records with a number above `after_seq`, oldest first."""

    def status(self) -> Status:
        """Return the figures of the status bar."""

    def completions(self, text_before_cursor: str) -> tuple[str, ...]:
        """Return the words that could stand next."""

    def wall_clock(self, t_ms: int) -> str:
        """Return a simulated time as the scenario's clock shows it, e.g. '14:32:05'."""


class SeatedDrill(Protocol):
    """A drill as one person plays it. Every method may raise StorageError."""

    @property
    def now_ms(self) -> int:
        """Simulated time."""

    @property
    def ended(self) -> bool:
        """Whether nobody can act any more."""

    @property
    def view(self) -> View:
        """What the seated person may see."""

    def advance(self, t_ms: int) -> None:
        """Process everything that is due up to `t_ms`."""

    def enter(self, line: str) -> Answer:
        """Parse, journal and apply one typed line at the present moment."""

    def pause(self) -> None:
        """Stop the drill's clock (journaled)."""

    def resume(self) -> None:
        """Let the drill's clock run again (journaled)."""

    def mark_time(self) -> None:
        """Journal how far simulated time has come."""

    def pace(self, speed: float) -> None:
        """Journal how fast the clock runs."""

    def waiting_until(self) -> int | None:
        """Return the simulated time that a `wait` jumps to at most; None when there is none."""

    def wait_over(self) -> bool:
        """Return whether what the `wait` waits for has come."""
