"""How far trouble shows in the shipped worlds: the rules they have, against a rule of thumb.

Cascades come out of the solver alone. The rule of thumb says that of the dependents h calls away a share of
0.9 * 0.6^(h - 1) alerts, and 5 to 20 symptoms for each cause. It is an assumption; it tells whether a world
has about as many rules as a real one, so the tolerance is wide.
"""

from collections import Counter, deque
from functools import cache

import pytest

from scenarios.library import resolve
from sim.events import AlertFired, AlertLabelled
from sim.spec import Fault, Scenario, Where, World
from tests.spine.small import drill

HOPS = (1, 2)
TOLERANCE = 0.3
MINUTES = 8
CALM = {
    "noise_intensity": 0.0,
    "lead_in_s": (0, 0),
    "horizon_s": 60 * MINUTES,
    "plays": (),
    "injects": (),
    "changes": (),
}


def dependents(world: World, place: str) -> dict[str, int]:
    """Who calls a component, directly or not, and how many calls away."""
    callers: dict[str, list[str]] = {}
    for component in world.components:
        for operation in component.operations:
            for call in operation.calls:
                callers.setdefault(call.to.split(".")[0], []).append(component.id)
    away, ahead = {place: 0}, deque([place])
    while ahead:
        one = ahead.popleft()
        for caller in callers.get(one, []):
            if caller not in away:
                away[caller] = away[one] + 1
                ahead.append(caller)
    return away


@cache
def cascades(name: str) -> tuple[Counter[int], Counter[int], Counter[str]]:
    """Of a stalling disk at every called component: rules there are by hops, fired by hops, labels."""
    of: Scenario = resolve(name)
    watched = {rule.component for rule in of.world.rules if rule.component is not None}
    there: Counter[int] = Counter()
    fired: Counter[int] = Counter()
    labels: Counter[str] = Counter()
    for component in of.world.components:
        away = dependents(of.world, component.id)
        if len(away) == 1:
            continue
        fault = Fault(id="stall", kind="disk_stall", where=Where(component=component.id))
        played = drill(of.model_copy(update={**CALM, "faults": (fault,)}), 1)
        played.advance(played.end_ms)
        alerts = [r.event.component for r in played._journal.records if isinstance(r.event, AlertFired)]
        labels.update(r.event.label for r in played.truth if isinstance(r.event, AlertLabelled))
        there.update(hops for place, hops in away.items() if place in watched)
        fired.update(hops for place, hops in away.items() if place in watched and place in alerts)
    return there, fired, labels


@pytest.mark.parametrize("name", ["github-2023-09", "cloudflare-2019-07"])
def test_dependents_alert_about_as_often_as_the_rule_of_thumb_says(name: str):
    there, fired, _ = cascades(name)
    for hops in HOPS:
        assert there[hops] >= 15
        assert fired[hops] / there[hops] == pytest.approx(0.9 * 0.6 ** (hops - 1), abs=TOLERANCE), hops
    assert fired[1] / there[1] > fired[2] / there[2]


@pytest.mark.parametrize("name", ["github-2023-09", "cloudflare-2019-07"])
def test_symptoms_outnumber_causes(name: str):
    _, _, labels = cascades(name)
    assert labels["cause"] > 5
    assert 4 <= labels["symptom"] / labels["cause"] <= 20
