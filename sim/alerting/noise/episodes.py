"""When a rule misfires on a day, by kind of noise: spans in which its series lies past the threshold.

Each rule, kind and day has draws of its own. A span is so much longer than the alert as the rule waits, so
that every one of them fires. It begins within its day.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sim.alerting.noise.blips import DAY_MS, SEEN_MS
from sim.alerting.noise.whys import Subject
from sim.spec import NoiseKind, NoiseProfile, Rule
from sim.streams import exponential, lognormal, poisson, uniform

_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS
_REPEAT_RAGGED = 0.25
_UNRELATED_SIGMA = 1.12  # of the lengths of public incidents, a lognormal fit
_UNRELATED_MIN = (20.0, 240.0)
_DEPLOY_DELAY_MS = (15_000, 120_000)
_NIGHTLY_RAGGED_MS = 10 * _MINUTE_MS
_NIGHTLY_APART_MS = 45 * _MINUTE_MS


@dataclass(frozen=True, slots=True)
class Span:
    """One misfire: from when to when the series is past the threshold, as the n-th turn of an episode."""

    kind: NoiseKind
    subject: Subject
    from_ms: int
    to_ms: int
    identity: str
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a drill, counted from its start (day 0), and what the noise of a rule on it follows from.

    `changes` are (ms since drill start, name) of the changes on the rule's component that day, and
    `changes_a_day` how many a day has on average. `midnight_ms` is when the local day begins within it.
    """

    number: int
    midnight_ms: int
    changes: tuple[tuple[int, str], ...] = ()
    changes_a_day: float = 0.0

    @property
    def from_ms(self) -> int:
        """When it begins."""
        return self.number * DAY_MS

    @property
    def to_ms(self) -> int:
        """When the next one begins."""
        return self.from_ms + DAY_MS

    def at_hour(self, hour: float) -> int:
        """Return the moment of this day at which the local clock shows an hour."""
        return self.from_ms + (self.midnight_ms + round(hour * _HOUR_MS)) % DAY_MS


def of_kind(
    kind: NoiseKind, rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile
) -> tuple[Span, ...]:
    """Return the spans of one rule, kind and day in order; `rate` are the alerts a day to be expected."""
    if rate <= 0.0:
        return ()
    found: Iterable[Span]
    match kind:
        case "flapping":
            found = (_wrapped(span, day) for span in _flapping(rule, rate, day, seed, profile))
        case "repeats":
            found = (_wrapped(span, day) for span in _repeats(rule, rate, day, seed, profile))
        case "change":
            found = _changes(rule, rate, day, seed, profile)
        case _:
            found = _single(kind, rule, rate, day, seed, profile)
    inside = (span for span in found if day.from_ms <= span.from_ms < day.to_ms)
    return tuple(sorted(inside, key=lambda span: (span.from_ms, span.identity, span.turn)))


def _wrapped(span: Span, day: Day) -> Span:
    """Return a span that would begin after its day at the day's beginning, as if left from the day before."""
    over_ms = (span.from_ms - day.from_ms) // DAY_MS * DAY_MS
    return replace(span, from_ms=span.from_ms - over_ms, to_ms=span.to_ms - over_ms)


def _key(kind: str, rule: Rule, day: Day) -> str:
    return f"{rule.name}|{kind}|day {day.number}"


def _onsets(kind: str, rule: Rule, a_day: float, day: Day, seed: int) -> Iterator[tuple[int, str]]:
    """Yield when episodes begin and what each is called: a Poisson process."""
    key = _key(kind, rule, day)
    for k in range(poisson(seed, "noise episodes", key, a_day)):
        yield day.from_ms + int(uniform(seed, "noise onset", key, k) * DAY_MS), f"{key}|{k}"


def _lasting(rule: Rule, alert_ms: float) -> int:
    """Return how long a series must be past the threshold for the alert to fire so long."""
    return rule.for_s * 1000 + max(round(alert_ms), SEEN_MS)


def quiet_ms(rule: Rule) -> int:
    """Return how long a series must be within its threshold for the alert to resolve."""
    return rule.keep_firing_for_s * 1000 + SEEN_MS


def _flapping(rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile) -> Iterator[Span]:
    on_ms, off_ms = profile.flap_on_min * _MINUTE_MS, profile.flap_off_min * _MINUTE_MS
    for at_ms, identity in _onsets("flapping", rule, rate / profile.flaps_per_episode, day, seed):
        from_ms = at_ms
        for turn in range(1 + poisson(seed, "noise flaps", identity, profile.flaps_per_episode - 1)):
            to_ms = from_ms + _lasting(rule, exponential(seed, "noise on", identity, on_ms, turn))
            yield Span("flapping", "misfire", from_ms, to_ms, identity, turn)
            silent_ms = exponential(seed, "noise off", identity, off_ms, turn) - rule.for_s * 1000
            from_ms = to_ms + max(round(silent_ms), quiet_ms(rule))


