"""What requests leave behind: `logs` and `traces`."""

from sim.actions.look import Logs, Traces
from sim.answer import Answer, Line, Table
from sim.view import View


def logs(action: Logs, view: View) -> Answer:
    """Answer `logs`."""
    lines = view.log_lines(action.component, action.last_s)
    if not lines:
        return Answer((Line(f"{action.component} logged nothing worth a line", "dim"),))
    return Answer(tuple(Line(line) for line in lines))


def traces(action: Traces, view: View) -> Answer:
    """Answer `traces`."""
    rows = tuple(
        (
            "  " * span.depth + span.name,
            f"{span.start_ms:,.0f} ms",
            f"{span.duration_ms:,.0f} ms",
            span.note,
        )
        for span in view.waterfall(action.journey)
    )
    return Answer(
        (
            Line(f"one typical request of {action.journey} at {view.wall_clock(view.now_ms)}", "title"),
            Table(("span", "starts", "takes", ""), rows),
        )
    )
