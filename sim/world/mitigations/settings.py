"""Turning off what was turned on: feature flags and configuration."""

from collections.abc import Callable

from sim.spec import Change, Fault
from sim.world import faults
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, removal
from sim.world.mitigations.plan import Refusal

_REVERTED_BY_CONFIG = ("config", "flag", "infrastructure")


def _flag_off(job: Job) -> Deed | Refusal:
    flag_id, component_id = job.act.to, job.act.where.component
    flags = {
        flag.id: flag
        for component in job.world.components
        if component_id in (None, component.id)
        for flag in component.flags
    }
    if flag_id is None or flag_id not in flags:
        place = f" of {component_id}" if component_id is not None else ""
        known = f"; there are: {', '.join(flags)}" if flags else ""
        return Refusal(f"there is no flag {flag_id or ''}{place}{known}".replace("  ", " "))
    if flag_id in job.situation.flags_off or not flags[flag_id].on:
        return Refusal(f"flag {flag_id} is off already")
    gone = _ending(job, lambda fault: fault.flag == flag_id)
    steps = (removal(job.end_ms, gone),)
    return Deed(f"flag {flag_id} is off everywhere", steps, cures=gone, turned_off=flag_id)


def _revert_config(job: Job) -> Deed | Refusal:
    change = _change_meant(job)
    if isinstance(change, Refusal):
        return change
    if change.kind == "deploy" and change.version is None:
        return Refusal(f"nothing to take back: {change.summary}")
    if change.kind == "deploy":
        return Refusal(f"{change.id} is a deploy; rollback {change.component} takes it back")
    if change.id in job.situation.reverted:
        return Refusal(f"{change.id} has been reverted already")
    if not change.revertible or change.kind not in _REVERTED_BY_CONFIG:
        return Refusal(
            f"{change.id} cannot be reverted: no way back was prepared for it; {change.by} made it"
        )
    gone = _ending(job, lambda fault: fault.change == change.id)
    steps = (removal(job.end_ms, gone),)
    return Deed(f"{change.id} on {change.component} is reverted", steps, cures=gone, reverted=change.id)


def _ending(job: Job, brought: Callable[[Fault], bool]) -> tuple[Fault, ...]:
    """Return the faults brought by what is taken back. One that did its harm at once is past taking back."""
    return tuple(
        entry.fault
        for entry in job.situation.faults
        if brought(entry.fault)
        and (entry.start_ms > job.act.t_ms or not faults.FAULTS[entry.fault.kind].resets)
    )


def _change_meant(job: Job) -> Change | Refusal:
    """Return the change that is named or, of a component, the newest one made that can be reverted."""
    made = [entry.change for entry in job.situation.changes if entry.t_ms <= job.act.t_ms]
    if job.act.to is not None:
        return _named(job, made)
    component = job.act.where.component
    if component is None:
        return Refusal("which change? name it or its component; `changes` lists them")
    ours = [
        change
        for change in made
        if change.component == component
        and change.logged
        and change.kind in _REVERTED_BY_CONFIG
        and change.id not in job.situation.reverted
    ]
    return ours[-1] if ours else Refusal(f"no change of configuration of {component} is on record")


def _named(job: Job, made: list[Change]) -> Change | Refusal:
    """Return the change of this id, which must be one of the component that is named with it."""
    component = job.act.where.component
    for change in made:
        if change.id == job.act.to:
            if component in (None, change.component):
                return change
            return Refusal(f"{change.id} is a change of {change.component}, not of {component}; name both")
    return Refusal(f"there is no change {job.act.to}; `changes` lists them")


FLAG_OFF = Mitigation(
    verb="flag-off",
    hits="everybody who uses the feature, in all zones at once",
    risk="users lose the feature",
    # A global kill switch: Cloudflare's traffic was back 2 min after its use on 2019-07-02.
    takes=Takes(90, 0.2),
    fail_share=0.01,
    do=_flag_off,
    needs=(),
)

REVERT_CONFIG = Mitigation(
    verb="revert-config",
    hits="the component the change was made on",
    risk="takes a review and a roll-out; what the change was for is gone",
    takes=Takes(300, 0.35),
    fail_share=0.03,
    do=_revert_config,
    needs=(),
)
