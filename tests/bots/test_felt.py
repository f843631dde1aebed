"""How bad it is, from what one person may see."""

import pytest

from sim.bots.felt import Felt, JourneyFelt, failed_lines, feel
from sim.spec import Policy

POLICY = Policy()


def journey(name: str, bad: float, users: float = 100.0, critical: bool = True) -> JourneyFelt:
    return JourneyFelt(name, name.title(), critical, users, bad)


@pytest.mark.parametrize(
    ("journeys", "severity", "hurt", "share"),
    [
        ([journey("pay", 0.0), journey("look", 0.01)], "P4", (), 0.0),
        ([journey("pay", 0.03), journey("look", 0.0)], "P3", ("pay",), 0.015),
        ([journey("pay", 0.3), journey("look", 0.05)], "P2", ("pay", "look"), 0.175),
        ([journey("pay", 0.2), journey("look", 0.6)], "P1", ("look", "pay"), 0.4),
        ([journey("mail", 0.9, users=1, critical=False), journey("look", 0.0)], "P3", ("mail",), 0.9 / 101),
    ],
)  # fmt: skip
def test_severity_and_scope_follow_the_policy(
    journeys: list[JourneyFelt], severity: str, hurt: tuple[str, ...], share: float
):
    felt = feel(journeys, POLICY)
    assert (felt.severity, felt.journeys) == (severity, hurt)
    assert felt.users_share == pytest.approx(share)


def test_nobody_hurt_is_the_least():
    assert feel([], POLICY) == Felt()
    assert not Felt().hurt


def test_failed_requests_are_counted_by_operation_and_soft_ones_are_not():
    lines = (
        "13:03:01 zone-c 5.8.1 ERROR api: 502 from api: a dependency of it failed (x260)",
        "13:03:02 zone-a 5.8.1 ERROR api: 500 internal error in a filter",
        "13:03:02 zone-a 5.8.1 ERROR push: timeout after 800ms calling git (x30)",
        "13:03:03 zone-a 5.8.1 WARN push: 500 from events, answered without it (x99)",
        "13:03:04 zone-a 5.8.1 INFO served 5000 requests in 60s",
    )
    assert failed_lines(lines) == {"api": 261, "push": 30}
