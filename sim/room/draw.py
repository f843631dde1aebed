"""Blocks of an answer as text for a terminal: wrapped lines, aligned tables, sparklines.

Pure: width and colour are passed in. No row is wider than the width, and what a colour says is also said by
a word, so that the text without colour is complete.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from rich.cells import cell_len, chop_cells, set_cell_size

from sim.answer import Block, Chart, Line, Table, Tone

WIDTH_MAX = 120
"""Text wider than this is hard to read; wider terminals are not filled."""

_SGR: dict[Tone, str] = {"title": "1", "good": "32", "warn": "33", "bad": "1;31", "dim": "2"}
_BARS = "▁▂▃▄▅▆▇█"
_GAP = "  "
_COLUMN_MIN = 4
_DAY_BEFORE = "day before"
_LABEL_MAX = 26
_SHARE_SPAN_MIN = 0.01
"""A '%' chart spans at least one percentage point: ordinary noise of 0.02 % must not look like an outage."""
_SCALE_WIDTH = 26
"""Room kept for the figures beside a chart, so that charts below one another are equally wide."""
_USUAL_SPAN_SHARE = 0.25
"""A chart spans at least this share of its mean; an assumption."""

_HANG = re.compile(r"\s*(?:\d\d:\d\d:\d\d (?:[A-Z]+(?: \d+)? +)?|[-•] )?")
# Control, surrogate and invisible characters; a joiner makes the width of a row depend on its cells.
_CONTROL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_NUMBER = re.compile(r"[-+−<]?\d[\d,.]*( ?(%|ms|s|min|h|/s|MB|GB))?|-|–|")


def colour_wanted(environ: Mapping[str, str]) -> bool:
    """Return whether colour is wanted by the environment (https://no-color.org)."""
    return not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def drawn(blocks: Iterable[Block], width: int, colour: bool) -> str:
    """Return the blocks as text of at most `width` columns, each row ended by a newline."""
    blocks = tuple(blocks)
    charts = [block for block in blocks if isinstance(block, Chart)]
    labels = [_clean(chart.label) for chart in charts] + [_DAY_BEFORE for chart in charts if chart.day_before]
    label_width = min(_LABEL_MAX, max(map(cell_len, labels), default=0))
    rows = [row for block in blocks for row in _rows(block, max(width, 20), label_width)]
    return "".join(_coloured(text, tone if colour else "plain") + "\n" for text, tone in rows)


def wrapped(text: str, width: int) -> list[str]:
    """Return text as rows of at most `width` columns, broken between words.

    Rows that continue a line stand under its text: behind its indent, bullet, or time and mark.
    """
    rows: list[str] = []
    for line in _clean(text).split("\n"):
        hang = _HANG.match(line)
        indent = hang.end() if hang and hang.end() <= width // 2 else 0
        row = ""
        for word in re.findall(r"\s*\S+", line):
            if cell_len(row + word) <= width:
                row += word
                continue
            if row.strip():
                rows.append(row)
                word = " " * indent + word.lstrip()  # noqa: PLW2901
            *full, row = chop_cells(word, width) or [""]
            rows.extend(full)
        rows.append(row)
    return rows


def sparkline(values: Sequence[float | None], width: int, span_min: float = 0.0) -> str:
    """Return a series as block characters, lowest value lowest bar, at most `width` of them.

    Neighbours are averaged where there are more values than columns. None (and what is not finite) is a
    gap. A flat series lies in the middle, or, with `span_min`, on the floor: the scale then spans that much.
    """
    return sparklines([values], width, span_min)[0]


def sparklines(several: Sequence[Sequence[float | None]], width: int, span_min: float = 0.0) -> list[str]:
    """Return several series on one scale, each as `sparkline` draws it."""
    drawn_points = [_averaged(_finite(values), width) for values in several]
    known = [v for points in drawn_points for v in points if v is not None]
    low = min(known, default=0.0)
    span = max(max(known, default=0.0) - low, span_min)
    return [
        "".join(" " if v is None else _bar((v - low) / span if span else 0.5) for v in points)
        for points in drawn_points
    ]


def figure(value: float | None, unit: str) -> str:
    """Return a number with as many digits as a reader needs; shares as percent. The unit is not added."""
    if value is None or not math.isfinite(value):
        return "?"
    shown = value * 100 if unit == "%" else value
    size = abs(shown)
    if size >= 9.95:
        return f"{shown:,.0f}"
    if size >= 0.995:
        return f"{shown:.1f}".removesuffix(".0")
    return "0" if size < 0.0005 else f"{shown:.2g}"


# --- blocks to rows ---------------------------------------------------------------------------------------


def _rows(block: Block, width: int, label_width: int) -> list[tuple[str, Tone]]:
    match block:
        case Line():
            return [(row, block.tone) for row in wrapped(block.text, width)]
        case Table():
            return _table_rows(block, width)
        case Chart():
            return [(row, "plain") for row in _chart_rows(block, width, label_width)]


def _table_rows(table: Table, width: int) -> list[tuple[str, Tone]]:
    cells = [[_clean(cell).replace("\n", " ") for cell in row] for row in (table.columns, *table.rows)]
    widths = _column_widths(cells, width)
    right = [all(_NUMBER.fullmatch(row[i]) for row in cells[1:]) for i in range(len(table.columns))]
    tones: list[Tone] = ["title", *table.tones]
    tones += ["plain"] * (len(cells) - len(tones))
    rows: list[tuple[str, Tone]] = []
    for row, tone in zip(cells, tones, strict=True):
        columns = [wrapped(cell, w) for cell, w in zip(row, widths, strict=True)]
        for depth in range(max((len(column) for column in columns), default=0)):
            parts = [column[depth] if depth < len(column) else "" for column in columns]
            padded = [_pad(*part) for part in zip(parts, widths, right, strict=True)]
            rows.append((_cut(_GAP.join(padded).rstrip(), width), tone))
    return rows


def _column_widths(cells: list[list[str]], width: int) -> list[int]:
    """Return column widths: as wide as the content, the widest narrowed until a row fits.

    Columns are narrowed to their longest word first, and below it only where that is not enough.
    """
    columns = list(zip(*cells, strict=True))
    widths = [max(1, *map(cell_len, column)) for column in columns]
    words = [max(map(cell_len, " ".join(column).split()), default=1) for column in columns]
    room = width - len(_GAP) * (len(widths) - 1)
    for floors in (words, [_COLUMN_MIN] * len(widths)):
        for _ in range(sum(widths) - room):
            spare = [has - floor for has, floor in zip(widths, floors, strict=True)]
            if max(spare) <= 0:
                break
            widths[spare.index(max(spare))] -= 1
    return widths


def _span_min(chart: Chart) -> float:
    """Return the least span of a chart's scale, so that ordinary noise does not fill it."""
    known = _known(chart.values)
    usual = _USUAL_SPAN_SHARE * sum(known) / len(known) if known else 0.0
    return max(usual, _SHARE_SPAN_MIN) if chart.unit == "%" else usual


def _chart_rows(chart: Chart, width: int, label_width: int) -> list[str]:
    indent = " " * (label_width + 2)
    now = (
        f"now {figure(chart.now, chart.unit)}{_unit(chart.unit)}" if chart.now is not None else "now no data"
    )
    scale = _scale(chart.values, chart.unit)
    scale = f"{now}; {scale}" if chart.brief else f"{scale}, {_span(chart.step_s * len(chart.values))}"
    both = [chart.values, chart.day_before]
    room = max(8, min(60, width - cell_len(indent) - max(cell_len(scale), _SCALE_WIDTH) - 2))
    bars, bars_before = sparklines(both, room, _span_min(chart))
    label = _pad(_cut(_clean(chart.label).replace("\n", " "), label_width), label_width, False)
    rows = [f"{label}  {bars}  {scale}"]
    if chart.day_before:
        rows.append(
            f"{_pad(_DAY_BEFORE, label_width, False)}  {bars_before}  {_scale(chart.day_before, chart.unit)}"
        )
    if not chart.brief:
        rows.append(indent + " · ".join([now, *_compared(chart)]))
    return [_cut(row, width) for row in rows]


def _compared(chart: Chart) -> list[str]:
    named = (("an hour ago", chart.hour_ago), ("yesterday", chart.yesterday))
    return [f"{name} {figure(value, chart.unit)}" for name, value in named if value is not None]


def _scale(values: Sequence[float | None], unit: str) -> str:
    known = _known(values)
    if not known:
        return "no data"
    low, high = figure(min(known), unit), figure(max(known), unit)
    return f"{low}{_unit(unit)}" if low == high else f"{low} to {high}{_unit(unit)}"


def _known(values: Sequence[float | None]) -> list[float]:
    return [v for v in values if v is not None and math.isfinite(v)]


def _finite(values: Sequence[float | None]) -> list[float | None]:
    return [v if v is not None and math.isfinite(v) else None for v in values]


# --- small parts ------------------------------------------------------------------------------------------


def _coloured(text: str, tone: Tone) -> str:
    code = _SGR.get(tone)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text


def _clean(text: str) -> str:
    """Return text that cannot steer the terminal: control characters become visible stand-ins."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text.replace("\r\n", "\n").replace("\t", "  "))


def _cut(text: str, width: int) -> str:
    return text if cell_len(text) <= width else set_cell_size(text, width - 1).rstrip() + "…"


def _pad(text: str, width: int, right: bool) -> str:
    blank = " " * max(0, width - cell_len(text))
    return blank + text if right else text + blank


def _bar(height: float) -> str:
    return _BARS[min(len(_BARS) - 1, int(height * len(_BARS)))]


def _averaged(values: Sequence[float | None], width: int) -> list[float | None]:
    columns = min(len(values), width)
    edges = [i * len(values) // columns for i in range(columns + 1)] if columns else []
    return [_mean(values[start:end]) for start, end in pairwise(edges)]


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return math.fsum(v / len(known) for v in known) if known else None


def _unit(unit: str) -> str:
    return f" {unit}" if unit else ""


def _span(seconds: int) -> str:
    if seconds < 120:
        return f"{seconds} s"
    return f"{seconds // 60} min" if seconds < 2 * 3600 else f"{seconds / 3600:.3g} h"
