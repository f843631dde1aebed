"""A trace shows where the time goes and where it fails, and agrees with the flow."""

import pytest

from sim.errors import ScenarioError
from sim.spec import Call, ClientClass, Journey, Operation, Where
from sim.world import topology
from sim.world.modifiers import Modifier, Op, Param
from sim.world.traces import ROWS_MAX, Span, waterfall
from tests.telemetry.tiny import SEED, built, component, played, world


def trace(name: str, *modifiers: Modifier, until_ms=120_000) -> tuple[Span, ...]:
    at = built()
    t_ms, flow = played(at, modifiers, until_ms=until_ms)[-1]
    return waterfall(at, flow, name, SEED, t_ms)


def sick(param: Param, value: float, op: Op = Op.SET, **where) -> Modifier:
    return Modifier("m", "f", Where(**where), param, op, value, 0)


def test_an_ordinary_trace_adds_up():
    entry, charge = trace("checkout")
    assert (entry.depth, entry.start_ms) == (0, 0)
    assert (charge.depth, charge.note) == (1, "")
    assert charge.name.startswith("payments.charge (")
    assert 15 <= entry.duration_ms <= 40
    assert charge.start_ms + charge.duration_ms <= entry.duration_ms


def test_the_same_look_gives_the_same_trace():
    assert trace("checkout") == trace("checkout")


def test_the_slow_component_has_the_long_span():
    slow = trace("checkout", sick(Param.NET_DELAY_MS, 500.0, component="payments", zone="b"))
    assert slow[1].name == "payments.charge (b v1)"
    assert slow[1].duration_ms > 0.8 * slow[0].duration_ms > 350


def test_a_timeout_is_shown_with_its_tries():
    entry, charge = trace("checkout", sick(Param.NET_DELAY_MS, 3_000.0, component="payments"))
    assert charge.note == "timeout after 800 ms; 2 times"
    assert charge.duration_ms == 1600
    assert entry.note == "failed: payments"


def test_an_error_is_followed_to_the_cell_that_makes_it():
    entry, charge = trace("checkout", sick(Param.ERROR_REPEATABLE, 0.5, component="payments", zone="a"))
    assert charge.name == "payments.charge (a v1)"
    assert charge.note == "500 from payments; 2 times"
    assert entry.note == "failed: payments"


def test_what_waits_for_a_failing_callee_has_no_more_time_of_its_own():
    ordinary = trace("checkout")[1].start_ms
    for wrong in (
        sick(Param.NET_DELAY_MS, 700.0, component="payments"),
        sick(Param.ADMIT, 0.3, component="ads"),
    ):
        assert trace("checkout", wrong)[1].start_ms == pytest.approx(ordinary, abs=3)
    stuck = (
        sick(Param.STALL_MS, 5_000.0, component="payments"),
        Modifier("n", "f", Where(component="payments"), Param.SLOTS, Op.MUL, 0.01, 0),
    )
    entry, charge = trace("checkout", *stuck)
    assert charge.start_ms == pytest.approx(ordinary, abs=3)
    assert charge.duration_ms > 0.9 * entry.duration_ms


def test_a_soft_call_does_not_fail_the_trace():
    entry, ads = trace("browse", sick(Param.ERROR_REPEATABLE, 0.5, component="ads"))
    assert ads.note == "500 from ads"
    assert entry.note == ""


def test_a_user_does_not_wait_for_ever():
    entry, *_ = trace("checkout", sick(Param.NET_DELAY_MS, 60_000.0, component="web"))
    assert entry.duration_ms == 10_000
    assert entry.note == "user gave up after 10000 ms"


def test_a_request_that_is_turned_away_takes_a_millisecond_and_calls_nobody():
    (overloaded,) = trace("checkout", sick(Param.WORK, 80.0, Op.MUL, component="web"))
    assert (overloaded.duration_ms, overloaded.note) == (1, "rejected: queue or pool full")
    (throttled,) = trace("browse", sick(Param.ADMIT, 0.5, component="web"))
    assert (throttled.duration_ms, throttled.note) == (1, "throttled: too many requests")
    (down,) = trace("payments.charge", sick(Param.ADMIT, 0.0, component="payments"))
    assert (down.duration_ms, down.note) == (1, "connection refused")


def test_a_lost_request_leaves_nothing_but_waiting():
    (entry,) = trace("checkout", sick(Param.NET_LOSS, 0.5, component="web"))
    assert (entry.duration_ms, entry.note) == (10_000, "lost on the way")
    (called,) = trace("payments.charge", sick(Param.NET_LOSS, 0.5, component="payments"))
    assert (called.duration_ms, called.note) == (800, "lost on the way")


def test_a_few_refusals_among_many_other_failures_do_not_hide_them():
    few = sick(Param.ADMIT, 0.9, component="web")
    many = Modifier("n", "g", Where(component="payments"), Param.ERROR_REPEATABLE, Op.SET, 0.6, 0)
    entry, charge = trace("checkout", few, many)
    assert (entry.note, charge.note) == ("failed: payments", "500 from payments; 2 times")


@pytest.mark.parametrize("gone", [Param.ADMIT, Param.REPLICAS])
def test_a_callee_that_is_down_refuses_connections(gone):
    entry, charge = trace("checkout", sick(gone, 0.0, component="payments"))
    assert charge.note == "connection refused by payments; 2 times"
    assert (charge.duration_ms, entry.note) == (2, "failed: payments")


def test_operations_can_be_traced_and_unknown_names_not():
    assert trace("payments.charge")[0].name.startswith("payments.charge")
    with pytest.raises(ScenarioError):
        trace("nothing")


def test_a_wide_and_deep_world_stays_readable_and_keeps_what_is_wrong():
    layers, width = 6, 5
    more = [
        component(
            f"l{layer}-n{n}",
            Operation(
                work_ms=1,
                calls=tuple(Call(to=f"l{layer + 1}-n{m}", timeout_ms=2000) for m in range(width))
                if layer + 1 < layers
                else (),
            ),
            kind="service",
            replicas=200,
        )
        for layer in range(layers)
        for n in range(width if layer else 1)
    ]
    wide = world(*more).model_copy(
        update={
            "journeys": (Journey(id="deep", title="deep", entry="l0-n0"),),
            "clients": (ClientClass(id="eu", title="Europe", rps={"deep": 0.1}),),
        }
    )
    at = topology.build(wide)
    broken = sick(Param.ERROR_REPEATABLE, 0.5, component="l5-n4")
    t_ms, flow = played(at, (broken,), until_ms=30_000)[-1]
    spans = waterfall(at, flow, "deep", SEED, t_ms)
    assert len(spans) <= ROWS_MAX
    assert spans[0].depth == 0
    assert any("from l5-n4" in span.note for span in spans)
