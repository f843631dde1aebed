"""What is measured: noise that belongs to its series, blips that rules see, a past that joins the present."""

import math

import numpy as np
import pytest

from sim.alerting.noise import blips
from sim.alerting.rules import RuleStates, instances
from sim.events import SAMPLE_MS
from sim.spec import Noise, Operation, Rule, Where
from sim.world import parameters, stationary
from sim.world.modifiers import Modifier, Op, Param
from sim.world.series import Blip, SeriesId
from sim.world.signals import SIGNALS, layout
from sim.world.telemetry import HISTORY_MS, Telemetry
from tests.telemetry.tiny import SEED, STARTS_AT, built, component, played

HOUR_MS = 3_600_000


def recorded(at, samples, found=(), **fields) -> Telemetry:
    telemetry = Telemetry(at, SEED, STARTS_AT, horizon_ms=2 * HOUR_MS, blips=found, **fields)
    for t_ms, flow in samples:
        telemetry.record(t_ms, flow)
    return telemetry


def values(telemetry: Telemetry, name: str, signal: str, from_ms=0, to_ms=HOUR_MS, by=None, of="component"):
    return {curve.label: curve.values for curve in telemetry.window(of, name, signal, from_ms, to_ms, by)}


@pytest.fixture(scope="module")
def calm():
    return built(), played(built(), until_ms=300_000)


def test_a_series_does_not_know_what_else_exists(calm):
    at, samples = calm
    alone = recorded(at, samples)
    spare = component("spare", Operation(work_ms=3), kind="cache")
    wider = built(spare)
    together = recorded(wider, played(wider, until_ms=300_000))
    for name, by in [("web", None), ("payments", "zone")]:
        for signal in SIGNALS:
            for from_ms in (0, -HOUR_MS):
                one = values(alone, name, signal, from_ms, by=by)
                other = values(together, name, signal, from_ms, by=by)
                for label, curve in one.items():
                    np.testing.assert_allclose(curve, other[label], rtol=1e-5, atol=1e-9)


def test_noise_is_what_sampling_gives(calm):
    at, samples = calm
    telemetry = recorded(at, [(k * SAMPLE_MS, samples[0][1]) for k in range(240)])
    rps = values(telemetry, "payments", "rps")[""]
    true_rps = samples[0][1].offered_rps[0, at.stations_of("payments")].sum()
    assert rps.mean() == pytest.approx(true_rps, rel=0.01)
    assert rps.std() == pytest.approx(math.sqrt(true_rps / 15 + (0.01 * true_rps) ** 2), rel=0.15)
    p95 = values(telemetry, "payments", "p95_ms")[""]
    assert 0.005 < p95.std() / p95.mean() < 0.1


def test_the_past_joins_the_present(calm):
    at, samples = calm
    telemetry = recorded(at, samples)
    for of, name in [("component", "web"), ("component", "payments"), ("journey", "checkout")]:
        for signal in ("rps", "p50_ms", "p95_ms"):
            before = values(telemetry, name, signal, -300_000, -1, of=of)[""]
            after = values(telemetry, name, signal, 0, 300_000, of=of)[""]
            assert len(before) == 20
            assert before.mean() == pytest.approx(after.mean(), rel=0.05)
    both = telemetry.window("component", "web", "rps", -60_000, 60_000)[0]
    assert both.times_ms.tolist() == list(range(-60_000, 60_001, SAMPLE_MS))
    assert np.isfinite(both.values).all()


def test_the_past_has_the_rhythm_of_the_day_and_an_end(calm):
    telemetry = recorded(*calm)
    curve = telemetry.window("journey", "checkout", "rps", -2 * HISTORY_MS, 0, step_ms=60_000)[0]
    known = np.isfinite(curve.values)
    assert curve.times_ms[known].min() == -HISTORY_MS
    night = (curve.times_ms > -12 * HOUR_MS) & (curve.times_ms < -10 * HOUR_MS)
    day = curve.times_ms > -HOUR_MS
    assert curve.values[day & known].mean() > 1.5 * curve.values[night].mean()
    assert math.isnan(telemetry.value_at(SeriesId("journey", "checkout", "rps"), -HISTORY_MS - HOUR_MS))


