"""What a stretch of noise looks like in figures: how many alerts, of which rules, how repetitive."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sim.alerting.noise.firings import Firing
from sim.spec import NoiseKind

_MINUTE_MS = 60_000
FLAP_MS = 15 * _MINUTE_MS
REPEAT_MS = 60 * _MINUTE_MS
STORM_RULES = 20
STORM_ALERTS_A_MIN, STORM_MIN = 50, 5


@dataclass(frozen=True, slots=True)
class Figures:
    """The noise of `hours` in an estate of so many `components`.

    - `alerts` began to fire; `storm_alerts` of them are of storms. `actionable` ask for somebody to act.
    - `by_rule` and `by_kind` count the alerts, most first.
    - `flaps` fired again, rule and labels alike, at most 15 minutes after they had resolved.
    - `duplicates` are no flaps, and their rule, whatever the labels, had fired in the hour before.
    - `storm_minutes`, counted from the start, are minutes for which one of two rules of thumb holds (a
      vendor's, novaaiops): 20 different rules fired within two minutes, this one and the next or the last;
      or more than 50 alerts a minute for five minutes, this one among them.
    """

    hours: int
    components: int
    alerts: int
    storm_alerts: int
    actionable: int
    by_rule: tuple[tuple[str, int], ...]
    by_kind: tuple[tuple[NoiseKind, int], ...]
    flaps: int
    duplicates: int
    storm_minutes: int

    @property
    def alerts_per_h(self) -> float:
        """Alerts an hour outside storms."""
        return (self.alerts - self.storm_alerts) / self.hours

    @property
    def actionable_share(self) -> float:
        """Of all alerts; 0 where there are none."""
        return self.actionable / self.alerts if self.alerts else 0.0

    @property
    def rules_making_half(self) -> int:
        """The smallest number of rules that make half of all alerts together."""
        left = self.alerts / 2
        for number, (_, count) in enumerate(self.by_rule):
            if left <= 0:
                return number
            left -= count
        return len(self.by_rule)

    def share(self, count: int) -> float:
        """Return a count as a share of all alerts; 0 where there are none."""
        return count / self.alerts if self.alerts else 0.0


def figures_of(fired: Sequence[Firing], hours: int, components: int) -> Figures:
    """Return the figures of alerts in the order in which they fire, from 0 on for so many hours."""
    rules, kinds = Counter(one.rule for one in fired), Counter(one.kind for one in fired)
    flaps = _flaps(fired)
    return Figures(
        hours=hours,
        components=components,
        alerts=len(fired),
        storm_alerts=kinds["storm"],
        actionable=sum(one.real for one in fired),
        by_rule=tuple(sorted(rules.items(), key=lambda pair: (-pair[1], pair[0]))),
        by_kind=tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        flaps=len(flaps),
        duplicates=_repeats(fired, flaps),
        storm_minutes=len(storm_minutes(fired)),
    )


def _flaps(fired: Sequence[Firing]) -> set[int]:
    """Return the numbers of the alerts that are flaps."""
    found: set[int] = set()
    resolved_ms: dict[str, int] = {}
    for number, one in enumerate(fired):
        before_ms = resolved_ms.get(one.identity)
        if before_ms is not None and one.from_ms - before_ms <= FLAP_MS:
            found.add(number)
        resolved_ms[one.identity] = one.to_ms
    return found


def _repeats(fired: Sequence[Firing], flaps: set[int]) -> int:
    count = 0
    last_ms: dict[str, int] = {}
    for number, one in enumerate(fired):
        before_ms = last_ms.get(one.rule)
        if before_ms is not None and one.from_ms - before_ms <= REPEAT_MS and number not in flaps:
            count += 1
        last_ms[one.rule] = one.from_ms
    return count


def storm_minutes(fired: Sequence[Firing]) -> set[int]:
    """Return which minutes are storm minutes; see `Figures`."""
    rules: dict[int, set[str]] = {}
    counts: Counter[int] = Counter()
    for one in fired:
        minute = one.from_ms // _MINUTE_MS
        rules.setdefault(minute, set()).add(one.rule)
        counts[minute] += 1
    found: set[int] = set()
    for minute in sorted({m for seen in rules for m in (seen - 1, seen)}):
        if len(rules.get(minute, set()) | rules.get(minute + 1, set())) >= STORM_RULES:
            found |= {minute, minute + 1}
        window = range(minute, minute + STORM_MIN)
        if all(counts[one] > STORM_ALERTS_A_MIN for one in window):
            found |= set(window)
    return found
