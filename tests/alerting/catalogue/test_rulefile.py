"""Rule files: what is read of them, and what is refused; promtool judges the same table."""

import sys
from pathlib import Path

import pytest

from sim.alerting.catalogue import promql
from sim.alerting.catalogue.rulefile import ALERTS_MAX, load
from sim.mistakes import FileError
from tests.alerting.promtool import needs_promtool, taken

TEAM = Path(__file__).parent / "team"
KUBE = Path(__file__).parents[4] / "shared" / "data" / "rules-kube-prometheus"


def group(*rules: str, name: str = "a", more: str = "") -> str:
    """A file of one group, each rule as a flow mapping."""
    return f"groups:\n- name: {name}\n{more}  rules:\n" + "".join(f"  - {rule}\n" for rule in rules)


GOOD = {
    "one alert": group("{alert: A, expr: up == 0}"),
    "all fields": group(
        "{alert: A, expr: up == 0, for: 1h30m, keep_firing_for: 10m, labels: {a: b}, annotations: {c: d}}",
        "{record: 'a:b:c', expr: sum(up), labels: {x: y}}",
        more="  interval: 30s\n  limit: 10\n",
    ),
    "a name with blanks": group("{alert: High CPU load, expr: up == 0}"),
    "values that are no texts": group("{alert: A, expr: 1, labels: {a: 1.50, b: true, c: ~, d: }}"),
    "for of nothing": group("{alert: A, expr: up, for: 0}", "{record: b, expr: up, for: 0s}"),
    "the same alert twice": group("{alert: A, expr: up}", "{alert: A, expr: up}"),
    "no rules": "groups:\n- name: a\n",
    "no groups": "groups: []\n",
    "a template": group(
        "{alert: A, expr: up, annotations: {a: '{{ $labels.x | title }}'}, labels: {b: '{{ .Value }}'}}"
    ),
    "a template in a recording rule's label": group("{record: a, expr: up, labels: {b: '{{ nosuch'}}"),
    "null fields": group("{alert: A, record: , expr: up, for: ~, labels: ~, annotations: ~}"),
    "a year": group("{alert: A, expr: up, for: 1y2w3d}"),
    "a comment in the expression": group('{alert: A, expr: "# why\\nup == 0"}'),
    "same name in another group": group("{alert: A, expr: up}")
    + "- name: b\n  rules:\n  - {alert: A, expr: up}\n",
    "a subquery": group("{alert: A, expr: 'max_over_time(rate(x[5m])[1h:5m] offset 1d) > bool 1'}"),
}
BROKEN = {
    "neither record nor alert": group("{expr: up}"),
    "both record and alert": group("{alert: A, record: b, expr: up}"),
    "no expression": group("{alert: A}"),
    "an expression that is none": group("{alert: A, expr: up ==}"),
    "an unknown function": group("{alert: A, expr: nosuch(up)}"),
    "an unclosed parenthesis": group("{alert: A, expr: sum(up}"),
    "an unknown field of a rule": group("{alert: A, expr: up, four: 5m}"),
    "an unknown field of a group": group("{alert: A, expr: up}", more="  rule: 3\n"),
    "an unknown field at the top": "group: []\n",
    "a duration without unit": group("{alert: A, expr: up, for: 300}"),
    "a duration that is none": group("{alert: A, expr: up, for: 5 minutes}"),
    "an interval that is none": group("{alert: A, expr: up}", more="  interval: 1x\n"),
    "units in the wrong order": group("{alert: A, expr: up, for: 5m1h}"),
    "a negative duration": group("{alert: A, expr: up, keep_firing_for: -5m}"),
    "a bad label name": group("{alert: A, expr: up, labels: {a-b: c}}"),
    "the name of the metric as label": group("{alert: A, expr: up, labels: {__name__: c}}"),
    "a bad annotation name": group("{alert: A, expr: up, annotations: {a.b: c}}"),
    "a bad name of a record": group("{record: a b, expr: up}"),
    "annotations of a record": group("{record: a, expr: up, annotations: {a: b}}"),
    "for of a record": group("{record: a, expr: up, for: 5m}"),
    "keep_firing_for of a record": group("{record: a, expr: up, keep_firing_for: 5m}"),
    "a group twice": group("{alert: A, expr: up}") + "- name: a\n",
    "a group without a name": "groups:\n- rules: []\n",
    "an unknown function in a template": group("{alert: A, expr: up, annotations: {a: '{{ nosuch }}'}}"),
    "an unknown variable in a label": group("{alert: A, expr: up, labels: {a: '{{ $nosuch }}'}}"),
    "an open action": group("{alert: A, expr: up, annotations: {a: '{{ $value'}}"),
    "a limit that is no number": group("{alert: A, expr: up}", more="  limit: many\n"),
    "labels that are a list": group("{alert: A, expr: up, labels: [a]}"),
    "a label that is a list": group("{alert: A, expr: up, labels: {a: [b]}}"),
    "groups that are a mapping": "groups: {name: a}\n",
    "a rule that is a text": group("up == 0"),
    "no mapping at all": "- name: a\n",
    "no YAML": "groups: [\n",
    "a key twice": group("{alert: A, alert: B, expr: up}"),
    "a tab": "groups:\n\t- name: a\n",
}  # fmt: skip


