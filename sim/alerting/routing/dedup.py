"""Whether a group has something to tell a receiver: Alertmanager's decision, with its reason."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "first notification",
    "new alerts added",
    "some alerts resolved",
    "all alerts resolved",
    "repeat interval elapsed",
]
"""Alertmanager's own words."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a receiver was told last of a group: when, and which alerts were firing and resolved."""

    at_ms: int
    firing: frozenset[str]
    resolved: frozenset[str]


def reason_to_tell(
    last: Told | None,
    firing: Collection[str],
    resolved: Collection[str],
    now_ms: int,
    repeat_ms: int,
    *,
    send_resolved: bool,
) -> Reason | None:
    """Return why a receiver is told of these alerts (by fingerprint) now; None where it is not.

    That all alerts are resolved counts also where resolved alerts are not sent: the log has to know.
    Alertmanager repeats when the last notification is *more* than `repeat_ms` ago. At an exact multiple of
    the group interval it decides by the few milliseconds that sending took, and so it slips an interval
    about every second time. Here it always slips: what is strictly before is strictly before.
    """
    if last is None:
        return "first notification" if firing else None
    if not last.firing.issuperset(firing):
        return "new alerts added"
    if not firing:
        return "all alerts resolved" if last.firing else None
    if send_resolved and not last.resolved.issuperset(resolved):
        return "some alerts resolved"
    return "repeat interval elapsed" if last.at_ms < now_ms - repeat_ms else None
