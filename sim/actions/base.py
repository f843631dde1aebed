"""What all verbs share: the base class, the words of a line, and the names that exist in a world."""

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, ClassVar, Literal, Self

from sim.spec import Frozen

Group = Literal["look", "alerts", "incident", "act", "time"]

_QUOTED = r'"(?:[^"\\]|\\.)*"'
_TOKEN = re.compile(rf'"([^"]*)"|((?:[^\s"]|{_QUOTED})+(?!\S)|\S+)')
"""A word in quotes; a word with quotes inside, such as name="two words"; any other word."""
_DURATION = re.compile(r"(\d+)(s|m|min|h)?")
_UNIT_S = {"s": 1, "m": 60, "min": 60, "h": 3600, None: 60}


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error of the program
    """The line was not understood, or makes no sense now; the text says why in a line."""


class AskedBack(Refused):
    """Nothing was done, and nobody erred: a question that waits for `yes`, or what `no` led to."""


@dataclass(frozen=True, slots=True)
class Names:
    """Everything that can be named in a world; what the parser and the completion may know."""

    components: tuple[str, ...]
    journeys: tuple[str, ...]
    zones: tuple[str, ...]
    clients: tuple[str, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]
    rules: tuple[str, ...]
    runbooks: tuple[str, ...]
    mechanisms: tuple[str, ...]
    flags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    last_component: str | None = None


