"""Figures of years that can be counted by hand: what happened is written down, not played."""

from typing import Any

import numpy as np
import pytest

from sim.oncall.schedule.policy import RotationPolicy
from sim.oncall.whatif.figures import BINS, NAMES, Year, gini, year
from sim.oncall.whatif.records import Records
from sim.oncall.whatif.table import WEEKS, YEAR_MS
from tests.oncall.whatif.years import HOUR, MINUTE, alerts_of, policy_of, table_of

DAY, WEEK = 24 * HOUR, 168 * HOUR
ANA, BEN, BOSS = range(3)
PERSON_WEEKS = 2 * WEEKS
LAYERS = [
    {"id": "first", "rules": [{"people": ["ana"]}]},
    {"id": "second", "rules": [{"people": ["ben"]}]},
]
STEPS: list[dict[str, Any]] = [{"targets": [layer["id"]], "minutes": 5} for layer in LAYERS]


def policy(**changed: Any) -> RotationPolicy:
    """Return a policy with Ana on call first and Ben second, always, in UTC."""
    given = {"layers": LAYERS, "steps": STEPS, **changed}
    return policy_of(given.pop("people", ["ana", "ben"]), given.pop("steps"), **given)


def rows(found: list[tuple[int, ...]], columns: int) -> Any:
    return np.array(found, dtype=np.int64).reshape(-1, columns)


def played(
    at: list[int] = [],  # noqa: B006
    *,
    acknowledged: list[tuple[int, ...]] | None = None,
    pages: list[tuple[int, int]] = [],  # noqa: B006
    work: list[tuple[int, int, int]] = [],  # noqa: B006
    awake: list[tuple[int, int, int]] = [],  # noqa: B006
    noise: bool = False,
    **changed: Any,
) -> Year:
    """Return the figures of alerts at these times. Rows of `acknowledged` are after how long, by whom, on
    which step, handed over how often, begun and done after how long; of `pages` who and when; of `work` who,
    from, to; of `awake` who, when, and how much sleep that cost.
    """
    alerts = alerts_of(at)
    if noise:
        alerts = alerts._replace(needs_action=alerts.needs_action * 0)
    told = [
        (
            begins + after if after >= 0 else -1,
            by,
            step,
            1,
            handed,
            begins + begun if begun >= 0 else -1,
            begins + done if done >= 0 else -1,
        )
        for begins, (after, by, step, handed, begun, done) in zip(
            at, acknowledged or [(0, ANA, 0, 0, 0, 0)] * len(at), strict=True
        )
    ]
    records = Records(
        rows(told, 7),
        rows([(0, who, 0, when) for who, when in pages], 4),
        rows([(0, who, start, end, 0) for who, start, end in work], 5),
        rows([(who, start, start + lost, lost) for who, start, lost in awake], 4),
    )
    return year(table_of(policy(**changed)), alerts, records)


def figures(*given: Any, **named: Any) -> dict[str, float]:
    return dict(zip(NAMES, played(*given, **named).values.tolist(), strict=True))


def test_times_are_the_smallest_that_a_share_does_not_exceed() -> None:
    order = np.random.default_rng(1).permutation(20) + 1
    each = [(n * MINUTE, ANA, 0, 0, 4 * n * MINUTE, 7 * n * MINUTE) for n in order.tolist()]
    found = played([n * HOUR for n in range(20)], acknowledged=each)
    named = dict(zip(NAMES, found.values.tolist(), strict=True))
    for name, share in (("median", 10), ("p90", 18), ("p95", 19)):
        assert named[f"time to acknowledge, {name}"] == share
    assert named["work that waits, p95"] == 3 * 19
    assert (named["time to mitigate, median"], named["time to mitigate, p90"]) == (70, 126)
    assert found.acknowledged.sum() == found.mitigated.sum() == 20
    first_ten = np.searchsorted(BINS, 10.0)
    assert found.acknowledged[: first_ten + 1].sum() == 10


def test_what_is_missed_or_escalated_counts_and_what_is_never_done_is_endless() -> None:
    each = [(-1, -1, -1, 0, -1, -1)] * 2 + [(MINUTE, BEN, 1, 0, MINUTE, 2 * MINUTE)] * 3
    found = figures([n * HOUR for n in range(10)], acknowledged=each + [(0, ANA, 0, 0, 0, 0)] * 5)
    assert (found["missed pages"], found["escalated pages"]) == (20, 50)
    assert found["time to acknowledge, p90"] == float("inf")
    assert played([0], acknowledged=[each[0]]).acknowledged[-1] == 1


