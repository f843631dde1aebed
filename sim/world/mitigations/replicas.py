"""Handling a component's replicas: restart, scale, failover."""

from dataclasses import replace
from math import ceil

from sim.spec import Component, Fault, Where
from sim.world.faults import zones
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, removal
from sim.world.mitigations.plan import Act, Loss, Refusal, Situation, Step
from sim.world.modifiers import Modifier, Op, Param
from sim.world.slow import Reset

RESTARTED_AT_ONCE = 0.25
"""Share of the replicas that a rolling restart takes out at a time (an assumption)."""

COLD_WORK = 2.0
COLD_MS = 300_000
"""A restarted database starts with cold buffers: its work costs this factor, falling to 1 over this time (an
assumption)."""

QUOTA = 4.0
"""A component can be scaled up to this many times its usual size (an assumption)."""

_PROVISIONING = 0.5
"""Share of the time of `scale` that goes by before the first new replica serves (an assumption)."""

_CUT_OVER_S = (30.0, 60.0)
"""How long writes fail while a standby is promoted (an assumption within the 2 min of GitHub 2023-09-05)."""

KEEPS_UP_S = 1.0
"""A standby no further behind has what matters by the time it is promoted (an assumption)."""

_RESTARTED = "replicas restarted"

_MOVED_FROM = 100
"""Number of the first modifier that moves traffic to a standby, past those that make writes fail."""


def _restart(job: Job) -> Deed | Refusal:
    component, gone = job.component, job.on_component("restart")
    if component.kind == "database":
        down = job.modifier(1, Param.ADMIT, Op.MIN, 0.0, job.act.t_ms, to_ms=job.end_ms)
        started = Step(job.act.t_ms, add=(down,), progress=(1, 2, "steps: stopped, recovering from its log"))
        leaked = Reset("leaked", Where(component=component.id), set_to=0.0)
        recovered = Step(job.end_ms, add=_cold(job), progress=(2, 2, "steps: recovered"), resets=(leaked,))
        text = f"{component.id} is up again after recovery"
        whole = (started, recovered, removal(job.end_ms, gone))
        return Deed(text, whole, cures=gone, relieves=job.relieved())
    count = job.replicas
    rolling = _zone_by_zone if count > 1 and len(zones(component, job.world)) > 1 else _in_batches
    text = f"all {count} replicas of {job.act.target} were restarted"
    steps = (*rolling(job, count), removal(job.end_ms, gone))
    return Deed(text, steps, cures=gone, relieves=job.relieved())


def _batch(count: int) -> int:
    """Return how many of so many replicas are restarted at a time."""
    return max(1, round(count * RESTARTED_AT_ONCE))


