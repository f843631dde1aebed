"""Everybody is back: what keeps the shop down after its trigger, what brings it back, and what does not."""

from dataclasses import dataclass

import numpy as np
import pytest

from scenarios.library import resolve
from scenarios.references import command_names
from sim.actions import parse
from sim.actions.acts import ActVerb
from sim.spec import Scenario
from sim.timeline import Timeline
from sim.world.mitigations import Act, Plan, plan
from sim.world.production import Production

SCENARIO = resolve("slack-2022-02")
LONG_S, SHORT_S = 3300, 1300
PAUSED = (60, "revert-config cache host-agent")
SHED = ((300, "throttle catalogue-db 15% yes"), (420, "throttle catalogue-db 30% yes"))


@dataclass(frozen=True)
class Seen:
    """The shop at one moment: share of look-ups answered by the cache, latency of replicas, failing pages."""

    hit_share: float
    replica_ms: float
    failing: float

    @property
    def down(self) -> bool:
        return self.failing > 0.5 and self.replica_ms > 1000.0

    @property
    def well(self) -> bool:
        return self.failing < 0.01 and self.replica_ms < 20.0


def played(*acts: tuple[int, str], until_s: int = SHORT_S, seed: int = 1, of: Scenario = SCENARIO) -> Seen:
    """Return how the shop is at `until_s` when these acts begin at their second; tools never fail here."""
    timeline = Timeline()
    production = Production(of, seed, 0, LONG_S * 1000, timeline, lambda event, **_: None)
    production.start()
    for number, (at_s, command) in enumerate(acts, start=1):
        timeline.run_to(at_s * 1000)
        verb = parse(command, command_names(of))
        assert isinstance(verb, ActVerb)
        act = Act(number, verb.verb, verb.where, "you", at_s * 1000, verb.to, verb.amount)
        tried = [plan(act, production.situation(), n) for n in range(20)]
        production.begin_act(act, next(p for p in tried if isinstance(p, Plan) and p.ok))
    timeline.run_to(until_s * 1000)
    flow, topology = production.flow, production.topology
    replicas = topology.stations_of("catalogue-db")
    pages = [index for index, stream in enumerate(topology.streams) if stream.journey == "browse"]
    return Seen(
        hit_share=float(production.gauges.hit_share[topology.cells_of("cache")].mean()),
        replica_ms=1000.0 * float(flow.mean_s[0, replicas].mean()),
        failing=float(np.mean(flow.stream_failed_share[0, pages])),
    )


def test_left_alone_it_stays_down_to_the_end_although_every_trigger_took_an_instant() -> None:
    assert played(until_s=LONG_S, seed=2).down


def test_one_empty_zone_is_enough_and_the_end_of_the_roll_out_alone_changes_nothing() -> None:
    found = played(PAUSED)
    assert found.down
    assert 0.55 < found.hit_share < 0.65


def test_replicas_that_drop_what_nobody_waits_for_come_back_by_themselves() -> None:
    world = SCENARIO.world
    sane = tuple(
        c.model_copy(update={"drops_dead_work": True}) if c.id == "catalogue-db" else c
        for c in world.components
    )
    of = SCENARIO.model_copy(update={"world": world.model_copy(update={"components": sane})})
    assert played(PAUSED, of=of).well


@pytest.mark.parametrize("kept", ["40%", "50%"])
def test_a_throttle_that_lets_in_too_much_does_not_help(kept: str) -> None:
    assert played(PAUSED, (500, f"throttle edge {kept} yes")).replica_ms > 1000.0


def test_a_quarter_of_the_users_lets_the_cache_fill_and_all_of_them_can_come_back() -> None:
    door = ((60, "throttle edge 25% yes"), (180, "revert-config cache host-agent"), (600, "warm cache"))
    back = ((900, "throttle edge 60% yes"), (1000, "throttle edge 100%"))
    found = played(*door, *back)
    assert found.well
    assert found.hit_share > 0.87


def test_a_throttle_before_the_replicas_spares_those_whose_page_is_in_the_cache() -> None:
    found = played(PAUSED, *SHED, until_s=900)
    assert found.replica_ms < 20.0
    assert found.failing < 0.5


def test_whoever_lifts_the_throttle_at_once_falls_back() -> None:
    assert played(PAUSED, *SHED, (540, "throttle catalogue-db 100%")).failing > 0.3


def test_lifted_by_steps_over_a_warm_cache_it_stays_well() -> None:
    lifted = ((900, "throttle catalogue-db 60% yes"), (1020, "throttle catalogue-db 100%"))
    assert played(PAUSED, *SHED, (560, "warm cache"), *lifted).well


def test_without_the_end_of_the_roll_out_the_next_zone_takes_it_down_again() -> None:
    lifted = ((900, "throttle catalogue-db 60% yes"), (1020, "throttle catalogue-db 100%"))
    acts = (*SHED, (560, "warm cache"), *lifted)
    assert played(*acts, until_s=1190).well
    assert played(*acts, until_s=1400).down


@pytest.mark.parametrize("command", ["scale web 2x", "scale catalogue 2x", "rollback web", "warm cache"])
def test_more_of_what_waits_or_warming_under_water_does_not_help(command: str) -> None:
    assert played(PAUSED, (500, command)).down
