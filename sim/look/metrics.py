"""Graphs: `metrics`."""

import math
from typing import get_args

from sim.actions.look import Metrics
from sim.answer import Answer, Block, Chart, Line, refusal
from sim.look.figures import unit_of
from sim.spec import JOURNEY_SIGNALS, Signal
from sim.view import View
from sim.world.telemetry import Curve

POINTS_MAX = 120
_HOUR_MS = 3_600_000
_HOLDS_DATA = ("database", "cache", "queue", "host_pool")
_OF_DATA: tuple[Signal, ...] = ("memory_share", "disk_share", "queue_depth")
_OVERVIEW: tuple[Signal, ...] = ("rps", "error_share", "p50_ms", "p95_ms", "cpu_share", "connections_share")


def metrics(action: Metrics, view: View) -> Answer:
    """Answer `metrics`."""
    is_journey = action.subject in view.names.journeys
    if is_journey and action.by:
        return refusal("journeys are measured as a whole; split a component instead, e.g. `topology`")
    if action.signal is not None:
        signals: tuple[Signal, ...] = tuple(s for s in get_args(Signal) if s == action.signal)
    elif action.by:
        signals = ("rps", "error_share", "p95_ms")
    elif is_journey:
        signals = JOURNEY_SIGNALS
    else:
        holds_data = view.world.component(action.subject).kind in _HOLDS_DATA
        signals = _OVERVIEW + (_OF_DATA if holds_data else ())
    blocks: list[Block] = [Line(_heading(action, view), "title")]
    for signal in signals:
        blocks.extend(_charts(action, signal, view))
    return Answer(tuple(blocks))


def _heading(action: Metrics, view: View) -> str:
    minutes = action.last_s // 60
    span = f"last {minutes} min" if action.last_s >= 60 else f"last {action.last_s} s"
    split = f" by {action.by}" if action.by else ""
    return f"{action.subject}{split}, {span} until {view.wall_clock(view.now_ms)}"


def _charts(action: Metrics, signal: Signal, view: View) -> list[Block]:
    now_ms = view.now_ms
    step_ms = max(15_000, math.ceil(action.last_s * 1000 / POINTS_MAX / 15_000) * 15_000)
    curves = view.curves(action.subject, signal, now_ms - action.last_s * 1000, now_ms, action.by, step_ms)
    if not curves:
        return [Line(f"{action.subject} has no {action.by}s to tell apart", "dim")]
    return [_chart(action, signal, curve, step_ms, view) for curve in curves]


def _chart(action: Metrics, signal: Signal, curve: Curve, step_ms: int, view: View) -> Chart:
    def at(t_ms: int) -> float | None:
        return view.measured_at(action.subject, signal, t_ms, action.by, curve.label)

    now_ms = view.now_ms
    return Chart(
        label=f"{signal} {curve.label}".strip(),
        unit=unit_of(signal),
        step_s=step_ms // 1000,
        values=tuple(None if math.isnan(v) else float(v) for v in curve.values),
        now=at(now_ms),
        hour_ago=at(now_ms - _HOUR_MS),
        yesterday=at(now_ms - 24 * _HOUR_MS),
    )
