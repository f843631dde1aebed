"""The words and numbers of exports: severities, flags, counts. None for what is not known."""

import math
import re

from sim.oncall.load.model import Severity

_NUMBERED = re.compile(r"(?:p|sev|s|prio|priority)?[ _-]?([0-5])(?:\b.*)?", re.IGNORECASE | re.DOTALL)
_WORDS: dict[str, Severity] = {
    "critical": "P1",
    "emergency": "P1",
    "fatal": "P1",
    "page": "P1",
    "high": "P2",
    "error": "P2",
    "major": "P2",
    "moderate": "P3",
    "medium": "P3",
    "warning": "P3",
    "minor": "P3",
    "low": "P4",
    "info": "P4",
    "information": "P4",
    "planning": "P4",
    "none": "P4",
}
_BY_NUMBER: tuple[Severity, ...] = ("P1", "P1", "P2", "P3", "P4", "P4")
_TRUE, _FALSE = frozenset({"true", "yes", "y", "1", "t"}), frozenset({"false", "no", "n", "0", "f"})


def severity_of(text: str) -> Severity | None:
    """Return the severity that a word or number means: `1 - Critical`, `SEV2`, `P3`, `warning`."""
    numbered = _NUMBERED.fullmatch(text)
    return _BY_NUMBER[int(numbered[1])] if numbered else _WORDS.get(text.lower())


def flag_of(text: str) -> bool | None:
    """Return what a word for yes or no means."""
    word = text.lower()
    return True if word in _TRUE else False if word in _FALSE else None


def name_of(text: str) -> str:
    """Return the name of a rule in one line without control characters, at most 120 long."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())[:120]


def number_of(text: str) -> float | None:
    """Return a finite number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) < 1e12 else None
