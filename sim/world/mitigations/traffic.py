"""Steering who gets in and where it goes: drain, throttle, block, isolate, and the way back from each."""

from sim.spec import Component, Fault, Where, World
from sim.world import faults
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes
from sim.world.mitigations.lifting import in_force, lifted
from sim.world.mitigations.plan import OFF, Act, Refusal, Situation, Step
from sim.world.modifiers import Op, Param

_DNS = 0.5
"""Share of the time of `drain` that goes by before traffic begins to move (an assumption)."""


def _drain(job: Job) -> Deed | Refusal:
    zone, named = str(job.act.where.zone), job.act.where.component
    if job.act.to == OFF:
        return _drain_off(job, zone, named)
    inside = _drained_components(job.world, zone, named)
    if not inside:
        return Refusal(
            f"{named or 'everything'} in zone {zone} runs nowhere else; nobody could take its traffic"
        )
    moving = [c for c in inside if not _is_drained(job, c.id, zone)]
    if not moving:
        return Refusal(f"zone {zone} is drained already" + (f" for {named}" if named else ""))
    for component in moving:
        others = [z for z in faults.zones(component, job.world) if z != zone]
        if all(_is_drained(job, component.id, other) for other in others):
            return Refusal(f"zone {zone} is the last one that takes traffic for {component.id}")
    move_ms = job.at_ms(_DNS)
    add = tuple(
        job.modifier(
            n,
            Param.TRAFFIC,
            Op.MUL,
            0.0,
            move_ms,
            ramp_ms=job.end_ms - move_ms,
            where=Where(component=component.id, zone=zone),
        )
        for n, component in enumerate(moving, start=1)
    )
    relieves = tuple(
        fault
        for fault in job.begun()
        if fault.where.zone == zone and named in (None, fault.where.component or named)
    )
    half_way = Step((move_ms + job.end_ms) // 2, progress=(50, 100, f"% of the traffic has left zone {zone}"))
    steps = (Step(move_ms, add=add), half_way)
    return Deed(f"no traffic goes to {job.act.target}", steps, relieves=relieves)


def _drain_off(job: Job, zone: str, named: str | None) -> Deed | Refusal:
    gone = in_force(
        job, Param.TRAFFIC, Op.MUL, lambda where: where.zone == zone and named in (None, where.component)
    )
    if not gone:
        return Refusal(f"zone {zone} is not drained" + (f" for {named}" if named else ""))
    return Deed(f"traffic goes to {job.act.target} again", (lifted(job, gone),))


def _drained_components(world: World, zone: str, named: str | None) -> list[Component]:
    """Return our components in a zone that run in another zone too."""
    return [
        component
        for component in world.components
        if named in (None, component.id)
        and component.kind != "third_party"
        and zone in faults.zones(component, world)
        and len(faults.zones(component, world)) > 1
    ]


def _is_drained(job: Job, component: str, zone: str) -> bool:
    """Return whether a component gets no traffic in a zone, or will not once a running drain is done."""
    for act in job.situation.running:
        draining = (act.verb, act.where.zone, act.to) == ("drain", zone, None)
        if draining and act.where.component in (None, component):
            return True
    place = Where(component=component, zone=zone)
    return any(
        modifier.param is Param.TRAFFIC and modifier.where == place and modifier.value == 0.0
        for modifier in job.situation.modifiers
    )


def _drain_warning(act: Act, situation: Situation) -> str:
    zone = str(act.where.zone)
    world = situation.world
    inside = _drained_components(world, zone, act.where.component)
    fewest = min((len(faults.zones(component, world)) for component in inside), default=0)
    if not fewest:
        return ""
    extra = 100.0 / (fewest - 1)
    return (
        f"{len(inside)} components leave zone {zone}; the zones left get up to {extra:.0f}% more traffic each"
    )


def _drain_second_word(act: Act, situation: Situation) -> str:
    """Draining all but one zone leaves nothing to fall back on."""
    zone = str(act.where.zone)
    others = [other for other in situation.world.zones if other != zone]
    drained = {m.where.zone for m in situation.modifiers if m.param is Param.TRAFFIC and m.value == 0.0}
    left = [other for other in others if other not in drained]
    return f"only zone {left[0]} would be left" if len(left) == 1 and len(others) > 1 else ""


def _throttle(job: Job) -> Deed | Refusal:
    where, kept = job.act.where, job.act.amount
    if (where.component is None) == (where.client is None):
        return Refusal("throttle takes a component or a client, and the share to keep, e.g. throttle api 50%")
    if kept is None or not 0.0 <= kept <= 1.0:
        return Refusal("throttle needs the share of requests to keep, from 0% to 100%, e.g. throttle api 50%")
    param = Param.ADMIT if where.component is not None else Param.DEMAND
    replaced = in_force(job, param, Op.MUL, lambda place: place == where)
    if kept == 1.0 and not replaced:
        return Refusal(f"{job.act.target} is not throttled")
    add = () if kept == 1.0 else (job.modifier(1, param, Op.MUL, kept, job.end_ms),)
    text = f"{job.act.target} lets {kept:.0%} of its requests in"
    relieves = () if kept == 1.0 else _relieved_downstream(job)
    return Deed(text, (lifted(job, replaced, add),), relieves=relieves)


def _relieved_downstream(job: Job) -> tuple[Fault, ...]:
    """Return what a throttle can relieve: faults that load makes worse, there or further down the calls.

    A cold cache is relieved by a throttle on what fills it, too.
    """
    named = job.act.where.component
    if named is None:
        return job.relieved()
    below = reached_from(job.world, named)
    return tuple(
        fault
        for fault in job.begun()
        if "throttle" in faults.FAULTS[fault.kind].relieved_by
        and (
            fault.where.component is None
            or fault.where.component in below
            or named in {origin.component for origin in job.origins_of(fault.where.component)}
        )
    )


def reached_from(world: World, component_id: str) -> frozenset[str]:
    """Return a component and all components that its calls reach."""
    found, waiting = {component_id}, [component_id]
    while waiting:
        for operation in world.component(waiting.pop()).operations:
            for call in operation.calls:
                callee = call.to.partition(".")[0]
                if callee not in found:
                    found.add(callee)
                    waiting.append(callee)
    return frozenset(found)


def _throttle_warning(act: Act, situation: Situation) -> str:
    if act.amount is None or act.amount >= 1.0:
        return ""
    return f"{1 - act.amount:.0%} of the requests of {act.target} are turned away; their users are lost"


def _block(job: Job) -> Deed | Refusal:
    where = job.act.where
    blocks = in_force(job, Param.DEMAND, Op.MIN, lambda place: place == where)
    if job.act.to == OFF:
        if not blocks:
            return Refusal(f"{job.act.target} is not blocked")
        return Deed(f"{job.act.target} is let in again", (lifted(job, blocks),))
    if blocks:
        return Refusal(f"{job.act.target} is blocked already")
    step = Step(job.end_ms, add=(job.modifier(1, Param.DEMAND, Op.MIN, 0.0, job.end_ms),))
    relieves = tuple(fault for fault in job.relieved() if fault.where.client == where.client)
    return Deed(f"{job.act.target} is blocked", (step,), relieves=relieves)


def _block_warning(act: Act, situation: Situation) -> str:
    title = next((client.title for client in situation.world.clients if client.id == act.where.client), "")
    return f"every request of {title} is turned away, the good ones too"


def _isolate(job: Job) -> Deed | Refusal:
    caller, callee = job.act.where.component, str(job.act.where.callee)
    if not _callers(job.world, caller, callee):
        return Refusal(f"{caller or 'nobody'} {'does not call' if caller else 'calls'} {callee}")
    if job.act.to == OFF:
        return _isolate_off(job, caller, callee)
    where, everywhere = Where(component=caller, callee=callee), Where(callee=callee)
    if in_force(job, Param.CALL_ON, Op.SET, lambda place: place in (everywhere, where)):
        return Refusal(f"{callee} is isolated from {caller or 'its callers'} already")
    add = (job.modifier(1, Param.CALL_ON, Op.SET, 0.0, job.end_ms, where=where),)
    relieves = tuple(fault for fault in job.begun() if fault.where.component == callee)
    text = f"{caller or 'nobody'} {'does not call' if caller else 'calls'} {callee} any more"
    return Deed(text, (Step(job.end_ms, add=add),), relieves=relieves)


def _isolate_off(job: Job, caller: str | None, callee: str) -> Deed | Refusal:
    gone = in_force(
        job, Param.CALL_ON, Op.SET, lambda place: place.callee == callee and caller in (None, place.component)
    )
    if gone:
        calls = f"{caller} calls" if caller else "its callers call"
        return Deed(f"{calls} {callee} again", (lifted(job, gone),))
    if in_force(job, Param.CALL_ON, Op.SET, lambda place: place == Where(callee=callee)):
        return Refusal(f"{callee} is isolated from all its callers; `isolate {callee} off` lifts that")
    return Refusal(f"{callee} is not isolated" + (f" from {caller}" if caller else ""))


def _callers(world: World, caller: str | None, callee: str) -> list[tuple[str, bool]]:
    """Return (component, hard) for every call to `callee` from `caller` or, where None, from anybody."""
    return [
        (component.id, not call.soft)
        for component in world.components
        if caller in (None, component.id)
        for operation in component.operations
        for call in operation.calls
        if call.to.partition(".")[0] == callee
    ]


def _isolate_warning(act: Act, situation: Situation) -> str:
    hard = sorted(
        {name for name, hard in _callers(situation.world, act.where.component, str(act.where.callee)) if hard}
    )
    return f"{', '.join(hard)} cannot answer without {act.where.callee}: those requests fail" if hard else ""


DRAIN = Mitigation(
    verb="drain",
    hits="all components in the zone, or one; the zones left carry the load",
    risk="the zones left may not be able to carry it",
    takes=Takes(120, 0.3),
    fail_share=0.02,
    do=_drain,
    needs=("zone",),
    warn=_drain_warning,
    second_word=_drain_second_word,
)

THROTTLE = Mitigation(
    verb="throttle",
    hits="everybody who is turned away",
    risk="users turned away are lost",
    takes=Takes(60, 0.3),
    fail_share=0.02,
    do=_throttle,
    needs=(),
    warn=_throttle_warning,
)

BLOCK = Mitigation(
    verb="block",
    hits="all users of the client",
    risk="good requests of the client are lost as well",
    takes=Takes(60, 0.3),
    fail_share=0.02,
    do=_block,
    needs=("client",),
    warn=_block_warning,
)

ISOLATE = Mitigation(
    verb="isolate",
    hits="everything that calls it: soft callers degrade, hard ones fail",
    risk="requests that cannot do without it fail",
    takes=Takes(75, 0.3),
    fail_share=0.02,
    do=_isolate,
    needs=("callee",),
    ours=False,
    warn=_isolate_warning,
)
