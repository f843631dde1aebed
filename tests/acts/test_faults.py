import pytest

from sim.world.faults import FAULTS, MECHANISMS, check, log_lines, modifiers
from sim.world.log_notes import unfit
from sim.world.mitigations import MITIGATIONS
from sim.world.modifiers import Op, Param, Shape

from .small import CONFIG, DEPLOY, WORLD, fault

PLACES = {
    "bad_deploy_errors": {"component": "cart", "version": "v42"},
    "bad_deploy_latency": {"component": "cart", "version": "v42"},
    "bad_config": {"component": "edge"},
    "cpu_hog": {"component": "edge"},
    "disk_stall": {"component": "db", "operation": "write"},
    "capacity_loss": {"component": "cart", "zone": "a"},
    "zone_loss": {"zone": "a"},
    "surge": {"journey": "buy"},
    "abusive_client": {"client": "bot"},
    "slow_query": {"component": "db", "operation": "read"},
    "connection_exhaustion": {"component": "db"},
    "third_party_outage": {"component": "pay"},
    "packet_loss": {"zone": "b"},
    "certificate_expired": {"component": "pay"},
    "harmless": {"component": "lone"},
    "bad_deploy_leak": {"component": "cart", "version": "v42"},
    "bad_flag": {"component": "edge"},
    "retry_storm": {"component": "cart", "callee": "db"},
    "memory_leak": {"component": "cart"},
    "disk_full": {"component": "db"},
    "lock": {"component": "db", "operation": "write"},
    "bad_failover": {"component": "db", "operation": "write"},
    "replication_lag": {"component": "db"},
    "cache_flush": {"component": "cache"},
    "queue_backlog": {"component": "mailer"},
    "poison_message": {"component": "jobs", "shard": "p1"},
    "dns_failure": {"component": "lone"},
    "credential_expired": {"component": "cart", "callee": "pay"},
    "partition": {"component": "cart", "zone": "b"},
    "hot_shard": {"component": "db", "shard": "s1"},
    "quota": {"component": "pay"},
    "clock_skew": {"component": "cart", "zone": "a"},
    "silent_corruption": {"component": "db"},
    "blind_monitoring": {"component": "cart"},
}

EMITTED = {
    "bad_deploy_errors": [(Param.ERROR_REPEATABLE, Op.ADD, 0.25)],
    "bad_deploy_latency": [(Param.WORK, Op.MUL, 6.0)],
    "bad_config": [(Param.ERROR_REPEATABLE, Op.ADD, 0.5)],
    "cpu_hog": [(Param.WORK, Op.MUL, 30.0)],
    "disk_stall": [(Param.STALL_MS, Op.ADD, 5000.0), (Param.ERROR_REPEATABLE, Op.ADD, 0.3)],
    "capacity_loss": [(Param.REPLICAS, Op.MUL, 0.4)],
    "zone_loss": [(Param.NET_LOSS, Op.ADD, 1.0)],
    "surge": [(Param.DEMAND, Op.MUL, 3.0)],
    "abusive_client": [(Param.DEMAND, Op.MUL, 20.0)],
    "slow_query": [(Param.WORK, Op.MUL, 20.0)],
    "connection_exhaustion": [(Param.SLOTS, Op.MUL, 0.1)],
    "third_party_outage": [(Param.ERROR_RANDOM, Op.ADD, 0.9), (Param.NET_DELAY_MS, Op.ADD, 2000.0)],
    "packet_loss": [(Param.NET_LOSS, Op.ADD, 0.15), (Param.NET_DELAY_MS, Op.ADD, 150.0)],
    "certificate_expired": [(Param.ERROR_REPEATABLE, Op.ADD, 1.0)],
    "harmless": [],
    "bad_deploy_leak": [(Param.LEAK_PER_H, Op.ADD, 1.2)],
    "bad_flag": [(Param.ERROR_REPEATABLE, Op.ADD, 0.4)],
    "retry_storm": [(Param.RETRIES, Op.ADD, 6.0), (Param.TIMEOUT, Op.MUL, 0.02)],
    "memory_leak": [(Param.LEAK_PER_H, Op.ADD, 1.5)],
    "disk_full": [(Param.FILL_PER_H, Op.ADD, 3.0)],
    "lock": [(Param.STALL_MS, Op.ADD, 4000.0)],
    "bad_failover": [(Param.ERROR_REPEATABLE, Op.ADD, 1.0)],
    "replication_lag": [(Param.APPLY, Op.MUL, 0.01)],
    "cache_flush": [],
    "queue_backlog": [(Param.WORK, Op.MUL, 8.0)],
    "poison_message": [(Param.DELIVERY, Op.MIN, 0.0)],
    "dns_failure": [(Param.ERROR_RANDOM, Op.ADD, 0.6), (Param.NET_DELAY_MS, Op.ADD, 1500.0)],
    "credential_expired": [(Param.CALL_ERROR, Op.ADD, 1.0)],
    "partition": [(Param.NET_LOSS, Op.ADD, 1.0)],
    "hot_shard": [(Param.KEYS, Op.MUL, 6.0)],
    "quota": [(Param.ADMIT, Op.MUL, 0.4)],
    "clock_skew": [(Param.ERROR_REPEATABLE, Op.ADD, 0.35)],
    "silent_corruption": [(Param.WRONG, Op.ADD, 0.05)],
    "blind_monitoring": [(Param.OBSERVED, Op.MIN, 0.0)],
}


