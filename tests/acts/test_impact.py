import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.events import ImpactMeasured, ImpactMitigated, ImpactRelapsed, ImpactStarted
from sim.spec import Policy
from sim.world.impact import SAMPLE_MS, ImpactSample, begin, measure, yardstick

from .small import WORLD

STREAMS = (("web", "buy"), ("web", "look"), ("bot", "look"))
RPS = (80.0, 20.0, 10.0)
HEALTHY = {"failed": (0.006, 0.001, 0.001), "slow": (0.003, 0.0, 0.0)}
MINUTE = 4


def sample(t_ms, failed=(0, 0, 0), slow=(0, 0, 0), degraded=(0, 0, 0), offered=RPS, undisturbed=RPS):
    arrays = [np.array(values, dtype=np.float64) for values in (undisturbed, offered, failed, slow, degraded)]
    return ImpactSample(t_ms, *arrays)


def run(*phases, policy=None):
    """Measure phases of (count, fields of the sample); return state, measurements and transitions."""
    by = yardstick(WORLD, policy or Policy(), STREAMS)
    state, measured, changed, t_ms = begin(by), [], [], 0
    for count, fields in phases:
        for _ in range(count):
            state, one, events = measure(by, state, sample(t_ms, **fields))
            measured.append(one)
            changed += [(t_ms // 1000, event) for event in events]
            t_ms += SAMPLE_MS
    return state, measured, changed


def severities(measured):
    """Return (s, severity) whenever the severity changes."""
    found = [(0, None)]
    for n, one in enumerate(measured):
        if one.severity != found[-1][1]:
            found.append((n * SAMPLE_MS // 1000, one.severity))
    return found[1:]


OUT = {"failed": (0.5, 0.0, 0.0)}


def test_an_ordinary_day_loses_nothing():
    state, measured, changed = run((3 * 60 * MINUTE, HEALTHY))
    assert (state.user_min_lost, state.users_affected, changed) == (0.0, 0.0, [])
    assert measured[-1] == ImpactMeasured(
        hurt=(), users_hurt_share=0.0, users_affected=0.0, user_min_lost=0.0, severity=None
    )


def test_user_minutes_of_a_full_outage():
    state, measured, _ = run((4, {"failed": (1.0, 0.0, 0.0)}))
    users = 80 * 60 / 2
    assert state.user_min_lost == pytest.approx(users * 1.0)
    (hurt,) = measured[-1].hurt
    assert (hurt.journey, hurt.client, hurt.failed, hurt.slow, hurt.degraded, hurt.users) == (
        "buy",
        "web",
        1.0,
        0.0,
        0.0,
        users,
    )
    assert measured[-1].users_hurt_share == pytest.approx(80 / 110, abs=1e-6)


def test_slow_and_degraded_weigh_less():
    lost = [
        run((4, {kind: (1.0, 0.0, 0.0)}))[0].user_min_lost / 2400 for kind in ("failed", "slow", "degraded")
    ]
    assert lost == pytest.approx([1.0, 0.5, 0.2])


def test_missing_demand_has_failed():
    _, measured, _ = run((1, {"offered": (80.0, 20.0, 0.0)}))
    assert [(h.client, h.failed, h.users) for h in measured[0].hurt] == [("bot", 1.0, 300.0)]
    _, measured, _ = run((1, {"offered": (40.0, 20.0, 10.0), "slow": (1.0, 0.0, 0.0)}))
    assert [(h.failed, h.slow) for h in measured[0].hurt] == [(0.5, 0.5)]


def test_more_demand_than_usual_hurts_by_its_shares_only():
    _, measured, _ = run((1, {"offered": (800.0, 20.0, 10.0), "failed": (0.3, 0.0, 0.0)}))
    assert [h.failed for h in measured[0].hurt] == [pytest.approx((0.3 - 0.01) / 0.99, abs=1e-6)]


def test_users_affected_are_counted_once_a_session():
    by_end = run((20, {"failed": (1.0, 0.0, 0.0)}))[0].users_affected
    # 2,400 users at once, and sessions of 5 min: after 5 min nearly as many again have come and been hit.
    assert run((1, {"failed": (1.0, 0.0, 0.0)}))[0].users_affected == pytest.approx(2400)
    assert by_end == pytest.approx(2400 * (1 + 19 * 0.05))


def test_users_affected_settle_at_the_share_of_sessions_that_meet_trouble():
    bad, hour = {"failed": (0.109, 0.0, 0.0)}, 60 * MINUTE
    rate = (run((3 * hour, bad))[0].users_affected - run((2 * hour, bad))[0].users_affected) / hour
    through, ends = 0.9**0.5, 0.05  # a user makes half a request in a sample; a session lasts 20 on average
    unhurt_to_its_end = ends * through / (1 - (1 - ends) * through)
    assert rate == pytest.approx(2400 * ends * (1 - unhurt_to_its_end), rel=1e-6)


def test_onset_needs_two_of_three_samples():
    _, _, changed = run((4, HEALTHY), (1, OUT), (5, HEALTHY), (1, OUT), (1, HEALTHY), (1, OUT))
    assert changed == [(180, ImpactStarted(journey="buy"))]


def test_mitigated_after_the_hold_and_a_relapse_reopens():
    _, _, changed = run((8, OUT), (30, HEALTHY), (3, OUT), (30, HEALTHY))
    assert changed == [
        (15, ImpactStarted(journey="buy")),
        (120 + 300, ImpactMitigated(since_ms=120_000)),
        (38 * 15 + 15, ImpactRelapsed(journey="buy")),
        (41 * 15 + 300, ImpactMitigated(since_ms=41 * 15_000)),
    ]


def test_a_dip_below_the_objective_starts_the_hold_again():
    dip = {"failed": (0.012, 0.0, 0.0)}  # below 0.99, above 0.99 − 0.005: no new breach
    _, _, changed = run((8, OUT), (10, HEALTHY), (1, dip), (30, HEALTHY))
    assert changed[1:] == [(19 * 15 + 300, ImpactMitigated(since_ms=19 * 15_000))]


def test_every_hurt_journey_must_meet_its_objective_and_only_those():
    both = {"failed": (0.5, 0.3, 0.3)}
    look_only = {"failed": (0.0, 0.3, 0.3)}
    _, _, changed = run((8, both), (40, look_only), (30, HEALTHY))
    assert changed == [
        (15, ImpactStarted(journey="buy")),
        (48 * 15 + 300, ImpactMitigated(since_ms=48 * 15_000)),
    ]
    dip = {"failed": (0.0, 0.012, 0.012)}  # a journey never breached does not hold the incident open
    assert run((8, OUT), (30, dip))[2][1:] == [(420, ImpactMitigated(since_ms=120_000))]


def test_blocking_a_client_that_matters_is_no_mitigation():
    blocked = {"offered": (80.0, 20.0, 0.0)}
    _, _, changed = run((8, {"failed": (0.0, 0.5, 0.5)}), (60, blocked))
    assert changed == [(15, ImpactStarted(journey="look"))]


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"failed": (0.012, 0.0, 0.0)}, None),
        ({"failed": (0.03, 0.0, 0.0)}, "P3"),
        ({"slow": (0.12, 0.0, 0.0)}, "P2"),
        ({"failed": (0.0, 1.0, 0.0)}, "P2"),
        ({"failed": (0.0, 1.0, 1.0)}, "P1"),
        ({"failed": (0.52, 0.0, 0.0)}, "P1"),
        ({"degraded": (1.0, 0.0, 0.0)}, "P2"),
    ],
)
def test_severity_follows_the_table(fields, severity):
    assert run((40, fields))[1][-1].severity == severity


