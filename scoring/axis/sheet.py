"""The sheet of the time axis: where times lie, and the parts that rows are drawn with."""

from collections.abc import Sequence
from datetime import datetime

from scoring.axis.canvas import SMALL_PX, Canvas
from scoring.durations import wall_text
from scoring.scorecard import Evidence
from scoring.timeline import Bar, Timeline

WIDE_PX, NARROW_PX = 1000, 360
GUTTER_PX, RIGHT_PX = 112, 20
LANE_PX, BAR_PX, GAP_PX, TITLE_PX = 20, 14, 12, 18


def mark_id(item: Evidence) -> str:
    """Return the id of a record's mark on the axis."""
    return f"axis-{item.file}-{item.seq}"


def entry_id(item: Evidence) -> str:
    """Return the id of a record in the journal of the page, which marks link to."""
    return f"{item.file}-{item.seq}"


class Sheet:
    """A sheet in the making: `y` is how far down it has come.

    On the wide one titles of rows stand in a gutter at the left, on the narrow one above their row.
    """

    def __init__(self, timeline: Timeline, starts_at: datetime, *, narrow: bool) -> None:
        self.timeline, self.starts_at, self.narrow = timeline, starts_at, narrow
        self.canvas = Canvas(NARROW_PX if narrow else WIDE_PX)
        self.left = 4 if narrow else GUTTER_PX
        self.right = self.canvas.width_px - RIGHT_PX
        self.y = 0.0
        self._named: set[str] = set()

    def x(self, t_ms: int) -> float:
        """Return where a time lies."""
        return self.left + (self.right - self.left) * min(t_ms, self.timeline.end_ms) / self.timeline.end_ms

    def clock(self, t_ms: int) -> str:
        """Return a time as the scenario's clock shows it."""
        return wall_text(self.starts_at, t_ms)

    def gid(self, item: Evidence) -> str:
        """Return the id of a record's mark in this drawing."""
        return f"narrow-{mark_id(item)}" if self.narrow else mark_id(item)

    def begin(self, title: str, height: float, aside: str = "") -> float:
        """Begin a row: write its title and return its top; the next row comes below it."""
        if self.narrow:
            text = f"{title} {aside}".rstrip()
            self.canvas.text(self.left, self.y + TITLE_PX / 2, text, colour="muted", size_px=SMALL_PX)
            self.y += TITLE_PX
        else:
            self.canvas.text(0, self.y + min(height, LANE_PX) / 2, title)
        top = self.y
        self.y += height + GAP_PX
        self.canvas.line([self.left, self.right], [self.y - GAP_PX / 2] * 2, "line", width=0.8)
        return top

    def mark(
        self, item: Evidence, y: float, shape: str, colour: str, *, size_px: float = 8, hollow: bool = False
    ) -> None:
        """Draw the mark of a record at its time."""
        gid, url = self._link(item)
        self.canvas.mark(
            self.x(item.t_ms), y, shape, colour, size_px=size_px, hollow=hollow, gid=gid, url=url
        )

    def bar(self, bar: Bar, left: float, top: float, right: float, colour: str) -> None:
        """Draw a bar, with a hatch where nothing good came of it."""
        gid, url = self._link(bar.at)
        hatch = "/////" if bar.bad else ""
        self.canvas.bar(left, top, right, BAR_PX, colour, hatch=hatch, gid=gid, url=url)

    def aside(self, text: str, y: float) -> None:
        """Write what a part of a row is, in the gutter at its right."""
        if not self.narrow:
            self.canvas.text(self.left - 6, y, text, colour="muted", size_px=SMALL_PX, end=True)

    def none(self, y: float) -> None:
        """Say that there is nothing in a row."""
        self.canvas.text(self.left + 4, y, "none", colour="muted", size_px=SMALL_PX)

    def scale(self, top: float, height: float, most: str) -> None:
        """Write what the top and the bottom of a curve mean."""
        self.aside(most, top + 4)
        self.aside("0", top + height - 4)

    def area(
        self,
        highs: Sequence[tuple[int, float]],
        lows: Sequence[tuple[int, float]],
        top: float,
        height: float,
        colour: str,
        *,
        hatch: str = "",
    ) -> None:
        """Fill between two step curves with values from 0 to 1 at the same times, and draw the upper one."""
        if not highs:
            return
        end_ms = self.timeline.end_ms
        xs = [*(self.x(t_ms) for t_ms, _ in highs), self.x(end_ms)]
        upper, lower = (
            [top + height * (1 - value) for _, value in (*points, points[-1])] for points in (highs, lows)
        )
        self.canvas.area(xs, lower, upper, colour, hatch=hatch)
        corners = [(x, y) for n, y in enumerate(upper[:-1]) for x in xs[n : n + 2]]
        ys = [y for y in upper[:-1] for _ in range(2)]
        self.canvas.line([x for x, _ in corners], ys, colour, width=1.3)

    def _link(self, item: Evidence | None) -> tuple[str | None, str | None]:
        """Return the id of a record's mark, if this is its first, and the link to its entry."""
        if item is None:
            return None, None
        gid = self.gid(item)
        first = gid not in self._named
        self._named.add(gid)
        return gid if first else None, f"#{entry_id(item)}"
