"""Going back to another version."""

from sim.spec import Fault, Where
from sim.world import changes
from sim.world.faults import zones
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, cured
from sim.world.mitigations.plan import Refusal, Step
from sim.world.modifiers import Modifier, Param

_PREPARING = 0.2
"""Share of a rollback's time that goes by before the first replica changes (an assumption)."""


def _rollback(job: Job) -> Deed | Refusal:
    component, now_ms = job.component, job.act.t_ms
    active, dated = job.situation.modifiers, job.situation.changes
    record = changes.on_record(component, dated, now_ms)
    current = changes.running(component, dated, active, now_ms)
    target = job.act.to or changes.earlier(component, dated, current, now_ms)
    if target is None:
        return Refusal(f"{component.id} has no earlier version on record than {current}")
    if target not in record:
        return Refusal(f"{component.id} has no version {target} on record; there are: {', '.join(record)}")
    if target == current:
        return Refusal(f"{component.id} runs {current} already")
    for entry in dated:
        change = entry.change
        if (change.component, change.version) == (component.id, current) and not change.revertible:
            return Refusal(f"{component.id} {current} cannot be rolled back: {change.summary}")
    move_ms = job.at_ms(_PREPARING)
    left = _left_behind(job, record, target)
    stopped = _under_way(job, move_ms)
    standing = _standing(job, record, stopped, move_ms)
    steps = [_shift(job, standing, target, move_ms, stopped)]
    steps += job.progress(move_ms, _to_move(job, standing, target), f"replicas moved to {target}")
    gone = tuple(fault for fault in left if fault.where.version is None)
    steps.append(Step(job.end_ms, remove_owners=tuple(f"fault:{f.id}" for f in gone), cures=cured(left)))
    return Deed(f"{component.id} runs {target} on all replicas", tuple(steps), cures=left)


def _left_behind(job: Job, record: tuple[str, ...], target: str) -> tuple[Fault, ...]:
    """Return the faults that live on a version of the component other than `target`, or came with a newer."""
    component, newer = job.component.id, record[record.index(target) + 1 :]
    deploys = {
        entry.change.id
        for entry in job.situation.changes
        if entry.change.component == component
        and entry.change.kind == "deploy"
        and entry.change.version in newer
    }
    return tuple(
        fault
        for fault in job.begun()
        if (fault.where.component == component and fault.where.version not in (None, target))
        or (fault.where.version is None and fault.change in deploys)
    )


Standing = dict[str | None, dict[str, float]]
"""Each version's share by zone, or of the whole component (None) where its zones are all alike."""


def _under_way(job: Job, move_ms: int) -> tuple[Modifier, ...]:
    """Return what moved the component's versions so far, a deploy still under way included."""
    return tuple(
        modifier
        for modifier in job.situation.modifiers
        if modifier.param is Param.VERSION_SHARE
        and modifier.where.component == job.component.id
        and modifier.from_ms <= move_ms
    )


def _standing(job: Job, record: tuple[str, ...], stopped: tuple[Modifier, ...], move_ms: int) -> Standing:
    """Return where the component's versions stand at `move_ms`; shares sum up to 1."""
    component = job.component
    places: tuple[str | None, ...] = (None,)
    if changes.apart(component, stopped):
        standby = () if component.standby_zone is None else (component.standby_zone,)
        places = (*zones(component, job.world), *standby)
    found: Standing = {}
    for zone in places:
        folded = changes.shares(component, record, stopped, move_ms, zone)
        kept = {version: min(max(share, 0.0), 1.0) for version, share in folded.items()}
        total = sum(kept.values())
        found[zone] = {version: share / total for version, share in kept.items()} if total else folded
    return found


def _to_move(job: Job, standing: Standing, target: str) -> int:
    """Return how many replicas run another version than `target`, at least 1."""
    serving = [standing[zone] for zone in standing if zone is None or zone != job.component.standby_zone]
    others = sum(1.0 - shares[target] for shares in serving) / len(serving)
    return max(1, round(job.replicas * others))


def _shift(job: Job, standing: Standing, target: str, move_ms: int, stopped: tuple[Modifier, ...]) -> Step:
    """Return the step from which on all of the component moves to `target`.

    What moved its versions so far is replaced by where it stands then; so a deploy is stopped, and nothing
    that was asked for earlier adds to what is asked for now.
    """
    component, owner, span_ms = job.component, job.act.owner, job.end_ms - move_ms
    add: list[Modifier] = []
    for zone, shares in standing.items():
        for version, share in shares.items():
            place = Where(component=component.id, zone=zone, version=version)
            base, goal = float(version == component.version), float(version == target)
            for value, ramp_ms in ((share - base, 0), (goal - share, span_ms)):
                if value != 0.0:
                    n = len(add) + 1
                    add.append(
                        changes.version_share(owner, n, place, value, from_ms=move_ms, ramp_ms=ramp_ms)
                    )
    return Step(
        move_ms, add=tuple(add), remove_owners=tuple(sorted({modifier.owner for modifier in stopped}))
    )


ROLLBACK = Mitigation(
    verb="rollback",
    hits="all replicas of the component that run another version, a few at a time",
    risk="data that the newer version wrote may not be understood",
    takes=Takes(240, 0.35),
    fail_share=0.03,
    do=_rollback,
    replicas=True,
)