def _zone_by_zone(job: Job, count: int) -> tuple[Step, ...]:
    """Return the steps of a restart that goes through the zones, in each at most half of it at a time.

    What the replicas of a zone held in memory is gone when the zone is done.
    """
    places = zones(job.component, job.world)
    in_zone = count / len(places)
    kept = 1.0 - min(_batch(count), in_zone / 2) / in_zone
    steps: list[Step] = []
    for n, zone in enumerate(places):
        place = Where(component=job.component.id, zone=zone)
        from_ms, to_ms = job.at_ms(n / len(places)), job.at_ms((n + 1) / len(places))
        fewer = job.modifier(n + 1, Param.REPLICAS, Op.MUL, kept, from_ms, to_ms=to_ms, where=place)
        emptied = tuple(Reset(held, place, set_to=0.0) for held in _held(job.component))
        progress = (count * (n + 1) // len(places), count, _RESTARTED)
        steps += [Step(from_ms, add=(fewer,)), Step(to_ms, progress=progress, resets=emptied)]
    return tuple(steps)


def _in_batches(job: Job, count: int) -> tuple[Step, ...]:
    """Return the steps of a restart within one zone: with each batch its part of what was held is gone."""
    reduced = (Param.REPLICAS, Op.MUL, 1.0 - _batch(count) / count)
    if count == 1:
        reduced = (Param.ADMIT, Op.MIN, 0.0)
    begin = Step(job.act.t_ms, add=(job.modifier(1, *reduced, job.act.t_ms, to_ms=job.end_ms),))
    batches = job.progress(job.act.t_ms, count, _RESTARTED, steps_max=round(1 / RESTARTED_AT_ONCE))
    place, left = Where(component=job.component.id), len(batches)
    steps = [begin]
    for n, step in enumerate(batches):
        # A leak is left in those still to come, each batch an equal part; a cache fills again behind them.
        kept = {"leaked": (left - n - 1) / (left - n), "warmth": (left - 1) / left}
        emptied = tuple(Reset(held, place, times=kept[held]) for held in _held(job.component))
        steps.append(replace(step, resets=emptied))
    return tuple(steps)


def _held(component: Component) -> tuple[str, ...]:
    """Return what replicas hold in memory, as fields of slow state: leaks, and what is cached."""
    return ("leaked",) if component.cache is None else ("leaked", "warmth")


def _cold(job: Job) -> tuple[Modifier, ...]:
    """Return what cold buffers do: a factor, and one that grows to its inverse."""
    from_ms, to_ms = job.end_ms, job.end_ms + COLD_MS
    return (
        job.modifier(2, Param.WORK, Op.MUL, COLD_WORK, from_ms, to_ms=to_ms),
        job.modifier(3, Param.WORK, Op.MUL, 1.0 / COLD_WORK, from_ms, to_ms=to_ms, ramp_ms=COLD_MS),
    )


def _restart_warning(act: Act, situation: Situation) -> str:
    component = situation.world.component(str(act.where.component))
    if component.kind == "database":
        return (
            f"{component.id} is a database: all its replicas go down and recover from their log, "
            "minutes in which every request to it fails"
        )
    if situation.replicas(component) == 1:
        return f"{component.id} has one replica: every request to it fails while it restarts"
    return ""


def _scale(job: Job) -> Deed | Refusal:
    component, factor = job.component, job.act.amount if job.act.amount is not None else 2.0
    if component.kind == "database":
        return Refusal(f"{component.id} is a database; more replicas of it cannot be had within an incident")
    if not 0.1 <= factor <= QUOTA or factor == 1.0:
        return Refusal(f"scale takes a factor from 0.1 to {QUOTA:g} other than 1, not {factor:g}")
    size = job.situation.scaled(component.id) * factor
    if size > QUOTA:
        return Refusal(
            f"that would be {size:g} times the usual size of {component.id}; the quota is {QUOTA:g}"
        )
    serve_ms = job.at_ms(_PROVISIONING)
    more = job.modifier(1, Param.REPLICAS, Op.MUL, factor, serve_ms, ramp_ms=job.end_ms - serve_ms)
    count = max(1, ceil(job.replicas * abs(factor - 1.0)))
    what = "new replicas ready" if factor > 1 else "replicas stopped"
    steps = (Step(serve_ms, add=(more,)), *job.progress(serve_ms, count, what))
    relieves = job.relieved() if factor > 1 else ()
    return Deed(f"{component.id} has {size:g} times its usual replicas", steps, relieves=relieves)


def _scale_warning(act: Act, situation: Situation) -> str:
    if act.amount is None or act.amount >= 1.0:
        return ""
    component = situation.world.component(str(act.where.component))
    count = situation.replicas(component)
    kept = max(1, round(count * act.amount))
    return f"{component.id} goes down to {kept} of {count} replicas"


def _failover(job: Job) -> Deed | Refusal:
    component = job.component
    if component.standby_zone is None:
        return Refusal(f"{component.id} has no standby")
    for entry in job.situation.finished:
        if entry.ok and (entry.act.verb, entry.act.where.component) == ("failover", component.id):
            return Refusal(
                f"the standby of {component.id} was promoted already; the next one is not built yet"
            )
    shortest, longest = _CUT_OVER_S
    cut_over_ms = round((shortest + (longest - shortest) * job.chance(0)) * 1000)
    from_ms = job.end_ms - min(cut_over_ms, job.takes_ms * 3 // 4)
    gone = job.on_component("failover")
    lost = _writes_not_seen(job.situation, component.id)
    log = "log that is not applied is dropped" if lost >= 1.0 else "standby is catching up"
    steps = (
        Step(job.act.t_ms, progress=(1, 3, f"steps: {log}")),
        Step(
            from_ms, add=_writes_fail(job, from_ms), progress=(2, 3, "steps: old primary fenced, writes stop")
        ),
        Step(job.end_ms, add=_moved(job, component), progress=(3, 3, "steps: standby is primary")),
        removal(job.end_ms, gone),
    )
    text = f"the standby of {component.id} in {component.standby_zone} is primary now"
    loses = (Loss(component.id, lost),) if lost >= 1.0 else ()
    return Deed(text, steps, cures=gone, relieves=_left_behind(job, component), loses=loses)


def _left_behind(job: Job, component: Component) -> tuple[Fault, ...]:
    """Return the faults of the zones that the component leaves: they go on and hurt it no more."""
    left = zones(component, job.world)
    return tuple(
        fault
        for fault in job.begun()
        if fault.where.zone in left and fault.where.component in (None, component.id)
    )


def _writes_not_seen(situation: Situation, component: str) -> float:
    """Return how many confirmed writes the standby has not seen, 0 while it keeps up."""
    stock = situation.stock(component)
    return stock.standby_lag_s * stock.writes_rps if stock.standby_lag_s > KEEPS_UP_S else 0.0


def _moved(job: Job, component: Component) -> tuple[Modifier, ...]:
    """Return the modifiers that send traffic to the standby and none to where the component was."""
    places = dict.fromkeys(zones(component, job.world), 0.0) | {str(component.standby_zone): 1.0}
    return tuple(
        job.modifier(
            _MOVED_FROM + n,
            Param.TRAFFIC,
            Op.SET,
            weight,
            job.end_ms,
            where=Where(component=component.id, zone=zone),
        )
        for n, (zone, weight) in enumerate(places.items())
    )


def _writes_fail(job: Job, from_ms: int) -> tuple[Modifier, ...]:
    return tuple(
        job.modifier(
            n,
            Param.ERROR_RANDOM,
            Op.SET,
            1.0,
            from_ms,
            to_ms=job.end_ms,
            where=Where(component=job.component.id, operation=operation),
        )
        for n, operation in enumerate(write_operations(job.component), start=1)
    )


def write_operations(component: Component) -> tuple[str, ...]:
    """Return the operations that need the primary: those named like a write, or all where none is."""
    names = tuple(operation.id for operation in component.operations)
    return tuple(name for name in names if "write" in name or "commit" in name) or names


def _failover_warning(act: Act, situation: Situation) -> str:
    component = situation.world.component(str(act.where.component))
    named = ", ".join(write_operations(component))
    behind = _failover_second_word(act, situation)
    text = f"requests to {component.id} ({named}) fail for up to a minute"
    return f"{text}, and {behind}" if behind else text


def _failover_second_word(act: Act, situation: Situation) -> str:
    component = str(act.where.component)
    lost, lag_s = _writes_not_seen(situation, component), situation.stock(component).standby_lag_s
    if lost < 1.0:
        return ""
    return f"its standby is {lag_s:.0f} s behind: about {lost:,.0f} confirmed writes would be lost"


def _restart_second_word(act: Act, situation: Situation) -> str:
    component = situation.world.component(str(act.where.component))
    return (
        f"{component.id} is a database and would be down for minutes" if component.kind == "database" else ""
    )


RESTART = Mitigation(
    verb="restart",
    hits="the component, zone by zone, with less capacity meanwhile; a database as a whole",
    risk="what is left carries the load; a database comes back with cold buffers",
    takes=Takes(180, 0.3),
    takes_database=Takes(360, 0.4),
    fail_share=0.02,
    do=_restart,
    replicas=True,
    warn=_restart_warning,
    second_word=_restart_second_word,
)

SCALE = Mitigation(
    verb="scale",
    hits="the component, and through it everything it calls",
    risk="more of it can drown what it calls",
    takes=Takes(180, 0.4),
    fail_share=0.03,
    do=_scale,
    replicas=True,
    warn=_scale_warning,
)

FAILOVER = Mitigation(
    verb="failover",
    hits="everything that writes, for up to a minute",
    risk="writes the standby has not seen are lost",
    takes=Takes(120, 0.15),  # GitHub 2023-09-05: manual failover took 2 min to complete
    fail_share=0.015,
    do=_failover,
    replicas=True,
    warn=_failover_warning,
    second_word=_failover_second_word,
)
