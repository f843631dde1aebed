"""What the drill would have been: its baselines as they were played after the end, and what they say."""

from dataclasses import dataclass
from pathlib import Path

from scoring.acts import act_text
from scoring.durations import minutes_text
from scoring.impact import Impact
from scoring.record import DrillRecord, having
from scoring.scorecard import Comparison
from sim import journal
from sim.events import ActStarted, ImpactMeasured

WITHOUT_ACT = "without-act-"
TITLES = {"idle": "Had nobody come", "expert": "What an expert does", "oracle": "Best known play"}
NO_DIFFERENCE_SHARE = 0.01
"""A difference below this share of what was lost is none; an assumption."""


@dataclass(frozen=True, slots=True)
class Baseline:
    """One counterfactual run: its name, what users lost in it, and what was done.

    `mitigated_after_ms` runs from its own impact onset; None where it was not mitigated or nobody was hurt.
    """

    name: str
    user_min_lost: float
    mitigated_after_ms: int | None
    acts: tuple[str, ...]


def read_baselines(folder: Path) -> tuple[Baseline, ...]:
    """Return the baselines in the folder of a drill by name; those not played to their end are left out.

    Raises JournalError where one cannot be read.
    """
    place = folder / journal.BASELINES_FOLDER
    paths = sorted(place.iterdir()) if place.is_dir() else []
    found = [journal.read(path) for path in paths if path.is_dir() and (path / journal.SIGNALS_FILE).exists()]
    return tuple(_baseline(stored) for stored in found)


def compare(drill: DrillRecord, baselines: tuple[Baseline, ...]) -> tuple[Comparison, ...]:
    """Return what each baseline says about a drill: players first, then the acts in order."""
    samples = having(drill.truth, ImpactMeasured)
    lost = samples[-1][1].user_min_lost if samples else 0.0
    acts = {f"{WITHOUT_ACT}{act.act}": act_text(act) for _, act in having(drill.records, ActStarted)}
    known = {**TITLES, **{name: f"Without `{text}`" for name, text in acts.items()}}
    by_name = {baseline.name: baseline for baseline in baselines}
    return tuple(
        Comparison(
            name,
            title,
            by_name[name].user_min_lost,
            lost - by_name[name].user_min_lost,
            by_name[name].mitigated_after_ms,
        )
        for name, title in known.items()
        if name in by_name
    )


def in_words(comparison: Comparison) -> str:
    """Return a comparison as a sentence, e.g. 'Without `restart db`: 52,878 fewer user-minutes lost.'"""
    lost, fewer = comparison.user_min_lost, comparison.fewer_lost
    if abs(fewer) <= NO_DIFFERENCE_SHARE * max(lost, lost + fewer):
        difference = "as many user-minutes lost"
    else:
        difference = f"{abs(fewer):,.0f} {'fewer' if fewer > 0 else 'more'} user-minutes lost"
    if comparison.name not in TITLES:
        return f"{comparison.title}: {difference}."
    after_ms = comparison.mitigated_after_ms
    when = "not mitigated" if after_ms is None else f"mitigated after {minutes_text(after_ms)}"
    when = when if lost else "nobody hurt"
    return f"{comparison.title}: {difference} ({lost:,.0f}), {when}."


def _baseline(stored: journal.DrillFolder) -> Baseline:
    samples = having(stored.truth, ImpactMeasured)
    impact = Impact(stored.truth, samples[-1][0].t_ms if samples else 0)
    after_ms = impact.mitigated.t_ms - impact.onset.t_ms if impact.mitigated and impact.onset else None
    return Baseline(
        name=stored.path.name,
        user_min_lost=impact.user_min_lost or 0.0,
        mitigated_after_ms=None if after_ms is None else max(0, after_ms),
        acts=tuple(act_text(act) for _, act in having(stored.records, ActStarted)),
    )
