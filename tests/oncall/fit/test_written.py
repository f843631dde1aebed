"""A load that is written reads back as it was, whatever its rules are called."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import AlertRule
from sim.oncall.load.read import read_load, written

ODD = [
    "08",
    "1e3",
    "yes",
    "null",
    "~",
    "1_000",
    "0x1F",
    "2026-01-05",
    "12:30",
    "- a",
    "a: b",
    "#",
    "'",
    '"',
    "é",
]
NAMES = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"]), min_size=1, max_size=40)


@given(st.one_of(st.sampled_from(ODD), NAMES))
def test_a_rule_keeps_its_name(tmp_path_factory: pytest.TempPathFactory, name: str):
    file: Path = tmp_path_factory.mktemp("load") / "load.yml"
    rules = (AlertRule(id=name, share=1.0, needs_action=0.5),)
    load = default_load().model_copy(update={"rules": rules})
    file.write_text(written(load), encoding="utf-8")
    assert read_load(file) == load
