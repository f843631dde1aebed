"""What a history tells of work: rules, the share that needs action, and hands-on times."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from sim.oncall.fit.history import Format, History, Incident
from sim.oncall.fit.load import fit
from sim.oncall.load.model import Load

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
NORMAL = np.random.default_rng(5).standard_normal(400)


def load_of(incidents: list[dict], kind: Format = "csv") -> Load:
    """Return the load of an incident every three hours."""
    moments = (MONDAY + timedelta(hours=3 * n) for n in range(len(incidents)))
    found = (Incident(n, at, **one) for n, (at, one) in enumerate(zip(moments, incidents, strict=True), 1))
    return fit(History(kind, None, tuple(found), ()), "x").load


def test_each_severity_has_its_own_hands_on_time_and_noise_its_look():
    medians = {"P1": 90.0, "P2": 40.0, "P3": 15.0, "P4": 6.0}
    severities = list(medians)
    load = load_of(
        [
            {
                "severity": severities[n // 2 % 4],
                "needs_action": n % 2 == 0,
                "hands_on": (medians[severities[n // 2 % 4]] if n % 2 == 0 else 2.0) * float(np.exp(0.3 * z)),
            }
            for n, z in enumerate(NORMAL)
        ]
    )
    assert {name: parts[0].median for name, parts in load.hands_on.items()} == pytest.approx(medians, rel=0.2)
    assert load.no_action[0].median == pytest.approx(2.0, rel=0.1)


def test_a_severity_with_few_times_has_those_of_all():
    load = load_of(
        [
            {"severity": "P1" if n < 19 else "P3", "hands_on": 20.0 * float(np.exp(z))}
            for n, z in enumerate(NORMAL)
        ]
    )
    assert load.hands_on["P1"] == load.hands_on["P2"] == load.hands_on["P4"]
    assert load.hands_on["P3"] != load.hands_on["P1"]


def test_the_most_frequent_rules_are_kept_and_the_rest_are_one():
    load = load_of([{"rule": f"rule {n % 250:03}"} for n in range(450)])
    assert len(load.rules) == 201
    assert [rule.id for rule in load.rules[:200]] == [f"rule {n:03}" for n in range(200)]
    assert (load.rules[-1].id, load.rules[-1].share) == ("all other rules", pytest.approx(50 / 450, abs=1e-4))


def test_a_rule_seen_once_is_not_all_action_or_all_noise():
    """It counts as if four more had the share of all."""
    load = load_of([{"rule": "seldom" if n == 0 else "often", "needs_action": n < 50} for n in range(100)])
    seldom = next(rule for rule in load.rules if rule.id == "seldom")
    assert seldom.needs_action == pytest.approx((1 + 4 * 0.5) / 5)


@pytest.mark.parametrize(("kind", "share"), [("servicenow", 1.0), ("csv", 0.3)])
def test_what_needs_action_is_assumed_where_nothing_tells(kind: Format, share: float):
    load = load_of([{"rule": "disk"} for _ in range(100)], kind)
    assert load.rules[0].needs_action == pytest.approx(share)
    assert any("need" in one and "action" in one for one in load.assumptions)
