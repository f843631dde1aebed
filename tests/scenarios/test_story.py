"""What the drills tell, solved: the worlds are well on an ordinary day, and each fault hurts as told."""

from functools import lru_cache

import numpy as np
import pytest
from numpy.typing import NDArray

from scenarios.library import listed, resolve
from sim.spec import Scenario
from sim.world import changes, demand, faults, signals, stationary, topology
from sim.world.modifiers import Modifier
from sim.world.parameters import fold

DRILLS = [drill.id for drill in listed()]
HOUR_MS = 3_600_000
ONSET_MS = 0

scenario = lru_cache(resolve)


def expecting(expects: str) -> list[str]:
    return [drill.id for drill in listed() if drill.expects == expects]


def solved(
    found: Scenario, hours: NDArray[np.float64], more: tuple[Modifier, ...] = ()
) -> dict[str, dict[str, float]]:
    """Return every signal of components, their zones and versions, and journeys, at its worst in these hours.

    A subject is named "web", "web zone zone-a", "web version 1184" or "journey browse".
    """
    built = topology.build(found.world, changes.versions(found.world, found.changes))
    t_ms = np.asarray(hours * HOUR_MS, dtype=np.int64)
    rps = demand.undisturbed(built, 1, found.starts_at, t_ms)
    done = tuple(m for change in found.changes for m in changes.modifiers(change, ONSET_MS, found.world))
    begun_s = max(fault.at_s + fault.ramp_s for fault in found.faults)
    flow = stationary.solve(built, fold(built, done + more, ONSET_MS + 1000 * begun_s + 60_000), rps)
    layout = signals.layout(built, 1)
    values = signals.truth(layout, flow, t_ms)
    subjects = {
        f"{name} {part.by} {part.label}" if part.by else name: part.subject
        for name, parts in layout.parts.items()
        for part in parts
    }
    subjects |= {f"journey {name}": number for name, number in layout.journeys.items()}
    return {
        name: {s: float(values[:, number, i].max()) for i, s in enumerate(signals.SIGNALS)}
        | {f"{s}_min": float(values[:, number, i].min()) for i, s in enumerate(signals.SIGNALS)}
        for name, number in subjects.items()
    }


@lru_cache
def ordinary(drill: str) -> dict[str, dict[str, float]]:
    return solved(scenario(drill), np.linspace(-24, 0, 25))


@lru_cache
def hurt(drill: str) -> dict[str, dict[str, float]]:
    found = scenario(drill)
    acting = tuple(m for fault in found.faults for m in faults.modifiers(fault, ONSET_MS))
    return solved(found, np.zeros(1), acting)


@pytest.mark.parametrize("drill", DRILLS)
def test_every_component_is_busy_and_not_too_busy_at_its_peak(drill: str) -> None:
    busy = {c.id: round(ordinary(drill)[c.id]["cpu_share"], 2) for c in scenario(drill).world.components}
    assert {name: share for name, share in busy.items() if not 0.38 <= share <= 0.66} == {}


@pytest.mark.parametrize("drill", DRILLS)
def test_journeys_are_well_inside_their_objectives_on_an_ordinary_day(drill: str) -> None:
    for journey in scenario(drill).world.journeys:
        found = ordinary(drill)[f"journey {journey.id}"]
        assert found["error_share"] < (1 - journey.slo_good_share) / 2, journey.id
        assert found["p99_ms"] < journey.slow_ms, journey.id


@pytest.mark.parametrize("drill", DRILLS)
def test_no_rule_fires_on_an_ordinary_day_by_itself(drill: str) -> None:
    for rule in scenario(drill).world.rules:
        found = ordinary(drill)[rule.component or f"journey {rule.journey}"]
        if rule.above is not None:
            assert found[rule.signal] < 0.97 * rule.above, rule.name
        elif rule.below is not None:
            assert found[f"{rule.signal}_min"] > 1.15 * rule.below, rule.name


def test_a_half_dead_disk_stops_writing_and_hardly_touches_reading() -> None:
    failed = {name: round(found["error_share"], 2) for name, found in hurt("github-2023-09").items()}
    for journey in ("issues", "push", "workflows"):
        assert failed[f"journey {journey}"] > 0.9
    assert 0.15 < failed["journey api-use"] < 0.3
    assert 0.02 < failed["journey browse"] < 0.1
    assert failed["journey fetch"] < 0.01
    primary = hurt("github-2023-09")["mysql"]
    assert primary["rps"] > 1000, "the watcher must see a primary that answers"
    assert primary["connections_share"] > 0.95, "what waits for the disk holds a connection"
    assert primary["cpu_share"] < 0.1, "and no processor"


