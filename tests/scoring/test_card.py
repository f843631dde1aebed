"""The card as text and JSON; the exact text of a small one stands beside this file."""

import json
from pathlib import Path

from scoring.card_json import card_json
from scoring.card_text import card_text
from scoring.outcome import outcome_lines
from scoring.score import judge, total
from sim.events import HintGiven
from sim.spec import Debrief, Objective
from tests.scoring.drills_by_hand import FLAWLESS, JUDGED, drill, flawless, idle, impact, scenario

EXPECTED = Path(__file__).with_name("card_80.txt")

CLUMSY = [pair for pair in FLAWLESS if pair[0] not in (350, 400, 430, 1150, 1170)]
"""No acknowledgement, no first customer update, no look at changes, no look after recovery, no notice."""


def clumsy_card() -> str:
    extra = [(440, HintGiven(number=1, text="Look at the changes."))]
    record = drill([*CLUMSY, *extra], [*impact(1150), *JUDGED], rehearsal=("paused 1 time",), drill="d-001")
    return card_text(judge(record), with_total=True)


def test_the_text_of_a_card_at_80_columns() -> None:
    assert clumsy_card() == EXPECTED.read_text(encoding="utf-8")


def test_no_line_is_wider_than_asked_or_coloured() -> None:
    for width in (80, 100):
        text = card_text(judge(idle()), width=width)
        assert max(len(line) for line in text.splitlines()) <= width
        assert "\x1b" not in text


def test_a_drill_that_was_left_is_judged_as_far_as_it_went() -> None:
    left = judge(drill([], [pair for pair in impact(None) if pair[0] <= 900]))
    assert "Not played to its end" in card_text(left)
    assert "Not played to its end" not in card_text(judge(idle()))
    values = {measure.id: measure.value for measure in left.measures}
    assert values["severity-under"] == 0, "the grace was not over"


def test_the_card_begins_with_three_plain_lines_of_outcome() -> None:
    assert outcome_lines(judge(flawless())) == (
        "Mitigated: users had recovered 8 min after they were first hurt.",
        "At worst 30% of users were hurt; 8,333 user-minutes were lost in all.",
        "Went best: few user-minutes were lost. No check was left unmet.",
    )
    assert outcome_lines(judge(idle())) == (
        "Not mitigated: users did not recover.",
        "At worst 30% of users were hurt; 55,000 user-minutes were lost in all.",
        "No check was met. Would help most: the quickest safe way to relieve users, tried before the cause "
        "is understood.",
    )
    by_itself = outcome_lines(judge(drill([], impact(800))))[0]
    assert by_itself == "Not mitigated: users recovered by themselves 8 min after they were first hurt."
    quiet = [pair for pair in impact(0) if pair[1].kind == "truth.impact_measured"]
    assert outcome_lines(judge(drill([], quiet)))[0] == "Nothing to mitigate: no user was hurt."
    lines = clumsy_card().splitlines()
    assert lines[2].startswith("  Mitigated:"), "before the objectives"


def test_the_total_is_shown_only_on_request() -> None:
    card = judge(flawless())
    assert "Total" not in card_text(card)
    assert "Total: 100.0 of 100" in card_text(card, with_total=True)
    assert "total" not in json.loads(card_json(card))
    assert json.loads(card_json(card, with_total=True))["total"] == round(total(card), 1)


def test_keys_of_the_json() -> None:
    fields = json.loads(card_json(judge(flawless()), with_total=True))
    assert list(fields) == [
        "drill",
        "scenario",
        "seed",
        "role",
        "rehearsal",
        "ended",
        "hints",
        "measures",
        "checks",
        "areas",
        "objectives",
        "total",
    ]
    assert list(fields["measures"][0]) == [
        "id",
        "area",
        "title",
        "value",
        "unit",
        "clock",
        "definition",
        "standing",
        "note",
    ]
    check = fields["checks"][1]
    assert (check["id"], check["result"], check["credit"], check["with_help"]) == (
        "engaged-soon",
        "met",
        1,
        False,
    )
    assert check["evidence"][-1] == {
        "file": "journal",
        "seq": 4,
        "t_ms": 360_000,
        "what": "looked: metrics web",
    }
    assert [area["id"] for area in fields["areas"]] == ["detection", "triage", "communication", "mitigation"]
    assert fields["objectives"][0] == {
        "id": "relieve",
        "text": "Relieve users first.",
        "result": "met",
        "checks": ["loss-small", "mitigated"],
    }


def test_words_of_a_scenario_are_printed_as_they_are() -> None:
    debrief = Debrief(what_happened="See [red]the[/red] notes.", questions=("Why [b]now[/b]?",))
    text = card_text(judge(flawless(scenario=scenario(debrief=debrief))))
    assert "See [red]the[/red] notes." in text
    assert "Why [b]now[/b]?" in text


def test_an_objective_tied_to_a_check_of_another_rubric_is_not_observable() -> None:
    objectives = (Objective(id="old", text="Old.", checks=("no-longer-there",)),)
    card = judge(flawless(scenario=scenario(objectives=objectives)))
    assert [(objective.result, objective.checks) for objective in card.objectives] == [("not observable", ())]
