"""Judging a drill: a pure function from its record to the scorecard, and the total for who asks for it."""

from scoring.baselines import Baseline, compare
from scoring.case import Case, prepare
from scoring.checks import CHECKS
from scoring.expectations import EXPECTED, Expected
from scoring.hypothesis import last_suspicion, right_answer
from scoring.measures import measure
from scoring.record import DrillRecord, having
from scoring.rubric import AREAS, CheckRule
from scoring.scorecard import AreaProfile, Check, ObjectiveProfile, Result, Scorecard, Verdict
from scoring.telling import beliefs, journal_of
from scoring.timeline import timeline
from sim.events import ActStarted, DrillEnded, HintGiven


def judge(drill: DrillRecord, baselines: tuple[Baseline, ...] = ()) -> Scorecard:
    """Return the scorecard of a drill. The same record gives the same card, for ever.

    The `baselines` are compared with it and change no judgement.
    """
    case = prepare(drill)
    expected = EXPECTED[case.expects]
    verdicts = {rule.id: CHECKS[rule.id](case) for rule in expected.rules}
    weights = _spread(expected, verdicts)
    checks = tuple(_check(case, rule, verdicts[rule.id], weights[rule.id]) for rule in expected.rules)
    scenario = drill.scenario
    axis, believed = timeline(case), beliefs(case)
    cited = (*believed, *axis.marks, *(item for check in checks for item in check.verdict.evidence))
    return Scorecard(
        drill=drill.drill,
        scenario=scenario.id,
        title=scenario.title,
        seed=drill.seed,
        role=drill.role,
        starts_at=scenario.starts_at,
        expects=scenario.expects,
        rehearsal=drill.rehearsal,
        ended=bool(having(drill.records, DrillEnded)),
        hints=len(having(drill.records, HintGiven)),
        measures=measure(case),
        checks=checks,
        areas=_areas(checks),
        objectives=_objectives(drill, checks),
        debrief=scenario.debrief,
        beliefs=believed,
        answer=right_answer(case),
        timeline=axis,
        journal=journal_of(case, cited),
        inspired_by=scenario.inspired_by,
        comparisons=compare(drill, baselines),
    )


def total(scorecard: Scorecard) -> float:
    """Return the total in [0, 100]: each check's credit times its weight; 0 where nothing was observable.

    It exists for scripted players and for checks of scenarios, and for a person only who asks for it.
    """
    return 100 * sum(check.weight * (check.verdict.credit or 0.0) for check in scorecard.checks)


def _spread(expected: Expected, verdicts: dict[str, Verdict]) -> dict[str, float]:
    """Return each check's share of the total: weights of what was not observable go to the rest of its area,
    those of an area without any to the other areas.
    """
    seen = [rule for rule in expected.rules if verdicts[rule.id].credit is not None]
    own = expected.checks
    in_area = {area: sum(own[rule.id] for rule in seen if rule.area == area) for area in expected.areas}
    of_area = {area: weight for area, weight in expected.areas.items() if in_area[area]}
    weights = {rule.id: 0.0 for rule in expected.rules}
    for rule in seen:
        weights[rule.id] = of_area[rule.area] / sum(of_area.values()) * own[rule.id] / in_area[rule.area]
    return weights


def _check(case: Case, rule: CheckRule, verdict: Verdict, weight: float) -> Check:
    helped = verdict.result in ("met", "partly") and _helped(case, rule.id)
    return Check(rule.id, rule.area, rule.title, rule.rule, verdict, weight, rule.helps, helped)


def _helped(case: Case, check: str) -> bool:
    """Whether the first hint came in time to help: before the last suspicion that counts, the first act,
    or recovery.
    """
    hints = having(case.journal, HintGiven)
    if not hints:
        return False
    suspicion, acts = last_suspicion(case), having(case.journal, ActStarted)
    settled_ms = {
        "suspect-right": suspicion.stated[-1].t_ms if suspicion else None,
        "looked-before-acting": acts[0][0].t_ms if acts else None,
        "loss-small": case.impact.over_ms,
        "mitigated": case.impact.over_ms,
        "averted": case.impact.over_ms,
    }.get(check)
    return settled_ms is not None and hints[0][0].t_ms <= settled_ms


def _areas(checks: tuple[Check, ...]) -> tuple[AreaProfile, ...]:
    found = []
    for area, title, _ in AREAS:
        mine = [check for check in checks if check.area == area]
        weight = sum(check.weight for check in mine)
        earned = sum(check.weight * (check.verdict.credit or 0.0) for check in mine)
        seen = sum(check.verdict.credit is not None for check in mine)
        found.append(AreaProfile(area, title, weight, earned / weight if seen else None, seen, len(mine)))
    return tuple(found)


def _objectives(drill: DrillRecord, checks: tuple[Check, ...]) -> tuple[ObjectiveProfile, ...]:
    """Each objective with its checks; ids that this rubric does not have are left out."""
    by_id = {check.id: check for check in checks}
    found = []
    for objective in drill.scenario.objectives:
        tied = tuple(by_id[check] for check in objective.checks if check in by_id)
        found.append(ObjectiveProfile(objective.id, objective.text, _joint({c.result for c in tied}), tied))
    return tuple(found)


def _joint(results: set[Result]) -> Result:
    """All met is met, all missed is missed, a mixture partly; what was not observable does not count."""
    seen = results - {"not observable"}
    if not seen:
        return "not observable"
    return seen.pop() if len(seen) == 1 else "partly"
