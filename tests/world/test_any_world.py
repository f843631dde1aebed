"""Whatever a world holds, flow and slow state stay finite, shares stay shares, and nothing hangs."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.spec import Cache, Call, Operation, Where
from sim.world import topology
from sim.world.modifiers import Modifier, Op, Param
from sim.world.signals import layout, truth
from tests.world.small import Living, component, world
from tests.world.test_any_parameters import check

sizes = st.sampled_from([1e-6, 0.5, 8.0, 1e6])
timeouts = st.sampled_from([1, 250, 60_000])
fan_outs = st.sampled_from([1e-3, 1.0, 30.0, 1e6])
modifiers = st.lists(
    st.tuples(
        st.sampled_from(list(Param)),
        st.sampled_from(list(Op)),
        st.sampled_from([0.0, 1e-6, 0.3, 1.0, 7.0, 1e9, -1.0]),
        st.sampled_from([None, "edge", "web", "cache", "queue", "db", "mailer"]),
        st.integers(0, 30),
    ),
    max_size=8,
)


@settings(max_examples=100, deadline=None)
@given(
    timeout_ms=timeouts,
    retries=st.sampled_from([0, 2, 10]),
    fan_out=fan_outs,
    processors=sizes,
    keys=sizes,
    hit_share=st.sampled_from([0.0, 0.5, 1.0]),
    backlog_max=sizes,
    group=st.sampled_from([None, "all"]),
    same_zone=st.booleans(),
    drops=st.booleans(),
    rps=st.sampled_from([0.0, 1e-3, 100.0, 1e9]),
    acting=modifiers,
)
def test_any_world_stays_finite(
    timeout_ms,
    retries,
    fan_out,
    processors,
    keys,
    hit_share,
    backlog_max,
    group,
    same_zone,
    drops,
    rps,
    acting,
):
    calls = {"timeout_ms": timeout_ms, "retries": retries, "group": group, "same_zone": same_zone}
    writes = (Operation(id="serve", work_ms=1.0, writes=True),)
    built = topology.build(
        world(
            component("edge", Call(to="web", **calls), drops_dead_work=drops),
            component(
                "web",
                Call(to="cache", **calls),
                Call(to="db", on_miss_of="cache", per_request=fan_out, **calls),
                Call(to="queue", **calls),
                processors_per_replica=processors,
            ),
            component("cache", kind="cache", cache=Cache(hit_share=hit_share, keys=keys)),
            component("queue", kind="queue", shards=("p", "q"), replicas=4, backlog_max=backlog_max),
            component("db", operations=writes, processors_per_replica=processors, replica_of="cache"),
            component("mailer", Call(to="web", lagged=True, **calls), kind="worker", consumes="queue"),
            zones=("a", "b"),
            timeout_ms=max(timeout_ms, 5_000),
        )
    )
    living = Living(
        built,
        rps,
        *(
            Modifier(str(n), "test", Where(component=name), param, op, value, 1000 * from_s)
            for n, (param, op, value, name, from_s) in enumerate(acting)
        ),
    )
    of, before = layout(built, 1), None
    for _ in range(4):
        check(living.run(15)[-1])
        slow, gauges = living.dynamics.slow, living.dynamics.gauges
        for share in (slow.warmth, slow.leaked, gauges.memory_share, gauges.disk_share):
            assert (share >= 0.0).all() and (share <= 1.0).all()
        for amount in (slow.backlog, slow.age_s, slow.lag_s, slow.filled):
            assert np.isfinite(amount).all() and (amount >= 0.0).all()
        before = truth(of, living.dynamics.flow, np.array([0]), before, gauges)
        assert not np.isinf(before).any() and not (before < 0.0).any()


def test_two_thousand_cells_are_no_trouble():
    shards = tuple(f"s{n}" for n in range(20))
    layers = [
        component(f"c{n}", *([Call(to=f"c{n + 1}", retries=3)] if n < 32 else []), shards=shards, replicas=60)
        for n in range(33)
    ]
    built = topology.build(world(*layers, zones=("a", "b", "c")))
    assert len(built.cells) == 1980
    living = Living(built, 500.0)
    check(living.run(10)[-1])
