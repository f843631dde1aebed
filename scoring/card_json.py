"""The scorecard as JSON, with keys that stay.

drill, scenario, seed, role, rehearsal, ended, hints
measures    [{id, area, title, value, unit, clock, definition, standing, note}]   value null unless measured
checks      [{id, area, title, result, with_help, credit, weight, rule, why,
              evidence: [{file, seq, t_ms, what}], helps}]
            result is met, partly, missed or not observable; weight is the share of the total, 0 to 1
areas       [{id, title, share, weight, observable, checks}]                       share null if none was
objectives  [{id, text, result, checks: [id]}]
comparisons [{name, title, user_min_lost, fewer_lost, mitigated_after_ms}]         only with baselines
total       0 to 100, only where it was asked for
"""

import json
from typing import Any

from scoring.score import total
from scoring.scorecard import Check, Scorecard


def card_fields(card: Scorecard, *, with_total: bool = False) -> dict[str, Any]:
    """Return the scorecard as plain values for JSON; shares and times are rounded to three places."""
    fields: dict[str, Any] = {
        "drill": card.drill,
        "scenario": card.scenario,
        "seed": card.seed,
        "role": card.role,
        "rehearsal": list(card.rehearsal),
        "ended": card.ended,
        "hints": card.hints,
        "measures": [
            {
                "id": measure.id,
                "area": measure.area,
                "title": measure.title,
                "value": _rounded(measure.value),
                "unit": measure.unit,
                "clock": measure.clock,
                "definition": measure.definition,
                "standing": measure.standing,
                "note": measure.note,
            }
            for measure in card.measures
        ],
        "checks": [_check_fields(check) for check in card.checks],
        "areas": [
            {
                "id": area.area,
                "title": area.title,
                "share": _rounded(area.share),
                "weight": _rounded(area.weight),
                "observable": area.observable,
                "checks": area.checks,
            }
            for area in card.areas
        ],
        "objectives": [
            {
                "id": objective.id,
                "text": objective.text,
                "result": objective.result,
                "checks": [check.id for check in objective.checks],
            }
            for objective in card.objectives
        ],
    }
    if card.comparisons:
        fields["comparisons"] = [
            {
                "name": comparison.name,
                "title": comparison.title,
                "user_min_lost": _rounded(comparison.user_min_lost),
                "fewer_lost": _rounded(comparison.fewer_lost),
                "mitigated_after_ms": comparison.mitigated_after_ms,
            }
            for comparison in card.comparisons
        ]
    if with_total:
        fields["total"] = round(total(card), 1)
    return fields


def card_json(card: Scorecard, *, with_total: bool = False) -> str:
    """Return the scorecard as JSON text, indented, ending with a newline."""
    return json.dumps(card_fields(card, with_total=with_total), ensure_ascii=False, indent=2) + "\n"


def _check_fields(check: Check) -> dict[str, Any]:
    return {
        "id": check.id,
        "area": check.area,
        "title": check.title,
        "result": check.result,
        "with_help": check.with_help,
        "credit": _rounded(check.verdict.credit),
        "weight": _rounded(check.weight),
        "rule": check.rule,
        "why": check.verdict.why,
        "evidence": [
            {"file": item.file, "seq": item.seq, "t_ms": item.t_ms, "what": item.what}
            for item in check.verdict.evidence
        ],
        "helps": check.helps,
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
