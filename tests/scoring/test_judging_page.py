"""The page docs/judging.md says what the code does."""

import re
from pathlib import Path

from scoring.expectations import EXPECTED
from scoring.measures import MEASURE_KINDS
from scoring.rubric import AREAS, CHECK_RULES

PAGE = Path(__file__).parents[2].joinpath("docs", "judging.md").read_text(encoding="utf-8")
ROWS = [
    tuple(cell.strip() for cell in line.strip("|").split("|")) for line in PAGE.splitlines() if "| `" in line
]


def test_every_measure_stands_there_with_its_definition_and_nothing_else() -> None:
    described = [row for row in ROWS if len(row) == 4]
    assert described == [(f"`{m.id}` {m.title}", m.unit, m.clock, m.definition) for m in MEASURE_KINDS]


def test_every_check_stands_there_with_its_rule_and_nothing_else() -> None:
    described = [row for row in ROWS if len(row) == 2]
    assert described == [(f"`{rule.id}` {rule.title}", rule.rule) for rule in CHECK_RULES]


def test_every_weight_stands_there_for_every_expectation() -> None:
    head = re.search(r"^\| \| (`.*`) \|$", PAGE, re.MULTILINE)
    assert head is not None
    assert head[1] == " | ".join(f"`{name}`" for name in EXPECTED)
    described = {row[0]: row[1:] for row in ROWS if len(row) == 1 + len(EXPECTED) and row[0]}
    assert described == {
        f"`{rule.id}`": tuple(str(each.checks.get(rule.id, "–")) for each in EXPECTED.values())
        for rule in CHECK_RULES
    }
    for area, title, _ in AREAS:
        weights = " | ".join(f"**{each.areas[area]}**" for each in EXPECTED.values())
        assert f"| **{title}** | {weights} |" in PAGE
