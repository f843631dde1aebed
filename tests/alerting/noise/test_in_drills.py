"""Noise in a drill: every false alert can be looked at, the past agrees with it, and the outage is found."""

from functools import cache

import pytest

import cli
from scenarios.library import resolve
from sim.alerting.noise.firings import firings
from sim.bots.runs import Job
from sim.drill import Drill
from sim.events import AlertFired, AlertLabelled
from sim.spec import NoiseProfile, Scenario
from sim.world.history import HISTORY_MS
from tests.spine.small import drill

LOOK_S = 60
SAMPLE_MS = 15_000


def noisy(profile: object, name: str = "github-2023-09", **fields: object) -> Scenario:
    return resolve(name).model_copy(update={"noise": NoiseProfile.model_validate(profile), **fields})


def of_kind(of: Drill, kind: type) -> list[tuple[int, object]]:
    log = of.truth if kind is AlertLabelled else of._journal.records
    return [(record.t_ms, record.event) for record in log if isinstance(record.event, kind)]


@cache
def watched_drill(name: str, seed: int) -> tuple[Drill, tuple[tuple[str, str, str, bool], ...]]:
    """A drill under storms that nobody plays, and of each alert: rule, label, cause, is it in the log."""
    of = drill(noisy("storm", name), seed)
    found: list[tuple[str, str, str, bool]] = []
    while of.now_ms < of.end_ms:
        of.advance(of.now_ms + SAMPLE_MS)
        fired = {event.alert: event for _, event in of_kind(of, AlertFired)}
        for _, label in of_kind(of, AlertLabelled)[len(found) :]:
            alert = fired[label.alert]
            false = label.label in ("noise", "unrelated")
            log = of.view.log_lines(alert.component, LOOK_S) if false else ()
            shown = any(label.cause in line for line in log)
            found.append((alert.rule, label.label, label.cause, shown))
    return of, tuple(found)


@pytest.mark.parametrize(
    ("name", "seed"), [("github-2023-09", 1), ("github-2023-09", 3), ("cloudflare-2019-07", 1)]
)
def test_the_log_shows_the_cause_of_every_false_alert(name: str, seed: int):
    _, alerts = watched_drill(name, seed)
    noise = [alert for alert in alerts if alert[1] in ("noise", "unrelated")]
    assert len(noise) > 15
    assert [alert for alert in noise if not alert[3]] == []


@pytest.mark.parametrize("name", ["github-2023-09", "cloudflare-2019-07"])
@pytest.mark.parametrize("seed", [1, 4])
def test_a_calm_drill_fires_what_is_foretold(name: str, seed: int):
    """From the eleventh minute on: before it, no rule knows what was before the drill."""
    of = drill(noisy("storm", name, faults=(), horizon_s=3600), seed)
    of.advance(of.end_ms)
    background = of._monitoring.background
    assert background is not None
    window = range(11 * 60_000, of.end_ms - 2 * SAMPLE_MS)
    alerts = [
        (t_ms, ",".join(f"{label}={value}" for label, value in sorted(event.labels.items())))
        for t_ms, event in of_kind(of, AlertFired)
    ]
    foretold = [
        (one.from_ms, one.identity)
        for one in firings(of._monitoring.rules, background.misfires(-HISTORY_MS, of.end_ms))
    ]
    pairs = {
        (mine, then)
        for mine in alerts
        for then in foretold
        if mine[1] == then[1] and 0 <= mine[0] - then[0] <= SAMPLE_MS
    }
    inside = [then for then in foretold if then[0] in window]
    assert len(inside) > 20
    assert set(inside) <= {then for _, then in pairs}
    beside = {mine for mine in alerts if mine[0] in window} - {mine for mine, _ in pairs}
    assert len(beside) <= 1  # a blip of one part can move the whole past a rule of its own


def test_real_trouble_beside_the_incident_is_labelled_unrelated():
    only_real = {
        "profile": "noisy",
        "alerts_per_h": 40,
        "flapping_share": 0,
        "repeats_share": 0,
        "low_value_share": 0,
        "change_share": 0,
        "storms_per_day": 0,
    }
    of = drill(noisy(only_real, faults=(), horizon_s=1800), 2)
    of.advance(of.end_ms)
    labels = [event.label for _, event in of_kind(of, AlertLabelled)]
    assert labels
    assert set(labels) == {"unrelated"}
    rule = of_kind(of, AlertFired)[0][1].rule
    history = of.view.alert_history(rule)
    assert history.fired == history.acted_on > 0


def test_the_past_of_an_alert_is_the_past_of_its_telemetry():
    of = drill(noisy("noisy"), 5)
    background = of._monitoring.background
    assert background is not None
    everything = firings(of._monitoring.rules, background.misfires(-86_400_000, 0))
    yesterday = [one for one in everything if -86_400_000 <= one.from_ms < 0]
    checked = 0
    for rule in sorted({one.rule.name for one in of._monitoring.rules}):
        mine = [one for one in yesterday if one.rule == rule]
        history = of.view.alert_history(rule)
        assert history.fired >= len(mine)
        assert history.fired == history.resolved_itself + history.acted_on
        if mine:
            assert history.last_ms == mine[-1].from_ms
            checked += 1
    assert checked > 5


def test_most_of_the_past_resolved_itself():
    of = drill(noisy("normal"), 5)
    histories = [of.view.alert_history(name) for name in sorted(of.view.names.rules)]
    fired = sum(history.fired for history in histories)
    assert fired > 500  # some 37 a day for 21 components
    assert 0.02 <= sum(history.acted_on for history in histories) / fired <= 0.09  # with past incidents
    assert max(history.fired for history in histories) > 60


@pytest.mark.parametrize("name", ["github-2023-09", "cloudflare-2019-07"])
@pytest.mark.parametrize("seed", [1, 2])
def test_the_expert_still_mitigates(name: str, seed: int):
    run = cli.bot_run(Job(noisy("noisy", name), "expert", seed))
    assert run.mitigated
    assert run.score > 90


def test_replaying_a_noisy_drill_gives_the_same():
    one, two = (drill(noisy("storm", horizon_s=600), 7) for _ in range(2))
    for of in (one, two):
        of.advance(of.end_ms)
    assert [record.event for record in one.truth] == [record.event for record in two.truth]
    assert [r.event for r in one._journal.records] == [r.event for r in two._journal.records]