def refusal(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "rules.yml"
    file.write_text(text, encoding="utf-8")
    try:
        load([file])
    except FileError as problem:
        return [str(mistake).removeprefix(f"{file}:") for mistake in problem.mistakes]
    return []


@pytest.mark.parametrize("name", GOOD)
def test_good_files_are_read(tmp_path: Path, name: str):
    assert refusal(tmp_path, GOOD[name]) == []


@pytest.mark.parametrize("name", BROKEN)
def test_broken_files_are_refused(tmp_path: Path, name: str):
    assert refusal(tmp_path, BROKEN[name])


@needs_promtool
def test_promtool_takes_and_refuses_the_same(tmp_path: Path):
    table = {
        **{name: (text, True) for name, text in GOOD.items()},
        **{n: (t, False) for n, t in BROKEN.items()},
    }
    files = []
    for number, (text, _) in enumerate(table.values()):
        files.append(tmp_path / f"{number}.yml")
        files[-1].write_text(text, encoding="utf-8")
    found = dict(zip(table, taken(files), strict=True))
    assert found == {name: good for name, (_, good) in table.items()}


def test_every_mistake_is_told_at_its_line(tmp_path: Path):
    text = """groups:
- name: a
  interval: soon
  rules:
  - alert: A
    expr: up ==
    for: 300
    labels:
      a-b: c
    annotations:
      summary: '{{ $labels.x | nosuch }}'
  - record: x
    annotations: {a: b}
- name: a
  four: 5
"""
    assert refusal(tmp_path, text) == [
        "3: groups[0].interval: not a valid duration: 'soon'; write one such as 30s, 5m or 1h30m",
        "6: groups[0].rules[0].expr: could not parse expression: invalid promql query",
        "7: groups[0].rules[0].for: not a valid duration: '300'; write one such as 30s, 5m or 1h30m",
        "9: groups[0].rules[0].labels.a-b: invalid label name: a-b",
        '11: groups[0].rules[0].annotations.summary: template: function "nosuch" not defined',
        "12: groups[0].rules[1]: field 'expr' must be set in rule",
        "13: groups[0].rules[1].annotations: invalid field 'annotations' in recording rule",
        '14: groups[1].name: groupname: "a" is repeated in the same file, first in line 2',
        "15: groups[1].four: field four not found; known: interval, labels, limit, name, query_offset, rules",
    ]


def test_mistakes_of_all_files_are_told(tmp_path: Path):
    files = [tmp_path / name for name in ("a.yml", "b.yml", "missing.yml")]
    files[0].write_text("groups: 3\n")
    files[1].write_text("kind: Deployment\n")
    with pytest.raises(FileError) as refused:
        load(files)
    assert str(refused.value).replace(f"{tmp_path}/", "").splitlines() == [
        "a.yml:1: groups: has to be a list",
        "b.yml:1: kind: is 'Deployment'; PrometheusRule (or a list of them) is read here",
        "missing.yml:1: there is no such file; check the name",
    ]


def test_what_an_alert_is(tmp_path: Path):
    found = load([TEAM / "rules.yml", TEAM / "resource.yaml"])
    assert [(alert.group, alert.name, alert.severity, alert.line) for alert in found.alerts] == [
        ("web", "WebErrorBudgetBurn", "page", 8),
        ("web", "edge_zone_errors", "ticket", 19),
        ("web", "DiskFilling", "ticket", 26),
        ("web", "DiskFilling", "page", 31),
        ("web", "Watchdog", "none", 35),
        ("web", "Replica count low", "ticket", 38),
        ("jobs", "JobLate", "3", 11),
    ]
    assert found.recordings == ("job:web_errors:share",)
    burn, zone, *_ = found.alerts
    assert (burn.for_ms, burn.keep_firing_for_ms, burn.expr) == (60_000, 0, "job:web_errors:share > 0.02")
    assert zone.keep_firing_for_ms == 60_000
    assert zone.labels["where"].source == "{{ $labels.zone | toUpper }}"


def test_newer_fields_are_read_that_promtool_2_42_does_not_know(tmp_path: Path):
    text = group(
        "{alert: A, expr: up, labels: {b: mine}}", more="  labels: {a: all, b: all}\n  query_offset: 1m\n"
    )
    file = tmp_path / "rules.yml"
    file.write_text(text)
    (alert,) = load([file]).alerts
    assert {name: template.source for name, template in alert.labels.items()} == {"a": "all", "b": "mine"}


def test_values_are_read_as_written(tmp_path: Path):
    file = tmp_path / "rules.yml"
    file.write_text(group("{alert: A, expr: 0x1F, labels: {a: 1.50, b: yes, c: ~, d: 'null'}}"))
    (alert,) = load([file]).alerts
    assert alert.expr == "0x1F"
    assert [template.source for template in alert.labels.values()] == ["1.50", "yes", "", "null"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x [1]\nb: *x\n", "aliases"),
        ("groups: !!python/object:os.system []\n", "tags"),
        ("[" * 100 + "]" * 100, "deeper than 20"),
        ("", "is empty"),
        (group("{alert: A, expr: '" + "(" * 5000 + "1" + ")" * 5000 + "'}"), "nests parentheses deeper"),
        (group("{alert: A, expr: '" + "a + " * 20_000 + "a'}"), "is longer than 20,000"),
        (group("{alert: A, expr: '" + "-" * 15_000 + "1'}"), "has over 1,000 operators"),
        (group("{alert: A, expr: '" + "a or " * 2_000 + "a'}"), "has over 1,000 operators"),
        (group(*["{alert: A, expr: '1'}"] * (ALERTS_MAX + 1)), "are too many"),
        (group("{alert: A, expr: up, annotations: {a: '{{ " + "(" * 15_000 + " }}'}}"), "deeper than 50"),
    ],
)
def test_hostile_files_are_refused(tmp_path: Path, text: str, told: str):
    assert any(told in line for line in refusal(tmp_path, text))


