"""How a component or a part of it is, as far as measured: a mark that needs no colour.

Thresholds are assumptions: what an experienced responder would look at twice. Errors and response times
are held against the same time yesterday.
"""

from math import isfinite, nan
from typing import Literal

from sim.answer import Tone
from sim.spec import Signal
from sim.view import Figures

Mark = Literal["ok", "!", "!!", "-", "?"]

LEGEND = "! degraded  !! X failing  - no traffic  ? no data"
TONES: dict[Mark, Tone] = {"ok": "plain", "!": "warn", "!!": "bad", "-": "dim", "?": "warn"}
DOTS: dict[Mark, str] = {"ok": "•", "!": "!", "!!": "X", "-": "-", "?": "?"}
"""One sign for each mark, for a row of zones."""

_NO_TRAFFIC_RPS = 0.01
_ERRORS_BAD, _ERRORS_MANY, _ERRORS_TIMES = 0.01, 0.10, 2.0
_SLOW_TIMES, _SLOW_MORE_MS = 2.5, 30.0
_STUCK_TIMES, _STUCK_MORE_MS = 10.0, 500.0
_ERRORS_MIN = 5.0
"""Fewer failed requests in a minute say nothing."""
_TIGHT: dict[Signal, float] = {
    "cpu_share": 0.9,
    "connections_share": 0.9,
    "disk_share": 0.92,
    "memory_share": 0.97,
}
_TIGHTER = 0.05
"""What is as full every day is not worth a mark."""


def mark(now: Figures, usual: Figures) -> Mark:
    """Return the mark of what is measured now against the usual; both may be empty."""
    rps = now.get("rps", nan)
    if not isfinite(rps):
        return "?"
    if rps < _NO_TRAFFIC_RPS:
        return "-"
    errors, before = now["error_share"], usual.get("error_share", nan)
    enough = 60.0 * rps * errors >= _ERRORS_MIN
    many_more = enough and (not isfinite(before) or errors >= _ERRORS_TIMES * before)
    if many_more and errors >= _ERRORS_MANY:
        return "!!"
    if _slower(now, usual, _STUCK_TIMES, _STUCK_MORE_MS):
        return "!!"
    tight = any(
        now[signal] >= limit and not now[signal] < usual.get(signal, nan) + _TIGHTER
        for signal, limit in _TIGHT.items()
    )
    slow = _slower(now, usual, _SLOW_TIMES, _SLOW_MORE_MS)
    return "!" if tight or slow or (many_more and errors >= _ERRORS_BAD) else "ok"


def _slower(now: Figures, usual: Figures, times: float, more_ms: float) -> bool:
    p95_ms, before_ms = now["p95_ms"], usual.get("p95_ms", nan)
    return p95_ms >= times * before_ms and p95_ms >= before_ms + more_ms
