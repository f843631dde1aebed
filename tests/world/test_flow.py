"""What a responder would check: where load, time and failures go when something breaks."""

import numpy as np
import pytest

from sim.spec import Call, Where
from sim.world import flow, parameters, stationary, topology
from sim.world.flow import Cause
from sim.world.modifiers import Modifier, Op, Param
from tests.world.small import component, metastable_pair, run, world


def acting(param, op, value, **where):
    return Modifier(f"{param}-{value}", "test", Where(**where), param, op, value, 0)


def shop(**db):
    """edge -> front -> db in two zones; db holds 128 slots per zone and drops nothing."""
    return topology.build(
        world(
            component(
                "edge", Call(to="front", timeout_ms=3000), work_ms=1, replicas=4, slots_per_replica=1000
            ),
            component(
                "front",
                Call(to="db", timeout_ms=1000, retries=1),
                work_ms=5,
                replicas=4,
                slots_per_replica=20,
            ),
            component("db", **({"work_ms": 20, "replicas": 4, "drops_dead_work": False} | db)),
            zones=("a", "b"),
        )
    )


def after(world_topology, modifiers, rps=200.0, seconds=200.0, dt_s=5.0):
    """The flow after a quiet start and some time under modifiers."""
    state, _ = stationary.settle(world_topology, parameters.fold(world_topology, (), 0), np.full((1, 1), rps))
    changed = parameters.fold(world_topology, modifiers, 0)
    return run(world_topology, changed, rps, seconds, dt_s=dt_s, state=state)[1][-1]


def test_a_quiet_world_answers_everything_in_the_sum_of_its_work():
    quiet = after(shop(), ())
    assert quiet.stream_failed_share[0, 0] < 1e-3
    assert quiet.mean_s[0, :2] == pytest.approx([0.026, 0.026], rel=0.1)
    assert quiet.offered_rps[0] == pytest.approx([100.0] * 6, rel=1e-3)


def test_a_slow_database_fills_its_callers_and_fails_the_edge():
    patient = shop(queue_max_s=10.0)
    quiet, slow = after(patient, ()), after(patient, [acting(Param.WORK, Op.MUL, 10.0, component="db")])
    front, db = slow.topology.stations_of("front"), slow.topology.stations_of("db")
    assert (slow.connections_share[0, 2:4] > 0.95).all() and (quiet.connections_share[0, 2:4] < 0.2).all()
    assert (slow.mean_s[0, front] > 0.9).all(), "callers wait about as long as their timeout"
    assert (
        slow.failed_by[Cause.REJECTED, 0, front].sum() + slow.failed_by[Cause.TIMEOUT, 0, front].sum() > 0.5
    )
    assert slow.stream_failed_share[0, 0] > 0.5
    assert (slow.attempts_rps[0, 2:] > 1.2 * slow.served_rps[0, front]).all(), (
        "retries multiply the load below"
    )
    assert (slow.cpu_share[0, db] > 0.8).all() and (slow.cpu_share[0, 2:4] < quiet.cpu_share[0, 2:4]).all()


def test_trouble_of_one_zone_stays_in_its_cells():
    one = after(shop(), [acting(Param.ERROR_RANDOM, Op.SET, 0.8, component="db", zone="b")])
    a, b = one.topology.stations_of("db", zone="a")[0], one.topology.stations_of("db", zone="b")[0]
    assert one.failed_by[Cause.OWN, 0, b] == pytest.approx(0.8) and one.failed_share[0, a] < 1e-3
    front = one.topology.stations_of("front")
    # Half of the calls meet zone b and fail there with 0.8; one retry squares 0.4.
    assert one.failed_by[Cause.DEPENDENCY, 0, front] == pytest.approx([0.16, 0.16], abs=1e-3)
    assert one.attempts_rps[0, 2:] == pytest.approx([140.0, 140.0], rel=1e-2)


def test_errors_that_repeat_are_not_cured_by_retries():
    one = after(shop(), [acting(Param.ERROR_REPEATABLE, Op.SET, 0.3, component="db")])
    assert one.stream_failed_share[0, 0] == pytest.approx(0.3, abs=1e-3)
    assert one.attempts_rps[0, 2:] == pytest.approx([130.0, 130.0], rel=1e-2)


def test_drained_zone_sends_its_load_to_the_other():
    drained = after(shop(), [acting(Param.TRAFFIC, Op.SET, 0.0, component="db", zone="a")])
    a, b = (drained.topology.stations_of("db", zone=zone)[0] for zone in "ab")
    assert drained.offered_rps[0, [a, b]] == pytest.approx([0.0, 200.0], abs=0.1)


def test_versions_share_traffic_and_replicas():
    built = topology.build(shop().world, {"db": ["v2"]})
    share = [
        acting(Param.VERSION_SHARE, Op.SET, 0.9, component="db", version="v1"),
        acting(Param.VERSION_SHARE, Op.SET, 0.1, component="db", version="v2"),
        acting(Param.ERROR_REPEATABLE, Op.SET, 1.0, component="db", version="v2"),
    ]
    canary = after(built, share)
    v2 = built.stations_of("db", version="v2")
    assert canary.offered_rps[0, v2].sum() / canary.offered_rps[
        0, built.stations_of("db")
    ].sum() == pytest.approx(0.1)
    assert canary.parameters.replicas[built.cells_of("db", version="v2")].sum() == pytest.approx(0.4)
    assert canary.stream_failed_share[0, 0] == pytest.approx(0.1, abs=0.01)


