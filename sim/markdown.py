"""Markdown as far as a terminal shows it: headings, paragraphs, list items and code, each in one part.

Lines of a paragraph or a list item belong together wherever the author broke them.
"""

import re
from dataclasses import dataclass
from typing import Literal

_ITEM = re.compile(r"([ \t]*)(?:[-*+]|[0-9]{1,3}[.)])[ \t]+")
_LINK = re.compile(r"\[([^][\n]{1,300})\]\(([^()\s]{1,1000})\)")
_FENCES = ("```", "~~~")
_LEVELS_MAX = 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a page; of code and tables, one line of it."""

    kind: Literal["heading", "text", "item", "code", "blank"]
    text: str


def heading(line: str) -> str | None:
    """Return the text of a line that is a heading, else None."""
    text = line.lstrip("#")
    if not 1 <= len(line) - len(text) <= _LEVELS_MAX or text[:1] not in (" ", "\t"):
        return None
    return text.strip().rstrip("#").rstrip() or None


def is_fence(line: str) -> bool:
    """Return whether a line begins or ends a block of code."""
    return line.lstrip().startswith(_FENCES)


def parts(text: str) -> tuple[Part, ...]:
    """Return the parts of a page in order."""
    found: list[Part] = []
    fenced = False
    for raw in text.expandtabs(4).split("\n"):
        line = raw.rstrip()
        if is_fence(line):
            fenced = not fenced
        elif fenced:
            found.append(Part("code", f"    {line}" if line else ""))
        else:
            _add(found, line)
    return tuple(found)


def _add(found: list[Part], line: str) -> None:
    last = found[-1].kind if found else "blank"
    title, item = heading(line), _ITEM.match(line)
    if not line.strip():
        if last != "blank":
            found.append(Part("blank", ""))
    elif title is not None:
        found.append(Part("heading", _plain(title)))
    elif item is not None:
        mark = line[item.end(1) : item.end()].strip()
        mark = "-" if mark in "*+" else mark
        found.append(Part("item", f"{item[1]}{mark} {_plain(line[item.end() :])}"))
    elif (
        line.startswith("    ") and last in ("blank", "code") and not _within_item(found)
    ) or line.lstrip().startswith("|"):
        found.append(Part("code", line))
    elif last in ("text", "item"):
        found[-1] = Part(found[-1].kind, f"{found[-1].text} {_plain(line.strip())}")
    else:
        found.append(Part("text", _plain(line) if _within_item(found) else _plain(line.strip())))


def _is_indented_code(line: str, found: list[Part]) -> bool:
    before = found[-1].kind if found else "blank"
    return line.startswith("    ") and before in ("blank", "code") and not _within_item(found)


def _within_item(found: list[Part]) -> bool:
    """Return whether what comes may go on with a list: only blanks are between."""
    return any(part.kind == "item" for part in found[-2:])


def _plain(text: str) -> str:
    """Return text without marks of emphasis, and links with where they lead."""
    return _LINK.sub(lambda found: f"{found[1]} ({found[2]})", text.replace("**", ""))
