"""Truth of what takes its time: messages that wait in a queue, and a certificate that runs out."""

from typing import Any

from sim.spec import Call, ClientClass, Fault, Journey, Operation, Rhythm, Scenario, Where, World
from tests.spine.small import SCENARIO, component
from tests.twin.small import LEAD_IN_S, labels, played, rule, scenario

CERTIFIED = component("auth", Operation(work_ms=2), certificate_days=200)
WORLD = World(
    id="letters",
    title="Letters",
    summary="Orders are taken at once and confirmed by a worker.",
    zones=("zone-a",),
    rhythm=Rhythm(trough_share=1.0, weekend_share=1.0, jitter=0.0),
    components=(
        component("web", Operation(work_ms=4, calls=(Call(to="jobs"), Call(to="auth"))), kind="edge"),
        component("jobs", Operation(work_ms=1), kind="queue"),
        component("worker", Operation(work_ms=150), kind="worker", consumes="jobs"),
        CERTIFIED,
    ),
    journeys=(
        Journey(id="order", title="Order", entry="web", critical=True, queue="jobs", late_s=120.0),
        Journey(id="look", title="Look", entry="web"),
    ),
    clients=(ClientClass(id="eu", title="Europe", rps={"order": 50, "look": 50}),),
    rules=(
        rule("JobsOld", component="jobs", signal="queue_age_s", above=60, for_s=60),
        rule("CertificateEnds", component="auth", signal="certificate_days", below=14, for_s=60),
    ),
    people=SCENARIO.world.people,
)


def letters(*faults: Fault, **fields: Any) -> Scenario:
    return scenario(*faults, world=WORLD, noise_intensity=0.0, **fields)


SLOW_WORKER = Fault(id="slow", kind="capacity_loss", where=Where(component="worker"), lasts_s=420)


def test_what_waits_too_long_in_a_queue_is_slow_for_its_users_alone():
    of = played(letters(SLOW_WORKER))
    hurt = [
        (r.t_ms // 1000, part)
        for r in of.truth
        if r.event.kind == "truth.impact_measured"
        for part in r.event.hurt
    ]
    first_s, first = hurt[0]
    assert {part.journey for _, part in hurt} == {"order"}
    assert max(part.failed for _, part in hurt) < 0.001, "only what fails every day"
    assert LEAD_IN_S + 120 < first_s < LEAD_IN_S + 420, "not before the first message is late"
    assert first.slow > 0.9
    assert labels(of)[0][1:] == ("JobsOld", "symptom", "fault:slow")
    assert [r.event.journey for r in of.truth if r.event.kind == "truth.impact_started"] == ["order"]


def test_a_certificate_tells_of_its_end_before_it_comes():
    expired = Fault(id="expired", kind="certificate_expired", where=Where(component="auth"), at_s=600)
    found = labels(played(letters(expired)))
    assert found[0] == (60, "CertificateEnds", "cause", "fault:expired")
    assert found[0][0] < LEAD_IN_S + 600


def test_a_certificate_that_runs_out_anyway_is_ordinary():
    old = CERTIFIED.model_copy(update={"certificate_days": 10})
    world = WORLD.model_copy(update={"components": (*WORLD.components[:-1], old)})
    assert labels(played(letters().model_copy(update={"world": world}))) == [
        (60, "CertificateEnds", "noise", "an ordinary day")
    ]
