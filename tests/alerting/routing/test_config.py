"""Configurations that Alertmanager refuses are refused, with file, line and reason; amtool is the judge."""

import shutil
import subprocess
import time

import pytest

from sim.alerting.routing.config import load
from sim.alerting.routing.matchers import Matcher, matcher, matchers
from sim.mistakes import FileError

RECEIVERS = "receivers: [{name: a}]\n"
ROUTE = "route: {receiver: a}\n"

BROKEN = {
    "empty": ("", 1, "is empty"),
    "no route": (RECEIVERS, 1, "no routes provided"),
    "no default receiver": ("route: {group_by: [x]}\n" + RECEIVERS, 1, "default receiver"),
    "unknown receiver": ("route:\n  receiver: b\n" + RECEIVERS, 2, "undefined receiver"),
    "unknown receiver below": (
        "route:\n  receiver: a\n  routes:\n    - receiver: b\n" + RECEIVERS,
        4,
        "undefined receiver",
    ),
    "two of a name": (ROUTE + "receivers:\n  - name: a\n  - name: a\n", 4, "not unique"),
    "nameless": (ROUTE + "receivers:\n  - name: a\n  - {}\n", 4, "missing name"),
    "unknown field": (ROUTE + RECEIVERS + "reciever: x\n", 3, "unknown field"),
    "unknown field of a route": ("route:\n  receiver: a\n  groupby: [x]\n" + RECEIVERS, 3, "unknown field"),
    "matchers at the root": ("route:\n  receiver: a\n  matchers: [x=y]\n" + RECEIVERS, 1, "any matchers"),
    "continue at the root": ("route:\n  receiver: a\n  continue: true\n" + RECEIVERS, 3, "continue in root"),
    "muted root": (
        "route:\n  receiver: a\n  mute_time_intervals: [x]\n"
        + RECEIVERS
        + "time_intervals: [{name: x, time_intervals: []}]\n",
        3,
        "any mute time intervals",
    ),
    "zero group interval": ("route:\n  receiver: a\n  group_interval: 0s\n" + RECEIVERS, 3, "cannot be zero"),
    "zero repeat interval": (
        "route:\n  receiver: a\n  repeat_interval: 0s\n" + RECEIVERS,
        3,
        "cannot be zero",
    ),
    "bad duration": ("route:\n  receiver: a\n  group_wait: 5 minutes\n" + RECEIVERS, 3, "valid duration"),
    "negative duration": ("route:\n  receiver: a\n  group_wait: -5s\n" + RECEIVERS, 3, "valid duration"),
    "wildcard and more": ("route:\n  receiver: a\n  group_by: ['...', x]\n" + RECEIVERS, 3, "wildcard"),
    "grouped twice": ("route:\n  receiver: a\n  group_by: [x, x]\n" + RECEIVERS, 3, "duplicated label"),
    "bad label": ("route:\n  receiver: a\n  group_by: ['-x']\n" + RECEIVERS, 3, "invalid label name"),
    "bad matcher": (
        "route:\n  receiver: a\n  routes:\n    - matchers: ['x~y']\n" + RECEIVERS,
        4,
        "bad matcher format",
    ),
    "bad expression": (
        "route:\n  receiver: a\n  routes:\n    - matchers: ['x=~\"(\"']\n" + RECEIVERS,
        4,
        "no regular expression",
    ),
    "lookahead": (
        "route:\n  receiver: a\n  routes:\n    - match_re: {x: '(?!y)'}\n" + RECEIVERS,
        4,
        "no regular expression",
    ),
    "quote in a value": (
        "route:\n  receiver: a\n  routes:\n    - matchers: ['x=a\"b']\n" + RECEIVERS,
        4,
        "unescaped double quote",
    ),
    "unknown interval": (
        "route:\n  receiver: a\n  routes:\n    - mute_time_intervals: [night]\n" + RECEIVERS,
        4,
        "undefined time interval",
    ),
    "interval backwards": (
        ROUTE
        + RECEIVERS
        + "time_intervals:\n  - name: x\n    time_intervals:\n"
        + "      - times: [{start_time: '17:00', end_time: '09:00'}]\n",
        6,
        "has to come before",
    ),
    "unknown zone": (
        ROUTE + RECEIVERS + "time_intervals:\n  - {name: x, time_intervals: [{location: Mars/Base}]}\n",
        4,
        "unknown time zone",
    ),
    "webhook without url": (
        ROUTE + "receivers:\n  - name: a\n    webhook_configs:\n      - send_resolved: true\n",
        5,
        "must be configured",
    ),
    "slack without url": (
        ROUTE + "receivers:\n  - name: a\n    slack_configs: [{channel: x}]\n",
        4,
        "must be configured",
    ),
    "not yaml": ("route: [\n", 2, "is not valid YAML"),
    "a list": ("- route\n", 1, "has to be a mapping"),
}

