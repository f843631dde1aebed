"""The flow solver against request-by-request models: mean, p50 and p95 within 15 %, failures within 0.02."""

from random import Random

import numpy as np
import pytest
import simpy

from sim.spec import Call
from sim.world import parameters, stationary, topology
from tests.judge.model import Component, Seen, drive
from tests.world import small

PATIENT = {
    "processors_per_replica": 8,
    "slots_per_replica": 5000,
    "drops_dead_work": False,
    "queue_max_s": 60,
}


def solved(world, rps) -> Seen:
    """What the solver says the users of a world see."""
    built = topology.build(world)
    found = stationary.solve(built, parameters.fold(built, (), 0), np.full((1, 1), rps))
    entry = topology.grouping([np.array([0])])
    p50_ms, p95_ms = found.percentiles_ms(entry, (0.5, 0.95))[:, 0, 0]
    failed = found.failed_share[0, 0]
    return Seen(found.mean_s[0, 0], p50_ms / 1000.0, p95_ms / 1000.0, failed)


def agree(judge: Seen, found: Seen) -> None:
    assert found.mean_s == pytest.approx(judge.mean_s, rel=0.15)
    assert found.p50_s == pytest.approx(judge.p50_s, rel=0.15)
    assert found.p95_s == pytest.approx(judge.p95_s, rel=0.15)
    assert found.failed_share == pytest.approx(judge.failed_share, abs=0.02)


@pytest.mark.parametrize(("servers", "rho"), [(1, 0.6), (4, 0.5), (4, 0.8), (16, 0.9)])
def test_one_component(servers, rho):
    env, rng = simpy.Environment(), Random(f"{servers} {rho}")
    rps = servers * rho / 0.01
    judge = drive(env, rng, Component(env, rng, 0.01, servers), rps, 16_000)
    world = small.world(small.component("one", processors_per_replica=servers, slots_per_replica=5000))
    agree(judge, solved(world, rps))


@pytest.mark.parametrize(
    ("rps", "timeout_ms", "retries", "error_share"),
    [(200.0, 500, 0, 0.0), (320.0, 60, 0, 0.0), (250.0, 500, 2, 0.25)],
    ids=["quiet", "timeouts", "retries"],
)
def test_chain_of_three(rps, timeout_ms, retries, error_share):
    # No case has short timeouts and retries: there chance alone starts a storm, which means cannot show.
    env, rng = simpy.Environment(), Random(f"{rps} {timeout_ms}")
    db = Component(env, rng, 0.020, 8, error_share=error_share)
    cart = Component(env, rng, 0.010, 8, callee=db, timeout_s=timeout_ms / 1000.0, retries=retries)
    edge = Component(env, rng, 0.005, 8, callee=cart, timeout_s=1.0)
    judge = drive(env, rng, edge, rps, 12_000)
    db_call = Call(to="db", timeout_ms=timeout_ms, retries=retries)
    world = small.world(
        small.component("edge", Call(to="cart"), work_ms=5, **PATIENT),
        small.component("cart", db_call, work_ms=10, **PATIENT),
        small.component("db", work_ms=20, error_share=error_share, **PATIENT),
    )
    agree(judge, solved(world, rps))


def test_rare_slow_call():
    env, rng = simpy.Environment(), Random("rare")
    origin = Component(env, rng, 0.100, 8)
    edge = Component(env, rng, 0.005, 8, callee=origin, per_request=0.15)
    judge = drive(env, rng, edge, 300.0, 12_000)
    world = small.world(
        small.component("edge", Call(to="origin", per_request=0.15), work_ms=5, **PATIENT),
        small.component("origin", work_ms=100, **PATIENT),
    )
    agree(judge, solved(world, 300.0))


def test_pool_that_runs_dry_because_somebody_else_is_slow():
    env, rng = simpy.Environment(), Random("pool")
    db = Component(env, rng, 0.100, 64)
    front = Component(env, rng, 0.005, 8, slots=24, callee=db)
    judge = drive(env, rng, front, 200.0, 12_000)
    world = small.world(
        small.component(
            "front",
            Call(to="db", timeout_ms=60_000),
            work_ms=5,
            processors_per_replica=8,
            slots_per_replica=24,
            queue_max_s=60,
        ),
        small.component("db", work_ms=100, processors_per_replica=64, slots_per_replica=5000),
    )
    agree(judge, solved(world, 200.0))


@pytest.mark.parametrize("db_work_s", [0.1, 0.2])
def test_pool_in_front_of_an_overloaded_database_turns_away_what_that_cannot_do(db_work_s):
    env, rng = simpy.Environment(), Random(f"dry {db_work_s}")
    db = Component(env, rng, db_work_s, 16)
    front = Component(env, rng, 0.005, 8, slots=40, queue_max=80, callee=db, timeout_s=1.0, retries=1)
    judge = drive(env, rng, front, 200.0, 8_000)
    call = Call(to="db", timeout_ms=1000, retries=1)
    world = small.world(
        small.component("front", call, work_ms=5, processors_per_replica=8, slots_per_replica=40),
        small.component("db", work_ms=1000 * db_work_s, processors_per_replica=16, drops_dead_work=False),
    )
    found = solved(world, 200.0)
    assert found.failed_share == pytest.approx(judge.failed_share, abs=0.03)
