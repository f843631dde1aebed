"""What the time axis shows: rows over one axis of time, from what was true down to who was told."""

import textwrap
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import cycle

from scoring.axis.canvas import SMALL_PX, Dash, plain_matplotlib
from scoring.axis.layout import Flag, bar_lanes, clock_ticks, flag_lanes, text_px
from scoring.axis.sheet import BAR_PX, LANE_PX, Sheet
from scoring.scorecard import File
from scoring.timeline import AudienceRow, Bar, Phase, Timeline

TICK_EVERY_PX = 80
CLUSTER_PX, LABELLED_PX = 8, 24
SHARE_MIN = 0.01
"""The scale of users hurt ends here at least, so that next to nothing does not look like much."""
LABEL_CHARS = 60
DASHES: tuple[Dash, ...] = (
    (0, (6, 2)),
    (0, (1, 2)),
    (0, (6, 2, 1, 2)),
    "solid",
    (0, (3, 3)),
    (0, (10, 3)),
)
"""One for each phase in its order, so that they can be told apart without colour."""
SEVERITY_COLOURS = {"P1": "hurt", "P2": "warn", "P3": "accent", "P4": "noise"}


def axis_svg(
    timeline: Timeline,
    starts_at: datetime,
    words: Mapping[tuple[File, int], str],
    *,
    narrow: bool = False,
) -> str:
    """Return the axis for a wide page or a narrow one; `words` are the records in words, by file and number.

    Marks have the ids of `mark_id` on the wide one and others on the narrow one: both stand in one page.
    """
    with plain_matplotlib("narrow" if narrow else "wide"):
        return _drawn(_Drawing(timeline, starts_at, narrow=narrow), words)


def _drawn(drawing: "_Drawing", words: Mapping[tuple[File, int], str]) -> str:
    height_px = drawing.draw()
    tooltips = {
        drawing.gid(item): f"{drawing.clock(item.t_ms)} {words.get((item.file, item.seq), item.what)}"
        for item in drawing.timeline.marks
    }
    attributes = {
        "class": "axis narrow" if drawing.narrow else "axis wide",
        "role": "img",
        "aria-labelledby": "axis-title",
        "aria-describedby": "axis-text",
    }
    return drawing.canvas.svg(height_px, tooltips, attributes)


