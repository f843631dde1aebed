"""How far the flow solver is from the judge, and the page that keeps it.

make judge            plays all seeds and prints the table
make judge UPDATE=1   stores the judge's figures, and writes the table into docs/how-good-is-the-model.md
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from math import isinf, isnan, sqrt
from multiprocessing import get_context
from pathlib import Path
from statistics import mean, stdev

from tests.judge.case import Case, Quantity, Unit
from tests.judge.seen import Computed, Simulated
from tests.judge.steady import STEADY
from tests.judge.upsets import UPSETS

PAGE = Path(__file__).parents[2] / "docs" / "how-good-is-the-model.md"
STORED = Path(__file__).with_name("figures.json")
BEGIN, END = "<!-- generated: judge -->", "<!-- end of judge -->"

SEEDS = 8
CASES = {case.id: case for case in (*STEADY, *UPSETS)}
Figures = dict[str, dict[str, list[float]]]
"""The judge's figures by case and quantity, one per seed."""


@dataclass(frozen=True)
class Row:
    """One line of the table: what the judge found over its seeds, and what the model says."""

    case: Case
    quantity: Quantity
    judge: float
    spread: float
    model: float

    @property
    def difference(self) -> float:
        """Model minus judge, as a share of the judge's figure where the tolerance is one."""
        if self.quantity.tolerance.relative:
            return self.model / self.judge - 1.0 if self.judge else float("inf")
        return self.model - self.judge

    @property
    def within(self) -> bool:
        """Whether the model is as near as it should be."""
        return abs(self.difference) <= self.quantity.tolerance.by

    @property
    def error(self) -> float:
        """Standard error of the judge's mean, in the measure of the tolerance."""
        error = self.spread / sqrt(SEEDS)
        return error / self.judge if self.quantity.tolerance.relative else error


def played(case_id: str, seed: int) -> dict[str, float]:
    """Return the judge's figures of one seed of a case."""
    case = CASES[case_id]
    seen = Simulated(case.play, f"{case_id} {seed}")
    return {quantity.name: quantity.of(seen) for quantity in case.quantities}


@cache
def computed(case_id: str) -> dict[str, float]:
    """Return the model's figures of a case."""
    case = CASES[case_id]
    seen = Computed(case.play)
    return {quantity.name: quantity.of(seen) for quantity in case.quantities}


def everything() -> Figures:
    """Play all seeds of all cases, on all processors."""
    jobs = [(case_id, seed) for case_id in CASES for seed in range(1, SEEDS + 1)]
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        found = list(pool.map(played, *zip(*jobs, strict=True)))
    figures: Figures = {}
    for (case_id, _), one in zip(jobs, found, strict=True):
        for name, value in one.items():
            figures.setdefault(case_id, {}).setdefault(name, []).append(value)
    return figures


def stored() -> Figures:
    """Return the judge's figures as they were last stored."""
    figures: Figures = json.loads(STORED.read_text(encoding="utf-8"))
    return figures


def rows(figures: Figures) -> list[Row]:
    """Return the table of the judge's figures against the model's of now."""
    return [
        Row(case, quantity, mean(values), stdev(values), computed(case.id)[quantity.name])
        for case in CASES.values()
        for quantity in case.quantities
        for values in [figures[case.id][quantity.name]]
    ]


def as_table(found: list[Row]) -> str:
    """Return the table in Markdown."""
    lines = ["| case | figure | judge | ± | model | off by | may be | holds |", "|---" * 8 + "|"]
    before = None
    for row in found:
        quantity, title = row.quantity, "" if row.case is before else row.case.title
        before = row.case
        verdict = (
            f"not claimed: {quantity.unclaimed}" if quantity.unclaimed else "yes" if row.within else "NO"
        )
        cells = (
            title,
            quantity.name,
            _amount(row.judge, quantity.unit),
            _amount(row.spread, quantity.unit),
            _amount(row.model, quantity.unit),
            _off(row.difference, quantity.tolerance.relative),
            f"{100 * quantity.tolerance.by:g} %"
            if quantity.tolerance.relative
            else f"{quantity.tolerance.by:g}",
            verdict,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _amount(value: float, unit: Unit) -> str:
    if isinf(value):
        return "never"
    if unit == "share":
        return f"{value:.3f}"
    if unit == "number":
        return f"{value:.0f}"
    return f"{value:.1f} s" if value >= 1.0 else f"{1000 * value:.0f} ms"


def _off(difference: float, relative: bool) -> str:
    if isinf(difference) or isnan(difference):
        return "-"
    return f"{100 * difference:+z.0f} %" if relative else f"{difference:+z.3f}"


def from_page(text: str) -> str:
    """Return the table that the page holds."""
    return text.partition(BEGIN)[2].partition(END)[0].strip()


def with_table(text: str, table: str) -> str:
    """Return the page with its table replaced."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n{table}\n{END}{rest.partition(END)[2]}"


def main() -> None:
    """Play, and print the table or write figures and page."""
    figures = everything()
    table = as_table(rows(figures))
    if "UPDATE" not in sys.argv:
        print(table)
        return
    rounded = {
        case_id: {name: [float(f"{value:.9g}") for value in values] for name, values in one.items()}
        for case_id, one in figures.items()
    }
    STORED.write_text(json.dumps(rounded, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), as_table(rows(rounded))), encoding="utf-8")


if __name__ == "__main__":
    main()
