"""A sheet to draw on with matplotlib, in pixels from the top left, and how it becomes SVG for a page.

Text stays text in the font of the page, colours are the page's CSS variables, marks have ids, links and
tooltips. The same drawing gives the same bytes: no date, no random ids.
"""

import io
import re
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from xml.etree import ElementTree

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

FONT_PX, SMALL_PX = 12, 11
POINTS_PER_INCH = 72  # so that a pixel of ours is a point of matplotlib, which is a unit of the SVG
COLOURS = {
    name: f"#0101{n:02x}"
    for n, name in enumerate(
        ("ink", "muted", "line", "paper", "soft", "hurt", "warn", "good", "accent", "noise"), start=1
    )
}
"""Stand-ins that nothing else in a drawing has; each becomes the page's variable of its name."""

Dash = str | tuple[float, tuple[float, ...]]
"""A dash pattern as matplotlib takes it."""

SVG, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"
NOT_IN_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
NO_METADATA = dict.fromkeys(("Date", "Creator", "Format", "Type"))


@contextmanager
def plain_matplotlib(name: str) -> Iterator[None]:
    """Everything drawn within looks alike whatever the user's own settings of matplotlib are.

    Drawings of different names have different ids inside, so that they can stand in one page.
    """
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": name, "path.simplify": False})
        yield


class Canvas:
    """A sheet of this width; it is as high as what was drawn when `svg` is asked for."""

    def __init__(self, width_px: float) -> None:
        self.width_px = width_px
        self._figure = Figure(dpi=POINTS_PER_INCH)
        self._axes = self._figure.add_axes((0, 0, 1, 1))
        self._axes.set_axis_off()

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        colour: str = "ink",
        size_px: float = FONT_PX,
        end: bool = False,
        middle: bool = False,
        bold: bool = False,
    ) -> None:
        """Write one line, its middle at height y; it begins at x, or ends there, or has its middle there."""
        self._axes.text(
            x,
            y + size_px * 0.36,
            _printable(text),
            color=COLOURS[colour],
            fontsize=size_px,
            fontweight="bold" if bold else "normal",
            ha="right" if end else "center" if middle else "left",
            va="baseline",
            parse_math=False,
        )

    def line(
        self,
        xs: list[float],
        ys: list[float],
        colour: str,
        *,
        width: float = 1.0,
        dash: Dash = "solid",
        behind: bool = False,
    ) -> None:
        """Draw a line through points, behind bars and areas or before them."""
        self._axes.plot(
            xs,
            ys,
            color=COLOURS[colour],
            linewidth=width,
            linestyle=dash,
            clip_on=False,
            solid_capstyle="butt",
            zorder=0.5 if behind else 2,
        )

    def area(
        self, xs: list[float], lows: list[float], highs: list[float], colour: str, *, hatch: str = ""
    ) -> None:
        """Fill between two step lines, each step to the right of its x; with a hatch, only that."""
        fill = (
            {"facecolor": "none", "hatch": hatch} if hatch else {"facecolor": COLOURS[colour], "alpha": 0.3}
        )
        self._axes.fill_between(
            xs, lows, highs, step="post", edgecolor=COLOURS[colour], linewidth=0, clip_on=False, **fill
        )

    def bar(
        self,
        left: float,
        top: float,
        right: float,
        height: float,
        colour: str,
        *,
        hatch: str = "",
        gid: str | None = None,
        url: str | None = None,
    ) -> None:
        """Draw a bar with an outline, filled lightly, or with a hatch."""
        place, width = (left, top), max(right - left, 2.0)
        if not hatch:
            self._axes.add_patch(
                Rectangle(
                    place, width, height, facecolor=COLOURS[colour], alpha=0.25, clip_on=False, linewidth=0
                )
            )
        self._axes.add_patch(
            Rectangle(
                place,
                width,
                height,
                facecolor="none",
                edgecolor=COLOURS[colour],
                hatch=hatch,
                clip_on=False,
                gid=gid,
                url=url,
            )
        )

    def band(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Draw a plain rectangle behind everything."""
        self._axes.add_patch(
            Rectangle(
                (left, top),
                right - left,
                bottom - top,
                facecolor=COLOURS[colour],
                clip_on=False,
                linewidth=0,
                zorder=0,
            )
        )

    def mark(
        self,
        x: float,
        y: float,
        shape: str,
        colour: str,
        *,
        size_px: float = 8,
        hollow: bool = False,
        gid: str | None = None,
        url: str | None = None,
    ) -> None:
        """Draw one mark of a shape that matplotlib knows."""
        self._axes.plot(
            [x],
            [y],
            marker=shape,
            markersize=size_px,
            markerfacecolor=COLOURS["paper" if hollow else colour],
            markeredgecolor=COLOURS[colour],
            markeredgewidth=1.6 if hollow or shape in "|x" else 0.8,
            linestyle="none",
            clip_on=False,
            gid=gid,
            url=url,
            zorder=4,
        )

    def svg(self, height_px: float, tooltips: Mapping[str, str], attributes: Mapping[str, str]) -> str:
        """Return the drawing; `tooltips` are by the id of a mark, `attributes` those of the svg element."""
        self._figure.set_size_inches(self.width_px / POINTS_PER_INCH, height_px / POINTS_PER_INCH)
        self._axes.set_xlim(0, self.width_px)
        self._axes.set_ylim(height_px, 0)
        out = io.BytesIO()
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")  # the page's font is used
            self._figure.savefig(out, format="svg", metadata=NO_METADATA, transparent=True)
        return _for_a_page(out.getvalue(), tooltips, attributes)


def _printable(text: str) -> str:
    """Return a text without what XML cannot hold."""
    return NOT_IN_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _for_a_page(drawn: bytes, tooltips: Mapping[str, str], attributes: Mapping[str, str]) -> str:
    ElementTree.register_namespace("", SVG)
    ElementTree.register_namespace("xlink", XLINK)
    root = ElementTree.fromstring(drawn)
    for name in ("width", "height", "version"):
        root.attrib.pop(name, None)
    root.attrib.update(attributes)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{{{SVG}}}style":  # it would reach the whole page
                parent.remove(child)
        _clean(parent, tooltips)
    text = ElementTree.tostring(root, encoding="unicode")
    for name, colour in COLOURS.items():
        text = text.replace(colour, f"var(--{name})")
    return text


def _clean(element: ElementTree.Element, tooltips: Mapping[str, str]) -> None:
    """Take away what the page does not need: names of groups, matplotlib's font, new windows."""
    name = element.get("id")
    if element.tag == f"{{{SVG}}}g" and name is not None:
        if name in tooltips:
            title = ElementTree.Element(f"{{{SVG}}}title")
            title.text = _printable(tooltips[name])
            element.insert(0, title)
        else:
            del element.attrib["id"]
    if element.tag == f"{{{SVG}}}a":
        element.attrib.pop("target", None)
        element.set("tabindex", "-1")  # the table below the picture has the same links for the keyboard
    if element.tag == f"{{{SVG}}}text":
        element.attrib.pop("transform", None)
        kept = [part for part in element.get("style", "").split("; ") if not part.startswith("font-family")]
        element.set("style", "; ".join(kept))
