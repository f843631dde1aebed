"""The functions that templates may call and that are expanded here, as Prometheus 2.42 has them.

Source of the figures: `template/template.go` of Prometheus (Apache-2.0), written anew. Regular expressions
are RE2's; every text that a function takes or gives has a bound, so that no template can hang the process.
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from sim.alerting.routing.matchers import MatcherError, compiled
from sim.alerting.templates.literals import not_finite, written
from sim.alerting.templates.printf import printf

TEXT_MAX = 10_000
"""Longest text of a function in characters; an assumption, far beyond any real one."""
_REPLACEMENT_MAX = 1_000
_LARGE, _LARGE_1024 = "kMGTPEZY", ("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi")
_SMALL = "munpfazy"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_TIME_MAX_S = 2.0**63 / 1e9  # Go counts nanoseconds in 64 bits
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Value = str | int | float | bool | None | Mapping[str, str]


class NotExpandable(Exception):  # noqa: N818 - what a template wants cannot be done; it is shown as written
    """A function cannot work with what it is given."""


def call(name: str, arguments: list[Value]) -> Value:
    """Return what a function gives. Raises NotExpandable."""
    try:
        result = _FUNCTIONS[name](*arguments)
    except (TypeError, ValueError, OverflowError) as problem:
        raise NotExpandable(f"{name}: {problem}") from None
    if isinstance(result, str) and len(result) > TEXT_MAX:
        raise NotExpandable(f"{name} gives more than {TEXT_MAX:,} characters")
    return result


def _number(value: Value) -> float:
    if isinstance(value, bool) or value is None or isinstance(value, Mapping):
        raise ValueError("is given no number")
    if isinstance(value, str):
        if value != value.strip() or "_" in value:
            raise ValueError(f"{value!r} is no number")
        return float(value)
    return float(value)


def _text(value: Value) -> str:
    if not isinstance(value, str):
        raise ValueError("is given no text")
    return value


def four_digits(value: float) -> str:
    """Return a number with four significant digits, as Go's %.4g."""
    return f"{value:.4g}" if math.isfinite(value) else not_finite(value)


def _humanize(given: Value) -> str:
    value = _number(given)
    if value == 0.0 or not math.isfinite(value):
        return four_digits(value)
    if abs(value) < 1.0:
        return _small(value)
    prefix = ""
    for larger in _LARGE:
        if abs(value) < 1000.0:
            break
        prefix, value = larger, value / 1000.0
    return four_digits(value) + prefix


def _small(value: float) -> str:
    prefix = ""
    for smaller in _SMALL:
        if abs(value) >= 1.0:
            break
        prefix, value = smaller, value * 1000.0
    return four_digits(value) + prefix


def _humanize_1024(given: Value) -> str:
    value = _number(given)
    if abs(value) <= 1.0 or not math.isfinite(value):
        return four_digits(value)
    prefix = ""
    for larger in _LARGE_1024:
        if abs(value) < 1024.0:
            break
        prefix, value = larger, value / 1024.0
    return four_digits(value) + prefix


def _humanize_duration(given: Value) -> str:
    value = _number(given)
    if not math.isfinite(value):
        return four_digits(value)
    if value == 0.0:
        return f"{four_digits(value)}s"
    if abs(value) < 1.0:
        return f"{_small(value)}s"
    if abs(value) >= 2.0**63:
        raise ValueError(f"{value:g} s are no time in Go")
    sign, value = ("-" if value < 0.0 else ""), abs(value)
    whole = int(value)
    seconds, minutes = whole % _MINUTE_S, whole // _MINUTE_S % 60
    hours, days = whole // _HOUR_S % 24, whole // _DAY_S
    if days:
        return f"{sign}{days}d {hours}h {minutes}m {seconds}s"
    if hours:
        return f"{sign}{hours}h {minutes}m {seconds}s"
    return f"{sign}{minutes}m {seconds}s" if minutes else f"{sign}{four_digits(value)}s"


