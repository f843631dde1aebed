"""Measures: figures with unit, clock and definition, each defined once and judged by nothing here."""

from scoring.case import Case
from scoring.measures import communication, detection, mitigation, triage
from scoring.measures.kind import MeasureKind
from scoring.scorecard import Measure

MEASURE_KINDS: tuple[MeasureKind, ...] = (
    *detection.KINDS,
    *triage.KINDS,
    *communication.KINDS,
    *mitigation.KINDS,
)
"""Every measure, in the order of the card."""


def measure(case: Case) -> tuple[Measure, ...]:
    """Return every measure of a drill, in the order of the card."""
    return (
        *detection.measure(case),
        *triage.measure(case),
        *communication.measure(case),
        *mitigation.measure(case),
    )
