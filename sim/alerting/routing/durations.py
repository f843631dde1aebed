"""Durations as Prometheus writes them: `1h30m`, `500ms`, `0`."""

import re

_UNITS_MS = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
_DURATION = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS_MS))


def duration_ms(text: str) -> int:
    """Return the milliseconds of a duration; units go from the largest down. Raises ValueError."""
    if text == "0":
        return 0
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise ValueError(f"not a valid duration: {text!r}; write one such as 30s, 5m or 1h30m")
    parts = zip(found.groups(), _UNITS_MS.values(), strict=True)
    return sum(int(number) * unit_ms for number, unit_ms in parts if number is not None)


def duration_text(ms: int) -> str:
    """Return a duration as Prometheus writes it."""
    if ms == 0:
        return "0s"
    written, left = "", ms
    for unit, unit_ms in _UNITS_MS.items():
        exact = unit in ("y", "w", "d") and left % unit_ms  # a day is written only where it comes out even
        if left >= unit_ms and not exact:
            written += f"{left // unit_ms}{unit}"
            left %= unit_ms
    return written
