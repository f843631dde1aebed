"""A small shop that has one of everything, under load, and what an act does to it while a fault is on."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from sim.events import SAMPLE_MS, DataLost, Event, FaultEnded
from sim.spec import (
    Cache,
    Call,
    Change,
    ClientClass,
    Component,
    Debrief,
    Fault,
    Flag,
    Journey,
    Objective,
    Operation,
    Policy,
    Rhythm,
    Rubric,
    Scenario,
    Where,
    World,
)
from sim.timeline import Timeline
from sim.world import impact
from sim.world.mitigations import Act, Plan, plan
from sim.world.production import Production
from sim.world.signals import layout, truth

FAULT_S, ACT_S, END_S = 120, 420, 2400
"""When something goes wrong, when somebody acts, and until when it is watched."""

ZONES = ("a", "b", "c")


def _component(name: str, kind: Any, *operations: Operation, **fields: Any) -> Component:
    fields = {"replicas": 6, "processors_per_replica": 4.0, "slots_per_replica": 200} | fields
    return Component(id=name, title=name, kind=kind, team=name, operations=operations, **fields)


def _operation(name: str, work_ms: float, *calls: Call, writes: bool = False) -> Operation:
    return Operation(id=name, work_ms=work_ms, calls=calls, writes=writes)


WORLD = World(
    id="deep",
    title="Deep",
    summary="",
    zones=ZONES,
    rhythm=Rhythm(trough_share=1.0, weekend_share=1.0, jitter=0.0),
    components=(
        _component(
            "edge",
            "edge",
            _operation("buy", 3, Call(to="shop.buy", timeout_ms=4000)),
            _operation("look", 3, Call(to="shop.look", timeout_ms=4000)),
            slots_per_replica=1000,
            certificate_days=40,
            flags=(Flag(id="waf", title="WAF"),),
        ),
        _component(
            "shop",
            "service",
            _operation(
                "buy",
                12,
                Call(to="auth", timeout_ms=500),
                Call(to="db.write", timeout_ms=1000, retries=1),
                Call(to="pay", timeout_ms=2000),
                Call(to="jobs", timeout_ms=500, retries=1),
            ),
            _operation(
                "look",
                12,
                Call(to="auth", timeout_ms=500),
                Call(to="cache", timeout_ms=300),
                Call(to="db.read", per_request=0.1, timeout_ms=1000, retries=1, on_miss_of="cache"),
                Call(to="copies", per_request=0.5, timeout_ms=800, soft=True),
                Call(to="dns", per_request=0.2, timeout_ms=500),
            ),
            version="v41",
            flags=(Flag(id="fancy", title="Fancy"),),
        ),
        _component("auth", "service", _operation("check", 4), certificate_days=40),
        _component(
            "db",
            "database",
            _operation("read", 8),
            _operation("write", 10, writes=True),
            zones=("a",),
            standby_zone="b",
            shards=("s1", "s2"),
            replicas=2,
            processors_per_replica=0.75,
            disk_share=0.6,
            drops_dead_work=False,
        ),
        _component(
            "copies", "database", _operation("read", 6), replica_of="db", zones=("b", "c"), replicas=4
        ),
        _component("cache", "cache", _operation("get", 0.3), cache=Cache(hit_share=0.9, keys=60_000)),
        _component("jobs", "queue", _operation("put", 1), zones=("a",), shards=("p1", "p2"), replicas=2),
        _component(
            "mailer",
            "worker",
            _operation("send", 20),
            consumes="jobs",
            replicas=3,
            processors_per_replica=1.0,
        ),
        _component("dns", "service", _operation("resolve", 0.5)),
        _component("pay", "third_party", _operation("charge", 60), zones=("a",), replicas=4),
    ),
    journeys=(
        Journey(
            id="buy", title="Buy", entry="edge.buy", critical=True, queue="jobs", late_s=120, timeout_ms=6000
        ),
        Journey(id="look", title="Look", entry="edge.look", critical=True, timeout_ms=6000),
    ),
    clients=(
        ClientClass(id="web", title="Web", rps={"buy": 60, "look": 240}),
        ClientClass(id="bot", title="The bot", rps={"look": 40}),
    ),
)

CHANGES = (
    Change(
        id="shop-v42",
        at_s=-600,
        component="shop",
        kind="deploy",
        summary="v42",
        by="ann",
        version="v42",
        from_version="v41",
    ),
    Change(id="waf-rules", at_s=-60, component="edge", kind="config", summary="rules", by="bob"),
)


def _fault(kind: str, intensity: float = 1.0, **fields: Any) -> Fault:
    own = {name: fields.pop(name) for name in ("change", "flag") if name in fields}
    return Fault(id="f1", kind=kind, where=Where(**fields), intensity=intensity, **own)


AIMED: dict[str, Fault] = {
    fault.kind: fault
    for fault in (
        _fault("bad_deploy_errors", component="shop", version="v42", change="shop-v42"),
        _fault("bad_deploy_latency", component="shop", version="v42", change="shop-v42"),
        _fault("bad_deploy_leak", 8.0, component="shop", version="v42", change="shop-v42"),
        _fault("bad_config", component="edge", change="waf-rules"),
        _fault("bad_flag", component="shop", operation="look", flag="fancy"),
        _fault("cpu_hog", component="edge", change="waf-rules", flag="waf"),
        _fault("disk_stall", component="db", operation="write", zone="a"),
        _fault("disk_full", 2.0, component="db", zone="a"),
        _fault("capacity_loss", 1.4, component="shop"),
        _fault("zone_loss", zone="c"),
        _fault("surge", 0.6),
        _fault("abusive_client", 3.0, client="bot"),
        _fault("retry_storm", 1.01, component="shop", callee="db"),
        _fault("memory_leak", 1.5, component="auth"),
        _fault("slow_query", component="db", operation="read"),
        _fault("lock", component="db", operation="write"),
        _fault("bad_failover", component="db", operation="write", zone="a"),
        _fault("replication_lag", component="copies"),
        _fault("connection_exhaustion", 1.12, component="shop"),
        _fault("cache_flush", component="cache"),
        _fault("queue_backlog", 0.3, component="mailer"),
        _fault("poison_message", component="jobs", shard="p1"),
        _fault("dns_failure", component="dns"),
        _fault("third_party_outage", component="pay"),
        _fault("packet_loss", zone="c"),
        _fault("partition", component="shop", zone="c"),
        _fault("certificate_expired", component="auth"),
        _fault("credential_expired", component="shop", callee="pay"),
        _fault("hot_shard", 2.0, component="db", shard="s1"),
        _fault("quota", component="pay"),
        _fault("clock_skew", component="auth", zone="c"),
        _fault("silent_corruption", component="cache"),
        _fault("blind_monitoring", component="shop"),
        _fault("harmless", component="edge"),
    )
}
"""Every kind of fault where it hurts this world."""


THROTTLED_TO = (0.3, 0.6, 0.85)
"""The shares that are tried where requests are turned away."""


def best_acts(verb: str, fault: Fault) -> tuple[Act, ...]:
    """Return the acts of this verb that have the best prospects against a fault."""
    act = _aimed(verb, fault)
    return tuple(replace(act, amount=share) for share in THROTTLED_TO) if verb == "throttle" else (act,)


def _aimed(verb: str, fault: Fault) -> Act:
    component = fault.where.component or "shop"
    stores = {"flush": "cache", "warm": "cache", "pause-queue": "jobs", "purge": "jobs"}
    fields: dict[str, Any] = {
        "flag-off": {"to": fault.flag or "fancy"},
        "revert-config": {"to": "waf-rules"},
        "drain": {"where": Where(zone=fault.where.zone or "c")},
        "block": {"where": Where(client=fault.where.client or "bot")},
        "throttle": {"where": Where(component="edge")},
        "scale": {
            "where": Where(component="shop" if component in ("db", "pay", "copies") else component),
            "amount": 3.0,
        },
        "isolate": {
            "where": Where(
                component="shop",
                callee=component if component not in ("edge", "shop", "mailer") else "copies",
            )
        },
        "call-vendor": {"where": Where(component="pay")},
        "kill-query": {"where": Where(component="copies" if component == "copies" else "db")},
        "failover": {"where": Where(component="db")},
        "restore": {"where": Where(component="db")},
        "expand-disk": {"where": Where(component="db")},
        "renew-cert": {"where": Where(component="auth")},
        "rollback": {"where": Where(component="shop")},
    }.get(verb, {"where": Where(component=stores.get(verb, component))})
    if verb in ("restart", "rotate-credential") and component in ("pay",):
        fields = {"where": Where(component="shop")}
    where = fields.pop("where", Where())
    return Act(number=1, verb=verb, where=where, by="ann", t_ms=ACT_S * 1000, **fields)


@dataclass(frozen=True)
class Run:
    """What became of the world: users hurt from the moment of the act on, records lost, the fault ended."""

    lost_user_min: float
    lost_at_end: float  # of the last five minutes
    records_lost: float
    ended: bool
    signals: np.ndarray  # (samples, subjects, SIGNALS), noise-free


def undisturbed() -> Run:
    """Return what becomes of the world when nothing goes wrong."""
    return _Play(None).watched()


def left_alone(fault: Fault) -> Run:
    """Return what becomes of the world under a fault when nobody acts."""
    return _Play(fault).watched()


def played(fault: Fault, verb: str) -> Run | None:
    """Return what becomes of it under the best act of a verb; None where all of them are refused."""
    runs = [run for act in best_acts(verb, fault) if (run := _Play(fault).run(act)) is not None]
    return min(runs, key=lambda run: run.lost_user_min, default=None)


def _best(found: Plan) -> tuple[bool, int]:
    return not found.cures, found.takes_ms


class _Play:
    def __init__(self, fault: Fault | None) -> None:
        self.timeline = Timeline()
        self.events: list[Event] = []
        self.production = Production(
            _scenario(fault),
            1,
            FAULT_S * 1000,
            END_S * 1000,
            self.timeline,
            lambda event, **_: self.events.append(event),
        )
        self.production.start()

    def run(self, act: Act) -> Run | None:
        """Play to the end with this act; None where it is refused."""
        self._until(ACT_S * 1000)
        plans = [plan(act, self.production.situation(), seed) for seed in range(30)]
        found = min(
            (found for found in plans if isinstance(found, Plan) and found.ok), key=_best, default=None
        )
        if found is None:
            return None
        self.production.begin_act(act, found)
        return self.watched()

    def watched(self) -> Run:
        """Play to the end and return what becomes of it."""
        lost, late, signals = self._watched(from_ms=ACT_S * 1000)
        return Run(
            lost_user_min=lost,
            lost_at_end=late,
            records_lost=sum(event.records for event in self.events if isinstance(event, DataLost)),
            ended=any(isinstance(event, FaultEnded) for event in self.events),
            signals=signals,
        )

    def _until(self, t_ms: int) -> None:
        self.timeline.run_to(t_ms)

    def _watched(self, from_ms: int) -> tuple[float, float, np.ndarray]:
        production = self.production
        streams = [(stream.client, stream.journey) for stream in production.topology.streams]
        by = impact.yardstick(WORLD, Policy(), streams)
        state, of, rows = impact.begin(by), layout(production.topology, 1), []
        before_end = 0.0
        for t_ms in range(from_ms + SAMPLE_MS, END_S * 1000 + 1, SAMPLE_MS):
            self._until(t_ms)
            state, _, _ = impact.measure(by, state, sample(production, t_ms))
            if t_ms <= (END_S - 300) * 1000:
                before_end = state.user_min_lost
            rows.append(truth(of, production.flow, np.array([t_ms]), None, production.gauges)[0])
        return state.user_min_lost, state.user_min_lost - before_end, np.array(rows)


def sample(production: Production, t_ms: int) -> impact.ImpactSample:
    """Return what flows now, with what waits too long in the queue as late."""
    flow = production.flow
    age_s = np.nanmax(production.gauges.age_s[production.topology.cells_of("jobs")])
    late = float(np.clip((age_s - 120) / 120, 0.0, 1.0))
    return impact.ImpactSample(
        t_ms,
        flow.stream_undisturbed_rps[0],
        flow.stream_offered_rps[0],
        flow.stream_failed_share[0],
        flow.stream_slow_share[0],
        flow.stream_degraded_share[0],
        late=np.array([late * (stream.journey == "buy") for stream in production.topology.streams]),
    )


def _scenario(fault: Fault | None) -> Scenario:
    return Scenario(
        id="deep",
        version=1,
        title="Deep",
        difficulty="starter",
        summary="",
        starts_at=datetime(2026, 3, 4, 14, tzinfo=UTC),
        horizon_s=END_S - FAULT_S,
        lead_in_s=(FAULT_S, FAULT_S),
        expects="mitigate",
        briefing="",
        objectives=(Objective(id="any", text="any", checks=("mitigated",)),),
        world=WORLD,
        faults=() if fault is None else (fault,),
        changes=CHANGES,
        routine_changes_per_day=0,
        mechanism="deploy",
        rubric=Rubric(par_user_min=1, unacceptable_user_min=2),
        debrief=Debrief(what_happened=""),
    )
