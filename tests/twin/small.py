"""A small shop in which every sort of alert fires within half an hour."""

from typing import Any

from sim.drill import Drill
from sim.spec import (
    Call,
    ClientClass,
    Fault,
    Journey,
    Noise,
    Operation,
    Rhythm,
    Rule,
    Scenario,
    Where,
    World,
)
from tests.spine.small import SCENARIO, component, drill, play

LEAD_IN_S = 60


def rule(name: str, *, component: str | None = None, **fields: Any) -> Rule:
    return Rule(name=name, component=component, summary=name, **fields)


WORLD = World(
    id="corner",
    title="Corner shop",
    summary="A shop with a mailer, thumbnails, and something that nobody calls.",
    zones=("zone-a", "zone-b"),
    rhythm=Rhythm(trough_share=1.0, weekend_share=1.0, jitter=0.0),
    components=(
        component(
            "web",
            Operation(
                work_ms=4,
                calls=(
                    Call(to="api", timeout_ms=2000),
                    Call(to="mail", soft=True, timeout_ms=2000),
                    Call(to="thumbs", soft=True, timeout_ms=2000),
                ),
            ),
            kind="edge",
        ),
        component("api", Operation(work_ms=6, calls=(Call(to="db", timeout_ms=1000, retries=1),))),
        component("db", Operation(work_ms=3), kind="database", zones=("zone-a",)),
        component("mail", Operation(work_ms=5)),
        component("thumbs", Operation(work_ms=5)),
        component("lone", Operation(work_ms=5)),
    ),
    journeys=(Journey(id="buy", title="Buy something", entry="web", critical=True),),
    clients=(ClientClass(id="eu", title="Europe", rps={"buy": 100}),),
    rules=(
        rule("BuyFails", journey="buy", signal="error_share", above=0.05, for_s=30, severity="critical"),
        rule("DbSlow", component="db", signal="p95_ms", above=100, for_s=60),
        rule("MailBusy", component="mail", signal="cpu_share", above=0.15, for_s=60),
        rule("MailFails", component="mail", signal="error_share", above=0.05, for_s=30),
        rule("ThumbsBusy", component="thumbs", signal="cpu_share", above=0.095, for_s=0),
        rule(
            "ApiBusy",
            component="api",
            signal="cpu_share",
            above=0.6,
            for_s=30,
            noise=Noise(per_day=288, lasts_s=(60, 90), why="nightly report"),
        ),
    ),
    people=SCENARIO.world.people,
)


def fault(name: str, kind: str, at_s: int, component: str, **fields: Any) -> Fault:
    """A fault that begins at a time from drill start."""
    return Fault(id=name, kind=kind, at_s=at_s - LEAD_IN_S, where=Where(component=component), **fields)


BUSY_MAIL = fault("busy-mail", "cpu_hog", 100, "mail", intensity=0.3, lasts_s=120)
FULLER_THUMBS = fault("fuller-thumbs", "cpu_hog", 100, "thumbs", intensity=0.1, lasts_s=300)
BAD_DISK = fault("bad-disk", "disk_stall", 600, "db", lasts_s=300)


def scenario(*faults: Fault, **fields: Any) -> Scenario:
    given: dict[str, Any] = {
        "world": WORLD,
        "faults": faults,
        "changes": (),
        "injects": (),
        "plays": (),
        "lead_in_s": (LEAD_IN_S, LEAD_IN_S),
    }
    return SCENARIO.model_copy(update=given | fields)


def played(of: Scenario, *lines: tuple[int, str], seed: int = 3) -> Drill:
    """Play lines at their times in seconds, to the horizon."""
    found = play(drill(of, seed), *lines)
    found.finish()
    return found


def labels(of: Drill) -> list[tuple[int, str, str, str]]:
    """The alerts as (s, rule, label, cause)."""
    fired = {r.event.alert: r.event.rule for r in of._journal.records if r.event.kind == "alert.fired"}
    return [
        (r.t_ms // 1000, fired[r.event.alert], r.event.label, r.event.cause)
        for r in of.truth
        if r.event.kind == "truth.alert_labelled"
    ]
