"""Repairs of one thing: kill a query, renew a certificate, call a vendor."""

from sim.spec import Fault, World
from sim.world import faults
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, removal
from sim.world.mitigations.plan import Act, Refusal, Step
from sim.world.modifiers import Modifier

COMES_BACK_SHARE = 0.3
"""Share of killed queries that somebody's job starts again (an assumption)."""

_COMES_BACK_AFTER = Takes(300, 0.5)


def _kill_query(job: Job) -> Deed | Refusal:
    component = job.component
    if component.kind != "database":
        return Refusal(f"{component.id} is no database, it has no queries to kill")
    gone = job.on_component("kill-query")
    if not gone:
        return Deed(f"the longest query of {component.id} was killed")
    text = f"the longest query of {component.id} was killed; it had run for minutes"
    add = _coming_back(job, gone) if job.chance(0) < COMES_BACK_SHARE else ()
    if not add:
        return Deed(text, (removal(job.end_ms, gone),), cures=gone)
    owners = tuple(faults.owner(fault.id) for fault in gone)
    return Deed(text, (Step(job.end_ms, add=add, remove_owners=owners),), relieves=gone)


def _coming_back(job: Job, gone: tuple[Fault, ...]) -> tuple[Modifier, ...]:
    """Return the effects of faults that return some minutes later, as far as they have not ended by then."""
    back_ms = job.end_ms + job.takes(_COMES_BACK_AFTER, 1)
    return tuple(
        modifier
        for fault in gone
        for to_ms in [_ends_ms(job, fault.id)]
        if to_ms is None or to_ms > back_ms
        for modifier in faults.modifiers_between(fault, back_ms, to_ms)
    )


def _ends_ms(job: Job, fault_id: str) -> int | None:
    """Return when a fault ends by itself; None where it does not."""
    for entry in job.situation.faults:
        if entry.fault.id == fault_id and entry.fault.lasts_s is not None:
            return entry.start_ms + entry.fault.lasts_s * 1000
    return None


def _kill_query_warning(act: Act, world: World) -> str:
    return f"whoever waits for the longest query of {act.where.component} gets an error"


def _renew_cert(job: Job) -> Deed | Refusal:
    gone = job.on_component("renew-cert")
    return Deed(f"{job.component.id} has a new certificate", (removal(job.end_ms, gone),), cures=gone)


def _call_vendor(job: Job) -> Deed | Refusal:
    component = job.component
    if component.kind != "third_party":
        return Refusal(f"{component.id} is our own, there is no vendor to call")
    known = job.on_component("call-vendor")
    gone = tuple(fault for fault in known if fault.lasts_s is None)
    if gone:
        text = f"the vendor of {component.id} found the trouble and mended it"
        return Deed(text, (removal(job.end_ms, gone),), cures=gone)
    if known:
        return Deed(f"the vendor of {component.id} knows of an outage and is working on it; no time is named")
    return Deed(f"the vendor of {component.id} sees nothing unusual")


KILL_QUERY = Mitigation(
    verb="kill-query",
    hits="whoever waits for that query",
    risk="what started it may start it again",
    takes=Takes(30, 0.4),
    fail_share=0.05,
    do=_kill_query,
    warn=_kill_query_warning,
)

RENEW_CERT = Mitigation(
    verb="renew-cert",
    hits="every connection to the component, once",
    risk="clients that pin the old one break",
    takes=Takes(300, 0.4),
    fail_share=0.05,
    do=_renew_cert,
)

CALL_VENDOR = Mitigation(
    verb="call-vendor",
    hits="nothing of ours",
    risk="takes long, and they may have no news",
    takes=Takes(1200, 0.6),
    fail_share=0.1,
    do=_call_vendor,
    ours=False,
)
