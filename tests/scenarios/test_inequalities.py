"""What each expectation asks of the players, on runs written by hand."""

from typing import get_args

import pytest

from scenarios.inequalities import ASKED, BAND_SEEDS, HARMLESS, Band, band, broken, par_outside, rows
from sim.bots.runs import Run
from sim.spec import Expectation

GOOD = {
    "idle": (5.0, None, 1000.0, 0),
    "undo-last": (30.0, None, 1000.0, 1),
    "restart-loudest": (31.0, None, 1000.0, 1),
    "scale-busiest": (32.0, None, 1000.0, 1),
    "shotgun": (40.0, None, 900.0, 9),
    "novice": (60.0, None, 800.0, 2),
    "expert": (90.0, 500.0, 100.0, 1),
    "oracle": (95.0, 300.0, 60.0, 1),
}
"""Score, seconds to mitigation, user-minutes lost and acts of each player, as they should be."""


def runs(seeds: int = 2, **other: tuple[float, float | None, float, int]) -> list[Run]:
    played = GOOD | {name.replace("_", "-"): what for name, what in other.items()}
    return [Run(player, seed, *what) for player, what in played.items() for seed in range(1, seeds + 1)]


def test_every_expectation_asks_for_something():
    assert set(ASKED) == set(get_args(Expectation))


@pytest.mark.parametrize("expects", ["mitigate", "integrity", "wait_out"])
def test_a_drill_as_it_should_be_breaks_nothing(expects: Expectation):
    assert broken(expects, runs()) == ()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"expert": (90.0, None, 100.0, 1)}, "the expert mitigates in 0% of the seeds"),
        ({"novice": (91.0, 600.0, 90.0, 1)}, "expert (90.0) does not do better than novice (91.0)"),
        ({"expert": (96.0, 300.0, 50.0, 1)}, "oracle (95.0) does not do better than expert (96.0)"),
        ({"undo_last": (75.0, 900.0, 90.0, 1)}, "novice (60.0) does not do better than undo-last (75.0)"),
        ({"scale_busiest": (2.0, None, 2000.0, 1)}, "scale-busiest (2.0) does not do better than idle (5.0)"),
        ({"shotgun": (61.0, None, 800.0, 9)}, "novice (60.0) does not do better than shotgun (61.0)"),
    ],
)
def test_mitigate_names_what_is_out_of_order(
    other: dict[str, tuple[float, float | None, float, int]], says: str
):
    found = broken("mitigate", runs(**other))
    assert len(found) == 1
    assert found[0].startswith(says)
    assert ": " in found[0], "and what to do"


def test_a_drill_that_hurts_nobody_says_so_alone():
    assert broken("mitigate", runs(idle=(0.0, None, 0.0, 0))) == (HARMLESS,)


def test_equal_scores_are_told_apart_by_the_loss():
    assert broken("mitigate", runs(expert=(95.0, 500.0, 100.0, 1))) == ()
    assert len(broken("mitigate", runs(expert=(95.0, 300.0, 60.0, 1)))) == 1


def test_a_false_alarm_wants_restraint():
    calm = {"expert": (90.0, None, 0.0, 0), "idle": (10.0, None, 0.0, 0)}
    assert broken("no_action", runs(**calm)) == ()
    acted = broken("no_action", runs(**calm | {"novice": (92.0, None, 0.0, 1)}))
    assert [text.split(":")[0] for text in acted] == ["expert (90.0) does not do better than novice (92.0)"]
    assert broken("no_action", runs(**calm | {"novice": (92.0, None, 0.0, 0)})) == ()
    slept = broken("no_action", runs(**calm | {"idle": (90.0, None, 0.0, 0)}))
    assert [text.split(":")[0] for text in slept] == ["expert (90.0) does not do better than idle (90.0)"]
    assert "the expert acts" in broken("no_action", runs(expert=(90.0, None, 0.0, 1)))[0]


def test_prevention_wants_it_averted():
    assert broken("prevent", runs(expert=(90.0, None, 50.0, 1))) == ()
    hurt = broken("prevent", runs(expert=(90.0, 500.0, 51.0, 1)))
    assert [text[:41] for text in hurt] == ["the expert averts it in 0% of the seeds, "]


def test_waiting_may_not_do_worse_than_acting():
    found = broken("wait_out", runs(undo_last=(93.0, None, 100.0, 1)))
    assert [text.split(":")[0] for text in found] == [
        "expert (90.0) does not do better than undo-last (93.0)"
    ]


def test_rows_are_medians_over_the_seeds():
    played = [
        Run("expert", seed, score, 60.0, 10.0 * seed, seed) for seed, score in enumerate((50, 90, 80), 1)
    ]
    (row,) = rows(played).values()
    assert (row.runs, row.score, row.lowest, row.highest) == (3, 80, 50, 90)
    assert (row.mitigated_share, row.user_min_lost, row.acts) == (1.0, 20.0, 2)


def test_par_is_held_against_the_expert_over_many_seeds():
    played = [Run("expert", seed, 90.0, 60.0, float(seed), 1) for seed in range(1, BAND_SEEDS + 2)]
    assert band(played) == Band(6.0, 11.0, 16.0)
    assert par_outside(16.0, played) == ()
    assert "set rubric.par_user_min to 11" in par_outside(17.0, played)[0]
    assert par_outside(17.0, played[:5]) == (), "too few seeds to say so"
    assert band(played[:1]) is None
