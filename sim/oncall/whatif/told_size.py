"""What a search for the smallest team found, in words."""

from collections.abc import Sequence

from sim.oncall.whatif.goals import Goal
from sim.oncall.whatif.numbers import rounded
from sim.oncall.whatif.size import CONFIDENCE, Tried


def text(goals: Sequence[Goal], tried: Sequence[Tried], found: Tried | None) -> str:
    """Return what was tried, and the smallest team that keeps its goals."""
    lines = []
    for one in tried:
        lines.append(f"{one.variant}: all goals kept in {one.all_kept:.0%} of plausible settings")
        for goal, share, median in zip(goals, one.kept, one.medians, strict=True):
            lines.append(f"  {goal}: in {share:.0%} (in the middle {rounded(median)})")
    lines.append("")
    if found is None:
        lines.append(f"No size that was tried keeps the goals in {CONFIDENCE:.0%} of plausible settings.")
    else:
        sure = f"The smallest that keeps the goals in {CONFIDENCE:.0%} of plausible settings"
        lines.append(f"{sure}: {found.variant}.")
    return "\n".join(lines) + "\n"