def test_noise_has_no_time_to_mitigate() -> None:
    found = figures([HOUR], acknowledged=[(0, ANA, 0, 0, 0, MINUTE)], noise=True)
    assert (found["time to mitigate, median"], found["incidents per shift"]) == (0, 0)


def test_cover_and_the_longest_stretch_are_those_of_the_layers() -> None:
    office = {"weekdays": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00"}
    part = [{"id": "first", "rules": [{"people": ["ana"], "restrictions": [office]}]}, LAYERS[1]]
    found = figures(layers=part)
    assert found["hours without cover"] == pytest.approx(168 - 50)
    assert found["longest stretch on call"] == 24 * 7 * WEEKS
    turns = {"participants": ["ana", "ben"], "start": "2024-01-01T00:00", "every": "daily"}
    daily = figures(layers=[{"id": "first", "rules": [{"rotation": turns}]}], steps=STEPS[:1])
    assert (daily["hours without cover"], daily["longest stretch on call"]) == (0, 24)


def test_interruptions_within_a_minute_are_one_and_hours_are_of_three_kinds() -> None:
    saturday = 5 * DAY
    times = [10 * HOUR, 10 * HOUR + 30_000, 19 * HOUR, 23 * HOUR, saturday + 3 * HOUR, saturday + 9 * HOUR]
    found = played(pages=[(ANA, at) for at in times])
    named = dict(zip(NAMES, found.values.tolist(), strict=True))
    assert named["interruptions per person-week"] == pytest.approx(5 / PERSON_WEEKS)
    for kind, count in (("business", 1), ("off", 2), ("sleep", 2)):
        assert named[f"{kind} interruptions per person-week"] == pytest.approx(count / PERSON_WEEKS)
    assert found.carried[ANA, :3].tolist() == [1, 2, 2]
    assert np.flatnonzero(found.heat).tolist() == [10, 19, 23, 5 * 24 + 3, 5 * 24 + 9]


def test_who_is_paged_with_another_is_interrupted_as_well() -> None:
    assert figures(pages=[(ANA, HOUR), (BEN, HOUR)])["interruptions per person-week"] == 2 / PERSON_WEEKS


def test_fairness_over_a_year_and_over_weeks() -> None:
    pages = [(ANA, HOUR), (ANA, 2 * HOUR), (ANA, WEEK), (BEN, WEEK)]
    found = figures(pages=pages)
    assert (found["interruptions of the busiest"], found["unfairness in a year"]) == (1.5, 0.25)
    assert (found["interruptions of the busiest in a week"], found["unfairness in a week"]) == (1.5, 0.25)
    quiet = figures()
    assert (quiet["interruptions of the busiest"], quiet["unfairness in a week"]) == (1, 0)


def test_sleep_lost_counts_in_hours_and_a_night_once() -> None:
    hours = [(ANA, 23 * HOUR, HOUR), (ANA, 27 * HOUR, HOUR), (BEN, 24 * HOUR, HOUR), (ANA, 50 * HOUR, HOUR)]
    found = figures(awake=hours)
    assert found["sleep lost per person-week"] == pytest.approx(4 / PERSON_WEEKS)
    assert found["nights broken per person-week"] == pytest.approx(3 / PERSON_WEEKS)


def test_work_counts_in_hours_and_weeks_with_more_than_ten_are_too_many() -> None:
    found = figures(work=[(ANA, 9 * HOUR, 20 * HOUR), (BEN, 9 * HOUR, 18 * HOUR), (BEN, WEEK, WEEK + HOUR)])
    assert found["hands-on time per person-week"] == pytest.approx(21 / PERSON_WEEKS)
    assert found["weeks over a quarter of time"] == pytest.approx(100 / 3)


@pytest.mark.parametrize(
    ("start", "end", "without"),
    [(21.0, 22.0, 0), (21.5, 22.1, 1), (26.0, 26.1, 1), (27.9, 29.0, 1), (28.0, 29.0, 0), (9.0, 17.0, 0)],
)
def test_work_between_ten_and_four_leaves_no_rest(start: float, end: float, without: int) -> None:
    span = (ANA, int(start * HOUR), int(end * HOUR))
    found = figures(work=[span, span, (BEN, *span[1:])])
    assert found["nights without rest per person-week"] == pytest.approx(2 * without / PERSON_WEEKS)


def test_shifts_with_more_than_two_incidents_and_incidents_per_shift() -> None:
    busy = [HOUR, 2 * HOUR, 3 * HOUR, 13 * HOUR, 14 * HOUR]
    found = figures(busy)
    shifts = 2 * 2 * 7 * WEEKS
    assert found["incidents per shift"] == pytest.approx(5 / shifts)
    assert found["shifts over two incidents"] == pytest.approx(100 / shifts)


def test_hand_overs_are_counted_by_the_week() -> None:
    each = [(0, ANA, 0, 2, 0, HOUR), (0, ANA, 0, 1, 0, HOUR)]
    assert figures([HOUR, WEEK], acknowledged=each)["hand-overs in mid-incident"] == pytest.approx(3 / WEEKS)


@pytest.mark.parametrize(("middle", "end", "piles"), [(0, 20, 0), (0, 21, 100), (20, 30, 0), (20, 31, 100)])
@pytest.mark.parametrize("noise", [False, True])
def test_work_piles_up_where_far_more_is_left_at_the_end(
    middle: int, end: int, piles: int, noise: bool
) -> None:
    at = [HOUR] * middle + [YEAR_MS - HOUR] * (end - middle) + [2 * HOUR]
    each = [(0, ANA, 0, 0, -1, -1)] * end + [(0, ANA, 0, 0, 0, MINUTE)]
    found = figures(at, acknowledged=each, noise=noise)
    assert (found["incidents left over"], found["years in which work piles up"]) == (end, piles)


def test_pay_counts_hours_and_interruptions() -> None:
    pay = {"hour": 1, "business_interruption": 52, "off_interruption": 5.2, "sleep_interruption": 520}
    assert figures(pages=[(ANA, HOUR), (BEN, 10 * HOUR)], pay=pay)["cost per week"] == pytest.approx(
        2 * 168 + 10 + 1
    )


def test_only_who_is_on_the_rota_shares_the_load() -> None:
    """Whoever a step names is paged as well; somebody who takes no turns at all is nobody's colleague."""
    steps = [*STEPS, {"targets": ["boss"], "minutes": 5}]
    pages = [(ANA, HOUR), (BOSS, 2 * HOUR)]
    given: dict[str, Any] = {
        "pages": pages,
        "work": [(BOSS, HOUR, 2 * HOUR)],
        "awake": [(BOSS, HOUR, HOUR)],
        "acknowledged": [(0, BOSS, 2, 0, 0, 0)],
    }
    found = played([HOUR], people=["ana", "ben", "boss", "zed"], steps=steps, **given)
    named = dict(zip(NAMES, found.values.tolist(), strict=True))
    assert named["interruptions per person-week"] == 1 / PERSON_WEEKS
    assert named["interruptions of the busiest"] == 2
    for name in ("hands-on time", "nights broken", "sleep lost", "nights without rest"):
        assert named[f"{name} per person-week"] == 0
    assert named["incidents per shift"] == 0
    assert named["interruptions of the busiest in a week"] == 2
    assert found.carried[BOSS].tolist() == [0, 0, 1, 1, 1]


def test_where_steps_name_people_alone_these_share_the_load() -> None:
    steps: list[dict[str, Any]] = [{"targets": ["ana"], "minutes": 5}, {"targets": ["ben"], "minutes": 5}]
    found = figures(pages=[(ANA, HOUR)], people=["ana", "ben", "zed"], steps=steps)
    assert found["interruptions per person-week"] == 1 / PERSON_WEEKS
    assert found["longest stretch on call"] == 24 * 7 * WEEKS


@pytest.mark.parametrize(
    ("shares", "expected"), [([1, 1, 1, 1], 0), ([0, 0, 0, 1], 0.75), ([0, 0], 0), ([1, 3], 0.25)]
)
def test_gini(shares: list[float], expected: float) -> None:
    assert gini(np.array(shares, dtype=float)) == pytest.approx(expected)
