"""The random numbers of a page: they belong to the alert and the number of its page, not to a moment.

Each alert carries two seeds; its n-th page takes the n-th number of the two sequences that begin there.
So two policies meet the same luck, and another model of the same world the same numbers. The functions are
plain arithmetic, to be compiled as they stand.

Sources: Park and Miller's minimal standard generator with the multiplier of 1993 (CACM 31:10 and 36:7);
Wichura's PPND7, Algorithm AS 241 (Applied Statistics 37, 1988), right to about one part in 10^7.
"""

import math

MODULUS = 2_147_483_647
"""Seeds lie in 1 .. MODULUS - 1."""
_PART = 1.0 / 2_147_483_647.0


def following(seed: int) -> int:
    """Return the number after this one."""
    return seed * 48_271 % 2_147_483_647


def uniform_of(seed: int) -> float:
    """Return a seed as a number in (0, 1)."""
    return seed * _PART


def normal_of(seed: int) -> float:
    """Return the standard normal number below which a seed's share of all lies."""
    share = seed * _PART
    middle = share - 0.5
    if abs(middle) <= 0.425:
        r = 0.180625 - middle * middle
        above = ((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179
        return middle * above / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1.0)
    r = math.sqrt(-math.log(min(share, 1.0 - share)))
    if r <= 5.0:
        r -= 1.6
        above = ((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777
        far = above / ((0.12021132975 * r + 0.73700164250) * r + 1.0)
    else:
        r -= 5.0
        above = ((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150
        far = above / ((0.012258202635 * r + 0.24197894225) * r + 1.0)
    return far if middle > 0.0 else -far
