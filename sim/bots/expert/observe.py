"""The expert's eyes: each look is typed in the drill, then what it showed is read from the view as data.

So every look takes its time and is journaled, and what is lost is lost: without dashboards there are no
figures, without logs no lines.
"""

from collections.abc import Callable
from dataclasses import replace
from math import nan

import numpy as np
from numpy.typing import NDArray

from sim.answer import Answer
from sim.bots.expert.scene import Observed, Part, Scene
from sim.look.health import mark
from sim.spec import Signal
from sim.view import DAY_MS, Figures, KnownChange, View
from sim.world.series import By

USUAL_SAMPLES = 20
"""The usual is the mean of five minutes of yesterday, as on the map."""
TREND_MS = 20 * 60_000
STEADY_R2 = 0.7
"""A gauge moves steadily where a straight line explains so much of it; an assumption."""
HALF_SHARE = 0.3
"""Each half of the window moves at least so much as the whole of it; an assumption."""
GAUGES: tuple[Signal, ...] = ("disk_share", "memory_share", "queue_age_s", "lag_s")
_BUSY_TIMES, NO_RPS = 2.0, 0.01


class Eyes:
    """Looks through one view; `look` types a line and lets the time of a look go by."""

    def __init__(self, view: View, look: Callable[[str], Answer]) -> None:
        self._view = view
        self._look = look
        self._observed: dict[str, Observed] = {}
        self._changes: tuple[KnownChange, ...] = ()
        self._busy: tuple[str, ...] = ()
        self._traced: tuple[str, ...] = ()

    @property
    def blind(self) -> bool:
        """Whether the dashboards do not load."""
        return self._view.data_ms is None

    def forget(self) -> None:
        """Let go of what was seen of components: it may be otherwise by now."""
        self._observed.clear()

    def looked_at(self, component: str) -> bool:
        """Return whether a component was looked at closely."""
        seen = self._observed.get(component)
        return seen is not None and bool(seen.lines or seen.slopes)

    def the_map(self) -> None:
        """See every component of the drawing, with its zones."""
        self._look("topology")
        for component in self._view.world.components:
            if not component.hidden:
                self._read(component.id, zones_only=True)

    def closely(self, component: str) -> None:
        """See the signals, parts and log of one component."""
        if not self.blind:
            self._look(f"metrics {component}")
            self._read(component, zones_only=True)
        labels = [by for by, _ in self._view.figures(component)]
        for by in ("version", "shard"):
            if labels.count(by) > 1:
                self._look(f"metrics {component} error_share by {by}")
        self._read(component, zones_only=False)
        self._look(f"logs {component}")
        seen = self._observed.get(component, Observed(component))
        self._observed[component] = replace(
            seen, lines=self._view.log_lines(component, 300), slopes=self._slopes(component)
        )

    def changes(self) -> None:
        """See what was changed lately."""
        self._look("changes last 2h")
        self._changes = tuple(c for c in self._view.changes() if c.t_ms >= self._view.now_ms - 2 * 3_600_000)

    def changes_of(self, component: str) -> None:
        """See what was changed of a component in a day."""
        self._look(f"changes {component}")
        known = [change for change in self._view.changes() if change.component == component]
        self._changes = tuple(sorted({*self._changes, *known}, key=lambda change: -change.t_ms))

    def clients(self, journey: str) -> None:
        """See which classes of client make far more requests of a journey than they are known to."""
        self._look(f"journeys {journey}")
        known = {client.id: client.rps.get(journey, 0.0) for client in self._view.world.clients}
        self._busy = tuple(
            name
            for name, met in self._view.clients_of(journey).items()
            if met.rps > _BUSY_TIMES * known[name] > 0.0
        )

    def trace(self, journey: str) -> None:
        """See where a typical request of a journey fails: the deepest step with a note."""
        self._look(f"traces {journey}")
        noted = [span for span in self._view.waterfall(journey) if span.note]
        if noted:
            deepest = max(noted, key=lambda span: span.depth)
            self._traced = (deepest.name.split(".")[0].split(" ")[0],)

    def scene(self, hurt: tuple[str, ...]) -> Scene:
        """Return all that was seen until now."""
        cards = [card for card in self._view.board.open_alerts if not card.noise]
        names = {component.id for component in self._view.world.components}
        told = [card.fired.component for card in cards if card.fired.component in names]
        now_ms = self._view.now_ms
        since = [card.since_ms for card in cards if card.since_ms > now_ms - 3_600_000]
        return Scene(
            world=self._view.world,
            now_ms=now_ms,
            since_ms=min(since, default=now_ms) - 60_000,
            hurt=hurt,
            observed=dict(self._observed),
            changes=self._changes,
            busy_clients=self._busy,
            told=tuple(dict.fromkeys((*told, *self._traced))),
        )

    def _read(self, component: str, *, zones_only: bool) -> None:
        now = self._view.figures(component)
        usual = self._view.figures(component, DAY_MS, USUAL_SAMPLES)
        whole, before = now.get((None, ""), {}), usual.get((None, ""), {})
        parts = tuple(
            _part(by, label, figures, usual.get((by, label), {}), before)
            for (by, label), figures in now.items()
            if by is not None and (by == "zone" or not zones_only)
        )
        old = self._observed.get(component, Observed(component))
        self._observed[component] = replace(
            old, mark=mark(whole, before), now=whole, usual=before, parts=parts
        )

    def _slopes(self, component: str) -> dict[Signal, float]:
        """Return how gauges move an hour, of those that move steadily; 0 of others."""
        now_ms, found = self._view.now_ms, {}
        for signal in GAUGES:
            if not self._view.has_signal(component, signal):
                continue
            curves = self._view.curves(component, signal, now_ms - TREND_MS, now_ms)
            if curves:
                found[signal] = slope_per_h(curves[0].times_ms, curves[0].values)
        return found


def _part(by: By, label: str, now: Figures, own: Figures, whole: Figures) -> Part:
    rps = now.get("rps", nan)
    gone = rps < NO_RPS and own.get("rps", 0.0) >= 1.0
    return Part(by, label, mark(now, _ordinary(own, whole)), now, gone)


def _ordinary(part: Figures, whole: Figures) -> Figures:
    """Return what a part is held against: itself yesterday, or the whole where it hardly ran then."""
    return part if part.get("rps", 0.0) > 1.0 else whole


def slope_per_h(times_ms: NDArray[np.int64], values: NDArray[np.float32]) -> float:
    """Return how much a series moves an hour by a straight line; 0 where it does not move steadily.

    A step is no slope: both halves have to move as the whole does.
    """
    known = np.isfinite(values)
    if known.sum() < 16:
        return 0.0
    hours, y = times_ms[known] / 3_600_000.0, values[known].astype(np.float64)
    slope, start = np.polyfit(hours, y, 1)
    spread = float(((y - y.mean()) ** 2).sum())
    left = float(((y - slope * hours - start) ** 2).sum())
    half = len(y) // 2
    halves = (np.polyfit(hours[:half], y[:half], 1)[0], np.polyfit(hours[half:], y[half:], 1)[0])
    steady = spread > 0.0 and 1.0 - left / spread >= STEADY_R2
    return float(slope) if steady and all(part >= HALF_SHARE * slope for part in halves) else 0.0
