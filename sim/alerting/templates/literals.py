"""Texts and numbers as Go writes them."""

import math
import re
from decimal import Decimal

from sim.alerting.templates.lexer import TemplateError

_ESCAPE = re.compile(
    r"\\(?:([abfnrtv\\'\"])|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-7]{3}))|\\"
)
_LETTERS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_UNICODE_MAX = 0x10FFFF
_SURROGATES = range(0xD800, 0xE000)
_ASCII_MAX, _BASIC_MAX = 0x7F, 0xFFFF
_FIXED_FROM, _FIXED_TO = -4, 6
"""Go's %g writes an exponent outside of these powers of ten."""


def unquoted(literal: str) -> str:
    """Return the text of a string or character constant. Raises TemplateError."""
    quote, inner = literal[0], literal[1:-1]
    if quote == "`":
        return inner.replace("\r", "")
    if quote == "'" and len(_ESCAPE.sub("x", inner)) != 1:
        raise TemplateError(f"malformed character constant: {literal}")
    other = '"' if quote == "'" else "'"
    return _ESCAPE.sub(lambda found: _unescaped(found, literal, other), inner)


def quoted(text: str) -> str:
    """Return a text as Go's %q writes it."""
    names = {value: f"\\{letter}" for letter, value in _LETTERS.items()} | {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(names.get(c) or (c if c.isprintable() else _escaped(c)) for c in text) + '"'


def number(literal: str) -> int | float:
    """Return the number of a literal. Raises TemplateError."""
    plain = literal.replace("_", "")
    try:
        if plain.lower().lstrip("+-").startswith("0x"):
            return int(plain, 16)
        return int(plain) if plain.lstrip("+-").isdigit() else float(plain)
    except ValueError:
        raise TemplateError(f"illegal number syntax: {literal!r}") from None


def written(value: str | int | float | bool | None) -> str:
    """Return a value as Go prints it by itself (%v)."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return written_float(value)
    return "<nil>" if value is None else str(value)


def written_float(value: float) -> str:
    """Return a number as Go's %g does: with as few digits as tell it from all others."""
    if not math.isfinite(value):
        return not_finite(value)
    exact = Decimal(repr(value)).normalize()
    power = exact.adjusted() if value else 0
    if _FIXED_FROM <= power < _FIXED_TO:
        return f"{exact:f}"
    sign, digits, _ = exact.as_tuple()
    mantissa = ".".join(filter(None, (str(digits[0]), "".join(map(str, digits[1:])))))
    return f"{'-' if sign else ''}{mantissa}e{'-' if power < 0 else '+'}{abs(power):02d}"


def not_finite(value: float) -> str:
    """Return NaN or an infinity as Go prints it."""
    return "NaN" if math.isnan(value) else "+Inf" if value > 0 else "-Inf"


def _unescaped(found: re.Match[str], literal: str, other_quote: str) -> str:
    letter, *codes, octal = found.groups()
    if letter is not None and letter != other_quote:
        return _LETTERS.get(letter, letter)
    code = next((int(text, 16) for text in codes if text is not None), None)
    code = int(octal, 8) if octal is not None else code
    if code is None or code > _UNICODE_MAX or code in _SURROGATES:
        raise TemplateError(f"invalid syntax in {literal}")
    return chr(code)


def _escaped(letter: str) -> str:
    code = ord(letter)
    if code <= _ASCII_MAX:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= _BASIC_MAX else f"\\U{code:08x}"
