"""How long people need: scalar response functions, the same for drills and what-if studies.

The medians and sigmas are the proposal of facts.md, section D ("Ack model", "Fitted response multiplier"):
assumptions, of which only the order of magnitude can be defended. The functions of the first part are plain
arithmetic on numbers, and each calls nothing but `math`, so that they can be compiled as they stand.
"""

import math

from sim import streams

ACK_AT_DESK_MEDIAN_S = 90.0
ACK_AWAY_MEDIAN_S = 240.0
ACK_SIGMA = 0.8
ACK_ASLEEP_MEDIAN_S = 300.0
ACK_ASLEEP_SIGMA = 0.7
WAKES_PER_RING = 0.75
RING_AGAIN_S = 300.0
READ_BACK_MEDIAN_S = 20.0  # assumption: to read an order back and begin
READ_BACK_SIGMA = 0.4
SECOND_WORD_MEDIAN_S = 30.0  # assumption: to look at what it will hit, and agree
LONGEST_S = 1800.0

_HOUR_MS, _DAY_MS = 3_600_000, 86_400_000


def delay_ms(median_s: float, sigma: float, normal: float, longest_s: float) -> int:
    """Return the lognormal delay in ms that belongs to a standard normal number, at most `longest_s`."""
    return round(min(median_s * math.exp(sigma * normal), longest_s) * 1000)


def rings_unheard(uniform: float, wakes: float) -> int:
    """Return how many calls a sleeper does not hear before the one that wakes them; each wakes with
    `wakes`."""
    if wakes >= 1.0:
        return 0
    return int(math.log(uniform) / math.log(1.0 - wakes))


def awake_enough_ms(work_ms: float, since_woken_ms: float, inertia: float) -> int:
    """Return how long work takes somebody who woke a while ago; `work_ms` is what it takes when wide awake.

    Performance t minutes after waking is 1 - 0.55 e^(-t/2) - 0.19 e^(-t/70) of what it is by day, scaled by
    `inertia` (0: none, as the CQU laboratory found; 1: as Bruck and Pisani 1999 and Jewett 1999 did). The
    time is where its integral reaches the work, found by Newton's method: it rises and bends upwards, so that
    converges, and what a step leaves is known from the bend.
    """
    work, since = work_ms / 60_000.0, since_woken_ms / 60_000.0
    if inertia <= 0.0 or since > 720.0:
        return round(work_ms)
    quick, slow = inertia * 0.55 * math.exp(-since / 2.0), inertia * 0.19 * math.exp(-since / 70.0)
    takes = work
    for _ in range(20):
        fast_left, slow_left = math.exp(-takes / 2.0), math.exp(-takes / 70.0)
        done = takes - quick * 2.0 * (1.0 - fast_left) - slow * 70.0 * (1.0 - slow_left)
        step = (work - done) / (1.0 - quick * fast_left - slow * slow_left)
        takes += step
        bend = quick * fast_left / 2.0 + slow * slow_left / 70.0
        if bend * step * step < 0.0004:  # in minutes; half of it is left, 12 ms, where performance is whole
            break
    return round(takes * 60_000.0)


def tired(work_ms: float, sleep_debt_ms: float, slower_per_hour: float) -> float:
    """Return what work takes somebody who lost sleep: slower by a share for each hour of debt, up to
    eight."""
    return work_ms * (1.0 + slower_per_hour * min(sleep_debt_ms / 3_600_000.0, 8.0))


def sleep_ms(start_ms: int, end_ms: int, from_ms: int, until_ms: int) -> int:
    """Return how much of a span of local time lies in the hours of sleep, given by their times of day in
    ms."""
    night = (until_ms - from_ms) % _DAY_MS
    ends, starts = end_ms - from_ms, start_ms - from_ms
    before_end = (ends // _DAY_MS) * night + min(ends % _DAY_MS, night)
    before_start = (starts // _DAY_MS) * night + min(starts % _DAY_MS, night)
    return before_end - before_start


def in_bed(local_ms: int, from_ms: int, until_ms: int) -> bool:
    """Return whether a local time lies in the hours of sleep."""
    return (local_ms - from_ms) % _DAY_MS < (until_ms - from_ms) % _DAY_MS


def at_desk(local_ms: int) -> bool:
    """Return whether it is 8 to 18 on a weekday, at a local time since a Monday at midnight."""
    return local_ms // _DAY_MS % 7 < 5 and 8 * _HOUR_MS <= local_ms % _DAY_MS < 18 * _HOUR_MS


# --- what a drill draws -----------------------------------------------------------------------------------


def acknowledge_ms(seed: int, page: str, person: str) -> int:
    """Return the time from page to acknowledgement of somebody awake and away from the desk."""
    return _draw_ms(seed, "acknowledge", f"{page}|{person}", ACK_AWAY_MEDIAN_S, ACK_SIGMA)


def join_ms(seed: int, person: str, nth: int) -> int:
    """Return the time from being asked to being in the war room, for somebody at their desk."""
    return _draw_ms(seed, "join", f"{person}|{nth}", ACK_AT_DESK_MEDIAN_S, ACK_SIGMA)


def read_back_ms(seed: int, person: str, verb: str, target: str, nth: int) -> int:
    """Return the time an operator needs to read an order back and begin."""
    return _draw_ms(seed, "read back", f"{person}|{verb}|{target}|{nth}", READ_BACK_MEDIAN_S, READ_BACK_SIGMA)


def second_word_ms(seed: int, person: str, verb: str, target: str, nth: int) -> int:
    """Return the time somebody in the war room needs to think about a dangerous act and agree to it."""
    identity = f"{person}|{verb}|{target}|{nth}"
    return _draw_ms(seed, "second word", identity, SECOND_WORD_MEDIAN_S, READ_BACK_SIGMA)


def _draw_ms(seed: int, kind: str, identity: str, median_s: float, sigma: float) -> int:
    return delay_ms(median_s, sigma, streams.normal(seed, kind, identity), LONGEST_S)
