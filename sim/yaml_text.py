"""Plain data as YAML that reads back as it was: by us, and by readers that know more words than we do."""

import re
from typing import Any

import yaml

_PLAIN = re.compile(r"[A-Za-z][\w.+/ -]*|\d{4}-\d\d-\d\d(T[\d:.]+([-+]\d\d:\d\d)?)?")


def dumped(data: Any, width: int) -> str:
    """Return plain data as YAML, in the order in which it is."""
    return yaml.dump(
        data, Dumper=_Readable, sort_keys=False, allow_unicode=True, width=width, default_flow_style=None
    )


class _Readable(yaml.SafeDumper):
    """Quotes every text that some reader might take for a number, a date or a truth."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    style = None if _PLAIN.fullmatch(text) else '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Readable.add_representer(str, _text)
_Readable.yaml_implicit_resolvers = {
    letter: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for letter, resolvers in yaml.SafeDumper.yaml_implicit_resolvers.items()
}
