"""Makes a load of a history: what it tells is measured, everything else assumed and named as such."""

import math
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
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
    Bursts,
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
_PLACES: dict[str, Measured] = {
    "desk": "acknowledge at desk",
    "away": "acknowledge away",
    "asleep": "acknowledge asleep",
}
"""Where people are when an incident comes, and what a load calls their times."""
_ASLEEP = (
    Part(
        median=round(
            (response.ACK_ASLEEP_MEDIAN_S + (1 - response.WAKES_PER_RING) * response.RING_AGAIN_S) / 60, 2
        ),
        sigma=0.8,
    ),
)


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
    making = _Making(history)
    arrivals = making.arrivals()
    hands_on, no_action, longest = making.work()
    load = Load(
        load=name,
        zone=arrivals.zone,
        per_week=arrivals.per_week,
        hours=arrivals.hours,
        day_spread=arrivals.day_spread,
        bursts=arrivals.bursts,
        severities=making.severities(),
        rules=making.rules(),
        hands_on=hands_on,
        no_action=no_action,
        acknowledge=making.acknowledge(),
        lifetime=making.fitted(LIFETIME, (one.resolved for one in history.incidents)),
        reassigned=_reassigned(history),
        longest_hours=longest,
        measured=tuple(making.measured),
        assumptions=tuple(making.assumed),
    )
    return FittedLoad(history, load, arrivals.week, arrivals.spread, tuple(making.times))


@dataclass(frozen=True, slots=True)
class _Arrivals:
    """The part of a load that says when pages come, and what it was made of."""

    zone: str | None
    per_week: float
    hours: tuple[float, ...]
    day_spread: float
    bursts: Bursts | None
    week: Week | None = None
    spread: Spread | None = None