def test_a_shard_keeps_its_keys_when_it_is_down():
    built = shop(shards=("s1", "s2"))
    down = after(built, [acting(Param.REPLICAS, Op.SET, 0.0, component="db", shard="s2")])
    assert down.stream_failed_share[0, 0] == pytest.approx(0.5, abs=0.26)
    assert down.parameters.no_cell_share[2] == pytest.approx(0.5)
    assert down.offered_rps[0, built.stations_of("db", shard="s2")].sum() == 0.0


def test_without_any_cell_everything_fails_at_once():
    gone = after(shop(), [acting(Param.REPLICAS, Op.SET, 0.0, component="db")])
    assert gone.stream_failed_share[0, 0] == pytest.approx(1.0)
    assert gone.percentiles_ms(gone.topology.stream_legs)[2, 0, 0] < 100.0
    assert (
        after(shop(), [acting(Param.REPLICAS, Op.SET, 0.0, component="edge")]).stream_failed_share[0, 0]
        == 1.0
    )


def test_network_loss_and_throttles_have_their_own_causes():
    both = after(
        shop(),
        [
            acting(Param.NET_LOSS, Op.SET, 0.2, component="db"),
            acting(Param.ADMIT, Op.SET, 0.5, component="db"),
        ],
    )
    db = both.topology.stations_of("db")
    assert both.failed_by[Cause.NETWORK, 0, db] == pytest.approx([0.2, 0.2])
    assert both.failed_by[Cause.THROTTLED, 0, db] == pytest.approx([0.4, 0.4])
    assert both.served_rps[0, db] == pytest.approx(0.4 * both.offered_rps[0, db], rel=1e-3)
    assert both.failed_by[Cause.TIMEOUT, 0, 2:4].min() > 0.05, "what is lost is waited for"


def test_soft_calls_degrade_and_do_not_fail():
    built = topology.build(
        world(component("edge", Call(to="ads", soft=True, timeout_ms=200)), component("ads"), rps=10)
    )
    broken = after(built, [acting(Param.ERROR_RANDOM, Op.SET, 0.25, component="ads")], rps=10)
    assert broken.stream_degraded_share[0, 0] == pytest.approx(0.25, abs=1e-3)
    assert broken.stream_failed_share[0, 0] < 1e-6
    isolated = after(
        built,
        [
            acting(Param.ERROR_RANDOM, Op.SET, 0.25, component="ads"),
            acting(Param.CALL_ON, Op.SET, 0.0, component="edge", callee="ads"),
        ],
        rps=10,
    )
    assert isolated.stream_degraded_share[0, 0] == 0.0 and isolated.attempts_rps[0, 0] == 0.0


def test_a_hard_call_that_is_isolated_fails_its_requests_and_sends_nothing():
    ads, mail = Call(to="ads", per_request=0.4, timeout_ms=200), Call(to="mail", timeout_ms=200)
    built = topology.build(
        world(component("edge", ads, mail), component("ads"), component("mail"), rps=10),
    )
    isolated = after(built, [acting(Param.CALL_ON, Op.SET, 0.0, component="edge", callee="ads")], rps=10)
    assert isolated.stream_failed_share[0, 0] == pytest.approx(0.4, abs=0.01)
    assert isolated.attempts_rps[0] == pytest.approx([0.0, 6.0], abs=0.1)


def test_a_failed_hard_call_ends_its_request_and_spares_the_later_ones():
    built = topology.build(
        world(
            component("edge", Call(to="auth"), Call(to="ads", soft=True), Call(to="db")),
            component("auth"),
            component("ads"),
            component("db"),
            rps=100,
        )
    )
    errors = [acting(Param.ERROR_REPEATABLE, Op.SET, 0.6, component="auth")]
    down = after(built, errors, rps=100.0)
    assert down.attempts_rps[0] == pytest.approx([100.0, 40.0, 40.0], rel=1e-3)
    assert down.stream_failed_share[0, 0] == pytest.approx(0.6, abs=1e-3)
    assert down.mean_s[0, 0] == pytest.approx(0.02 + 0.4 * 0.02, rel=0.05)
    also_ads = [*errors, acting(Param.ERROR_RANDOM, Op.SET, 1.0, component="ads")]
    down = after(built, also_ads, rps=100.0)
    assert down.attempts_rps[0, 2] == pytest.approx(40.0, rel=1e-3), "a soft call ends nothing"
    assert down.stream_degraded_share[0, 0] == pytest.approx(0.4, abs=1e-3)


def test_a_blocked_client_loses_its_demand():
    blocked = after(shop(), [acting(Param.DEMAND, Op.SET, 0.0, client="users")])
    assert blocked.stream_offered_rps[0, 0] == 0.0 and blocked.stream_undisturbed_rps[0, 0] == 200.0
    assert blocked.offered_rps.max() < 1e-6


