"""Slow state against its closed forms, and what it does to the world when it has gone far enough."""

from math import exp, sqrt

import numpy as np
import pytest

from sim.spec import Cache, Call, Operation, Where
from sim.world import topology
from sim.world.modifiers import Op, Param
from sim.world.slow import DAY_S, Reset
from tests.world.small import Living, acting, component, world

HIT, KEYS = 0.9, 60_000.0


def cached(**db):
    calls = (
        Call(to="cache", timeout_ms=500),
        Call(to="db", per_request=1 - HIT, timeout_ms=500, retries=1, on_miss_of="cache"),
    )
    db = {"work_ms": 5.0, "replicas": 1, "processors_per_replica": 8.0, "slots_per_replica": 200} | db
    return topology.build(
        world(
            component(
                "web", *calls, work_ms=5.0, replicas=4, processors_per_replica=16, slots_per_replica=2000
            ),
            component("cache", kind="cache", work_ms=0.1, cache=Cache(hit_share=HIT, keys=KEYS), replicas=4),
            component("db", **db),
        )
    )


def cold(where=None, **db):
    living = Living(cached(**db), 1000.0)
    living.dynamics.reset([Reset("warmth", Where(component="cache"), set_to=0.0)])
    return living


def test_a_warm_cache_stays_warm_and_misses_what_it_always_missed():
    living = Living(cached(), 1000.0)
    living.run(60)
    assert living.dynamics.flow.offered_rps[0, 2] == pytest.approx(100.0, rel=0.01)
    assert living.dynamics.gauges.hit_share[1] == pytest.approx(HIT, rel=1e-6)


def test_a_cold_cache_sends_everything_to_its_origin_and_fills_by_what_that_answers():
    living = cold()
    hits, w = [], 0.0
    for flow in living.run(300):
        fetched = flow.attempts_rps[0, 1] * (1.0 - flow.attempt_failed_share[0, 1])
        asked = fetched / (1.0 - HIT * sqrt(w))
        w = 1.0 - (1.0 - w) * exp(-asked * HIT / (1.0 + sqrt(w)) * 5.0 / KEYS)
        hits.append(float(living.dynamics.flow.offered_rps[0, 2]))
        if flow is living.dynamics.flow:
            assert living.dynamics.slow.warmth[1] == pytest.approx(w, rel=1e-9)
    assert living.dynamics.gauges.hit_share[1] == pytest.approx(HIT * sqrt(w), rel=1e-9)
    first = cold().run(5)[0]
    assert first.offered_rps[0, 2] == pytest.approx(1000.0, rel=0.05)
    assert living.dynamics.flow.offered_rps[0, 2] < 500.0


def test_an_origin_that_cannot_carry_the_misses_never_warms_the_cache():
    weak = {"processors_per_replica": 1.2, "drops_dead_work": False, "queue_max_s": 2.0}
    living = cold(**weak)
    living.run(1800)
    assert living.dynamics.gauges.hit_share[1] < 0.3 * HIT
    assert living.dynamics.flow.stream_failed_share[0, 0] > 0.3
    healthy = Living(cached(**weak), 1000.0)
    healthy.run(600)
    assert healthy.dynamics.flow.stream_failed_share[0, 0] < 0.01


def test_lost_nodes_take_their_share_of_the_warmth_with_them():
    half = acting(Param.REPLICAS, Op.MUL, 0.5, component="cache")
    living = Living(cached(), 0.001, half)
    living.run(5)
    assert living.dynamics.slow.warmth[1] == pytest.approx(0.5, abs=1e-3)


def leaking(**fields):
    return topology.build(world(component("web", memory_share=0.55, replicas=4, **fields)))


def test_a_leak_fills_memory_in_its_time_and_then_kills_replicas():
    living = Living(leaking(), 100.0, acting(Param.LEAK_PER_H, Op.ADD, 0.9, component="web"))
    living.run(1200)
    assert living.dynamics.gauges.memory_share[0] == pytest.approx(0.55 + 0.3, abs=0.01)
    assert living.dynamics.flow.parameters.work_s[0] == pytest.approx(0.010)
    living.run(780)
    assert living.dynamics.gauges.memory_share[0] == 1.0
    assert living.dynamics.flow.parameters.replicas[0] == pytest.approx(2.0)
    assert living.dynamics.flow.stream_failed_share[0, 0] == pytest.approx(0.1, abs=0.01)
    living.dynamics.reset([Reset("leaked", Where(component="web"), set_to=0.0)])
    living.run(10)
    assert living.dynamics.flow.stream_failed_share[0, 0] < 1e-3


