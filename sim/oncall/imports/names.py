"""Ids of ours out of names of others: lower case, digits and single hyphens, each its own."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

ID_CHARS_MAX = 40
_SPELLED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "þ": "th"})


def slug(name: str, otherwise: str) -> str:
    """Return a name as an id; `otherwise` (an id) where nothing of it can be written so.

    What is an id already stays as it is. A leading digit gets `otherwise` before it.
    """
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_SPELLED))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
    if not words:
        return otherwise
    if words[0].isdigit():
        words = f"{otherwise}-{words}"
    return words[:ID_CHARS_MAX].rstrip("-")


def ids(names: Mapping[str, str], otherwise: str, taken: Iterable[str] = ()) -> dict[str, str]:
    """Return an id for each key, out of its name, in order; the second of a kind gets -2, and so on."""
    used, found = set(taken), {}
    numbers: dict[str, int] = {}
    for key, name in names.items():
        wanted = candidate = slug(name, otherwise)
        while candidate in used:
            numbers[wanted] = numbers.get(wanted, 1) + 1
            end = f"-{numbers[wanted]}"
            candidate = wanted[: ID_CHARS_MAX - len(end)].rstrip("-") + end
        used.add(candidate)
        found[key] = candidate
    return found


def shown_name(name: str, identity: str) -> str:
    """Return what a person's `name` says beside their id: nothing where it is the same."""
    return "" if name == identity else name
