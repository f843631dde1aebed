"""What a search for the smallest team found, in words and JSON."""

import textwrap
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.numbers import finite, rounded
from sim.oncall.whatif.size import CONFIDENCE, Tried
from sim.oncall.whatif.told import WIDTH


def text(goals: Sequence[Goal], tried: Sequence[Tried], found: Tried | None, assumed: Sequence[str]) -> str:
    """Return what was tried, the smallest team that keeps its goals, and what is assumed."""
    lines = []
    for one in tried:
        lines += _wrapped(f"{one.variant}: all goals kept in {one.all_kept:.0%} of plausible settings")
        if one.piling_up:
            lines.append(f"  more work than time in {one.piling_up:.0%} of settings; no goal is kept there")
        for goal, share, median in zip(goals, one.kept, one.medians, strict=True):
            lines += _wrapped(f"  {goal}: in {share:.0%} (in the middle {rounded(median)})")
    lines.append("")
    if found is None:
        lines += _wrapped(
            f"No size that was tried keeps the goals in {CONFIDENCE:.0%} of plausible settings."
        )
    else:
        sure = f"The smallest that keeps the goals in {CONFIDENCE:.0%} of plausible settings"
        lines += _wrapped(f"{sure}: {found.variant}.")
    return "\n".join([*lines, "", *assumed]) + "\n"


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, subsequent_indent="    ")


def plain(
    goals: Sequence[Goal], tried: Sequence[Tried], found: Tried | None, assumptions: Sequence[str]
) -> dict[str, Any]:
    """Return the same for JSON; what never ends is null."""
    return {
        "goals": [str(goal) for goal in goals],
        "found": found and asdict(found.variant),
        "tried": [{**asdict(one), "medians": [finite(value) for value in one.medians]} for one in tried],
        "assumptions": list(assumptions),
    }
