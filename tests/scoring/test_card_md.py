"""The card as Markdown, read back by a Markdown parser."""

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from scoring.baselines import Baseline
from scoring.card_md import card_md, inline, paragraph
from scoring.score import judge
from sim.events import DecisionTaken
from tests.scoring.drills_by_hand import FLAWLESS, drill, flawless, idle, impact, update

READER = MarkdownIt("commonmark").enable("table")


def read(text: str) -> list[Token]:
    return READER.parse(text)


def plain(token: Token) -> str:
    return "".join(child.content for child in token.children or ())


def headings(tokens: list[Token], tag: str) -> list[str]:
    return [
        plain(tokens[n + 1])
        for n, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == tag
    ]


def tables(tokens: list[Token]) -> list[list[list[str]]]:
    found: list[list[list[str]]] = []
    for n, token in enumerate(tokens):
        if token.type == "table_open":
            found.append([])
        elif token.type == "tr_open":
            found[-1].append([])
        elif token.type in ("th_open", "td_open"):
            found[-1][-1].append(plain(tokens[n + 1]))
    return found


def test_it_has_the_parts_of_the_page():
    tokens = read(card_md(judge(flawless(), (Baseline("idle", 60_000.0, None, ()),))))
    assert headings(tokens, "h1") == ["The pool runs dry"]
    assert headings(tokens, "h2") == [
        "Debrief",
        "The time axis",
        "What really happened",
        "Profile",
        "Checks",
        "Measures",
        "What would have been",
        "Journal",
    ]
    assert [table[0][0] for table in tables(tokens)] == ["Time", "From", "Area", "Area", "Time"]


def test_texts_of_people_break_no_table_and_make_no_markup():
    nasty = (
        "a | b \\| c\n## no heading\n<script>alert(1)</script> **bold** [x](http://x) `code` $x$ &lt; 1. _u_"
    )
    extra = [(401, update("customer", nasty)), (402, DecisionTaken(text=nasty))]
    text = card_md(judge(drill([*FLAWLESS, *extra], impact(800))))
    tokens = read(text)
    for table in tables(tokens):
        assert {len(row) for row in table} == {len(table[0])}
    one_line = " ".join(nasty.split())
    journal = tables(tokens)[-1]
    assert [row[3] for row in journal if "no heading" in row[3]] == [
        f"update to customer, P1: {one_line}",
        f"decided: {one_line}",
    ]
    children = [child.type for token in tokens for child in token.children or ()]
    assert not {"html_inline", "link_open", "em_open", "image"} & set(children)
    code = {
        child.content for token in tokens for child in token.children or () if child.type == "code_inline"
    }
    assert code == {"pagerdrill drills show"}, "the card's own"
    assert not any(token.type == "html_block" for token in tokens)
    assert len(headings(tokens, "h2")) == 7


@given(st.text(max_size=60) | st.text("_a0 ", max_size=12))
def test_any_text_reads_back_as_it_was_written(text: str):
    once = " ".join(inline(text).split())
    assert "\n" not in once
    tokens = read(f"| head |\n| --- |\n| {inline(text)} |\n")
    cells = tables(tokens)[0]
    shown = cells[1][0] if len(cells) > 1 else ""
    assert shown.split() == _visible(text).split()


@given(st.text(max_size=60))
def test_any_text_is_one_paragraph(text: str):
    blocks = [
        token.type for token in read(f"before\n\n{paragraph(text)}\n\nafter") if token.type.endswith("_open")
    ]
    assert set(blocks) == {"paragraph_open"}


def _visible(text: str) -> str:
    """What is left of a text on one line: control characters are spaces."""
    return "".join(
        " " if char < " " or "\x7f" <= char <= "\x9f" or char in "\u2028\u2029" else char for char in text
    )


def test_the_total_only_where_it_is_asked_for():
    card = judge(idle())
    assert "Total" not in card_md(card)
    assert "**Total: 0.0 of 100**" in card_md(card, with_total=True)
