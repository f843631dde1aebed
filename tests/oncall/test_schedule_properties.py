"""Properties of turns, windows and shifts, in zones whose clocks change in odd ways."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.schedule.shifts import gaps, on_call, shifts
from sim.oncall.schedule.turns import Turns
from sim.oncall.schedule.wall_clock import first_at, last_at, shown
from sim.oncall.schedule.windows import WEEKDAYS, Window, covered, merged, within, without

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/Chicago",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Africa/Casablanca",
)
zones = st.sampled_from(ZONES).map(ZoneInfo)
locals_ = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
instants = locals_.map(lambda moment: moment.replace(tzinfo=UTC))
turns = st.builds(
    Turns,
    st.sampled_from(["hourly", "daily", "weekly", "monthly"]),
    st.integers(1, 40),
    locals_,
    zones,
)
windows = st.builds(
    Window,
    st.lists(st.sampled_from(WEEKDAYS), min_size=1, unique=True).map(tuple),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
    st.times().map(lambda t: t.replace(second=0, microsecond=0)),
)
HOUR = timedelta(hours=1)


@given(locals_, zones)
def test_a_local_time_that_clocks_show_is_shown_at_both_its_instants(local, zone):
    first, last = first_at(local, zone), last_at(local, zone)
    assert first <= last
    if shown(first, zone) == local:
        assert shown(last, zone) == local
    else:  # in a gap: the first instant after it
        assert first == last
        assert shown(first, zone) > local > shown(first - timedelta(seconds=1), zone)


@given(turns, instants)
def test_every_instant_lies_in_its_turn(of, at):
    number = of.number_at(at)
    assert of.begins(number) <= at < of.begins(number + 1)


@given(turns, st.integers(-50, 50))
def test_turns_follow_one_another(of, number):
    assert of.begins(number) <= of.begins(number + 1)


@given(turns, instants, st.integers(1, 60))
def test_handoffs_are_the_beginnings_of_turns(of, first, days):
    last = first + timedelta(days=days)
    found = of.handoffs(first, last)
    assert list(found) == sorted(set(found))
    assert found[0] <= first
    assert found[-1] > last
    assert all(of.begins(of.number_at(at)) == at for at in found)


@given(st.lists(windows, max_size=3), instants, zones)
def test_what_is_covered_is_what_a_clock_says(given_windows, at, zone):
    inside = bool(within(covered(given_windows, at, at + HOUR, zone), at, at + timedelta(seconds=1)))
    local = shown(at, zone)
    if any(abs((shown(at + n * HOUR, zone) - local) - n * HOUR) > timedelta(0) for n in (-48, -24, 24, 48)):
        return  # near a change of the clock a window is longer or shorter than the clock says
    assert inside is any(_says(window, local) for window in given_windows)


def _says(window: Window, local: datetime) -> bool:
    for day in (local.date(), local.date() - timedelta(days=1)):
        if WEEKDAYS[day.weekday()] in window.weekdays:
            begins = datetime.combine(day, window.start)
            until = day if window.end > window.start else day + timedelta(days=1)
            if begins <= local < datetime.combine(until, window.end):
                return True
    return False


spans = st.lists(
    st.tuples(st.integers(0, 100), st.integers(1, 20)).map(
        lambda pair: (datetime(2026, 1, 1, tzinfo=UTC) + pair[0] * HOUR,
                      datetime(2026, 1, 1, tzinfo=UTC) + (pair[0] + pair[1]) * HOUR)
    ),
    max_size=6,
)  # fmt: skip


@given(spans, spans)
def test_spans_as_sets_of_hours(some, others):
    def hours(of) -> set[datetime]:
        return {start + n * HOUR for start, end in of for n in range((end - start) // HOUR)}

    assert hours(merged(some)) == hours(some)
    assert hours(without(some, others)) == hours(some) - hours(others)


def policy(zone, every, length, start, people, advance, limits) -> RotationPolicy:
    names = [f"p{n}" for n in range(people)]
    rotation = {"every": every, "length": length, "start": start, "participants": names, "advance": advance}
    return RotationPolicy.model_validate(
        {
            "policy": "any",
            "zone": zone,
            "people": {name: {} for name in names},
            "layers": [{"id": "primary", "rules": [{"rotation": rotation, "restrictions": limits}]}],
            "escalation": {"steps": [{"targets": ["primary"], "minutes": 5}]},
        }
    )


policies = st.builds(
    policy,
    st.sampled_from(ZONES),
    st.sampled_from(["hourly", "daily", "weekly", "monthly"]),
    st.integers(1, 14),
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 6, 1)).map(
        lambda t: t.replace(second=0, microsecond=0)
    ),
    st.integers(1, 6),
    st.sampled_from(["calendar", "covered"]),
    st.sampled_from([[], [{"weekdays": ["mon", "fri"], "from": "22:00", "to": "06:30"}]]),
)
OF_2026 = st.datetimes(datetime(2026, 6, 1), datetime(2026, 12, 1)).map(lambda t: t.replace(tzinfo=UTC))


@given(policies, OF_2026, st.integers(1, 20))
def test_shifts_and_the_moment_agree(of, first, days):
    layer, last = of.layers[0], first + timedelta(days=days)
    found = shifts(of, layer, first, last)
    assert all(first <= shift.start < shift.end <= last for shift in found)
    for moment in (first, first + timedelta(days=days) / 2, last - timedelta(minutes=1)):
        now = {shift.person for shift in found if shift.start <= moment < shift.end}
        assert now == set(on_call(of, layer, moment))
        assert len(now) <= 1


@given(policies, OF_2026, st.integers(2, 20))
def test_a_window_in_two_parts_is_the_window(of, first, days):
    layer, last = of.layers[0], first + timedelta(days=days)
    middle = first + timedelta(days=days) / 2
    parts = (*shifts(of, layer, first, middle), *shifts(of, layer, middle, last))
    for person in of.people:
        whole = merged((s.start, s.end) for s in shifts(of, layer, first, last) if s.person == person)
        assert whole == merged((s.start, s.end) for s in parts if s.person == person)


@given(policies, OF_2026)
def test_a_rotation_without_restriction_leaves_no_gap(of, first):
    if not of.layers[0].rules[0].restrictions:
        last = first + timedelta(days=30)
        assert gaps(shifts(of, of.layers[0], first, last), first, last) == ()
