"""Repairs of one thing: a query, a certificate, a credential, a backup, a vendor."""

from sim.spec import Fault, Where
from sim.world import faults
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, cured, removal
from sim.world.mitigations.plan import Act, Loss, Refusal, Situation, Step
from sim.world.modifiers import Modifier, Op, Param
from sim.world.slow import DAY_S, Reset

COMES_BACK_SHARE = 0.3
"""Share of killed queries that somebody's job starts again (an assumption)."""

_COMES_BACK_AFTER = Takes(300, 0.5)

NEW_VALID_S = 90 * DAY_S
"""How long a new certificate is good: 90 days, as from Let's Encrypt."""

BACKUP_AGE_S = 900
"""How old the newest backup is (an assumption)."""


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


def _kill_query_warning(act: Act, situation: Situation) -> str:
    return f"whoever waits for the longest query of {act.where.component} gets an error"


def _renew_cert(job: Job) -> Deed | Refusal:
    gone, coming = job.on_component("renew-cert"), job.to_come("renew-cert")
    steps = (
        removal(job.end_ms, gone),
        Step(job.end_ms, resets=(Reset("valid_s", Where(component=job.component.id), set_to=NEW_VALID_S),)),
    )
    text = f"{job.component.id} has a new certificate, good for {NEW_VALID_S / DAY_S:.0f} days"
    return Deed(text, steps, cures=gone, averts=cured(coming))


def _rotate_credential(job: Job) -> Deed | Refusal:
    gone, coming = job.on_component("rotate-credential"), job.to_come("rotate-credential")
    text = f"{job.component.id} has new credentials for all that it calls"
    steps = (Step(job.at_ms(0.5), progress=(1, 2, "new credentials issued")), removal(job.end_ms, gone))
    return Deed(text, steps, cures=gone, averts=cured(coming))


def _restore(job: Job) -> Deed | Refusal:
    component = job.component
    if component.kind != "database":
        return Refusal(f"{component.id} is no database; there is no backup of it")
    gone = job.on_component("restore")
    down = job.modifier(1, Param.ADMIT, Op.MIN, 0.0, job.act.t_ms, to_ms=job.end_ms)
    steps = (
        Step(job.act.t_ms, add=(down,), progress=(0, 4, "stopped; backup is read")),
        *(Step(job.at_ms(n / 4), progress=(n, 4, "quarters of the backup are back")) for n in (1, 2, 3)),
        removal(job.end_ms, gone),
    )
    lost = BACKUP_AGE_S * job.situation.stock(component.id).writes_rps
    text = f"{component.id} is as it was at the last backup, {BACKUP_AGE_S // 60} minutes before"
    return Deed(text, steps, cures=gone, loses=(Loss(component.id, lost),) if lost >= 1.0 else ())


def _restore_warning(act: Act, situation: Situation) -> str:
    component = str(act.where.component)
    lost = BACKUP_AGE_S * situation.stock(component).writes_rps
    return (
        f"{component} is down while its backup is read, a quarter of an hour or more, and the writes of the "
        f"last {BACKUP_AGE_S // 60} minutes are lost, about {lost:,.0f}"
    )


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

ROTATE_CREDENTIAL = Mitigation(
    verb="rotate-credential",
    hits="every connection of the component to what it calls, once",
    risk="whoever shares the old credential is locked out",
    takes=Takes(180, 0.4),
    fail_share=0.04,
    do=_rotate_credential,
)

RESTORE = Mitigation(
    verb="restore",
    hits="everybody who needs the database, until it is back",
    risk="writes since the backup are lost for good",
    takes=Takes(1200, 0.3),
    fail_share=0.03,
    do=_restore,
    replicas=True,
    warn=_restore_warning,
    second_word=_restore_warning,
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
