"""Measures of communication: how long each audience waited, and what was promised."""

from scoring.case import Case
from scoring.measures.kind import MeasureKind
from scoring.record import cite
from scoring.scorecard import Measure
from scoring.updates import Audience, longest_silence_ms, promises

FIRST_CUSTOMER = MeasureKind(
    "first-customer-update",
    "First customer update",
    "communication",
    "s",
    "first evidence",
    "First evidence to the first customer update; 0 where it came before.",
)
_SILENCE = (
    "The longest time without an update to {}, from the earlier of the declaration and the moment P1 or P2 "
    "could be seen until users had recovered (or the horizon, where they had not)."
)
CUSTOMER_SILENCE = MeasureKind(
    "customer-silence",
    "Longest silence towards customers",
    "communication",
    "s",
    "declaration or visible P1/P2",
    _SILENCE.format("customers"),
)
EXECUTIVE_SILENCE = MeasureKind(
    "executive-silence",
    "Longest silence towards executives",
    "communication",
    "s",
    "declaration or visible P1/P2",
    _SILENCE.format("executives"),
)
INTERNAL_SILENCE = MeasureKind(
    "internal-silence",
    "Longest silence towards colleagues",
    "communication",
    "s",
    "declaration",
    "The longest time without an internal update, from the declaration until users had recovered (or the "
    "horizon, where they had not).",
)
CUSTOMER_UPDATES = MeasureKind(
    "customer-updates",
    "Customer updates",
    "communication",
    "count",
    "drill start",
    "Updates sent to customers.",
)
PROMISES = MeasureKind(
    "promises-in-time",
    "Promised updates in time",
    "communication",
    "share",
    "promised time",
    "Share of the promised next updates that came by their time plus the grace, of those that fell due.",
)

KINDS = (FIRST_CUSTOMER, CUSTOMER_SILENCE, EXECUTIVE_SILENCE, INTERNAL_SILENCE, CUSTOMER_UPDATES, PROMISES)


def measure(case: Case) -> tuple[Measure, ...]:
    """Return the measures of communication."""
    updates = case.updates("customer")
    first = cite(updates[0][0], "customer update") if updates else None
    return (
        FIRST_CUSTOMER.between(
            case.clocks.evidence, first, "the record shows no first evidence", "no customer update was sent"
        ),
        _silence(case, CUSTOMER_SILENCE, "customer"),
        _silence(case, EXECUTIVE_SILENCE, "executive"),
        _silence(case, INTERNAL_SILENCE, "internal"),
        CUSTOMER_UPDATES.of(len(updates)),
        _promises(case),
    )


def _silence(case: Case, kind: MeasureKind, audience: Audience) -> Measure:
    longest = longest_silence_ms(case, audience)
    if longest is None:
        return kind.not_applicable("its clock did not start before users had recovered")
    return kind.of(longest / 1000, f"until {case.impact.until}")


def _promises(case: Case) -> Measure:
    made = promises(case)
    if not made:
        return PROMISES.not_applicable("no promised update fell due")
    return PROMISES.of(sum(promise.kept for promise in made) / len(made))
