"""Prometheus rule files, read: plain ones (`groups:`) and the PrometheusRule resources of Kubernetes.

They are as strict as Prometheus 2.42 (`promtool check rules`), and take what newer ones have: `labels` and
`query_offset` of a group. Expressions are kept as text; where the package promql-parser is installed, their
syntax is checked too. Recording rules are checked and counted, not used.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.alerting.catalogue.promql import syntax_error
from sim.alerting.routing.durations import duration_ms
from sim.alerting.routing.matchers import LABEL_NAME
from sim.alerting.templates import Template, TemplateError, parsed
from sim.document import Document, read_all
from sim.mistakes import FileError, Loc, Mistake, did_you_mean

ALERTS_MAX = 5_000
"""So many alerts are read at most, of all files together; an assumption, a large estate has about 1,000."""

_GROUP = ("name", "interval", "limit", "rules", "query_offset", "labels")
_RULE = ("record", "alert", "expr", "for", "keep_firing_for", "labels", "annotations")
_OF_THANOS = "partial_response_strategy"
_METRIC_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_KIND = "PrometheusRule"


@dataclass(frozen=True, slots=True)
class Alert:
    """One alerting rule, as its team wrote it. Labels and annotations are in the order of the file."""

    name: str
    group: str
    expr: str
    for_ms: int
    keep_firing_for_ms: int
    labels: dict[str, Template]
    annotations: dict[str, Template]
    file: Path
    line: int

    @property
    def severity(self) -> str:
        """The team's own word for how bad it is; '' where it has none."""
        template = self.labels.get("severity")
        return template.source if template is not None else ""

    def mistake(self, text: str) -> Mistake:
        """Return a mistake at this alert."""
        return Mistake(self.file, self.line, (), f"{self.name}: {text}")


@dataclass(frozen=True, slots=True)
class RuleFiles:
    """What rule files hold: alerts in their order, and the names of recording rules."""

    alerts: tuple[Alert, ...]
    recordings: tuple[str, ...]


def load(files: Iterable[Path]) -> RuleFiles:
    """Read rule files. Raises FileError with every mistake in them, by file and line."""
    alerts: list[Alert] = []
    recordings: list[str] = []
    mistakes: list[Mistake] = []
    for file in files:
        try:
            documents = read_all(file)
        except FileError as problem:
            mistakes += problem.mistakes
            continue
        reader = _Reader(file)
        for document in documents:
            reader.document(document)
        alerts += reader.alerts
        recordings += reader.recordings
        mistakes += reader.mistakes
        if len(alerts) > ALERTS_MAX:
            mistakes.append(Mistake(file, 1, (), f"over {ALERTS_MAX:,} alerts together are too many"))
            break
    if mistakes:
        raise FileError(mistakes)
    return RuleFiles(tuple(alerts), tuple(recordings))


