"""Parts, levels and references of a world."""

import numpy as np
import pytest

from sim.errors import ScenarioError
from sim.spec import Call, Operation
from sim.world import topology
from tests.world.small import component, world


def test_cells_are_zones_times_versions_times_shards_in_levels():
    built = topology.build(
        world(
            component("edge", Call(to="db")),
            component("db", shards=("s1", "s2")),
            zones=("a", "b"),
        ),
        {"db": ["v2", "v1"]},
    )
    assert [(c.component, c.zone, c.version, c.shard) for c in built.cells] == [
        ("edge", "a", "v1", None),
        ("edge", "b", "v1", None),
        ("db", "a", "v1", "s1"),
        ("db", "a", "v1", "s2"),
        ("db", "a", "v2", "s1"),
        ("db", "a", "v2", "s2"),
        ("db", "b", "v1", "s1"),
        ("db", "b", "v1", "s2"),
        ("db", "b", "v2", "s1"),
        ("db", "b", "v2", "s2"),
    ]
    assert [level.cells for level in built.levels] == [slice(0, 2), slice(2, 10)]
    assert len(built.called_by(0)) == 8
    assert built.cells_of("db", zone="b", shard="s1").tolist() == [6, 8]


def test_levels_are_longest_paths_whatever_the_order_in_the_file():
    built = topology.build(
        world(
            component("edge", Call(to="db"), Call(to="cart")),
            component("db"),
            component("auth", Call(to="db")),
            component("cart", Call(to="auth")),
        )
    )
    assert [c.id for c in built.components] == ["edge", "cart", "auth", "db"]
    assert [level.components for level in built.levels] == [slice(n, n + 1) for n in range(4)]


def test_a_component_alone_means_its_first_operation():
    operations = (Operation(id="read", work_ms=1), Operation(id="write", work_ms=2))
    built = topology.build(
        world(component("edge", Call(to="db"), Call(to="db.write")), component("db", operations=operations))
    )
    assert [link.callee_operation for link in built.links] == ["read", "write"]


def test_a_cycle_is_refused_with_its_path():
    cycle = world(
        component("edge", Call(to="cart")),
        component("cart", Call(to="auth")),
        component("auth", Call(to="cart")),
    )
    with pytest.raises(ScenarioError, match="cart -> auth -> cart"):
        topology.build(cycle)


@pytest.mark.parametrize(
    ("to", "says"), [("nowhere", "no component.*edge"), ("edge.write", "no operation.*it has serve")]
)
def test_unknown_references_are_refused_with_what_there_is(to, says):
    with pytest.raises(ScenarioError, match=says):
        topology.build(world(component("edge", Call(to=to))))


def test_versions_of_unknown_components_are_refused():
    with pytest.raises(ScenarioError, match="'ghost'"):
        topology.build(world(component("edge")), {"ghost": ["v2"]})


def test_an_empty_group_is_refused():
    with pytest.raises(ValueError, match="empty"):
        topology.grouping([np.array([], dtype=np.intp)])
