"""The scorecard: measures, checks, areas and objectives of one drill, as values that know no format."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from scoring.durations import wall_text
from sim.spec import Debrief, Expectation, Inspiration

if TYPE_CHECKING:
    from scoring.timeline import Timeline

Area = Literal["detection", "triage", "communication", "mitigation"]
Unit = Literal["s", "share", "count", "user-min", "ratio", "hops"]
Standing = Literal["measured", "not applicable", "no evidence"]
Result = Literal["met", "partly", "missed", "not observable"]
File = Literal["journal", "truth"]

MET_CREDIT = 0.9
"""Credit from which a check counts as met."""
MISSED_CREDIT = 0.1
"""Credit below which a check counts as missed."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record that a judgement rests on: its number in its file, its time, and what it says."""

    seq: int
    t_ms: int
    what: str
    file: File = "journal"


@dataclass(frozen=True, slots=True)
class Entry:
    """A record in whole words, and whose it is."""

    at: Evidence
    actor: str


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure of the drill. `value` is None unless it was measured; `note` then says why."""

    id: str
    title: str
    area: Area
    unit: Unit
    clock: str
    definition: str
    standing: Standing
    value: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one check found. `credit` lies in [0, 1]; None means that it could not be observed."""

    credit: float | None
    why: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def result(self) -> Result:
        """The credit in a word."""
        if self.credit is None:
            return "not observable"
        if self.credit >= MET_CREDIT:
            return "met"
        return "missed" if self.credit < MISSED_CREDIT else "partly"


@dataclass(frozen=True, slots=True)
class Check:
    """One judged check. `weight` is its share of the total in [0, 1] after spreading, 0 if not observable."""

    id: str
    area: Area
    title: str
    rule: str
    verdict: Verdict
    weight: float
    helps: str
    with_help: bool = False

    @property
    def result(self) -> Result:
        """met, partly, missed or not observable."""
        return self.verdict.result

    @property
    def in_words(self) -> str:
        """The result as the card prints it, e.g. 'met with help' or 'partly 70 %'."""
        word: str = self.result
        if word == "partly":
            word += f" {round(100 * (self.verdict.credit or 0.0))} %"
        return f"{word} with help" if self.with_help else word


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """One area: the weighted share of its observable checks that was met, None where none was observable.

    `weight` is the area's share of the total after spreading; `observable` of `checks` checks applied.
    """

    area: Area
    title: str
    weight: float
    share: float | None
    observable: int
    checks: int


@dataclass(frozen=True, slots=True)
class ObjectiveProfile:
    """A learning objective with the results of the checks it is tied to."""

    id: str
    text: str
    result: Result
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The drill against one counterfactual run: what that lost, and how much fewer than the drill did.

    `mitigated_after_ms` runs from the impact onset of that run; None where it was not mitigated.
    """

    name: str
    title: str
    user_min_lost: float
    fewer_lost: float
    mitigated_after_ms: int | None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """Everything the card shows about one drill.

    `beliefs` is what was held to be so at the time, `answer` the place and mechanism that were right;
    `journal` has every record that checks, axis and beliefs refer to.
    """

    drill: str
    scenario: str
    title: str
    seed: int
    role: str
    starts_at: datetime
    expects: Expectation
    rehearsal: tuple[str, ...]
    ended: bool
    hints: int
    measures: tuple[Measure, ...]
    checks: tuple[Check, ...]
    areas: tuple[AreaProfile, ...]
    objectives: tuple[ObjectiveProfile, ...]
    debrief: Debrief
    beliefs: tuple[Evidence, ...]
    answer: str
    timeline: "Timeline"
    journal: tuple[Entry, ...]
    inspired_by: Inspiration | None = None
    comparisons: tuple[Comparison, ...] = ()

    def clock(self, t_ms: int) -> str:
        """Return a moment as the scenario's clock shows it, e.g. 14:32:05."""
        return wall_text(self.starts_at, t_ms)
