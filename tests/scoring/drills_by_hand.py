"""Drills written by hand: a small world, and journals and truths built from lists of (seconds, event)."""

from collections.abc import Iterable
from datetime import UTC, datetime

from scoring.record import DrillRecord
from scoring.scorecard import Scorecard
from sim.events import (
    ActFinished,
    ActJudged,
    ActStarted,
    AlertFired,
    AlertLabelled,
    DrillEnded,
    Event,
    EvidenceAppeared,
    FaultStarted,
    HypothesisRecorded,
    ImpactMeasured,
    ImpactMitigated,
    ImpactStarted,
    IncidentDeclared,
    IncidentResolved,
    JourneyImpact,
    LookedAt,
    MitigationClaimed,
    PageAcknowledged,
    PageSent,
    Record,
    ScopeStated,
    UpdateSent,
)
from sim.spec import (
    Call,
    ClientClass,
    Component,
    Debrief,
    Flag,
    Journey,
    Objective,
    Operation,
    Play,
    Rubric,
    Scenario,
    World,
)

HORIZON_S = 3600
ONSET_S, EVIDENCE_S = 300, 330
SUSTAINED_S = 300
LOST_PER_MIN = 1000.0

Timed = tuple[int, Event]


def component(name: str, *calls: str, **more: object) -> Component:
    operation = Operation(work_ms=5, calls=tuple(Call(to=call) for call in calls))
    fields = {"id": name, "title": name.title(), "kind": "service", "team": "shop", "replicas": 2}
    return Component.model_validate({**fields, "operations": (operation,), **more})


def scenario(**more: object) -> Scenario:
    world = World(
        id="corner-shop",
        title="Corner shop",
        summary="",
        zones=("a",),
        components=(
            component("web", "cart", "search"),
            component("cart", "payments.serve"),
            component("payments", "database", flags=(Flag(id="new-pricing", title="New pricing"),)),
            component("database"),
            component("search"),
            component("island"),
        ),
        journeys=(
            Journey(id="checkout", title="Pay for a basket", entry="web", critical=True),
            Journey(id="browse", title="Look for goods", entry="web"),
        ),
        clients=(ClientClass(id="eu", title="Europe", rps={"checkout": 10.0, "browse": 20.0}),),
    )
    fields: dict[str, object] = {
        "id": "pool-dry",
        "version": 1,
        "title": "The pool runs dry",
        "difficulty": "starter",
        "summary": "",
        "starts_at": datetime(2024, 3, 5, 14, 0, tzinfo=UTC),
        "horizon_s": HORIZON_S,
        "expects": "mitigate",
        "briefing": "You are on call.",
        "objectives": (
            Objective(id="relieve", text="Relieve users first.", checks=("loss-small", "mitigated")),
            Objective(id="tell", text="Tell customers in time.", checks=("customers-told",)),
        ),
        "world": world,
        "plays": (
            Play(id="undo", title="Undo", effect="cures", commands=("rollback payments",), why=""),
            Play(id="kick", title="Kick", effect="harms", commands=("restart database",), why=""),
        ),
        "mechanism": "deploy",
        "rubric": Rubric(par_user_min=10_000, unacceptable_user_min=50_000),
        "debrief": Debrief(
            what_happened="A deploy of payments held connections too long.",
            compare=("The team then rolled back after ten minutes.",),
            questions=("Which chart would have shown it sooner?",),
        ),
    }
    return Scenario.model_validate({**fields, **more})


def records(events: Iterable[Timed], actor: str = "ada") -> tuple[Record, ...]:
    """Records in order of time; an acknowledgement is by the person it names, all else by `actor`."""
    timed = sorted(events, key=lambda pair: pair[0])
    by = [event.person if isinstance(event, PageAcknowledged) else actor for _, event in timed]
    return tuple(
        Record(seq=n, t_ms=t_s * 1000, actor=by[n - 1], seen_by=("all",), event=event)
        for n, (t_s, event) in enumerate(timed, start=1)
    )


def drill(journal: Iterable[Timed], truth: Iterable[Timed], **more: object) -> DrillRecord:
    fields: dict[str, object] = {"scenario": scenario(), "seed": 7, "seat_name": "ada", "role": "responder"}
    fields |= more
    return DrillRecord(records=records(journal), truth=records(truth, "truth"), **fields)  # type: ignore[arg-type]


