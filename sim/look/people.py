"""People: `oncall` and `who`."""

from sim.actions.look import Oncall, Who
from sim.answer import Answer, Block, Line, Table
from sim.look.figures import ago
from sim.view import View


def oncall(_: Oncall, view: View) -> Answer:
    """Answer `oncall`."""
    steps = tuple((str(n), p.id, p.name, p.team, p.title) for n, p in enumerate(view.chain, start=1))
    blocks: list[Block] = [
        Line("pages go to these people, step by step", "title"),
        Table(("step", "id", "name", "team", "role"), steps),
    ]
    chain = {person.id for person in view.chain}
    others = tuple((p.id, p.name, p.team, p.title) for p in view.colleagues if p.id not in chain)
    if others:
        blocks.append(Line("and these can be asked with `page`", "title"))
        blocks.append(Table(("id", "name", "team", "role"), others))
    return Answer(tuple(blocks))


def who(_: Who, view: View) -> Answer:
    """Answer `who`."""
    board = view.board
    role = "incident commander" if view.seat.role == "ic" else "responder"
    rows = [(view.seat.name, view.chain[0].team, f"{role} (you)")]
    people = {person.id: person for person in view.colleagues}
    for person, since_ms in board.joined.items():
        here = f"here for {ago(view.now_ms - since_ms)}"
        rows.append((person, people[person].team, here))
    for person, since_ms in board.paged_people.items():
        if person not in board.joined:
            asked = f"paged {ago(view.now_ms - since_ms)} ago, not here yet"
            rows.append((person, people[person].team, asked))
    return Answer((Table(("who", "team", ""), tuple(rows)),))