def test_value_at_is_the_sample_before(calm):
    telemetry = recorded(*calm)
    series = SeriesId("component", "web", "rps")
    row = values(telemetry, "web", "rps", -30_000, 60_000)[""]
    assert telemetry.value_at(series, 44_999) == row[4]
    assert telemetry.value_at(series, -1) == row[1]
    assert telemetry.value_at(series, 10 * HOUR_MS) == telemetry.value_at(series, telemetry.last_ms)


def test_recent_is_the_mean_of_the_last_samples_of_every_part(calm):
    telemetry = recorded(*calm)
    found = telemetry.recent("component", "payments", 300_000, 4)
    assert set(found) == {(None, ""), ("zone", "a"), ("zone", "b"), ("version", "v1")}
    rps = SIGNALS.index("rps")
    for by, label in ((None, ""), ("zone", "b")):
        last = values(telemetry, "payments", "rps", 255_000, 300_000, by=by)[label]
        assert found[by, label][rps] == pytest.approx(last.mean())
    (journey,) = telemetry.recent("journey", "checkout", -HOUR_MS, 20).values()
    assert math.isfinite(journey[rps])
    assert math.isnan(journey[SIGNALS.index("cpu_share")])
    assert math.isnan(telemetry.recent("journey", "checkout", -2 * HISTORY_MS, 4)[None, ""][rps])


def test_past_modifiers_show_in_the_past():
    at = built(versions={"payments": ("v2",)})
    deploy = [
        Modifier(
            f"d/{n}",
            "d",
            Where(component="payments", version=v),
            Param.VERSION_SHARE,
            Op.ADD,
            share,
            -HOUR_MS,
        )
        for n, (v, share) in enumerate((("v1", -1.0), ("v2", 1.0)))
    ]
    telemetry = recorded(at, [], past_modifiers=deploy)
    before = values(telemetry, "payments", "rps", -2 * HOUR_MS, -HOUR_MS - SAMPLE_MS, by="version")
    after = values(telemetry, "payments", "rps", -HOUR_MS + SAMPLE_MS, -1, by="version")
    assert before["v1"].min() > 50
    assert np.isnan(before["v2"]).all()
    assert after["v2"].min() > 50
    assert np.isnan(after["v1"]).all()


def test_a_sick_zone_shows_in_its_zone_and_diluted_in_the_whole():
    at = built()
    sick = Modifier("m", "f", Where(component="payments", zone="a"), Param.ERROR_RANDOM, Op.SET, 0.4, 0)
    telemetry = recorded(at, played(at, (sick,), until_ms=120_000))
    zones = values(telemetry, "payments", "error_share", by="zone")
    assert zones["a"][1:].mean() == pytest.approx(0.4, abs=0.03)
    assert zones["b"].mean() < 0.005
    assert values(telemetry, "payments", "error_share")[""][1:].mean() == pytest.approx(0.2, abs=0.03)
    checkout = values(telemetry, "checkout", "error_share", of="journey")[""][-1]
    assert checkout == pytest.approx(0.2**2, abs=0.015)  # one retry into either zone


def test_a_zone_that_is_not_collected_is_missing_in_the_sum_and_out_of_the_mean():
    at = built()
    place = Where(component="payments", zone="a")
    blind = Modifier("m", "f", place, Param.OBSERVED, Op.MIN, 0.0, 0)
    sick = Modifier("n", "f", place, Param.ERROR_RANDOM, Op.SET, 0.4, 0)
    telemetry = recorded(at, played(at, (blind, sick), until_ms=120_000))
    zones = values(telemetry, "payments", "rps", by="zone")
    assert np.isnan(zones["a"]).all()
    assert values(telemetry, "payments", "rps")[""][1:].mean() == pytest.approx(
        zones["b"][1:].mean(), rel=0.03
    )
    assert values(telemetry, "payments", "error_share")[""].mean() < 0.005
    assert not np.isnan(values(telemetry, "payments", "cpu_share")[""]).any()


