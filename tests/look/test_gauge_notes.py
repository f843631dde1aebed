"""Logs tell of gauges that run full or out, and agree with the graphs."""

import re

import pytest

from sim.spec import Fault, Instruments, Where
from tests.spine.small import SCENARIO, drill


def logged(component: str, *faults: Fault, at_ms: int = 900_000, **changed) -> list[str]:
    components = tuple(
        c.model_copy(update=changed) if c.id == component else c for c in SCENARIO.world.components
    )
    world = SCENARIO.world.model_copy(update={"components": components})
    of = drill(SCENARIO.model_copy(update={"world": world, "faults": faults}))
    of.advance(at_ms)
    return [block.text for block in of.enter(f"logs {component}").blocks]


def test_an_ordinary_component_tells_of_no_gauge():
    assert not [line for line in logged("api") if "disk" in line or "memory" in line or "certificate" in line]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({"disk_share": 0.95}, r"WARN disk is 9\d% full"),
        ({"memory_share": 0.97}, r"WARN memory is 9\d% full"),
        ({"certificate_days": 6.0}, r"WARN certificate runs out in 6 days"),
    ],
)
def test_a_gauge_near_its_end_is_in_the_log(changed, text):
    assert [line for line in logged("api", **changed) if re.search(text, line)]


def test_a_disk_that_fills_is_told_from_when_it_is_nearly_full():
    fills = Fault(id="fills", kind="disk_full", where=Where(component="db"), intensity=3.0)
    found = {
        at_ms: [line for line in logged("db", fills, at_ms=at_ms) if "full" in line]
        for at_ms in (90_000, 1_700_000)
    }
    assert found[90_000] == []
    assert [line for line in found[1_700_000] if "disk is 100% full" in line]


def test_a_misleading_log_has_neither_the_lines_of_the_fault_nor_of_the_gauges():
    fault = Fault(id="stuck", kind="disk_stall", where=Where(component="db", operation="write"))
    lines = ("ERROR {component} cannot reach the mail relay",)
    for quality, seen in (("full", True), ("misleading", False)):
        worth = Instruments(component="db", logs=quality, misleading=lines)
        of = drill(SCENARIO.model_copy(update={"faults": (fault,), "instruments": (worth,)}))
        of.advance(400_000)
        told = [block.text for block in of.enter("logs db").blocks]
        assert any("fsync" in line or "disk" in line for line in told) == seen
        assert told[0].partition(" (")[0].endswith("cannot reach the mail relay") != seen
