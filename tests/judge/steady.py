"""Cases in which nothing changes: queues, chains, fans, groups, pools, and a callee that turns work away."""

from sim.spec import Call
from sim.world.modifiers import Op, Param
from tests.judge.case import SHARE, Case, Quantity, failed, mean, part, percentile, times
from tests.judge.seen import Play
from tests.world.small import acting, world

BIMODAL = "its callee refuses a third at once: two humps, told by one lognormal"


def one(servers: int, rho: float, seconds: float) -> Case:
    play = Play(world(part("one", processors=servers, work_ms=20)), servers * rho / 0.02, seconds)
    return Case(f"one {servers} {rho}", f"M/M/{servers} at load {rho:g}", play, times(10, seconds))


def chain(case_id: str, title: str, rps: float, timeout_ms: int, retries: int = 0, error_share: float = 0.0):
    db_call = Call(to="db", timeout_ms=timeout_ms, retries=retries)
    play = Play(
        world(
            part("edge", Call(to="cart"), work_ms=5),
            part("cart", db_call, work_ms=10),
            part("db", work_ms=20, error_share=error_share),
        ),
        rps,
        40,
    )
    return Case(case_id, title, play, (*times(5, 40), failed("failed", 5, 40)))


def fan() -> Case:
    calls = (
        Call(to="auth"),
        Call(to="stock", per_request=3, timeout_ms=400, retries=2),
        Call(to="ads", soft=True, timeout_ms=60),
    )
    play = Play(
        world(
            part("edge", *calls, work_ms=5),
            part("auth", work_ms=5),
            part("stock", work_ms=10, error_share=0.2),
            part("ads", work_ms=20),
        ),
        130,
        50,
    )
    degraded = Quantity("degraded", "share", lambda seen: seen.degraded_share(10, 50), SHARE)
    title = "fan-out: five calls, errors retried twice, one soft call"
    return Case("fan", title, play, (*times(10, 50), failed("failed", 10, 50), degraded))


def group() -> Case:
    calls = [Call(to=name, group="all") for name in ("a", "b", "c")]
    parts = [part(name, work_ms=work_ms) for name, work_ms in (("a", 20), ("b", 20), ("c", 30))]
    play = Play(world(part("edge", *calls, work_ms=5), *parts), 160, 40)
    return Case("group", "three calls at once", play, times(10, 40))


def rare() -> Case:
    edge = part("edge", Call(to="origin", per_request=0.15), work_ms=5)
    play = Play(world(edge, part("origin", work_ms=100)), 300, 40)
    return Case("rare", "a slow call that one request in seven makes", play, times(10, 40))


def filling_pool() -> Case:
    front = part("front", Call(to="db", timeout_ms=60_000), work_ms=5, slots=24)
    play = Play(world(front, part("db", work_ms=100, processors=64)), 200, 60)
    return Case("filling pool", "a pool nearly dry: its callee is slow", play, times(10, 60))


def dry_pool(slots: int, slower: float, title: str, unclaimed: str = "") -> Case:
    call = Call(to="db", timeout_ms=2000, retries=1)
    front = part("front", call, work_ms=5, slots=slots, queue_max_s=1.0)
    play = Play(
        world(front, part("db", work_ms=50, processors=16)),
        200,
        80,
        (acting(Param.WORK, Op.MUL, slower, component="db", from_s=10),),
    )
    figures = (*times(50, 80), failed("failed", 50, 80, unclaimed))
    return Case(f"dry pool {slots} {slower:g}", title, play, figures)


def full_queue() -> Case:
    db = part("db", processors=4, work_ms=40, queue_max_s=0.3)
    play = Play(world(part("web", Call(to="db"), work_ms=1), db), 150, 50)
    figures = (
        mean("mean", 10, 50),
        percentile(0.5, 10, 50, BIMODAL),
        percentile(0.95, 10, 50, BIMODAL),
        failed("failed", 10, 50),
    )
    return Case("full queue", "load 1.5 on a queue of 0.3 s", play, figures)


def dead_work() -> Case:
    db = part("db", processors=4, work_ms=40, queue_max_s=10, drops_dead_work=True)
    play = Play(world(part("web", Call(to="db"), work_ms=1), db), 150, 50)
    return Case("dead work", "load 1.5, dead work dropped", play, (*times(10, 50), failed("failed", 10, 50)))


STEADY = (
    one(1, 0.6, 310),
    one(4, 0.8, 130),
    one(16, 0.9, 60),
    chain("chain", "a chain of three", 200, 500),
    chain("chain timeouts", "the chain, timeouts of 60 ms without retries", 320, 60),
    chain("chain retries", "the chain, 25 % errors retried twice", 250, 500, 2, 0.25),
    fan(),
    group(),
    rare(),
    filling_pool(),
    dry_pool(160, 2, "a pool of 160 run dry, its callee at 0.8 of what is asked"),
    dry_pool(40, 4, "a pool of 40 run dry, its callee at 0.4 of what is asked"),
    dry_pool(
        40,
        2,
        "a pool of 40 run dry, its callee at 0.8 of what is asked",
        "callers' few slots are taken for many: the callee passes 4 % too little",
    ),
    full_queue(),
    dead_work(),
)
