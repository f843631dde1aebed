"""Numbers as a report may say them: no more digits than are known."""

import math

from sim.oncall.whatif.figures import Figure


def rounded(value: float) -> str:
    """Return a number with two digits that count, and at most two decimals; from 10,000 on in thousands."""
    if math.isnan(value):
        return "?"
    if math.isinf(value):
        return "never"
    if value == 0 or abs(value) < 0.005:
        return "0"
    near = round(value, _places(value))
    return f"{near / 1000:,.0f}k" if abs(near) >= 10_000 else f"{near:,.{max(0, _places(near))}f}"


def _places(value: float) -> int:
    return min(2, 1 - math.floor(math.log10(abs(value))))


def between(low: float, high: float) -> str:
    """Return a range."""
    one, other = rounded(low), rounded(high)
    return one if one == other else f"{one} to {other}"


def with_unit(text: str, figure: Figure) -> str:
    """Return a number with the unit of its figure."""
    return f"{text} {figure.unit}".rstrip()


def finite(value: float) -> float | None:
    """Return a number as JSON has it: what never ends is null."""
    return value if math.isfinite(value) else None
