"""Figures as people read them."""

import math

UNITS = {
    "rps": "/s",
    "p50_ms": "ms",
    "p95_ms": "ms",
    "p99_ms": "ms",
    "queue_depth": "",
    "queue_age_s": "s",
    "lag_s": "s",
    "certificate_days": "d",
}
"""Units of signals; what is left out is a share, shown in '%'."""


_SHARE_MIN = 5e-5
"""Less than one in 20,000 is nothing to a reader."""


def unit_of(signal: str) -> str:
    """Return the unit a signal is shown in: '/s', 'ms', 's', 'd', '%' or ''."""
    return UNITS.get(signal, "%")


def figure(value: float | None, unit: str) -> str:
    """Return a value with its unit; a dash without data. Values of '%' are shares."""
    if value is None or math.isnan(value):
        return "-"
    if unit == "%":
        if value < _SHARE_MIN:
            return "0 %"
        return f"{value * 100:.2g} %" if value < 0.1 else f"{value:.0%}".replace("%", " %")
    number = f"{value:,.0f}" if value >= 10 else f"{value:.1f}"
    return f"{number} {unit}".replace(" /s", "/s").strip()


def ago(ms: int) -> str:
    """Return a span of time in words: 40 s, 12 min, 3 h, 2 days."""
    seconds = ms // 1000
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    return f"{round(seconds / 3600)} h" if seconds < 36 * 3600 else f"{round(seconds / 86400)} days"


def plural(count: int, what: str) -> str:
    """Return a count with its noun: 1 page, 2 pages."""
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
