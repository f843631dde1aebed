"""The order of one instant, asserted as lists of (time, what)."""

from sim.timeline import Order, Routine, Timeline


def test_one_instant_goes_by_order_then_key_then_schedule():
    timeline, log = Timeline(), []
    for order, key in [
        (Order.INPUTS, "a"),
        (Order.ACTS, "b"),
        (Order.ACTS, "a"),
        (Order.TICK, ""),
        (Order.FAULTS, "z"),
        (Order.INJECTS, ""),
        (Order.RULES, ""),
        (Order.TELEMETRY, ""),
        (Order.PEOPLE, ""),
        (Order.NOTIFICATIONS, ""),
    ]:
        timeline.call_at(10, order, key, lambda o=order, k=key: log.append((timeline.now_ms, o.name, k)))
    timeline.run_to(10)
    assert log == [
        (10, "FAULTS", "z"),
        (10, "ACTS", "a"),
        (10, "ACTS", "b"),
        (10, "TICK", ""),
        (10, "TELEMETRY", ""),
        (10, "RULES", ""),
        (10, "NOTIFICATIONS", ""),
        (10, "PEOPLE", ""),
        (10, "INJECTS", ""),
        (10, "INPUTS", "a"),
    ]


def test_what_an_instant_schedules_for_itself_still_happens_in_it():
    timeline, log = Timeline(), []

    def rule() -> None:
        log.append((timeline.now_ms, "rule"))
        timeline.call_at(
            timeline.now_ms, Order.NOTIFICATIONS, "", lambda: log.append((timeline.now_ms, "page"))
        )

    timeline.call_at(15, Order.RULES, "", rule)
    timeline.call_at(15, Order.PEOPLE, "", lambda: log.append((timeline.now_ms, "person")))
    timeline.run_to(15)
    assert log == [(15, "rule"), (15, "page"), (15, "person")]


def test_processes_stand_in_the_same_order_as_callbacks():
    timeline, log = Timeline(), []

    def ticks() -> Routine:
        for t_ms in (5, 10):
            yield timeline.moment(t_ms, Order.TICK)
            log.append((timeline.now_ms, "tick"))

    timeline.process(ticks())
    timeline.call_at(5, Order.TELEMETRY, "", lambda: log.append((timeline.now_ms, "sample")))
    timeline.call_at(5, Order.FAULTS, "", lambda: log.append((timeline.now_ms, "fault")))
    timeline.run_to(12)
    assert log == [(5, "fault"), (5, "tick"), (5, "sample"), (10, "tick")]
    assert timeline.now_ms == 12


def test_time_is_whole_and_stands_where_it_was_told_to():
    timeline = Timeline()
    timeline.run_to(7)
    assert (timeline.now_ms, type(timeline.now)) == (7, int)
