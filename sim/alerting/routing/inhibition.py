"""Inhibition: an alert that is muted while another one fires."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sim.alerting.routing.alerts import Labels
from sim.alerting.routing.matchers import Matcher, matches_all


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While a source fires, targets that equal it in some labels are muted; a missing label is empty."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]

    def equals(self, labels: Labels) -> tuple[str, ...]:
        """Return the values in which source and target have to be equal."""
        return tuple(labels.get(name, "") for name in self.equal)


class Inhibitor:
    """The inhibition rules with the alerts that are a source of any, found by the values that must be equal.

    Alerts are known by fingerprint; whether one fires is asked when it matters.
    """

    def __init__(self, rules: Sequence[Inhibition]) -> None:
        self._rules = tuple(rules)
        self._sources: tuple[dict[tuple[str, ...], dict[str, Labels]], ...] = tuple({} for _ in rules)

    def add(self, fingerprint: str, labels: Labels) -> None:
        """Remember an alert where it is a source."""
        for rule, sources in zip(self._rules, self._sources, strict=True):
            if matches_all(rule.source, labels):
                sources.setdefault(rule.equals(labels), {})[fingerprint] = labels

    def forget(self, fingerprint: str, labels: Labels) -> None:
        """Drop an alert."""
        for rule, sources in zip(self._rules, self._sources, strict=True):
            sources.get(rule.equals(labels), {}).pop(fingerprint, None)

    def muting(self, labels: Labels, fires: Callable[[str], bool]) -> str | None:
        """Return the fingerprint of the firing alert that mutes one with these labels; None where none does.

        What is source and target at once is not muted by others of the kind, so that nothing mutes itself.
        """
        for rule, sources in zip(self._rules, self._sources, strict=True):
            if not matches_all(rule.target, labels):
                continue
            both = matches_all(rule.source, labels)
            for fingerprint, other in sources.get(rule.equals(labels), {}).items():
                if fires(fingerprint) and not (both and matches_all(rule.target, other)):
                    return fingerprint
        return None
