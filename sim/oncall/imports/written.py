"""A policy as the text of its file, read back before anybody gets it."""

import re
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from sim.document import parsed
from sim.mistakes import FileError, Mistake
from sim.oncall.schedule.load import policy_of
from sim.oncall.schedule.policy import RotationPolicy
from sim.yaml_text import dumped

_WIDTH = 110
_NO_SECONDS = re.compile(r"(T\d\d:\d\d):00(?=$|[-+Z])")


def written(policy: RotationPolicy, file: Path) -> str:
    """Return a policy as readable YAML: fields in the order of the models, defaults left out.

    `file` is named in what goes wrong. Raises FileError where the text would not be read as the same policy.
    """
    data = _plain(policy.model_dump(by_alias=True, exclude_defaults=True))
    text = dumped(data, _WIDTH)
    if policy_of(parsed(file, text)) != policy:
        raise FileError([Mistake(file, 1, (), "would not be read as what was imported; please report it")])
    return text


def _plain(value: Any) -> Any:
    """Return plain data with times as text; a group of one as its one name."""
    if isinstance(value, dict):
        return {key: _group(each) if key == "participants" else _plain(each) for key, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return _NO_SECONDS.sub(r"\1", value.isoformat())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}" if value == value.replace(second=0, microsecond=0) else value.isoformat()
    return value


def _group(groups: tuple[tuple[str, ...], ...]) -> list[str | list[str]]:
    return [group[0] if len(group) == 1 else list(group) for group in groups]
