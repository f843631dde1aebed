"""Makes a load of a history: what it tells is measured, everything else assumed and named as such."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta

from sim.oncall import response
from sim.oncall.fit.history import History, Incident
from sim.oncall.fit.spread import Spread, spread_of
from sim.oncall.fit.times import Times, fitted
from sim.oncall.fit.week import Week, hour_of_week, week_of
from sim.oncall.load.defaults import default_load
from sim.oncall.load.model import (
    SEVERITIES,
    Acknowledge,
    AlertRule,
    Load,
    Measured,
    Mixture,
    Part,
    Severity,
)

FEWEST_TIMES = 20
"""No distribution is fitted to fewer times: an assumption."""
SHORTEST = timedelta(weeks=1)
"""From a shorter window no week is told: a drill, or an afternoon."""
LIFETIME = "open ticket"
_RULES = 200
"""The most frequent ones are kept by name."""
_OTHER, _UNNAMED = "all other rules", "without name"
_PRIOR_ALERTS = 4.0
"""A rule's share of alerts that need action counts as if so many more had the share of all: an assumption."""
_DEFAULT = default_load()


@dataclass(frozen=True, slots=True)
class FittedLoad:
    """A load with what it was made of."""

    history: History
    load: Load
    week: Week | None
    """None: the history does not tell."""
    spread: Spread | None
    times: tuple[Times, ...]


def fit(history: History, name: str) -> FittedLoad:
    """Return the load of a history, under a name."""
    assumed: list[str] = []
    times: list[Times] = []
    measured: list[Measured] = []
    week = spread = None
    per_week, hours = _DEFAULT.per_week, _DEFAULT.hours
    day_spread, bursts = _DEFAULT.day_spread, _DEFAULT.bursts
    if (untold := _untold(history)) is not None:
        assumed += [f"{untold}: number and hours of pages are those of the literature"]
        assumed += _DEFAULT.assumptions[:3]
    else:
        week = week_of(history)
        spread = spread_of(history, week)
        measured.append("pages")
        per_week, hours = float(f"{week.per_week:.5g}"), tuple(round(float(rate), 5) for rate in week.rates)
        bursts = spread.bursts
        if bursts is not None:
            repeats = bursts.share * (1 - 1 / bursts.size)
            assumed.append(f"of a burst only the first needs work: {repeats:.0%} of all are the others")
        if spread.days is None:
            assumed.append("a day's number spreads by half around its mean: the window is too short to tell")
        else:
            day_spread = spread.days
    hands_on, no_action, longest = _work(history, times, measured, assumed)
    acknowledge = _acknowledge(history, times, assumed)
    lifetime = _of(history, LIFETIME, (one.resolved for one in history.incidents), times)
    return FittedLoad(
        history=history,
        load=Load(
            load=name,
            zone=history.zone if week is not None else None,
            per_week=per_week,
            hours=hours,
            day_spread=day_spread,
            bursts=bursts,
            severities=_severities(history, assumed),
            rules=_rules(history, assumed),
            hands_on=hands_on,
            no_action=no_action,
            acknowledge=acknowledge,
            lifetime=lifetime,
            reassigned=_reassigned(history),
            longest_hours=longest,
            measured=tuple(measured),
            assumptions=tuple(assumed),
        ),
        week=week,
        spread=spread,
        times=tuple(times),
    )


def _untold(history: History) -> str | None:
    """Return why a history tells nothing of a week, if so."""
    if history.format == "journal":
        return "drills do not tell how often pages come"
    short = history.span < SHORTEST
    return "the window is shorter than a week" if short else None


def _of(history: History, name: str, found: Iterable[float | None], times: list[Times]) -> Mixture | None:
    """Fit times that are known, and note what was found; None where they are too few."""
    known = [one for one in found if one is not None]
    if len(known) < FEWEST_TIMES:
        return None
    times.append(fitted(name, known, history.step))
    return times[-1].best.parts


def _severities(history: History, assumed: list[str]) -> dict[Severity, float]:
    counts = Counter(one.severity for one in history.incidents if one.severity is not None)
    if not counts:
        assumed.append("severities are not in the history: P1 to P4 as 2 : 10 : 38 : 50")
        return dict(_DEFAULT.severities)
    return {severity: float(counts[severity]) for severity in SEVERITIES}


