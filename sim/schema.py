"""Plain data of a file against a model of `sim.spec`: every mistake with its line and what to do about it."""

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sim.document import Document
from sim.mistakes import Loc, Mistake, did_you_mean

Model = TypeVar("Model", bound=BaseModel)

_SHOWN_CHARS = 40
_EXPECTED = {
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "float_type": "a number",
    "string_type": "text in quotes",
    "datetime_type": "a date and time, e.g. 2023-09-05T16:10 (of UTC: 2023-09-05T16:10Z)",
    "datetime_parsing": "a date and time, e.g. 2023-09-05T16:10 (of UTC: 2023-09-05T16:10Z)",
    "datetime_from_date_parsing": "a date and time, e.g. 2023-09-05T16:10 (of UTC: 2023-09-05T16:10Z)",
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "tuple_type": "a list",
    "list_type": "a list",
    "dict_type": "keys with values",
    "model_type": "keys with values",
    "model_attributes_type": "keys with values",
}
_BOUNDS = {
    "greater_than": ("gt", "greater than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def checked(
    model: type[Model], document: Document, given: Mapping[str, Any], *, distinct: bool = True
) -> Model | list[Mistake]:
    """Return the model of a document's data, or every mistake in it.

    `given` are fields that come from elsewhere (a world, say) and replace what the file says. With `distinct`
    the items of a list must not share an id, as ours never do; lists of other tools may.
    """
    if not isinstance(document.data, dict):
        return [document.mistake((), f"holds no keys; a {_words(model.__name__)} was expected")]
    mistakes = _duplicates(document, document.data, ()) if distinct else []
    try:
        value = model.model_validate({**document.data, **given})
    except ValidationError as problem:
        details = problem.errors()
        inside = {detail["loc"][:n] for detail in details for n in range(len(detail["loc"]))}
        # A list whose items are wrong counts as too short as well; that says nothing new.
        telling = [d for d in details if d["type"] != "too_short" or d["loc"] not in inside]
        return mistakes + [_told(model, document, detail) for detail in telling]
    return mistakes or value


def _told(model: type[BaseModel], document: Document, detail: ErrorDetails) -> Mistake:
    """Return one finding of pydantic in words that say what to do."""
    loc: Loc = tuple(step for step in detail["loc"] if step != "[key]")
    kind, given = detail["type"], detail["input"]
    shown = _shown(given)
    if kind == "missing":
        text = "is missing; add it"
    elif kind == "extra_forbidden":
        text = f"unknown key; {did_you_mean(str(loc[-1]), _fields_at(model, loc[:-1]))}"
    elif kind == "literal_error":
        allowed = _literal_values(str(detail["ctx"]["expected"]))
        text = f"{shown} is not one of {', '.join(allowed)}"
        if (near := did_you_mean(str(given), allowed)).startswith("did you mean"):
            text += f"; {near}"
        if len(allowed) == 1:
            text = f"should be {allowed[0]}, not {shown}"
    elif kind == "string_pattern_mismatch":
        text = f"{shown} is no valid name; {_pattern_help(str(detail['ctx']['pattern']))}"
    elif kind in _EXPECTED:
        text = f"should be {_EXPECTED[kind]}, not {shown}"
    elif kind in _BOUNDS:
        key, words = _BOUNDS[kind]
        text = f"should be {words} {detail['ctx'][key]:.12g}, not {shown}"
    elif kind == "too_short":
        text = f"has {detail['ctx']['actual_length']} entries; give at least {detail['ctx']['min_length']}"
    elif kind == "value_error":
        text = detail["msg"].removeprefix("Value error, ")
    else:
        text = f"{detail['msg'][0].lower()}{detail['msg'][1:]}, not {shown}"
    return document.mistake(loc, text)


def _words(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", " ", name).lower()


def _shown(value: Any) -> str:
    if isinstance(value, dict | list | tuple):
        return "keys with values" if isinstance(value, dict) else "a list"
    if value is None:
        return "nothing"
    text = repr(value)
    return text if len(text) <= _SHOWN_CHARS else f"{text[:_SHOWN_CHARS]}..."


def _literal_values(expected: str) -> list[str]:
    return [part.strip("'") for part in expected.replace(" or ", ", ").split(", ")]


def _pattern_help(pattern: str) -> str:
    if pattern.startswith("^[A-Za-z_]"):
        return "write one word that begins with a letter, e.g. CheckoutErrorsHigh"
    if pattern.startswith(r"^[\w"):
        return "write one word of up to 40 letters, digits, dots, hyphens and plus signs, e.g. 2.14.0"
    return "use lower case letters, digits and single hyphens, e.g. git-storage"


def _fields_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that the model has at this place."""
    kind: Any = model
    for step in loc:
        kind = _model_or_item(kind.model_fields[step].annotation if isinstance(step, str) else kind)
        if not (isinstance(kind, type) and issubclass(kind, BaseModel)):
            return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _model_or_item(annotation: Any) -> Any:
    """Return the annotation without Optional, and of a tuple its items' type."""
    origin = get_origin(annotation)
    if origin in (Union, UnionType, tuple):
        inner = [part for part in get_args(annotation) if part not in (type(None), Ellipsis)]
        return _model_or_item(inner[0])
    return annotation


def _duplicates(document: Document, data: Any, loc: Loc) -> list[Mistake]:
    """Return a mistake for every second item of a list with an `id` (or a rule's `name`) already used."""
    mistakes: list[Mistake] = []
    if isinstance(data, dict):
        for key, value in data.items():
            mistakes += _duplicates(document, value, (*loc, key))
    if isinstance(data, list):
        key = "name" if loc[-1:] == ("rules",) else "id"
        default = "serve" if loc[-1:] == ("operations",) else None
        seen: dict[str, int] = {}
        for index, item in enumerate(data):
            name = item.get(key, default) if isinstance(item, dict) else None
            if isinstance(name, str):
                if name in seen:
                    line = document.lines[(*loc, seen[name])]
                    text = f"{name!r} is used already in line {line}; give each its own"
                    mistakes.append(document.mistake((*loc, index, key), text))
                seen.setdefault(name, index)
            mistakes += _duplicates(document, item, (*loc, index))
    return mistakes
