"""The outcome of a simulation in words, JSON and CSV."""

import csv
import io
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from sim.oncall.load.mixture import SHARES, quantile
from sim.oncall.load.model import Load, Mixture
from sim.oncall.whatif.figures import Figure
from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.numbers import between, finite, rounded
from sim.oncall.whatif.outcome import Outcome, moved
from sim.oncall.whatif.table import WEEKS

WIDTH = 80
WORTH_TELLING = 0.05
"""Work that piles up in fewer of the settings is not told: an assumption."""

INTERVALS = (
    "9 of 10 years: so much single years differ by chance if all assumptions hold.",
    "settings: the mean in 9 of 10 plausible settings of what is assumed.",
    "A shift: 12 hours on call. People: those on the rota.",
)


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return a number with what it counts."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def names_of(people: Sequence[str], *, named: bool) -> tuple[str, ...]:
    """Return what people are called in a report: by pseudonyms unless names are asked for."""
    return tuple(people) if named else tuple(f"person {number}" for number in range(1, len(people) + 1))


def text(outcome: Outcome, limits: Sequence[Goal], *, named: bool) -> str:
    """Return the summary for a terminal, at most 80 columns wide."""
    sums, load = outcome.sums, outcome.load
    lines = [
        f"{outcome.policy}: {counted(sums.years, 'year')} of "
        f"{counted(outcome.table.team, 'person', 'people')}, {rounded(load.per_week)} pages a week, "
        f"seed {outcome.seed}",
        "",
        *_growth(outcome),
        f"{'':<43}{'mean':>7}{'9 of 10 years':>15}{'settings':>15}",
    ]
    for figure in outcome.shown:
        if figure.name == "time to mitigate, median":
            lines += ["", "below this line everything rests on assumed times of work"]
        lines.append(_row(outcome, figure))
    lines += ["", *INTERVALS, "", *_carried(outcome, named=named), *_limits(outcome, limits)]
    if load.lifetime is not None:
        lines += ["", *item(_lifetime(load.lifetime))]
    lines += ["", *assumed(load, outcome.weeks)]
    return "\n".join(lines) + "\n"


_GENERAL = (
    "people sleep from 23:00 to 7:00 where they are, and are at their desk from 8:00 to 18:00 on weekdays",
    "who acknowledges works on it, one incident at a time; at the end of a shift what waits is handed over",
)


_LITERATURE = (
    "facts of the literature, of which only the order of magnitude can be defended; "
    "their ranges are those of the settings"
)


def assumptions(load: Load, weeks: Sequence[str]) -> tuple[str, ...]:
    """Return all that is assumed under a load in the weeks that are played, each in words."""
    known = "" if load.acknowledge else "times to acknowledge at desk, away and asleep, waking, "
    return (*load.assumptions, *weeks, *_GENERAL, f"{known}sleep inertia, fatigue: {_LITERATURE}")


def item(told: str) -> list[str]:
    """Return a text as an item of a list, in lines."""
    return textwrap.wrap(told, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)


def assumed(load: Load, weeks: Sequence[str]) -> list[str]:
    """Return all that is assumed, in lines."""
    return ["Assumed:", *(line for one in assumptions(load, weeks) for line in item(one))]


def _lifetime(mixture: Mixture) -> str:
    shown = ", ".join(f"p{100 * share:.0f} {rounded(quantile(mixture, share))}" for share in SHARES)
    return f"tickets stay open, which is not taken for work: {shown} min ({mixture_text(mixture)})"


def mixture_text(mixture: Mixture) -> str:
    """Return a mixture of times in words."""
    return ", ".join(
        f"{part.share:.0%} with median {rounded(part.median)} min (sigma {rounded(part.sigma)})"
        for part in mixture
    )


def _row(outcome: Outcome, figure: Figure) -> str:
    name = figure.titled
    place = outcome.sums.mean(figure.name)
    years, settings = between(*outcome.of_years(figure)), between(*outcome.of_settings(figure))
    return f"{name:<43}{rounded(place):>7}{years:>15}{settings:>15}"


def _growth(outcome: Outcome) -> Iterator[str]:
    if told := growth(outcome):
        yield from textwrap.wrap(told, WIDTH)
        yield ""


