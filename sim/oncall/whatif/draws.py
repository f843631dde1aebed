"""The random numbers of a page: they belong to the alert and the number of its page, not to a moment.

Each alert carries three seeds; its n-th page takes the n-th number of the three sequences that begin there.
So two policies meet the same luck, and another model of the same world the same numbers. The functions are
plain arithmetic, to be compiled as they stand.

Source: Park and Miller's minimal standard generator with the multiplier of 1993 (CACM 31:10 and 36:7); Box
and Muller 1958.
"""

import math

MODULUS = 2_147_483_647
"""Seeds lie in 1 .. MODULUS - 1."""


def following(seed: int) -> int:
    """Return the number after this one."""
    return seed * 48_271 % 2_147_483_647


def uniform_of(seed: int) -> float:
    """Return a seed as a number in (0, 1)."""
    return seed / 2_147_483_647.0


def normal_of(first: int, second: int) -> float:
    """Return the standard normal number of two seeds."""
    radius = math.sqrt(-2.0 * math.log(first / 2_147_483_647.0))
    return radius * math.cos(2.0 * math.pi * second / 2_147_483_647.0)
