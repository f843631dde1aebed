"""JSON of another tool as a document with lines, and models of it that pass over what they do not know."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from sim.document import Document, parsed
from sim.mistakes import FileError, Mistake
from sim.oncall.imports.imported import EARLIEST, LATEST
from sim.schema import checked

Model = TypeVar("Model", bound=BaseModel)

_ESCAPES = re.compile(r"\\(u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|.)")


class Foreign(BaseModel):
    """A value of another tool; it may have fields of which nothing is read."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)


def _is_text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("should be a date and time in quotes, e.g. 2026-01-05T09:00:00+01:00")
    return value


def _of_our_time(moment: datetime) -> datetime:
    if not EARLIEST.year <= moment.year < LATEST.year:
        raise ValueError(f"lies outside of {EARLIEST.year} to {LATEST.year}; correct the year")
    return moment


Moment = Annotated[datetime, BeforeValidator(_is_text), AfterValidator(_of_our_time)]
"""A moment as JSON has it; without offset where the source leaves that to a zone beside it."""


def read_json(file: Path, text: str) -> Document:
    """Return the object of a JSON text. Raises FileError where it is no JSON object."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as problem:
        raise FileError([Mistake(file, problem.lineno, (), f"is not valid JSON: {problem.msg}")]) from None
    except (RecursionError, ValueError):
        raise FileError(
            [Mistake(file, 1, (), "is not JSON that can be read: too deep or too long")]
        ) from None
    if not isinstance(data, dict):
        raise FileError([Mistake(file, 1, (), "holds no object; give the whole answer of the API")])
    document = parsed(file, _ESCAPES.sub(_as_yaml, text))
    return inside(document, "data") if set(data) <= {"data", "errors", "extensions"} else document


def _as_yaml(escape: re.Match[str]) -> str:
    r"""Return an escape of JSON as YAML knows it; of the two, only JSON has `\/` and pairs of surrogates."""
    code = escape.group(1)
    if code == "/":
        return "/"
    return str(json.loads(f'"\\{code}"')) if len(code) > 1 else escape.group()


def inside(document: Document, key: str) -> Document:
    """Return what stands under a key as a document of its own."""
    lines = {loc[1:]: line for loc, line in document.lines.items() if loc[:1] == (key,)}
    return Document(document.file, document.text, document.data.get(key), lines)


def wrapped(document: Document, key: str) -> Document:
    """Return a document as if it stood under a key."""
    lines = {(key, *loc): line for loc, line in document.lines.items()}
    return Document(document.file, document.text, {key: document.data}, lines)


def read_as(model: type[Model], document: Document) -> Model:
    """Return the model of a document. Raises FileError with every mistake in it."""
    found = checked(model, document, {}, distinct=False)
    if isinstance(found, list):
        raise FileError(found)
    return found


def unread(document: Document, model: type[BaseModel]) -> list[str]:
    """Return a note of what stands beside what a model reads, at the top alone."""
    known = {field.alias or name for name, field in model.model_fields.items()}
    left = [key for key in document.data if key not in known]
    return [f"not read: {', '.join(sorted(left))}"] if left else []


def refused(document: Document, loc: tuple[str | int, ...], text: str) -> FileError:
    """Return a refusal at a place of a document."""
    return FileError([document.mistake(loc, text)])
