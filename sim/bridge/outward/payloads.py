"""The bodies that go out: Alertmanager's webhook (version 4), PagerDuty's Events API v2, Slack's webhook."""

from collections.abc import Sequence
from typing import Any

from sim.bridge.outward.told import MARK, Told, ToldAlert
from sim.bridge.time_map import rfc3339

NEVER = "0001-01-01T00:00:00Z"
"""How Alertmanager writes the end of an alert that fires."""
EXTERNAL_URL = "http://drill.invalid"
"""There is no page of an alert to go to."""
SLACK_ALERTS_MAX = 10

_SEVERITIES = {"critical": "critical", "warning": "warning", "info": "info"}
_COLOURS = {True: "danger", False: "good"}


def webhook(told: Told) -> dict[str, Any]:
    """Return what an Alertmanager posts to a webhook receiver."""
    return {
        "receiver": told.receiver,
        "status": "firing" if told.firing else "resolved",
        "alerts": [_alert(alert) for alert in told.alerts],
        "groupLabels": told.group,
        "commonLabels": _common([alert.labels for alert in told.alerts]),
        "commonAnnotations": _common([{"summary": alert.summary} for alert in told.alerts]),
        "externalURL": EXTERNAL_URL,
        "version": "4",
        "groupKey": told.group_key,
        "truncatedAlerts": 0,
    }


def pagerduty(told: Told, routing_key: str) -> dict[str, Any]:
    """Return an event that triggers or resolves an incident of PagerDuty."""
    event: dict[str, Any] = {
        "routing_key": routing_key,
        "event_action": "trigger" if told.firing else "resolve",
        "dedup_key": told.group_key[:255],
    }
    if not told.firing:
        return event
    first = next(alert for alert in told.alerts if alert.ends_ms is None)
    return event | {
        "client": f"PagerDrill {MARK}",
        "payload": {
            "summary": told.title[:1024],
            "source": f"drill/{told.drill}",
            "severity": _SEVERITIES.get(first.labels.get("severity", ""), "error"),
            "timestamp": rfc3339(first.starts_ms),
            "component": first.labels.get("component", first.labels.get("journey", "")),
            "custom_details": {
                "drill": True,
                "reason": told.reason,
                "alerts": [_line(a) for a in told.alerts],
            },
        },
    }


def slack(told: Told) -> dict[str, Any]:
    """Return a message for a Slack incoming webhook."""
    lines = [_line(alert) for alert in told.alerts[:SLACK_ALERTS_MAX]]
    if len(told.alerts) > SLACK_ALERTS_MAX:
        lines.append(f"and {len(told.alerts) - SLACK_ALERTS_MAX} more")
    attachment = {"color": _COLOURS[told.firing], "text": _escaped("\n".join(lines)), "footer": told.reason}
    return {"text": _escaped(told.title), "attachments": [attachment]}


def _alert(alert: ToldAlert) -> dict[str, Any]:
    return {
        "status": "firing" if alert.ends_ms is None else "resolved",
        "labels": alert.labels,
        "annotations": {"summary": alert.summary},
        "startsAt": rfc3339(alert.starts_ms),
        "endsAt": NEVER if alert.ends_ms is None else rfc3339(alert.ends_ms),
        "generatorURL": "",
        "fingerprint": alert.fingerprint,
    }


def _line(alert: ToldAlert) -> str:
    state = "fires" if alert.ends_ms is None else "resolved"
    where = alert.labels.get("component", alert.labels.get("journey", ""))
    return f"{alert.labels.get('alertname', '')} on {where} {state}: {alert.summary}"


def _common(labels: Sequence[dict[str, str]]) -> dict[str, str]:
    """Return what all of some label sets have in common."""
    first = labels[0] if labels else {}
    return {name: value for name, value in first.items() if all(one.get(name) == value for one in labels)}


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
