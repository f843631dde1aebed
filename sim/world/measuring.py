"""What instruments make of the truth: measurement noise, and blips laid over it.

Noise is what sampling for 15 s gives: counts are Poisson, shares binomial, percentiles have the standard
error of a sample quantile of a lognormal. What is not counted has a small error of the instrument.
"""

import numpy as np
from numpy.typing import NDArray

from sim.events import SAMPLE_MS
from sim.world.series import Blip
from sim.world.signals import (
    CONNECTIONS,
    CPU,
    DISK,
    ERROR,
    LATENCIES,
    MEMORY,
    P50,
    P95,
    P99,
    QUEUE,
    RPS,
    SIGNALS,
    Layout,
    Part,
)

Floats = NDArray[np.float64]

_SAMPLE_S = SAMPLE_MS / 1000.0
# Standard error of the q-quantile of a lognormal over its value: sigma sqrt(q (1 - q) / n) / pdf(z_q),
# which is sigma / sqrt(n) times 1.25, 2.11 and 3.73; sigma 0.6 is typical of the flow's distributions.
_QUANTILE_ERROR = 0.6 * np.array([1.25, 2.11, 3.73])
_QUANTILE_ERROR_MAX = 0.25
# Errors of instruments: assumptions.
_RPS_ERROR = 0.01
_CPU_ERROR = 0.01
_MEMORY_ERROR = 0.002
_DISK_ERROR = 0.0005
_CONNECTIONS_ERROR = 0.05
_BLIP_RAGGED = 0.04

_SHARES = [ERROR, CPU, MEMORY, DISK, CONNECTIONS]
_EXTENSIVE = (RPS, QUEUE)  # the whole is the sum of its parts


def measured(truth: Floats, z: NDArray[np.floating]) -> Floats:
    """Return measured signals (..., SIGNALS) of true ones; `z` are their standard normal draws."""
    rps = truth[..., RPS]
    requests = np.maximum(rps * _SAMPLE_S, 1.0)
    error_share = truth[..., ERROR]
    spread = np.zeros_like(truth)
    spread[..., RPS] = np.sqrt(rps / _SAMPLE_S + (_RPS_ERROR * rps) ** 2)
    spread[..., ERROR] = np.sqrt(error_share * (1.0 - error_share) / requests)
    spread[..., LATENCIES] = np.minimum(_QUANTILE_ERROR / np.sqrt(requests)[..., None], _QUANTILE_ERROR_MAX)
    spread[..., CPU] = _CPU_ERROR
    spread[..., MEMORY] = _MEMORY_ERROR
    spread[..., DISK] = _DISK_ERROR
    spread[..., CONNECTIONS] = _CONNECTIONS_ERROR * truth[..., CONNECTIONS]
    spread[..., QUEUE] = np.sqrt(truth[..., QUEUE])
    spread *= z
    out = truth + spread
    out[..., LATENCIES] = truth[..., LATENCIES] * np.exp(spread[..., LATENCIES])
    return _possible(out)


def lay(of: Layout, blip: Blip, values: Floats, z: NDArray[np.floating], first: int = 0) -> None:
    """Lay a blip over measured values (n, subjects, SIGNALS), in place; all n samples lie within it.

    The subjects begin with number `first` and include everything the blip's series belongs to. Where one
    part blips the whole moves with its share of the traffic; where the whole does, all parts do. Nothing
    is laid over a series without data.
    """
    signal = SIGNALS.index(blip.series.signal)
    subject = of.subject(blip.series) - first
    before = values[:, subject, signal].copy()
    values[:, subject, signal] = _lifted(blip, before, z[:, subject, signal])
    touched = [subject]
    if blip.series.of == "component":
        delta = np.nan_to_num(values[:, subject, signal] - before)
        parts = of.parts[blip.series.name]
        own_by = next(part.by for part in parts if part.subject - first == subject)
        whole_rps = np.maximum(values[:, parts[0].subject - first, RPS], 1e-9)
        for part in _others(parts, own_by, subject + first):
            place = part.subject - first
            share = values[:, place, RPS] / whole_rps if part.by else 1.0
            if own_by is None and signal not in _EXTENSIVE:
                values[:, place, signal] = _lifted(blip, values[:, place, signal], z[:, place, signal])
            elif signal in _EXTENSIVE:
                values[:, place, signal] += delta * share
            else:
                values[:, place, signal] += delta * (values[:, subject, RPS] / whole_rps)
            touched.append(place)
    values[:, touched] = _possible(values[:, touched])


def _others(parts: tuple[Part, ...], own_by: str | None, subject: int) -> list[Part]:
    """Return the other subjects that move along: not the siblings of a part, each once."""
    others = {part.subject: part for part in reversed(parts) if own_by is None or part.by != own_by}
    return [part for number, part in sorted(others.items()) if number != subject]


def _lifted(blip: Blip, values: Floats, z: NDArray[np.floating]) -> Floats:
    ragged = _BLIP_RAGGED * np.minimum(np.abs(z), 3.0)
    lifted: Floats = (
        np.minimum(values, blip.level * (1.0 - ragged))
        if blip.below
        else np.maximum(values, blip.level * (1.0 + ragged))
    )
    return lifted


def _possible(values: Floats) -> Floats:
    """Return values with shares in [0, 1], counts not negative and percentiles in order."""
    out = np.maximum(values, 0.0)
    out[..., _SHARES] = np.minimum(out[..., _SHARES], 1.0)
    out[..., P95] = np.maximum(out[..., P95], out[..., P50])
    out[..., P99] = np.maximum(out[..., P99], out[..., P95])
    return out