def test_severity_must_be_sustained_both_ways():
    small = {"failed": (0.03, 0.0, 0.0)}
    _, measured, _ = run((40, OUT), (10, HEALTHY), (40, OUT), (40, small), (40, HEALTHY))
    assert severities(measured) == [
        (19 * 15, "P1"),
        ((90 + 19) * 15, "P3"),
        ((130 + 19) * 15, None),
    ]
    assert severities(run((19, OUT), (40, HEALTHY))[1]) == []
    assert severities(run((10, small), (30, OUT))[1]) == [(19 * 15, "P3"), (29 * 15, "P1")]


def test_severity_at_once_where_the_policy_asks_for_no_hold():
    measured = run((2, OUT), (2, HEALTHY), policy=Policy(sustained_s=0))[1]
    assert [one.severity for one in measured] == ["P1", "P1", None, None]


def test_a_stream_without_demand_is_nobody():
    none = {"undisturbed": (80.0, 20.0, 0.0), "offered": (80.0, 20.0, 0.0), "failed": (0.0, 0.0, 1.0)}
    state, measured, changed = run((20, none))
    assert (state.user_min_lost, measured[-1].hurt, changed) == (0.0, (), [])


def test_an_unknown_journey_is_an_error():
    with pytest.raises(KeyError):
        yardstick(WORLD, Policy(), (("web", "fly"),))


SHARE = st.floats(0.0, 1.0)


@given(st.lists(st.tuples(SHARE, SHARE, SHARE, st.floats(0.0, 3.0)), min_size=1, max_size=30))
def test_any_flow_gives_sound_measures(flows):
    by = yardstick(WORLD, Policy(), STREAMS)
    state, lost, affected = begin(by), 0.0, 0.0
    for n, (a, b, c, ratio) in enumerate(flows):
        total = max(1.0, a + b + c)
        shares = {"failed": (a / total,) * 3, "slow": (b / total,) * 3, "degraded": (c / total,) * 3}
        offered = tuple(rps * ratio for rps in RPS)
        state, one, _ = measure(by, state, sample(n * SAMPLE_MS, offered=offered, **shares))
        assert one.user_min_lost >= lost
        assert one.users_affected >= affected
        assert 0.0 <= one.users_hurt_share <= 1.0
        for hurt in one.hurt:
            assert 0.0 <= hurt.failed + hurt.slow + hurt.degraded <= 1.0 + 1e-5
        lost, affected = one.user_min_lost, one.users_affected
    assert lost <= len(flows) * 0.25 * 110 * 30 + 0.01
