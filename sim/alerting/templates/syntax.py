"""A template read by Go's grammar: what of it is text, what writes a value, and what goes beyond that.

Like Prometheus it refuses unknown functions and variables and everything that text/template does not parse.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from sim.alerting.templates.functions import EXPANDED
from sim.alerting.templates.lexer import TemplateError, Token, pieces
from sim.alerting.templates.literals import number, unquoted

__all__ = ["Template", "TemplateError", "parsed"]

DEPTH_MAX = 50
"""Parentheses and blocks nest no deeper; an assumption, far beyond any real template."""
LENGTH_MAX = 20_000
"""Longest template in characters; an assumption as well."""

_OF_GO = frozenset(
    "and or not eq ne lt le gt ge index slice len html js urlquery print printf println call".split()  # noqa: SIM905
)
_OF_PROMETHEUS = frozenset(
    "args externalURL first graphLink humanize humanize1024 humanizeDuration humanizePercentage"  # noqa: SIM905
    " humanizeTimestamp label match parseDuration pathPrefix query reReplaceAll safeHtml sortByLabel"
    " stripDomain stripPort strvalue tableLink title tmpl toLower toTime toUpper value"
    " now toDuration urlQueryEscape".split()
)
"""The last line came after Prometheus 2.42."""
_VARIABLES = ("$", "$labels", "$externalLabels", "$externalURL", "$value")


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value or nil."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Path:
    """A variable ('' for the dot) and the fields read of it."""

    root: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Function:
    """A function by its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Inner:
    """A pipeline in parentheses."""

    pipeline: "Pipeline"


Operand = Literal | Path | Function | Inner
Command = tuple[Operand, ...]
Pipeline = tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Template:
    """A template. `beyond` names what of it is not expanded here; `parts` is what it is made of else."""

    source: str
    parts: tuple[str | Pipeline, ...]
    beyond: tuple[str, ...]

    @property
    def labels(self) -> frozenset[str]:
        """The names of the labels that it reads."""
        paths = [path for part in self.parts if not isinstance(part, str) for path in _paths(part)]
        of_alert = [
            path.fields if path.root == "$labels" else path.fields[1:]
            for path in paths
            if path.root == "$labels" or (path.root in ("", "$") and path.fields[:1] == ("Labels",))
        ]
        return frozenset(fields[0] for fields in of_alert if fields)

    @property
    def reads_value(self) -> bool:
        """Whether it writes the value of the alert, which changes at every evaluation."""
        paths = [path for part in self.parts if not isinstance(part, str) for path in _paths(part)]
        return any(path.root == "$value" or path.fields[:1] == ("Value",) for path in paths)


def parsed(source: str) -> Template:
    """Read a template. Raises TemplateError where Prometheus would refuse it."""
    if len(source) > LENGTH_MAX:
        raise TemplateError(f"is longer than {LENGTH_MAX:,} characters")
    return _Parser(source).template()


def _paths(pipeline: Pipeline) -> Iterator[Path]:
    for command in pipeline:
        for operand in command:
            if isinstance(operand, Path):
                yield operand
            elif isinstance(operand, Inner):
                yield from _paths(operand.pipeline)


@dataclass(slots=True)
class _Block:
    """An open block: its keyword, which of `else` it had, and how many variables there were before it."""

    keyword: str
    variables: int
    had_else: bool = False
    chained: bool = False  # begun by `else if`, and ends with the block around it