def test_without_the_parser_expressions_are_taken_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "promql_parser", None)
    promql.parser.cache_clear()
    try:
        assert refusal(tmp_path, BROKEN["an expression that is none"]) == []
        assert refusal(tmp_path, BROKEN["no expression"])
    finally:
        promql.parser.cache_clear()


@pytest.mark.skipif(not KUBE.exists(), reason="the shared data are not here")
def test_the_rules_of_kube_prometheus():
    found = load(sorted(KUBE.glob("*.yaml")))
    assert (len(found.alerts), len(found.recordings)) == (139, 95)
    assert all(alert.severity in ("critical", "warning", "info", "none") for alert in found.alerts)
    as_written = [
        (alert.name, template.beyond)
        for alert in found.alerts
        for template in (*alert.labels.values(), *alert.annotations.values())
        if template.beyond
    ]
    assert as_written == [
        ("KubePersistentVolumeFillingUp", ("with",)),
        ("KubePersistentVolumeFillingUp", ("with",)),
        ("KubePersistentVolumeInodesFillingUp", ("with",)),
        ("KubePersistentVolumeInodesFillingUp", ("with",)),
        ("KubePersistentVolumeErrors", ("with",)),
        ("PrometheusRemoteWriteDesiredShards", ("query", "first", "value")),
    ]
