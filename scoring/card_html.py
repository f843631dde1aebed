"""The scorecard as one HTML file that needs nothing else; readable without colour, in the dark and on paper.

Needs Jinja2 and matplotlib (the extra `report`). All that people typed is escaped.
"""

import re
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from scoring import card_words
from scoring.axis.draw import axis_svg
from scoring.axis.sheet import entry_id, mark_id
from scoring.axis.table import moments, standings
from scoring.baselines import in_words
from scoring.expectations import EXPECTED
from scoring.outcome import lacking, outcome_lines
from scoring.rubric import AREAS
from scoring.score import total
from scoring.scorecard import Result, Scorecard

TEMPLATES = Path(__file__).with_name("templates")
SIGNS: dict[Result, str] = {"met": "✓", "partly": "◐", "missed": "✗", "not observable": "–"}


def code(text: str) -> Markup:
    """Return a text, escaped, with what stands between backticks set as code."""
    return Markup(re.sub(r"`([^`\n]+)`", r"<code>\1</code>", str(escape(text))))


WORDS = (
    card_words.area_text,
    card_words.aside_text,
    card_words.hints_text,
    card_words.number_text,
    card_words.numbers_text,
    card_words.observable_text,
    card_words.played_text,
    card_words.real_outage_text,
    card_words.remarks,
    card_words.value_text,
    card_words.zone_text,
    code,
    entry_id,
    in_words,
    mark_id,
)
"""What the template may call, as filters of their names."""


def card_html(card: Scorecard, *, with_total: bool = False) -> str:
    """Return the scorecard as a page; the same card gives the same page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {word.__name__: word for word in WORDS}
    words = {(entry.at.file, entry.at.seq): entry.at.what for entry in card.journal}
    return environment.get_template("card.html.j2").render(
        card=card,
        css=Markup((TEMPLATES / "card.css").read_text(encoding="utf-8")),
        signs=SIGNS,
        areas=AREAS,
        axis=card.timeline,
        wide_svg=Markup(axis_svg(card.timeline, card.starts_at, words)),
        narrow_svg=Markup(axis_svg(card.timeline, card.starts_at, words, narrow=True)),
        drawn={(item.file, item.seq) for item in card.timeline.marks},
        moments=moments(card.timeline),
        standings=standings(card.timeline),
        outcome=outcome_lines(card),
        expects=EXPECTED[card.expects].about,
        helps=lacking(card)[: card_words.HELPS],
        nothing_believed=card_words.NOTHING_BELIEVED,
        nothing_unmet=card_words.NOTHING_UNMET,
        spread=card_words.SPREAD,
        unobservable=any(area.observable < area.checks for area in card.areas),
        total=total(card) if with_total else None,
    )
