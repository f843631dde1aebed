"""What goes into a simulated team-year and what comes out of it: arrays of whole numbers, times in ms."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


MINUTE_MS, HOUR_MS, DAY_MS = 60_000, 3_600_000, 86_400_000

WORK_ENDS, SHIFT_ENDS, WAKES, ACKNOWLEDGES, STEP_ENDS, ARRIVES = range(6)
"""What can happen, in the order in which it does at one instant."""
WAITING_MAX = 500
"""Where so many incidents wait nobody gets to one more: it is never done. An assumption; a team with so many
has more work than time, and is told so."""

KIND, ALERT, PERSON = 2**56, 2**24, 2**15
"""All that happens at one instant is in order of kind * KIND + alert * ALERT + person * PERSON + step."""


class Alerts(NamedTuple):
    """The alerts of a team-year in order of time, each with all chance that belongs to it; shape
    (alerts,)."""

    at: Ints
    severity: Ints
    """1 to 4, for P1 to P4."""
    rule: Ints
    """The number of the rule that fired."""
    needs_action: Ints
    """1 where somebody has to do something, 0 for noise."""
    work: Ints
    """Hands-on time of one person who is wide awake, in ms."""
    luck: Ints
    """Whether its pages wake a sleeper: the seed of `draws`."""
    pace: Ints
    """How fast its pages are acknowledged: another."""


class Records(NamedTuple):
    """What happened, one row for each alert, page, span of work and span without sleep. -1: never, nobody."""

    alerts: Ints
    """(alerts, 7): acknowledged at, by, on step; number of pages; hand-overs; work begun at, done at. The
    step counts on through the repeats: the first step of the first repeat has the number of steps."""
    pages: Ints
    """(pages, 4): alert, person, step, at."""
    work: Ints
    """(spans, 5): alert, person, start, end, 1 for a helper."""
    awake: Ints
    """(spans, 4): person, start, end, ms of sleep lost."""


ACKNOWLEDGED, BY, STEP, PAGES, HANDED, BEGUN, DONE = range(7)
"""The columns of `Records.alerts`."""
