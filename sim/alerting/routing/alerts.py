"""Alerts as they are pushed, and how a push meets what is known of the same alert."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

Labels = Mapping[str, str]

_FNV_OFFSET, _FNV_PRIME, _FNV_MASK = 14695981039346656037, 1099511628211, (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Push:
    """One alert of a push, as a client sends it; a time that it leaves out is None."""

    labels: Labels
    annotations: Labels = field(default_factory=dict)
    starts_ms: int | None = None
    ends_ms: int | None = None
    generator_url: str = ""


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert with all its times. `timed_out` where `ends_ms` is only when silence would end it."""

    labels: Labels
    annotations: Labels
    starts_ms: int
    ends_ms: int
    updated_ms: int
    timed_out: bool
    fingerprint: str
    generator_url: str = ""

    def resolved(self, now_ms: int) -> bool:
        """Return whether it is over."""
        return self.ends_ms <= now_ms


def received(push: Push, now_ms: int, resolve_timeout_ms: int) -> Alert:
    """Return a pushed alert with the times that Alertmanager gives it.

    Raises ValueError for what Alertmanager refuses: no labels, or an end before the start.
    """
    labels = {name: value for name, value in sorted(push.labels.items()) if value}
    if not labels:
        raise ValueError("at least one label pair required")
    starts_ms = push.starts_ms
    if starts_ms is None:
        starts_ms = now_ms if push.ends_ms is None else push.ends_ms
    ends_ms = now_ms + resolve_timeout_ms if push.ends_ms is None else push.ends_ms
    if ends_ms < starts_ms:
        raise ValueError("start time must be before end time")
    return Alert(
        labels,
        dict(push.annotations),
        starts_ms,
        ends_ms,
        now_ms,
        push.ends_ms is None,
        fingerprint(labels),
        push.generator_url,
    )


def merged(old: Alert, new: Alert, now_ms: int) -> Alert:
    """Return what is known after a push of an alert that was known already.

    Where the two overlap in time the newer one rules, with the earliest start; of two ends the latest, and
    an end that was told before one that was only waited for. A new firing after the end stands alone.
    """
    overlap = (old.starts_ms < new.ends_ms < old.ends_ms) or (old.starts_ms < new.starts_ms < old.ends_ms)
    if not overlap:
        return new
    ends_ms = new.ends_ms
    if new.resolved(now_ms):
        if old.resolved(now_ms) and old.ends_ms > new.ends_ms:
            ends_ms = old.ends_ms
    elif old.ends_ms > new.ends_ms and not old.timed_out:
        ends_ms = old.ends_ms
    return replace(new, starts_ms=min(old.starts_ms, new.starts_ms), ends_ms=ends_ms)


def fingerprint(labels: Labels) -> str:
    """Return the 16 hexadecimal digits that name a label set: FNV-1a of sorted names and values."""
    return _fingerprint(tuple(sorted(labels.items())))


@lru_cache(maxsize=65_536)  # the same alerts are pushed again every minute
def _fingerprint(labels: tuple[tuple[str, str], ...]) -> str:
    total = _FNV_OFFSET
    for name, value in labels:
        for byte in (*name.encode(), 0xFF, *value.encode(), 0xFF):
            total = ((total ^ byte) * _FNV_PRIME) & _FNV_MASK
    return f"{total:016x}"
