"""What cards of every format say alike: figures, results and headings in words."""

from scoring.durations import clock_text
from scoring.scorecard import AreaProfile, Evidence, Measure, Scorecard

SPREAD = "What was not observable counts for nothing; its weight went to the rest."
NOTHING_BELIEVED = "Nothing was recorded: no severity, no scope, no suspicion, no decision."
NOTHING_UNMET = "No check was left unmet."
HELPS = 5
"""How many helps a card lists."""
STRONG_SHARE, MIXED_SHARE = 0.8, 0.4
"""From which share on an area is called strong, and mixed; an assumption."""


def played_text(card: Scorecard) -> str:
    """Return which drill this is, e.g. 'pool-dry, seed 7, as responder, drill pool-dry-s7'."""
    played = f"{card.scenario}, seed {card.seed}, as {card.role}"
    return f"{played}, drill {card.drill}" if card.drill else played


def remarks(card: Scorecard) -> tuple[str, ...]:
    """Return what to know before reading: not played to its end, a rehearsal."""
    found = () if card.ended else ("Not played to its end: judged as far as it went.",)
    return (*found, f"Rehearsal: {', '.join(card.rehearsal)}.") if card.rehearsal else found


def hints_text(card: Scorecard) -> str:
    """Return how many hints were used, '' where none was."""
    asked = f"Hints used: {card.hints}. Asking is good; what came after says 'with help'."
    return asked if card.hints else ""


def area_text(area: AreaProfile) -> str:
    """Return how an area went, in a word."""
    if area.share is None:
        return "not observable"
    return "strong" if area.share >= STRONG_SHARE else "mixed" if area.share >= MIXED_SHARE else "thin"


def observable_text(area: AreaProfile) -> str:
    """Return how much of an area could be judged."""
    return f"{area.observable} of {area.checks} checks observable"


def value_text(measure: Measure) -> str:
    """Return a measure's value with its unit, as people read it; '-' where it was not measured."""
    if measure.value is None:
        return "-"
    match measure.unit:
        case "s":
            return clock_text(1000 * measure.value)
        case "share":
            return f"{measure.value:.0%}"
        case "ratio":
            return f"{measure.value:.1f}"
        case _:
            return f"{measure.value:,.0f}"


def aside_text(measure: Measure) -> str:
    """Return what stands beside a value: from when it counts and its note, or why there is none."""
    if measure.standing != "measured":
        return f"{measure.standing}: {measure.note}"
    since = f"from {measure.clock}" if measure.unit == "s" else ""
    return ", ".join(part for part in (since, measure.note) if part)


def number_text(item: Evidence) -> str:
    """Return which record it is: '#143' of the journal, 'truth #7' of the other file."""
    return f"#{item.seq}" if item.file == "journal" else f"truth #{item.seq}"


def numbers_text(card: Scorecard) -> str:
    """Return what the numbers of records mean, and how to see more."""
    show = f"`pagerdrill drills show {card.drill}".rstrip()
    return (
        "#n is record n of journal.jsonl in the drill's folder, truth #n of truth.jsonl; "
        f"{show}` lists what was typed."
    )


def real_outage_text(card: Scorecard) -> str:
    """Return which real outage the drill is after, '' where there is none."""
    real = card.inspired_by
    return f"After: {real.title}, {real.date}; {real.post_mortem}" if real else ""


def zone_text(card: Scorecard) -> str:
    """Return which zone the clock times are in."""
    return card.starts_at.tzname() or "the scenario's clock"
