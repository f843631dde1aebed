import pytest

from sim.spec import Change
from sim.world.changes import dated, modifiers, running, shares

from .small import CHANGES, DEPLOY, T0, WORLD, act, after, fault, planned, progress, refused, situation

CART = WORLD.component("cart")
BAD = fault("bad_deploy_errors", component="cart", version="v42", change="cart-v42")


def shares_at(now, done, t_ms, record=("v41", "v42")):
    found = shares(CART, record, after(now, done, t_ms), t_ms)
    return {version: round(share, 6) for version, share in found.items()}


def test_it_moves_all_replicas_back_a_few_at_a_time():
    now = situation(BAD)
    done = planned(act("rollback", "cart"), now)
    begin_ms, end_ms = T0 + round(0.2 * done.takes_ms), T0 + done.takes_ms
    middle_ms = (begin_ms + end_ms) // 2
    assert shares_at(now, done, begin_ms) == {"v41": 0.0, "v42": 1.0}
    assert shares_at(now, done, middle_ms)["v42"] == pytest.approx(0.5, abs=1e-4)
    assert shares_at(now, done, end_ms) == {"v41": 1.0, "v42": 0.0}
    assert progress(done) == [(n, 8, "replicas moved to v41") for n in range(1, 9)]
    assert (done.outcome, done.cures, done.text) == ("worked", ("f1",), "cart runs v41 on all replicas")


def test_the_fault_stays_on_the_bad_version():
    now = situation(BAD)
    done = planned(act("rollback", "cart"), now)
    assert [m.id for m in after(now, done, T0 + done.takes_ms) if m.owner == "fault:f1"] == ["fault:f1/1"]


def test_a_fault_that_came_with_the_deploy_and_sits_on_no_version_is_removed():
    now = situation(fault("cpu_hog", component="cart", change="cart-v42"))
    done = planned(act("rollback", "cart"), now)
    assert done.outcome == "worked"
    assert [m for m in after(now, done, T0 + done.takes_ms) if m.owner == "fault:f1"] == []


def test_an_innocent_deploy_goes_back_just_as_well():
    done = planned(act("rollback", "cart"), situation(fault("disk_stall", component="db", operation="write")))
    assert (done.ok, done.text, done.outcome) == (True, "cart runs v41 on all replicas", "no_effect")


def test_it_stops_a_deploy_under_way():
    half_way = T0 - 300_000 + DEPLOY.at_s * 1000 + 60_000
    now = situation(BAD, t_ms=half_way)
    done = planned(act("rollback", "cart", t_ms=half_way), now)
    end_ms = half_way + done.takes_ms
    assert running(CART, CHANGES, now.modifiers, half_way) == "v42"
    assert [shares_at(now, done, t) for t in (end_ms, end_ms + 600_000)] == [{"v41": 1.0, "v42": 0.0}] * 2
    for t_ms in range(half_way, end_ms, 5_000):
        found = shares_at(now, done, t_ms)
        assert sum(found.values()) == pytest.approx(1.0, abs=1e-5)
        assert min(found.values()) >= 0.0


def test_back_and_forth_again():
    now = situation(BAD)
    back = planned(act("rollback", "cart"), now)
    later_ms = T0 + back.takes_ms
    there = situation(BAD, t_ms=later_ms, modifiers=tuple(after(now, back, later_ms)))
    assert refused(act("rollback", "cart", number=2, t_ms=later_ms), there) == (
        "cart has no earlier version on record than v41"
    )
    forth = planned(act("rollback", "cart", number=2, to="v42", t_ms=later_ms), there)
    assert (forth.outcome, forth.cures) == ("no_effect", ())
    assert shares_at(there, forth, later_ms + forth.takes_ms) == {"v41": 0.0, "v42": 1.0}


