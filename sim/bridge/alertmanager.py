"""Alertmanager's API v2 over a drill: pure answers, in the words and codes of Alertmanager 0.25.

Alerts come from the drill's rules, so none can be pushed. A silence is an act of the person in the seat: it
is journaled and judged like one that was typed.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from sim.actions import Action
from sim.actions.alerts import Silence, Unsilence
from sim.alerting.routing.alerts import Alert, Labels
from sim.alerting.routing.matchers import Matcher, MatcherError, matcher
from sim.alerting.routing.router import Router, Status
from sim.alerting.routing.silences import Silence as Silenced
from sim.answer import Answer
from sim.bridge.answer import Problem, Reply
from sim.bridge.posted import posted_silence
from sim.bridge.time_map import TimeMap

VERSION = "0.25.0"
"""amtool warns where it meets another minor version."""

RESEND_MS = 4 * 60_000
"""A firing alert ends so far ahead: Prometheus promises four times its resend delay of a minute."""

_FLAGS = ("active", "silenced", "inhibited", "unprocessed")
_TRUE = ("true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled")
"""What counts as true in a query; everything else is false."""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SORT = {"active": 0, "pending": 1, "expired": 2}
_NOT_IN_BY = re.compile(r"[\s\"]+")


@dataclass(frozen=True, slots=True)
class Seen:
    """The alerting side of a drill at a moment."""

    router: Router
    now_ms: int
    times: TimeMap


Submit = Callable[[Action], Answer]
"""Does what an action says, as the person in the seat."""


# --- reading ----------------------------------------------------------------------------------------------


def status(seen: Seen, started_ms: int) -> Reply:
    """Answer GET /status; `started_ms` is the simulated time since when there is a bridge."""
    return Reply(
        {
            "cluster": {"peers": [], "status": "disabled"},
            "config": {"original": seen.router.config.text},
            "uptime": seen.times.rfc3339(started_ms),
            "versionInfo": {
                "branch": "HEAD",
                "buildDate": "",
                "buildUser": "pagerdrill",
                "goVersion": "",
                "revision": "",
                "version": VERSION,
            },
        }
    )


def receivers(seen: Seen) -> Reply:
    """Answer GET /receivers."""
    return Reply([{"name": name} for name in seen.router.config.receivers])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which alerts a query asks for."""

    active: bool = True
    silenced: bool = True
    inhibited: bool = True
    filters: tuple[Matcher, ...] = ()
    receiver: Matcher | None = None

    @classmethod
    def of(cls, query: Sequence[tuple[str, str]]) -> "Wanted":
        """Read a query. Raises Problem."""
        given = dict(query)
        flags = {name: given[name].lower() in _TRUE for name in _FLAGS if name in given}
        flags.pop("unprocessed", None)  # a state that nobody ever sees
        return cls(filters=_filters(query), receiver=_receiver(given.get("receiver", "")), **flags)

    def wants(self, alert: Alert, standing: Status) -> bool:
        """Return whether an alert is asked for."""
        if not _passes(self.filters, alert.labels):
            return False
        if not self.active and standing.state == "active":
            return False
        if not self.silenced and standing.silenced_by:
            return False
        return self.inhibited or not standing.inhibited_by

    def wants_receiver(self, names: Iterable[str]) -> bool:
        """Return whether any of these receivers is asked for."""
        return self.receiver is None or any(self.receiver.matches({"receiver": name}) for name in names)


def alerts(seen: Seen, query: Sequence[tuple[str, str]]) -> Reply:
    """Answer GET /alerts. Raises Problem."""
    wanted = Wanted.of(query)
    found = []
    for alert in seen.router.alerts(seen.now_ms):
        standing = seen.router.status(alert, seen.now_ms)
        if wanted.wants(alert, standing) and wanted.wants_receiver(standing.receivers):
            found.append(_alert(seen, alert, standing))
    return Reply(found)


def groups(seen: Seen, query: Sequence[tuple[str, str]]) -> Reply:
    """Answer GET /alerts/groups. Raises Problem."""
    wanted = Wanted.of(query)
    found = []
    for group in seen.router.groups():
        if not wanted.wants_receiver((group.receiver,)):
            continue
        held = [
            _alert(seen, alert, standing)
            for alert in group.alerts
            if not alert.resolved(seen.now_ms)
            and wanted.wants(alert, standing := seen.router.status(alert, seen.now_ms))
        ]
        if held:
            found.append({"alerts": held, "labels": group.labels, "receiver": {"name": group.receiver}})
    return Reply(found)


def silences(seen: Seen, query: Sequence[tuple[str, str]]) -> Reply:
    """Answer GET /silences: those in force first, the soonest end first. Raises Problem."""
    filters = _filters(query)
    found = [one for one in seen.router.silences if _passes(filters, {m.name: m.value for m in one.matchers})]
    return Reply([_silence(seen, one) for one in sorted(found, key=lambda one: _place(seen, one))])


def silence(seen: Seen, name: str) -> Reply:
    """Answer GET /silence/ID. Raises Problem."""
    found = seen.router.silences.get(_uuid(name))
    if found is None:
        raise Problem(None, 404)
    return Reply(_silence(seen, found))


def refuse_alerts() -> Reply:
    """Answer POST /alerts: a drill takes in none."""
    raise Problem("this is a drill: its alerts come from its own rules, and none can be added", 400)