@dataclass(slots=True)
class _Reader:
    """Turns the documents of one file into alerts, and collects mistakes on the way."""

    file: Path
    alerts: list[Alert] = field(default_factory=list)
    recordings: list[str] = field(default_factory=list)
    mistakes: list[Mistake] = field(default_factory=list)
    _document: Document = field(init=False)

    def document(self, document: Document) -> None:
        self._document = document
        data = document.data
        if data is None:
            return
        if not isinstance(data, dict):
            self._wrong((), "has to be a mapping with `groups`, or a PrometheusRule resource")
        elif "kind" in data:
            self._resource(data, ())
        else:
            self._groups(data, (), ("groups",))

    def _resource(self, data: dict[str, Any], at: Loc) -> None:
        kind = data.get("kind")
        if isinstance(kind, str) and kind.endswith("List"):
            for number, item in enumerate(self._list(data.get("items"), (*at, "items"))):
                self._resource(self._mapping(item, (*at, "items", number)), (*at, "items", number))
        elif kind == _KIND:
            spec = self._mapping(data.get("spec"), (*at, "spec"))
            self._groups(spec, (*at, "spec"), ("groups",))
        else:
            self._wrong((*at, "kind"), f"is {kind!r}; {_KIND} (or a list of them) is read here")

    def _groups(self, fields: dict[str, Any], at: Loc, known: tuple[str, ...]) -> None:
        self._known(fields, at, known)
        first: dict[str, int] = {}
        for number, entry in enumerate(self._list(fields.get("groups"), (*at, "groups"))):
            here = (*at, "groups", number)
            group = self._mapping(entry, here)
            self._known(group, here, _GROUP if not at else (*_GROUP, _OF_THANOS))
            name = self._text(group, here, "name")
            if not name:
                self._wrong(here, "Groupname must not be empty")
            elif name in first:
                text = f'groupname: "{name}" is repeated in the same file, first in line {first[name]}'
                self._wrong((*here, "name"), text)
            first.setdefault(name, self._document.mistake(here, "").line)
            self._group(group, here, name)

    def _group(self, group: dict[str, Any], at: Loc, name: str) -> None:
        for key in ("interval", "query_offset"):
            self._duration(group, at, key)
        limit = self._text(group, at, "limit")
        if limit and not re.fullmatch(r"[-+]?[0-9]{1,18}", limit):
            self._wrong((*at, "limit"), f"has to be a whole number, not {limit!r}")
        shared = self._templates(group, at, "labels", expand=False)
        for number, entry in enumerate(self._list(group.get("rules"), (*at, "rules"))):
            here = (*at, "rules", number)
            rule = self._mapping(entry, here)
            self._known(rule, here, _RULE)
            self._rule(rule, here, name, shared)

    def _rule(self, rule: dict[str, Any], at: Loc, group: str, shared: dict[str, Template]) -> None:
        record, alert = self._text(rule, at, "record"), self._text(rule, at, "alert")
        expr = self._text(rule, at, "expr")
        for_ms, keep_ms = self._duration(rule, at, "for"), self._duration(rule, at, "keep_firing_for")
        labels = self._templates(rule, at, "labels", expand=bool(alert))
        annotations = self._templates(rule, at, "annotations", expand=bool(alert))
        if record and alert:
            self._wrong(at, "only one of 'record' and 'alert' must be set")
        elif not record and not alert:
            self._wrong(at, "one of 'record' or 'alert' must be set")
        if not expr:
            self._wrong(at, "field 'expr' must be set in rule")
        elif (problem := syntax_error(expr)) is not None:
            self._wrong((*at, "expr"), f"could not parse expression: {problem}")
        if record:
            self._recording(rule, at, record, for_ms, keep_ms)
        elif alert:
            line = self._document.mistake((*at, "alert"), "").line
            both = {**shared, **labels}
            self.alerts.append(
                Alert(alert, group, expr.strip(), for_ms, keep_ms, both, annotations, self.file, line)
            )

    def _recording(self, rule: dict[str, Any], at: Loc, record: str, for_ms: int, keep_ms: int) -> None:
        if not _METRIC_NAME.fullmatch(record):
            self._wrong((*at, "record"), f"invalid recording rule name: {record}")
        given = {"annotations": bool(rule.get("annotations")), "for": for_ms, "keep_firing_for": keep_ms}
        for key, value in given.items():
            if value:
                self._wrong((*at, key), f"invalid field '{key}' in recording rule")
        self.recordings.append(record)

    def _templates(self, fields: dict[str, Any], at: Loc, key: str, *, expand: bool) -> dict[str, Template]:
        """Return labels or annotations by name; without `expand` their values are plain text."""
        found: dict[str, Template] = {}
        for name in self._mapping(fields.get(key), (*at, key)):
            here = (*at, key, name)
            if not LABEL_NAME.fullmatch(name) or (key == "labels" and name == "__name__"):
                self._wrong(here, f"invalid {'label' if key == 'labels' else 'annotation'} name: {name}")
            value = self._text(fields[key], (*at, key), name)
            try:
                found[name] = parsed(value) if expand else Template(value, (value,), ())
            except TemplateError as problem:
                self._wrong(here, f"template: {problem}")
        return found

    # --- plain values -------------------------------------------------------------------------------------

    def _wrong(self, at: Loc, text: str) -> None:
        self.mistakes.append(self._document.mistake(at, text))

    def _known(self, fields: dict[str, Any], at: Loc, known: tuple[str, ...]) -> None:
        for name in fields:
            if name not in known:
                self._wrong((*at, name), f"field {name} not found; {did_you_mean(str(name), known)}")

    def _mapping(self, data: Any, at: Loc) -> dict[str, Any]:
        if data is not None and not isinstance(data, dict):
            self._wrong(at, "has to be a mapping")
        return data if isinstance(data, dict) else {}

    def _list(self, data: Any, at: Loc) -> Iterator[Any]:
        if data is not None and not isinstance(data, list):
            self._wrong(at, "has to be a list")
        return iter(data if isinstance(data, list) else ())

    def _text(self, fields: dict[str, Any], at: Loc, name: str) -> str:
        value = fields.get(name)
        if isinstance(value, (dict, list)):
            self._wrong((*at, name), "has to be a text")
        return value if isinstance(value, str) else ""

    def _duration(self, fields: dict[str, Any], at: Loc, name: str) -> int:
        text = self._text(fields, at, name)
        if fields.get(name) is None:
            return 0
        try:
            return duration_ms(text)
        except ValueError as problem:
            self._wrong((*at, name), str(problem))
            return 0
