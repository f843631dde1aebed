"""Rule states, as lists of (seconds, event) and against Prometheus' own cases."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.alerting.rules import Instance, RuleStates, instances
from sim.spec import Rule
from sim.world.series import SeriesId

# A table of cases kept beside the checkout, or wherever PAGERDRILL_CASES says.
CASES = Path(
    os.environ.get("PAGERDRILL_CASES", Path(__file__).parents[3] / "shared" / "cases"),
    "prometheus_for_states.json",
)


def rule(**fields) -> Rule:
    given_fields = {
        "name": "CartErrors",
        "component": "cart",
        "signal": "error_share",
        "above": 0.5,
        "for_s": 0,
        "summary": "cart fails",
    }
    return Rule(**{**given_fields, **fields})


def alerts_of(*rules: Rule) -> tuple[Instance, ...]:
    return instances(rules, lambda component, by: {"zone": ("a", "b"), "version": ("v1", "v2")}[by])


def played(values: list[float], *, step_s: int = 15, **fields) -> list[tuple[int, str]]:
    """Feed one series and return (seconds, event)."""
    states = RuleStates(alerts_of(rule(**fields)))
    return [
        (t // 1000, transition.kind)
        for t, value in ((i * step_s * 1000, value) for i, value in enumerate(values))
        for transition in states.evaluate(t, np.array([value]))
    ]


def test_fires_after_for_and_resolves_at_the_first_false_evaluation():
    assert played([0, 1, 1, 1, 1, 1, 0, 0], for_s=60) == [(75, "fired"), (90, "resolved")]


def test_one_false_evaluation_starts_for_again():
    assert played([1, 1, 0, 1, 1, 1], for_s=30) == [(75, "fired")]


def test_without_for_it_fires_at_once():
    assert played([1, 0, 1], for_s=0) == [(0, "fired"), (15, "resolved"), (30, "fired")]


def test_keep_firing_bridges_a_gap_and_runs_from_the_last_true_evaluation():
    values = [1, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert played(values, keep_firing_for_s=45) == [(0, "fired"), (105, "resolved")]


def test_below_and_no_data():
    assert played([5, np.nan, 1, np.nan, 1], above=None, below=2, signal="rps") == [
        (30, "fired"),
        (45, "resolved"),
        (60, "fired"),
    ]


def test_one_alert_for_each_zone_and_a_number_for_each_onset():
    states = RuleStates(alerts_of(rule(by="zone", severity="critical")))
    seen = [
        (t, transition.kind, transition.instance.labels["zone"], transition.onset)
        for t, row in enumerate([[0, 1], [1, 0], [1, 1]])
        for transition in states.evaluate(t * 15_000, np.array(row, dtype=np.float32))
    ]
    assert seen == [
        (0, "fired", "b", 1),
        (1, "fired", "a", 1),
        (1, "resolved", "b", 1),
        (2, "fired", "b", 2),
    ]


def test_labels_and_identity():
    zone_a, *_ = alerts_of(rule(by="zone"))
    assert zone_a.identity == "alertname=CartErrors,component=cart,severity=warning,zone=a"
    (journey,) = alerts_of(rule(component=None, journey="checkout"))
    assert journey.labels == {"alertname": "CartErrors", "journey": "checkout", "severity": "warning"}
    assert journey.series == SeriesId("journey", "checkout", "error_share")


@pytest.mark.skipif(not CASES.exists(), reason=f"no table of Prometheus' cases at {CASES}")
def test_prometheus_for_states():
    for case in json.loads(CASES.read_text())["for_states"]:
        comparison, limit = case["condition"].split()[1:]
        series = case["series"]
        (one,) = alerts_of(
            rule(
                above=float(limit) if comparison == ">" else None,
                below=float(limit) if comparison == "<" else None,
                for_s=case["for_s"],
                keep_firing_for_s=case.get("keep_firing_for_s", 0),
            )
        )
        states = RuleStates([one] * len(series))
        for step, expected in enumerate(case["expected"]):
            values = np.array([points[step] for points in series.values()], dtype=float)
            states.evaluate(step * case["step_s"] * 1000, values)
            found = dict(zip(series, states.states(), strict=True))
            assert {name: state for name, state in found.items() if state != "inactive"} == expected, case[
                "name"
            ]


@given(
    values=st.lists(st.booleans(), max_size=60),
    for_s=st.integers(0, 8).map(lambda n: n * 15),
    keep_s=st.integers(0, 8).map(lambda n: n * 15),
)
def test_agrees_with_prometheus_written_out_for_one_alert(values, for_s, keep_s):
    expected = []
    state, active_s, keep_since_s = "inactive", 0, None
    for i, holds in enumerate(values):
        t_s = i * 15
        if holds:
            keep_since_s = None
            if state == "inactive":
                state, active_s = "pending", t_s
            if state == "pending" and t_s - active_s >= for_s:
                state = "firing"
                expected.append((t_s, "fired"))
        elif state == "pending":
            state = "inactive"
        elif state == "firing":
            keep_since_s = t_s if keep_since_s is None else keep_since_s
            if t_s - keep_since_s >= keep_s:
                state = "inactive"
                expected.append((t_s, "resolved"))
    assert played([float(v) for v in values], for_s=for_s, keep_firing_for_s=keep_s) == expected