GOOD = {
    "least": ROUTE + RECEIVERS,
    "old and new": (
        "route:\n  receiver: a\n  routes:\n    - match: {x: y}\n      match_re: {z: 'a|b'}\n"
        '      matchers: [q!="1", \'r!~^2$\', "{s=\\"t\\",u=v}"]\n' + RECEIVERS
    ),
    "times": (
        ROUTE
        + RECEIVERS
        + "mute_time_intervals:\n  - name: nights\n    time_intervals:\n      - times:\n"
        + "          - {start_time: '22:00', end_time: '24:00'}\n"
        + "        weekdays: ['monday:friday', Sunday]\n        days_of_month: ['1:5', '-3:-1']\n"
        + "        months: ['january:march', 5, december]\n"
        + "        years: ['2020:2022', '2030']\n        location: Europe/London\n"
    ),
    "receivers": (
        "global: {resolve_timeout: 1h30m, smtp_smarthost: 'x:25', smtp_from: a@b}\nroute: {receiver: a}\n"
        "receivers:\n  - name: a\n    email_configs: [{to: x@y}]\n"
        "    pagerduty_configs: [{routing_key: k}]\n    webhook_configs: [{url: 'http://x/'}]\n"
    ),
    "inhibitions": (
        ROUTE
        + RECEIVERS
        + "inhibit_rules:\n  - source_match: {a: b}\n    target_match_re: {c: 'd|e'}\n    equal: [f]\n"
        + "  - source_matchers: [a=b]\n    target_matchers: ['c=~\"d\"']\n"
    ),
}


def amtool_takes(file):
    return subprocess.run(["amtool", "check-config", file], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_is_named_with_its_line(name, tmp_path):
    text, line, what = BROKEN[name]
    file = tmp_path / "alertmanager.yml"
    file.write_text(text)
    with pytest.raises(FileError) as caught:
        load(file)
    found = [(mistake.line, str(mistake)) for mistake in caught.value.mistakes]
    assert any(at == line and what in said for at, said in found), found


@pytest.mark.parametrize("name", GOOD)
def test_what_is_good_is_read(name, tmp_path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(GOOD[name])
    assert load(file).route.receiver == "a"


@pytest.mark.skipif(shutil.which("amtool") is None, reason="amtool is not installed")
@pytest.mark.parametrize("name", [*BROKEN, *GOOD])
def test_amtool_agrees(name, tmp_path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(BROKEN[name][0] if name in BROKEN else GOOD[name])
    assert amtool_takes(file) is (name in GOOD)


def test_what_has_no_effect_is_named(tmp_path):
    file = tmp_path / "alertmanager.yml"
    file.write_text(
        "global:\n  slack_api_url: https://x/\ntemplates: [x.tmpl]\nroute: {receiver: a}\n"
        "receivers:\n  - name: a\n    slack_configs:\n      - channel: '#x'\n        send_resolved: true\n"
    )
    config = load(file)
    assert [(mistake.line, mistake.loc[-1]) for mistake in config.unused] == [
        (2, "slack_api_url"),
        (3, "templates"),
        (8, "channel"),
    ]
    assert config.receivers["a"].integrations[0].send_resolved


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a=b", Matcher("a", "=", "b")),
        ('  a != "b c" ', Matcher("a", "!=", "b c")),
        (r'a=~"x\"y\\z"', Matcher("a", "=~", r'x"y\z')),
        ("a=", Matcher("a", "=", "")),
        ("a!~^b.*", Matcher("a", "!~", "^b.*")),
    ],
)
def test_a_matcher_as_people_write_it(text, found):
    assert matcher(text) == found
    assert matcher(str(found)) == found


def test_a_list_of_matchers():
    assert matchers('{a="b,c", d!=e,}') == (Matcher("a", "=", "b,c"), Matcher("d", "!=", "e"))
    assert matchers("") == ()


def test_an_expression_matches_the_whole_value_and_none_can_hang():
    assert not Matcher("a", "=~", "b").matches({"a": "abc"})
    began = time.process_time()
    assert not Matcher("a", "=~", "(a+)+$").matches({"a": "a" * 50_000 + "!"})
    assert time.process_time() - began < 5  # a backtracking engine would not end at all
