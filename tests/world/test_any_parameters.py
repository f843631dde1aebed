"""Whatever a scenario holds, shares stay shares and nothing is NaN, infinite or negative."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.spec import Call, Where
from sim.world import flow, parameters, stationary, topology
from sim.world.modifiers import Modifier, Op, Param
from tests.world.small import component, world

calls = st.builds(
    Call,
    to=st.just("db"),
    per_request=st.sampled_from([0.001, 0.05, 0.5, 1.0, 3.0, 40.0]),
    timeout_ms=st.sampled_from([1, 20, 1000, 60_000]),
    retries=st.integers(0, 10),
    soft=st.booleans(),
)
values = st.sampled_from([0.0, 1e-9, 0.01, 0.5, 1.0, 2.0, 50.0, 1e9, -3.0])
modifiers = st.lists(
    st.tuples(
        st.sampled_from(list(Param)),
        st.sampled_from(list(Op)),
        values,
        st.sampled_from([None, "edge", "db"]),
        st.sampled_from([None, "a"]),
    ),
    max_size=6,
)
components = st.fixed_dictionaries(
    {
        "work_ms": st.sampled_from([0.01, 5.0, 2000.0]),
        "error_share": st.sampled_from([0.0, 0.3, 1.0]),
        "replicas": st.sampled_from([1, 4, 1000]),
        "processors_per_replica": st.sampled_from([0.01, 1.0, 64.0]),
        "slots_per_replica": st.sampled_from([1, 50, 5000]),
        "queue_max_s": st.sampled_from([0.001, 1.0, 600.0]),
        "drops_dead_work": st.booleans(),
    }
)


@settings(max_examples=100, deadline=None)
@given(
    call=st.lists(calls, max_size=3),
    edge=components,
    db=components,
    acting=modifiers,
    rps=st.sampled_from([0.0, 0.01, 30.0, 1e5]),
    dt_s=st.sampled_from([1.0, 5.0]),
)
def test_results_are_finite_and_in_range(call, edge, db, acting, rps, dt_s):
    built = topology.build(
        world(component("edge", *call, **edge), component("db", **db), zones=("a", "b"), timeout_ms=5000)
    )
    changed = parameters.fold(
        built,
        [
            Modifier(str(n), "test", Where(component=where, zone=zone), param, op, value, 0)
            for n, (param, op, value, where, zone) in enumerate(acting)
        ],
        0,
    )
    state = flow.idle(built)
    for at in (parameters.fold(built, (), 0), changed, changed, changed):
        state, now = flow.step(built, at, state, np.full((1, 1), rps), dt_s)
        check(now)
    check(stationary.solve(built, changed, np.full((2, 1), rps)))


def check(now):
    shares = [
        now.failed_by,
        now.failed_share,
        now.degraded_share,
        now.cpu_share,
        now.connections_share,
        now.attempt_failed_share,
        now.stream_failed_share,
        now.stream_slow_share,
        now.stream_degraded_share,
        now.stream_failed_share + now.stream_slow_share + now.stream_degraded_share,
    ]
    for share in shares:
        assert (share >= 0.0).all() and (share <= 1.0 + 1e-9).all()
    assert np.allclose(now.failed_by.sum(axis=0), now.failed_share, atol=1e-9)
    built = now.topology
    groups = topology.grouping([built.stations_of(c.component, zone=c.zone) for c in built.cells])
    amounts = [
        now.offered_rps,
        now.served_rps,
        now.mean_s,
        now.variance_s2,
        now.queue_depth,
        now.in_system,
        now.attempts_rps,
        now.stream_offered_rps,
        now.percentiles_ms(groups),
    ]
    for amount in amounts:
        assert np.isfinite(amount).all() and (amount >= 0.0).all()
    percentiles = now.percentiles_ms(groups)
    assert (np.diff(percentiles, axis=0) >= -1e-9).all()
