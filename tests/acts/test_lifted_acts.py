"""Acts that help for a while and are taken back: what they heal shows once they are lifted."""

import pytest

from sim.spec import Call, Fault, Operation, Where
from sim.world import topology
from sim.world.mitigations import Act, Plan, Situation, plan
from sim.world.modifiers import Op, Param
from tests.acts import deep
from tests.world.small import Living, acting, component, metastable_pair, world


def done(living: Living, verb: str, seed: int = 1, **fields) -> float:
    """Carry out an act on a living world to its end; return when that is, in seconds."""
    built, now_ms = living.dynamics.flow.topology, round(living.now_s * 1000)
    place = {name: fields.pop(name) for name in list(fields) if name in Where.model_fields}
    number = len({m.owner for m in living.modifiers}) + 1
    act = Act(number, verb, Where(**place), "ann", now_ms, **fields)
    now = Situation(world=built.world, t_ms=now_ms, modifiers=living.modifiers)
    found = next(p for n in range(seed, seed + 20) if isinstance(p := plan(act, now, n), Plan) and p.ok)
    for step in found.steps:
        living.run(step.at_ms / 1000 - living.now_s)
        kept = tuple(m for m in living.modifiers if m.owner not in step.remove_owners)
        living.modifiers = kept + step.add
        living.dynamics.reset(list(step.resets))
    living.run(max(0.0, (now_ms + found.takes_ms) / 1000 - living.now_s) + living.dt_s)
    return living.now_s


def failed(living: Living) -> float:
    return float(living.dynamics.flow.stream_failed_share[0, 0])


def stormy() -> Living:
    """A retry storm that has outlived its trigger by five minutes."""
    built = topology.build(metastable_pair(drops_dead_work=False))
    slow = acting(Param.WORK, Op.MUL, 3.0, from_s=60, to_s=180, component="db")
    living = Living(built, 70.0, slow)
    living.run(480)
    return living


def test_a_storm_goes_on_by_itself():
    living = stormy()
    living.run(1200)
    assert failed(living) > 0.9


def test_a_throttle_ends_a_storm_that_stays_away_when_it_is_lifted():
    living = stormy()
    assert failed(living) > 0.9
    done(living, "throttle", component="front", amount=0.3)
    living.run(180)
    assert failed(living) == pytest.approx(0.7, abs=0.02)  # those who are turned away, and nobody else
    done(living, "throttle", component="front", amount=1.0)
    living.run(600)
    assert failed(living) < 0.01


def test_too_mild_a_throttle_is_no_use_and_a_long_one_turns_people_away_for_nothing():
    living = stormy()
    done(living, "throttle", component="front", amount=0.95)
    living.run(300)
    assert failed(living) > 0.9
    calm = Living(living.dynamics.flow.topology, 70.0)
    calm.run(60)
    done(calm, "throttle", component="front", amount=0.5)
    assert failed(calm) == pytest.approx(0.5, abs=0.01)


def drowned_by_its_workers() -> Living:
    """Users read from a database that workers write to as fast as a full queue lets them."""
    reads, writes = Operation(id="read", work_ms=8), Operation(id="write", work_ms=40, writes=True)
    built = topology.build(
        world(
            component("web", Call(to="queue", timeout_ms=500), Call(to="db.read", timeout_ms=500), work_ms=1),
            component("db", operations=(reads, writes), kind="database", processors_per_replica=2.0),
            component("queue", kind="queue", work_ms=0.2),
            component(
                "mailer",
                Call(to="db.write", timeout_ms=4000),
                kind="worker",
                consumes="queue",
                work_ms=1,
                replicas=1,
                slots_per_replica=64,
            ),
        )
    )
    return Living(built, 90.0)


def test_pausing_a_queue_frees_what_its_consumers_drown_and_messages_wait():
    living = drowned_by_its_workers()
    living.run(300)
    before = failed(living)
    done(living, "pause-queue", component="queue")
    living.run(120)
    waiting = float(living.dynamics.slow.backlog.sum())
    assert before > 0.1
    assert failed(living) < 0.01
    assert waiting > 90 * 100
    done(living, "pause-queue", component="queue", to="off")
    living.run(300)
    assert failed(living) > 0.1  # the cause is still there


def test_a_flush_ends_what_was_wrong_in_a_cache_and_costs_its_warmth():
    wrong = Fault(id="f1", kind="silent_corruption", where=Where(component="cache"))
    run, alone = deep.played(wrong, "flush"), deep.left_alone(wrong)
    assert run is not None and run.ended and not alone.ended
    assert run.lost_user_min > alone.lost_user_min
