from dataclasses import replace

import pytest

from sim.spec import Call, Change, Operation
from sim.world.changes import dated
from sim.world.mitigations import MITIGATIONS, FinishedAct, Plan, plan, warning
from sim.world.mitigations.plan import Stock
from sim.world.modifiers import Modifier, Op, Param

from .small import T0, WORLD, act, after, fault, planned, progress, refused, situation


def added(done: Plan) -> list[tuple[object, ...]]:
    return [
        (
            {k: v for k, v in m.where.model_dump().items() if v is not None},
            m.param,
            m.op,
            m.value,
            m.from_ms - T0,
            None if m.to_ms is None else m.to_ms - T0,
            m.ramp_ms,
        )
        for step in done.steps
        for m in step.add
    ]


def removed(done: Plan) -> list[tuple[int, tuple[str, ...], tuple[str, ...]]]:
    return [(s.at_ms - T0, s.remove_owners, s.cures) for s in done.steps if s.remove_owners or s.cures]


def test_flag_off_takes_away_what_the_flag_guards():
    guarded, other = fault("cpu_hog", component="edge", flag="waf"), fault("surge", id="f2")
    done = planned(act("flag-off", to="waf"), situation(guarded, other))
    assert removed(done) == [(done.takes_ms, ("fault:f1",), ("f1",))]
    assert (done.turned_off, done.outcome, done.cures, done.text) == (
        "waf",
        "partial",
        ("f1",),
        "flag waf is off everywhere",
    )


def test_flag_off_prevents_what_is_still_to_come():
    coming = situation(fault("cpu_hog", component="edge", flag="waf"))
    before_onset = act("flag-off", to="waf", t_ms=T0 - 400_000)
    assert (planned(before_onset, coming).outcome, planned(before_onset, coming).cures) == ("worked", ("f1",))


def test_revert_config_takes_the_named_change_or_the_newest():
    one = fault("bad_config", component="edge", change="waf-rules")
    named = planned(act("revert-config", to="waf-rules"), situation(one))
    newest = planned(act("revert-config", "edge"), situation(one))
    for done in (named, newest):
        assert removed(done) == [(done.takes_ms, ("fault:f1",), ("f1",))]
        assert (done.reverted, done.outcome) == ("waf-rules", "worked")


def test_taking_back_what_emptied_a_cache_does_not_fill_it():
    emptied = fault("cache_flush", component="cache", change="waf-rules", flag="waf")
    for wanted in (act("revert-config", "edge"), act("flag-off", to="waf")):
        done = planned(wanted, situation(emptied))
        assert (done.outcome, done.cures, removed(done)) == ("no_effect", (), [])
    early = planned(act("revert-config", "edge", t_ms=T0 - 300_001), situation(emptied))
    assert early.cures == ("f1",)


def test_throttling_what_fills_a_cache_relieves_a_cold_one():
    looked_up = Operation(
        id="serve", work_ms=2, calls=(Call(to="cache"), Call(to="db.read", on_miss_of="cache"))
    )
    components = tuple(
        c.model_copy(update={"operations": (looked_up,)}) if c.id == "cart" else c for c in WORLD.components
    )
    now = situation(
        fault("cache_flush", component="cache"), world=WORLD.model_copy(update={"components": components})
    )
    outcomes = [planned(act("throttle", name, amount=0.2), now).outcome for name in ("db", "cart", "mail")]
    assert outcomes == ["partial", "partial", "no_effect"]


def test_restart_goes_zone_by_zone_and_takes_capacity_meanwhile():
    one = fault("connection_exhaustion", component="cart")
    done = planned(act("restart", "cart"), situation(one))
    half_ms = round(done.takes_ms / 2)
    assert added(done) == [
        ({"component": "cart", "zone": "a"}, Param.REPLICAS, Op.MUL, 0.5, 0, half_ms, 0),
        ({"component": "cart", "zone": "b"}, Param.REPLICAS, Op.MUL, 0.5, half_ms, done.takes_ms, 0),
    ]
    assert removed(done) == [(done.takes_ms, ("fault:f1",), ("f1",))]
    assert progress(done) == [(4, 8, "replicas restarted"), (8, 8, "replicas restarted")]


