"""A template filled in for one alert."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sim.alerting.templates.functions import TEXT_MAX, NotExpandable, Value, call
from sim.alerting.templates.literals import written
from sim.alerting.templates.syntax import Command, Function, Inner, Literal, Operand, Path, Pipeline, Template

_NONE: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Scope:
    """What a template can read: the labels of the alert and its value. There are no external labels."""

    labels: Mapping[str, str]
    value: float


def expanded(template: Template, scope: Scope) -> str:
    """Return the text of a template; as it is written where that cannot be done. A missing label is ''."""
    text = filled(template, scope)
    return template.source if text is None else text


def filled(template: Template, scope: Scope) -> str | None:
    """Return the text of a template; None where that cannot be done."""
    if template.beyond:
        return None
    try:
        text = "".join(
            part if isinstance(part, str) else _shown(_pipeline(part, scope)) for part in template.parts
        )
    except NotExpandable:
        return None
    return text if len(text) <= TEXT_MAX else None


def _shown(value: Value) -> str:
    if value is None or isinstance(value, Mapping):
        raise NotExpandable("neither nil nor labels are a text")
    return written(value)


def _pipeline(pipeline: Pipeline, scope: Scope) -> Value:
    piped: list[Value] = []
    for command in pipeline:
        piped = [_command(command, piped, scope)]
    return piped[0]


def _command(command: Command, piped: list[Value], scope: Scope) -> Value:
    first, *rest = command
    if isinstance(first, Function):
        return call(first.name, [*(_operand(operand, scope) for operand in rest), *piped])
    if rest or piped:
        raise NotExpandable("what is no function is given arguments")
    return _operand(first, scope)


def _operand(operand: Operand, scope: Scope) -> Value:
    match operand:
        case Literal(value):
            return value
        case Inner(pipeline):
            return _pipeline(pipeline, scope)
        case Function(name):
            return call(name, [])
        case Path(root, fields):
            return _read(root, fields, scope)


def _read(root: str, fields: tuple[str, ...], scope: Scope) -> Value:
    if root in ("", "$"):
        names = {
            "Labels": "$labels",
            "Value": "$value",
            "ExternalLabels": "$externalLabels",
            "ExternalURL": "$externalURL",
        }
        if not fields or fields[0] not in names:
            raise NotExpandable("reads what no alert has")
        root, fields = names[fields[0]], fields[1:]
    found: dict[str, Value] = {
        "$labels": scope.labels,
        "$value": scope.value,
        "$externalLabels": _NONE,
        "$externalURL": "",
    }
    value = found[root]
    if not fields:
        return value
    if not isinstance(value, Mapping) or len(fields) > 1:
        raise NotExpandable("reads a field of what has none")
    return value.get(fields[0], "")
