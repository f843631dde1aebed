"""Acts on what stores something: caches, queues and disks."""

from sim.spec import Component
from sim.world.mitigations.job import Deed, Job, Mitigation, Takes, removal
from sim.world.mitigations.lifting import in_force, lifted
from sim.world.mitigations.plan import OFF, Act, Loss, Refusal, Situation, Step
from sim.world.modifiers import Op, Param
from sim.world.slow import Reset

WARMING_STEPS = 6
WARMED_A_STEP = 0.35
"""Each step of `warm` fetches this share of what is missing, as far as its origin answers; an assumption."""

WARMING_WORK = 1.15
"""What the origin works while a cache is warmed from it, as a factor; an assumption."""

DISK_GROWTH = 1.5
"""A disk is made larger by this factor; an assumption."""


def _flush(job: Job) -> Deed | Refusal:
    component = job.component
    if component.cache is None:
        return Refusal(f"{component.id} is no cache, there is nothing to flush")
    gone = job.on_component("flush")
    emptied = Step(job.end_ms, resets=(Reset("warmth", job.act.where, set_to=0.0),))
    return Deed(f"{component.id} is empty", (emptied, removal(job.end_ms, gone)), cures=gone)


def _warm(job: Job) -> Deed | Refusal:
    component = job.component
    if component.cache is None:
        return Refusal(f"{component.id} is no cache, it cannot be warmed")
    steps = [
        Step(
            job.at_ms(number / WARMING_STEPS),
            progress=(number, WARMING_STEPS, "parts of the hot keys fetched"),
            resets=(Reset("warmth", job.act.where, fetch=WARMED_A_STEP),),
        )
        for number in range(1, WARMING_STEPS + 1)
    ]
    busier = tuple(
        job.modifier(n, Param.WORK, Op.MUL, WARMING_WORK, job.act.t_ms, to_ms=job.end_ms, where=where)
        for n, where in enumerate(job.origins_of(component.id), start=1)
    )
    gone = job.on_component("warm")
    text = f"the hot keys of {component.id} were asked for once; what its origin answered is in it"
    return Deed(text, (Step(job.act.t_ms, add=busier), *steps, removal(job.end_ms, gone)), cures=gone)


def _pause_queue(job: Job) -> Deed | Refusal:
    queue = job.component
    if queue.kind != "queue":
        return Refusal(f"{queue.id} is no queue")
    held = in_force(job, Param.DELIVERY, Op.MIN, lambda where: where.component == queue.id)
    if job.act.to == OFF:
        if not held:
            return Refusal(f"{queue.id} is not paused")
        return Deed(f"the consumers of {queue.id} get messages again", (lifted(job, held),))
    if held:
        return Refusal(f"{queue.id} is paused already; `pause-queue {queue.id} off` lets it go on")
    step = Step(job.end_ms, add=(job.modifier(1, Param.DELIVERY, Op.MIN, 0.0, job.end_ms),))
    return Deed(f"nobody gets messages of {queue.id}; they wait in it", (step,), relieves=job.relieved())


def _purge(job: Job) -> Deed | Refusal:
    queue = job.component
    if queue.kind != "queue":
        return Refusal(f"{queue.id} is no queue")
    gone = job.on_component("purge")
    emptied = tuple(Reset(field, job.act.where, set_to=0.0) for field in ("backlog", "age_s"))
    lost = job.situation.stock(queue.id).messages
    return Deed(
        f"{queue.id} is empty; about {lost:,.0f} messages were dropped",
        (Step(job.end_ms, resets=emptied), removal(job.end_ms, gone)),
        cures=gone,
        relieves=job.relieved(),
        loses=(Loss(queue.id, lost),) if lost >= 1.0 else (),
    )


def _purge_second_word(act: Act, situation: Situation) -> str:
    lost = situation.stock(str(act.where.component)).messages
    return f"about {lost:,.0f} messages would be lost for good" if lost >= 1.0 else ""


def _purge_warning(act: Act, situation: Situation) -> str:
    return f"all messages that wait in {act.where.component} are dropped, the good ones too"


def _flush_warning(act: Act, situation: Situation) -> str:
    component = situation.world.component(str(act.where.component))
    if component.cache is None:
        return ""
    more = 1.0 / max(1.0 - component.cache.hit_share, 1e-3)
    return f"{component.id} forgets all its keys; what fills it gets up to {more:.0f} times its usual reads"


def _expand_disk(job: Job) -> Deed | Refusal:
    component = job.component
    if not _has_disk(component):
        return Refusal(f"{component.id} keeps nothing on a disk of its own")
    steps = (
        Step(job.at_ms(0.3), progress=(1, 3, "snapshot taken")),
        Step(job.at_ms(0.7), progress=(2, 3, "volume grown")),
        Step(
            job.end_ms,
            progress=(3, 3, "file system grown"),
            resets=(Reset("disk_size", job.act.where, times=DISK_GROWTH),),
        ),
    )
    text = f"the disk of {component.id} is {DISK_GROWTH:g} times as large"
    return Deed(text, steps, relieves=job.relieved())


def _has_disk(component: Component) -> bool:
    return component.kind in {"database", "queue", "host_pool"} or any(o.writes for o in component.operations)


FLUSH = Mitigation(
    verb="flush",
    hits="everybody who reads through the cache",
    risk="what fills the cache gets all its reads at once",
    takes=Takes(20, 0.3),
    fail_share=0.01,
    do=_flush,
    warn=_flush_warning,
    second_word=_flush_warning,
)

WARM = Mitigation(
    verb="warm",
    hits="what fills the cache: it is asked for the hot keys",
    risk="an origin that is drowning already gets more to do, and what it fails stays cold",
    takes=Takes(240, 0.3),
    fail_share=0.03,
    do=_warm,
)

PAUSE_QUEUE = Mitigation(
    verb="pause-queue",
    hits="whoever waits for what the consumers do",
    risk="messages pile up; a full queue refuses new ones",
    takes=Takes(30, 0.3),
    fail_share=0.01,
    do=_pause_queue,
)

PURGE = Mitigation(
    verb="purge",
    hits="every message in the queue",
    risk="messages are lost for good",
    takes=Takes(60, 0.3),
    fail_share=0.02,
    do=_purge,
    warn=_purge_warning,
    second_word=_purge_second_word,
)

EXPAND_DISK = Mitigation(
    verb="expand-disk",
    hits="the component's disks, while they are in use",
    risk="buys time; what fills the disk goes on",
    takes=Takes(240, 0.3),
    fail_share=0.03,
    do=_expand_disk,
)
