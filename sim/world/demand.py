"""Undisturbed demand: daily and weekly rhythm and a slow jitter, for any time, past or future."""

from datetime import UTC, datetime
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim import streams
from sim.world.topology import Topology

Floats = NDArray[np.float64]

MINUTE_MS = 60_000
MINUTES_PER_HOUR = 60
HOURS_PER_DAY = 24.0
WEEKEND_RAMP_HOURS = 2.0  # inside the weekend, so that every weekday keeps its mean; an assumption


def undisturbed(topology: Topology, seed: int, starts_at: datetime, t_ms: NDArray[np.int64]) -> Floats:
    """Return the demand in requests/s (len(t_ms), streams) at these times; `t_ms` may be negative.

    A raised cosine over the day (UTC) with its peak at the client's hour and a mean of the spec's rps on
    weekdays, times jitter that is drawn per stream and minute. Ask for many times at once: that is cheap.
    """
    rhythm = topology.world.rhythm
    t_ms = np.asarray(t_ms, dtype=np.int64)
    monday_h = _hours_since_monday(starts_at) + t_ms / (MINUTE_MS * MINUTES_PER_HOUR)
    rps = np.array([stream.rps for stream in topology.streams])
    peak_h = np.array([stream.peak_hour_utc for stream in topology.streams])
    wave = np.cos(2.0 * np.pi * (monday_h[:, None] - peak_h) / HOURS_PER_DAY)
    mean = (1.0 + rhythm.trough_share) / 2.0
    daily = (mean + (1.0 - rhythm.trough_share) / 2.0 * wave) / mean
    weekly = 1.0 - (1.0 - rhythm.weekend_share) * _weekend(monday_h)
    jitter = [_jitter(seed, f"{s.client}|{s.journey}", t_ms) for s in topology.streams]
    steady = rps * daily * weekly[:, None]
    return np.asarray(steady * np.maximum(1.0 + rhythm.jitter * np.stack(jitter, axis=1), 0.0))


def _hours_since_monday(at: datetime) -> float:
    utc = at.astimezone(UTC)
    return utc.weekday() * HOURS_PER_DAY + utc.hour + utc.minute / 60.0 + utc.second / 3600.0


def _weekend(monday_h: Floats) -> Floats:
    """Return 0 on weekdays, 1 at the weekend, with a ramp at both ends of the weekend."""
    hours_in = np.mod(monday_h, 7 * HOURS_PER_DAY) - 5 * HOURS_PER_DAY
    hours_left = 2 * HOURS_PER_DAY - hours_in
    return np.clip(np.minimum(hours_in, hours_left) / WEEKEND_RAMP_HOURS, 0.0, 1.0)


def _jitter(seed: int, identity: str, t_ms: NDArray[np.int64]) -> Floats:
    """Return standard normal draws that belong to minutes, linear between them."""
    minute = t_ms // MINUTE_MS
    share = (t_ms % MINUTE_MS) / MINUTE_MS
    first, last = int(minute.min()), int(minute.max()) + 1
    hours = range(first // MINUTES_PER_HOUR, last // MINUTES_PER_HOUR + 1)
    draws = np.concatenate([_hour(seed, identity, hour) for hour in hours])
    index = minute - hours.start * MINUTES_PER_HOUR
    return np.asarray(draws[index] * (1.0 - share) + draws[index + 1] * share)


@lru_cache(maxsize=8192)
def _hour(seed: int, identity: str, hour: int) -> Floats:
    draws = streams.block(seed, "demand", f"{identity}|hour {hour}", MINUTES_PER_HOUR)
    draws.setflags(write=False)
    return draws
