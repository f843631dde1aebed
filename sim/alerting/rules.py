"""Alert rules at work: Prometheus' states for every instance of every rule, evaluated all at once.

An alert is pending from the first evaluation at which its condition holds and firing once it has held for
`for_s`. An evaluation that is false resets pending at once, and ends firing unless `keep_firing_for_s` is
still running. A series without data (NaN) meets no condition.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.spec import Rule
from sim.world.series import By, SeriesId

State = Literal["inactive", "pending", "firing"]


@dataclass(frozen=True, slots=True)
class Instance:
    """One rule on one series: what Prometheus calls an alert with its label set."""

    rule: Rule
    series: SeriesId

    @property
    def series_labels(self) -> dict[str, str]:
        """Return the labels of what is measured: component or journey, zone or version, a team's own."""
        labels: dict[str, str] = {self.series.of: self.series.name}
        if self.series.by:
            labels[self.series.by] = self.series.label
        return {**labels, **dict(self.rule.series_labels)}

    @property
    def labels(self) -> dict[str, str]:
        """Return the labels people match on: alertname, those of the series, severity, a team's own.

        A team's own may be templates, and may be empty: `telling.labels` fills them in for one alert.
        """
        ours = {"alertname": self.rule.name, **self.series_labels, "severity": self.rule.severity}
        return {**ours, **dict(self.rule.labels)}

    @property
    def identity(self) -> str:
        """Return rule and labels as text: what random draws that belong to this alert are keyed to."""
        labels = {**self.labels, "alertname": self.rule.name}
        return ",".join(f"{name}={value}" for name, value in sorted(labels.items()))


@dataclass(frozen=True, slots=True)
class Transition:
    """An alert began to fire, or resolved. `onset` counts the firings of its instance from 1."""

    kind: Literal["fired", "resolved"]
    t_ms: int
    instance: Instance
    onset: int
    value: float

    @property
    def identity(self) -> str:
        """Return what names this alert for ever: rule, labels and the n-th onset."""
        return f"{self.instance.identity}#{self.onset}"


def instances(rules: Iterable[Rule], labels_of: Callable[[str, By], Sequence[str]]) -> tuple[Instance, ...]:
    """Return every instance of the rules; `labels_of(component, by)` names the parts of a component."""
    expanded: list[Instance] = []
    for rule in rules:
        if rule.journey is not None:
            expanded.append(Instance(rule, SeriesId("journey", rule.journey, rule.signal)))
        elif rule.component is None:
            continue
        elif rule.by is None:
            expanded.append(Instance(rule, SeriesId("component", rule.component, rule.signal)))
        else:
            expanded.extend(
                Instance(rule, SeriesId("component", rule.component, rule.signal, rule.by, label))
                for label in labels_of(rule.component, rule.by)
                if rule.part in (None, label)
            )
    return tuple(expanded)


class RuleStates:
    """The states of all instances; all of them are inactive until the first evaluation."""

    def __init__(self, alerts: Sequence[Instance]) -> None:
        self.instances = tuple(alerts)
        rules = [instance.rule for instance in self.instances]
        self._above = np.array([np.inf if rule.above is None else rule.above for rule in rules])
        self._below = np.array([-np.inf if rule.below is None else rule.below for rule in rules])
        self._for_ms = np.array([rule.for_s * 1000 for rule in rules], dtype=np.int64)
        self._keep_ms = np.array([rule.keep_firing_for_s * 1000 for rule in rules], dtype=np.int64)
        self._holds = np.zeros(len(rules), dtype=bool)
        self._since_ms = np.zeros(len(rules), dtype=np.int64)  # since when `_holds` is what it is
        self._firing = np.zeros(len(rules), dtype=bool)
        self._onsets = np.zeros(len(rules), dtype=np.int64)

    def crossed(self, values: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Return which of these values, one per instance in the last axis, lie past their threshold."""
        past: NDArray[np.bool_] = (values > self._above) | (values < self._below)
        return past

    def evaluate(self, t_ms: int, values: NDArray[np.floating]) -> tuple[Transition, ...]:
        """Take the values at `t_ms`, one per instance in their order, and return what fired or resolved.

        Call it with growing times. Transitions come in the order of the instances.
        """
        holds = self.crossed(values)
        self._since_ms[holds != self._holds] = t_ms
        self._holds = holds
        held_ms = t_ms - self._since_ms
        fires = holds & ~self._firing & (held_ms >= self._for_ms)
        resolves = ~holds & self._firing & (held_ms >= self._keep_ms)
        changed = np.flatnonzero(fires | resolves)
        if not changed.size:
            return ()
        self._firing ^= fires | resolves
        self._onsets += fires
        return tuple(
            Transition(
                "fired" if fires[i] else "resolved",
                t_ms,
                self.instances[i],
                int(self._onsets[i]),
                float(values[i]),
            )
            for i in changed
        )

    def active_since_ms(self, number: int) -> int:
        """Return since when the condition of an instance is what it is."""
        return int(self._since_ms[number])

    def states(self) -> tuple[State, ...]:
        """Return the state of every instance after the last evaluation."""
        return tuple(
            "firing" if firing else "pending" if holds else "inactive"
            for firing, holds in zip(self._firing, self._holds, strict=True)
        )
