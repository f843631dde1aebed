"""Graphs: `metrics`."""

import math
from collections.abc import Sequence
from typing import get_args

import numpy as np

from sim.actions.look import BUSY, Metrics
from sim.answer import Answer, Block, Chart, Line, Table, refusal
from sim.look.broken import data_note, no_dashboards
from sim.look.figures import figure, unit_of
from sim.spec import JOURNEY_SIGNALS, Signal
from sim.view import DAY_MS, View
from sim.world.telemetry import Curve

POINTS_MAX = 120
INSTANCES_MAX = 48
SPLIT_MANY = 4
"""From so many parts on each is drawn in one row."""
_STEP_MS = 15_000
_NEWEST_MS = 30_000
_HOUR_MS = 3_600_000
_HOLDS_DATA = ("database", "cache", "queue", "host_pool")
_OF_DATA: tuple[Signal, ...] = ("memory_share", "disk_share", "queue_depth")
_OF_SOME: tuple[Signal, ...] = ("queue_age_s", "hit_share", "lag_s", "certificate_days")
_OVERVIEW: tuple[Signal, ...] = ("rps", "error_share", "p50_ms", "p95_ms", "cpu_share", "connections_share")
_BUSY: tuple[Signal, ...] = ("cpu_share", "connections_share")
_OF_PART: tuple[Signal, ...] = ("rps", "error_share", "p95_ms")
_OF_INSTANCE: tuple[Signal, ...] = ("rps", "error_share", "p95_ms", "cpu_share", "memory_share")


def metrics(action: Metrics, view: View) -> Answer:
    """Answer `metrics`."""
    to_ms = view.data_ms
    if to_ms is None:
        return no_dashboards(view)
    wrong = _asks_too_much(action, view)
    if wrong:
        return refusal(wrong)
    from_ms = to_ms - action.last_s * 1000 if action.since is None else view.moment(action.since)
    window = _Window(action, view, from_ms, to_ms)
    if action.by == "instance" and action.signal is None:
        title = f"{action.subject} by instance at {view.wall_clock(to_ms)}"
        newest = _Window(action, view, to_ms - _NEWEST_MS, to_ms)
        return Answer((Line(title, "title"), *data_note(view), *_instances(newest)))
    blocks: list[Block] = [Line(window.heading(), "title"), *data_note(view)]
    for signal in _signals(action, view):
        blocks.extend(window.charts(signal))
    return Answer(tuple(blocks))


def _asks_too_much(action: Metrics, view: View) -> str:
    """Return why a question has no answer; '' where it has."""
    if action.subject in view.names.journeys:
        hint = f"`journeys {action.subject}` splits it by class of client; or split a component"
        return f"journeys are measured as a whole; {hint}" if action.by else ""
    signal = next((s for s in get_args(Signal) if s == action.signal), None)
    if signal is not None and not view.has_signal(action.subject, signal):
        return f"{action.subject} has no {signal}"
    if action.by == "code" and action.signal not in (None, "error_share"):
        return f"codes split failures alone: `metrics {action.subject} error_share by code`"
    if action.by in ("code", "instance") and action.compare:
        return f"figures by {action.by} are kept for an hour; yesterday's are gone"
    return ""


def _signals(action: Metrics, view: View) -> tuple[Signal, ...]:
    if action.by == "code":
        return ("error_share",)
    if action.signal == BUSY:
        return _BUSY
    if action.signal is not None:
        return tuple(s for s in get_args(Signal) if s == action.signal)
    if action.by:
        return _OF_PART
    if action.subject in view.names.journeys:
        return JOURNEY_SIGNALS
    holds_data = view.world.component(action.subject).kind in _HOLDS_DATA
    own = tuple(signal for signal in _OF_SOME if view.has_signal(action.subject, signal))
    return _OVERVIEW + (_OF_DATA if holds_data else ()) + own