def test_who_waits_for_a_device_holds_a_slot_and_no_processor():
    calm, stalled = after(shop(), ()), after(shop(), [acting(Param.STALL_MS, Op.ADD, 5000.0, component="db")])
    burnt = after(shop(), [acting(Param.WORK, Op.MUL, 500.0, component="db")])
    at = stalled.topology.cells_of("db")
    assert stalled.stream_failed_share[0, 0] > 0.9 and burnt.stream_failed_share[0, 0] > 0.9
    assert (stalled.connections_share[0, at] > 0.95).all()
    assert (stalled.cpu_share[0, at] < 0.5 * calm.cpu_share[0, at]).all()
    assert (burnt.cpu_share[0, at] > 0.95).all()


def test_slow_answers_are_slow_before_they_fail():
    delayed = after(shop(), [acting(Param.NET_DELAY_MS, Op.SET, 2500.0, component="edge")])
    assert delayed.stream_slow_share[0, 0] > 0.95 and delayed.stream_failed_share[0, 0] < 0.01
    waits_ms = delayed.percentiles_ms(delayed.topology.stream_legs, (0.5,))
    assert waits_ms[0, 0, 0] == pytest.approx(2526, rel=0.02)


@pytest.mark.parametrize("slow", [1.0, 6.0, 12.0])
def test_same_fixed_point_at_every_tick_length_also_for_a_dry_pool(slow):
    built = shop()
    found = [
        after(built, [acting(Param.WORK, Op.MUL, slow, component="db")], seconds=300, dt_s=dt_s)
        for dt_s in (1.0, 2.5, 5.0)
    ]
    for name in ("stream_failed_share", "cpu_share", "connections_share"):
        shares = np.stack([getattr(one, name)[0] for one in found])
        assert np.ptp(shares, axis=0).max() < 0.01, name
    means = np.stack([one.mean_s[0] for one in found])
    assert np.ptp(means, axis=0).max() < 0.05 * means.max()


def metastable(queue_max_s, **db):
    """Load 0.7 of capacity, two retries, timeout 0.8 s; a database three times slower for two minutes."""
    built = topology.build(metastable_pair(queue_max_s, **db))
    quiet = parameters.fold(built, (), 0)
    slow = parameters.fold(built, [acting(Param.WORK, Op.MUL, 3.0, component="db")], 0)
    state, before = run(built, quiet, 70.0, 120)
    state, during = run(built, slow, 70.0, 120, state=state)
    _, long_after = run(built, quiet, 70.0, 600, state=state)
    return [flows[-1].stream_failed_share[0, 0] for flows in (before, during, long_after)]


def test_a_retry_storm_outlives_its_trigger_where_dead_work_is_done():
    before, during, long_after = metastable(2.0, drops_dead_work=False)
    assert before < 0.01 and during > 0.5 and long_after > 0.95


@pytest.mark.parametrize(("queue_max_s", "drops"), [(0.5, False), (2.0, True)])
def test_a_short_queue_or_dropping_dead_work_lets_it_recover(queue_max_s, drops):
    before, during, long_after = metastable(queue_max_s, drops_dead_work=drops)
    assert before < 0.01 and during > 0.3 and long_after < 0.01


def test_requests_are_conserved_in_every_cell_and_call():
    built = shop(queue_max_s=0.3)
    slow = parameters.fold(built, [acting(Param.WORK, Op.MUL, 9.0, component="db")], 0)
    state = flow.idle(built)
    for _ in range(60):
        before = state.in_system
        state, now = flow.step(built, slow, state, np.full((1, 1), 300.0), 5.0)
        shed = now.load.admitted_rps * now.load.shed_share[:, built.station_cell]
        gained = 5.0 * (now.load.admitted_rps - now.served_rps - shed)
        assert state.in_system - before == pytest.approx(gained, rel=1e-9, abs=1e-7)
    sent = np.bincount(built.link_operation, weights=now.attempts_rps[0])
    taken = np.bincount(built.station_operation, weights=now.offered_rps[0])
    assert sent[1:] == pytest.approx(taken[1:], rel=1e-9) and taken[0] == pytest.approx(300.0, rel=1e-12)


def test_a_batch_is_its_members_one_by_one():
    built = shop()
    base = parameters.fold(built, (), 0)
    together = stationary.solve(built, base, np.array([[50.0], [200.0], [400.0]]))
    alone = stationary.solve(built, base, np.array([[200.0]]))
    assert together.mean_s[1] == pytest.approx(alone.mean_s[0], rel=1e-3)


def test_the_same_run_twice_gives_the_same_bytes():
    runs = [after(shop(), [acting(Param.WORK, Op.MUL, 12.0, component="db")]) for _ in range(2)]
    assert runs[0].failed_by.tobytes() == runs[1].failed_by.tobytes()
    assert (
        runs[0].percentiles_ms(runs[0].topology.stream_legs).tobytes()
        == runs[1].percentiles_ms(runs[1].topology.stream_legs).tobytes()
    )
