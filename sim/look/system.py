"""The system and its papers: `topology`, `changes`, `runbook`."""

import re

from sim.actions.look import Changes, RunbookPage, Topology
from sim.answer import Answer, Block, Line, Table, refusal
from sim.look.figures import ago, plural
from sim.spec import Component
from sim.view import View


def topology(action: Topology, view: View) -> Answer:
    """Answer `topology`."""
    if action.component:
        return _component(view.world.component(action.component), view)
    blocks: list[Block] = [Line(f"{view.world.title}: what calls what (journeys first)", "title")]
    journeys = tuple((j.id, "journey", "", j.entry) for j in view.world.journeys)
    shown = [c for c in view.world.components if not c.hidden]
    rows = tuple((c.id, c.kind.replace("_", " "), c.team, ", ".join(_calls(c))) for c in shown)
    blocks.append(Table(("name", "kind", "team", "calls"), journeys + rows))
    return Answer(tuple(blocks))


def _calls(component: Component) -> list[str]:
    called = [call.to.split(".")[0] for op in component.operations for call in op.calls]
    return list(dict.fromkeys(called))


def _component(component: Component, view: View) -> Answer:
    zones = component.zones or view.world.zones
    callers = ", ".join(view.callers(component.id)) or "nobody"
    blocks: list[Block] = [
        Line(f"{component.id}: {component.title} ({component.kind.replace('_', ' ')})", "title"),
    ]
    if component.summary:
        blocks.append(Line(component.summary))
    blocks += [
        Line(f"team {component.team}; {plural(component.replicas, 'replica')} in {', '.join(zones)}"),
        Line(f"called by {callers}"),
    ]
    calls = tuple(
        (
            op.id,
            call.to,
            f"{call.per_request:g}",
            f"{call.timeout_ms} ms",
            str(call.retries),
            _need(call.soft),
        )
        for op in component.operations
        for call in op.calls
    )
    if calls:
        blocks.append(Table(("operation", "calls", "per request", "timeout", "retries", ""), calls))
    flags = ", ".join(f"{flag.id} ({flag.title})" for flag in component.flags)
    if flags:
        blocks.append(Line(f"flags: {flags}"))
    if component.standby_zone:
        blocks.append(Line(f"a standby waits in {component.standby_zone}; `failover` promotes it"))
    return Answer(tuple(blocks))


def _need(soft: bool) -> str:
    return "can do without" if soft else "needs it"


def changes(action: Changes, view: View) -> Answer:
    """Answer `changes`."""
    since_ms = view.now_ms - action.last_s * 1000
    known = [
        change
        for change in view.changes()
        if change.t_ms >= since_ms and action.component in (None, change.component)
    ]
    if not known:
        return Answer((Line("no change is on record for that time"),))
    blocks: list[Block] = []
    for change in known:
        when = f"{view.day_clock(change.t_ms)} ({ago(view.now_ms - change.t_ms)} ago)"
        head = f"{when} {change.component}: {change.what} {change.change} by {change.by}"
        blocks += [Line(head, "title"), Line(f"  {change.summary}")]
    return Answer(tuple(blocks))


def runbook(action: RunbookPage, view: View) -> Answer:
    """Answer `runbook`."""
    books = {book.id: book for book in view.world.runbooks}
    name = action.runbook
    if action.alert is not None:
        card = view.board.alerts.get(action.alert)
        if card is None:
            return refusal(f"there is no alert #{action.alert}; `alerts all` shows what there was")
        name = card.fired.rule
    if name is None:
        rows = tuple((book.id, book.title) for book in view.world.runbooks)
        return Answer((Table(("runbook", "title"), rows),))
    if name not in books:
        linked = next((rule.runbook for rule in view.world.rules if rule.name == name), None)
        if linked is None or linked not in books:
            return Answer((Line(f"{name} links to no runbook; `runbook` lists what there is", "warn"),))
        name = linked
    title, text = books[name].title, books[name].text.strip()
    plain = re.sub(r"^#+ |\*\*", "", text.removeprefix(f"# {title}").lstrip(), flags=re.MULTILINE)
    return Answer((Line(title, "title"), Line(plain)))
