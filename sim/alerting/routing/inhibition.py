"""Inhibition: an alert that is muted while another one fires."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sim.alerting.routing.alerts import Alert, Labels
from sim.alerting.routing.matchers import Matcher, matches_all


@dataclass(frozen=True, slots=True)
class Inhibition:
    """While a source fires, targets that equal it in some labels are muted; a missing label is empty."""

    source: tuple[Matcher, ...]
    target: tuple[Matcher, ...]
    equal: tuple[str, ...]

    def muted_by(self, labels: Labels, firing: Iterable[Alert]) -> Alert | None:
        """Return the firing alert that mutes an alert with these labels, if any does.

        What is source and target at once is not muted by others of the kind, so that nothing mutes itself.
        """
        if not matches_all(self.target, labels):
            return None
        both = matches_all(self.source, labels)
        for other in firing:
            if (
                all(other.labels.get(name, "") == labels.get(name, "") for name in self.equal)
                and matches_all(self.source, other.labels)
                and not (both and matches_all(self.target, other.labels))
            ):
                return other
        return None


def inhibitor(rules: Sequence[Inhibition], labels: Labels, firing: Sequence[Alert]) -> str | None:
    """Return the fingerprint of the alert that mutes an alert with these labels; None where none does."""
    for rule in rules:
        other = rule.muted_by(labels, firing)
        if other is not None:
            return other.fingerprint
    return None
