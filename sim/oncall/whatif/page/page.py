"""Writes the report of a simulation or a comparison: one file that needs nothing else."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sim.oncall.whatif import told, told_comparison
from sim.oncall.whatif.compare import Comparison, sensitivity
from sim.oncall.whatif.figures import Figure
from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.numbers import between, rounded
from sim.oncall.whatif.outcome import Outcome, moved
from sim.oncall.whatif.page import plots
from sim.oncall.whatif.table import WEEKS

MOVED_MOST = 2
"""So many assumptions are shown for each figure."""
TEMPLATES = Path(__file__).with_name("templates")


def outcome_page(outcome: Outcome, limits: Sequence[Goal], *, named: bool) -> str:
    """Return the report of a simulation."""
    names = told.names_of(outcome.table.people, named=named)
    weeks = outcome.sums.years * WEEKS
    return _page(
        "outcome.html.j2",
        title=outcome.policy,
        outcome=outcome,
        limits=limits,
        rows=[
            (figure.titled, rounded(outcome.sums.mean(figure.name)), *_ranges(outcome, figure), figure.text)
            for figure in outcome.shown
        ],
        people=[
            (name, [rounded(value) for value in row])
            for name, row in zip(names, outcome.carried, strict=True)
        ],
        carried=Markup(plots.carried(names, outcome.carried)),
        heat=Markup(plots.heat(outcome.sums.heat / weeks)),
        until=Markup(plots.until(outcome.sums.acknowledged, outcome.sums.mitigated)),
        intervals=told.INTERVALS,
        moved=[
            (figure.titled, one.parameter, rounded(one.low), rounded(one.high))
            for figure in outcome.shown
            if figure in told_comparison.HEADLINES
            for one in moved(outcome, figure)[:MOVED_MOST]
        ],
        growth=told.growth(outcome),
        assumed=told.assumptions(outcome.load, outcome.weeks),
    )


def comparison_page(of: Comparison) -> str:
    """Return the report of a comparison, with its table of sensitivity."""
    figures = told_comparison.shown(of)
    return _page(
        "comparison.html.j2",
        title=" against ".join(of.arms[:-1]),
        of=of,
        pairs=[
            {
                "name": of.arms[arm],
                "plot": Markup(plots.against(of, arm, figures)),
                "rows": [
                    (
                        figure.titled,
                        rounded(of.median(0, figure)),
                        rounded(of.median(arm, figure)),
                        told_comparison.sentence(of, arm, figure),
                    )
                    for figure in figures
                ],
                "moved": [
                    (figure.name, one.parameter, *(f"{share:.0%}" for share in (*one.low, *one.high)))
                    for figure in figures
                    for one in sensitivity(of, arm, figure)
                    if one.moves
                ],
            }
            for arm in range(1, len(of.arms))
        ],
        growth=told_comparison.growth(of),
        assumed=told.assumptions(of.load, of.weeks),
    )


def _ranges(outcome: Outcome, figure: Figure) -> tuple[str, str]:
    return between(*outcome.of_years(figure)), between(*outcome.of_settings(figure))


def _page(template: str, **given: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    css = Markup((TEMPLATES / "report.css").read_text(encoding="utf-8"))
    return environment.get_template(template).render(css=css, **given) + "\n"
