"""A fit in words and for programs: what the history holds beside what its load brings, and what to doubt."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.oncall.fit.history import History
from sim.oncall.fit.load import LIFETIME, FittedLoad
from sim.oncall.fit.played import YEARS, Arrivals, Played
from sim.oncall.fit.times import Fit, Times
from sim.oncall.load.mixture import SHARES, quantile
from sim.oncall.load.model import SEVERITIES, Load
from sim.oncall.whatif.numbers import rounded
from sim.oncall.whatif.told import item, mixture_text

Floats = NDArray[np.float64]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_BARS = " ▁▂▃▄▅▆▇█"
_NAME = 19


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that is told of a fit."""

    found: FittedLoad
    played: Played | None
    warnings: tuple[str, ...]


def text(report: Report) -> str:
    """Return the report for a terminal, at most 80 columns wide."""
    found = report.found
    lines = [
        _headline(found.history),
        *(line for note in (*found.history.notes, *found.history.unused) for line in item(note)),
        "",
        *(_arrivals(found, report.played) if report.played else ()),
        *_times(found.times, report.played),
        *_rules(found.load),
        *_listed("Doubts", report.warnings),
        *_listed("Assumed, as the history does not tell", found.load.assumptions),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _headline(history: History) -> str:
    first, last = (
        one.opened.astimezone(history.clock) for one in (history.incidents[0], history.incidents[-1])
    )
    days = history.span.total_seconds() / 86_400
    return (
        f"{history.format}: {len(history.incidents):,} incidents in {days:,.1f} days, "
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}"
    )


# --- arrivals ---------------------------------------------------------------------------------------------


def _arrivals(found: FittedLoad, played: Played) -> Iterator[str]:
    assert found.week is not None
    yield f"{'Arrivals':<50}{'history':>14}{'played':>14}"
    for name, one, other in _rows(played.history, played.load):
        yield f"{name:<50}{one:>14}{other:>14}"
    yield from ("", f"Share of each hour of the week {'history':>20}{'played':>29}")
    top = float(max(played.history.hours.max(), played.load.hours.max()))
    for number, day in enumerate(_DAYS):
        part = slice(24 * number, 24 * number + 24)
        one, other = (_bars(each.hours[part], top) for each in (played.history, played.load))
        yield f"{day:<28}{one}    {other}"
    yield f"distance {played.distance:.3f}, an hour's share at most {100 * played.farthest_hour:.2f} % off"
    yield from item(f"hours: {found.week.shape}, by BIC: " + _criteria(found.week.bic))
    yield from item(_bursts(found))
    yield from item(f"played: {YEARS} years of the load, drawn as `rotation simulate` draws them")
    yield ""


def _rows(history: Arrivals, load: Arrivals) -> Iterator[tuple[str, str, str]]:
    yield "incidents a week", rounded(history.per_week), rounded(load.per_week)
    if history.uneven is not None and load.uneven is not None:
        name = "days of a weekday: variance over mean (Poisson: 1)"
        yield name, rounded(history.uneven), rounded(load.uneven)
    yield "time from one to the next: deviation over mean", f"{history.gaps:.2f}", f"{load.gaps:.2f}"
    if history.severities:
        one, other = (" ".join(f"{100 * share:.0f}" for share in each.severities) for each in (history, load))
        yield f"severities {' '.join(SEVERITIES)}, %", one, other


def _bars(shares: Floats, top: float) -> str:
    return "".join(_BARS[int(np.ceil(share / top * (len(_BARS) - 1)))] for share in shares)


def _criteria(bic: dict[Any, float]) -> str:
    least = min(bic.values())
    return ", ".join(f"{shape} +{value - least:,.0f}" for shape, value in bic.items() if value > least)


def _bursts(found: FittedLoad) -> str:
    assert found.spread is not None
    bursts, gap = found.spread.bursts, found.spread.gap
    if gap == 0:
        return "bursts: incidents come too often to tell them from chance; none"
    if bursts is None:
        return f"bursts: no more than chance brings (gaps of {rounded(gap)} min)"
    return (
        f"bursts: {bursts.share:.0%} of incidents, {rounded(bursts.size)} in each, the others "
        f"{rounded(bursts.minutes)} min after the first (gaps of {rounded(gap)} min; what is chance left out)"
    )


# --- times ------------------------------------------------------------------------------------------------


