"""Calm ticks: a drill that leaves ticks out while nothing moves tells what one of 5 s ticks tells."""

from dataclasses import replace

import numpy as np
import pytest

from scenarios.library import resolve
from sim.drill import Drill
from sim.events import SAMPLE_MS
from sim.timeline import TICK_MS
from sim.world import calm, flow, topology
from sim.world.dynamics import Dynamics
from sim.world.modifiers import Op, Param
from tests.spine.small import drill
from tests.world.small import Living, acting, component, world


def one_of(*components):
    return topology.build(world(*components))


def state(**fields):
    return replace(flow.idle(one_of(component("web"))), **fields)


@pytest.mark.parametrize(
    ("before", "after", "still"),
    [
        ({"in_system": 10.0}, {"in_system": 10.5}, True),
        ({"in_system": 10.0}, {"in_system": 11.0}, False),
        ({"in_system": 0.0}, {"in_system": 0.04}, True),  # nobody could see that
        ({"holding_s": 0.10}, {"holding_s": 0.101}, True),
        ({"holding_s": 0.10}, {"holding_s": 0.103}, False),
    ],
)
def test_what_stands_still(before, after, still):
    def of(fields):
        return state(**{name: np.full((1, 1), value) for name, value in fields.items()})

    assert calm.stands_still(of(before), of(after)) is still


def test_a_world_is_calm_until_something_acts_on_it_and_again_when_that_has_passed():
    living = Living(one_of(component("web", work_ms=10.0, replicas=4)), 100.0)
    living.run(10)
    assert living.dynamics.calm((), 15_000)
    slow = (acting(Param.WORK, Op.MUL, 2.0, component="web"),)
    assert not living.dynamics.calm(slow, 15_000)
    living.modifiers = slow
    living.run(5)
    assert not living.dynamics.calm(slow, 20_000)  # it has just moved
    living.run(30)
    assert living.dynamics.calm(slow, 50_000)


def played(name: str, seed: int) -> tuple[Drill, list]:
    """Play a drill idly to its end; return it with what acted and flowed at each sample."""
    playing = drill(resolve(name), seed)
    production, seen = playing.production, []
    for t_ms in range(TICK_MS, playing.end_ms + 1, TICK_MS):
        playing.advance(t_ms)
        seen.append((t_ms, production.modifiers, production.flow))
    return playing, seen


@pytest.mark.parametrize("name", ["github-2023-09", "cloudflare-2019-07", "github-2018-10"])
def test_samples_are_those_of_a_world_that_ticks_every_five_seconds(name):
    playing, seen = played(name, 1)
    production = playing.production
    reference = Dynamics(production.topology, production.past_modifiers, production._rps[:1])
    solved = {id(of) for _, _, of in seen}
    assert len(solved) < 0.75 * len(seen), "hardly a tick was left out"
    for number, (t_ms, modifiers, found) in enumerate(seen, start=1):
        reference.tick(modifiers, t_ms, production._rps[number : number + 1], TICK_MS / 1000)
        if t_ms % SAMPLE_MS == 0:
            exact = reference.flow
            users = exact.stream_offered_rps
            for share in ("stream_failed_share", "stream_slow_share"):
                off = np.abs(getattr(found, share) - getattr(exact, share))
                assert off[users > 1.0].max() < 0.02, (t_ms, share)