@dataclass(slots=True)
class _Parser:
    source: str
    parts: list[str | Pipeline] = field(default_factory=list)
    beyond: list[str] = field(default_factory=list)
    _variables: list[str] = field(default_factory=lambda: list(_VARIABLES))
    _blocks: list[_Block] = field(default_factory=list)

    def template(self) -> Template:
        for piece in pieces(self.source):
            if isinstance(piece, str):
                self.parts.append(piece)
            else:
                self._action(_Stream(piece.tokens))
        if self._blocks:
            raise TemplateError("unexpected EOF")
        return Template(self.source, tuple(self.parts), tuple(dict.fromkeys(self.beyond)))

    def _action(self, words: "_Stream") -> None:
        token = words.peek()
        keyword = token.text if token is not None and token.kind == "word" else ""
        match keyword:
            case "if" | "with" | "range":
                self._open(keyword, words)
            case "else":
                self._else(words)
            case "end":
                self._end(words)
            case "break" | "continue":
                words.take()
                self._leave(keyword, words)
            case "define" | "block" | "template":
                self._named(keyword, words)
            case _:
                self.parts.append(self._pipeline(words, "command", 0, in_range=False))

    # --- blocks -------------------------------------------------------------------------------------------

    def _open(self, keyword: str, words: "_Stream", *, chained: bool = False) -> None:
        words.take()
        if len(self._blocks) >= DEPTH_MAX:
            raise TemplateError(f"nests deeper than {DEPTH_MAX} levels")
        self.beyond.append(keyword)
        self._blocks.append(_Block(keyword, len(self._variables), chained=chained))
        self._pipeline(words, keyword, 0, in_range=keyword == "range")

    def _else(self, words: "_Stream") -> None:
        words.take()
        if not self._blocks or self._blocks[-1].keyword in ("define", "block"):
            raise TemplateError("unexpected {{else}}")
        block = self._blocks[-1]
        if block.had_else:
            raise TemplateError("expected end; found {{else}}")
        block.had_else = True
        del self._variables[block.variables :]
        token = words.peek()
        if token is not None:
            if token.text != "if" or block.keyword != "if":
                raise TemplateError(f"unexpected {token.text} in else")
            self._open("if", words, chained=True)

    def _end(self, words: "_Stream") -> None:
        words.take()
        words.finish("end")
        if not self._blocks:
            raise TemplateError("unexpected {{end}}")
        while True:
            block = self._blocks.pop()
            del self._variables[block.variables :]
            if not block.chained:
                return

    def _leave(self, keyword: str, words: "_Stream") -> None:
        words.finish(keyword)
        if not any(block.keyword == "range" for block in self._blocks):
            raise TemplateError(f"{{{{{keyword}}}}} outside {{{{range}}}}")
        self.beyond.append(keyword)

    def _named(self, keyword: str, words: "_Stream") -> None:
        words.take()
        if keyword == "define" and self._blocks:
            raise TemplateError("unexpected {{define}}")
        name = words.take()
        if name is None or name.kind != "string":
            raise TemplateError(f"missing the name, in quotes, of {keyword}")
        self.beyond.append(keyword)
        if keyword == "define":
            words.finish("define clause")
        elif keyword == "block" or words.peek() is not None:
            self._pipeline(words, f"{keyword} clause", 0, in_range=False)
        if keyword != "template":
            self._blocks.append(_Block(keyword, len(self._variables)))

    # --- pipelines ----------------------------------------------------------------------------------------

    def _pipeline(self, words: "_Stream", context: str, depth: int, *, in_range: bool) -> Pipeline:
        if depth > DEPTH_MAX:
            raise TemplateError(f"nests deeper than {DEPTH_MAX} levels")
        declared = self._declaration(words, context, in_range=in_range)
        commands: list[Command] = []
        while True:
            command = self._command(words, depth)
            token = words.peek()
            piped = token is not None and token.text == "|" and token.kind == "mark"
            if not command and commands and not piped:
                break  # Go takes a pipe that leads nowhere
            if not command:
                raise TemplateError("empty command" if piped else f"missing value for {context}")
            if commands and not isinstance(command[0], Function | Path):
                raise TemplateError(f"non executable command in pipeline stage {len(commands) + 1}")
            commands.append(command)
            if not piped:
                break
            words.take()
        if depth == 0 and token is not None:
            raise TemplateError(f"unexpected {token.text} in {context}")
        self._variables.extend(declared)
        return tuple(commands)

    def _declaration(self, words: "_Stream", context: str, *, in_range: bool) -> list[str]:
        """Take `$x :=`, `$x =`, or in a range `$i, $x :=`; return what is known from here on."""
        names = words.declared(in_range=in_range) if words.peek() is not None else []
        if names:
            self.beyond.append("a variable of its own")
            if words.peek() is None:
                raise TemplateError(f"missing value for {context}")
        return names

    def _command(self, words: "_Stream", depth: int) -> Command:
        operands: list[Operand] = []
        while (token := words.peek()) is not None and token.text not in ("|", ")"):
            if operands and not words.spaced:
                raise TemplateError(f"unexpected {token.text} in operand")
            words.take()
            operand, may_have_fields = self._operand(token, words, depth)
            fields = tuple(words.fields())
            if fields and not may_have_fields:
                raise TemplateError(f"unexpected .{fields[0]} after {token.text}")
            if isinstance(operand, Path):
                operand = Path(operand.root, operand.fields + fields)
            elif fields:
                self.beyond.append("a field of a result")
            operands.append(operand)
        return tuple(operands)

    def _operand(self, token: Token, words: "_Stream", depth: int) -> tuple[Operand, bool]:
        """Return an operand, and whether fields may be read of it."""
        operand: Operand
        match token.kind:
            case "word":
                operand = self._word(token.text)
            case "variable":
                self._known(token.text)
                operand = Path(token.text, ())
            case "field":
                operand = Path("", (token.text[1:],))
            case "dot":
                operand = Path("", ())
            case "string":
                operand = Literal(unquoted(token.text))
            case "char":
                operand = Literal(ord(unquoted(token.text)))
            case "number":
                operand = Literal(number(token.text))
            case _:
                operand = self._inner(token, words, depth)
        return operand, not isinstance(operand, Literal) and token.kind != "dot"

    def _inner(self, token: Token, words: "_Stream", depth: int) -> Inner:
        if token.text != "(":
            raise TemplateError(f"unexpected {token.text} in operand")
        inner = self._pipeline(words, "parenthesized pipeline", depth + 1, in_range=False)
        closing = words.take()
        if closing is None or closing.text != ")":
            raise TemplateError("unclosed left paren")
        return Inner(inner)

    def _word(self, name: str) -> Operand:
        if name in ("true", "false"):
            return Literal(name == "true")
        if name == "nil":
            return Literal(None)
        if name not in _OF_GO and name not in _OF_PROMETHEUS:
            raise TemplateError(f'function "{name}" not defined')
        if name not in EXPANDED:
            self.beyond.append(name)
        return Function(name)

    def _known(self, name: str) -> None:
        if name not in self._variables:
            raise TemplateError(f'undefined variable "{name}"')


