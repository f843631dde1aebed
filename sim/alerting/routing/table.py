"""Notifications and routes, written for people at 80 columns."""

from collections.abc import Iterator, Sequence
from typing import Any

from sim.alerting.routing.alerts import Labels
from sim.alerting.routing.config import Config
from sim.alerting.routing.durations import duration_text
from sim.alerting.routing.route import Route
from sim.alerting.routing.router import Notification, Notified


def table(notifications: Sequence[Notification]) -> str:
    """Return notifications with their alerts, each under a line of time, receiver, group and reason."""
    lines: list[str] = []
    for told in notifications:
        firing = sum(one.firing for one in told.alerts)
        sums = ", ".join(
            f"{number} {word}"
            for number, word in ((firing, "firing"), (len(told.alerts) - firing, "resolved"))
            if number
        )
        lines.append(f"{clock(told.at_ms):>11}  {told.receiver} {told.integration}: {told.reason} ({sums})")
        lines.append(f"{'':13}group {labels_text(told.group_labels)}")
        lines.extend(_alert_line(one, told.group_labels) for one in told.alerts)
    if not notifications:
        return "nobody is notified"
    return "\n".join([*lines, f"{len(notifications)} notification{'s' if len(notifications) > 1 else ''}"])


def tree(config: Config, labels: Labels) -> str:
    """Return the whole tree of routes; `*` marks those that the alert takes, and their timers follow."""
    taken = config.route.taken(labels)
    lines = list(_tree_lines(config.route, 0, taken))
    for number, route in enumerate(taken, start=1):
        lines.append("")
        lines.append(f"{number}. {route.receiver}")
        lines.append(f"   group     {labels_text(route.group_labels(labels))}")
        lines.append(f"   group_by  {_grouped_by(route)}")
        lines.append(
            f"   waits {duration_text(route.group_wait_ms)}, then tells of changes every "
            f"{duration_text(route.group_interval_ms)}, and again after "
            f"{duration_text(route.repeat_interval_ms)}"
        )
        if not config.receivers[route.receiver].integrations:
            lines.append("   this receiver has no integration: nobody is told")
        for name, what in ((route.mute_intervals, "muted in"), (route.active_intervals, "active only in")):
            if name:
                lines.append(f"   {what} {', '.join(name)}")
    return "\n".join(lines)


def taken_as_json(config: Config, labels: Labels) -> dict[str, Any]:
    """Return the routes an alert takes as plain data; times in seconds."""
    return {
        "routes": [
            {
                "receiver": route.receiver,
                "matchers": [str(matcher) for matcher in route.matchers],
                "group_by": ["..."] if route.group_by_all else list(route.group_by),
                "group_labels": route.group_labels(labels),
                "group_wait_s": route.group_wait_ms / 1000,
                "group_interval_s": route.group_interval_ms / 1000,
                "repeat_interval_s": route.repeat_interval_ms / 1000,
                "mute_time_intervals": list(route.mute_intervals),
                "active_time_intervals": list(route.active_intervals),
            }
            for route in config.route.taken(labels)
        ]
    }


def repeats_that_slip(config: Config) -> str | None:
    """Tell of receivers whose repeat interval is a multiple of the group interval; None without any."""
    names = dict.fromkeys(
        repr(route.receiver)
        for route in _all(config.route)
        if route.repeat_interval_ms % route.group_interval_ms == 0
    )
    if not names:
        return None
    return (
        f"repeat_interval is an exact multiple of group_interval for {', '.join(names)}; Alertmanager "
        "repeats then or one group_interval later, this dry run always later"
    )


def clock(ms: int) -> str:
    """Return a time from the start, e.g. +0:05:30 or +0:00:02.500."""
    seconds, left = divmod(ms, 1000)
    text = f"+{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
    return f"{text}.{left:03d}" if left else text


def labels_text(labels: Labels) -> str:
    """Return labels as Alertmanager writes them."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in sorted(labels.items())) + "}"


def _alert_line(one: Notified, group: Labels) -> str:
    own = {name: value for name, value in one.alert.labels.items() if name not in group}
    when = f"since {clock(one.alert.starts_ms)}"
    if one.ends_ms is not None:
        when = f"{clock(one.alert.starts_ms)} to {clock(one.ends_ms)}"
    return f"{'':13}{'firing  ' if one.firing else 'resolved'} {labels_text(own)} {when}"


def _tree_lines(route: Route, depth: int, taken: tuple[Route, ...]) -> Iterator[str]:
    mark = "*" if any(route.place == one.place for one in taken) else " "
    what = route.own_key if route.matchers else "everything" if not depth else "{}"
    more = "  (continue)" if route.goes_on else ""
    yield f"{mark} {'  ' * depth}{what} -> {route.receiver}{more}"
    for child in route.children:
        yield from _tree_lines(child, depth + 1, taken)


def _grouped_by(route: Route) -> str:
    if route.group_by_all:
        return "every alert alone"
    return ", ".join(route.group_by) or "nothing: one group"


def _all(route: Route) -> Iterator[Route]:
    yield route
    for child in route.children:
        yield from _all(child)
