"""Where things go on the drawn time axis, so that no label lies on another: lanes, and ticks of the clock.

Widths are in pixels and estimated, since the page is read in a font that is not known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CHAR_PX = 6.6
"""Width of a character at the size of the axis' labels (12 px); generous, for wider fonts."""
TICKS_MIN = (1, 2, 5, 10, 15, 20, 30, 60, 120, 240, 480)
"""Distances between ticks of the clock, in minutes."""


def text_px(text: str) -> float:
    """Return about how wide a text is."""
    return CHAR_PX * len(text)


@dataclass(frozen=True, slots=True)
class Flag:
    """A line at `x` that runs down from its label, which lies from `left` to `right`."""

    x: float
    left: float
    right: float


def flag_lanes(flags: Sequence[Flag]) -> tuple[int, ...]:
    """Return a lane for each label, 0 the lowest, so that no label lies on another or on another's line.

    A line begins at its label's lane and crosses all lanes below. The flags are in order of x.
    """
    lanes: dict[int, int] = {}
    for n in reversed(range(len(flags))):
        free = (lane for lane in range(len(flags)) if not _clashes(flags, lanes, n, lane))
        lanes[n] = next(free, len(flags))
    return tuple(lanes[n] for n in range(len(flags)))


def _clashes(flags: Sequence[Flag], lanes: dict[int, int], n: int, lane: int) -> bool:
    flag = flags[n]
    for other, its_lane in lanes.items():
        theirs = flags[other]
        same = its_lane == lane and flag.left < theirs.right and theirs.left < flag.right
        theirs_cross = its_lane > lane and flag.left < theirs.x < flag.right
        ours_cross = its_lane < lane and theirs.left < flag.x < theirs.right
        if same or theirs_cross or ours_cross:
            return True
    return False


def bar_lanes(extents: Sequence[tuple[float, float]]) -> tuple[int, ...]:
    """Return a lane for each extent (left, right), 0 the first, so that none lies on another."""
    ends: list[float] = []
    lanes = []
    for left, right in extents:
        lane = next((n for n, end in enumerate(ends) if end <= left), len(ends))
        ends[lane : lane + 1] = [right]
        lanes.append(lane)
    return tuple(lanes)


def clock_ticks(starts_at: datetime, end_ms: int, most: int) -> tuple[tuple[int, str], ...]:
    """Return round times of the scenario's clock up to the end, at most so many, each as (t_ms, 'hh:mm')."""
    step_min = next((m for m in TICKS_MIN if end_ms / 60_000 / m < most), TICKS_MIN[-1])
    midnight = starts_at.replace(hour=0, minute=0, second=0, microsecond=0)
    since_ms = round((starts_at - midnight) / timedelta(milliseconds=1))
    step_ms = step_min * 60_000
    first_ms = -since_ms % step_ms
    return tuple(
        (t_ms, (starts_at + timedelta(milliseconds=t_ms)).strftime("%H:%M"))
        for t_ms in range(first_ms, end_ms + 1, step_ms)
    )
