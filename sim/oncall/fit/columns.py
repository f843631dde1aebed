"""Which column of a table holds what, for the exports that are known and for those that somebody maps."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, get_args

from sim.mistakes import did_you_mean

Thing = Literal[
    "opened",
    "acknowledged",
    "acknowledged-seconds",
    "acknowledged-minutes",
    "resolved",
    "resolved-seconds",
    "resolved-minutes",
    "hands-on-seconds",
    "hands-on-minutes",
    "engaged-seconds",
    "severity",
    "urgency",
    "rule",
    "needs-action",
    "auto-resolved",
    "reassigned",
    "number",
    "state",
    "updated",
]
"""What a column can hold. `acknowledged` and `resolved` are moments, with a unit behind them times; the time
for which responders were engaged stands for hands-on time that nobody entered, and urgency for a severity.

`number` names the incident: rows of the same number are one. With `state` and `updated` each row is an
update of it, and the first state that is not `New` acknowledges it.
"""
THINGS: tuple[Thing, ...] = get_args(Thing)


class ColumnError(ValueError):
    """What is wrong with columns, in words."""


@dataclass(frozen=True, slots=True)
class Known:
    """The columns of an export: for each thing those to look for, of which the first that is filled counts.

    `marks` are columns by which it is recognised.
    """

    marks: frozenset[str]
    wanted: dict[Thing, tuple[str, ...]] = field(default_factory=dict)


SERVICENOW = Known(
    frozenset({"number", "opened_at"}),
    {
        "opened": ("opened_at",),
        "resolved": ("resolved_at", "closed_at"),
        "severity": ("priority",),
        "rule": ("subcategory", "category"),
        "reassigned": ("reassignment_count",),
        "number": ("number",),
        "state": ("incident_state", "state"),
        "updated": ("sys_updated_at", "sys_updated_on"),
    },
)
"""Table API and the incident event log of UCI data set 498. Hands-on time is not among them.

A ticket that nobody set to resolved ended when it was closed.
"""

PAGERDUTY = Known(
    frozenset({"created_at", "incident_number", "urgency"}),
    {
        "opened": ("created_at",),
        "acknowledged-seconds": ("seconds_to_first_ack",),
        "resolved": ("resolved_at",),
        "resolved-seconds": ("seconds_to_resolve",),
        "hands-on-seconds": ("user_defined_effort_seconds",),
        "engaged-seconds": ("engaged_seconds",),
        "severity": ("priority_name",),
        "urgency": ("urgency",),
        "rule": ("service_name",),
        "auto-resolved": ("auto_resolved",),
        "reassigned": ("reassignment_count",),
        "number": ("incident_number",),
    },
)
"""The raw incidents of its analytics."""

PLAIN = Known(frozenset(), {thing: (thing, thing.replace("-", "_")) for thing in THINGS})
"""Any other table: columns that are called as here, unless they are mapped."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Where in a row each thing stands; things that a table does not have are left out."""

    places: dict[Thing, tuple[int, ...]]

    def of(self, row: list[str], thing: Thing) -> str:
        """Return what a row holds of a thing; empty where it holds nothing."""
        texts = (row[place].strip() for place in self.places.get(thing, ()))
        return next((text for text in texts if text.lower() not in _NOTHING), "")

    def has(self, *things: Thing) -> bool:
        """Return whether a table has all of these."""
        return all(thing in self.places for thing in things)


_NOTHING = frozenset({"", "?", "null", "none", "nan", "n/a", "-"})


def columns_of(header: list[str], known: Known, mapped: dict[Thing, str]) -> Columns:
    """Return where a table with this header holds what. Raises ColumnError for what is missing or double."""
    names = [name.strip() for name in header]
    kinds = {_kind(thing) for thing in mapped}
    places: dict[Thing, tuple[int, ...]] = {}
    for thing in THINGS:
        wanted = () if _kind(thing) in kinds else known.wanted.get(thing, ())
        there = [name for name in wanted if name in names]
        if thing in mapped:
            there = [mapped[thing]]
        if there:
            places[thing] = tuple(_place(names, name) for name in there)
    if "opened" not in places:
        wanted_name = known.wanted["opened"][0]
        raise ColumnError(
            f"has no column {wanted_name!r}, which says when an incident came; name the one that does with "
            f"--column opened=NAME ({did_you_mean(wanted_name, names)})"
        )
    return Columns(places)


def _kind(thing: Thing) -> str:
    """Return what a thing is about. What somebody maps takes the place of all that is known of the same."""
    kinds = {"engaged-seconds": "hands-on", "auto-resolved": "needs-action", "urgency": "severity"}
    return kinds.get(thing, thing.removesuffix("-seconds").removesuffix("-minutes"))


def _place(names: list[str], name: str) -> int:
    count = names.count(name)
    if count == 0:
        raise ColumnError(f"has no column {name!r}; {did_you_mean(name, names)}")
    if count > 1:
        raise ColumnError(f"has {count} columns {name!r}; rename all but one")
    return names.index(name)


def mapped_of(texts: Iterable[str]) -> dict[Thing, str]:
    """Return mappings like `opened=created`. Raises ColumnError."""
    found: dict[Thing, str] = {}
    for text in texts:
        thing, _, name = text.partition("=")
        known = next((one for one in THINGS if one == thing), None)
        if known is None:
            raise ColumnError(
                f"{text!r}: write what a column holds, =, and its name; {did_you_mean(thing, THINGS)}"
            )
        if not name or known in found:
            raise ColumnError(f"{text!r}: each thing needs one column")
        found[known] = name
    return found
