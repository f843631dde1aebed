"""The scorecard as text: readable at 80 columns and without colour."""

import io
import textwrap

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scoring.baselines import in_words
from scoring.card_words import (
    HELPS,
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
)
from scoring.expectations import EXPECTED
from scoring.outcome import lacking, outcome_lines
from scoring.rubric import AREAS
from scoring.score import total
from scoring.scorecard import Check, Evidence, ObjectiveProfile, Result, Scorecard

STYLES: dict[Result, str] = {"met": "green", "partly": "yellow", "missed": "red", "not observable": "dim"}
BAR = 20
"""Length of the bars of the profile, in characters."""
SHOWN = 4
"""How many records the card shows as evidence of one check; JSON has all."""


def render(scorecard: Scorecard, *, with_total: bool = False) -> RenderableType:
    """Return the scorecard as something rich can print; the total only where it is asked for."""
    parts: list[RenderableType] = [
        *_head(scorecard),
        *_objectives(scorecard),
        *_areas(scorecard, with_total=with_total),
        *_measures(scorecard),
        *_comparisons(scorecard),
        *_checks(scorecard),
        *_debrief(scorecard),
        *_helps(scorecard),
    ]
    return Group(*parts)


def card_text(scorecard: Scorecard, *, with_total: bool = False, width: int = 80) -> str:
    """Return the scorecard as plain text of this width, without trailing spaces."""
    out = io.StringIO()
    Console(file=out, width=width, color_system=None, highlight=False).print(
        render(scorecard, with_total=with_total)
    )
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _heading(text: str) -> list[RenderableType]:
    return [Text(), Text(text.upper(), style="bold")]


def _indented(text: str | Text, by: int = 2) -> RenderableType:
    return Padding(text if isinstance(text, Text) else Text(text), (0, 0, 0, by))


def _bullet(text: str | Text, by: int = 2) -> RenderableType:
    """A point of a list, its further lines set in under its first word."""
    table = Table.grid(padding=(0, 1))
    table.add_row("-", text if isinstance(text, Text) else Text(text))
    return Padding(table, (0, 0, 0, by))


def _head(card: Scorecard) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(card.title, style="bold"),
        Text(played_text(card), style="dim"),
        *(_indented(line) for line in outcome_lines(card)),
        Text(EXPECTED[card.expects].about),
    ]
    parts += [Text(remark, style="yellow") for remark in remarks(card)]
    return [*parts, Text(hints_text(card))] if card.hints else parts


def _objectives(card: Scorecard) -> list[RenderableType]:
    parts = _heading("What it was meant to teach")
    for objective in card.objectives:
        parts += _objective(objective)
    return parts


def _objective(objective: ObjectiveProfile) -> list[RenderableType]:
    found: list[RenderableType] = [_indented(f"{objective.text}  [{objective.result}]")]
    for check in objective.checks:
        found.append(_bullet(Text(f"{check.title}: {check.in_words}", style=STYLES[check.result]), 4))
    return found


def _areas(card: Scorecard, *, with_total: bool) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    for area in card.areas:
        filled = round(BAR * (area.share or 0.0))
        bar = " " * BAR if area.share is None else "#" * filled + "." * (BAR - filled)
        table.add_row(area.title, bar, area_text(area), observable_text(area))
    parts = [*_heading("Profile"), Padding(table, (0, 0, 0, 2))]
    if any(area.observable < area.checks for area in card.areas):
        parts.append(_indented(SPREAD))
    if with_total:
        parts.append(_indented(Text(f"Total: {total(card):.1f} of 100", style="bold")))
    return parts


def _measures(card: Scorecard) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    for measure in card.measures:
        table.add_row(measure.title, value_text(measure), Text(aside_text(measure)))
    return [*_heading("Measures"), Padding(table, (0, 0, 0, 2))]


def _comparisons(card: Scorecard) -> list[RenderableType]:
    found = [_bullet(in_words(comparison)) for comparison in card.comparisons]
    return [*_heading("What would have been"), *found] if found else []


def _checks(card: Scorecard) -> list[RenderableType]:
    parts = _heading("Checks")
    parts.append(_indented(numbers_text(card)))
    for area, title, _ in AREAS:
        parts.append(_indented(Text(title, style="bold")))
        for check in card.checks:
            if check.area == area:
                parts += _check(card, check)
    return parts


def _check(card: Scorecard, check: Check) -> list[RenderableType]:
    first = Text(f"{check.title} ({check.id}): ")
    first.append(check.in_words, style=STYLES[check.result])
    parts = [_indented(first, 4), _indented(check.verdict.why, 6)]
    if check.result in ("partly", "missed"):
        parts.append(_indented(Text(f"Rule: {check.rule}", style="dim"), 6))
    evidence = check.verdict.evidence
    parts += [_indented(_evidence(card, item), 6) for item in evidence[:SHOWN]]
    if len(evidence) > SHOWN:
        parts.append(_indented(f"and {len(evidence) - SHOWN} more", 6))
    return parts


def _evidence(card: Scorecard, item: Evidence) -> Text:
    """One record, e.g. '14:32:05 #143 declared P2'; 'truth #7' is in the other file."""
    what = textwrap.shorten(item.what, 200, placeholder=" ...")
    return Text(f"{card.clock(item.t_ms)} {number_text(item)} {what}")


def _debrief(card: Scorecard) -> list[RenderableType]:
    parts = _heading("What really happened")
    parts.append(_indented(card.debrief.what_happened.strip()))
    parts += [_bullet(line) for line in card.debrief.compare]
    if card.inspired_by:
        parts.append(_indented(real_outage_text(card)))
    if card.debrief.questions:
        parts += _heading("Questions to talk about")
        parts += [_bullet(line) for line in card.debrief.questions]
    return parts


def _helps(card: Scorecard) -> list[RenderableType]:
    """What would have helped, for the checks that left most on the table."""
    found = lacking(card)
    return [*_heading("What would have helped"), *(_bullet(c.helps) for c in found[:HELPS])] if found else []
