"""Where requests go: zones that keep to themselves, shards that hold more keys, calls that form a circle."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.spec import Call
from sim.world import parameters, stationary, topology
from sim.world.modifiers import Op, Param
from tests.world.small import Living, acting, component, run, world


def solved(built, *modifiers, rps=100.0):
    return stationary.solve(built, parameters.fold(built, modifiers, 0), np.full((1, 1), rps))


def by_place(flow, name, attribute):
    stations = flow.topology.stations_of(name)
    return {
        getattr(flow.topology.stations[s], attribute): round(float(flow.offered_rps[0, s]), 3)
        for s in stations
    }


def pair(*, same_zone, db_zones=None, **db):
    front = component("front", Call(to="db", same_zone=same_zone), replicas=4)
    return topology.build(world(front, component("db", replicas=4, zones=db_zones, **db), zones=("a", "b")))


def test_calls_stay_in_the_zone_of_their_caller():
    for same_zone, expected in ((True, {"a": 30.0, "b": 70.0}), (False, {"a": 50.0, "b": 50.0})):
        leaning = [acting(Param.TRAFFIC, Op.MUL, 3 / 7, component="front", zone="a")]
        assert by_place(solved(pair(same_zone=same_zone), *leaning), "db", "zone") == expected


def test_a_zone_without_the_callee_calls_it_elsewhere():
    assert by_place(solved(pair(same_zone=True, db_zones=("b",))), "db", "zone") == {"b": 100.0}


def test_a_drained_callee_is_called_in_the_other_zone():
    drained = acting(Param.TRAFFIC, Op.MUL, 0.0, component="db", zone="a")
    assert by_place(solved(pair(same_zone=True), drained), "db", "zone") == {"a": 0.0, "b": 100.0}


def test_trouble_of_one_zone_stays_with_its_callers():
    failing = acting(Param.ERROR_REPEATABLE, Op.SET, 0.8, component="db", zone="a")
    for same_zone, expected in ((True, [0.8, 0.0]), (False, [0.4, 0.4])):
        found = solved(pair(same_zone=same_zone), failing)
        front = found.topology.stations_of("front")
        assert found.failed_share[0, front] == pytest.approx(expected, abs=1e-6)


def test_a_hot_shard_gets_its_share_of_the_keys():
    built = pair(same_zone=False, shards=("s1", "s2", "s3", "s4"))
    assert by_place(solved(built), "db", "shard") == dict.fromkeys(("s1", "s2", "s3", "s4"), 12.5)
    hot = solved(built, acting(Param.KEYS, Op.MUL, 5.0, component="db", shard="s2"))
    assert by_place(hot, "db", "shard") == {"s1": 6.25, "s2": 31.25, "s3": 6.25, "s4": 6.25}


def circle(*, lagged):
    return topology.build(
        world(
            component("edge", Call(to="auth")),
            component("auth", Call(to="users")),
            component("users", Call(to="auth", per_request=0.5, lagged=lagged)),
        )
    )


def test_a_circle_is_refused_unless_one_of_its_calls_lags():
    with pytest.raises(ScenarioError, match="auth -> users -> auth"):
        circle(lagged=False)
    built = circle(lagged=True)
    assert [level.components for level in built.levels] == [slice(0, 1), slice(1, 2), slice(2, 3)]


def test_a_lagged_circle_settles_at_its_geometric_series():
    # Of 100 requests to auth, half come back through users: 100 + 50 + 25 + ... = 200.
    found = solved(circle(lagged=True))
    assert found.offered_rps[0] == pytest.approx([100.0, 200.0, 200.0], rel=1e-3)
    built = circle(lagged=True)
    quiet = parameters.fold(built, (), 0)
    _, flows = run(built, quiet, 100.0, 200.0)
    assert flows[-1].offered_rps[0] == pytest.approx([100.0, 200.0, 200.0], rel=1e-3)


def test_failures_go_round_a_lagged_circle():
    found = solved(circle(lagged=True), acting(Param.ERROR_REPEATABLE, Op.SET, 0.1, component="auth"))
    # x = 1 - 0.9 (1 - y), y = 0.5 x
    x = 0.1 / (1 - 0.9 * 0.5)
    assert found.failed_share[0] == pytest.approx([x, x, x / 2], abs=1e-3)


def test_a_lagged_call_uses_the_answers_of_a_tick_ago():
    built = circle(lagged=True)
    living = Living(built, 100.0, acting(Param.ERROR_REPEATABLE, Op.SET, 1.0, from_s=5, component="auth"))
    first, second = living.run(10)
    assert first.failed_share[0, 2] == pytest.approx(0.0, abs=1e-4)
    assert second.failed_share[0, 2] == pytest.approx(0.5, abs=1e-4)
