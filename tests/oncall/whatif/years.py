"""Policies, alerts and ways to respond of which the answer is known."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif.draws import MODULUS
from sim.oncall.whatif.parameters import Delay, Response
from sim.oncall.whatif.records import Alerts
from sim.oncall.whatif.table import Table, compiled

MONDAY = datetime.fromisoformat("2024-01-01T00:00+00:00")
MINUTE, HOUR = 60_000, 3_600_000

AT_ONCE = Response(
    desk=Delay(1e-9, 0.0), away=Delay(1e-9, 0.0), inertia=0, slower_per_hour=0,
    sleep_from_ms=0, sleep_until_ms=0,
)  # fmt: skip
"""Nobody sleeps or tires, and every page is acknowledged at once."""

MINUTE_EACH = AT_ONCE._replace(desk=Delay(60.0, 0.0), away=Delay(60.0, 0.0))
"""The same, a minute after the page."""


def policy_of(
    people: Sequence[str], steps: list[dict[str, Any]], repeats: int = 0, **more: Any
) -> RotationPolicy:
    """Return a policy in UTC, by default with one layer `all` on which everybody always is."""
    layers = [{"id": "all", "rules": [{"people": list(people)}]}]
    plain = {"policy": "p", "zone": "UTC", "people": {one: {} for one in people}, "layers": layers, **more}
    return RotationPolicy.model_validate({**plain, "escalation": {"steps": steps, "repeats": repeats}})


def table_of(policy: RotationPolicy) -> Table:
    return compiled(policy, MONDAY)


def alerts_of(
    at: Sequence[int], work: Sequence[int] | None = None, severity: Sequence[int] | None = None
) -> Alerts:
    """Return alerts that need action, at these times."""
    count = len(at)
    seeds = np.random.default_rng(7).integers(1, MODULUS, (2, count))
    return Alerts(
        np.array(at, dtype=np.int64),
        np.array(severity or [3] * count, dtype=np.int64),
        np.zeros(count, dtype=np.int64),
        np.ones(count, dtype=np.int64),
        np.array(work or [0] * count, dtype=np.int64),
        *seeds,
    )
