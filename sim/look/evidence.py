"""What requests leave behind: `logs` and `traces`."""

from sim.actions.look import Logs, Traces
from sim.answer import Answer, Line, Table
from sim.look.broken import lost, tool_note
from sim.view import View


def logs(action: Logs, view: View) -> Answer:
    """Answer `logs`."""
    if view.tool("logs") == "lost":
        return lost("logs", view)
    lines = view.log_lines(action.component, action.last_s)
    if not lines:
        return Answer(
            (*tool_note("logs", view), Line(f"no logs of {action.component}: nothing was collected", "warn"))
        )
    return Answer((*tool_note("logs", view), *(Line(line) for line in lines)))


def traces(action: Traces, view: View) -> Answer:
    """Answer `traces`."""
    if view.tool("traces") == "lost":
        return lost("traces", view)
    spans = view.waterfall(action.journey)
    if not spans:
        text = f"no traces of {action.journey}: nothing was collected"
        return Answer((*tool_note("traces", view), Line(text, "warn")))
    rows = tuple(
        (
            "  " * span.depth + span.name,
            f"{span.start_ms:,.0f} ms",
            f"{span.duration_ms:,.0f} ms",
            span.note,
        )
        for span in spans
    )
    return Answer(
        (
            *tool_note("traces", view),
            Line(f"one typical request of {action.journey} at {view.wall_clock(view.traced_ms)}", "title"),
            Table(("span", "starts", "takes", ""), rows),
        )
    )
