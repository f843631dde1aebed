"""What happened so far: `timeline`."""

from sim.actions.look import Timeline
from sim.answer import Answer, Line
from sim.events import DrillStarted, GuideSaid
from sim.lines import coalesced
from sim.view import View


def timeline(action: Timeline, view: View) -> Answer:
    """Answer `timeline`."""
    since_ms = 0 if action.last_s is None else view.now_ms - action.last_s * 1000
    records = [
        record
        for record in view.events(0)
        if record.t_ms >= since_ms and not isinstance(record.event, DrillStarted | GuideSaid)
    ]
    lines = coalesced(records, view.wall_clock)
    return Answer(tuple(lines) or (Line("nothing has happened yet"),))
