"""The outcome of a drill in three plain lines."""

from scoring.durations import minutes_text
from scoring.scorecard import Check, Measure, Scorecard


def outcome_lines(card: Scorecard) -> tuple[str, str, str]:
    """Return how it ended, how many users were hurt, and what went best and would help most."""
    return _ended(card), _hurt(card), _best_and_most(card)


def lacking(card: Scorecard) -> list[Check]:
    """Return the checks not met, the one that left most on the table first."""
    found = [check for check in card.checks if check.result in ("partly", "missed")]
    return sorted(found, key=lambda check: -check.weight * (1 - (check.verdict.credit or 0.0)))


def _ended(card: Scorecard) -> str:
    """How it ended, by what the drill expected."""
    values = {measure.id: measure.value for measure in card.measures}
    unhurt = values["mttm"] is None and _measure(card, "mttm").standing == "not applicable"
    match card.expects:
        case "prevent" if unhurt:
            return "Averted: no user was hurt."
        case "prevent":
            return f"Not averted. {_mitigated(card)}"
        case "no_action":
            return _left_alone(card, unhurt=unhurt)
        case "integrity":
            lost = values["records-lost"]
            said = "No record was lost" if not lost else f"{lost:,.0f} records were lost for good"
            return f"{said}. {_mitigated(card)}"
    return _mitigated(card)


def _left_alone(card: Scorecard, *, unhurt: bool) -> str:
    """How a false alarm ended."""
    restraint = next(check for check in card.checks if check.id == "restraint")
    if restraint.result == "not observable":
        return "A false alarm that nobody looked at."
    if restraint.verdict.credit:
        return "A false alarm: nothing was done, and no user was hurt."
    harm = "no user was hurt by it" if unhurt else "users were hurt by it"
    return f"A false alarm that was acted on: {harm}."


def _measure(card: Scorecard, measure_id: str) -> Measure:
    return next(measure for measure in card.measures if measure.id == measure_id)


def _mitigated(card: Scorecard) -> str:
    mttm = _measure(card, "mttm")
    if mttm.value is not None:
        after = f"{minutes_text(round(1000 * mttm.value))} after they were first hurt"
        if card.expects == "wait_out":
            return f"It passed: users had recovered {after}."
        by_itself = any(check.id == "mitigated" and check.verdict.credit is None for check in card.checks)
        return (
            f"Not mitigated: users recovered by themselves {after}."
            if by_itself
            else f"Mitigated: users had recovered {after}."
        )
    if mttm.standing == "not applicable":
        return "Nothing to mitigate: no user was hurt."
    return f"Not mitigated: {mttm.note}."


def _hurt(card: Scorecard) -> str:
    values = {measure.id: measure.value for measure in card.measures}
    worst, lost = values["worst-users-share"], values["user-minutes-lost"]
    if worst is None or lost is None:
        return "How many users were hurt is not known."
    return f"At worst {worst:.0%} of users were hurt; {lost:,.0f} user-minutes were lost in all."


def _best_and_most(card: Scorecard) -> str:
    met = [check for check in card.checks if check.result == "met"]
    best = max(met, key=lambda check: check.weight, default=None)
    most = next(iter(lacking(card)), None)
    went = f"Went best: {_lower(best.title)}." if best else "No check was met."
    help_ = f"Would help most: {_lower(most.helps)}" if most else "No check was left unmet."
    return f"{went} {help_}"


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]
