"""The ways a receiver can notify: what each is called, takes and sends by default (Alertmanager 0.25)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PAGING = ("opsgenie", "pagerduty", "pushover", "victorops", "webhook")
"""Kinds that lead to somebody's pager; others are read when somebody looks. That a webhook does is an
assumption: paging tools such as GoAlert or Grafana OnCall are fed by one."""


@dataclass(frozen=True, slots=True)
class Integration:
    """One way of a receiver to notify, e.g. the second webhook; has a notification log of its own."""

    kind: str
    number: int
    send_resolved: bool

    @property
    def name(self) -> str:
        """Return it as Alertmanager names it, e.g. webhook[1]."""
        return f"{self.kind}[{self.number}]"

    @property
    def pages(self) -> bool:
        """Whether it leads to somebody's pager."""
        return self.kind in PAGING


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of integration: whether it tells of resolved alerts by default, and its fields."""

    send_resolved: bool
    fields: tuple[str, ...]
    needs: tuple[tuple[str, ...], ...] = ()  # of each, one has to be given, here or under `global`


INTEGRATIONS: dict[str, Kind] = {
    "discord_configs": Kind(True, ("http_config", "webhook_url", "title", "message"), (("webhook_url",),)),
    "email_configs": Kind(
        False,
        (
            "to", "from", "hello", "smarthost", "auth_username", "auth_password", "auth_password_file",
            "auth_secret", "auth_identity", "headers", "html", "text", "require_tls", "tls_config",
        ),
        (("to",), ("smarthost", "smtp_smarthost"), ("from", "smtp_from")),
    ),
    "opsgenie_configs": Kind(
        True,
        (
            "http_config", "api_key", "api_key_file", "api_url", "message", "description", "source",
            "details", "entity", "responders", "actions", "tags", "note", "priority", "update_alerts",
        ),
        (("api_key", "api_key_file", "opsgenie_api_key", "opsgenie_api_key_file"),),
    ),
    "pagerduty_configs": Kind(
        True,
        (
            "http_config", "service_key", "service_key_file", "routing_key", "routing_key_file", "url",
            "client", "client_url", "description", "details", "images", "links", "source", "severity",
            "class", "component", "group",
        ),
        (("service_key", "service_key_file", "routing_key", "routing_key_file"),),
    ),
    "pushover_configs": Kind(
        True,
        (
            "http_config", "user_key", "user_key_file", "token", "token_file", "title", "message", "url",
            "url_title", "device", "sound", "priority", "retry", "expire", "html",
        ),
        (("user_key", "user_key_file"), ("token", "token_file")),
    ),
    "slack_configs": Kind(
        False,
        (
            "http_config", "api_url", "api_url_file", "channel", "username", "color", "title",
            "title_link", "pretext", "text", "fields", "short_fields", "footer", "fallback",
            "callback_id", "icon_emoji", "icon_url", "image_url", "thumb_url", "link_names", "mrkdwn_in",
            "actions",
        ),
        (("api_url", "api_url_file", "slack_api_url", "slack_api_url_file"),),
    ),
    "sns_configs": Kind(
        True,
        (
            "http_config", "api_url", "sigv4", "topic_arn", "phone_number", "target_arn", "subject",
            "message", "attributes",
        ),
        (("topic_arn", "phone_number", "target_arn"),),
    ),
    "telegram_configs": Kind(
        True,
        (
            "http_config", "api_url", "bot_token", "bot_token_file", "chat_id", "message",
            "disable_notifications", "parse_mode",
        ),
        (("bot_token", "bot_token_file"), ("chat_id",)),
    ),
    "victorops_configs": Kind(
        True,
        (
            "http_config", "api_key", "api_key_file", "api_url", "routing_key", "message_type",
            "state_message", "entity_display_name", "monitoring_tool", "custom_fields",
        ),
        (("routing_key",), ("api_key", "api_key_file", "victorops_api_key", "victorops_api_key_file")),
    ),
    "webex_configs": Kind(True, ("http_config", "api_url", "message", "room_id"), (("room_id",),)),
    "webhook_configs": Kind(True, ("http_config", "url", "url_file", "max_alerts"), (("url", "url_file"),)),
    "wechat_configs": Kind(
        False,
        (
            "http_config", "api_secret", "corp_id", "message", "api_url", "to_user", "to_party", "to_tag",
            "agent_id", "message_type",
        ),
        (("api_secret", "wechat_api_secret"), ("corp_id", "wechat_api_corp_id")),
    ),
}  # fmt: skip
"""By their key in a receiver."""


def unusable(kind: str, given: Mapping[str, Any], settings: Mapping[str, Any]) -> str | None:
    """Return what an integration lacks; `settings` are those under `global`."""
    for names in INTEGRATIONS[kind].needs:
        if not any(given.get(name) or settings.get(name) for name in names):
            return f"one of {', '.join(names)} must be configured" if names[1:] else f"missing {names[0]}"
    return None
