"""Checking a scenario whole: form and names, whether it can be played, what it promises of players."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from scenarios import inequalities
from scenarios.inequalities import Band, Row, Run
from scenarios.library import resolve
from scenarios.lint import lint
from sim.errors import ScenarioError
from sim.spec import Scenario

PlayAll = Callable[[Scenario, int], Iterator[Run]]
"""Plays all players in a scenario over seeds 1 to the number given, and yields what each run came to."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a check of one scenario found. `findings` are all that is wrong; () where it is good."""

    name: str
    findings: tuple[str, ...]
    scenario: Scenario | None = None
    rows: tuple[Row, ...] = ()
    band: Band | None = None

    @property
    def good(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings


@dataclass(slots=True)
class Checker:
    """Checks scenarios; with `seeds` above 0 `play_all` plays them, and `progress` hears of each run."""

    play_all: PlayAll
    seeds: int
    check_ids: frozenset[str] | None = None
    progress: Callable[[str, int], None] = field(default=lambda name, done: None)

    def check(self, name: str) -> Report:
        """Return what is wrong with a scenario, given by id or path; what is invalid is not played."""
        try:
            scenario = resolve(name, self.check_ids)
        except ScenarioError as problem:
            return Report(name, (str(problem),))
        findings = tuple(str(finding) for finding in lint(scenario))
        if not self.seeds:
            return Report(name, findings, scenario)
        runs = tuple(self._played(name, scenario))
        return Report(
            name,
            (*findings, *promised(scenario, runs)),
            scenario,
            tuple(inequalities.rows(runs).values()),
            inequalities.band(runs),
        )

    def _played(self, name: str, scenario: Scenario) -> Iterator[Run]:
        for done, run in enumerate(self.play_all(scenario, self.seeds), start=1):
            self.progress(name, done)
            yield run


def promised(scenario: Scenario, runs: Sequence[Run]) -> tuple[str, ...]:
    """Return what the runs of all players break of what a scenario promises."""
    par = scenario.rubric.par_user_min
    return (*inequalities.broken(scenario.expects, runs), *inequalities.par_outside(par, runs))