def growth(outcome: Outcome) -> str | None:
    """Return that work piles up, if it does in any year, or in more than a few of the settings."""
    years, settings = outcome.piling_up
    if years == 0 and settings < WORTH_TELLING:
        return None
    return (
        f"MORE WORK THAN TIME: in {years:.0%} of the years, and in {settings:.0%} of the plausible settings, "
        "more and more incidents are left over. No figure that counts work or waiting has a meaning there; "
        "with more time it would only be worse."
    )


def _carried(outcome: Outcome, *, named: bool) -> Iterator[str]:
    heads = ("business", "off", "sleep", "sleep lost", "hands-on")
    yield f"{'a week of':<20}" + "".join(f"{head:>12}" for head in heads)
    yield f"{'':<20}{'interruptions':>36}{'h':>12}{'h':>12}"
    for name, row in zip(names_of(outcome.table.people, named=named), outcome.carried, strict=True):
        yield f"{name:<20}" + "".join(f"{rounded(value):>12}" for value in row)


def _limits(outcome: Outcome, limits: Sequence[Goal]) -> Iterator[str]:
    if limits:
        yield from ("", "Your limits:")
    for limit in limits:
        share = outcome.breaks(limit)
        yield f"- {limit}: broken in {share:.0%} of the settings"


# --- for programs -----------------------------------------------------------------------------------------


def plain(outcome: Outcome, limits: Sequence[Goal], *, named: bool) -> dict[str, Any]:
    """Return the outcome for JSON; what never ends is null."""
    sums = outcome.sums
    return {
        "policy": outcome.policy,
        "load": outcome.load.load,
        "seed": outcome.seed,
        "years": sums.years,
        "years_in_which_work_piles_up": round(outcome.piling_up[0] * sums.years),
        "settings_in_which_work_piles_up": outcome.piling_up[1],
        "figures": [
            {
                "name": figure.name,
                "unit": figure.unit,
                "mean": finite(sums.mean(figure.name)),
                "mean_95": [finite(mean - half), finite(mean + half)],
                "years_90": [finite(value) for value in outcome.of_years(figure)],
                "settings_90": [finite(value) for value in outcome.of_settings(figure)],
                "moved_by": [one.parameter for one in moved(outcome, figure)],
            }
            for figure in outcome.shown
            for mean, half in [_mean_and_half(outcome, figure)]
        ],
        "people": [
            {"name": name, **dict(zip(_KEYS, (float(value) for value in row), strict=True))}
            for name, row in zip(names_of(outcome.table.people, named=named), outcome.carried, strict=True)
        ],
        "interruptions_by_hour_of_week": [float(count) for count in sums.heat / (sums.years * WEEKS)],
        "lifetime_minutes": outcome.load.lifetime and _lifetime_plain(outcome.load.lifetime),
        "limits": [{"limit": str(one), "broken_in_settings": outcome.breaks(one)} for one in limits],
        "assumptions": list(assumptions(outcome.load, outcome.weeks)),
    }


def _lifetime_plain(mixture: Mixture) -> dict[str, float]:
    return {f"p{100 * share:.0f}": quantile(mixture, share) for share in SHARES}


_KEYS = ("business_interruptions", "off_interruptions", "sleep_interruptions", "sleep_lost_h", "hands_on_h")


def _mean_and_half(outcome: Outcome, figure: Figure) -> tuple[float, float]:
    place = figure.place
    return float(outcome.sums.means[place]), float(outcome.sums.halves[place])


def table(outcome: Outcome) -> str:
    """Return the figures as CSV."""
    sheet = io.StringIO()
    writer = csv.writer(sheet, lineterminator="\n")
    writer.writerow(
        ["policy", "figure", "unit", "mean", "years_5", "years_95", "settings_5", "settings_95", "years"]
    )
    for figure in outcome.shown:
        writer.writerow(
            [
                outcome.policy,
                figure.name,
                figure.unit,
                outcome.sums.mean(figure.name),
                *outcome.of_years(figure),
                *outcome.of_settings(figure),
                outcome.sums.years,
            ]
        )
    return sheet.getvalue()
