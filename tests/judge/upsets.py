"""Cases in which something happens: overload, a cache gone cold, a retry storm, a queue held up."""

from sim.spec import Cache, Call, Where
from sim.world.modifiers import Modifier, Op, Param
from sim.world.slow import Reset
from tests.judge.case import RECOVERY, TIME, Case, Quantity, failed, mean, part, percentile, recovered
from tests.judge.seen import Play
from tests.world.small import acting, world

LEARNING = "callers learn within 5 to 15 s in the model, at once in truth"
CHANCE = "chance starts a storm in some runs; the model has no chance"


def overload() -> Case:
    play = Play(
        world(part("one", processors=8, work_ms=40)),
        140,
        180,
        (acting(Param.DEMAND, Op.MUL, 250 / 140, from_s=20, to_s=80),),
    )
    figures = (
        mean("mean in its middle", 45, 55),
        mean("mean at its end", 70, 80),
        Quantity("requests inside at its end", "number", lambda seen: seen.inside("one", 80), TIME),
        Quantity("time until drained", "s", lambda seen: seen.quick_again_s(80, 0.5), RECOVERY),
    )
    return Case("overload", "M/M/8, a minute at load 1.25", play, figures)


def cold(
    case_id: str,
    title: str,
    figures: tuple[Quantity, ...],
    rps: float,
    seconds: float,
    keys: int,
    retries: int = 1,
    **db,
) -> Case:
    calls = (
        Call(to="cache", timeout_ms=500),
        Call(to="db", per_request=0.1, timeout_ms=500, retries=retries, on_miss_of="cache"),
    )
    play = Play(
        world(
            part("web", *calls, processors=16, work_ms=5),
            part("cache", kind="cache", work_ms=0.1, cache=Cache(hit_share=0.9, keys=keys)),
            part("db", queue_max_s=2.0, **db),
        ),
        rps,
        seconds,
        resets=((20, Reset("warmth", Where(component="cache"), set_to=0.0)),),
    )
    return Case(case_id, title, play, figures)


def origin(name: str, from_s: float, to_s: float, unclaimed: str = "") -> Quantity:
    return Quantity(name, "number", lambda seen: seen.offered_rps("db", from_s, to_s), TIME, unclaimed)


def pair(
    case_id: str,
    title: str,
    figures: tuple[Quantity, ...],
    seconds: float,
    *modifiers: Modifier,
    queue_max_s: float = 2.0,
    drops: bool = False,
) -> Case:
    """Load 0.7, two retries, timeout 0.8 s."""
    db = part("db", work_ms=40, processors=2, queue_max_s=queue_max_s, drops_dead_work=drops)
    front = part("front", Call(to="db", timeout_ms=800, retries=2), work_ms=1)
    return Case(case_id, title, Play(world(front, db), 35, seconds, modifiers), figures)


SURGE = acting(Param.DEMAND, Op.MUL, 3, from_s=30, to_s=60)
LONG_SURGE = acting(Param.DEMAND, Op.MUL, 3, from_s=20, to_s=100)


def jittery_chain() -> Case:
    play = Play(
        world(
            part("edge", Call(to="cart"), work_ms=5),
            part("cart", Call(to="db", timeout_ms=60, retries=2), work_ms=10),
            part("db", work_ms=20),
        ),
        250,
        50,
    )
    figures = (percentile(0.95, 10, 50, CHANCE), failed("failed", 10, 50, CHANCE))
    return Case("chance", "the chain, timeouts of 60 ms with two retries", play, figures)


def bursts() -> Case:
    play = Play(
        world(
            part("front", Call(to="db", timeout_ms=500, retries=2), work_ms=5),
            part("db", work_ms=20),
        ),
        150,
        56,
        modifiers=(acting(Param.ERROR_RANDOM, Op.SET, 0.25, component="db"),),
        judged=tuple(
            acting(Param.ERROR_RANDOM, Op.SET, 1.0, component="db", from_s=t, to_s=t + 2)
            for t in range(0, 56, 8)
        ),
    )
    unclaimed = "retries meet the same burst; random errors are independent in the model"
    return Case("bursts", "25 % errors in bursts of 2 s", play, (failed("failed", 8, 56, unclaimed),))


