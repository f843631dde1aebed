"""What a measure is, apart from its value in one drill."""

from dataclasses import dataclass

from scoring.scorecard import Area, Evidence, Measure, Standing, Unit


@dataclass(frozen=True, slots=True)
class MeasureKind:
    """Definition of a measure: id, title, unit, the clock it starts from, and what it says."""

    id: str
    title: str
    area: Area
    unit: Unit
    clock: str
    definition: str

    def of(self, value: float, note: str = "") -> Measure:
        """Return the measure with a value."""
        return self._with("measured", float(value), note)

    def not_applicable(self, why: str) -> Measure:
        """Return the measure for a drill in which there was nothing to measure."""
        return self._with("not applicable", None, why)

    def no_evidence(self, why: str) -> Measure:
        """Return the measure for a drill that left nothing to measure it by."""
        return self._with("no evidence", None, why)

    def between(self, start: Evidence | None, end: Evidence | None, no_start: str, no_end: str) -> Measure:
        """Return the time in seconds from one moment to another; 0 where the end came first."""
        if start is None:
            return self.no_evidence(no_start)
        if end is None:
            return self.no_evidence(no_end)
        return self.of(max(0, end.t_ms - start.t_ms) / 1000)

    def _with(self, standing: Standing, value: float | None, note: str) -> Measure:
        return Measure(
            self.id, self.title, self.area, self.unit, self.clock, self.definition, standing, value, note
        )
