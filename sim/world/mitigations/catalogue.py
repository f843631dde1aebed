"""Every mitigation by its verb, and planning: what an act will do, or why it makes no sense now."""

from collections.abc import Callable

from sim.spec import World
from sim.world import faults
from sim.world.mitigations.job import Deed, Job, Mitigation, cured, fails, job
from sim.world.mitigations.plan import OFF, Act, Outcome, Plan, Refusal, Situation
from sim.world.mitigations.repairs import CALL_VENDOR, KILL_QUERY, RENEW_CERT, RESTORE, ROTATE_CREDENTIAL
from sim.world.mitigations.replicas import FAILOVER, RESTART, SCALE
from sim.world.mitigations.settings import FLAG_OFF, REVERT_CONFIG
from sim.world.mitigations.stores import EXPAND_DISK, FLUSH, PAUSE_QUEUE, PURGE, WARM
from sim.world.mitigations.traffic import BLOCK, DRAIN, ISOLATE, THROTTLE
from sim.world.mitigations.versions import ROLLBACK

MITIGATIONS: dict[str, Mitigation] = {
    mitigation.verb: mitigation
    for mitigation in (
        ROLLBACK,
        RESTART,
        SCALE,
        FLAG_OFF,
        REVERT_CONFIG,
        FAILOVER,
        DRAIN,
        THROTTLE,
        BLOCK,
        ISOLATE,
        FLUSH,
        WARM,
        PAUSE_QUEUE,
        PURGE,
        KILL_QUERY,
        EXPAND_DISK,
        RENEW_CERT,
        ROTATE_CREDENTIAL,
        RESTORE,
        CALL_VENDOR,
    )
}
"""Every mitigation by its verb."""


def plan(act: Act, situation: Situation, seed: int) -> Plan | Refusal:
    """Return what an act will do, or why it makes no sense now. Same arguments, same plan.

    Nothing of `Plan.outcome` and `Plan.cures` may reach the people who play before the end.
    """
    mitigation = MITIGATIONS.get(act.verb)
    if mitigation is None:
        return Refusal(f"{act.verb} is no act; there are: {', '.join(MITIGATIONS)}")
    reason = _unfit(mitigation, act, situation)
    if reason is not None:
        return Refusal(reason)
    started = job(mitigation, act, situation, seed)
    deed = mitigation.do(started)
    if isinstance(deed, Refusal):
        return deed
    if fails(mitigation, started):
        text = f"{act.verb} of {act.target} failed: the tool gave up and changed nothing; try it again"
        return Plan(started.takes_ms, (), ok=False, text=text, outcome="failed")
    return Plan(
        started.takes_ms,
        tuple(sorted(deed.steps, key=lambda step: step.at_ms)),
        ok=True,
        text=deed.text,
        outcome=_outcome(started, deed),
        cures=cured(deed.cures),
        turned_off=deed.turned_off,
        reverted=deed.reverted,
        averts=deed.averts,
        loses=deed.loses,
    )


def warning(act: Act, situation: Situation) -> str:
    """Return what an act will hit, for a one-time confirmation; '' where it needs none or makes no sense."""
    mitigation = MITIGATIONS.get(act.verb)
    return "" if mitigation is None else _said(mitigation, mitigation.warn, act, situation)


def second_word(act: Act, situation: Situation) -> str:
    """Return why somebody else has to agree to an act; '' where nobody has to or it makes no sense."""
    mitigation = MITIGATIONS.get(act.verb)
    return "" if mitigation is None else _said(mitigation, mitigation.second_word, act, situation)


def _said(
    mitigation: Mitigation,
    text: Callable[[Act, Situation], str] | None,
    act: Act,
    situation: Situation,
) -> str:
    if text is None or act.to == OFF or _misplaced(mitigation, act, situation.world) is not None:
        return ""
    return text(act, situation)


def _unfit(mitigation: Mitigation, act: Act, situation: Situation) -> str | None:
    """Return why an act does not fit the world or what runs now; None where it does."""
    return _misplaced(mitigation, act, situation.world) or _busy(mitigation, act, situation)


def _misplaced(mitigation: Mitigation, act: Act, world: World) -> str | None:
    for name in mitigation.needs:
        if getattr(act.where, name) is None:
            return f"{act.verb} needs a {name}"
    wrong = faults.missing(act.where, world)
    if wrong:
        return wrong[0]
    component = None if act.where.component is None else world.component(act.where.component)
    if component is not None and mitigation.ours and component.kind == "third_party":
        return f"{component.id} is run by its vendor; call-vendor or isolate it"
    return None


def _busy(mitigation: Mitigation, act: Act, situation: Situation) -> str | None:
    for other in situation.running:
        if (other.verb, other.target) == (act.verb, act.target):
            return f"{act.verb} of {act.target} is running already"
        both = mitigation.replicas and MITIGATIONS[other.verb].replicas
        if both and other.where.component == act.where.component:
            return f"{other.verb} of {other.target} is still running; wait until it is done"
    return None


def _outcome(started: Job, deed: Deed) -> Outcome:
    hurting = {fault.id for fault in started.begun() if faults.FAULTS[fault.kind].hurts}
    if deed.averts:
        return "partial" if hurting - set(cured(deed.cures)) else "worked"
    if deed.cures:
        return "worked" if hurting <= set(cured(deed.cures)) else "partial"
    return "partial" if deed.relieves else "no_effect"