def test_a_zone_loses_what_it_held_in_memory_when_it_is_restarted():
    done = planned(act("restart", "cart"), situation())
    assert [(s.progress, r.field, r.where.zone, r.set_to) for s in done.steps for r in s.resets] == [
        ((4, 8, "replicas restarted"), "leaked", "a", 0.0),
        ((8, 8, "replicas restarted"), "leaked", "b", 0.0),
    ]


def test_within_one_zone_a_leak_goes_as_fast_as_replicas_are_restarted():
    done = planned(act("restart", "cache"), situation())
    left, seen = 1.0, []
    for step in done.steps:
        for reset in step.resets:
            left *= reset.times if reset.field == "leaked" else 1.0
        if step.progress is not None:
            seen.append((*step.progress[:2], round(left, 6)))
    assert seen == [(2, 8, 0.75), (4, 8, 0.5), (6, 8, 0.25), (8, 8, 0.0)]


def test_restart_counts_the_replicas_that_scaling_brought():
    now = carried_out(situation(), act("scale", "cart", number=1, amount=1.5))
    assert progress(planned(act("restart", "cart", number=2), now))[-1] == (12, 12, "replicas restarted")


@pytest.mark.parametrize("component", ["db", "lone"])
def test_restart_of_a_database_or_of_one_replica_lets_nobody_in(component):
    done = planned(act("restart", component), situation())
    assert added(done)[0] == ({"component": component}, Param.ADMIT, Op.MIN, 0.0, 0, done.takes_ms, 0)


def test_a_restarted_database_is_cold_for_a_while():
    cold = planned(act("restart", "db"), situation())
    work = [m for step in cold.steps for m in step.add if m.param is Param.WORK]
    end_ms = T0 + cold.takes_ms

    def factor(t_ms):
        value = 1.0
        for modifier in work:
            value = modifier.applied(value, t_ms)
        return value

    times_ms = (end_ms - 1, end_ms, end_ms + 150_000, end_ms + 299_999, end_ms + 300_000)
    assert [round(factor(t), 4) for t in times_ms] == [1.0, 2.0, 1.5, 1.0, 1.0]


def test_a_database_restarts_slower_than_a_service():
    def median(component: str) -> int:
        return sorted(
            found.takes_ms
            for seed in range(41)
            if isinstance(found := plan(act("restart", component), situation(), seed), Plan)
        )[20]

    assert median("db") == pytest.approx(360_000, rel=0.25)
    assert median("cart") == pytest.approx(180_000, rel=0.25)


def test_scale_adds_replicas_after_provisioning():
    done = planned(act("scale", "cart", amount=1.5), situation(fault("surge")))
    half_ms = round(done.takes_ms / 2)
    assert added(done) == [
        ({"component": "cart"}, Param.REPLICAS, Op.MUL, 1.5, half_ms, None, done.takes_ms - half_ms)
    ]
    assert progress(done) == [(n, 4, "new replicas ready") for n in range(1, 5)]
    assert (done.outcome, done.text) == ("partial", "cart has 1.5 times its usual replicas")


def test_scale_has_a_quota():
    now = situation()
    once = planned(act("scale", "cart", amount=3.0), now)
    then = situation(modifiers=tuple(after(now, once, T0 + once.takes_ms)))
    assert refused(act("scale", "cart", number=2, amount=2.0), then) == (
        "that would be 6 times the usual size of cart; the quota is 4"
    )


def test_failover_stops_writes_for_a_cut_over():
    one = fault("disk_stall", component="db", operation="write")
    for seed in range(0, 60, 20):
        done = planned(act("failover", "db"), situation(one), seed)
        write, *moved = added(done)
        assert [(place["zone"], param, value) for place, param, _, value, *_ in moved] == [
            ("a", Param.TRAFFIC, 0.0),
            ("b", Param.TRAFFIC, 0.0),
            ("c", Param.TRAFFIC, 1.0),
        ]
        assert write[:4] == ({"component": "db", "operation": "write"}, Param.ERROR_RANDOM, Op.SET, 1.0)
        assert write[5] == done.takes_ms
        assert 30_000 <= done.takes_ms - write[4] <= 60_000
        assert removed(done) == [(done.takes_ms, ("fault:f1",), ("f1",))]
        assert progress(done)[-1] == (3, 3, "steps: standby is primary")