@dataclass(slots=True)
class _Making:
    """A load while it is made: what was fitted so far, what is measured, what is assumed."""

    history: History
    times: list[Times] = field(default_factory=list)
    measured: list[Measured] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)

    def fitted(self, name: str, found: Iterable[float | None]) -> Mixture | None:
        """Fit times that are known, and keep what was found; None where they are too few."""
        known = [one for one in found if one is not None]
        if len(known) < FEWEST_TIMES:
            return None
        self.times.append(fitted(name, known))
        return self.times[-1].best.parts

    def arrivals(self) -> _Arrivals:
        """Return when pages come."""
        if (untold := _untold(self.history)) is not None:
            self.assumed.append(f"{untold}: number and hours of pages are those of the literature")
            self.assumed += _DEFAULT.assumptions[:3]
            of = _DEFAULT
            return _Arrivals(None, of.per_week, of.hours, of.day_spread, of.bursts)
        self.measured.append("pages")
        week = week_of(self.history)
        spread = spread_of(self.history, week)
        if spread.bursts is not None:
            repeats = spread.bursts.share * (1 - 1 / spread.bursts.size)
            self.assumed.append(
                f"of a burst the first needs action before the others do: {repeats:.0%} of all are the others"
            )
        if spread.days is None:
            self.assumed.append(
                "a day's number spreads by half around its mean: the window is too short to tell"
            )
        return _Arrivals(
            zone=self.history.zone,
            per_week=float(f"{week.per_week:.5g}"),
            hours=tuple(round(float(rate), 5) for rate in week.rates),
            day_spread=_DEFAULT.day_spread if spread.days is None else spread.days,
            bursts=spread.bursts,
            week=week,
            spread=spread,
        )

    def severities(self) -> dict[Severity, float]:
        """Return how many there were of each."""
        counts = Counter(one.severity for one in self.history.incidents if one.severity is not None)
        if not counts:
            self.assumed.append("severities are not in the history: P1 to P4 as 2 : 10 : 38 : 50")
            return dict(_DEFAULT.severities)
        return {severity: float(counts[severity]) for severity in SEVERITIES}

    def rules(self) -> tuple[AlertRule, ...]:
        """Return the rules, the most frequent first, with the share of each that needs action."""
        incidents = self.history.incidents
        of_all = self._needing_action()
        names = Counter(one.rule or _UNNAMED for one in incidents)
        kept = {name for name, _ in names.most_common(_RULES)}
        by_rule: dict[str, list[Incident]] = {}
        for one in incidents:
            name = one.rule or _UNNAMED
            by_rule.setdefault(name if name in kept else _OTHER, []).append(one)
        ordered = sorted(by_rule.items(), key=lambda item: (item[0] == _OTHER, -len(item[1]), item[0]))
        return tuple(
            AlertRule(
                id=name,
                share=round(len(mine) / len(incidents), 6),
                needs_action=round(_needing(mine, of_all), 4),
            )
            for name, mine in ordered
        )

    def _needing_action(self) -> float:
        """Return the share of all incidents that needs action."""
        known = [one.needs_action for one in self.history.incidents if one.needs_action is not None]
        if known:
            return sum(known) / len(known)
        if self.history.format == "servicenow":
            self.assumed.append("every ticket needs action")
            return 1.0
        self.assumed.append(
            "30 % of alerts need action (fewer than that at 57 % of organisations, NeuBird 2026)"
        )
        return 0.3

    def work(self) -> tuple[dict[Severity, Mixture], Mixture, float]:
        """Return hands-on times by severity, the time to look at noise, and the longest hours of work."""
        acted = [one for one in self.history.incidents if one.needs_action is not False]
        noise = [one.hands_on for one in self.history.incidents if one.needs_action is False]
        of_all = self.fitted("hands-on", (one.hands_on for one in acted))
        if of_all is None:
            self.assumed += (
                "hands-on time is not in the history: of median 20 to 60 min, sigma 1.1, the spread of "
                "public incidents' durations (facts of the literature)",
                _DEFAULT.assumptions[-1],
            )
            return dict(_DEFAULT.hands_on), _DEFAULT.no_action, _DEFAULT.longest_hours
        self.measured.append("hands-on time")
        found: dict[Severity, Mixture] = {}
        for severity in SEVERITIES:
            mine = (one.hands_on for one in acted if one.severity == severity)
            found[severity] = self.fitted(f"hands-on, {severity}", mine) or of_all
        looks = self.fitted("look at noise", noise)
        if looks is None:
            self.assumed.append(_DEFAULT.assumptions[-1])
        longest = max(one.hands_on for one in acted if one.hands_on is not None) / 60
        return found, looks or _DEFAULT.no_action, max(_DEFAULT.longest_hours, float(math.ceil(longest)))

    def acknowledge(self) -> Acknowledge | None:
        """Return times to acknowledge by where people are at that hour; None where there are too few."""
        where = _where(self.history)
        known = [
            (where(one), one.acknowledged) for one in self.history.incidents if one.acknowledged is not None
        ]
        if len(known) < FEWEST_TIMES:
            self.assumed.append("times to acknowledge are not in the history: facts of the literature")
            return None
        of_all = fitted("acknowledge", [minutes for _, minutes in known])
        if not self.history.clock_known:
            self.times.append(of_all)
            self.assumed.append("acknowledge: alike at the desk, awake and asleep, as no --zone was given")
            self.measured += _PLACES.values()
            return Acknowledge(**dict.fromkeys(_PLACES, of_all.best.parts))
        found: dict[str, Mixture] = {}
        for place, name in _PLACES.items():
            parts = self.fitted(f"acknowledge, {place}", (minutes for at, minutes in known if at == place))
            if parts is None and place == "asleep":
                told = "5 min once awake, and rings that go unheard (facts of the literature)"
                self.assumed.append(f"acknowledge, asleep: {told}")
                parts = _ASLEEP
            elif parts is None:
                self.assumed.append(f"acknowledge, {place}: too few; as at all hours")
                parts = of_all.best.parts
            else:
                self.measured.append(name)
            found[place] = parts
        return Acknowledge(**found)


def _untold(history: History) -> str | None:
    """Return why a history tells nothing of a week, if so."""
    if history.format == "journal":
        return "drills do not tell how often pages come"
    return "the window is shorter than a week" if history.span < SHORTEST else None


def _needing(incidents: list[Incident], of_all: float) -> float:
    known = [one.needs_action for one in incidents if one.needs_action is not None]
    return (sum(known) + _PRIOR_ALERTS * of_all) / (len(known) + _PRIOR_ALERTS)


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
    acted = (one for one in history.incidents if one.needs_action is not False)
    known = [one.reassigned for one in acted if one.reassigned is not None]
    return round(sum(known) / len(known), 4) if known else 0.0
