"""Plots as SVG for a page: they take the page's colour of text, and tell apart by pattern as well as by
colour."""

import io
from collections.abc import Callable, Sequence

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure as Sheet

from sim.oncall.whatif.compare import Comparison
from sim.oncall.whatif.figures import BINS, Figure, Floats

_INK = "#010203"
"""Stands for the page's colour of text; nothing else in a drawing has it."""
_KINDS = (("business hours", "#9ecae1", ""), ("off hours", "#4292c6", "//"), ("sleep hours", "#08519c", "xx"))
_WIDEST = 200
"""A difference of more % is drawn as an arrow at the edge."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def carried(names: Sequence[str], per_week: Floats) -> str:
    """Return who is interrupted how often in a week, by hours; `per_week` as `Year.carried`."""

    def draw(axes: Axes) -> None:
        left = np.zeros(len(names))
        for place, (kind, colour, hatch) in enumerate(_KINDS):
            axes.barh(
                names, per_week[:, place], left=left, color=colour, hatch=hatch, edgecolor=_INK, label=kind
            )
            left += per_week[:, place]
        axes.invert_yaxis()
        axes.set_xlabel("interruptions in a week")
        axes.legend(frameon=False, ncols=3, loc="lower center", bbox_to_anchor=(0.5, 1.0))

    return _svg("carried", 0.9 + 0.28 * len(names), draw)


def heat(pages: Floats) -> str:
    """Return when pages come: by day and hour on the policy's clock, `pages` per week as (168,)."""

    def draw(axes: Axes) -> None:
        grid = pages.reshape(7, 24)
        image = axes.imshow(grid, aspect="auto", cmap="Blues", vmin=0)
        axes.set_yticks(range(7), _DAYS)
        axes.set_xticks(range(0, 24, 3), [f"{hour}:00" for hour in range(0, 24, 3)])
        bar = axes.figure.colorbar(image, ax=axes, label="pages an hour")
        bar.outline.set_edgecolor(_INK)

    return _svg("heat", 2.3, draw)


def until(acknowledged: Floats, mitigated: Floats) -> str:
    """Return the shares of alerts that are acknowledged, and mitigated, by some time after they fire."""

    def draw(axes: Axes) -> None:
        for counts, dash, name in (
            (acknowledged, "-", "acknowledged"),
            (mitigated, "--", "mitigated (assumed work)"),
        ):
            if counts.sum() > 0:
                axes.plot(BINS, 100 * np.cumsum(counts[:-1]) / counts.sum(), dash, color=_INK, label=name)
        axes.set_xscale("log")
        axes.set_xlim(0.3, 3_000)
        axes.set_ylim(0, 100)
        axes.set_xticks([1, 5, 15, 60, 240, 1440], ["1 min", "5 min", "15 min", "1 h", "4 h", "1 d"])
        axes.set_ylabel("% of alerts")
        axes.legend(frameon=False, loc="lower right")

    return _svg("until", 2.6, draw)


def against(of: Comparison, arm: int, figures: Sequence[Figure]) -> str:
    """Return by how much an arm's figures differ from the first's, in nine of ten settings and in the
    middle."""

    def draw(axes: Axes) -> None:
        for row, figure in enumerate(figures):
            place = figure.place
            first, other = of.means[0, :, place], of.means[arm, :, place]
            known = np.isfinite(first) & np.isfinite(other) & (first > 0)
            if known.any():
                low, middle, high = np.quantile(100 * (other[known] / first[known] - 1), (0.05, 0.5, 0.95))
                axes.plot([low, high], [row, row], color=_INK, linewidth=1.5)
                beyond = middle > _WIDEST
                axes.plot([min(middle, _WIDEST)], [row], ">" if beyond else "o", color=_INK, markersize=5)
        axes.axvline(0, color=_INK, linewidth=0.8, linestyle=":")
        axes.set_yticks(range(len(figures)), [figure.name for figure in figures])
        axes.set_xlim(-105, _WIDEST + 5)
        axes.set_xlabel("% more than the first")
        axes.invert_yaxis()

    return _svg(f"against-{arm}", 0.8 + 0.26 * len(figures), draw)


def _svg(name: str, height: float, draw: Callable[[Axes], None]) -> str:
    """Return a drawing; the same drawing gives the same bytes."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(
            {
                "svg.fonttype": "none",
                "svg.hashsalt": name,
                "font.size": 10,
                "font.family": "sans-serif",
                **dict.fromkeys(
                    ("text.color", "axes.edgecolor", "axes.labelcolor", "xtick.color", "ytick.color"), _INK
                ),
                "axes.spines.top": False,
                "axes.spines.right": False,
            }
        )
        sheet = Sheet(figsize=(7.2, height), layout="constrained")
        draw(sheet.add_subplot())
        written = io.StringIO()
        none = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        sheet.savefig(written, format="svg", transparent=True, metadata=none)
    drawn = written.getvalue()
    return drawn[drawn.index("<svg") :].replace(_INK, "currentColor")
