"""An `alertmanager.yml`, read: its routes, receivers, inhibitions and time intervals.

It is as strict as Alertmanager 0.25, and what it takes and does not use it names with its line.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sim.alerting.routing import intervals
from sim.alerting.routing.durations import duration_ms
from sim.alerting.routing.inhibition import Inhibition
from sim.alerting.routing.integrations import INTEGRATIONS, Integration, unusable
from sim.alerting.routing.intervals import TimeInterval
from sim.alerting.routing.matchers import LABEL_NAME, Matcher, MatcherError, matchers
from sim.alerting.routing.route import Route
from sim.document import Document, read
from sim.mistakes import FileError, Loc, Mistake, did_you_mean

GROUP_WAIT_MS, GROUP_INTERVAL_MS, REPEAT_INTERVAL_MS = 30_000, 5 * 60_000, 4 * 3_600_000
RESOLVE_TIMEOUT_MS = 5 * 60_000
"""Alertmanager's defaults (its configuration reference)."""

_TOP = ("global", "route", "inhibit_rules", "receivers", "templates", "mute_time_intervals", "time_intervals")
_ROUTE = (
    "receiver", "group_by", "continue", "match", "match_re", "matchers", "group_wait", "group_interval",
    "repeat_interval", "mute_time_intervals", "active_time_intervals", "routes",
)  # fmt: skip
_INHIBIT = (
    "source_match", "source_match_re", "source_matchers", "target_match", "target_match_re",
    "target_matchers", "equal",
)  # fmt: skip
_INTERVAL = ("times", "weekdays", "days_of_month", "months", "years", "location")
_GLOBAL_USED = "resolve_timeout"
_GLOBAL = (
    _GLOBAL_USED, "http_config", "smtp_from", "smtp_hello", "smtp_smarthost", "smtp_auth_username",
    "smtp_auth_password", "smtp_auth_password_file", "smtp_auth_secret", "smtp_auth_identity",
    "smtp_require_tls", "slack_api_url", "slack_api_url_file", "pagerduty_url", "opsgenie_api_url",
    "opsgenie_api_key", "opsgenie_api_key_file", "wechat_api_url", "wechat_api_secret",
    "wechat_api_corp_id", "victorops_api_url", "victorops_api_key", "victorops_api_key_file",
    "telegram_api_url", "webex_api_url",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver and its ways to notify; one without any is told nothing."""

    name: str
    integrations: tuple[Integration, ...]

    @property
    def pages(self) -> bool:
        """Whether it leads to somebody's pager."""
        return any(way.pages for way in self.integrations)


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration. `unused` says what of the file has no effect here."""

    text: str
    route: Route
    receivers: Mapping[str, Receiver]
    inhibitions: tuple[Inhibition, ...]
    intervals: Mapping[str, tuple[TimeInterval, ...]]
    resolve_timeout_ms: int
    unused: tuple[Mistake, ...]


def load(file: Path) -> Config:
    """Read a file. Raises FileError with every mistake in it, by line."""
    return config_of(read(file))


def config_of(document: Document) -> Config:
    """Return the configuration in a document. Raises FileError with every mistake in it, by line."""
    reader = _Reader(document)
    config = reader.config(document.text)
    if reader.mistakes:
        raise FileError(reader.mistakes)
    assert config is not None
    return config


class _Reader:
    """Turns plain data into a configuration, and collects mistakes on the way."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.mistakes: list[Mistake] = []
        self._unused: list[Mistake] = []

    def config(self, text: str) -> Config | None:
        data = self._mapping(self._document.data, (), _TOP)
        settings = self._mapping(data.get("global"), ("global",), _GLOBAL)
        resolve_ms = self._duration(settings, ("global",), _GLOBAL_USED, RESOLVE_TIMEOUT_MS)
        self._leave(("global",), (name for name in settings if name != _GLOBAL_USED))
        self._leave((), (name for name in ("templates",) if data.get(name)))
        receivers = self._receivers(data, settings)
        named = self._intervals(data)
        rules = tuple(self._inhibitions(data.get("inhibit_rules")))
        if data.get("route") is None:
            self._wrong(("route",), "no routes provided")
            return None
        route = self._root(data["route"], receivers, named)
        return Config(text, route, receivers, rules, named, resolve_ms, tuple(self._unused))

    # --- routes -------------------------------------------------------------------------------------------

    def _root(
        self, data: Any, receivers: Mapping[str, Receiver], named: Mapping[str, tuple[TimeInterval, ...]]
    ) -> Route:
        at: Loc = ("route",)
        nothing = Route(
            (), "", "", (), (), False, GROUP_WAIT_MS, GROUP_INTERVAL_MS, REPEAT_INTERVAL_MS, False, (), ()
        )
        route = self._route(data, at, nothing, receivers, named)
        fields = data if isinstance(data, dict) else {}
        if not route.receiver:
            self._wrong(at, "root route must specify a default receiver")
        if route.matchers:
            self._wrong(at, "root route must not have any matchers")
        for name in ("mute_time_intervals", "active_time_intervals"):
            if fields.get(name):
                self._wrong((*at, name), f"root route must not have any {name.replace('_', ' ')}")
        if route.goes_on:
            self._wrong((*at, "continue"), "cannot have continue in root route")
        return route

    def _route(
        self,
        data: Any,
        at: Loc,
        parent: Route,
        receivers: Mapping[str, Receiver],
        named: Mapping[str, tuple[TimeInterval, ...]],
    ) -> Route:
        fields = self._mapping(data, at, _ROUTE)
        receiver = self._text(fields, at, "receiver") or parent.receiver
        if receiver and receiver not in receivers:
            self._wrong(
                (*at, "receiver"),
                f'undefined receiver "{receiver}" used in route; {did_you_mean(receiver, receivers)}',
            )
        mine = replace(
            parent,
            receiver=receiver,
            matchers=self._matchers(fields, at, ""),
            group_wait_ms=self._duration(fields, at, "group_wait", parent.group_wait_ms),
            group_interval_ms=self._duration(fields, at, "group_interval", parent.group_interval_ms),
            repeat_interval_ms=self._duration(fields, at, "repeat_interval", parent.repeat_interval_ms),
            goes_on=self._flag(fields, at, "continue"),
            mute_intervals=self._interval_names(fields, at, "mute_time_intervals", named),
            active_intervals=self._interval_names(fields, at, "active_time_intervals", named),
            children=(),
        )
        for name in ("group_interval", "repeat_interval"):
            if name in fields and getattr(mine, f"{name}_ms") == 0:
                self._wrong((*at, name), f"{name} cannot be zero")
        mine = self._grouped(fields, at, mine)
        mine = replace(mine, key=f"{parent.key}/{mine.own_key}" if parent.key else mine.own_key)
        children = enumerate(self._list(fields.get("routes"), (*at, "routes")))
        return replace(
            mine,
            children=tuple(
                self._route(
                    child, (*at, "routes", n), replace(mine, place=(*mine.place, n)), receivers, named
                )
                for n, child in children
            ),
        )

    def _grouped(self, fields: dict[str, Any], at: Loc, route: Route) -> Route:
        if fields.get("group_by") is None:
            return route
        names = self._texts(fields["group_by"], (*at, "group_by"))
        if "..." in names:
            if len(names) > 1:
                self._wrong(
                    (*at, "group_by"),
                    "cannot have wildcard group_by (`...`) and other labels at the same time",
                )
            return replace(route, group_by=(), group_by_all=True)
        for number, name in enumerate(names):
            if not LABEL_NAME.fullmatch(name):
                self._wrong((*at, "group_by", number), f'invalid label name "{name}" in group_by list')
            if name in names[:number]:
                self._wrong((*at, "group_by", number), f'duplicated label "{name}" in group_by')
        return replace(route, group_by=names, group_by_all=False)

    def _matchers(self, fields: dict[str, Any], at: Loc, prefix: str) -> tuple[Matcher, ...]:
        found: list[Matcher] = []
        for name, op in ((f"{prefix}match", "="), (f"{prefix}match_re", "=~")):
            for label, value in self._mapping(fields.get(name), (*at, name)).items():
                here = (*at, name, label)
                if not LABEL_NAME.fullmatch(label):
                    self._wrong(here, f'invalid label name "{label}"')
                try:
                    found.append(Matcher(label, op, _as_text(value)))  # type: ignore[arg-type]
                except MatcherError as problem:
                    self._wrong(here, str(problem))
        name = f"{prefix}matchers"
        for number, text in enumerate(self._texts(fields.get(name), (*at, name))):
            try:
                found.extend(matchers(text))
            except MatcherError as problem:
                self._wrong((*at, name, number), str(problem))
        # Alertmanager sorts them, and so they stand in group keys.
        return tuple(sorted(found, key=lambda m: (m.name, m.value, m.op)))

    def _interval_names(
        self, fields: dict[str, Any], at: Loc, name: str, named: Mapping[str, tuple[TimeInterval, ...]]
    ) -> tuple[str, ...]:
        names = self._texts(fields.get(name), (*at, name))
        for number, wanted in enumerate(names):
            if wanted not in named:
                self._wrong(
                    (*at, name, number),
                    f'undefined time interval "{wanted}" used in route; {did_you_mean(wanted, named)}',
                )
        return names

    def _inhibitions(self, data: Any) -> Iterable[Inhibition]:
        for number, rule in enumerate(self._list(data, ("inhibit_rules",))):
            at = ("inhibit_rules", number)
            fields = self._mapping(rule, at, _INHIBIT)
            equal = self._texts(fields.get("equal"), (*at, "equal"))
            for place, name in enumerate(equal):
                if not LABEL_NAME.fullmatch(name):
                    self._wrong((*at, "equal", place), f'invalid label name "{name}" in equal list')
            yield Inhibition(
                self._matchers(fields, at, "source_"), self._matchers(fields, at, "target_"), equal
            )

    # --- receivers ----------------------------------------------------------------------------------------

    def _receivers(self, data: dict[str, Any], settings: dict[str, Any]) -> dict[str, Receiver]:
        found: dict[str, Receiver] = {}
        for number, entry in enumerate(self._list(data.get("receivers"), ("receivers",))):
            at = ("receivers", number)
            fields = self._mapping(entry, at, ("name", *INTEGRATIONS))
            name = self._text(fields, at, "name")
            if not name:
                self._wrong(at, "missing name in receiver")
            if name in found:
                self._wrong((*at, "name"), f'notification config name "{name}" is not unique')
            found[name] = Receiver(name, tuple(self._ways(fields, at, settings)))
        return found

    def _ways(self, fields: dict[str, Any], at: Loc, settings: dict[str, Any]) -> Iterable[Integration]:
        for kind, known in INTEGRATIONS.items():
            for number, entry in enumerate(self._list(fields.get(kind), (*at, kind))):
                here = (*at, kind, number)
                given = self._mapping(entry, here, ("send_resolved", *known.fields))
                problem = unusable(kind, given, settings)
                if problem:
                    self._wrong(here, problem)
                self._leave(here, (name for name in given if name != "send_resolved"))
                sends = given.get("send_resolved", known.send_resolved)
                if not isinstance(sends, bool):
                    self._wrong((*here, "send_resolved"), "has to be true or false")
                yield Integration(kind.removesuffix("_configs"), number, bool(sends))

    # --- time intervals -----------------------------------------------------------------------------------

    def _intervals(self, data: dict[str, Any]) -> dict[str, tuple[TimeInterval, ...]]:
        found: dict[str, tuple[TimeInterval, ...]] = {}
        for section in ("mute_time_intervals", "time_intervals"):
            for number, entry in enumerate(self._list(data.get(section), (section,))):
                at = (section, number)
                fields = self._mapping(entry, at, ("name", "time_intervals"))
                name = self._text(fields, at, "name")
                if not name:
                    self._wrong(at, "missing name in time interval")
                if name in found:
                    self._wrong((*at, "name"), f'time interval "{name}" is not unique')
                parts = enumerate(self._list(fields.get("time_intervals"), (*at, "time_intervals")))
                found[name] = tuple(self._interval(part, (*at, "time_intervals", n)) for n, part in parts)
        return found

    def _interval(self, data: Any, at: Loc) -> TimeInterval:
        fields = self._mapping(data, at, _INTERVAL)

        def ranges(name: str, read_one: Callable[[str], intervals.Range]) -> tuple[intervals.Range, ...]:
            texts = enumerate(self._texts(fields.get(name), (*at, name)))
            read = (self._read((*at, name, n), partial(read_one, text)) for n, text in texts)
            return tuple(one for one in read if one is not None)

        zone = _as_text(fields.get("location") or "UTC")
        return TimeInterval(
            times=tuple(self._clock_ranges(fields.get("times"), (*at, "times"))),
            weekdays=ranges("weekdays", intervals.weekday_range),
            days_of_month=ranges("days_of_month", intervals.day_range),
            months=ranges("months", intervals.month_range),
            years=ranges("years", intervals.year_range),
            location=self._read((*at, "location"), partial(_zone, zone)) or ZoneInfo("UTC"),
        )

    def _clock_ranges(self, data: Any, at: Loc) -> Iterable[intervals.Range]:
        for number, entry in enumerate(self._list(data, at)):
            here = (*at, number)
            fields = self._mapping(entry, here, ("start_time", "end_time"))
            start, end = (_as_text(fields.get(name) or "") for name in ("start_time", "end_time"))
            if not start or not end:
                self._wrong(here, "both start and end times must be provided")
                continue
            found = self._read(here, partial(intervals.clock_range, start, end))
            if found is not None:
                yield found

    # --- plain values -------------------------------------------------------------------------------------

    def _wrong(self, at: Loc, text: str) -> None:
        self.mistakes.append(self._document.mistake(at, text))

    def _leave(self, at: Loc, names: Iterable[str]) -> None:
        """Note what is allowed and has no effect here."""
        self._unused.extend(self._document.mistake((*at, name), "is not used here") for name in names)

    def _read(self, at: Loc, read_one: Callable[[], Any]) -> Any:
        try:
            return read_one()
        except ValueError as problem:
            self._wrong(at, str(problem))
            return None

    def _mapping(self, data: Any, at: Loc, known: tuple[str, ...] | None = None) -> dict[str, Any]:
        if data is None:
            return {}
        if not isinstance(data, dict):
            self._wrong(at, "has to be a mapping")
            return {}
        for name in data:
            if known is not None and name not in known:
                self._wrong((*at, name), f"unknown field; {did_you_mean(str(name), known)}")
        return data

    def _list(self, data: Any, at: Loc) -> list[Any]:
        if data is None:
            return []
        if not isinstance(data, list):
            self._wrong(at, "has to be a list")
            return []
        return data

    def _texts(self, data: Any, at: Loc) -> tuple[str, ...]:
        """Take a list of texts; numbers and single texts count as such, as in Go's YAML."""
        items = [data] if isinstance(data, (str, int)) else self._list(data, at)
        for number, item in enumerate(items):
            if isinstance(item, (dict, list)):
                self._wrong((*at, number), "has to be a text")
        return tuple(_as_text(item) for item in items if not isinstance(item, (dict, list)))

    def _text(self, fields: dict[str, Any], at: Loc, name: str) -> str:
        value = fields.get(name)
        if isinstance(value, (dict, list)):
            self._wrong((*at, name), "has to be a text")
            return ""
        return "" if value is None else _as_text(value)

    def _flag(self, fields: dict[str, Any], at: Loc, name: str) -> bool:
        value = fields.get(name, False)
        if not isinstance(value, bool):
            self._wrong((*at, name), "has to be true or false")
        return value is True

    def _duration(self, fields: dict[str, Any], at: Loc, name: str, default: int) -> int:
        if fields.get(name) is None:
            return default
        found = self._read((*at, name), partial(duration_ms, _as_text(fields[name])))
        return default if found is None else int(found)


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name}") from None
