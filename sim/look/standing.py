"""Where things stand: `status` and `incident`."""

from math import isnan

from sim.actions.look import IncidentCard, Status
from sim.answer import Answer, Block, Line, Table
from sim.board import Board
from sim.look.broken import data_note
from sim.look.figures import ago, figure, plural
from sim.view import View


def status(_: Status, view: View) -> Answer:
    """Answer `status`."""
    board, now_ms = view.board, view.now_ms
    blocks: list[Block] = [Line(f"{view.wall_clock(now_ms)}  {_headline(board, view)}", "title")]
    for page in board.waiting_pages:
        text = f"page {page.page} waits for {page.persons[-1]}: {page.rule} on {page.component}"
        blocks.append(Line(f"{text} ({ago(now_ms - page.sent_ms)})", "bad"))
    for act in board.running_acts:
        progress = f": {act.progress.done} of {act.progress.of} {act.progress.what}" if act.progress else ""
        blocks.append(
            Line(f"under way by {act.started.by}: {act.started.verb} {act.started.target}{progress}")
        )
    rows, tones = [], []
    for now in view.journeys_now():
        mark = "HURT" if now.hurt else "?" if isnan(now.rps) else "ok"
        figures = (figure(now.rps, "/s"), figure(now.error_share, "%"), figure(now.p95_ms, "ms"))
        rows.append((now.journey.id, mark, *figures, f"{now.journey.slo_good_share:.1%} good"))
        tones.append("bad" if now.hurt else "warn" if isnan(now.rps) else "good")
    columns = ("journey", "", "requests", "errors", "p95", "objective")
    blocks += data_note(view)
    if view.data_ms is not None:
        blocks.append(Table(columns, tuple(rows), tuple(tones)))  # type: ignore[arg-type]
    firing = len(board.open_alerts)
    blocks.append(
        Line(f"{plural(firing, 'alert')} firing; {plural(len(board.waiting_pages), 'page')} waiting")
    )
    return Answer(tuple(blocks))


def _headline(board: Board, view: View) -> str:
    if board.declared_ms is None:
        return "no incident declared"
    if board.resolved_ms is not None:
        return f"{board.severity} resolved {ago(view.now_ms - board.resolved_ms)} ago"
    claimed = ", called mitigated" if board.mitigation_claimed_ms is not None else ""
    return f"{board.severity} declared {ago(view.now_ms - board.declared_ms)} ago{claimed}"


def incident(_: IncidentCard, view: View) -> Answer:
    """Answer `incident`."""
    board = view.board
    if board.declared_ms is None:
        return Answer((Line("no incident is declared; `declare P2 what is wrong` opens one"),))
    title = f": {board.title}" if board.title else ""
    blocks: list[Block] = [Line(_headline(board, view) + title, "title")]
    if board.scope is None:
        blocks.append(Line("affected: not stated yet (`affects`)"))
    else:
        scope = board.scope
        parts = [", ".join(scope.journeys)]
        parts += [f"zones {', '.join(scope.zones)}"] if scope.zones else []
        parts += [f"clients {', '.join(scope.clients)}"] if scope.clients else []
        parts += [f"{scope.users_share:.0%} of users"] if scope.users_share is not None else []
        blocks.append(Line(f"affected: {'; '.join(parts)}"))
    for t_ms, guess in board.hypotheses[-3:]:
        sure = f" ({guess.confidence} %)" if guess.confidence is not None else ""
        blocks.append(
            Line(f"suspected at {view.wall_clock(t_ms)}: {guess.component}, {guess.mechanism}{sure}")
        )
    for sent in board.updates[-5:]:
        text = f"{view.wall_clock(sent.t_ms)} update to {sent.update.audience}: {sent.update.text}"
        blocks.append(Line(text))
    blocks.append(_due(view))
    linked = [f"#{n}" for n, card in board.alerts.items() if card.linked]
    if linked:
        blocks.append(Line(f"linked alerts: {', '.join(linked)}"))
    return Answer(tuple(blocks))


def _due(view: View) -> Line:
    due_ms = view.update_due_ms()
    if due_ms is None:
        return Line("no customer update is due", "dim")
    if due_ms <= view.now_ms:
        late = ago(view.now_ms - due_ms)
        return Line(f"customer update OVERDUE by {late} (was due {view.wall_clock(due_ms)})", "bad")
    return Line(f"next customer update due by {view.wall_clock(due_ms)}", "warn")
