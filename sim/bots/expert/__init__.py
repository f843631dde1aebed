"""The player who sees what a person sees, and follows a written diagnostic policy.

1.  Take the page, look at `status`: who is hurt? Nobody: look at the alert, its past and its component; avert
    what a gauge says is coming; else leave it alone, say so, and look again later.
2.  Somebody: see the journeys, declare at the severity that the policy's table gives them.
3.  See the map and what was changed lately. Likely places are ill, needed by the journeys that are hurt
    rather than by others, and call nothing that is as ill: the deepest unhealthy component. Without
    dashboards the alerts, one trace and the calls that logs blame lead there.
4.  Look at the likeliest place closely: figures against yesterday, by zone, version and shard, its log. Signs
    point to mechanisms, a change just before the beginning speaks for what it can bring.
5.  Say the likeliest hypothesis (`suspect`) and do what fits mechanism and place, the least risky first. Ask
    for a second person where an act needs one. Tell people while it runs.
6.  Look whether users are better. If not, take it back where it can be taken back, and go on to the next
    hypothesis with fresh eyes; nothing is tried twice. Where ideas run out, page the team of the place.
7.  What lets in less than everybody is lifted in steps once the place is well.
8.  Users well for some minutes: verify, say so, tell everybody, close. Watch on: a relapse begins at 1.

Thinking takes time (assumptions of the design): 20 s a look, 30 s an act or a statement, 90 s an update.
"""

from sim.bots.expert.policy import Expert
from sim.bots.responder import THINKING
from sim.drill import Drill

__all__ = ["expert"]


def expert(drill: Drill) -> None:
    """Play a drill as an experienced responder does who sees only what a person sees."""
    Expert(drill, THINKING).play()