def test_failover_relieves_what_goes_on_in_the_zones_it_leaves():
    for where, outcome in (
        ({"zone": "a"}, "partial"),
        ({"zone": "a", "component": "db"}, "partial"),
        ({"zone": "c"}, "no_effect"),
        ({"zone": "a", "component": "cart"}, "no_effect"),
    ):
        done = planned(act("failover", "db"), situation(fault("zone_loss", **where)))
        assert (done.outcome, done.cures) == (outcome, ()), where


def test_a_forced_failover_says_that_it_drops_the_log():
    behind = situation(stocks={"db": Stock(standby_lag_s=40.0, writes_rps=25.0)})
    assert progress(planned(act("failover", "db"), behind))[0] == (
        1,
        3,
        "steps: log that is not applied is dropped",
    )
    assert progress(planned(act("failover", "db"), situation()))[0] == (1, 3, "steps: standby is catching up")


def test_drain_moves_a_zone_away_where_there_is_another():
    done = planned(act("drain", zone="a"), situation(fault("packet_loss", zone="a")))
    assert [
        (place["component"], place["zone"], param, op, value) for place, param, op, value, *_ in added(done)
    ] == [(component, "a", Param.TRAFFIC, Op.MUL, 0.0) for component in ("edge", "cart", "db", "mail")]
    assert {(m.from_ms + m.ramp_ms - T0) for s in done.steps for m in s.add} == {done.takes_ms}
    assert done.outcome == "partial"


def test_the_last_zone_is_not_drained():
    now = situation()
    once = planned(act("drain", zone="a"), now)
    then = situation(modifiers=tuple(after(now, once, T0 + once.takes_ms)))
    assert refused(act("drain", number=2, zone="a"), then) == "zone a is drained already"
    last = "zone b is the last one that takes traffic for edge"
    assert refused(act("drain", number=2, zone="b"), then) == last
    meanwhile = situation(running=(act("drain", zone="a"),))
    assert refused(act("drain", number=2, zone="b"), meanwhile) == last


def test_throttle_of_a_component_and_of_a_client():
    component = planned(act("throttle", "edge", amount=0.4), situation())
    client = planned(act("throttle", client="bot", amount=0.4), situation())
    assert added(component) == [
        ({"component": "edge"}, Param.ADMIT, Op.MUL, 0.4, component.takes_ms, None, 0)
    ]
    assert added(client) == [({"client": "bot"}, Param.DEMAND, Op.MUL, 0.4, client.takes_ms, None, 0)]


def carried_out(now, *acts):
    """Return the situation after these acts, one after the other, with every tool working."""
    for wanted in acts:
        done = planned(wanted, now)
        now = replace(now, modifiers=tuple(after(now, done, T0 + done.takes_ms)))
    return now


def test_a_second_throttle_replaces_the_first_and_all_lifts_it():
    first = act("throttle", "edge", number=7, amount=0.4)
    other = act("throttle", "cart", number=8, amount=0.4)
    now = carried_out(situation(), first, other)
    again = planned(act("throttle", "edge", number=9, amount=0.8), now)
    lifted = planned(act("throttle", "edge", number=9, amount=1.0), now)
    assert [(m.value, s.remove_owners) for s in again.steps for m in s.add] == [(0.8, ("act:7",))]
    assert [(s.add, s.remove_owners) for s in lifted.steps] == [((), ("act:7",))]


def test_a_throttle_that_is_lifted_is_not_lifted_twice():
    on, off = act("throttle", "edge", number=1, amount=0.4), act("throttle", "edge", number=2, amount=1.0)
    now = carried_out(situation(), on, off)
    assert now.modifiers == situation().modifiers
    assert refused(act("throttle", "edge", number=3, amount=1.0), now) == "edge is not throttled"


