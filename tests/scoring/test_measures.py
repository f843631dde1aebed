import pytest

from scoring.measures import MEASURE_KINDS
from scoring.record import DrillRecord
from scoring.score import judge
from scoring.scorecard import Measure, Scorecard
from sim.events import ActFinished, ActJudged, ActStarted, DataLost
from tests.scoring.drills_by_hand import (
    FLAWLESS,
    JUDGED,
    PAGED,
    Timed,
    drill,
    flawless,
    idle,
    impact,
    scenario,
)


def values(card: Scorecard) -> dict[str, float | None]:
    return {measure.id: measure.value for measure in card.measures}


def test_figures_of_a_flawless_drill() -> None:
    assert values(judge(flawless())) == {
        "onset-to-evidence": 30,
        "mttd": 50,
        "mtta": 20,
        "evidence-to-engaged": 30,
        "evidence-to-declared": 50,
        "pages": 1,
        "true-pages": 1,
        "severity-under": 0,
        "severity-over": 0,
        "journeys-named": 1,
        "users-factor": pytest.approx(4 / 3),
        "suspicions": 1,
        "suspect-hops": 0,
        "first-customer-update": 70,
        "customer-silence": 400,
        "executive-silence": 380,
        "internal-silence": 390,
        "customer-updates": 2,
        "promises-in-time": 1,
        "user-minutes-lost": pytest.approx(500 / 60 * 1000),
        "users-affected": 1000,
        "worst-users-share": pytest.approx(0.3),
        "mttm": 500,
        "evidence-to-mitigated": 470,
        "mttr": 900,
        "relapses": 0,
        "acts": 1,
        "acts-without-effect": 0,
        "hints": 0,
    }


def test_what_nobody_did_has_no_value_instead_of_a_zero() -> None:
    found = {measure.id: (measure.standing, measure.value) for measure in judge(idle()).measures}
    for name in ("mttd", "mtta", "evidence-to-declared", "users-factor", "mttm", "mttr", "suspect-hops"):
        assert found[name] == ("no evidence", None), name
    assert found["promises-in-time"] == ("not applicable", None)
    assert found["severity-under"] == ("measured", 45 * 60)


def measures(record: DrillRecord) -> dict[str, Measure]:
    return {measure.id: measure for measure in judge(record).measures}


def test_acts_that_changed_nothing_are_counted_with_the_time_they_took() -> None:
    acts: list[Timed] = [
        (700, ActStarted(act=2, verb="scale", target="web", by="ada", takes_s=300)),
        (1000, ActFinished(act=2, verb="scale", target="web", ok=True, text="done")),
        (1000, ActStarted(act=3, verb="restart", target="web", by="ada", takes_s=180)),
        (1180, ActFinished(act=3, verb="restart", target="web", ok=False, text="failed")),
    ]
    judged: list[Timed] = [
        (1000, ActJudged(act=2, outcome="no_effect")),
        (1180, ActJudged(act=3, outcome="failed")),
    ]
    vain = measures(drill([*FLAWLESS, *acts], [*impact(800), *JUDGED, *judged]))["acts-without-effect"]
    assert (vain.value, vain.note) == (2, "scale web, restart web; took 8 min")
    assert measures(drill(FLAWLESS, []))["acts-without-effect"].standing == "no evidence"


def test_what_an_act_lost_agrees_with_no_fault_having_put_data_at_risk() -> None:
    lost = (900, DataLost(component="database", records=12, by="act:1"))
    of = scenario(expects="integrity")
    found = [
        measures(drill(FLAWLESS, [*impact(800), *more], scenario=of))["data-at-risk"].note
        for more in ([lost], [])
    ]
    assert found == ["no fault put data at risk; what was lost, an act lost", "no fault put data at risk"]


def test_an_impact_that_was_not_sustained_has_no_time_at_a_wrong_severity() -> None:
    short = measures(flawless(until_s=590))
    for name in ("severity-under", "severity-over"):
        assert (short[name].value, short[name].note) == (0, "mitigated before the impact had lasted 5 min")
    unstated = measures(drill(PAGED, impact(590)))["severity-under"]
    assert (unstated.standing, unstated.note) == ("not applicable", short["severity-under"].note)


def test_a_silence_says_until_when_it_is_counted() -> None:
    assert measures(flawless())["customer-silence"].note == "until users had recovered"
    assert measures(idle())["customer-silence"].note == "until the horizon"


def test_without_truth_nothing_about_impact_has_a_value() -> None:
    found = {measure.id: measure.standing for measure in judge(drill(PAGED, [])).measures}
    for name in ("onset-to-evidence", "user-minutes-lost", "severity-under", "journeys-named", "mttm"):
        assert found[name] == "no evidence", name


def test_without_impact_the_times_do_not_apply() -> None:
    quiet = [pair for pair in impact(0) if pair[1].kind == "truth.impact_measured"]
    found = {measure.id: measure.standing for measure in judge(drill([], quiet)).measures}
    for name in ("mttd", "mttm", "mttr", "relapses", "severity-under", "users-factor"):
        assert found[name] == "not applicable", name


def test_every_measure_has_its_own_id_and_comes_in_the_order_of_the_table() -> None:
    ids = [kind.id for kind in MEASURE_KINDS]
    assert len(set(ids)) == len(ids)
    of_data = judge(drill([], impact(None), scenario=scenario(expects="integrity")))
    assert [measure.id for measure in of_data.measures] == ids
    elsewhere = [measure.id for measure in judge(idle()).measures]
    assert elsewhere == [name for name in ids if name not in ("records-lost", "data-at-risk")]
