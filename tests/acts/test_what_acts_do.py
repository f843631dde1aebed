"""What faults and acts do to a whole world, by simulation, and the page that says so."""

from functools import cache

import numpy as np
import pytest

from sim.world.faults import FAULTS
from sim.world.mitigations import MITIGATIONS

from . import deep, table

TEXT = table.PAGE.read_text(encoding="utf-8")
SAID = table.from_page(TEXT)
HEALING = [(kind, verb) for kind, row in SAID.items() for verb in row if row[verb] in ("cures", "relieves")]
UNSEEN = {"harmless", "silent_corruption"}
"""Kinds that nothing measured tells of."""
SEEN_SHARE = 0.02
"""A signal tells of a fault where it moves by this share of itself in some sample."""


@cache
def left_alone(kind: str) -> deep.Run:
    return deep.left_alone(deep.AIMED[kind])


@cache
def undisturbed() -> deep.Run:
    return deep.undisturbed()


@pytest.mark.parametrize("name", table.pages())
def test_the_page_lists_what_there_is(name: str) -> None:
    assert table.with_part(TEXT, name, table.pages()[name]) == TEXT


def test_the_page_has_a_row_for_every_fault_and_a_column_for_every_act() -> None:
    assert {kind: list(row) for kind, row in SAID.items()} == {kind: list(MITIGATIONS) for kind in FAULTS}


CURES = [
    (kind.kind, verb)
    for kind in FAULTS.values()
    for verb in kind.cured_by
    if verb != "failover" or deep.AIMED[kind.kind].where.component == "db"  # nothing else has a standby
]


@pytest.mark.parametrize(
    ("kind", "verb"), [pair for pair in CURES if pair[1] != "restore" and SAID[pair[0]][pair[1]] != "cures"]
)
def test_what_the_catalogue_calls_a_cure_ends_the_fault_at_whatever_cost(kind: str, verb: str) -> None:
    run = deep.played(deep.AIMED[kind], verb)
    assert run is not None
    assert run.ended


def test_no_act_heals_everything() -> None:
    for verb in MITIGATIONS:
        assert {row[verb] for row in SAID.values()} - {"cures", "relieves"}, verb


@pytest.mark.parametrize("kind", FAULTS)
def test_a_fault_shows_beside_the_undisturbed_twin(kind: str) -> None:
    beside, twin = left_alone(kind).signals, undisturbed().signals
    blind = bool((np.isnan(beside) & ~np.isnan(twin)).any())
    with np.errstate(invalid="ignore"):
        moved = np.abs(beside - twin) > SEEN_SHARE * np.abs(twin) + 1e-3
    assert (blind or bool(moved.any())) == (kind not in UNSEEN)


@pytest.mark.parametrize(("kind", "verb"), HEALING)
def test_what_heals_on_the_page_heals_in_the_world(kind: str, verb: str) -> None:
    assert table.effect(left_alone(kind), kind, verb) == SAID[kind][verb]


HARMING = {
    "restart": "cache_flush",
    "scale": "cache_flush",
    "drain": "bad_deploy_latency",
    "throttle": "harmless",
    "block": "harmless",
    "flush": "harmless",
    "pause-queue": "bad_flag",
    "failover": "blind_monitoring",
}


@pytest.mark.parametrize(("verb", "kind"), HARMING.items())
def test_what_harms_on_the_page_harms_in_the_world(verb: str, kind: str) -> None:
    assert table.effect(left_alone(kind), kind, verb) == SAID[kind][verb] == "harms"


@pytest.mark.parametrize(("verb", "kind"), [("purge", "queue_backlog"), ("restore", "harmless")])
def test_what_loses_data_on_the_page_loses_it_in_the_world(verb: str, kind: str) -> None:
    assert table.effect(left_alone(kind), kind, verb) == SAID[kind][verb] == "loses data"