OFF_AND_BACK = [
    ((act("drain", zone="a"),), act("drain", zone="a", to="off"), "traffic goes to zone a again"),
    (
        (act("drain", "cart", zone="a"),),
        act("drain", "cart", zone="a", to="off"),
        "traffic goes to cart zone a",
    ),
    (
        (act("drain", "cart", zone="a"), act("drain", zone="a", number=2)),
        act("drain", zone="a", to="off"),
        "traffic goes to zone a again",
    ),
    ((act("block", client="bot"),), act("block", client="bot", to="off"), "client bot is let in again"),
    ((act("isolate", callee="pay"),), act("isolate", callee="pay", to="off"), "its callers call pay again"),
    (
        (act("isolate", "cart", callee="db"),),
        act("isolate", "cart", callee="db", to="off"),
        "cart calls db again",
    ),
    (
        (act("isolate", "cart", callee="db"),),
        act("isolate", callee="db", to="off"),
        "its callers call db again",
    ),
]


@pytest.mark.parametrize(("done", "back", "text"), OFF_AND_BACK)
def test_what_is_taken_back_leaves_the_world_as_it_was(done, back, text):
    now = situation(fault("surge"))
    then = carried_out(now, *done)
    assert then.modifiers != now.modifiers
    way_back = planned(replace(back, number=9), then)
    assert way_back.text.startswith(text)
    assert (way_back.outcome, way_back.steps[-1].at_ms - T0) == ("no_effect", way_back.takes_ms)
    assert after(then, way_back, T0 + way_back.takes_ms - 1) == list(then.modifiers)
    assert after(then, way_back, T0 + way_back.takes_ms) == list(now.modifiers)
    assert warning(back, situation()) == ""


def test_one_component_comes_back_and_the_rest_of_the_zone_stays_away():
    then = carried_out(situation(), act("drain", zone="a"))
    back = planned(act("drain", "cart", number=2, zone="a", to="off"), then)
    drained = [m.where.component for m in after(then, back, T0 + back.takes_ms) if m.param is Param.TRAFFIC]
    assert drained == ["edge", "db", "mail"]
    again = carried_out(then, act("drain", "cart", number=2, zone="a", to="off"))
    assert isinstance(plan(act("drain", "cart", number=3, zone="a"), again, 1), Plan)


@pytest.mark.parametrize(
    ("done", "back", "reason"),
    [
        ((), act("drain", zone="a", to="off"), "zone a is not drained"),
        ((act("drain", zone="a"),), act("drain", zone="b", to="off"), "zone b is not drained"),
        (
            (act("drain", "edge", zone="a"),),
            act("drain", "cart", zone="a", to="off"),
            "zone a is not drained for cart",
        ),
        ((), act("block", client="bot", to="off"), "client bot is not blocked"),
        (
            (act("throttle", client="bot", amount=0.5),),
            act("block", client="bot", to="off"),
            "client bot is not blocked",
        ),
        ((), act("isolate", callee="pay", to="off"), "pay is not isolated"),
        ((), act("isolate", "cart", callee="pay", to="off"), "pay is not isolated from cart"),
        (
            (act("isolate", callee="pay"),),
            act("isolate", "cart", callee="pay", to="off"),
            "pay is isolated from all its callers; `isolate pay off` lifts that",
        ),
        ((), act("throttle", "edge", amount=1.0), "edge is not throttled"),
    ],
)
def test_what_is_not_in_force_cannot_be_taken_back(done, back, reason):
    assert refused(replace(back, number=9), carried_out(situation(), *done)) == reason


def test_a_zone_that_is_being_brought_back_is_not_being_drained():
    bringing = situation(running=(act("drain", zone="a", to="off"),))
    assert isinstance(plan(act("drain", number=2, zone="b"), bringing, 1), Plan)


def test_a_change_is_reverted_where_it_was_made():
    wanted = act("revert-config", "cart", to="waf-rules")
    assert refused(wanted, situation()) == "waf-rules is a change of edge, not of cart; name both"
    mine = act("revert-config", "edge", to="waf-rules")
    assert planned(mine, situation()).reverted == "waf-rules"


def test_block_loses_all_of_a_client():
    done = planned(act("block", client="bot"), situation(fault("abusive_client", client="bot")))
    assert added(done) == [({"client": "bot"}, Param.DEMAND, Op.MIN, 0.0, done.takes_ms, None, 0)]
    assert done.outcome == "partial"


