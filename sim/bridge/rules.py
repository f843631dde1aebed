"""A drill's alert rules as Prometheus shows rules, each with a query that says the same over its metrics."""

from collections.abc import Iterable
from typing import Any

from sim.alerting import telling
from sim.alerting.rules import Instance, State
from sim.bridge import metrics
from sim.bridge.time_map import TimeMap, rfc3339
from sim.spec import Rule
from sim.view import View

GROUP = "drill"
_ORDER = {"inactive": 0, "pending": 1, "firing": 2}


def query_of(rule: Rule) -> str:
    """Return the PromQL of a rule: what it watches, past its threshold."""
    metric = metrics.SIGNAL_METRICS[rule.signal]
    kind = "journey" if rule.journey is not None else "component"
    prefix = metrics.PREFIXES[rule.by or kind]
    subject = rule.journey if rule.journey is not None else rule.component
    part = "" if rule.part is None else f',{rule.by}="{rule.part}"'
    watched = f'{prefix}:{metric.name}{{{kind}="{subject}"{part}}}'
    limits = ((">", rule.above), ("<", rule.below))
    return " or ".join(
        f"{watched} {op} {limit * metric.factor!r}" for op, limit in limits if limit is not None
    )


def standing_alerts(view: View, times: TimeMap) -> list[dict[str, Any]]:
    """Return the alerts that are pending or fire."""
    return [one for one in (_alert(view, times, *row) for row in view.rules_now()) if one is not None]


def groups(view: View, times: TimeMap) -> list[dict[str, Any]]:
    """Return the rules as the one group of the drill."""
    instances: dict[str, list[tuple[Instance, State, float]]] = {}
    rules: dict[str, Rule] = {}
    for row in view.rules_now():
        rule = row[0].rule
        name = query_of(rule)
        rules[f"{rule.name} {name}"] = rule
        instances.setdefault(f"{rule.name} {name}", []).append(row)
    evaluated = times.rfc3339(view.now_ms)
    found = [_rule(view, times, rules[name], rows, evaluated) for name, rows in instances.items()]
    group = {"name": GROUP, "file": "drill", "interval": 15, "limit": 0, "rules": found}
    return [{**group, "evaluationTime": 0, "lastEvaluation": evaluated}]


def _rule(
    view: View, times: TimeMap, rule: Rule, rows: Iterable[tuple[Instance, State, float]], evaluated: str
) -> dict[str, Any]:
    held = list(rows)
    standing = [one for one in (_alert(view, times, *row) for row in held) if one is not None]
    return {
        "type": "alerting",
        "name": rule.name,
        "query": query_of(rule),
        "duration": rule.for_s,
        "keepFiringFor": rule.keep_firing_for_s,
        "labels": {"severity": rule.severity} | dict(rule.labels),
        "annotations": dict(rule.annotations) or {"summary": rule.summary},
        "alerts": standing,
        "health": "ok",
        "state": max((state for _, state, _ in held), key=lambda state: _ORDER[state]),
        "evaluationTime": 0,
        "lastEvaluation": evaluated,
    }


def _alert(
    view: View, times: TimeMap, instance: Instance, state: State, value: float
) -> dict[str, Any] | None:
    if state == "inactive":
        return None
    return {
        "labels": telling.labels(instance, value),
        "annotations": telling.annotations(instance, value) or {"summary": instance.rule.summary},
        "state": state,
        "activeAt": rfc3339(times.outside_ms(view.active_since_ms(instance))),
        "value": f"{value * metrics.SIGNAL_METRICS[instance.rule.signal].factor:.6e}",
    }
