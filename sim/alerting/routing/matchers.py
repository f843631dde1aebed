"""Matchers on labels: `name="value"` with =, !=, =~ and !~, as Alertmanager reads and applies them.

Regular expressions are RE2's, as in Alertmanager, and match the whole value; no expression can hang.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import re2

Op = Literal["=", "!=", "=~", "!~"]
Labels = Mapping[str, str]

VALUE_MAX = 1_000
"""Longest value of a matcher; an assumption, far beyond any real one."""

_MATCHER = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_ESCAPES = {"n": "\n", '"': '"', "\\": "\\"}


class MatcherError(ValueError):
    """A matcher cannot be read; the text says why."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One matcher. A label that is missing has the empty value."""

    name: str
    op: Op
    value: str
    _pattern: Any = field(init=False, repr=False, compare=False, default=None)

    def __post_init__(self) -> None:
        """Compile the expression. Raises MatcherError where it is none."""
        if self.op in ("=~", "!~"):
            object.__setattr__(self, "_pattern", compiled(self.value))

    @property
    def is_regex(self) -> bool:
        """Whether the value is a regular expression."""
        return self._pattern is not None

    @property
    def is_equal(self) -> bool:
        """Whether what matches the value passes, rather than what does not."""
        return self.op in ("=", "=~")

    def matches(self, labels: Labels) -> bool:
        """Return whether labels pass."""
        value = labels.get(self.name, "")
        same = value == self.value if self._pattern is None else self._pattern.fullmatch(value) is not None
        return same is self.is_equal

    def __str__(self) -> str:
        """Return it as Alertmanager writes it."""
        value = self.value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        return f'{self.name}{self.op}"{value}"'


def matches_all(matchers: tuple[Matcher, ...], labels: Labels) -> bool:
    """Return whether labels pass all matchers; they pass where there are none."""
    for matcher in matchers:  # noqa: SIM110 - this is asked all the time, and `all` takes twice as long
        if not matcher.matches(labels):
            return False
    return True


def matcher(text: str) -> Matcher:
    """Read one matcher such as `severity=~"critical|page"`; quotes are optional. Raises MatcherError."""
    found = _MATCHER.fullmatch(text)
    if found is None:
        raise MatcherError(f"bad matcher format: {text}")
    name, op, raw = found.groups()
    return Matcher(name, op, _unquoted(raw))  # type: ignore[arg-type]


def matchers(text: str) -> tuple[Matcher, ...]:
    """Read a list such as `{a="b", c!="d"}`; the braces are optional. Raises MatcherError."""
    inner = text.strip()
    if inner.startswith("{"):
        inner = inner[1:]
        if inner.endswith("}"):
            inner = inner[:-1]
    parts = _split(inner)
    if parts and not parts[-1].strip():
        parts.pop()  # a comma may end the list
    return tuple(matcher(part) for part in parts)


def compiled(expression: str, *, dot_nl: bool = True) -> Any:
    """Return a regular expression of RE2. Raises MatcherError where it is none, or too long."""
    options = re2.Options()
    options.log_errors = False
    options.dot_nl = dot_nl
    if len(expression) > VALUE_MAX:
        raise MatcherError(f"a regular expression of {len(expression):,} letters; {VALUE_MAX:,} is the most")
    try:
        return re2.compile(expression, options)
    except re2.error as problem:
        why = problem.args[0] if problem.args else "it is none"
        text = why.decode(errors="replace") if isinstance(why, bytes) else str(why)
        raise MatcherError(f"{expression!r} is no regular expression: {text}") from None


def _unquoted(raw: str) -> str:
    """Return the value; inside and outside of quotes a backslash escapes n, a quote and itself."""
    quoted = raw.startswith('"')
    text = raw[1:] if quoted else raw
    found, place, closed = [], 0, False
    while place < len(text):
        letter = text[place]
        following = text[place + 1 : place + 2]
        if letter == "\\" and following in _ESCAPES:
            found.append(_ESCAPES[following])
            place += 1
        elif letter == '"':
            if not quoted or place != len(text) - 1:
                raise MatcherError(f"matcher value contains unescaped double quote: {raw}")
            closed = True
        else:
            found.append(letter)
        place += 1
    if quoted and not closed:
        raise MatcherError(f"matcher value has no closing quote: {raw}")
    return "".join(found)


def _split(text: str) -> list[str]:
    """Split at commas outside of quotes."""
    parts, start, inside, escaped = [], 0, False, False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"':
            inside = not inside
        elif letter == "," and not inside:
            parts.append(text[start:place])
            start = place + 1
    if text[start:].strip() or parts:
        parts.append(text[start:])
    return parts
