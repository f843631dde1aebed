from scoring.case import prepare
from scoring.impact import Impact
from sim.events import ImpactMitigated, ImpactRelapsed, ImpactStarted, IncidentDeclared, LookedAt
from tests.scoring.drills_by_hand import HORIZON_S, drill, flawless, idle, impact, records


def test_moments_of_a_flawless_drill_in_seconds() -> None:
    clocks = prepare(flawless()).clocks
    moments = (
        clocks.onset,
        clocks.evidence,
        clocks.engaged,
        clocks.declared,
        clocks.mitigated,
        clocks.resolved,
    )
    assert [moment.t_ms // 1000 for moment in moments if moment] == [300, 330, 360, 380, 800, 1200]
    assert clocks.ended_ms == 1_200_000


def test_nobody_engaged_where_nobody_looked() -> None:
    clocks = prepare(idle()).clocks
    assert (clocks.engaged, clocks.declared, clocks.mitigated, clocks.resolved) == (None, None, None, None)


def test_a_look_before_the_evidence_or_aside_engages_nobody() -> None:
    looks = [(100, LookedAt(verb="metrics", args="web")), (400, LookedAt(verb="help", args=""))]
    assert prepare(drill(looks, impact(None))).clocks.engaged is None


def test_a_declaration_engages_even_before_the_evidence() -> None:
    clocks = prepare(drill([(310, IncidentDeclared(severity="P2", title=""))], impact(None))).clocks
    assert clocks.engaged is not None
    assert clocks.engaged.t_ms == 310_000


def test_spells_of_impact_end_where_recovery_began_and_begin_again_with_a_relapse() -> None:
    truth = records(
        [
            (100, ImpactStarted(journey="checkout")),
            (800, ImpactMitigated(since_ms=500_000)),
            (900, ImpactRelapsed(journey="checkout")),
        ]
    )
    found = Impact(truth, HORIZON_S * 1000)
    assert found.spells == ((100_000, 500_000), (900_000, 3_600_000))
    assert found.mitigated is None
    assert [found.hurts_at(t) for t in (99_000, 100_000, 499_999, 500_000, 900_000)] == [
        False,
        True,
        True,
        False,
        True,
    ]
