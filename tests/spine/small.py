"""A world of three components and a drill in it, small enough to write its journal by hand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sim.drill import Drill
from sim.journal import Log, Meta, header_of
from sim.opening import OpenDrill, new_drill
from sim.spec import (
    Call,
    Change,
    ClientClass,
    Component,
    Debrief,
    Fault,
    Hint,
    Inject,
    Journey,
    Objective,
    Operation,
    Person,
    Play,
    Rhythm,
    Rubric,
    Rule,
    Runbook,
    Scenario,
    Seat,
    Where,
    World,
)

YOU = Seat(name="you", role="responder")
META = Meta(id="small", created="2024-03-05T10:00:00+00:00", host="here")
SECRET = "xyzzy-disk"
"""Stands in everything that only the truth may know."""


def component(name: str, *operations: Operation, **fields: Any) -> Component:
    return Component(
        id=name,
        title=name.title(),
        kind=fields.pop("kind", "service"),
        team="core",
        replicas=6,
        operations=operations,
        **fields,
    )


WORLD = World(
    id="small",
    title="Small shop",
    summary="Three components.",
    zones=("zone-a", "zone-b"),
    rhythm=Rhythm(trough_share=1.0, weekend_share=1.0, jitter=0.0),
    components=(
        component("web", Operation(work_ms=4, calls=(Call(to="api", timeout_ms=2000),)), kind="edge"),
        component("api", Operation(work_ms=6, calls=(Call(to="db.write", timeout_ms=1000, retries=1),))),
        component(
            "db",
            Operation(id="read", work_ms=2),
            Operation(id="write", work_ms=3),
            kind="database",
            zones=("zone-a",),
            standby_zone="zone-b",
        ),
    ),
    journeys=(Journey(id="buy", title="Buy something", entry="web", critical=True),),
    clients=(
        ClientClass(id="eu", title="Europe", rps={"buy": 60}),
        ClientClass(id="us", title="America", rps={"buy": 40}),
    ),
    rules=(
        Rule(
            name="BuyErrorsHigh",
            journey="buy",
            signal="error_share",
            above=0.05,
            for_s=30,
            severity="critical",
            summary="Buying fails",
            runbook="buying",
        ),
        Rule(
            name="DbSlow",
            component="db",
            signal="p95_ms",
            above=100,
            for_s=60,
            summary="The database is slow",
        ),
    ),
    runbooks=(Runbook(id="buying", title="Buying fails", text="Look at `api` and `db`."),),
    people=(
        Person(id="ana", name="Ana", team="core", title="on call", step=1),
        Person(id="ben", name="Ben", team="core", title="backup", step=2),
        Person(id="cleo", name="Cleo", team="data", title="databases"),
    ),
)

SCENARIO = Scenario(
    id="small-drill",
    version=1,
    title="A small drill",
    difficulty="starter",
    summary="Something fails.",
    starts_at=datetime(2024, 3, 5, 10, 0, tzinfo=UTC),
    horizon_s=1800,
    lead_in_s=(60, 60),
    routine_changes_per_day=0,
    expects="mitigate",
    briefing="You are on call.",
    objectives=(Objective(id="o", text="Be quick.", checks=("mitigated",)),),
    world=WORLD,
    faults=(
        Fault(
            id=SECRET,
            kind="disk_stall",
            where=Where(component="db", operation="write"),
            log_lines=("WARN {component} fsync took long",),
        ),
    ),
    changes=(
        Change(id="c-old", at_s=-600, component="api", kind="deploy", summary="Faster carts", by="ben",
               version="v2", from_version="v1"),
        Change(id="c-new", at_s=120, component="web", kind="flag", summary="New banner", by="cleo"),
        Change(id="c-dark", at_s=-300, component="db", kind="config", summary="nobody wrote it down", by="x",
               logged=False),
    ),
    injects=(Inject(at_s=180, sender="support", text="Two tickets about buying."),),
    hints=(Hint(text="Look below the api."),),
    plays=(
        Play(id="p1", title="Fail over", effect="cures", commands=("failover db yes",), why=SECRET),
        Play(id="p2", title="Throttle", effect="relieves", commands=("throttle web 50%",), why=SECRET),
        Play(id="p3", title="Restart", effect="harms", commands=("restart db yes",), why=SECRET),
    ),
    mechanism="disk",
    rubric=Rubric(par_user_min=100, unacceptable_user_min=100_000),
    debrief=Debrief(what_happened=SECRET, compare=(SECRET,), questions=(SECRET,)),
)  # fmt: skip


def drill(scenario: Scenario = SCENARIO, seed: int = 3, seat: Seat = YOU) -> Drill:
    """A drill that keeps its journal in memory."""
    header = header_of(scenario, seed, (seat,))
    return Drill(scenario, seed, seat, Log(None, header), Log(None, header))


def on_disk(folder: Path, scenario: Scenario = SCENARIO, seed: int = 3) -> OpenDrill:
    """A drill in a folder."""
    return new_drill(folder / "drill", scenario, seed, YOU, META, interactive=False)


def story(of: Drill, *leave_out: str) -> list[tuple[int, str, tuple[str, ...]]]:
    """The journal as (t_ms, kind, who sees it)."""
    return [(r.t_ms, r.event.kind, r.seen_by) for r in of._journal.records if r.event.kind not in leave_out]


def play(of: Drill, *lines: tuple[int, str]) -> Drill:
    """Enter lines at their times in seconds."""
    for at_s, line in lines:
        of.advance(at_s * 1000)
        of.enter(line)
    return of
