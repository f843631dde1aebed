"""A trace shows where the time goes and where it fails, and agrees with the flow."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.errors import ScenarioError
from sim.spec import Call, ClientClass, Journey, Operation, Where, World
from sim.world import topology
from sim.world.modifiers import Modifier, Op, Param
from sim.world.traces import ROWS_MAX, SAMPLED, Span, collected, waterfall
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


# --- calls made at once, calls in a circle -----------------------------------------------------------------


def world_of(calls: dict[str, tuple[Call, ...]]) -> World:
    """A world whose journey enters at the first component."""
    components = tuple(
        component(name, Operation(work_ms=5, calls=made), kind="service", replicas=40)
        for name, made in calls.items()
    )
    return world().model_copy(
        update={
            "components": components,
            "journeys": (Journey(id="go", title="go", entry=next(iter(calls)), timeout_ms=60_000),),
            "clients": (ClientClass(id="eu", title="Europe", rps={"go": 20}),),
        }
    )


def traced(calls: dict[str, tuple[Call, ...]], *modifiers: Modifier) -> tuple[Span, ...]:
    at = topology.build(world_of(calls))
    t_ms, flow = played(at, modifiers, until_ms=60_000)[-1]
    return waterfall(at, flow, "go", SEED, t_ms)


def own_ms(spans: tuple[Span, ...]) -> dict[str, int]:
    """Time that each span spent itself: its duration less what its direct children cover."""
    found: dict[str, int] = {}
    for place, span in enumerate(spans):
        below = []
        for child in spans[place + 1 :]:
            if child.depth <= span.depth:
                break
            if child.depth == span.depth + 1:
                below.append((child.start_ms, child.start_ms + child.duration_ms))
        covered, until = 0, span.start_ms
        for start, end in sorted(below):
            covered += max(0, end - max(start, until))
            until = max(until, end)
        name = span.name.partition(".")[0]
        found[name] = max(found.get(name, 0), span.duration_ms - covered)
    return found


def test_calls_of_a_group_start_together_and_the_slowest_counts():
    both = tuple(Call(to=name, timeout_ms=5_000, group="both") for name in ("left", "right"))
    calls = {"top": (*both, Call(to="last", timeout_ms=5_000)), "left": (), "right": (), "last": ()}
    top, left, right, last = traced(calls, sick(Param.NET_DELAY_MS, 400.0, component="right"))
    assert left.start_ms == right.start_ms
    assert last.start_ms == right.start_ms + right.duration_ms
    assert top.duration_ms == last.start_ms + last.duration_ms


def test_a_hard_failure_in_a_group_ends_the_trace_behind_it():
    both = tuple(Call(to=name, timeout_ms=500, group="both") for name in ("left", "right"))
    calls = {"top": (*both, Call(to="last")), "left": (), "right": (), "last": ()}
    spans = traced(calls, sick(Param.ERROR_REPEATABLE, 0.9, component="left"))
    assert [span.name.partition(".")[0] for span in spans] == ["top", "left", "right"]
    assert spans[0].note == "failed: left"


def test_a_circle_ends():
    calls = {"top": (Call(to="down"),), "down": (Call(to="top", lagged=True),)}
    assert [span.depth for span in traced(calls)] == [0, 1, 2]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[dict[str, tuple[Call, ...]], str]:
    """Calls of a tree or diamond in which all can be reached, and the component that is slow."""
    names = [f"c{n}" for n in range(draw(st.integers(2, 7)))]
    calls: dict[str, list[Call]] = {name: [] for name in names}
    for n, name in enumerate(names[1:], start=1):
        for caller in sorted(draw(st.sets(st.sampled_from(names[:n]), min_size=1, max_size=2))):
            group = draw(st.sampled_from([None, "g", "h"]))
            soft = draw(st.booleans())
            calls[caller].append(Call(to=name, timeout_ms=60_000, group=group, soft=soft))
    return {name: tuple(made) for name, made in calls.items()}, draw(st.sampled_from(names))


@settings(deadline=None, max_examples=40)
@given(graphs(), st.sampled_from([Param.NET_DELAY_MS, Param.STALL_MS]))
def test_the_slow_component_has_the_longest_time_of_its_own(graph, param):
    calls, slow = graph
    found = own_ms(traced(calls, sick(param, 600.0, component=slow)))
    assert max(found, key=lambda name: found[name]) == slow
    assert found[slow] > 0.5 * 600


# --- what was collected ------------------------------------------------------------------------------------

CHAIN = {
    "top": (Call(to="middle", timeout_ms=5_000),),
    "middle": (Call(to="leaf", timeout_ms=5_000),),
    "leaf": (),
}


def names(spans: tuple[Span, ...]) -> list[tuple[int, str]]:
    return [(span.depth, span.name.partition(".")[0]) for span in spans]


def test_a_full_trace_is_left_as_it_is():
    spans = traced(CHAIN)
    assert collected(spans, {}, SEED, "x") == spans
    assert collected(spans, {"leaf": "full"}, SEED, "x") == spans


def test_a_component_without_traces_hides_what_is_below_it():
    spans = traced(CHAIN)
    assert names(collected(spans, {"middle": "empty"}, SEED, "x")) == [(0, "top")]
    assert collected(spans, {"top": "empty"}, SEED, "x") == ()


def test_a_sampled_component_lacks_its_span_in_half_of_the_traces_and_it_says_so():
    spans = traced(CHAIN)
    seen = [collected(spans, {"middle": "partial"}, SEED, str(n)) for n in range(200)]
    without = [found for found in seen if len(found) == 2]
    assert 70 < len(without) < 130
    assert {tuple(names(found)) for found in without} == {((0, "top"), (1, "leaf"))}
    assert {found[0].note.endswith(SAMPLED) for found in without} == {True}
    assert [found for found in seen if len(found) == 3] == [spans] * (200 - len(without))


def test_a_misleading_trace_blames_the_caller():
    broken = traced(CHAIN, sick(Param.ERROR_REPEATABLE, 0.9, component="leaf"))
    found = collected(broken, {"leaf": "misleading"}, SEED, "x")
    assert names(found) == [(0, "top"), (1, "middle")]
    assert not [span for span in found if "leaf" in span.note]
    slow = traced(CHAIN, sick(Param.NET_DELAY_MS, 600.0, component="leaf"))
    found = own_ms(collected(slow, {"leaf": "misleading"}, SEED, "x"))
    assert max(found, key=lambda name: found[name]) == "middle"
