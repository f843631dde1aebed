"""What must hold for every play: harm never pays, speed never costs, doing nothing earns nothing."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from scoring.record import DrillRecord
from scoring.score import judge, total
from scoring.scorecard import Scorecard
from sim.events import ActStarted, AlertFired, AlertLabelled, AlertMuted, AlertSilenced, MitigationClaimed
from tests.scoring.drills_by_hand import (
    ALERT,
    FLAWLESS,
    JUDGED,
    PAGED,
    Timed,
    drill,
    flawless,
    idle,
    impact,
)

LAST_SUSPICION_S = 450
TOLERANCE = 1e-9

quick = settings(max_examples=50, deadline=None)

PLAYED = [pair for pair in FLAWLESS if pair not in PAGED and pair[1].kind != "drill.ended"]


@st.composite
def plays(draw: st.DrawFn) -> list[Timed]:
    """Some of the flawless play, each part up to 40 minutes later; suspicions stay where they were."""
    kept = draw(st.lists(st.sampled_from(PLAYED), unique_by=lambda pair: pair[0]))
    return [
        *PAGED,
        *(
            (t + (0 if t == LAST_SUSPICION_S else draw(st.sampled_from([0, 60, 600, 2400]))), event)
            for t, event in kept
        ),
    ]


recoveries = st.one_of(st.none(), st.integers(LAST_SUSPICION_S + 10, 3000))


def score(play: DrillRecord) -> float:
    return total(judge(play))


def test_idle_earns_nothing_and_a_flawless_play_everything() -> None:
    assert score(idle()) == 0
    assert score(flawless()) >= 95


@quick
@given(plays(), recoveries)
def test_a_total_is_a_share_of_a_hundred_and_weights_add_up(
    play: list[Timed], recovered_s: int | None
) -> None:
    card = judge(drill(play, impact(recovered_s) + JUDGED))
    assert -TOLERANCE <= total(card) <= 100 + TOLERANCE
    assert abs(sum(check.weight for check in card.checks) - 1) < TOLERANCE
    assert all(check.weight == 0 for check in card.checks if check.result == "not observable")


@quick
@given(plays(), recoveries, st.floats(0, 100_000))
def test_more_user_minutes_lost_never_raise_the_total(
    play: list[Timed], recovered_s: int | None, extra: float
) -> None:
    less = score(drill(play, impact(recovered_s) + JUDGED))
    assert score(drill(play, impact(recovered_s, extra_user_min=extra) + JUDGED)) <= less + TOLERANCE


@quick
@given(plays(), st.tuples(st.integers(LAST_SUSPICION_S + 10, 3000), recoveries))
def test_an_earlier_mitigation_never_lowers_mitigation_nor_with_the_same_communication_the_total(
    play: list[Timed], recovered: tuple[int, int | None]
) -> None:
    first_s, second_s = recovered
    early_s, late_s = sorted((first_s, second_s)) if second_s is not None else (first_s, None)
    late = judge(drill(play, impact(late_s) + JUDGED))
    early = judge(drill(play, impact(early_s) + JUDGED))
    assert mitigation_share(early) >= mitigation_share(late) - TOLERANCE
    if communication_credits(early) == communication_credits(late):
        assert total(early) >= total(late) - TOLERANCE


def mitigation_share(card: Scorecard) -> float:
    return next(area.share or 0.0 for area in card.areas if area.area == "mitigation")


def communication_credits(card: Scorecard) -> list[float | None]:
    return [check.verdict.credit for check in card.checks if check.area == "communication"]


HARMS: dict[str, tuple[list[Timed], list[Timed]]] = {
    "a tempting act": ([(700, ActStarted(act=9, verb="restart", target="database", by="a", takes_s=9))], []),
    "an alert of its own making": (
        [(700, AlertFired(**{**ALERT.model_dump(), "alert": 9}))],
        [(700, AlertLabelled(alert=9, label="self_inflicted", cause="act:9"))],
    ),
    "a silence over the incident": (
        [
            (329, AlertSilenced(silence=1, matcher="CheckoutErrors", until_ms=3_600_000)),
            (330, AlertMuted(alert=1, rule="CheckoutErrors", component="checkout", silence=1)),
        ],
        [],
    ),
    "a false claim": ([(451, MitigationClaimed())], []),
}


PREPARED_HARM = [*PAGED, *(pair for pair in FLAWLESS if pair[0] in (350, 430))]
"""A page taken and a look at the changes: all that is done after it is prepared."""


@quick
@given(plays(), recoveries, st.sampled_from(sorted(HARMS)))
@example(PREPARED_HARM, 460, "a tempting act")
def test_doing_harm_never_raises_the_total(play: list[Timed], recovered_s: int | None, name: str) -> None:
    did, was = HARMS[name]
    without = score(drill(play, impact(recovered_s) + JUDGED))
    assert score(drill([*play, *did], [*impact(recovered_s), *JUDGED, *was])) <= without + TOLERANCE


@quick
@given(plays(), recoveries)
def test_the_same_record_gives_the_same_card(play: list[Timed], recovered_s: int | None) -> None:
    record = drill(play, impact(recovered_s))
    assert judge(record) == judge(record)


def test_without_truth_nothing_about_users_is_judged() -> None:
    card = judge(drill(FLAWLESS, []))
    judged = {check.id for check in card.checks if check.result != "not observable"}
    assert judged <= {"promises-kept", "update-says-what-matters", "looked-before-acting", "no-harm-done"}