def test_shares_counts_and_percentiles_are_possible():
    at = built()
    broken = Modifier("m", "f", Where(component="payments"), Param.WORK, Op.MUL, 60.0, 0)
    telemetry = recorded(at, played(at, (broken,), until_ms=120_000))
    for of, name in [("component", "payments"), ("component", "web"), ("journey", "checkout")]:
        curves = {s: values(telemetry, name, s, -HOUR_MS, of=of)[""] for s in SIGNALS}
        for signal, curve in curves.items():
            known = curve[np.isfinite(curve)]
            assert (known >= 0).all()
            assert not signal.endswith("_share") or (known <= 1).all()
        assert (curves["p50_ms"] <= curves["p95_ms"]).all()
        assert (curves["p95_ms"] <= curves["p99_ms"]).all()
    assert values(telemetry, "payments", "cpu_share")[""][-1] > 0.95
    assert values(telemetry, "payments", "queue_depth")[""][-1] > 10


def test_without_traffic_there_is_no_error_share():
    at = built(versions={"payments": ("v2",)})
    telemetry = recorded(at, played(at, until_ms=30_000))
    for signal in ("rps", "error_share", "p99_ms", "cpu_share", "memory_share"):
        assert np.isnan(values(telemetry, "payments", signal, by="version")["v2"]).all()
    assert np.isfinite(values(telemetry, "payments", "p99_ms", by="version")["v1"]).all()


NOISY = [
    {"component": "payments", "signal": "error_share", "above": 0.05},
    {"component": "payments", "signal": "p99_ms", "above": 900.0},
    {"component": "web", "signal": "cpu_share", "above": 0.8, "by": "zone"},
    {"component": "web", "signal": "rps", "above": None, "below": 100.0},
    {"component": "ads", "signal": "queue_depth", "above": 40.0, "by": "zone"},
    {"journey": "checkout", "signal": "p95_ms", "above": 1500.0},
]


