"""The scorecard as Markdown, for a wiki: what the page shows, the picture as tables.

All that people typed is escaped, so that it can break no table and make no markup.
"""

import re
from collections.abc import Iterable, Sequence

from scoring.axis.table import Moment, moments, standings
from scoring.baselines import in_words
from scoring.card_words import (
    HELPS,
    NOTHING_BELIEVED,
    NOTHING_UNMET,
    SPREAD,
    area_text,
    aside_text,
    hints_text,
    number_text,
    numbers_text,
    observable_text,
    played_text,
    real_outage_text,
    remarks,
    value_text,
    zone_text,
)
from scoring.expectations import EXPECTED
from scoring.outcome import lacking, outcome_lines
from scoring.rubric import AREAS
from scoring.score import total
from scoring.scorecard import Check, Evidence, Scorecard

_MARKUP = re.compile(r"[\\`*\[\]<>|~$]|(?<![^\W_])_|_(?![^\W_])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_AT_START = re.compile(r"^(\d*)([#+=.)-])")


def card_md(card: Scorecard, *, with_total: bool = False) -> str:
    """Return the scorecard as Markdown with tables as GitHub and most wikis read them."""
    blocks = [
        *_head(card),
        *_beliefs(card),
        *_axis(card),
        *_happened(card),
        *_profile(card, with_total=with_total),
        *_checks(card),
        *_measures(card),
        *_comparisons(card),
        *_journal(card),
    ]
    return "\n\n".join(blocks) + "\n"


def inline(text: str) -> str:
    """Return a text on one line in which nothing is markup; for a cell of a table."""
    line = " ".join(_CONTROL.sub(" ", text).split())
    return _MARKUP.sub(lambda found: "\\" + found[0], line.replace("&", "&amp;"))


def paragraph(text: str) -> str:
    """Return a text on one line that begins no list and no heading either."""
    return _AT_START.sub(r"\1\\\2", inline(text))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a head that begins with '>' is of a column of figures."""
    lines = [
        f"| {' | '.join(head.removeprefix('>') for head in heads)} |",
        f"|{'|'.join(' ---: ' if head.startswith('>') else ' --- ' for head in heads)}|",
    ]
    return "\n".join([*lines, *(f"| {' | '.join(inline(cell) for cell in row)} |" for row in rows)])


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {paragraph(line)}" for line in lines)


def _record(card: Scorecard, item: Evidence) -> str:
    return f"{card.clock(item.t_ms)} {number_text(item)} {item.what}"


def _head(card: Scorecard) -> list[str]:
    found = [
        f"# {inline(card.title)}",
        paragraph(played_text(card)),
        *(f"**{inline(line)}**" if n == 0 else paragraph(line) for n, line in enumerate(outcome_lines(card))),
        EXPECTED[card.expects].about,
        *(paragraph(remark) for remark in remarks(card)),
    ]
    return [*found, hints_text(card)] if card.hints else found


def _beliefs(card: Scorecard) -> list[str]:
    believed = [_record(card, item) for item in card.beliefs]
    helps = [f"{check.helps} ({check.title}: {check.in_words})" for check in lacking(card)[:HELPS]]
    return [
        "## Debrief",
        "### What you believed then",
        _list(believed) or NOTHING_BELIEVED,
        f"It was **{inline(card.answer)}**.",
        "### What would have helped",
        _list(helps) or NOTHING_UNMET,
    ]


def _axis(card: Scorecard) -> list[str]:
    stood = [
        (
            card.clock(each.t_ms),
            f"{each.hurt:.0%}",
            str(each.of_incident),
            str(each.others),
            each.true,
            each.stated,
        )
        for each in standings(card.timeline)
    ]
    return [
        "## The time axis",
        f"From {card.clock(0)} to {card.clock(card.timeline.end_ms)} ({inline(zone_text(card))}). How it "
        "stood, at each minute in which something changed:",
        _table(
            ("Time", ">Users hurt", ">Alerts of this incident", ">Other alerts", "True severity", "Stated"),
            stood,
        ),
        "What lies on the axis:",
        _table(("From", "Until", "Row", "What"), (_moment(card, each) for each in moments(card.timeline))),
    ]


def _moment(card: Scorecard, moment: Moment) -> tuple[str, ...]:
    until = "" if moment.until_ms is None else card.clock(moment.until_ms)
    return card.clock(moment.t_ms), until, moment.row, moment.what


def _happened(card: Scorecard) -> list[str]:
    parts = re.split(r"\n\s*\n", card.debrief.what_happened.strip())
    found = ["## What really happened", *(paragraph(part) for part in parts)]
    found += [_list(card.debrief.compare), paragraph(real_outage_text(card))]
    if card.debrief.questions:
        found += ["### Questions to talk about", _list(card.debrief.questions)]
    return [block for block in found if block]


def _profile(card: Scorecard, *, with_total: bool) -> list[str]:
    rows = [
        (
            area.title,
            "-" if area.share is None else f"{area.share:.0%}",
            area_text(area),
            observable_text(area),
        )
        for area in card.areas
    ]
    found = ["## Profile", _table(("Area", ">Share met", "In a word", "Observable"), rows)]
    if any(area.observable < area.checks for area in card.areas):
        found.append(SPREAD)
    if with_total:
        found.append(f"**Total: {total(card):.1f} of 100**")
    found.append("### What it was meant to teach")
    for objective in card.objectives:
        found.append(f"{paragraph(objective.text)} **{objective.result}**")
        found.append(_list(f"{check.title}: {check.in_words}" for check in objective.checks))
    return [block for block in found if block]


def _checks(card: Scorecard) -> list[str]:
    found = ["## Checks", numbers_text(card)]
    for area, title, _ in AREAS:
        found.append(f"### {title}")
        for check in card.checks:
            found += _check(card, check) if check.area == area else []
    return found


def _check(card: Scorecard, check: Check) -> list[str]:
    lines = [check.verdict.why, *(_record(card, item) for item in check.verdict.evidence)]
    if check.result in ("partly", "missed"):
        lines.append(f"Would have helped: {check.helps}")
    lines.append(f"Rule ({check.id}): {check.rule}")
    return [f"**{check.title}: {check.in_words}**", _list(lines)]


def _measures(card: Scorecard) -> list[str]:
    titles = {area: title for area, title, _ in AREAS}
    rows = [(titles[each.area], each.title, value_text(each), aside_text(each)) for each in card.measures]
    return ["## Measures", _table(("Area", "Measure", ">Value", "Counted from, and notes"), rows)]


def _comparisons(card: Scorecard) -> list[str]:
    found = _list(in_words(comparison) for comparison in card.comparisons)
    return ["## What would have been", found] if found else []


def _journal(card: Scorecard) -> list[str]:
    rows = [
        (card.clock(entry.at.t_ms), number_text(entry.at), entry.actor, entry.at.what)
        for entry in card.journal
    ]
    return [
        "## Journal",
        "The records that this card refers to.",
        _table(("Time", "Record", "Who", "What"), rows),
    ]
