"""The compiled kernel gives the records of the readable model, row by row, whatever the policy."""

import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif import reference
from sim.oncall.whatif.draws import MODULUS
from sim.oncall.whatif.parameters import Delay, Response
from sim.oncall.whatif.records import DONE, WAITING_MAX, Alerts
from sim.oncall.whatif.table import YEAR_MS
from tests.oncall.whatif.years import AT_ONCE, HOUR, MINUTE, alerts_of, policy_of, table_of

kernel = pytest.importorskip("sim.oncall.whatif.kernel", reason="the kernel needs numba")

PEOPLE = ["ana", "ben", "cleo", "dan", "eve"]
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]

groups = st.lists(
    st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=2, unique=True), min_size=1, max_size=5
)
restrictions = st.lists(
    st.fixed_dictionaries(
        {
            "weekdays": st.lists(st.sampled_from(["mon", "wed", "sat", "sun"]), min_size=1, unique=True),
            "from": st.sampled_from(["00:00", "08:00", "22:00"]),
            "to": st.sampled_from(["06:00", "18:00", "20:00"]),
        }
    ),
    max_size=2,
)
rotations = st.fixed_dictionaries(
    {
        "every": st.sampled_from(["daily", "weekly"]),
        "length": st.integers(1, 3),
        "start": st.sampled_from(["2024-01-01T09:00", "2023-12-28T00:00", "2024-01-03T17:30"]),
        "participants": groups,
    }
)
rules = st.one_of(
    st.fixed_dictionaries({"rotation": rotations, "restrictions": restrictions}),
    st.fixed_dictionaries({"people": st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True)}),
)


@st.composite
def policies(draw: st.DrawFn) -> RotationPolicy:
    names = ["primary", "secondary", "third"][: draw(st.integers(1, 3))]
    layers: list[dict[str, Any]] = [
        {
            "id": name,
            "role": draw(st.sampled_from(["primary", "secondary", "shadow"])),
            "zone": draw(st.sampled_from([None, *ZONES])),
            "stacking": draw(st.sampled_from(["together", "last"])),
            "rules": draw(st.lists(rules, min_size=1, max_size=2)),
        }
        for name in names
    ]
    targets = st.lists(st.sampled_from([*names, *PEOPLE]), min_size=1, max_size=3, unique=True)
    steps = st.fixed_dictionaries(
        {
            "targets": targets,
            "minutes": st.sampled_from([1, 5, 10]),
            "empty": st.sampled_from(["wait", "skip"]),
            "round_robin": st.booleans(),
        }
    )
    return RotationPolicy.model_validate(
        {
            "policy": "random",
            "zone": draw(st.sampled_from(ZONES)),
            "people": {person: {"zone": draw(st.sampled_from([None, *ZONES]))} for person in PEOPLE},
            "layers": layers,
            "escalation": {
                "steps": draw(st.lists(steps, min_size=1, max_size=3)),
                "repeats": draw(st.integers(0, 2)),
            },
        }
    )


@st.composite
def years(draw: st.DrawFn) -> Alerts:
    """Alerts in clumps and on whole minutes, so that much happens at the same instant."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 150))
    weeks = draw(st.integers(1, 52))
    at = np.sort(random.integers(0, YEAR_MS * weeks // 52, count) // (5 * MINUTE) * (5 * MINUTE))
    at = np.sort(np.where(random.random(count) < 0.3, np.roll(at, 1), at)) if count else at
    return Alerts(
        at,
        random.integers(1, 5, count),
        random.integers(0, 3, count),
        random.integers(0, 2, count),
        random.integers(0, draw(st.sampled_from([1, 30, 600])), count) * MINUTE,
        *random.integers(1, MODULUS, (2, count)),
    )


ways = st.fixed_dictionaries(
    {
        "desk": st.sampled_from([Delay(90.0, 0.0), Delay(90.0, 0.8), Delay(60.0, 0.5, 0.3, 900.0, 1.0)]),
        "away": st.sampled_from([Delay(240.0, 0.0), Delay(240.0, 0.8), Delay(30.0, 0.2, 0.6, 400.0, 0.0)]),
        "asleep": st.sampled_from(
            [Delay(300.0, 0.0), Delay(300.0, 0.7), Delay(300.0, 0.7, 0.2, 5000.0, 1.0)]
        ),
        "wakes": st.sampled_from([0.3, 0.75, 1.0]),
        "inertia": st.sampled_from([0.0, 1.0]),
        "slower_per_hour": st.sampled_from([0.0, 0.1]),
        "keep_ms": st.sampled_from([0.0, 30.0 * MINUTE]),
        "brief_ms": st.sampled_from([0.0, 10.0 * MINUTE]),
        "help_factor": st.sampled_from([0.5, 1.0]),
    }
).map(lambda numbers: Response(**numbers))


@settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(policies(), years(), ways)
def test_the_kernel_gives_the_records_of_the_reference(
    policy: RotationPolicy, alerts: Alerts, how: Response
) -> None:
    table = table_of(policy)
    for one, other in zip(
        reference.simulate(table, alerts, how), kernel.simulate(table, alerts, how), strict=True
    ):
        np.testing.assert_array_equal(one, other)


def test_both_leave_undone_what_nobody_gets_to() -> None:
    table = table_of(policy_of(["a"], [{"targets": ["a"], "minutes": 5}]))
    count = WAITING_MAX + 100
    alerts = alerts_of([10 * HOUR] * count, [HOUR] * count)
    one, other = (engine(table, alerts, AT_ONCE) for engine in (reference.simulate, kernel.simulate))
    assert (one.alerts[:, DONE] < 0).sum() == 99  # one is at work, so many wait
    for mine, theirs in zip(one, other, strict=True):
        np.testing.assert_array_equal(mine, theirs)


def test_a_kernel_that_can_be_kept_nowhere_is_compiled_all_the_same() -> None:
    code = "from sim.oncall.whatif import kernel_compiled; print(kernel_compiled._ENTRY['cache'])"
    for folder, kept in (("/proc/nowhere", "False"), (".", "True")):
        given = {**os.environ, "NUMBA_CACHE_DIR": folder}
        with TemporaryDirectory() as here:
            told = subprocess.run(
                [sys.executable, "-c", code], cwd=here, env={**given, "PYTHONPATH": str(Path.cwd())},
                capture_output=True, text=True, check=True,
            )  # fmt: skip
        assert told.stdout.strip() == kept
