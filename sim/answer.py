"""What a verb gives back: blocks of text, tables and charts that know nothing of the terminal."""

from dataclasses import dataclass, field
from typing import Literal

Tone = Literal["plain", "title", "good", "warn", "bad", "dim"]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, or several joined by newlines."""

    text: str
    tone: Tone = "plain"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings. `tones`, where given, colours one row each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone, ...] = ()


@dataclass(frozen=True, slots=True)
class Chart:
    """One series of the recent past, drawn as a sparkline, with three figures to compare.

    `values` are evenly spaced, oldest first, `step_s` apart; None is a gap. `unit` is '', 'ms', '/s', 's',
    'd' or '%' (values of '%' are shares in [0, 1]). `day_before`, where given, is the same window a day
    earlier, drawn below on the same scale. A `brief` chart takes one row.
    """

    label: str
    unit: str
    step_s: int
    values: tuple[float | None, ...]
    now: float | None
    hour_ago: float | None = None
    yesterday: float | None = None
    day_before: tuple[float | None, ...] = ()
    brief: bool = False


Block = Line | Table | Chart


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one verb. `refused` says that nothing was done and the first line why.

    `asked_back` tells of a refusal that it is no mistake: a question, or what `no` to one led to.
    """

    blocks: tuple[Block, ...] = field(default=())
    refused: bool = False
    asked_back: bool = False

    @property
    def text(self) -> str:
        """The first line of text; '' where there is none."""
        return next((block.text for block in self.blocks if isinstance(block, Line)), "")


def said(text: str, tone: Tone = "plain") -> Answer:
    """Return an answer of one line."""
    return Answer((Line(text, tone),))


def refusal(text: str) -> Answer:
    """Return a refusal: nothing was done, and this is why."""
    return Answer((Line(text, "warn"),), refused=True)
