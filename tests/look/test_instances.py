"""The replicas of a cell differ a little and agree with it; failures split by code agree with the whole."""

import numpy as np
import pytest

from sim.spec import Where
from sim.world.codes import by_code
from sim.world.failures import HTTP_CODES, refusal
from sim.world.instances import Source, Window, of_cells, of_instances
from sim.world.modifiers import Modifier, Op, Param
from sim.world.telemetry import Telemetry
from tests.telemetry.tiny import SEED, STARTS_AT, built, played

HOUR_MS = 3_600_000


def source(*modifiers: Modifier, versions=None) -> Source:
    at = built(versions=versions)
    samples = played(at, modifiers, until_ms=120_000)
    telemetry = Telemetry(at, SEED, STARTS_AT, horizon_ms=HOUR_MS)
    for t_ms, flow in samples:
        telemetry.record(t_ms, flow)
    return Source(at, telemetry, dict(samples), SEED)


def sick(param: Param, value: float, op: Op = Op.SET, **where) -> Modifier:
    return Modifier(f"m {param}", "f", Where(**where), param, op, value, 0)


def moved_to_v2() -> tuple[Modifier, ...]:
    """Half of payments runs v2."""
    return tuple(
        Modifier(f"d/{v}", "d", Where(component="payments", version=v), Param.VERSION_SHARE, Op.ADD, share, 0)
        for v, share in (("v1", -0.5), ("v2", 0.5))
    )


WINDOW = Window(0, 120_000)


def test_each_replica_has_a_name_of_its_own():
    names = [curve.label for curve in of_instances(source(), "payments", "p95_ms", WINDOW)]
    assert names == [f"payments-{zone}-{n}" for zone in "ab" for n in range(1, 7)]


@pytest.mark.parametrize("signal", ["p95_ms", "error_share", "cpu_share", "memory_share"])
def test_replicas_average_to_their_cell(signal):
    of = source(sick(Param.ERROR_RANDOM, 0.3, component="payments", zone="b"))
    curves = of_instances(of, "payments", signal, WINDOW)
    for cell, whole in of_cells(of, "payments", signal, WINDOW):
        zone = of.topology.cells[cell].zone
        ours = np.stack([c.values for c in curves if c.label.startswith(f"payments-{zone}")])
        np.testing.assert_allclose(ours.mean(axis=0), whole.values, rtol=1e-5)
        assert (ours.std(axis=0)[whole.values > 0.001] > 0).all()
        assert not signal.endswith("_share") or ((ours >= 0) & (ours <= 1)).all()


def test_requests_of_replicas_sum_up_to_the_zone():
    of = source()
    curves = of_instances(of, "payments", "rps", WINDOW)
    (zone,) = [
        c for c in of.telemetry.window("component", "payments", "rps", 0, 120_000, "zone") if c.label == "a"
    ]
    ours = np.stack([c.values for c in curves if c.label.startswith("payments-a")])
    np.testing.assert_allclose(ours.sum(axis=0), zone.values, rtol=1e-4)


def test_two_versions_are_told_apart_and_share_the_zone():
    of = source(*moved_to_v2(), sick(Param.ERROR_RANDOM, 0.4, component="payments", version="v2"),
                versions={"payments": ("v2",)})  # fmt: skip
    names = [curve.label for curve in of_instances(of, "payments", "error_share", WINDOW)]
    assert names == [f"payments-{zone}-{n} {v}" for zone in "ab" for v in ("v1", "v2") for n in (1, 2, 3)]
    last = {
        of.topology.cells[cell].version: c.values[-1]
        for cell, c in of_cells(of, "payments", "error_share", WINDOW)
    }
    assert last["v2"] == pytest.approx(0.4, abs=0.06)
    assert last["v1"] < 0.01
    rps = {c.label: c.values[-1] for _, c in of_cells(of, "payments", "rps", WINDOW)}
    zones = {
        c.label: c.values[-1] for c in of.telemetry.window("component", "payments", "rps", 0, 120_000, "zone")
    }
    assert rps["a v1"] + rps["a v2"] == pytest.approx(zones["a"], rel=1e-4)


def test_what_was_before_the_drill_is_there_too():
    curves = of_instances(source(), "payments", "cpu_share", Window(-HOUR_MS, 0))
    assert all(np.isfinite(curve.values).all() for curve in curves)


@pytest.mark.parametrize(
    ("code", "modifier"),
    [
        ("500", sick(Param.ERROR_RANDOM, 0.3, component="payments")),
        ("429", sick(Param.ADMIT, 0.6, component="payments")),
        ("refused", sick(Param.ADMIT, 0.0, component="payments")),
        ("lost", sick(Param.NET_LOSS, 0.3, component="payments")),
    ],
)
def test_the_code_says_why_it_failed(code, modifier):
    flow = source(modifier).flows[120_000]
    shares = {found: float(share[0]) for found, share in by_code("payments", [flow]).items()}
    assert max(shares, key=lambda found: shares[found]) == code
    stations = flow.topology.stations_of("payments")
    offered = flow.offered_rps[0, stations]
    assert sum(shares.values()) == pytest.approx(
        float(flow.failed_share[0, stations] @ offered / offered.sum())
    )


def test_a_caller_of_a_slow_callee_answers_504():
    flow = source(sick(Param.NET_DELAY_MS, 3_000.0, component="payments")).flows[120_000]
    shares = by_code("web", [flow])
    assert shares["504"][0] > 10 * max(shares["500"][0], shares["502"][0])


@pytest.mark.parametrize("why", HTTP_CODES)
def test_graphs_and_logs_give_a_failure_the_same_code(why):
    assert refusal(why, "api", "service").split()[0] == HTTP_CODES[why]
