"""The card as a page: its parts, its links, what it must not hold, and that it stays the same."""

import re
from html.parser import HTMLParser

from scoring.baselines import Baseline
from scoring.card_html import card_html
from scoring.score import judge
from scoring.scorecard import Scorecard
from sim.events import DecisionTaken, IncidentDeclared
from sim.spec import Debrief
from tests.scoring.drills_by_hand import FLAWLESS, drill, flawless, idle, impact, scenario, update
from tests.scoring.test_timeline import late_play

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Tags, ids, links and headings of a page; `left_open` is what was not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[str] = []
        self.text: list[str] = []
        self.left_open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [value for name, value in attrs if name == "id" and value]
        self.links += [
            value for value in (found.get("href"), found.get("xlink:href"), found.get("src")) if value
        ]
        if tag not in VOID:
            self.left_open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.left_open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self.left_open and self.left_open[-1] == tag:
            self.left_open.pop()

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        if self.left_open and self.left_open[-1] in ("h1", "h2"):
            self.headings.append(data.strip())


def page(card: Scorecard) -> Page:
    return Page(card_html(card))


def test_the_debrief_comes_first_then_the_axis_then_the_checks():
    found = page(judge(flawless(), (Baseline("idle", 60_000.0, None, ()),)))
    assert found.headings == [
        "The pool runs dry",
        "Debrief",
        "The time axis",
        "What really happened",
        "Profile",
        "Checks",
        "Measures",
        "What would have been",
        "Journal",
    ]
    assert found.left_open == [], "well formed"


def test_every_link_leads_somewhere_in_the_page_and_ids_are_unique():
    for card in (judge(flawless()), judge(idle()), late_play()):
        found = page(card)
        assert len(found.ids) == len(set(found.ids))
        targets = {f"#{name}" for name in found.ids} | {"data:,"}
        assert set(found.links) <= targets


def test_each_evidence_has_its_entry_in_the_journal():
    card = judge(flawless())
    found = page(card)
    for check in card.checks:
        for item in check.verdict.evidence:
            assert f"{item.file}-{item.seq}" in found.ids
            assert f"#{item.file}-{item.seq}" in found.links


def test_the_page_needs_nothing_from_outside():
    text = card_html(judge(flawless()))
    found = Page(text)
    assert not {"script", "img", "iframe", "object", "form"} & set(found.tags)
    namespaces = {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert set(re.findall(r"https?://[^\"' <)]+", text)) <= namespaces
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_it_knows_the_dark_small_screens_and_paper():
    text = card_html(judge(flawless()))
    for query in ("prefers-color-scheme: dark", "max-width: 44rem", "@media print", "@page"):
        assert query in text


def test_results_are_words_and_signs_and_not_only_colours():
    text = card_html(judge(idle()))
    assert re.search(r"✗</span> missed", text)
    assert re.search(r"–</span> not observable", text)
    assert re.search(r"✓</span> met", card_html(judge(flawless())))


def test_what_people_typed_is_text():
    nasty = "<script>alert('x')</script><img src=x onerror=alert(1)> & `<b>code</b>` \"quoted\" {{ 7 * 7 }}"
    extra = [
        (401, update("customer", nasty)),
        (402, DecisionTaken(text=nasty)),
        (379, IncidentDeclared(severity="P1", title=nasty)),
    ]
    debrief = Debrief(what_happened=nasty, compare=(nasty,), questions=(nasty,))
    more = {"seat_name": "<script>ada", "scenario": scenario(title="<script>title", debrief=debrief)}
    card = judge(drill([*FLAWLESS, *extra], impact(800), **more))
    text = card_html(card)
    found = Page(text)
    assert "<script" not in text
    assert not {"script", "img", "b>code"} & set(found.tags)
    assert "<code>&lt;b&gt;code&lt;/b&gt;</code>" in text, "what stands in backticks is code, and text"
    shown = "".join(found.text)
    assert shown.count("<script>alert('x')</script><img src=x onerror=alert(1)>") >= 6
    assert "{{ 7 * 7 }}" in shown


def test_the_total_only_where_it_is_asked_for():
    card = judge(flawless())
    assert "Total" not in card_html(card)
    assert "Total: 100.0 of 100" in card_html(card, with_total=True)


def test_the_same_drill_gives_the_same_bytes():
    assert card_html(judge(flawless())) == card_html(judge(flawless()))
    assert card_html(late_play()) == card_html(late_play())
