"""The outcome of a drill in three plain lines."""

from scoring.durations import minutes_text
from scoring.scorecard import Check, Scorecard


def outcome_lines(card: Scorecard) -> tuple[str, str, str]:
    """Return when users were relieved, how many were hurt, and what went best and would help most."""
    return _mitigated(card), _hurt(card), _best_and_most(card)


def lacking(card: Scorecard) -> list[Check]:
    """Return the checks not met, the one that left most on the table first."""
    found = [check for check in card.checks if check.result in ("partly", "missed")]
    return sorted(found, key=lambda check: -check.weight * (1 - (check.verdict.credit or 0.0)))


def _mitigated(card: Scorecard) -> str:
    mttm = next(measure for measure in card.measures if measure.id == "mttm")
    if mttm.value is not None:
        after = f"{minutes_text(round(1000 * mttm.value))} after they were first hurt"
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
