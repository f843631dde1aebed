"""Telemetry: what people and rules can see of the world, past and present.

Everything is measured: true signals of the flow, with the noise of measurement and the blips of an
ordinary day. A series' noise belongs to what it measures and the hour, so it is the same whatever else
exists or happens. Values are NaN where there is no data (no traffic, not sampled, a version without
replicas).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from sim.events import SAMPLE_MS
from sim.spec import Signal
from sim.streams import block
from sim.world.flow import Flow
from sim.world.gauges import Gauges
from sim.world.history import HISTORY_MS, History
from sim.world.measuring import lay, measured
from sim.world.modifiers import Modifier
from sim.world.series import Blip, By, SeriesId
from sim.world.signals import NO_TRAFFIC_RPS, RPS, SIGNALS, Floats, Layout, Part, layout, truth
from sim.world.topology import Topology

__all__ = ["HISTORY_MS", "Curve", "Telemetry"]

_HOUR_MS = 3_600_000
_SAMPLES_PER_HOUR = _HOUR_MS // SAMPLE_MS


@dataclass(frozen=True, slots=True)
class Curve:
    """One series over a window: evenly spaced times and its values, NaN where there is no data.

    `label` is the zone, version or shard; empty for the whole.
    """

    label: str
    times_ms: NDArray[np.int64]
    values: NDArray[np.float32]


class Telemetry:
    """The measured signals of one drill, sampled every 15 s, and of the day before it.

    Samples are kept in a float32 array (samples, subjects, SIGNALS), see `sim/world/signals.py`.
    """

    def __init__(
        self,
        topology: Topology,
        seed: int,
        starts_at: datetime,
        horizon_ms: int,
        blips: Iterable[Blip] = (),
        past_modifiers: Sequence[Modifier] = (),
        usual: Gauges | None = None,
    ) -> None:
        self._seed = seed
        self._blips = tuple(blips)
        self._active = _by_sample(self._blips, horizon_ms)
        self._layout = layout(topology, seed, usual)
        self._history = History(self._layout, seed, starts_at, past_modifiers)
        shape = (horizon_ms // SAMPLE_MS + 1, self._layout.size, len(SIGNALS))
        self._samples = np.full(shape, np.nan, dtype=np.float32)
        self._last_ms = -SAMPLE_MS
        self._truth: Floats | None = None
        self._past_noise: dict[tuple[int, int], NDArray[np.float32]] = {}
        self._noise_hour = -1
        self._noise = np.empty((0, 0, 0), dtype=np.float32)
        self._read: set[SeriesId] = set()

    # --- writing ------------------------------------------------------------------------------------------

    def record(self, t_ms: int, flow: Flow, gauges: Gauges | None = None) -> None:
        """Take the sample of `t_ms`, a multiple of 15 s within the horizon, from a flow of batch 1.

        `gauges` is what slow state shows then; by default that of an ordinary day.
        """
        hour, place = divmod(t_ms // SAMPLE_MS, _SAMPLES_PER_HOUR)
        if hour != self._noise_hour:
            everything = [self._noise_of(subject, hour) for subject in range(self._layout.size)]
            self._noise, self._noise_hour = np.stack(everything, axis=1), hour
        z = self._noise[place : place + 1]
        self._truth = truth(self._layout, flow, np.array([t_ms], dtype=np.int64), self._truth, gauges)
        row = measured(self._truth, z)
        for blip in self._active.get(t_ms // SAMPLE_MS, ()):
            lay(self._layout, blip, row, z)
        row[0, ~self._layout.there(flow.parameters.replicas)] = np.nan
        self._samples[t_ms // SAMPLE_MS] = row[0]
        self._last_ms = t_ms

    # --- reading ------------------------------------------------------------------------------------------

    @property
    def layout(self) -> Layout:
        """What is measured: components with their parts, and journeys."""
        return self._layout

    @property
    def last_ms(self) -> int:
        """When the last sample was taken; negative before the first."""
        return self._last_ms

    def labels(self, component: str, by: By) -> tuple[str, ...]:
        """Return the labels of a component's parts. Raises KeyError for an unknown component."""
        return self._layout.labels(component, by)

    def columns(self, series: Iterable[SeriesId]) -> NDArray[np.intp]:
        """Return where these series are in `latest_values`. Raises KeyError for an unknown one."""
        wanted = tuple(series)
        self._read.update(wanted)
        return np.array([self._column(one) for one in wanted], dtype=np.intp)

    def latest_values(self, columns: NDArray[np.intp]) -> NDArray[np.float32]:
        """Return the last sample's values of these columns."""
        values: NDArray[np.float32] = self._samples[self._last_ms // SAMPLE_MS].reshape(-1)[columns]
        return values

    def true_values(self, columns: NDArray[np.intp]) -> Floats:
        """Return what these columns of the last sample truly were, without noise and blips."""
        assert self._truth is not None, "there is no sample yet"
        values: Floats = self._truth.reshape(-1)[columns]
        return values

    def as_measured(self, t_ms: NDArray[np.int64], signals: Floats, columns: NDArray[np.intp]) -> Floats:
        """Return what these columns would be at these times, were `signals` the truth of all subjects.

        With the noise and the blips that the drill's own samples have; (len(t_ms), columns).
        """
        values: Floats = self._measured(t_ms, slice(0, self._layout.size), signals)
        return values.reshape(len(t_ms), -1)[:, columns]

    def window(
        self,
        of: str,
        name: str,
        signal: Signal,
        from_ms: int,
        to_ms: int,
        by: By | None = None,
        step_ms: int = SAMPLE_MS,
    ) -> list[Curve]:
        """Return a signal of a component or journey (`of`) from `from_ms` to `to_ms`, both inclusive.

        One curve for the whole, or with `by` one for each part, at multiples of `step_ms` (itself a
        multiple of 15 s); nothing after the last sample. Times may be negative; earlier than the history
        there is no data. Raises KeyError for unknown names.
        """
        last_ms = min(to_ms, max(self._last_ms, -SAMPLE_MS))
        times_ms = np.arange(-(-from_ms // step_ms) * step_ms, last_ms + 1, step_ms, dtype=np.int64)
        if of == "journey":
            wanted = [SeriesId("journey", name, signal)]
        elif by is None:
            wanted = [SeriesId("component", name, signal)]
        else:
            labels = self._layout.labels(name, by)
            wanted = [SeriesId("component", name, signal, by, label) for label in labels]
        self._read.update(wanted)
        subjects = self._together(of, name)
        values = self._values(times_ms, subjects)[..., SIGNALS.index(signal)]
        return [
            Curve(one.label, times_ms, values[:, self._layout.subject(one) - subjects.start])
            for one in wanted
        ]

    def block(
        self, of: str, name: str, times_ms: NDArray[np.int64]
    ) -> tuple[tuple[Part, ...], NDArray[np.float32]]:
        """Return the parts of a component, or a journey as its one part, and (times, parts, SIGNALS) of them.

        Times are multiples of 15 s up to the last sample. Raises KeyError for unknown names.
        """
        subjects = self._together(of, name)
        parts = (Part(None, "", subjects.start),) if of == "journey" else self._layout.parts[name]
        values = self._values(times_ms, subjects)
        return parts, values[:, [part.subject - subjects.start for part in parts]]

    def recent(self, of: str, name: str, t_ms: int, samples: int) -> dict[tuple[By | None, str], Floats]:
        """Return the means of the last samples up to `t_ms` of a component with its parts, or of a journey.

        By (split, label), the whole under (None, ""); each (SIGNALS,), NaN without data. Raises KeyError.
        """
        last_ms = min(t_ms // SAMPLE_MS * SAMPLE_MS, max(self._last_ms, -SAMPLE_MS))
        first_ms = last_ms - (samples - 1) * SAMPLE_MS
        subjects = self._together(of, name)
        values = self._values(np.arange(first_ms, last_ms + 1, SAMPLE_MS, dtype=np.int64), subjects)
        known = np.isfinite(values)
        total = np.where(known, values, 0.0).sum(axis=0, dtype=np.float64)
        count = known.sum(axis=0)
        mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
        parts = (Part(None, "", subjects.start),) if of == "journey" else self._layout.parts[name]
        return {(part.by, part.label): mean[part.subject - subjects.start] for part in parts}

    def value_at(self, series: SeriesId, t_ms: int) -> float:
        """Return the last value measured at or before `t_ms`, which may be negative; NaN without data."""
        subjects = self._together(series.of, series.name)
        latest_ms = min(t_ms // SAMPLE_MS * SAMPLE_MS, max(self._last_ms, -SAMPLE_MS))
        values = self._values(np.array([latest_ms], dtype=np.int64), subjects)
        return float(values[0, self._layout.subject(series) - subjects.start, SIGNALS.index(series.signal)])

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what is kept with a drill: every series that a rule or a person has read.

        `times_ms` (samples,), `series` their names, and `values` (samples, series) of the drill itself.
        """
        kept = sorted(self._read, key=str)
        count = self._last_ms // SAMPLE_MS + 1
        columns = [self._column(one) for one in kept]
        return {
            "times_ms": np.arange(count, dtype=np.int64) * SAMPLE_MS,
            "series": np.array([str(one) for one in kept], dtype=np.str_),
            "values": self._samples[:count].reshape(count, -1)[:, columns],
        }

    # --- inside -------------------------------------------------------------------------------------------

    def _column(self, series: SeriesId) -> int:
        return self._layout.subject(series) * len(SIGNALS) + SIGNALS.index(series.signal)

    def _together(self, of: str, name: str) -> slice:
        """Return the subjects that one blip can touch together."""
        if of == "journey":
            subject = self._layout.journeys[name]
            return slice(subject, subject + 1)
        return self._layout.components[name]

    def _values(self, times_ms: NDArray[np.int64], subjects: slice) -> NDArray[np.float32]:
        """Return measured values (times, subjects, SIGNALS): computed before 0, recorded from 0 on."""
        past = self._past(times_ms[times_ms < 0], subjects)
        present = self._samples[times_ms[times_ms >= 0] // SAMPLE_MS, subjects]
        return np.concatenate([past.astype(np.float32), present])

    def _past(self, times_ms: NDArray[np.int64], subjects: slice) -> Floats:
        if not len(times_ms):
            return np.empty((0, subjects.stop - subjects.start, len(SIGNALS)))
        true = self._history.at(times_ms, subjects)
        values = self._measured(times_ms, subjects, true)
        # History keeps no replicas; a version that nobody asked then had none.
        values[self._layout.is_version[subjects] & (true[..., RPS] < NO_TRAFFIC_RPS)] = np.nan
        return values

    def _measured(self, times_ms: NDArray[np.int64], subjects: slice, signals: Floats) -> Floats:
        """Return true signals (times, subjects, SIGNALS) with noise and blips, float64."""
        z = self._draws(times_ms, subjects)
        values = measured(signals, z)
        for blip in self._blips:
            if not subjects.start <= self._layout.subject(blip.series) < subjects.stop:
                continue
            inside = (times_ms >= blip.from_ms) & (times_ms < blip.to_ms)
            if inside.any():
                laid = values[inside]
                lay(self._layout, blip, laid, z[inside], first=subjects.start)
                values[inside] = laid
        return values

    def _draws(self, times_ms: NDArray[np.int64], subjects: slice) -> NDArray[np.float32]:
        draws = np.zeros((len(times_ms), subjects.stop - subjects.start, len(SIGNALS)), dtype=np.float32)
        hours, places = np.divmod(times_ms // SAMPLE_MS, _SAMPLES_PER_HOUR)
        for hour in np.unique(hours[times_ms >= -HISTORY_MS]):
            at = hours == hour
            for offset, subject in enumerate(range(subjects.start, subjects.stop)):
                draws[at, offset] = self._noise_of(subject, int(hour))[places[at]]
        return draws

    def _noise_of(self, subject: int, hour: int) -> NDArray[np.float32]:
        """Return the draws of one subject in one hour, (samples, SIGNALS)."""
        key = (subject, hour)
        if key not in self._past_noise:
            size = _SAMPLES_PER_HOUR * len(SIGNALS)
            drawn = block(self._seed, "telemetry", f"{self._layout.names[subject]}|hour {hour}", size)
            self._past_noise[key] = drawn.reshape(len(SIGNALS), _SAMPLES_PER_HOUR).T.astype(np.float32)
        return self._past_noise[key]


def _by_sample(blips: Iterable[Blip], horizon_ms: int) -> dict[int, list[Blip]]:
    """Return the blips under way at each sample from 0 to the horizon, in their order."""
    found: dict[int, list[Blip]] = {}
    for blip in blips:
        first, end = (-(-t_ms // SAMPLE_MS) for t_ms in (blip.from_ms, blip.to_ms))
        for sample in range(max(first, 0), min(end, horizon_ms // SAMPLE_MS + 1)):
            found.setdefault(sample, []).append(blip)
    return found
