"""The undisturbed twin is what the drill would be if nothing went wrong and nobody did anything."""

import numpy as np
import pytest

from scenarios.library import resolve
from scoring.rubric import CHECK_IDS
from sim.events import SAMPLE_MS
from sim.spec import Change, Operation
from sim.world.twin import Twin
from tests.spine.small import component
from tests.twin.small import BAD_DISK, WORLD, played, scenario

ROLLOUT = Change(
    id="api-v2", at_s=300, component="api", kind="deploy", summary="v2", by="ben", version="v2", takes_s=600
)


def onsets(of) -> list[tuple[int, str]]:
    return [
        (r.t_ms, r.event.rule + str(sorted(r.event.labels.items())))
        for r in of._journal.records
        if r.event.kind == "alert.fired"
    ]


def foretold(of) -> list[tuple[int, str]]:
    firings = of._monitoring.undisturbed.firings
    return sorted(
        (from_ms, instance.rule.name + str(sorted(instance.labels.items())))
        for instance, spells in firings.items()
        for from_ms, _ in spells
    )


@pytest.mark.parametrize("name", ["cloudflare-2019-07", "github-2023-09"])
@pytest.mark.parametrize("seed", range(1, 6))
def test_the_twin_fires_what_the_drill_fires_without_faults_and_acts(name: str, seed: int):
    of = resolve(name, frozenset(CHECK_IDS))
    calm = played(of.model_copy(update={"faults": (), "noise_intensity": 10.0}), seed=seed)
    assert sorted(onsets(calm)) == foretold(calm)
    assert len(foretold(calm)) > 5


def test_faults_and_acts_leave_the_twin_alone():
    calm = played(scenario())
    rough = played(scenario(BAD_DISK), (650, "throttle web 50% yes"))
    assert foretold(rough) == foretold(calm)


def test_the_twin_has_the_flow_of_a_calm_world_also_while_a_deploy_rolls_out():
    calm = played(scenario(changes=(ROLLOUT,)))
    telemetry, times = calm._monitoring.telemetry, np.arange(0, calm.end_ms + 1, SAMPLE_MS)
    measured = telemetry.as_measured(times, calm._monitoring.twin.signals(times), calm._monitoring.columns)
    kept = telemetry._samples.reshape(len(times), -1)[:, calm._monitoring.columns]
    assert measured == pytest.approx(kept, rel=0.02, abs=1e-4, nan_ok=True)


def test_what_goes_wrong_on_an_ordinary_day_hurts_nobody():
    shabby = component("mail", Operation(work_ms=5, error_share=0.3))
    failing = WORLD.components[0].model_copy(
        update={"operations": (WORLD.components[0].operations[0].model_copy(update={"error_share": 0.04}),)}
    )
    others = [c for c in WORLD.components if c.id not in ("mail", "web")]
    world = WORLD.model_copy(update={"components": (failing, shabby, *others), "rules": ()})
    calm = played(scenario(world=world, horizon_s=900))
    last = [r.event for r in calm.truth if r.event.kind == "truth.impact_measured"][-1]
    shares = calm._monitoring.twin.stream_shares(600_000)[:, 0]
    assert shares[0] > 0.03
    assert shares[2] > 0.2
    assert (last.user_min_lost, last.users_affected, last.severity) == (0.0, 0.0, None)
    assert {r.event.kind for r in calm.truth} == {"truth.impact_measured"}


def test_many_moments_or_one_give_the_same():
    calm = played(scenario(horizon_s=300))
    times = np.arange(0, calm.end_ms + 1, SAMPLE_MS)
    production, layout = calm.production, calm._monitoring.telemetry.layout
    alone = Twin(layout, calm.seed, production.scenario.starts_at, calm.end_ms, ())
    together = alone.signals(times)
    for n, t_ms in enumerate(times):
        one = alone.signals(np.array([t_ms]))[0]
        assert np.array_equal(one, together[n], equal_nan=True)