def _repeats(rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile) -> Iterator[Span]:
    """Yield what comes again at its own steady pace, in the next part where the rule has some."""
    for at_ms, identity in _onsets("repeats", rule, rate / profile.repeats_per_episode, day, seed):
        ragged = 1.0 + _REPEAT_RAGGED * (2.0 * uniform(seed, "noise pace", identity) - 1.0)
        every_ms = round(profile.repeat_every_min * _MINUTE_MS * ragged)
        from_ms = at_ms
        for turn in range(1 + poisson(seed, "noise repeats", identity, profile.repeats_per_episode - 1)):
            on_ms = exponential(seed, "noise on", identity, profile.flap_on_min * _MINUTE_MS, turn)
            to_ms = from_ms + _lasting(rule, on_ms)
            yield Span("repeats", "misfire", from_ms, to_ms, identity, turn)
            from_ms = max(from_ms + every_ms, to_ms + quiet_ms(rule))


def _single(
    kind: NoiseKind, rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile
) -> Iterator[Span]:
    for at_ms, identity in _onsets(kind, rule, rate, day, seed):
        if kind == "unrelated":
            drawn = lognormal(seed, "noise on", identity, profile.unrelated_lasts_min, _UNRELATED_SIGMA)
            shortest, longest = _UNRELATED_MIN
            lasts_min = min(max(drawn, shortest), longest)
            yield Span(kind, "unrelated", at_ms, at_ms + _lasting(rule, lasts_min * _MINUTE_MS), identity)
        else:
            lasts_ms = exponential(seed, "noise on", identity, profile.low_value_lasts_min * _MINUTE_MS)
            yield Span(kind, "misfire", at_ms, at_ms + _lasting(rule, lasts_ms), identity)


def _changes(rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile) -> Iterator[Span]:
    """Yield what changes of the component bring, each with the same chance, and the rest at night."""
    wanted = rate * profile.deploy_share
    chance = min(1.0, wanted / day.changes_a_day) if day.changes_a_day > 0.0 else 0.0
    low_ms, high_ms = _DEPLOY_DELAY_MS
    for changed_ms, name in day.changes:
        identity = f"{rule.name}|{name}"
        if uniform(seed, "noise after change", identity) < chance:
            delay_ms = low_ms + int((high_ms - low_ms) * uniform(seed, "noise delay", identity))
            yield _of_change(rule, "deploy", changed_ms + delay_ms, identity, seed, profile)
    yield from _nightly(rule, rate - chance * day.changes_a_day, day, seed, profile)


def _nightly(rule: Rule, rate: float, day: Day, seed: int, profile: NoiseProfile) -> Iterator[Span]:
    """Yield the jobs of a night: the first at the rule's own hour, the others after it."""
    hours = (profile.nightly_to_h - profile.nightly_from_h) % 24
    hour = profile.nightly_from_h + hours * uniform(0, "nightly hour", rule.name)
    key = _key("nightly", rule, day)
    for k in range(poisson(seed, "noise episodes", key, rate)):
        late_ms = int(_NIGHTLY_RAGGED_MS * uniform(seed, "noise onset", key, k))
        yield _of_change(
            rule, "nightly", day.at_hour(hour) + k * _NIGHTLY_APART_MS + late_ms, f"{key}|{k}", seed, profile
        )


def _of_change(
    rule: Rule, subject: Subject, at_ms: int, identity: str, seed: int, profile: NoiseProfile
) -> Span:
    lasts_ms = exponential(seed, "noise on", identity, profile.change_lasts_min * _MINUTE_MS)
    return Span("change", subject, at_ms, at_ms + _lasting(rule, lasts_ms), identity)


def changes_unknown(name: str, a_day: float, day: Day, seed: int) -> Sequence[tuple[int, str]]:
    """Return drawn changes of a component on a day of which no record is left, in working hours."""
    key = f"{name}|day {day.number}"
    first_h, last_h = 8.0, 18.0
    return [
        (day.at_hour(first_h + (last_h - first_h) * uniform(seed, "noise change", key, k)), f"{key}|{k}")
        for k in range(poisson(seed, "noise changes", key, a_day))
    ]
