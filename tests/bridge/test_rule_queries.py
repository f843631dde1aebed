"""The query that a rule is shown with has answers exactly while the rule's condition holds."""

import numpy as np
import pytest

from sim.bridge import rules
from tests.bridge.hosting import Stage
from tests.scenarios.test_content import scenario
from tests.spine.small import drill

EVERY_S = 300


def answers(stage: Stage, query: str) -> list[dict[str, str]]:
    found = stage.ask("GET", "/api/v1/query", params={"query": query}).json()
    assert found["status"] == "success", found
    return [one["metric"] for one in found["data"]["result"]]


@pytest.mark.parametrize("name", ["github-2018-10", "cloudflare-2019-07"])
def test_queries_hold_when_rules_do(name: str) -> None:
    """Among 45 moments: before, during and after; in one of them a component measures nothing."""
    stage = Stage(drill(scenario(name)))
    held = 0
    for seconds in range(600, 3000, EVERY_S):
        stage.at(seconds)
        view = stage.drill.view
        instances = [instance for instance, _, _ in view.rules_now()]
        values = np.array([value for _, _, value in view.rules_now()])
        wanted: dict[str, set[str]] = {}
        for instance, value in zip(instances, values, strict=True):
            rule, series = instance.rule, instance.series
            past = (rule.above is not None and value > rule.above) or (
                rule.below is not None and value < rule.below
            )
            mine = wanted.setdefault(rules.query_of(rule), set())
            if past:
                mine.add(series.label or series.name)
        for query, subjects in wanted.items():
            found = {
                metric.get("zone") or metric.get("version") or metric.get("shard")
                or metric.get("journey") or metric["component"]
                for metric in answers(stage, query)
            }  # fmt: skip
            assert found == subjects, (seconds, query)
            held += len(subjects)
        firing = {card.fired.rule for card in view.board.alerts.values() if card.resolved_ms is None}
        assert {metric["alertname"] for metric in answers(stage, "ALERTS")} == firing
    assert held > 50
