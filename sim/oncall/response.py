"""How long people need: scalar response functions, the same for drills and what-if studies.

The medians and sigmas are the proposal of facts.md, section D ("Ack model"): assumptions, of which only the
order of magnitude can be defended. Plain arithmetic, so that it can be compiled.
"""

from sim import streams

ACK_AT_DESK_MEDIAN_S = 90.0
ACK_AWAY_MEDIAN_S = 240.0
ACK_SIGMA = 0.8
READ_BACK_MEDIAN_S = 20.0  # assumption: to read an order back and begin
READ_BACK_SIGMA = 0.4
SECOND_WORD_MEDIAN_S = 30.0  # assumption: to look at what it will hit, and agree
LONGEST_S = 1800.0


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
    return round(min(streams.lognormal(seed, kind, identity, median_s, sigma), LONGEST_S) * 1000)
