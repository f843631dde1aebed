"""The page docs/judging.md says what the code does."""

import re
from pathlib import Path

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
    described = [row for row in ROWS if len(row) == 3]
    assert described == [(f"`{rule.id}` {rule.title}", str(rule.weight), rule.rule) for rule in CHECK_RULES]


def test_every_area_stands_there_with_its_weight() -> None:
    headings = re.findall(r"^## (\w+): (\d+) of 100$", PAGE, re.MULTILINE)
    assert headings == [(title, str(weight)) for _, title, weight in AREAS]