@pytest.mark.parametrize("place", [{"callee": "pay"}, {"component": "cart", "callee": "pay"}])
def test_isolate_turns_calls_off(place):
    done = planned(act("isolate", **place), situation(fault("third_party_outage", component="pay")))
    assert added(done) == [(place, Param.CALL_ON, Op.SET, 0.0, done.takes_ms, None, 0)]
    assert done.outcome == "partial"


def test_a_killed_query_can_come_back():
    one = fault("slow_query", component="db", operation="read", lasts_s=80_000)
    now = situation(one)
    plans = [plan(act("kill-query", "db"), now, seed) for seed in range(200)]
    worked = [p for p in plans if isinstance(p, Plan) and p.outcome == "worked"]
    partial = [p for p in plans if isinstance(p, Plan) and p.outcome == "partial"]
    assert len(partial) / (len(worked) + len(partial)) == pytest.approx(0.3, abs=0.1)
    assert {p.text for p in worked} == {p.text for p in partial}
    assert all(removed(p) == [(p.takes_ms, ("fault:f1",), ("f1",))] for p in worked)
    for p in partial:
        (step,) = p.steps
        assert (step.remove_owners, step.cures) == (("fault:f1",), ())
        assert [(m.owner, m.value, m.to_ms) for m in step.add] == [
            ("fault:f1", 20.0, T0 - 300_000 + 80_000_000)
        ]
        assert step.add[0].from_ms > step.at_ms


def test_a_killed_query_does_not_come_back_after_its_end():
    one = fault("slow_query", component="db", operation="read", lasts_s=700)
    plans = [plan(act("kill-query", "db"), situation(one), seed) for seed in range(200)]
    back = [s.add[0].from_ms for p in plans if isinstance(p, Plan) for s in p.steps if s.add]
    assert back
    assert max(back) < T0 - 300_000 + 700_000
    assert {p.outcome for p in plans if isinstance(p, Plan) and p.ok and not p.steps[0].add} == {"worked"}


def test_renew_cert():
    done = planned(act("renew-cert", "edge"), situation(fault("certificate_expired", component="edge")))
    assert removed(done) == [(done.takes_ms, ("fault:f1",), ("f1",))]


@pytest.mark.parametrize(
    ("active", "outcome", "text"),
    [
        ({}, "worked", "the vendor of pay found the trouble and mended it"),
        (
            {"lasts_s": 9_000},
            "no_effect",
            "the vendor of pay knows of an outage and is working on it; no time is named",
        ),
        (None, "no_effect", "the vendor of pay sees nothing unusual"),
    ],
)
def test_call_vendor_mends_only_what_does_not_end_by_itself(active, outcome, text):
    faults = () if active is None else (fault("third_party_outage", component="pay", **active),)
    done = planned(act("call-vendor", "pay"), situation(*faults))
    assert (done.outcome, done.text) == (outcome, text)