def test_half_the_load_leaks_half_as_fast():
    built = leaking()
    living = Living(built, 100.0, acting(Param.LEAK_PER_H, Op.ADD, 0.9, component="web"))
    living.rps = living.rps / 2
    living.run(1200)
    assert living.dynamics.gauges.memory_share[0] == pytest.approx(0.55 + 0.15, abs=0.01)


def test_a_full_disk_fails_writes_and_spares_reads():
    operations = (Operation(id="read", work_ms=1), Operation(id="write", work_ms=1, writes=True))
    calls = (Call(to="db.read"), Call(to="db.write", soft=True))
    db = component("db", operations=operations, disk_share=0.8)
    living = Living(
        topology.build(world(component("web", *calls), db)),
        100.0,
        acting(Param.FILL_PER_H, Op.ADD, 0.6, component="db"),
    )
    living.run(3600 * 0.17 / 0.6 - 60)
    assert living.dynamics.flow.failed_share[0] == pytest.approx([0, 0, 0], abs=1e-3)
    living.run(1800)
    assert living.dynamics.flow.failed_share[0, 1:] == pytest.approx([0.0002, 1.0], abs=1e-3)
    living.dynamics.reset([Reset("disk_size", Where(component="db"), times=1.5)])
    living.run(30)
    assert living.dynamics.gauges.disk_share[1] == pytest.approx(2 / 3, abs=0.01)
    assert living.dynamics.flow.failed_share[0, 2] < 1e-3


def replicated():
    writing = (Operation(id="write", work_ms=1, writes=True),)
    return topology.build(
        world(
            component("web", Call(to="primary"), Call(to="copies")),
            component("primary", operations=writing, zones=("a",), standby_zone="b"),
            component("copies", replica_of="primary", zones=("a",)),
            zones=("a", "b"),
        )
    )


def test_a_replica_that_stops_applying_falls_behind_by_a_second_a_second():
    built = replicated()
    living = Living(built, 100.0, acting(Param.APPLY, Op.MUL, 0.0, component="copies"))
    living.run(100)
    assert living.dynamics.slow.lag_s[built.cells_of("copies")] == pytest.approx([100.0], rel=0.02)
    assert living.dynamics.slow.lag_s[built.cells_of("primary", zone="b")] == pytest.approx([0.05])
    stale = 1 - exp(-99 / 30)
    assert living.dynamics.flow.degraded_share[0, built.stations_of("copies")] == pytest.approx(
        [stale], abs=0.03
    )
    living.modifiers = ()
    living.run(50)
    assert living.dynamics.slow.lag_s[built.cells_of("copies")] == pytest.approx([50.0], rel=0.03)


def test_what_is_not_applied_stays_when_nobody_writes_and_shrinks_when_it_is_applied_again():
    built = replicated()
    standby = built.cells_of("primary", zone="b")
    held = acting(Param.APPLY, Op.MUL, 0.0, component="primary", zone="b")
    living = Living(built, 100.0, held)
    living.run(100)
    gone = acting(Param.NET_LOSS, Op.SET, 1.0, component="primary", zone="a")
    living.modifiers = (held, gone)
    living.run(200)
    assert living.dynamics.slow.lag_s[standby] == pytest.approx([100.0], rel=0.05)
    living.modifiers = (gone,)
    living.run(30)
    assert living.dynamics.slow.lag_s[standby] == pytest.approx([40.0], rel=0.1)
    living.run(30)
    assert living.dynamics.slow.lag_s[standby] == pytest.approx([0.05])