class _Window:
    """What was asked for, from when to when."""

    def __init__(self, action: Metrics, view: View, from_ms: int, to_ms: int) -> None:
        self.action, self.view, self.from_ms, self.to_ms = action, view, from_ms, to_ms
        if action.by == "instance":
            self.from_ms = max(from_ms, to_ms - _HOUR_MS)
        if action.by == "code":
            self.from_ms = max(from_ms, view.kept_from_ms)
        points = (to_ms - self.from_ms) / POINTS_MAX
        self.step_ms = max(_STEP_MS, math.ceil(points / _STEP_MS) * _STEP_MS)

    def heading(self) -> str:
        """Say what is shown."""
        action, seconds = self.action, (self.to_ms - self.from_ms) // 1000
        span = f"last {seconds // 60} min" if seconds >= 60 else f"last {seconds} s"
        split = f" by {action.by}" if action.by else ""
        return f"{action.subject}{split}, {span} until {self.view.wall_clock(self.to_ms)}"

    def curves(self, signal: Signal, days_ago: int = 0) -> list[Curve]:
        """Return the curves of a signal."""
        back_ms = days_ago * DAY_MS
        from_ms, to_ms = self.from_ms - back_ms, self.to_ms - back_ms
        return self.view.curves(self.action.subject, signal, from_ms, to_ms, self.action.by, self.step_ms)

    def _known(self, signal: Signal) -> list[Curve]:
        """Return the curves of a signal without those of parts that were not there, unless none was."""
        curves = self.curves(signal)
        return [curve for curve in curves if np.isfinite(curve.values).any()] or curves

    def charts(self, signal: Signal) -> list[Block]:
        """Return the charts of a signal: one, or one for each part."""
        curves = self._known(signal)
        if not curves and self.action.by == "code":
            return [self._no_codes()]
        if not curves:
            return [Line(f"{self.action.subject} has no {self.action.by}s to tell apart", "dim")]
        before = (
            {curve.label: _values(curve) for curve in self.curves(signal, 1)} if self.action.compare else {}
        )
        brief = self.action.by in ("code", "instance") or len(curves) >= SPLIT_MANY
        shown = curves[:INSTANCES_MAX]
        charts: list[Block] = [self._chart(signal, curve, before, brief=brief) for curve in shown]
        return [*charts, *_left_out(len(curves) - len(shown))]

    def _no_codes(self) -> Line:
        subject = self.action.subject
        errors = self.view.measured_at(subject, "error_share", self.to_ms)
        if errors is None:
            return Line(f"there is no data of {subject}", "warn")
        return Line(f"no request to {subject} failed", "good")

    def _chart(
        self, signal: Signal, curve: Curve, before: dict[str, tuple[float | None, ...]], *, brief: bool
    ) -> Chart:
        values = _values(curve)
        brief_label = curve.label if self.action.by == "instance" else f"{signal} {curve.label}"
        label = curve.label if self.action.by == "code" else brief_label.strip()
        chart = Chart(label, unit_of(signal), self.step_ms // 1000, values, _last(values), brief=brief)
        if brief:
            return chart
        return Chart(
            label=label,
            unit=chart.unit,
            step_s=chart.step_s,
            values=values,
            now=self._at(signal, curve, 0),
            hour_ago=self._at(signal, curve, _HOUR_MS),
            yesterday=self._at(signal, curve, DAY_MS),
            day_before=before.get(curve.label, ()),
        )

    def _at(self, signal: Signal, curve: Curve, ago_ms: int) -> float | None:
        by = self.action.by if self.action.by in ("zone", "version", "shard") else None
        return self.view.measured_at(self.action.subject, signal, self.to_ms - ago_ms, by, curve.label)


def _instances(window: _Window) -> list[Block]:
    """Return the newest figures of every replica."""
    columns = {signal: {c.label: _last(_values(c)) for c in window.curves(signal)} for signal in _OF_INSTANCE}
    names = list(columns["rps"])
    rows = tuple(
        (name, *(figure(found.get(name), unit_of(signal)) for signal, found in columns.items()))
        for name in names[:INSTANCES_MAX]
    )
    table = Table(("instance", "requests", "errors", "p95", "cpu", "memory"), rows)
    return [table, *_left_out(len(names) - len(rows))]


def _left_out(count: int) -> list[Line]:
    return [Line(f"and {count} more", "dim")] if count > 0 else []


def _values(curve: Curve) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else float(value) for value in curve.values)


def _last(values: Sequence[float | None]) -> float | None:
    return values[-1] if values else None