def _rules(history: History, assumed: list[str]) -> tuple[AlertRule, ...]:
    """Return the rules, the most frequent first, with the share of each that needs action."""
    known = [one.needs_action for one in history.incidents if one.needs_action is not None]
    tickets = history.format == "servicenow"
    if known:
        of_all = sum(known) / len(known)
    else:
        of_all = 1.0 if tickets else 0.3
        assumed.append(
            "every ticket needs action" if tickets
            else "30 % of alerts need action (fewer than that at 57 % of organisations, NeuBird 2026)"
        )  # fmt: skip
    names = Counter(one.rule or _UNNAMED for one in history.incidents)
    kept = {name for name, _ in names.most_common(_RULES)}
    by_rule: dict[str, list[Incident]] = {}
    for one in history.incidents:
        name = one.rule or _UNNAMED
        by_rule.setdefault(name if name in kept else _OTHER, []).append(one)
    ordered = sorted(by_rule.items(), key=lambda item: (item[0] == _OTHER, -len(item[1]), item[0]))
    return tuple(
        AlertRule(
            id=name,
            share=round(len(incidents) / len(history.incidents), 6),
            needs_action=round(_needing(incidents, of_all), 4),
        )
        for name, incidents in ordered
    )


def _needing(incidents: list[Incident], of_all: float) -> float:
    known = [one.needs_action for one in incidents if one.needs_action is not None]
    return (sum(known) + _PRIOR_ALERTS * of_all) / (len(known) + _PRIOR_ALERTS)


def _work(
    history: History, times: list[Times], measured: list[Measured], assumed: list[str]
) -> tuple[dict[Severity, Mixture], Mixture, float]:
    """Return hands-on times by severity, the time to look at noise, and the longest hours of work."""
    acted = [one for one in history.incidents if one.needs_action is not False]
    of_all = _of(history, "hands-on", (one.hands_on for one in acted), times)
    if of_all is None:
        assumed += (
            "hands-on time is not in the history: of median 20 to 60 min, sigma 1.1, the spread of public "
            "incidents' durations (facts of the literature)",
            _DEFAULT.assumptions[-1],
        )
        return dict(_DEFAULT.hands_on), _DEFAULT.no_action, _DEFAULT.longest_hours
    measured.append("hands-on time")
    found: dict[Severity, Mixture] = {}
    for severity in SEVERITIES:
        mine = (one.hands_on for one in acted if one.severity == severity)
        found[severity] = _of(history, f"hands-on, {severity}", mine, times) or of_all
    noise = _of(history, "look at noise", (_looked(one) for one in history.incidents), times)
    if noise is None:
        assumed.append(_DEFAULT.assumptions[-1])
    longest = max(one.hands_on for one in acted if one.hands_on is not None) / 60
    return found, noise or _DEFAULT.no_action, max(_DEFAULT.longest_hours, float(math.ceil(longest)))


def _looked(incident: Incident) -> float | None:
    return incident.hands_on if incident.needs_action is False else None


def _acknowledge(history: History, times: list[Times], assumed: list[str]) -> Acknowledge | None:
    """Return times to acknowledge by where people are at that hour; None where the history has too few."""
    where = _where(history)
    known = [one for one in history.incidents if one.acknowledged is not None]
    mine = {place: [one.acknowledged for one in known if where(one) == place] for place in _PLACES}
    if len(known) < FEWEST_TIMES:
        assumed.append("times to acknowledge are not in the history: facts of the literature")
        return None
    of_all = fitted(
        "acknowledge", [one.acknowledged for one in known if one.acknowledged is not None], history.step
    )
    found: dict[str, Mixture] = {}
    for place in _PLACES:
        parts = _of(history, f"acknowledge, {place}", mine[place], times)
        if parts is None and place == "asleep":
            assumed.append(
                "acknowledge, asleep: 5 min once awake, and rings that go unheard (facts of the literature)"
            )
            parts = _ASLEEP
        elif parts is None:
            assumed.append(f"acknowledge, {place}: too few; as at all hours")
            parts = of_all.best.parts
        found[place] = parts
    return Acknowledge(**found)


_PLACES = ("desk", "away", "asleep")
_ASLEEP = (
    Part(
        median=round(
            (response.ACK_ASLEEP_MEDIAN_S + (1 - response.WAKES_PER_RING) * response.RING_AGAIN_S) / 60, 2
        ),
        sigma=0.8,
    ),
)


def _where(history: History) -> Callable[[Incident], str]:
    """Return where people are when an incident comes, by the clock of the history."""
    clock = history.clock

    def where(incident: Incident) -> str:
        hour = hour_of_week(incident.opened.astimezone(clock))
        if response.at_desk(hour * 3_600_000):
            return "desk"
        return "asleep" if not 7 <= hour % 24 < 23 else "away"

    return where


def _reassigned(history: History) -> float:
    known = [one.reassigned for one in history.incidents if one.reassigned is not None]
    return round(sum(known) / len(known), 4) if known else 0.0
