"""What is said when a tool of the responders is slow or lost."""

from sim.answer import Answer, Block, Line
from sim.view import View


def no_dashboards(view: View) -> Answer:
    """Return the answer of everything that draws measured figures while the dashboards are lost."""
    needs = _needs("dashboards", view)
    text = f"the dashboards do not load{needs}; alerts, logs and what customers write are left to go by"
    return Answer((Line(text, "bad"),))


def data_note(view: View) -> list[Block]:
    """Return how old the figures are, or that there are none; nothing while all is well."""
    data_ms = view.data_ms
    if data_ms is None:
        return list(no_dashboards(view).blocks)
    if data_ms == view.now_ms:
        return []
    text = f"the dashboards are slow and took half a minute: data up to {view.wall_clock(data_ms)}"
    return [Line(text, "warn")]


def tool_note(tool: str, view: View) -> list[Block]:
    """Return that logs or traces come late; nothing while they are well."""
    if view.tool(tool) != "slow":  # type: ignore[arg-type]
        return []
    return [Line(f"{tool} are slow to load: nothing of the last minute is there yet", "warn")]


def lost(tool: str, view: View) -> Answer:
    """Return that logs or traces do not load."""
    return Answer((Line(f"{tool} do not load{_needs(tool, view)}", "bad"),))


def _needs(tool: str, view: View) -> str:
    needed = next((t.needs.split(".")[0] for t in view.world.tools if t.tool == tool), None)
    return f": they need {needed}" if needed else ""
