"""Folding of modifiers: order, selection, ramps, and when it is skipped."""

import pytest

from sim.spec import Call, Where
from sim.world import parameters, topology
from sim.world.modifiers import Modifier, Op, Param, Shape
from tests.world.small import component, world


@pytest.fixture
def built():
    return topology.build(
        world(
            component("edge", Call(to="db", retries=1), Call(to="auth")),
            component("db"),
            component("auth"),
            zones=("a", "b"),
        ),
        {"db": ["v2"]},
    )


def modifier(name, param, op, value, from_ms=0, to_ms=None, shape=Shape.STEP, ramp_ms=0, **where):
    return Modifier(name, "test", Where(**where), param, op, value, from_ms, to_ms, shape, ramp_ms)


def test_folds_in_the_stated_order_whatever_the_order_of_arrival(built):
    acts = [
        modifier("min", Param.RETRIES, Op.MIN, 5.0),
        modifier("add", Param.RETRIES, Op.ADD, 2.0),
        modifier("mul", Param.RETRIES, Op.MUL, 3.0),
        modifier("b-set", Param.RETRIES, Op.SET, 2.0, callee="db"),
        modifier("a-set", Param.RETRIES, Op.SET, 9.0, callee="db"),
    ]
    # auth: min(5, 0 * 3 + 2); db: min(5, 2 * 3 + 2)
    for order in (acts, acts[::-1]):
        assert parameters.fold(built, order, 0).retries.tolist() == [5.0, 2.0] * 2


def test_agrees_with_the_scalar_definition_on_a_ramp(built):
    ramp = modifier("r", Param.RETRIES, Op.SET, 4.0, from_ms=1000, shape=Shape.RAMP, ramp_ms=4000)
    for t_ms in (0, 1000, 2500, 5000, 90_000):
        assert parameters.fold(built, [ramp], t_ms).retries[0] == ramp.applied(1.0, t_ms)


def test_selects_by_zone_callee_and_client(built):
    acts = [
        modifier("zone", Param.WORK, Op.MUL, 2.0, component="db", zone="b"),
        modifier("call", Param.CALL_ON, Op.SET, 0.0, component="edge", zone="a", callee="auth"),
        modifier("client", Param.DEMAND, Op.SET, 0.0, client="others"),
    ]
    found = parameters.fold(built, acts, 0)
    in_b = built.stations_of("db", zone="b")
    assert found.work_s[in_b].tolist() == [0.02, 0.02] and found.work_s.sum() == pytest.approx(
        0.01 * 8 + 0.02
    )
    assert found.per_request.tolist() == [1.0, 0.0, 1.0, 1.0]
    assert found.demand.tolist() == [1.0]


def test_only_its_own_version_has_traffic_at_first_and_shares_are_normalised(built):
    base = parameters.fold(built, (), 0)
    assert base.weight[built.cells_of("db", version="v2")].tolist() == [0.0, 0.0]
    both = parameters.fold(built, [modifier("v", Param.VERSION_SHARE, Op.SET, 1.0, component="db")], 0)
    assert both.weight[built.cells_of("db")].tolist() == [0.25] * 4
    assert both.replicas[built.cells_of("db")].sum() == base.replicas[built.cells_of("db")].sum() == 1.0


def test_refolds_only_when_something_changes(built):
    folding = parameters.Folding(built)
    acts = [
        modifier("step", Param.WORK, Op.MUL, 2.0, to_ms=60_000),
        modifier("ramp", Param.WORK, Op.MUL, 2.0, from_ms=10_000, shape=Shape.RAMP, ramp_ms=10_000),
    ]
    at = {t_ms: folding.at(acts, t_ms) for t_ms in (0, 5_000, 10_000, 15_000, 20_000, 25_000, 60_000, 65_000)}
    assert at[0] is at[5_000] and at[20_000] is at[25_000] and at[60_000] is at[65_000]
    assert at[5_000] is not at[15_000] and at[25_000] is not at[60_000]
    assert folding.at([], 70_000).work_s[0] == 0.01


def test_a_component_that_drops_dead_work_keeps_a_queue_its_callers_wait_for():
    call = Call(to="db", timeout_ms=500)
    for drops, bound_s in ((True, 0.35), (False, 3.0)):
        built = topology.build(
            world(component("edge", call), component("db", queue_max_s=3.0, drops_dead_work=drops))
        )
        assert parameters.fold(built, (), 0).queue_max_s[1] == pytest.approx(bound_s)