class _Stream:
    """The tokens of one action, taken one by one; blanks are skipped and remembered."""

    def __init__(self, tokens: Iterable[Token]) -> None:
        self._tokens = tuple(tokens)
        self._next = 0
        self.spaced = False
        self._skip()

    def peek(self) -> Token | None:
        """Return the next token that is no blank."""
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    def take(self) -> Token | None:
        token = self.peek()
        if token is not None:
            self._next += 1
            self._skip()
        return token

    def fields(self) -> Iterator[str]:
        """Take the fields that follow without a blank."""
        while (token := self.peek()) is not None and token.kind == "field" and not self.spaced:
            yield token.text[1:]
            self.take()

    def finish(self, what: str) -> None:
        """Raise TemplateError where anything is left."""
        token = self.peek()
        if token is not None:
            raise TemplateError(f"unexpected {token.text} in {what}")

    def declared(self, *, in_range: bool) -> list[str]:
        """Take variables and the mark that declares or sets them; none where there is no such mark."""
        solid = [token for token in self._tokens[self._next :] if token.kind != "blank"][:4]
        texts = [token.text for token in solid]
        if solid[0].kind != "variable" or len(solid) == 1:
            return []
        if texts[1] in (":=", "="):
            names, count = texts[:1], 2
        elif texts[1] == ",":
            if not in_range or texts[3:] not in ([":="], ["="]) or solid[2].kind != "variable":
                raise TemplateError(
                    "range can only initialize variables" if in_range else "too many declarations"
                )
            names, count = [texts[0], texts[2]], 4
        else:
            return []
        for _ in range(count):
            self.take()
        return names

    def _skip(self) -> None:
        self.spaced = False
        while (token := self.peek()) is not None and token.kind == "blank":
            self.spaced = True
            self._next += 1
