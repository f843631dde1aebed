"""Tells by its content which tool a file is of, and hands it to the reader of that format."""

from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError

from sim.document import Document, read_text
from sim.mistakes import FileError, Mistake
from sim.oncall.imports.goalert import policy_of_goalert
from sim.oncall.imports.ical import policy_of_ical
from sim.oncall.imports.imported import BYTES_MAX, FIXED_MAX, Imported
from sim.oncall.imports.pagerduty import policy_of_pagerduty
from sim.oncall.imports.source import read_json, refused

Format = Literal["ical", "pagerduty", "goalert"]
_ICAL = "BEGIN:VCALENDAR"
_READERS = {"pagerduty": policy_of_pagerduty, "goalert": policy_of_goalert}
_MARKS = {"pagerduty": "schedule_layers", "goalert": "targets"}
"""By which field of a schedule each is known."""


def imported(file: Path, given: Format | None, zone: str | None, layer: str | None) -> Imported:
    """Return the policy that a file of another tool describes.

    `given` is its format (None: told by content), `zone` (IANA) what the policy goes by, and what times
    without zone are local to; `layer` names its layer. Raises FileError with what cannot be carried.
    """
    text = read_text(file, BYTES_MAX)
    found = _read(file, text, given, zone, layer)
    policy = found.policy
    count = len(policy.overrides) + sum(len(one.shifts) for one in policy.temporary)
    if count > FIXED_MAX:
        told = f"makes {count:,} fixed shifts, at most {FIXED_MAX:,}; export a shorter time"
        raise FileError([Mistake(file, 1, (), told)])
    return found


def _read(file: Path, text: str, given: Format | None, zone: str | None, layer: str | None) -> Imported:
    try:
        if given == "ical" or (given is None and text.lstrip()[: len(_ICAL)].upper() == _ICAL):
            return policy_of_ical(file, text, zone, layer)
        if given is None and not text.lstrip().startswith("{"):
            raise FileError([Mistake(file, 1, (), "is neither an iCalendar nor a JSON object")])
        document = read_json(file, text)
        return _READERS[given or _kind(document)](document, zone, layer)
    except ValidationError as problem:
        first = problem.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        told = f"makes no policy: {where}: {first['msg'].removeprefix('Value error, ')}"
        raise FileError([Mistake(file, 1, (), told)]) from None


def _kind(document: Document) -> str:
    data = document.data
    inner = [data, data.get("schedule"), *_items(data.get("schedules"))]
    kinds = [
        kind for kind, mark in _MARKS.items() if any(isinstance(one, dict) and mark in one for one in inner)
    ]
    if len(kinds) != 1:
        raise refused(
            document,
            (),
            "holds no schedule that is known: PagerDuty's have `schedule_layers`, GoAlert's `targets`;"
            " or name the --format",
        )
    return kinds[0]


def _items(value: Any) -> list[Any]:
    nodes = value.get("nodes") if isinstance(value, dict) else value
    return nodes if isinstance(nodes, list) else []
