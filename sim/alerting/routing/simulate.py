"""A dry run: timed pushes and silences through a configuration, and who is notified when."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, ValidationError, field_validator

from sim.alerting.routing.alerts import Push
from sim.alerting.routing.config import Config
from sim.alerting.routing.matchers import LABEL_NAME, MatcherError, matcher
from sim.alerting.routing.router import Notification, Router
from sim.alerting.routing.silences import Silence
from sim.document import read_text
from sim.errors import PagerDrillError

BYTES_MAX = 50_000_000
LONGEST_S = 366 * 86_400.0
"""Times are seconds from the start, at most a year before or after; a bound on nonsense."""
MORE_MS = 24 * 3_600_000
"""Without `until` a dry run ends a day after the last that happens in it; an assumption."""
NOTIFICATIONS_MAX = 100_000


class InputError(PagerDrillError):
    """What is to be played cannot be read."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Alert(_Strict):
    labels: dict[str, str]
    annotations: dict[str, str] = Field(default_factory=dict)
    starts_at: FiniteFloat | None = Field(default=None, ge=-LONGEST_S, le=LONGEST_S)
    ends_at: FiniteFloat | None = Field(default=None, ge=-LONGEST_S, le=LONGEST_S)

    @field_validator("labels")
    @classmethod
    def _named(cls, labels: dict[str, str]) -> dict[str, str]:
        for name in labels:
            if not LABEL_NAME.fullmatch(name):
                raise ValueError(f"invalid label name {name!r}")
        return labels


class _Pushed(_Strict):
    at: FiniteFloat = Field(ge=0, le=LONGEST_S)
    alerts: list[_Alert]


class _Silenced(_Strict):
    at: FiniteFloat = Field(ge=0, le=LONGEST_S)
    starts_at: FiniteFloat = Field(ge=-LONGEST_S, le=LONGEST_S)
    ends_at: FiniteFloat = Field(ge=-LONGEST_S, le=LONGEST_S)
    matchers: list[str]
    expires_at: FiniteFloat | None = Field(default=None, ge=0, le=LONGEST_S)


class Input(_Strict):
    """What is played: pushes of alerts and silences, times in seconds from the start."""

    pushes: list[_Pushed]
    silences: list[_Silenced] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Event:
    """Something that happens to the router; `order` decides within one instant: silences come first."""

    at_ms: int
    order: int
    number: int
    push: tuple[Push, ...] = ()
    silence: Silence | None = None
    expires: int | None = None


def read_input(file: Path) -> Input:
    """Read a file of timed alerts. Raises InputError that says what is wrong where."""
    text = read_text(file, BYTES_MAX)
    try:
        data = json.loads(text, parse_constant=_no_constant)
    except ValueError as problem:
        line = getattr(problem, "lineno", 1)
        raise InputError(f"{file}:{line}: is not JSON: {getattr(problem, 'msg', problem)}") from None
    except RecursionError:
        raise InputError(f"{file}: is nested too deeply") from None
    try:
        return Input.model_validate(data)
    except ValidationError as problem:
        raise InputError("\n".join(_told(file, error) for error in problem.errors()[:20])) from None


def simulate(
    config: Config, given: Input, starts_at: datetime, until_s: float | None = None
) -> tuple[Notification, ...]:
    """Return every notification up to `until_s` (seconds), in order.

    `starts_at` is the moment of 0, for time intervals. Raises InputError where alerts or silences would be
    refused, and where there is no end of notifications.
    """
    events = sorted(_events(given), key=lambda event: (event.at_ms, event.order, event.number))
    router = Router(config, starts_at)
    made: dict[int, str] = {}
    found: list[Notification] = []
    last_ms = max((_latest(given) + MORE_MS, 0)) if until_s is None else round(1000 * until_s)
    for event in events:
        if event.at_ms > last_ms:
            break
        found.extend(router.due(event.at_ms - 1))
        _play(router, event, made)
    while (next_ms := router.next_ms()) is not None and next_ms <= last_ms:
        found.extend(router.due(next_ms))
        if len(found) > NOTIFICATIONS_MAX:
            raise InputError(f"over {NOTIFICATIONS_MAX:,} notifications; choose an earlier --until")
        if until_s is None and not router.alerts(next_ms) and not router.groups():
            break
    return tuple(found)


def as_json(notifications: Iterable[Notification]) -> dict[str, Any]:
    """Return notifications as plain data, times in seconds from the start."""
    return {"notifications": [_plain(notification) for notification in notifications]}


def _plain(notification: Notification) -> dict[str, Any]:
    return {
        "at": notification.at_ms / 1000,
        "receiver": notification.receiver,
        "integration": notification.integration,
        "group_labels": notification.group_labels,
        "reason": notification.reason,
        "alerts": [
            {
                "labels": dict(one.alert.labels),
                "annotations": dict(one.alert.annotations),
                "status": "firing" if one.firing else "resolved",
                "starts_at": one.alert.starts_ms / 1000,
                "ends_at": None if one.ends_ms is None else one.ends_ms / 1000,
            }
            for one in notification.alerts
        ],
    }


def _events(given: Input) -> Iterable[_Event]:
    for number, pushed in enumerate(given.pushes):
        pushes = tuple(
            Push(alert.labels, alert.annotations, _ms(alert.starts_at), _ms(alert.ends_at))
            for alert in pushed.alerts
        )
        yield _Event(round(1000 * pushed.at), 1, number, push=pushes)
    for number, silenced in enumerate(given.silences):
        try:
            matchers = tuple(matcher(text) for text in silenced.matchers)
        except MatcherError as problem:
            raise InputError(f"silences[{number}].matchers: {problem}") from None
        starts_ms, ends_ms = round(1000 * silenced.starts_at), round(1000 * silenced.ends_at)
        silence = Silence("", matchers, starts_ms, ends_ms)
        yield _Event(round(1000 * silenced.at), 0, number, silence=silence)
        if silenced.expires_at is not None:
            yield _Event(round(1000 * silenced.expires_at), 0, number, expires=number)


def _play(router: Router, event: _Event, made: dict[int, str]) -> None:
    if event.silence is not None:
        try:
            made[event.number] = router.silences.put(event.silence, event.at_ms)
        except ValueError as problem:
            raise InputError(f"silences[{event.number}]: {problem}") from None
    elif event.expires is not None:
        name = made.get(event.expires)
        silence = None if name is None else router.silences.get(name)
        if silence is not None and silence.state(event.at_ms) != "expired":
            router.silences.expire(silence.id, event.at_ms)
    else:
        refused = router.push(event.at_ms, event.push)
        if refused:
            raise InputError(f"pushes[{event.number}]: {refused[0]}")


def _latest(given: Input) -> int:
    """Return the last moment (ms) at which anything is told or ends."""
    times = [pushed.at for pushed in given.pushes]
    times += [a.ends_at for pushed in given.pushes for a in pushed.alerts if a.ends_at is not None]
    times += [silenced.ends_at for silenced in given.silences]
    return round(1000 * max(times, default=0.0))


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(1000 * seconds)


def _no_constant(word: str) -> float:
    raise ValueError(f"{word} is no number of JSON")


def _told(file: Path, error: Mapping[str, Any]) -> str:
    where = ""
    for step in error["loc"]:
        where += f"[{step}]" if isinstance(step, int) else f".{step}" if where else str(step)
    return f"{file}: {where or 'the file'}: {str(error['msg']).removeprefix('Value error, ')}"