class Words:
    """The words of a line after the verb, taken one by one.

    Double quotes hold words together. With `abbreviations`, a name may be shortened as long as only one
    thing of its sort begins so.
    """

    def __init__(self, text: str, names: Names, *, abbreviations: bool) -> None:
        self.names = names
        self.abbreviations = abbreviations
        self._text = text
        self._tokens = [
            (m.group(1) if m.group(1) is not None else m.group(2), m.start()) for m in _TOKEN.finditer(text)
        ]
        self._next = 0

    @property
    def left(self) -> bool:
        """Whether there is a word left."""
        return self._next < len(self._tokens)

    def peek(self) -> str:
        """Return the next word in lower case without taking it; '' at the end."""
        return self._tokens[self._next][0].lower() if self.left else ""

    def take(self, what: str) -> str:
        """Take the next word. Raises Refused naming `what` is missing."""
        if not self.left:
            raise Refused(f"{what} is missing")
        self._next += 1
        return self._tokens[self._next - 1][0]

    def skip(self, *words: str) -> bool:
        """Take the next word if it is one of these."""
        if self.left and self.peek() in words:
            self._next += 1
            return True
        return False

    def rest(self) -> str:
        """Take all that is left, as it was typed, without quotes around the whole."""
        if not self.left:
            return ""
        text = self._text[self._tokens[self._next][1] :].strip()
        self._next = len(self._tokens)
        inner = text[1:-1]
        return inner if len(text) > 1 and text[0] == text[-1] == '"' and '"' not in inner else text

    def end(self) -> None:
        """Raise Refused where words are left over."""
        if self.left:
            raise Refused(f"{self._tokens[self._next][0]!r} is more than this verb takes")

    def name(self, what: str, known: tuple[str, ...]) -> str:
        """Take the name of a known thing. Raises Refused with a suggestion where there is none."""
        return self.resolve(self.take(what), what, known)

    def resolve(self, word: str, what: str, known: tuple[str, ...]) -> str:
        """Return the known name that `word` means."""
        by_lower = {name.lower(): name for name in known}
        if word.lower() in by_lower:
            return by_lower[word.lower()]
        if self.abbreviations:
            begun = [name for name in known if name.lower().startswith(word.lower())]
            if len(begun) == 1:
                return begun[0]
            if begun:
                raise Refused(f"{word!r} could be {', '.join(begun[:6])}; type a little more")
        close = get_close_matches(word.lower(), list(by_lower), n=1)
        hint = (
            f"; did you mean {by_lower[close[0]]}?" if close else f"; there are: {', '.join(known) or 'none'}"
        )
        raise Refused(f"there is no {what} named {word!r}{hint}")

    def component(self) -> str:
        """Take a component; where none is typed, the last one that was."""
        return self.name("component", self.names.components) if self.left else self.last_component()

    def last_component(self) -> str:
        """Return the component that was looked at last. Raises Refused where there is none yet."""
        if self.names.last_component is None:
            raise Refused("component is missing")
        return self.names.last_component

    def number(self, what: str) -> int:
        """Take a whole number, with or without a # before it."""
        word = self.take(what).lstrip("#")
        if not word.isdecimal() or len(word) > 9:
            raise Refused(f"{what} must be a number, not {word!r}")
        return int(word)

    def duration_s(self, what: str, longest_s: int) -> int:
        """Take a duration such as 90s, 5m or 1h; a bare number means minutes. Returns seconds."""
        seconds = duration_s(self.take(what), what)
        if seconds > longest_s:
            raise Refused(f"{what} can be {duration_text(longest_s)} at most")
        return seconds

    def share(self, what: str) -> float:
        """Take a percentage such as 40% or 40; returns a share in [0, 1]."""
        word = self.take(what).rstrip("%")
        try:
            value = float(word)
        except ValueError:
            raise Refused(f"{what} must be a percentage such as 40%, not {word!r}") from None
        if not 0 <= value <= 100:
            raise Refused(f"{what} must lie between 0% and 100%")
        return value / 100

    def listed(self, what: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Take a comma-separated list of names; there may be blanks around a comma."""
        text = self.take(what)
        while self.left and (text.endswith(",") or self.peek().startswith(",")):
            text += self.take(what)
        found: list[str] = []
        for word in text.split(","):
            name = self.resolve(word, what, known) if word else ""
            if name and name not in found:
                found.append(name)
        return tuple(found)

    def options(self, *keys: str) -> str | None:
        """Take the key of `key value` or `key=value` if one of these comes next, else None."""
        word = self.peek()
        for key in keys:
            if word == key:
                self._next += 1
                return key
            if word.startswith(f"{key}="):
                token, start = self._tokens[self._next]
                self._tokens[self._next] = (token[len(key) + 1 :], start)
                return key
        return None


def duration_s(word: str, what: str) -> int:
    """Return the seconds of a duration such as 90s, 5m or 1h; a bare number means minutes."""
    match = _DURATION.fullmatch(word.lower())
    if match is None or len(match.group(1)) > 6:
        raise Refused(f"{what} must be a duration such as 90s, 5m or 1h, not {word!r}")
    seconds = int(match.group(1)) * _UNIT_S[match.group(2)]
    if seconds == 0:
        raise Refused(f"{what} must be longer than nothing")
    return seconds


def duration_text(seconds: int) -> str:
    """Return a duration as it is typed: 90s, 5m, 2h."""
    if seconds % 3600 == 0:
        return f"{seconds // 3600}h"
    return f"{seconds // 60}m" if seconds % 60 == 0 else f"{seconds}s"


def percent_text(share: float) -> str:
    """Return a share as it is typed: 40%."""
    return f"{round(share * 100, 4):g}%"


class Action(Frozen):
    """One verb with its parameters. Subclasses say how they are parsed and written.

    `actor` is the person who acts; it is set by the drill. Class attributes: `verb`, `group`, `usage`
    (without the verb), `about` (one line) and `example`.
    """

    actor: str = ""
    verb: ClassVar[str]
    group: ClassVar[Group]
    usage: ClassVar[str] = ""
    about: ClassVar[str]
    example: ClassVar[str]

    @classmethod
    def parse(cls, words: Words) -> Self:
        """Return the action that these words mean. Raises Refused."""
        return cls()

    def parameters(self) -> list[Any]:
        """Return the words after the verb in canonical form; None and '' are left out."""
        return []

    def command(self) -> str:
        """Return the canonical line, which parses to an equal action."""
        words = [str(word) for word in self.parameters() if word not in (None, "", ())]
        return " ".join([self.verb, *words])