def test_a_greedy_firewall_rule_fails_four_of_five_requests_and_starves_what_lies_behind() -> None:
    found = hurt("cloudflare-2019-07")
    for journey in scenario("cloudflare-2019-07").world.journeys:
        assert 0.75 < found[f"journey {journey.id}"]["error_share"] < 0.87
    assert found["edge"]["cpu_share"] > 0.99
    assert found["web"]["error_share"] < 0.01
    assert found["web"]["cpu_share"] < 0.2


def test_a_canary_behind_a_flag_hardly_shows_in_the_whole_and_plainly_in_its_version() -> None:
    found, before = hurt("one-in-twelve"), ordinary("one-in-twelve")
    assert 0.07 < found["journey browse"]["error_share"] < 0.1
    for journey in ("find-items", "fill-cart", "pay", "sign-in", "order-history"):
        assert found[f"journey {journey}"]["error_share"] < 0.01
    for component in scenario("one-in-twelve").world.components:
        for signal in ("p95_ms", "cpu_share"):
            assert found[component.id][signal] < 1.1 * before[component.id][signal], component.id
    assert 0.3 < found["web version 1186"]["error_share"] < 0.5
    assert found["web version 1185"]["error_share"] < 0.01
    assert 0.15 < found["web zone zone-b"]["error_share"] < 0.25
    assert found["web zone zone-a"]["error_share"] < 0.01


def test_an_expired_certificate_turns_tokens_away_and_leaves_open_sessions_alone() -> None:
    failed = {name: round(found["error_share"], 2) for name, found in hurt("epic-2021-04").items()}
    assert failed["journey workflows"] == 1.0
    for journey in ("api-use", "push", "fetch"):
        assert 0.4 < failed[f"journey {journey}"] < 0.7
    assert 0.02 < failed["journey browse"] < 0.05
    assert failed["journey issues"] < 0.01
    assert failed["secrets"] > 0.99
    watched = {rule.component for rule in scenario("epic-2021-04").world.rules}
    assert "secrets" not in watched, "nobody watches what broke"


def test_a_lost_zone_fails_whoever_is_sent_there_and_all_writing() -> None:
    failed = {name: round(found["error_share"], 2) for name, found in hurt("github-2018-10").items()}
    for journey in ("issues", "push", "workflows"):
        assert failed[f"journey {journey}"] == 1.0
    for journey in ("browse", "fetch", "api-use"):
        assert 0.5 < failed[f"journey {journey}"] < 0.9
    assert failed["mysql"] == 1.0
    assert failed["mysql-replicas"] < 0.01, "each zone reads from its own"


@pytest.mark.parametrize("drill", ["github-2023-09", "cloudflare-2019-07", "epic-2021-04", "github-2018-10"])
def test_symptoms_page_and_the_cause_tells_itself_late_or_not_at_all(drill: str) -> None:
    found = scenario(drill)
    fires = [
        rule
        for rule in found.world.rules
        if rule.above is not None
        and hurt(drill)[rule.component or f"journey {rule.journey}"][rule.signal] > rule.above
    ]
    assert sum(rule.severity == "critical" and rule.journey is not None for rule in fires) >= 3
    place = {fault.where.component for fault in found.faults}
    direct = [
        rule for rule in fires if rule.component in place and rule.signal not in ("error_share", "p95_ms")
    ]
    assert all(rule.for_s >= 120 and rule.severity == "warning" for rule in direct)


@pytest.mark.parametrize("drill", expecting("no_action"))
def test_what_is_behind_a_false_alarm_changes_nothing_that_anybody_feels(drill: str) -> None:
    for journey in scenario(drill).world.journeys:
        found = hurt(drill)[f"journey {journey.id}"]
        assert found["error_share"] < (1 - journey.slo_good_share) / 2, journey.id
        assert found["p99_ms"] < journey.slow_ms, journey.id


@pytest.mark.parametrize("drill", expecting("no_action"))
def test_a_false_alarm_pages(drill: str) -> None:
    critical = [rule for rule in scenario(drill).world.rules if rule.severity == "critical" and rule.below]
    crossed = [
        rule.name
        for rule in critical
        if hurt(drill)[rule.component or f"journey {rule.journey}"][rule.signal] < rule.below
    ]
    assert crossed == ["OrdersPlacedLow"]