UNLOGGED = Change(id="secret", at_s=-30, component="db", kind="config", summary="?", by="x", logged=False)
STUCK = Change(
    id="region-move",
    at_s=-30,
    component="edge",
    kind="infrastructure",
    summary="moved",
    by="x",
    revertible=False,
)
LATER = Change(id="later", at_s=9_000, component="mail", kind="config", summary="later", by="x")


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (act("reboot", "edge"), "reboot is no act; there are: rollback, restart, "),
        (act("restart"), "restart needs a component"),
        (act("restart", "nope"), "there is no component 'nope'"),
        (act("restart", "lone", zone="b"), "lone does not run in zone b"),
        (act("restart", "pay"), "pay is run by its vendor; call-vendor or isolate it"),
        (act("scale", "db"), "db is a database; more replicas of it cannot be had within an incident"),
        (act("scale", "cart", amount=1.0), "scale takes a factor from 0.1 to 4 other than 1, not 1"),
        (
            act("scale", "cart", amount=float("nan")),
            "scale takes a factor from 0.1 to 4 other than 1, not nan",
        ),
        (act("flag-off", to="nope"), "there is no flag nope; there are: waf, old"),
        (act("flag-off", "cart", to="waf"), "there is no flag waf of cart"),
        (act("flag-off", to="old"), "flag old is off already"),
        (act("revert-config"), "which change? name it or its component; `changes` lists them"),
        (act("revert-config", to="nope"), "there is no change nope; `changes` lists them"),
        (act("revert-config", to="later"), "there is no change later; `changes` lists them"),
        (act("revert-config", to="cart-v42"), "cart-v42 is a deploy; rollback cart takes it back"),
        (act("revert-config", to="region-move"), "region-move cannot be reverted: no way back was prepared"),
        (act("revert-config", "db"), "no change of configuration of db is on record"),
        (act("failover", "cart"), "cart has no standby"),
        (act("drain"), "drain needs a zone"),
        (act("drain", zone="z"), "there is no zone 'z'"),
        (act("drain", "lone", zone="a"), "lone in zone a runs nowhere else; nobody could take its traffic"),
        (act("throttle", amount=0.5), "throttle takes a component or a client, and the share to keep"),
        (act("throttle", "edge"), "throttle needs the share of requests to keep"),
        (act("throttle", "edge", amount=1.0), "edge is not throttled"),
        (act("throttle", "edge", amount=-1.0), "throttle needs the share of requests to keep"),
        (act("block", client="nope"), "there is no client 'nope'"),
        (act("isolate", callee="lone"), "nobody calls lone"),
        (act("isolate", "db", callee="pay"), "db does not call pay"),
        (act("kill-query", "cart"), "cart is no database, it has no queries to kill"),
        (act("call-vendor", "cart"), "cart is our own, there is no vendor to call"),
    ],
)
def test_refusals(wanted, reason):
    now = situation()
    more = dated((UNLOGGED, STUCK, LATER), T0 - 300_000)
    now = situation(changes=tuple(sorted((*now.changes, *more), key=lambda d: d.t_ms)))
    assert refused(wanted, now).startswith(reason)


def in_force(param, op, value, **where):
    return (Modifier("act:1/1", "act:1", act("x", **where).where, param, op, value, 0),)


@pytest.mark.parametrize(
    ("wanted", "fields", "reason"),
    [
        (act("flag-off", to="waf"), {"flags_off": frozenset({"waf"})}, "flag waf is off already"),
        (
            act("revert-config", to="waf-rules"),
            {"reverted": frozenset({"waf-rules"})},
            "waf-rules has been reverted already",
        ),
        (
            act("failover", "db"),
            {"finished": (FinishedAct(act("failover", "db"), ok=True),)},
            "the standby of db was promoted already; the next one is not built yet",
        ),
        (
            act("block", client="bot"),
            {"modifiers": in_force(Param.DEMAND, Op.MIN, 0.0, client="bot")},
            "client bot is blocked already",
        ),
        (
            act("isolate", "cart", callee="pay"),
            {"modifiers": in_force(Param.CALL_ON, Op.SET, 0.0, callee="pay")},
            "pay is isolated from cart already",
        ),
        (
            act("restart", "cart", number=2),
            {"running": (act("restart", "cart"),)},
            "restart of cart is running already",
        ),
        (
            act("restart", "cart", number=2),
            {"running": (act("rollback", "cart"),)},
            "rollback of cart is still running; wait until it is done",
        ),
    ],
)
def test_refusals_that_depend_on_what_was_done(wanted, fields, reason):
    assert refused(wanted, situation(**fields)) == reason


def test_acts_elsewhere_do_not_stand_in_the_way():
    now = situation(running=(act("restart", "edge"), act("throttle", "cart", amount=0.5)))
    assert isinstance(plan(act("restart", "cart", number=3), now, 1), Plan)
    failed = situation(finished=(FinishedAct(act("failover", "db"), ok=False),))
    assert isinstance(plan(act("failover", "db", number=3), failed, 1), Plan)