def _times(found: Sequence[Times], played: Played | None) -> Iterator[str]:
    if not found:
        return
    heads = "".join(f"{f'p{100 * share:.0f}':>8}" for share in SHARES)
    yield f"{'Times (min)':<{_NAME}}{heads}{'distance':>11}"
    for times in found:
        yield f"{times.name:<{_NAME}}{_cells(times.quantiles())}{f'{len(times.minutes):,} times':>13}"
        for name, fit in (("one", times.one), ("two", times.two)):
            if fit is not None:
                yield _fit(name, fit, chosen=fit is times.best and times.two is not None)
        if times.name == LIFETIME and played is not None and played.lifetimes is not None:
            drawn = tuple(float(np.quantile(played.lifetimes, share)) for share in SHARES)
            yield f"{'  played':<{_NAME}}{_cells(drawn)}{played.lifetimes_distance:>11.3f}"
        yield from (f"  {line}" for line in item(mixture_text(times.best.parts)))
    yield "Distance: the largest difference of the shares of times up to any one"
    yield "(Kolmogorov-Smirnov). * is chosen, by BIC."
    yield ""


def _fit(name: str, fit: Fit, *, chosen: bool) -> str:
    quantiles = tuple(quantile(fit.parts, share) for share in SHARES)
    label = f"  {name} lognormal{'s' if name == 'two' else ''}{' *' if chosen else ''}"
    return f"{label:<{_NAME}}{_cells(quantiles)}{fit.distance:>11.3f}"


def _cells(values: Iterable[float]) -> str:
    return "".join(f"{rounded(value):>8}" for value in values)


# --- the rest ---------------------------------------------------------------------------------------------


def _rules(load: Load) -> Iterator[str]:
    of_all = sum(rule.share for rule in load.rules)
    count = f"{len(load.rules)} rule{'' if len(load.rules) == 1 else 's'}, the most frequent"
    yield f"{count:<48}{'of all':>14}{'need action':>16}"
    for rule in sorted(load.rules, key=lambda rule: -rule.share)[:5]:
        yield f"  {rule.id[:45]:<46}{rule.share / of_all:>14.1%}{rule.needs_action:>16.0%}"
    yield ""


def _listed(title: str, found: Sequence[str]) -> Iterator[str]:
    if found:
        yield f"{title}:"
        for one in found:
            yield from item(one)
        yield ""


# --- for programs -----------------------------------------------------------------------------------------


def plain(report: Report) -> dict[str, Any]:
    """Return the report for JSON."""
    history, played = report.found.history, report.played
    week, spread = report.found.week, report.found.spread
    return {
        "format": history.format,
        "incidents": len(history.incidents),
        "first": history.incidents[0].opened.astimezone(history.clock).isoformat(),
        "last": history.incidents[-1].opened.astimezone(history.clock).isoformat(),
        "unused": list(history.unused),
        "notes": list(history.notes),
        "hours_by": week and week.shape,
        "burst_gap_minutes": spread and spread.gap,
        "arrivals": played and {
            "history": _plain_arrivals(played.history),
            "played": _plain_arrivals(played.load),
            "distance": played.distance,
            "lifetimes_distance": played.lifetimes_distance,
        },
        "times": [_plain_times(times) for times in report.found.times],
        "warnings": list(report.warnings),
        "load": report.found.load.model_dump(mode="json", exclude_defaults=True),
    }  # fmt: skip


def _plain_arrivals(arrivals: Arrivals) -> dict[str, Any]:
    return {
        "per_week": arrivals.per_week,
        "hours": [float(share) for share in arrivals.hours],
        "day_variance_over_mean": arrivals.uneven,
        "gap_variation": arrivals.gaps,
        "severities": [float(share) for share in arrivals.severities],
    }


def _plain_times(times: Times) -> dict[str, Any]:
    def of(fit: Fit | None) -> dict[str, Any] | None:
        if fit is None:
            return None
        parts = [part.model_dump(mode="json") for part in fit.parts]
        quantiles = [quantile(fit.parts, share) for share in SHARES]
        return {"parts": parts, "quantiles": quantiles, "bic": fit.bic, "distance": fit.distance}

    return {
        "name": times.name,
        "count": len(times.minutes),
        "shares": list(SHARES),
        "quantiles": list(times.quantiles()),
        "one": of(times.one),
        "two": of(times.two),
        "chosen": "two" if times.best is times.two else "one",
    }
