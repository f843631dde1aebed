"""Dangerous acts need a second person's word: somebody who is there, who looks, and then it begins."""

from sim.events import ActStarted, MessageSaid
from sim.spec import Seat
from tests.spine.small import drill, play


def begun(of) -> list[tuple[str, str]]:
    return [(r.event.verb, r.event.target) for r in of._journal.records if isinstance(r.event, ActStarted)]


def agreed(of) -> list[tuple[int, str, str]]:
    return [
        (r.t_ms, r.event.sender, r.event.text)
        for r in of._journal.records
        if isinstance(r.event, MessageSaid) and "Agreed" in r.event.text
    ]


def test_alone_nobody_takes_a_database_down():
    of = play(drill(), (100, "declare P1"))
    answer = of.enter("restart db yes")
    assert answer.refused
    assert answer.text == (
        "db is a database and would be down for minutes. That needs a second person's word, and nobody else "
        "is in the war room; `page ben`, wait until they join, then again"
    )
    of.advance(400_000)
    assert begun(of) == []


def test_who_is_there_looks_at_it_agrees_and_it_begins():
    of = play(drill(), (100, "declare P1"), (110, "page ben"))
    of.advance(900_000)
    assert "ben" in of.view.board.joined
    answer = of.enter("restart db yes")
    assert not answer.refused
    assert "Ben looks at it and has to agree" in answer.text
    assert begun(of) == []
    of.advance(1_000_000)
    ((t_ms, sender, text),) = agreed(of)
    assert (sender, text) == (
        "ben",
        "I have looked at it: db is a database and would be down for minutes. Agreed, go ahead with restart "
        "db.",
    )
    assert 905_000 < t_ms < 1_000_000
    assert begun(of) == [("restart", "db")]


def test_what_is_not_dangerous_needs_nobody():
    of = play(drill(), (100, "declare P1"), (110, "restart api yes"))
    assert begun(of) == [("restart", "api")]
    assert agreed(of) == []


def test_for_an_incident_commander_the_person_at_the_keyboard_is_the_second_one():
    of = drill(seat=Seat(name="you", role="ic"))
    play(of, (100, "declare P1"), (110, "page ben"))
    of.advance(900_000)
    assert not of.enter("restart db yes").refused
    of.advance(1_000_000)
    assert begun(of) == [("restart", "db")]
    assert agreed(of) == []
