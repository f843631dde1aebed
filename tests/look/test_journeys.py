"""Journeys as customers see them: what each class of client meets, the usual, and how many people notice."""

import pytest

from sim.answer import Table
from sim.spec import Fault, Where
from sim.world.clients import met
from sim.world.modifiers import Modifier, Op, Param
from tests.spine.small import SCENARIO, drill
from tests.telemetry.tiny import SEED, built, played


def table(of, line: str) -> dict[str, tuple[str, ...]]:
    (found,) = [block for block in of.enter(line).blocks if isinstance(block, Table)]
    return {row[0]: row[1:] for row in found.rows}


def texts(of, line: str) -> list[str]:
    return [block.text for block in of.enter(line).blocks if hasattr(block, "text")]


def test_what_clients_meet_is_counted_around_the_flow():
    at = built()
    sick = Modifier("m", "f", Where(component="payments"), Param.ERROR_REPEATABLE, Op.SET, 0.3, 0)
    samples = played(at, (sick,), until_ms=120_000)[-4:]
    found = met(at, samples, "checkout", SEED)
    assert list(found) == ["eu", "us"]
    for index, stream in enumerate(at.streams):
        if stream.journey == "checkout":
            counted = found[stream.client]
            true_rps = sum(float(flow.stream_offered_rps[0, index]) for _, flow in samples) / 4
            assert counted.rps == pytest.approx(true_rps, rel=0.08)
            assert counted.failed == pytest.approx(0.3, abs=0.04)
            assert counted.good + counted.failed + counted.slow + counted.degraded == pytest.approx(1.0)
    assert found == met(at, samples, "checkout", SEED)


def test_without_samples_nobody_met_anything():
    assert met(built(), [], "browse", SEED) == {}


def test_an_ordinary_moment():
    of = drill()
    of.advance(45_000)
    good, failed, _, _, _, rate, usual, objective = table(of, "journeys")["buy"]
    assert (good, objective) == ("100%", "99%")
    assert failed in ("0%", "<0.1%", "0.1%")
    assert rate.endswith("/s")
    assert abs(int(usual.rstrip("%"))) <= 4
    assert len(texts(of, "journeys")) == 1, "no sentence where nobody is hurt"


def test_an_outage_is_said_in_words():
    of = drill()
    of.advance(300_000)
    assert table(of, "journeys")["buy"][-1] == "99% !!"
    (said,) = texts(of, "journeys")[1:]
    assert said.startswith("buy: nearly all requests failed; all 3,000 active users notice it each minute")
    assert texts(of, "journeys buy")[-1] == said


def test_a_blocked_client_shows_in_its_own_row():
    fault = Fault(id="eu-gone", kind="bad_config", where=Where(component="web"), intensity=0.2)
    of = drill(SCENARIO.model_copy(update={"faults": (fault,)}))
    of.advance(300_000)
    rows = table(of, "journeys buy")
    assert list(rows) == ["eu", "us", "all"]
    failed = [float(rows[name][2].rstrip(" %")) for name in rows]
    assert failed == [pytest.approx(failed[2], abs=4)] * 3
    of.enter("block us yes")
    of.advance(700_000)
    assert float(table(of, "journeys buy")["us"][0].rstrip("/s")) < 1.0


def test_what_goes_through_a_queue_can_come_late():
    components = tuple(
        c.model_copy(update={"kind": "queue"}) if c.id == "db" else c for c in SCENARIO.world.components
    )
    journeys = tuple(j.model_copy(update={"queue": "db"}) for j in SCENARIO.world.journeys)
    world = SCENARIO.world.model_copy(update={"components": components, "journeys": journeys})
    of = drill(SCENARIO.model_copy(update={"world": world, "faults": ()}))
    of.advance(60_000)
    now = of.view.journeys_now()[0]
    assert not now.late_s > now.journey.late_s
    assert not of.enter("metrics db queue_age").refused
    assert of.enter("metrics api queue_age").text == "api has no queue_age_s"
