"""The words of a template: text, and the tokens inside of `{{ }}`, as Go's text/template reads them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["blank", "string", "char", "number", "variable", "field", "dot", "word", "mark"]


class TemplateError(ValueError):
    """A template cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Token:
    """One token of an action, as it is written."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """The tokens of one action."""

    tokens: tuple[Token, ...]


_TOKEN = re.compile(
    r"""(?P<blank>[ \t\r\n]+)
    |(?P<string>"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`)
    |(?P<char>'(?:[^'\\\n]|\\[^\n])+')
    |(?P<number>[+-]?(?:0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9]+)?)(?![\w.]))
    |(?P<variable>\$[\w]*)
    |(?P<field>\.\w+)
    |(?P<dot>\.)
    |(?P<word>[^\W\d]\w*)
    |(?P<mark>:=|[=|(),])""",
    re.VERBOSE,
)
_BLANKS = " \t\r\n"
_ENDS_OPERAND = frozenset(("string", "char", "number"))
_GLUED = frozenset(("string", "char", "number", "word", "variable"))


def pieces(source: str) -> Iterator[str | Words]:
    """Yield text and actions in order; comments are left out. Raises TemplateError."""
    place, trim = 0, False
    while True:
        opening = source.find("{{", place)
        text = source[place:] if opening < 0 else source[place:opening]
        if trim:
            text = text.lstrip(_BLANKS)
        if opening < 0:
            if text:
                yield text
            return
        inside = opening + 2
        if source[inside : inside + 1] == "-" and source[inside + 1 : inside + 2] in tuple(_BLANKS):
            text, inside = text.rstrip(_BLANKS), inside + 2
        if text:
            yield text
        words, place, trim = _action(source, inside)
        if words is not None:
            yield words


def _action(source: str, place: int) -> tuple[Words | None, int, bool]:
    """Return an action from behind its opening: its tokens (None: a comment), its end, whether it trims."""
    if source.startswith("/*", place):
        end = source.find("*/", place)
        if end < 0:
            raise TemplateError("unclosed comment")
        closing, trim = _closing(source, end + 2)
        if closing is None:
            raise TemplateError("comment ends before closing delimiter")
        return None, closing, trim
    tokens: list[Token] = []
    while True:
        closing, trim = _closing(source, place)
        if closing is not None:
            return Words(tuple(tokens)), closing, trim
        token = _token(source, place)
        if tokens and token.kind in _GLUED and tokens[-1].kind in _ENDS_OPERAND:
            raise TemplateError(f"unexpected {token.text} in operand")
        tokens.append(token)
        place += len(token.text)


def _closing(source: str, place: int) -> tuple[int | None, bool]:
    """Return where the text behind `}}` begins, if an action ends here, and whether it trims."""
    if source.startswith("}}", place):
        return place + 2, False
    if source[place : place + 1] in tuple(_BLANKS) and source.startswith("-}}", place + 1):
        return place + 4, True
    return None, False


def _token(source: str, place: int) -> Token:
    found = _TOKEN.match(source, place)
    if found is not None and found.lastgroup == "blank" and source.startswith("-}}", found.end()):
        return Token("blank", source[place : found.end() - 1])  # the last one belongs to the closing
    if found is not None:
        return Token(found.lastgroup, found.group())  # type: ignore[arg-type]
    letter = source[place : place + 1]
    if letter == "":
        raise TemplateError("unclosed action")
    if letter in "\"'`":
        raise TemplateError(f"unterminated {'character constant' if letter == chr(39) else 'quoted string'}")
    if letter.isdigit() or letter in "+-":
        raise TemplateError(f"bad number syntax at {source[place : place + 10]!r}")
    raise TemplateError(f"unexpected {letter!r} in command")
