"""A comparison of policies in words, JSON and CSV."""

import csv
import io
import textwrap
from collections.abc import Iterator
from typing import Any

from sim.oncall.whatif.compare import NOISIEST, SURE, Comparison, Verdict, sensitivity
from sim.oncall.whatif.figures import FIGURES, NAMES, Figure
from sim.oncall.whatif.numbers import between, finite, rounded, with_unit
from sim.oncall.whatif.outcome import WORTH_NAMING, piling_up
from sim.oncall.whatif.told import WIDTH, WORTH_TELLING, assumed, assumptions, item

HEADLINES = tuple(
    FIGURES[NAMES.index(name)]
    for name in (
        "time to acknowledge, median",
        "time to acknowledge, p95",
        "missed pages",
        "escalated pages",
        "hours without cover",
        "interruptions per person-week",
        "sleep interruptions per person-week",
        "nights broken per person-week",
        "sleep lost per person-week",
        "longest stretch on call",
        "unfairness in a year",
        "unfairness in a week",
        "hand-overs in mid-incident",
        "shifts over two incidents",
        "cost per week",
        "time to mitigate, p90",
    )
)
"""The figures that a comparison shows."""


def shown(of: Comparison) -> tuple[Figure, ...]:
    """Return the headlines that are not nothing everywhere."""
    return tuple(figure for figure in HEADLINES if of.means[:, :, figure.place].any())


def text(of: Comparison) -> str:
    """Return a comparison for a terminal, at most 80 columns wide."""
    lines = textwrap.wrap(
        f"{of.settings} plausible settings of {of.years} years each, seed {of.seed}: the same alerts and the "
        f"same luck for all. Figures are those in the middle of the settings; a verdict needs {SURE:.0%} of "
        f"them, and differences below {WORTH_NAMING:.0%} or within chance are none.",
        WIDTH,
    )
    for told in growth(of):
        lines += ["", *textwrap.wrap(told, WIDTH)]
    for arm in range(1, len(of.arms)):
        lines += ["", *_pair(of, arm)]
    if moved := list(_moved(of)):
        lines += ["", "Which assumption moves the answer", *moved]
    lines += ["", *assumed(of.load, of.weeks)]
    return "\n".join(lines) + "\n"


def growth(of: Comparison) -> list[str]:
    """Return for each arm that work piles up, if it does in more than a few of the settings."""
    shares = [(arm, piling_up(means)) for arm, means in zip(of.arms, of.means, strict=True)]
    return [
        f"MORE WORK THAN TIME under {arm}: in {share:.0%} of the settings more and more incidents are left "
        "over. Figures that count work or waiting have no meaning there."
        for arm, share in shares
        if share >= WORTH_TELLING
    ]


def _pair(of: Comparison, arm: int) -> Iterator[str]:
    if arm == len(of.arms) - 1:
        yield f"A: {of.arms[0]}   B: the same, its {NOISIEST} noisiest rules fixed (the cheapest lever)"
    else:
        yield f"A: {of.arms[0]}   B: {of.arms[arm]}"
    yield f"{'':<43}{'A':>8}{'B':>8}   verdict"
    for figure in shown(of):
        name = figure.titled
        one, other = rounded(of.median(0, figure)), rounded(of.median(arm, figure))
        yield f"{name:<43}{one:>8}{other:>8}   {judged(of, arm, figure)}"


def judged(of: Comparison, arm: int, figure: Figure) -> str:
    """Return a verdict in a few words."""
    better, worse = of.shares(arm, figure)
    return {
        "better": f"B in {better:.0%}",
        "worse": f"A in {worse:.0%}",
        "same": "no difference",
        "open": "cannot tell",
    }[of.verdict(arm, figure)]


def sentence(of: Comparison, arm: int, figure: Figure) -> str:
    """Return a verdict as a sentence, with how much less the better one has."""
    better, worse = of.shares(arm, figure)
    verdict: Verdict = of.verdict(arm, figure)
    one, other = of.arms[0], of.arms[arm]
    low, high = of.difference(arm, figure)
    if verdict == "better":
        less = with_unit(between(-high, -low), figure)
        return f"{other} is better than {one} in {better:.0%} of plausible settings (by {less})"
    if verdict == "worse":
        less = with_unit(between(low, high), figure)
        return f"{one} is better than {other} in {worse:.0%} of plausible settings (by {less})"
    if verdict == "same":
        return "no difference worth naming"
    return f"cannot tell them apart: {other} is better in {better:.0%} of settings, {one} in {worse:.0%}"


def _moved(of: Comparison) -> Iterator[str]:
    """Yield for each verdict what would change it; verdicts that nothing changes hold throughout."""
    for arm in range(1, len(of.arms) - 1):
        firm = []
        for figure in shown(of):
            moving = [one for one in sensitivity(of, arm, figure) if one.moves]
            if not moving and of.verdict(arm, figure) != "open":
                firm.append(figure.name)
            for one in moving[:3]:
                told = (
                    f"{figure.name}: {of.arms[arm]} is better in {one.low[0]:.0%} of settings with less, "
                    f"{one.high[0]:.0%} with more of: {one.parameter}"
                    f" (worse in {one.low[1]:.0%}, {one.high[1]:.0%})"
                )
                yield from item(told)
        if firm:
            told = f"nothing moves what is said of {of.arms[arm]} on: {', '.join(firm)}"
            yield from item(told)


_COLUMNS = (
    "first",
    "arm",
    "figure",
    "unit",
    "median_first",
    "median_arm",
    "difference_5",
    "difference_95",
    "better_in",
    "worse_in",
    "verdict",
)


def table(of: Comparison) -> str:
    """Return all figures of all arms as CSV."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for arm in range(1, len(of.arms)):
        for figure in FIGURES:
            middle = (of.median(0, figure), of.median(arm, figure))
            told = (*middle, *of.difference(arm, figure), *of.shares(arm, figure), of.verdict(arm, figure))
            writer.writerow([of.arms[0], of.arms[arm], figure.name, figure.unit, *told])
    return sheet.getvalue()


def plain(of: Comparison) -> dict[str, Any]:
    """Return a comparison for JSON; what never ends is null."""
    return {
        "settings": of.settings,
        "years_each": of.years,
        "seed": of.seed,
        "load": of.load.load,
        "first": of.arms[0],
        "settings_in_which_work_piles_up": piling_up(of.means[0]),
        "arms": [
            {
                "arm": of.arms[arm],
                "settings_in_which_work_piles_up": piling_up(of.means[arm]),
                "figures": [
                    {
                        "name": figure.name,
                        "unit": figure.unit,
                        "first": finite(of.median(0, figure)),
                        "arm": finite(of.median(arm, figure)),
                        "difference_90": [finite(value) for value in of.difference(arm, figure)],
                        "better_in": of.shares(arm, figure)[0],
                        "worse_in": of.shares(arm, figure)[1],
                        "verdict": of.verdict(arm, figure),
                        "moved_by": [one.parameter for one in sensitivity(of, arm, figure) if one.moves],
                    }
                    for figure in FIGURES
                ],
            }
            for arm in range(1, len(of.arms))
        ],
        "assumptions": list(assumptions(of.load, of.weeks)),
    }
