"""A configuration without its secrets: what a drill keeps and shows of a team's alertmanager.yml."""

import re
from typing import Any

import yaml

from sim.document import Document

MASK = "<secret>"
"""As Alertmanager writes a secret that it shows; a reader of its configurations takes it as one."""

_SECRET = re.compile(r"(password|secret|token|credentials|.*_key|key)$|.*(_password|_secret|_token)$")
_SECRET_URL = ("slack_api_url", "webhook_url")
"""Addresses that are as good as a password; a receiver's `api_url` and `url` are such too."""
_MASKED_URL = "http://masked.invalid/"
_ROUTING = ("route", "inhibit_rules", "mute_time_intervals", "time_intervals", "templates")
"""Parts without secrets, where a label may well be named `key`."""


def without_secrets(document: Document) -> str:
    """Return the configuration of a document as YAML, with every secret and every address masked."""
    data = document.data
    masked = {name: part if name in _ROUTING else _masked(name, part) for name, part in data.items()}
    return yaml.safe_dump(masked, sort_keys=False, allow_unicode=True)


def _masked(name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {inner: _masked(str(inner), part) for inner, part in value.items()}
    if isinstance(value, list):
        return [_masked(name, part) for part in value]
    if not isinstance(value, str) or not value:
        return value
    if name in _SECRET_URL or _SECRET.fullmatch(name):
        return MASK
    if name == "url" or name.endswith("_url"):
        return _MASKED_URL
    return value