def _humanize_percentage(given: Value) -> str:
    return f"{four_digits(_number(given) * 100.0)}%"


def _humanize_timestamp(given: Value) -> str:
    value = _number(given)
    if not math.isfinite(value):
        return four_digits(value)
    if abs(value) >= _TIME_MAX_S:
        raise ValueError(f"{value:g} is no time in Go")
    moment = _EPOCH + timedelta(milliseconds=math.trunc(value * 1000.0))
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment:%Y-%m-%d %H:%M:%S}{fraction} +0000 UTC"


def _title(given: Value) -> str:
    """Return the text with a capital at the beginning of each word, as Go's strings.Title does."""
    letters, before = [], " "
    for letter in _text(given):
        inside = before.isalnum() or before == "_"
        letters.append(letter if inside else letter.title())
        before = letter
    return "".join(letters)


def _replace_all(pattern: Value, replacement: Value, given: Value) -> str:
    text, into = _text(given), _text(replacement)
    if len(text) > TEXT_MAX or len(into) > _REPLACEMENT_MAX:
        raise ValueError("is given too long a text")
    if len(text) * max(1, len(into)) > 100 * TEXT_MAX:
        raise ValueError("would write too long a text")
    try:
        found: Any = compiled(_text(pattern), dot_nl=False)
    except MatcherError as problem:
        raise ValueError(str(problem)) from None
    return str(found.sub(lambda match: _filled(into, match), text))


def _filled(into: str, match: Any) -> str:
    """Return a replacement with its `$1`, `${1}` and `${name}` filled in, as Go's Expand does."""
    parts, place = [], 0
    while (dollar := into.find("$", place)) >= 0:
        parts.append(into[place:dollar])
        name, place = _group(into, dollar)
        parts.append("$" if name is None else _of_group(match, name))
    return "".join([*parts, into[place:]])


def _group(into: str, dollar: int) -> tuple[str | None, int]:
    """Return the group that a dollar sign refers to (None: it stands for itself), and where it ends."""
    after = dollar + 1
    if into.startswith("$", after):
        return None, after + 1
    if into.startswith("{", after):
        end = into.find("}", after)
        name = into[after + 1 : max(end, 0)]
        return (name, end + 1) if name and _is_name(name) else (None, after)
    end = after
    while end < len(into) and _is_name(into[end]):
        end += 1
    return (into[after:end], end) if end > after else (None, after)


def _is_name(text: str) -> bool:
    return all(letter == "_" or letter.isalnum() for letter in text)


def _of_group(match: Any, name: str) -> str:
    if name.isdecimal():
        number = int(name) if len(name) <= 3 else len(match.groups()) + 1
        return (match.group(number) or "") if number <= len(match.groups()) else ""
    return match.groupdict().get(name) or ""


def _index(of: Value, key: Value) -> str:
    if not isinstance(of, Mapping):
        raise ValueError("is given no labels")
    return of.get(_text(key), "")


def _print(*values: Value) -> str:
    if len(values) != 1 or isinstance(values[0], Mapping):
        raise ValueError("is given other than one value")
    return written(values[0])


def _printf(form: Value, *values: Value) -> str:
    if any(isinstance(value, Mapping) for value in values):
        raise ValueError("is given labels to print")
    return printf(_text(form), values)  # type: ignore[arg-type]


_FUNCTIONS: MappingProxyType[str, Callable[..., Value]] = MappingProxyType(
    {
        "humanize": _humanize,
        "humanize1024": _humanize_1024,
        "humanizeDuration": _humanize_duration,
        "humanizePercentage": _humanize_percentage,
        "humanizeTimestamp": _humanize_timestamp,
        "index": _index,
        "print": _print,
        "printf": _printf,
        "reReplaceAll": _replace_all,
        "title": _title,
        "toLower": lambda given: _text(given).lower(),
        "toUpper": lambda given: _text(given).upper(),
    }
)

EXPANDED = frozenset(_FUNCTIONS)
"""The functions that are expanded here."""