# --- writing ----------------------------------------------------------------------------------------------


def put_silence(seen: Seen, data: Any, submit: Submit) -> Reply:
    """Answer POST /silences: make a silence, or change the one of this id. Raises Problem."""
    given = posted_silence(data)
    try:
        matchers = tuple(one.matcher() for one in given.matchers)
    except MatcherError as problem:
        raise Problem(f"silence invalid: {problem}") from None
    starts_ms, ends_ms = (seen.times.inside_ms(ms) for ms in (given.starts_at, given.ends_at))
    wanted = Silenced("", matchers, starts_ms, ends_ms, given.created_by, given.comment)
    try:
        wanted.check()
    except ValueError as problem:
        raise Problem(str(problem)) from None
    if ends_ms < seen.now_ms:
        raise Problem("silence invalid: end time can't be in the past")
    old = None if not given.id else seen.router.silences.get(given.id)
    if given.id and old is None:
        raise Problem("silence not found", 404)
    if old is not None and old.may_become(wanted, seen.now_ms):
        _do(
            submit,
            Silence(silence=seen.router.silences.number(old.id), for_s=_seconds(ends_ms - seen.now_ms)),
        )
        return Reply({"silenceID": old.id})
    if old is not None and old.state(seen.now_ms) != "expired":
        _do(submit, Unsilence(silence=seen.router.silences.number(old.id)))
    begins_ms = max(starts_ms, seen.now_ms)
    _do(
        submit,
        Silence(
            matchers=tuple(map(str, matchers)),
            for_s=_seconds(ends_ms - begins_ms),
            in_s=(begins_ms - seen.now_ms) // 1000,
            by=_NOT_IN_BY.sub("-", given.created_by)[:100],
            comment=" ".join(given.comment.split()),
        ),
    )
    return Reply({"silenceID": seen.router.silences.newest})


def end_silence(seen: Seen, name: str, submit: Submit) -> Reply:
    """Answer DELETE /silence/ID. Raises Problem."""
    found = seen.router.silences.get(_uuid(name))
    if found is None:
        raise Problem("silence not found", 500)
    if found.state(seen.now_ms) == "expired":
        raise Problem(f"silence {found.id} already expired", 500)
    _do(submit, Unsilence(silence=seen.router.silences.number(found.id)))
    return Reply(None)


def _do(submit: Submit, action: Action) -> None:
    answer = submit(action)
    if answer.refused:
        raise Problem(f"the drill refused it: {answer.text}")


def _seconds(span_ms: int) -> int:
    return max(1, ceil(span_ms / 1000))


# --- what comes in ----------------------------------------------------------------------------------------


def _filters(query: Sequence[tuple[str, str]]) -> tuple[Matcher, ...]:
    try:
        return tuple(matcher(text) for name, text in query if name == "filter")
    except MatcherError as problem:
        raise Problem(str(problem)) from None


def _receiver(text: str) -> Matcher | None:
    if not text:
        return None
    try:
        return Matcher("receiver", "=~", text)
    except MatcherError as problem:
        raise Problem(f"failed to parse receiver param: {problem}") from None


def _uuid(name: str) -> str:
    if not _UUID.fullmatch(name):
        raise Problem({"code": 601, "message": f'silenceID in path must be of type uuid: "{name}"'}, 422)
    return name


# --- what goes out ----------------------------------------------------------------------------------------


def _alert(seen: Seen, alert: Alert, standing: Status) -> dict[str, Any]:
    return {
        "annotations": dict(alert.annotations),
        "endsAt": seen.times.rfc3339(min(alert.ends_ms, seen.now_ms + RESEND_MS)),
        "fingerprint": alert.fingerprint,
        "receivers": [{"name": name} for name in standing.receivers],
        "startsAt": seen.times.rfc3339(alert.starts_ms),
        "status": {
            "inhibitedBy": list(standing.inhibited_by),
            "silencedBy": list(standing.silenced_by),
            "state": standing.state,
        },
        "updatedAt": seen.times.rfc3339(alert.updated_ms),
        "generatorURL": alert.generator_url,
        "labels": dict(alert.labels),
    }


def _silence(seen: Seen, one: Silenced) -> dict[str, Any]:
    return {
        "id": one.id,
        "status": {"state": one.state(seen.now_ms)},
        "updatedAt": seen.times.rfc3339(one.updated_ms),
        "comment": one.comment,
        "createdBy": one.created_by,
        "endsAt": seen.times.rfc3339(one.ends_ms),
        "matchers": [
            {"isEqual": m.is_equal, "isRegex": m.is_regex, "name": m.name, "value": m.value}
            for m in one.matchers
        ],
        "startsAt": seen.times.rfc3339(one.starts_ms),
    }


def _place(seen: Seen, one: Silenced) -> tuple[int, int]:
    state = one.state(seen.now_ms)
    by = {"active": one.ends_ms, "pending": one.starts_ms, "expired": -one.ends_ms}
    return _SORT[state], by[state]


def _passes(filters: Iterable[Matcher], labels: Labels) -> bool:
    """Return whether labels pass a query's filters; an empty value asks whether there is such a label.

    Of a silence its own matchers count as labels, by their values.
    """
    return all(
        one.matches(labels) or (not one.value and (one.name in labels) is not one.is_equal) for one in filters
    )