def test_a_named_version_of_several():
    third = DEPLOY.model_copy(
        update={"id": "cart-v43", "at_s": -100, "version": "v43", "from_version": "v42"}
    )
    by_time = dated((DEPLOY, third), T0 - 300_000)
    active = tuple(m for entry in by_time for m in modifiers(entry.change, T0 - 300_000, WORLD))
    now = situation(BAD, changes=by_time, modifiers=active)
    record = ("v41", "v42", "v43")
    one = planned(act("rollback", "cart"), now)
    two = planned(act("rollback", "cart", to="v41"), now)
    assert shares_at(now, one, T0 + one.takes_ms, record) == {"v41": 0.0, "v42": 1.0, "v43": 0.0}
    assert shares_at(now, two, T0 + two.takes_ms, record) == {"v41": 1.0, "v42": 0.0, "v43": 0.0}
    assert (one.outcome, two.outcome) == ("no_effect", "worked")
    came_with_v42 = fault("cpu_hog", component="cart", change="cart-v42")
    still = situation(came_with_v42, changes=by_time, modifiers=active)
    assert [planned(act("rollback", "cart", to=to), still).outcome for to in (None, "v41")] == [
        "no_effect",
        "worked",
    ]


def test_a_canary_in_one_zone_goes_back_replica_by_replica():
    canary = DEPLOY.model_copy(update={"zone": "a", "share": 0.5})
    by_time = dated((canary,), T0 - 300_000)
    active = tuple(m for entry in by_time for m in modifiers(entry.change, T0 - 300_000, WORLD))
    now = situation(BAD, changes=by_time, modifiers=active)
    done = planned(act("rollback", "cart"), now)
    begin_ms, end_ms = T0 + round(0.2 * done.takes_ms), T0 + done.takes_ms

    def of_zones(t_ms):
        in_force = after(now, done, t_ms)
        found = [shares(CART, ("v41", "v42"), in_force, t_ms, zone)["v42"] for zone in ("a", "b")]
        return [round(share, 3) for share in found]

    times_ms = (begin_ms - 1, begin_ms, (begin_ms + end_ms) // 2, end_ms)
    assert [of_zones(t_ms) for t_ms in times_ms] == [[0.5, 0], [0.5, 0], [0.25, 0], [0, 0]]
    assert progress(done) == [(1, 2, "replicas moved to v41"), (2, 2, "replicas moved to v41")]
    assert running(CART, by_time, after(now, done, end_ms), end_ms) == "v41"


def test_a_canary_on_top_of_a_deploy_moves_only_its_own_replicas_back():
    canary = DEPLOY.model_copy(
        update={
            "id": "cart-v43",
            "at_s": -100,
            "version": "v43",
            "from_version": "v42",
            "zone": "a",
            "share": 0.5,
        }
    )
    by_time = dated((DEPLOY, canary), T0 - 300_000)
    active = tuple(m for entry in by_time for m in modifiers(entry.change, T0 - 300_000, WORLD))
    now = situation(BAD, changes=by_time, modifiers=active)
    record = ("v41", "v42", "v43")
    all_back = planned(act("rollback", "cart", to="v41"), now)
    begin_ms = T0 + round(0.2 * all_back.takes_ms)
    begun = after(now, all_back, begin_ms)
    assert shares(CART, record, begun, begin_ms, "a") == {"v41": 0.0, "v42": 0.5, "v43": 0.5}
    assert shares(CART, record, begun, begin_ms, "b") == {"v41": 0.0, "v42": 1.0, "v43": 0.0}
    assert progress(all_back)[-1] == (8, 8, "replicas moved to v41")
    one_back = planned(act("rollback", "cart"), now)
    assert progress(one_back)[-1] == (2, 2, "replicas moved to v42")


FORWARD_ONLY = Change(
    id="mail-v2",
    at_s=-600,
    component="mail",
    kind="deploy",
    summary="new schema",
    by="x",
    version="v2",
    revertible=False,
)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (act("rollback", "edge"), "edge has no earlier version on record than v1"),
        (act("rollback", "cart", to="v42"), "cart runs v42 already"),
        (act("rollback", "cart", to="v7"), "cart has no version v7 on record; there are: v41, v42"),
        (act("rollback", "mail"), "mail v2 cannot be rolled back: new schema"),
        (act("rollback", "pay"), "pay is run by its vendor; call-vendor or isolate it"),
    ],
)
def test_refusals(wanted, reason):
    onset_ms = T0 - 300_000
    by_time = dated((DEPLOY, FORWARD_ONLY), onset_ms)
    active = tuple(m for entry in by_time for m in modifiers(entry.change, onset_ms, WORLD))
    assert refused(wanted, situation(changes=by_time, modifiers=active)) == reason