@pytest.mark.parametrize("fields", NOISY, ids=lambda fields: fields["signal"])
def test_a_blip_makes_its_rule_fire_and_shows_in_the_graph(calm, fields):
    at, samples = calm
    noise = Noise(per_day=40, lasts_s=(180, 400), why="a report runs")
    rule = Rule(name="Noisy", for_s=60, summary="noise", noise=noise, **fields)
    telemetry = recorded(at, [])
    alerts = instances([rule], telemetry.labels)
    found = blips(alerts, SEED, 0, 2 * HOUR_MS)
    assert found
    telemetry = recorded(at, [], found)
    states, columns = RuleStates(alerts), telemetry.columns(alert.series for alert in alerts)
    events = []
    for t_ms in range(0, 2 * HOUR_MS + 1, SAMPLE_MS):
        telemetry.record(t_ms, samples[0][1])
        for transition in states.evaluate(t_ms, telemetry.latest_values(columns)):
            events.append((transition.t_ms, transition.kind, transition.instance.series))
    expected = []
    for blip in found:
        first, last = -(-blip.from_ms // SAMPLE_MS) * SAMPLE_MS, -(-blip.to_ms // SAMPLE_MS) * SAMPLE_MS
        expected.append((first + 60_000, "fired", blip.series))
        expected.append((last, "resolved", blip.series))
    assert events == sorted((e for e in expected if e[0] <= 2 * HOUR_MS), key=lambda e: e[0])


def test_a_blip_of_the_past_is_in_the_graph_of_the_past(calm):
    at, _ = calm
    blip = Blip("R", SeriesId("component", "web", "cpu_share"), -HOUR_MS, -HOUR_MS + 300_000, 0.9, False, "x")
    telemetry = recorded(at, [], [blip])
    inside = values(telemetry, "web", "cpu_share", -HOUR_MS, -HOUR_MS + 299_999)[""]
    assert len(inside) == 20
    assert (inside >= 0.9).all()
    assert values(telemetry, "web", "cpu_share", -2 * HOUR_MS, -HOUR_MS - 1)[""].max() < 0.6
    zones = values(telemetry, "web", "cpu_share", -HOUR_MS, -HOUR_MS + 299_999, by="zone")
    assert all((curve >= 0.9).all() for curve in zones.values())


def test_a_blip_of_one_zone_moves_the_whole_by_its_part(calm):
    at, samples = calm
    zone = SeriesId("component", "web", "error_share", "zone", "a")
    telemetry = recorded(at, samples, [Blip("R", zone, 0, HOUR_MS, 0.4, False, "x")])
    zones = values(telemetry, "web", "error_share", by="zone")
    assert (zones["a"] >= 0.4).all()
    assert zones["b"].max() < 0.01
    assert values(telemetry, "web", "error_share")[""].mean() == pytest.approx(0.2, abs=0.03)


def test_a_drop_of_rps_in_one_zone_is_taken_from_the_whole(calm):
    at, samples = calm
    zone = SeriesId("component", "web", "rps", "zone", "a")
    calm_rps = values(recorded(at, samples), "web", "rps", by="zone")
    telemetry = recorded(at, samples, [Blip("R", zone, 0, HOUR_MS, 10.0, True, "x")])
    assert values(telemetry, "web", "rps", by="zone")["a"].max() <= 10.0
    whole = values(telemetry, "web", "rps")[""]
    assert whole.mean() == pytest.approx(calm_rps["b"].mean() + 10.0, rel=0.03)


def test_arrays_keep_what_was_read(calm):
    telemetry = recorded(*calm)
    telemetry.columns([SeriesId("component", "web", "rps")])
    telemetry.window("component", "payments", "p99_ms", 0, 60_000, "zone")
    kept = telemetry.arrays()
    assert kept["series"].tolist() == [
        "component/payments{zone=a}/p99_ms",
        "component/payments{zone=b}/p99_ms",
        "component/web/rps",
    ]
    assert kept["times_ms"].tolist() == list(range(0, 300_001, SAMPLE_MS))
    np.testing.assert_array_equal(kept["values"][:, 2], values(telemetry, "web", "rps")[""])


def test_unknown_names_are_refused(calm):
    telemetry = recorded(*calm)
    for series in (
        SeriesId("component", "nothing", "rps"),
        SeriesId("journey", "web", "rps"),
        SeriesId("component", "web", "rps", "zone", "z"),
    ):
        with pytest.raises(KeyError):
            telemetry.columns([series])


def test_percentiles_of_a_batch_agree_with_each_alone():
    at = built()
    rps = np.array([[40.0, 90, 30, 60], [80, 10, 30, 200], [0.1, 1, 0.1, 1]])
    base = parameters.fold(at, (), 0)
    groups = layout(at, SEED).answering
    together = stationary.solve(at, base, rps).percentiles_ms(groups)
    for i in range(3):
        alone = stationary.solve(at, base, rps[i : i + 1]).percentiles_ms(groups)
        np.testing.assert_allclose(together[:, i], alone[:, 0], rtol=2e-3)


def test_nothing_is_laid_over_a_part_without_data():
    at = built(versions={"payments": ("v2",)})
    samples = played(at, until_ms=60_000)
    series = SeriesId("component", "payments", "error_share", "version", "v2")
    telemetry = recorded(at, samples, [Blip("R", series, 0, HOUR_MS, 0.4, False, "x")])
    plain = recorded(at, samples)
    assert np.isnan(values(telemetry, "payments", "error_share", by="version")["v2"]).all()
    for by in (None, "zone"):
        laid, without = (values(t, "payments", "error_share", by=by) for t in (telemetry, plain))
        assert all((laid[label] == without[label]).all() for label in without)