@pytest.mark.parametrize("kind", FAULTS)
def test_every_kind_emits_its_effects_where_it_sits(kind):
    one = fault(kind, **PLACES[kind])
    found = modifiers(one, 60_000)
    assert check(one, WORLD, (DEPLOY, CONFIG)) == []
    assert [(m.param, m.op, round(m.value, 9)) for m in found] == EMITTED[kind]
    assert [m.id for m in found] == [f"fault:f1/{n + 1}" for n in range(len(found))]
    assert {(m.owner, m.where, m.from_ms, m.to_ms, m.shape) for m in found} <= {
        ("fault:f1", one.where, 60_000, None, Shape.STEP)
    }


def test_every_kind_is_well_defined():
    for kind in FAULTS.values():
        assert kind.mechanism in MECHANISMS
        assert set(kind.cured_by) | set(kind.relieved_by) <= set(MITIGATIONS)
        assert not set(kind.cured_by) & set(kind.relieved_by)
        assert kind.log_lines
        assert [unfit(line) for line in kind.log_lines] == [None] * len(kind.log_lines)
    assert list(MECHANISMS) == sorted(set(MECHANISMS))


def test_times_ramp_and_end():
    found = modifiers(fault("packet_loss", zone="a", at_s=30, lasts_s=90, ramp_s=20), 600_000)
    assert [(m.from_ms, m.to_ms, m.shape, m.ramp_ms) for m in found] == [
        (630_000, 720_000, Shape.RAMP, 20_000),
        (630_000, 720_000, Shape.RAMP, 20_000),
    ]
    assert [found[1].applied(0.0, t) for t in (629_999, 630_000, 640_000, 650_000, 719_999, 720_000)] == [
        0.0,
        0.0,
        75.0,
        150.0,
        150.0,
        0.0,
    ]


@pytest.mark.parametrize(
    ("kind", "place", "intensity", "value"),
    [
        ("cpu_hog", {"component": "edge"}, 2.0, 59.0),
        ("cpu_hog", {"component": "edge"}, 0.5, 15.5),
        ("bad_config", {"component": "edge"}, 0.5, 0.25),
        ("bad_config", {"component": "edge"}, 4.0, 1.0),
        ("capacity_loss", {"component": "cart"}, 0.5, 0.7),
        ("capacity_loss", {"component": "cart"}, 9.0, 0.01),
        ("surge", {}, 2.0, 5.0),
    ],
)
def test_intensity_scales_and_stays_in_range(kind, place, intensity, value):
    assert modifiers(fault(kind, intensity=intensity, **place), 0)[0].value == pytest.approx(value)


@pytest.mark.parametrize(
    ("one", "mistake"),
    [
        (fault("gremlins"), "unknown kind 'gremlins'; there are: abusive_client, "),
        (fault("cpu_hog"), "cpu_hog needs where.component"),
        (fault("bad_deploy_errors", component="cart"), "bad_deploy_errors needs where.version"),
        (fault("surge", component="edge"), "surge takes no where.component"),
        (fault("cpu_hog", component="nope"), "there is no component 'nope'"),
        (fault("disk_stall", component="db", operation="scan"), "db has no operation 'scan'"),
        (fault("disk_stall", component="db", shard="s9"), "db has no shard 's9'"),
        (fault("zone_loss", zone="z"), "there is no zone 'z'"),
        (fault("cpu_hog", component="lone", zone="b"), "lone does not run in zone b"),
        (fault("abusive_client", client="x"), "there is no client 'x'"),
        (fault("abusive_client", client="bot", journey="buy"), "client bot makes no journey buy"),
        (fault("surge", journey="fly"), "there is no journey 'fly'"),
        (fault("third_party_outage", component="cart"), "cart is no third_party component, it is a service"),
        (fault("cpu_hog", component="edge", flag="nope"), "there is no flag 'nope'"),
        (fault("cpu_hog", component="edge", change="nope"), "there is no change 'nope'"),
        (
            fault("bad_deploy_errors", component="cart", version="v9"),
            "no change brings version 'v9' of cart",
        ),
    ],
)
def test_check_names_what_is_missing(one, mistake):
    found = check(one, WORLD, (DEPLOY, CONFIG))
    assert len(found) == 1
    assert found[0].startswith(mistake)


def test_check_without_changes_leaves_versions_alone():
    assert check(fault("bad_deploy_errors", component="cart", version="v9"), WORLD) == []


def test_own_log_lines_replace_those_of_the_kind():
    assert log_lines(fault("cpu_hog", component="edge", log_lines=("mine",))) == ("mine",)
    assert log_lines(fault("cpu_hog", component="edge")) == FAULTS["cpu_hog"].log_lines