def test_a_failed_tool_changes_nothing_and_says_so():
    now = situation(fault("certificate_expired", component="edge"))
    plans = [plan(act("renew-cert", "edge"), now, seed) for seed in range(200)]
    failed = [p for p in plans if isinstance(p, Plan) and not p.ok]
    assert 2 <= len(failed) <= 25
    assert {(p.steps, p.outcome, p.cures, p.turned_off) for p in failed} == {((), "failed", (), None)}
    assert {p.text for p in failed} == {
        "renew-cert of edge failed: the tool gave up and changed nothing; try it again"
    }


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (act("restart", "db"), "all its replicas go down"),
        (act("restart", "lone"), "lone has one replica"),
        (act("restart", "cart"), None),
        (act("failover", "db"), "requests to db (write) fail for up to a minute"),
        (
            act("drain", zone="a"),
            "4 components leave zone a; the zones left get up to 100% more traffic each",
        ),
        (act("block", client="bot"), "every request of The bot is turned away"),
        (act("isolate", callee="pay"), "cart cannot answer without pay"),
        (act("isolate", callee="mail"), None),
        (act("scale", "cart", amount=0.5), "cart goes down to 4 of 8 replicas"),
        (act("scale", "cart", amount=2.0), None),
        (act("throttle", "edge", amount=0.3), "70% of the requests of edge are turned away"),
        (act("kill-query", "db"), "whoever waits for the longest query of db gets an error"),
        (act("rollback", "cart"), None),
        (act("restart", "nope"), None),
        (act("reboot", "cart"), None),
    ],
)
def test_dangerous_acts_say_what_they_hit(wanted, words):
    found = warning(wanted, situation())
    assert words in found if words is not None else found == ""
    if words is not None:
        assert MITIGATIONS[wanted.verb].warn is not None


EACH = {
    "rollback": act("rollback", "cart"),
    "flag-off": act("flag-off", to="waf"),
    "revert-config": act("revert-config", to="waf-rules"),
    "failover": act("failover", "db"),
    "drain": act("drain", zone="a"),
    "throttle": act("throttle", "edge", amount=0.5),
    "block": act("block", client="bot"),
    "isolate": act("isolate", callee="pay"),
    "flush": act("flush", "cache"),
    "warm": act("warm", "cache"),
    "pause-queue": act("pause-queue", "jobs"),
    "purge": act("purge", "jobs"),
    "kill-query": act("kill-query", "db"),
    "expand-disk": act("expand-disk", "db"),
    "restore": act("restore", "db"),
    "call-vendor": act("call-vendor", "pay"),
}


@pytest.mark.parametrize("verb", MITIGATIONS)
def test_an_act_elsewhere_leaves_every_draw_alone(verb):
    wanted = EACH.get(verb, act(verb, "cart"))
    elsewhere = act("restart", "mail", number=1)
    later = type(wanted)(2, wanted.verb, wanted.where, wanted.by, wanted.t_ms, wanted.to, wanted.amount)
    now = situation(fault("slow_query", component="db", operation="read"))
    then = situation(
        fault("slow_query", component="db", operation="read"), finished=(FinishedAct(elsewhere, ok=True),)
    )
    for seed in range(20):
        first, second = plan(wanted, now, seed), plan(later, then, seed)
        assert isinstance(first, Plan)
        assert isinstance(second, Plan)
        assert (first.takes_ms, first.ok, first.outcome) == (second.takes_ms, second.ok, second.outcome)
        assert [s.at_ms for s in first.steps] == [s.at_ms for s in second.steps]
        assert plan(wanted, now, seed) == first


@pytest.mark.parametrize("verb", MITIGATIONS)
def test_steps_are_in_order_and_owned(verb):
    wanted = EACH.get(verb, act(verb, "cart"))
    for seed in range(20):
        found = plan(wanted, situation(), seed)
        assert isinstance(found, Plan)
        times = [step.at_ms for step in found.steps]
        assert times == sorted(times)
        assert all(T0 <= t <= T0 + found.takes_ms for t in times)
        assert {m.owner for s in found.steps for m in s.add} <= {"act:1"}
        ids = [m.id for s in found.steps for m in s.add]
        assert len(ids) == len(set(ids))
        assert found.takes_ms % 1000 == 0


def test_trying_again_draws_anew():
    again = situation(finished=(FinishedAct(act("restart", "cart"), ok=False),))
    durations = [
        found.takes_ms
        for now in (situation(), again)
        if isinstance(found := plan(act("restart", "cart"), now, 1), Plan)
    ]
    assert len(set(durations)) == 2