def test_a_standby_that_was_promoted_follows_nobody():
    built = replicated()
    held = acting(Param.APPLY, Op.MUL, 0.0, component="primary", zone="b")
    living = Living(built, 100.0, held)
    living.run(100)
    moved = (
        acting(Param.TRAFFIC, Op.SET, 0.0, component="primary", zone="a"),
        acting(Param.TRAFFIC, Op.SET, 1.0, component="primary", zone="b"),
    )
    living.modifiers = (held, *moved)
    living.run(30)
    assert living.dynamics.slow.lag_s[built.cells_of("primary", zone="b")] == pytest.approx([0.05])


def test_certificates_run_down_with_the_clock():
    living = Living(topology.build(world(component("web", certificate_days=2))), 10.0)
    living.run(3600)
    assert living.dynamics.gauges.certificate_days == pytest.approx([2 - 3600 / DAY_S])
    assert np.isnan(living.dynamics.gauges.hit_share).all()


def queued(rps_each=50.0, **worker):
    worker = {"work_ms": 10.0, "replicas": 2, "processors_per_replica": 1.0} | worker
    return topology.build(
        world(
            component("web", Call(to="queue")),
            component("queue", kind="queue", work_ms=0.1, shards=("p1", "p2"), replicas=2, backlog_max=6000),
            component("mailer", kind="worker", consumes="queue", **worker),
        )
    )


def test_consumers_keep_up_on_an_ordinary_day():
    living = Living(queued(), 100.0)
    living.run(120)
    mailer = living.dynamics.topology.stations_of("mailer")
    assert living.dynamics.flow.offered_rps[0, mailer].sum() == pytest.approx(100.0, rel=0.01)
    assert living.dynamics.slow.backlog.sum() < 5.0


def test_messages_wait_when_there_are_more_than_consumers_can_do_and_are_worked_off_after():
    living = Living(queued(), 100.0, acting(Param.WORK, Op.MUL, 4.0, component="mailer", to_s=120))
    living.run(60)
    # Two processors at 40 ms do 50/s, 47.5 of it taken; 100/s come in.
    assert living.dynamics.slow.backlog.sum() == pytest.approx(60 * 52.5, rel=0.1)
    assert living.dynamics.slow.age_s.max() == pytest.approx(60.0, rel=0.05)
    living.run(60)
    living.run(120)
    assert living.dynamics.slow.backlog.sum() < 50.0
    assert living.dynamics.slow.age_s.max() < 1.0


def test_messages_are_conserved():
    living = Living(queued(), 100.0, acting(Param.WORK, Op.MUL, 4.0, component="mailer"))
    came = done = 0.0
    for flow in living.run(90):
        queue, mailer = (flow.topology.stations_of(name) for name in ("queue", "mailer"))
        came += 5.0 * float((flow.offered_rps * (1 - flow.failed_share))[0, queue].sum())
        offered = flow.offered_rps[0, mailer]
        failed = float((offered * flow.failed_share[0, mailer]).sum() / offered.sum())
        done += 5.0 * float(flow.delivered_rps.sum()) * (1 - failed)
    assert living.dynamics.slow.backlog.sum() == pytest.approx(came - done, abs=1e-6)


def test_a_poison_message_holds_its_partition_alone():
    poison = acting(Param.DELIVERY, Op.MIN, 0.0, component="queue", shard="p1")
    living = Living(queued(), 100.0, poison)
    living.run(100)
    lanes = {
        living.dynamics.topology.cells[lane.cell].shard: n
        for n, lane in enumerate(living.dynamics.topology.lanes)
    }
    assert living.dynamics.slow.backlog[lanes["p1"]] == pytest.approx(50.0 * 100, rel=0.03)
    assert living.dynamics.slow.age_s[lanes["p1"]] == pytest.approx(100.0)
    assert living.dynamics.slow.backlog[lanes["p2"]] < 5.0


def test_the_producer_fails_only_when_the_queue_is_full():
    living = Living(queued(), 100.0, acting(Param.DELIVERY, Op.MIN, 0.0, component="queue"))
    living.run(40)
    assert living.dynamics.flow.stream_failed_share[0, 0] < 1e-3
    living.run(60)
    assert living.dynamics.flow.stream_failed_share[0, 0] > 0.9
    assert living.dynamics.slow.backlog.sum() <= 6000 * 1.1