def impact(until_s: int | None, *, extra_user_min: float = 0.0, share: float = 0.3) -> list[Timed]:
    """Truth of an outage of checkout from ONSET_S until `until_s` (None: for ever)."""
    end_s = HORIZON_S if until_s is None else until_s
    events: list[Timed] = [
        (ONSET_S, FaultStarted(fault="bad-deploy", fault_kind="bad_deploy", component="payments")),
        (ONSET_S, ImpactStarted(journey="checkout")),
        (EVIDENCE_S, EvidenceAppeared(what="page")),
        (EVIDENCE_S, AlertLabelled(alert=1, label="symptom", cause="fault:bad-deploy")),
    ]
    for t_s in range(0, HORIZON_S + 1, 15):
        hurting = ONSET_S <= t_s < end_s
        lost = max(0, min(t_s, end_s) - ONSET_S) / 60 * LOST_PER_MIN
        hurt = JourneyImpact(journey="checkout", client="eu", failed=0.6, slow=0, degraded=0, users=900)
        ordinary = JourneyImpact(journey="browse", client="eu", failed=0.0002, slow=0, degraded=0, users=900)
        event = ImpactMeasured(
            hurt=(hurt, ordinary) if hurting else (ordinary,),
            users_hurt_share=share if hurting else 0,
            users_affected=1000.0,
            user_min_lost=lost + (extra_user_min if t_s >= ONSET_S else 0),
            severity="P1" if hurting and t_s >= ONSET_S + SUSTAINED_S else None,
        )
        events.append((t_s, event))
    if until_s is not None:
        events.append((until_s + 300, ImpactMitigated(since_ms=until_s * 1000)))
    return events


ALERT = AlertFired(
    alert=1,
    rule="CheckoutErrors",
    component="web",
    labels={},
    severity="critical",
    summary="Checkout fails",
    value=0.6,
)
PAGE = PageSent(page=1, alert=1, rule="CheckoutErrors", component="web", person="sam", step=1)

PAGED: list[Timed] = [(EVIDENCE_S, ALERT), (EVIDENCE_S, PAGE)]
"""What reaches the trainee whatever they do."""

IDLE: list[Timed] = [*PAGED, (HORIZON_S, DrillEnded(reason="time limit"))]


def update(audience: str, text: str, promised_s: int | None = None) -> UpdateSent:
    promised_ms = promised_s * 1000 if promised_s is not None else None
    return UpdateSent(audience=audience, text=text, severity="P1", promised_ms=promised_ms)


FLAWLESS_UNTIL_S = 800
FLAWLESS: list[Timed] = [
    *PAGED,
    (350, PageAcknowledged(page=1, alert=1, person="sam")),
    (360, LookedAt(verb="metrics", args="web", component="web")),
    (380, IncidentDeclared(severity="P1", title="checkout fails")),
    (390, ScopeStated(journeys=("checkout",), users_share=0.4)),
    (400, update("customer", "Checkout fails for many of you; we are on it.", 1500)),
    (410, update("internal", "Checkout fails, looking at payments.")),
    (420, update("executive", "Checkout fails for a third of users.")),
    (430, LookedAt(verb="changes", args="")),
    (450, HypothesisRecorded(component="payments", mechanism="deploy", confidence=70)),
    (500, ActStarted(act=1, verb="rollback", target="payments", by="ada", takes_s=120)),
    (620, ActFinished(act=1, verb="rollback", target="payments", ok=True, text="done")),
    (1150, LookedAt(verb="metrics", args="checkout")),
    (1160, MitigationClaimed()),
    (1170, update("customer", "Checkout has recovered. We are sorry.")),
    (1175, update("executive", "Checkout has recovered; the cause was a deploy.")),
    (1200, IncidentResolved()),
    (1200, DrillEnded(reason="resolved")),
]
JUDGED: list[Timed] = [(620, ActJudged(act=1, outcome="worked", cured=("bad-deploy",)))]


def flawless(until_s: int = FLAWLESS_UNTIL_S, extra: Iterable[Timed] = (), **more: object) -> DrillRecord:
    return drill([*FLAWLESS, *extra], [*impact(until_s), *JUDGED], **more)


def idle() -> DrillRecord:
    return drill(IDLE, impact(None))


QUIET = [pair for pair in impact(0) if pair[1].kind == "truth.impact_measured"]
"""Samples of a world in which nobody is hurt."""


def credits_of(card: Scorecard) -> dict[str, float]:
    """Credits of what was observable."""
    return {c.id: c.verdict.credit for c in card.checks if c.verdict.credit is not None}