def held_queue() -> Case:
    play = Play(
        world(
            part("web", Call(to="queue"), work_ms=5),
            part("queue", kind="queue", work_ms=0.1),
            part("mailer", kind="worker", consumes="queue", work_ms=20, processors=4),
        ),
        60,
        240,
        (acting(Param.WORK, Op.MUL, 8, component="mailer", from_s=20, to_s=170),),
    )
    figures = (
        Quantity("messages waiting at its end", "number", lambda seen: seen.inside("mailer", 170), TIME),
        Quantity("time until drained", "s", lambda seen: seen.drained_s("mailer", 170, 50), RECOVERY),
    )
    return Case("held queue", "consumers eight times slower for 150 s", play, figures)


UPSETS = (
    overload(),
    cold(
        "cold cache",
        "a cache gone cold, its origin strong enough",
        (
            origin(
                "origin requests/s in the first 5 s", 20, 25, "a tick sees the cache as it was when it began"
            ),
            origin("after 20 s", 35, 45),
            origin("after 45 s", 60, 70),
            origin("after 80 s", 90, 110),
            Quantity("time until twice the usual", "s", lambda seen: seen.relieved_s("db", 20, 24), RECOVERY),
        ),
        rps=120,
        seconds=120,
        keys=2400,
        work_ms=5,
    ),
    cold(
        "weak origin",
        "a cache gone cold, its origin at 0.8 of what is asked",
        (failed("failed in the minute after", 20, 80), recovered(20, 0.05)),
        rps=100,
        seconds=140,
        keys=120_000,
        retries=0,
        processors=1,
        work_ms=12.5,
        drops_dead_work=True,
    ),
    cold(
        "cold trap",
        "a cache gone cold, its origin doing dead work",
        (failed("failed before", 0, 20), failed("failed a minute later", 60, 100)),
        rps=60,
        seconds=100,
        keys=200_000,
        processors=1,
        work_ms=25,
    ),
    pair(
        "storm",
        "the metastable pair, after a surge of 30 s",
        (failed("failed before", 10, 30), failed("in the surge", 40, 60), failed("a minute later", 110, 150)),
        150,
        SURGE,
    ),
    pair(
        "throttled",
        "the pair in its storm (queue of 8 s), throttled to 30 % for a minute",
        (failed("failed before", 70, 90), recovered(90, 0.75), failed("when lifted", 160, 190)),
        190,
        SURGE,
        acting(Param.ADMIT, Op.SET, 0.3, component="front", from_s=90, to_s=150),
        queue_max_s=8.0,
    ),
    pair(
        "retries off",
        "the pair in its storm (queue of 8 s), retries turned off",
        (failed("failed before", 70, 90), recovered(90, 0.05), failed("afterwards", 140, 160)),
        160,
        SURGE,
        acting(Param.RETRIES, Op.SET, 0, component="front", from_s=90),
        queue_max_s=8.0,
    ),
    pair(
        "short queue",
        "the pair with a queue of 0.5 s, a surge of 80 s",
        (
            failed("failed in its first 15 s", 20, 35, LEARNING),
            failed("in its last 30 s", 70, 100),
            failed("afterwards", 130, 150),
            recovered(100, 0.05, LEARNING),
        ),
        150,
        LONG_SURGE,
        queue_max_s=0.5,
    ),
    pair(
        "dropping pair",
        "the pair dropping dead work, a surge of 80 s",
        (
            failed("failed in its last 30 s", 70, 100),
            failed("afterwards", 130, 150),
            recovered(100, 0.05, LEARNING),
        ),
        150,
        LONG_SURGE,
        drops=True,
    ),
    held_queue(),
    pair(
        "edge",
        "the pair, database three times slower for 40 s",
        (
            failed(
                "failed a minute later",
                130,
                160,
                "at the edge of the storm the outcome is a matter of chance",
            ),
        ),
        160,
        acting(Param.WORK, Op.MUL, 3, component="db", from_s=30, to_s=70),
    ),
    jittery_chain(),
    bursts(),
)