class _Drawing(Sheet):
    """The axis in the making."""

    def draw(self) -> float:
        """Draw everything and return the height."""
        flags = self._flags()
        lanes = flag_lanes(flags)
        top = (max(lanes, default=-1) + 1) * LANE_PX
        self.y = top + 6
        self._hurt()
        self._severity()
        self._firing()
        self._pages()
        self._looks()
        self._bars("Suspected", self.timeline.suspicions)
        self._bars("Acts", self.timeline.acts)
        for row in self.timeline.audiences:
            self._audience(row)
        self._phases(flags, lanes, top)
        self._clock(top)
        return self.y

    # --- rows ---------------------------------------------------------------------------------------------

    def _hurt(self) -> None:
        """The share of users hurt as a filled curve; its scale ends at the worst moment."""
        hurt = self.timeline.hurt
        worst = max((share for _, share in hurt), default=0.0)
        height = 84
        top = self.begin("Users hurt", height, f"(at worst {worst:.0%})")
        self.scale(top, height, f"{worst:.0%}")
        values = [(t_ms, share / max(worst, SHARE_MIN)) for t_ms, share in hurt]
        self.area(values, [(t_ms, 0.0) for t_ms, _ in hurt], top, height, "hurt")

    def _severity(self) -> None:
        """The true severity over the one that was stated."""
        top = self.begin("Severity", 2 * LANE_PX, "(true, below it as stated)")
        for n, (name, bars) in enumerate(
            (("true", self.timeline.true_severity), ("stated", self.timeline.stated_severity))
        ):
            y = top + n * LANE_PX + (LANE_PX - BAR_PX) / 2
            self.aside(name, y + BAR_PX / 2)
            for bar in bars:
                left, right = self.x(bar.from_ms), self.x(bar.to_ms)
                self.bar(bar, left, y, right, SEVERITY_COLOURS.get(bar.label, "noise"))
                if right - left >= LABELLED_PX:
                    self.canvas.text(left + 5, y + BAR_PX / 2, bar.label, size_px=SMALL_PX, bold=True)
            if not bars:
                self.none(y + BAR_PX / 2)

    def _firing(self) -> None:
        """How many alerts fire: those of this incident, and the others on top of them."""
        firing, height = self.timeline.firing, 48
        most = max(each.of_incident + each.others for each in firing)
        top = self.begin("Alerts firing", height, f"(at most {most})")
        self.scale(top, height, str(most))
        ours = [(each.t_ms, each.of_incident / max(most, 1)) for each in firing]
        everything = [(each.t_ms, (each.of_incident + each.others) / max(most, 1)) for each in firing]
        self.area(ours, [(t_ms, 0.0) for t_ms, _ in ours], top, height, "accent")
        self.area(everything, ours, top, height, "noise", hatch="/////")

    def _pages(self) -> None:
        """Pages as they were sent, and below when somebody took them."""
        top = self.begin("Pages", 2 * LANE_PX, "(sent, below it taken)")
        for n, (name, items, shape, hollow) in enumerate(
            (("sent", self.timeline.pages, "v", False), ("taken", self.timeline.taken, "o", True))
        ):
            y = top + (n + 0.5) * LANE_PX
            self.aside(name, y)
            for item in items:
                self.mark(item, y, shape, "accent", hollow=hollow)
            if not items:
                self.none(y)
            for last, count in _clusters([self.x(item.t_ms) for item in items]):
                self.canvas.text(last + 7, y, f"{count}", size_px=SMALL_PX)

    def _looks(self) -> None:
        top = self.begin("Looks", LANE_PX)
        if not self.timeline.looks:
            self.none(top + LANE_PX / 2)
        for item in self.timeline.looks:
            self.mark(item, top + LANE_PX / 2, "|", "ink", size_px=12)

    def _bars(self, title: str, bars: Sequence[Bar]) -> None:
        """Bars with their labels, in as many lanes as they need."""
        placed = [self._placed(bar) for bar in bars]
        lanes = bar_lanes(
            [(min(left, label), max(right, label + width) + 8) for left, right, label, width in placed]
        )
        lane_px = LANE_PX + (BAR_PX if self.narrow else 0)
        top = self.begin(title, lane_px * (max(lanes, default=0) + 1))
        if not bars:
            self.none(top + lane_px / 2)
        for bar, (left, right, label, _), lane in zip(bars, placed, lanes, strict=True):
            bottom = top + (lane + 1) * lane_px - (LANE_PX - BAR_PX) / 2
            self.bar(
                bar, left, bottom - BAR_PX, right, "hurt" if bar.bad else "good" if bar.outcome else "accent"
            )
            y = bottom - BAR_PX * (1.6 if self.narrow else 0.5)
            self.canvas.text(label, y, _label(bar), size_px=SMALL_PX)

    def _placed(self, bar: Bar) -> tuple[float, float, float, float]:
        """Where a bar begins and ends, where its label begins, and how wide that is."""
        left, width = self.x(bar.from_ms), text_px(_label(bar))
        right = max(self.x(bar.to_ms), left + 2)
        if self.narrow:
            label = left
        elif width + 10 <= right - left and not bar.bad:
            label = left + 5
        elif right + 5 + width <= self.right or left - 5 - width < self.left:
            label = right + 5
        else:
            label = left - 5 - width
        return left, right, max(self.left, min(label, self.right - width)), width

    def _audience(self, row: AudienceRow) -> None:
        """When an audience was told, when it had to be, and for how long it waited too long."""
        top = self.begin(f"To {row.title.lower()}", LANE_PX)
        y = top + LANE_PX / 2
        for due in row.due:
            if due.late_until_ms is not None:
                self.canvas.bar(self.x(due.t_ms), y - 4, self.x(due.late_until_ms), 8, "hurt", hatch="/////")
            self.canvas.mark(self.x(due.t_ms), y, "D", "warn", hollow=True, size_px=7)
        for promise in row.promised:
            if promise.t_ms <= self.timeline.end_ms:
                shape, colour = ("s", "muted") if promise.kept else ("x", "hurt")
                self.canvas.mark(self.x(promise.t_ms), y, shape, colour, hollow=True, size_px=7)
        if not (row.sent or row.due):
            self.none(y)
        late = {item.seq for item in row.late}
        for item in row.sent:
            if item.seq in late:
                self.mark(item, y, "X", "hurt", size_px=9)
            else:
                self.mark(item, y, "o", "good", size_px=9)

    # --- over all rows ------------------------------------------------------------------------------------

    def _flags(self) -> list[Flag]:
        """The labels of the phases; one that would not fit to the right of its line lies to the left."""
        found = []
        for phase in self.timeline.phases:
            x, width = self.x(phase.at.t_ms), text_px(self._name(phase)) + 10
            left = x if x + width <= self.canvas.width_px else x - width
            found.append(Flag(x, left, left + width))
        return found

    def _phases(self, flags: Sequence[Flag], lanes: Sequence[int], top: float) -> None:
        for phase, flag, lane, dash in zip(self.timeline.phases, flags, lanes, cycle(DASHES), strict=False):
            y = top - (lane + 0.5) * LANE_PX
            self.canvas.line([flag.x, flag.x], [y - 6, self.y], "muted", width=1.2, dash=dash)
            to_left = flag.left < flag.x
            self.canvas.text(flag.x - 5 if to_left else flag.x + 5, y, self._name(phase), end=to_left)
            self.mark(phase.at, self.y, "^", "muted", size_px=6)

    def _name(self, phase: Phase) -> str:
        return f"{phase.name} {self.clock(phase.at.t_ms)}"

    def _clock(self, top: float) -> None:
        """Times of the clock below the rows, and what came after the drill as a band."""
        bottom = self.y
        if self.timeline.played_ms < self.timeline.end_ms:
            self.canvas.band(self.x(self.timeline.played_ms), top, self.right, bottom, "soft")
        self.canvas.line([self.left, self.right], [bottom, bottom], "muted")
        most = int((self.right - self.left) / TICK_EVERY_PX)
        for t_ms, text in clock_ticks(self.starts_at, self.timeline.end_ms, most):
            x = self.x(t_ms)
            self.canvas.line([x, x], [top, bottom + 4], "line", width=0.8, behind=True)
            self.canvas.text(x, bottom + 14, text, colour="muted", middle=True)
        self.y += 26


def _label(bar: Bar) -> str:
    text = f"{bar.label} ({bar.outcome})" if bar.outcome else bar.label
    return textwrap.shorten(text, LABEL_CHARS, placeholder=" ...")


def _clusters(xs: Sequence[float]) -> list[tuple[float, int]]:
    """Where marks lie so close that their number does not show: the last one's place, and how many."""
    found: list[list[float]] = []
    for x in xs:
        if found and x - found[-1][-1] < CLUSTER_PX:
            found[-1].append(x)
        else:
            found.append([x])
    return [(cluster[-1], len(cluster)) for cluster in found if len(cluster) > 1]
