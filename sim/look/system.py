"""The system's papers: `changes` and `runbook`."""

from collections.abc import Iterator

from sim import markdown
from sim.actions.look import Changes, RunbookPage
from sim.answer import Answer, Block, Line, Table, refusal
from sim.look.figures import ago
from sim.spec import Runbook
from sim.view import KnownChange, View

SHOWN_MAX = 20
"""So many changes of all components are shown at once."""


def changes(action: Changes, view: View) -> Answer:
    """Answer `changes`."""
    since_ms = view.now_ms - action.last_s * 1000
    known = [
        change
        for change in view.changes()
        if change.t_ms >= since_ms
        and (action.component is None or action.component in change.component.split())  # an act: "web banner"
    ]
    if not known:
        return Answer((Line("no change is on record for that time"),))
    blocks: list[Block] = []
    shown = known if action.component else known[:SHOWN_MAX]
    for change in shown:
        when = f"{view.day_clock(change.t_ms)} ({ago(view.now_ms - change.t_ms)} ago)"
        head = f"{when} {change.component}: {change.what} {change.change} by {_author(change)}"
        blocks += [Line(head, "title"), Line(f"  {change.summary}")]
    if len(known) > len(shown):
        older = (
            f"and {len(known) - len(shown)} older; `changes COMPONENT` and `changes last 2h` narrow it down"
        )
        blocks.append(Line(older, "dim"))
    return Answer(tuple(blocks))


def _author(change: KnownChange) -> str:
    return change.by if change.team in ("", change.by) else f"{change.by} ({change.team})"


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
    return Answer((Line(books[name].title, "title"), *_page(books[name])))


def _page(book: Runbook) -> Iterator[Line]:
    """Yield a page without its first heading where that is its title."""
    found = markdown.parts(book.text.strip())
    own = found[:1] == (markdown.Part("heading", book.title),)
    for part in found[1 if own else 0 :]:
        yield Line(
            part.text, "title" if part.kind == "heading" else "dim" if part.kind == "code" else "plain"
        )
