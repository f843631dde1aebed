"""The scorecard as text: readable at 80 columns and without colour."""

import io
import textwrap
from datetime import timedelta

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from scoring.baselines import in_words
from scoring.durations import clock_text
from scoring.expectations import EXPECTED
from scoring.outcome import lacking, outcome_lines
from scoring.rubric import AREAS
from scoring.score import total
from scoring.scorecard import Check, Evidence, Measure, ObjectiveProfile, Result, Scorecard

STYLES: dict[Result, str] = {"met": "green", "partly": "yellow", "missed": "red", "not observable": "dim"}
BAR = 20
"""Length of the bars of the profile, in characters."""
HELPS = 5
"""How many helps the card lists."""
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
    played = f"{card.scenario}, seed {card.seed}, as {card.role}"
    parts: list[RenderableType] = [
        Text(card.title, style="bold"),
        Text(f"{played}, drill {card.drill}" if card.drill else played, style="dim"),
        *(_indented(line) for line in outcome_lines(card)),
        Text(EXPECTED[card.expects].about),
    ]
    if not card.ended:
        parts.append(Text("Not played to its end: judged as far as it went.", style="yellow"))
    if card.rehearsal:
        parts.append(Text(f"Rehearsal: {', '.join(card.rehearsal)}.", style="yellow"))
    if card.hints:
        parts.append(Text(f"Hints used: {card.hints}. Asking is good; what came after says 'with help'."))
    return parts


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
        seen = f"{area.observable} of {area.checks} checks observable"
        if area.share is None:
            table.add_row(area.title, " " * BAR, "not observable", seen)
            continue
        filled = round(BAR * area.share)
        word = "strong" if area.share >= 0.8 else "mixed" if area.share >= 0.4 else "thin"
        table.add_row(area.title, "#" * filled + "." * (BAR - filled), word, seen)
    parts = [*_heading("Profile"), Padding(table, (0, 0, 0, 2))]
    if any(area.observable < area.checks for area in card.areas):
        parts.append(_indented("What was not observable counts for nothing; its weight went to the rest."))
    if with_total:
        parts.append(_indented(Text(f"Total: {total(card):.1f} of 100", style="bold")))
    return parts


def _measures(card: Scorecard) -> list[RenderableType]:
    table = Table.grid(padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    table.add_column(style="dim")
    for measure in card.measures:
        since = f"from {measure.clock}" if measure.unit == "s" else ""
        if measure.standing == "measured":
            aside = ", ".join(part for part in (since, measure.note) if part)
            table.add_row(measure.title, value_text(measure), Text(aside))
        else:
            table.add_row(measure.title, "-", Text(f"{measure.standing}: {measure.note}"))
    return [*_heading("Measures"), Padding(table, (0, 0, 0, 2))]


def _comparisons(card: Scorecard) -> list[RenderableType]:
    found = [_bullet(in_words(comparison)) for comparison in card.comparisons]
    return [*_heading("What would have been"), *found] if found else []


def value_text(measure: Measure) -> str:
    """Return a measure's value with its unit, as people read it."""
    value = measure.value or 0.0
    match measure.unit:
        case "s":
            return clock_text(1000 * value)
        case "share":
            return f"{value:.0%}"
        case "ratio":
            return f"{value:.1f}"
        case _:
            return f"{value:,.0f}"


def _checks(card: Scorecard) -> list[RenderableType]:
    parts = _heading("Checks")
    parts.append(
        _indented(
            "#n is record n of journal.jsonl in the drill's folder, truth #n of truth.jsonl; "
            f"`pagerdrill drills show {card.drill}".rstrip()
            + "` lists what was typed."
        )
    )
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
    at = (card.starts_at + timedelta(milliseconds=item.t_ms)).strftime("%H:%M:%S")
    number = f"#{item.seq}" if item.file == "journal" else f"truth #{item.seq}"
    return Text(f"{at} {number} {textwrap.shorten(item.what, 200, placeholder=' ...')}")


def _debrief(card: Scorecard) -> list[RenderableType]:
    parts = _heading("What really happened")
    parts.append(_indented(card.debrief.what_happened.strip()))
    parts += [_bullet(line) for line in card.debrief.compare]
    if card.inspired_by:
        real = card.inspired_by
        parts.append(_indented(f"After: {real.title}, {real.date}; {real.post_mortem}"))
    if card.debrief.questions:
        parts += _heading("Questions to talk about")
        parts += [_bullet(line) for line in card.debrief.questions]
    return parts


def _helps(card: Scorecard) -> list[RenderableType]:
    """What would have helped, for the checks that left most on the table."""
    found = lacking(card)
    return [*_heading("What would have helped"), *(_bullet(c.helps) for c in found[:HELPS])] if found else []
