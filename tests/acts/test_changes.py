import pytest

from sim.spec import Change
from sim.world.changes import check, dated, earlier, modifiers, on_record, running, shares, versions

from .small import CONFIG, DEPLOY, WORLD

CART = WORLD.component("cart")


def deploy(version, at_s, from_version=None, component="cart", takes_s=120):
    name = f"{component}-{version}"
    return Change(
        id=name,
        at_s=at_s,
        component=component,
        kind="deploy",
        summary="",
        by="ann",
        version=version,
        from_version=from_version,
        takes_s=takes_s,
    )


def test_a_deploy_moves_the_share_by_a_ramp():
    found = modifiers(deploy("v42", 60), 100_000, WORLD)
    assert [
        (m.id, m.owner, m.where.component, m.where.version, m.value, m.from_ms, m.ramp_ms) for m in found
    ] == [
        ("change:cart-v42/1", "change:cart-v42", "cart", "v42", 1.0, 160_000, 120_000),
        ("change:cart-v42/2", "change:cart-v42", "cart", "v41", -1.0, 160_000, 120_000),
    ]
    record = ("v41", "v42")
    assert [shares(CART, record, found, t) for t in (160_000, 190_000, 280_000, 900_000)] == [
        {"v41": 1.0, "v42": 0.0},
        {"v41": 0.75, "v42": 0.25},
        {"v41": 0.0, "v42": 1.0},
        {"v41": 0.0, "v42": 1.0},
    ]


def test_a_deploy_without_duration_is_a_step():
    assert [m.strength(0) for m in modifiers(deploy("v42", 0, takes_s=0), 0, WORLD)] == [1.0, 1.0]


@pytest.mark.parametrize("change", [CONFIG, deploy("v41", 0), DEPLOY.model_copy(update={"version": None})])
def test_other_changes_emit_nothing(change):
    assert modifiers(change, 0, WORLD) == ()


def test_versions_are_those_besides_the_own_one_oldest_first():
    changes = (deploy("v43", 50, "v42"), deploy("v42", -900), deploy("v2", 0, component="mail"), CONFIG)
    assert versions(WORLD, changes) == {"cart": ("v42", "v43"), "mail": ("v2",)}


def test_which_version_runs_over_time():
    changes = (deploy("v42", 0), deploy("v43", 600, "v42"))
    by_time = dated(changes, 0)
    active = [m for change in changes for m in modifiers(change, 0, WORLD)]
    times_ms = (-1, 0, 1_000, 599_000, 601_000, 900_000)
    assert [(running(CART, by_time, active, t), on_record(CART, by_time, t)) for t in times_ms] == [
        ("v41", ("v41",)),
        ("v41", ("v41", "v42")),
        ("v42", ("v41", "v42")),
        ("v42", ("v41", "v42")),
        ("v43", ("v41", "v42", "v43")),
        ("v43", ("v41", "v42", "v43")),
    ]
    assert [earlier(CART, by_time, v, 900_000) for v in ("v43", "v42", "v41", "v1")] == [
        "v42",
        "v41",
        None,
        None,
    ]


def test_dated_sorts_by_time_then_id():
    changes = (deploy("b", 5), deploy("a", 5), deploy("z", -5))
    assert [(d.change.id, d.t_ms) for d in dated(changes, 1_000)] == [
        ("cart-z", -4_000),
        ("cart-a", 6_000),
        ("cart-b", 6_000),
    ]


def test_check_finds_deploys_that_do_not_follow_each_other():
    changes = (
        deploy("v42", 0),
        deploy("v43", 600),
        DEPLOY.model_copy(update={"id": "none", "version": None}),
        CONFIG.model_copy(update={"id": "gone", "component": "gone"}),
    )
    assert check(changes, WORLD) == [
        "change none: a deploy needs a version",
        "change gone: there is no component 'gone'",
        "change cart-v43: cart runs v42 then; set from_version: v42",
    ]
    assert check((DEPLOY, CONFIG), WORLD) == []
