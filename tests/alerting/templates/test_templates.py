"""Templates of annotations: what is refused, what is expanded and to what; promtool judges both."""

from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from sim.alerting.templates import Scope, TemplateError, expanded, parsed
from sim.alerting.templates.syntax import DEPTH_MAX, LENGTH_MAX
from tests.alerting.promtool import judged, needs_promtool, rule_file, taken

LABELS = {"job": "api-server_2", "instance": "10.0.0.1:9100", "zone": "zone-a", "odd": 'a "b" \\ ü'}
GOOD = (
    "plain text",
    "",
    "{{ $labels.job }}",
    "{{$labels.job}}/{{ .Labels.zone }}",
    "{{ $value }}",
    "{{ .Value }}",
    "{{- $labels.job -}}   joined",
    "a  {{- /* a comment */ -}}  b",
    "{{/* c */}}",
    "{{ $labels.missing }}|",
    "{{ $externalLabels.cluster }}|",
    "{{ $value | humanize }}",
    "{{ humanize $value }}",
    "{{ humanize1024 .Value }}",
    "{{ $value | humanizeDuration }}",
    "{{ $value | humanizePercentage }}",
    "{{ $value | humanizeTimestamp }}",
    '{{ printf "%.2f" $value }}%',
    '{{ printf "%s on %q" $labels.job $labels.odd }}',
    '{{ $value | printf "%.0f" }}',
    '{{ printf "%d" $value }}',
    '{{ printf "%d %v %t" 3 -7 true }}',
    '{{ printf "%8.3f|%-8.2f|%+.1f|%08.2f|" .Value .Value .Value .Value }}',
    '{{ printf "%g %e %.3g %G" $value $value $value $value }}',
    '{{ printf "%10s|%-10s|%.3s" $labels.job $labels.job $labels.job }}',
    '{{ printf "100%%" }}',
    "{{ $labels.job | title }}",
    "{{ $labels.job | toUpper | toLower }}",
    '{{ title "it\'s über-alles x_y 3a" }}',
    '{{ reReplaceAll "(.*):.*" "$1" $labels.instance }}',
    '{{ $labels.job | reReplaceAll "([a-z]+)-(?P<what>[a-z]+)" "${what}-$1x$$" }}',
    '{{ reReplaceAll "x*" "-" $labels.zone }}',
    '{{ index $labels "job" }}',
    "{{ `raw {{ text` }}",
    '{{ "\\t\\x41\\u00e9\\"" }}',
    '{{ (printf "%s!" $labels.job) | title }}',
    "{{ print $value }}",
    "{{ 'a' }}",
    "{{ 0x1F }} {{ 1_000 }} {{ .5 }} {{ 2.50 }} {{ -3 }}",
    "{{ true }}",
    '{{ "7" | humanize }}',
    '{{ printf "%v" "x" }} {{ printf "%s" $value }}',
    "{{\n$value\n}}",
    "{{ $.Value }}",
    "{{ $value | }}",
)
"""Taken and expanded."""
BEYOND = (
    "{{ if $labels.job }}a{{ else if eq $value 1.0 }}b{{ else }}c{{ end }}",
    "{{ range $i, $x := query `up` }}{{ $x.Value }}{{ end }}",
    "{{ with query `up` }}{{ . | first | value }}{{ end }}",
    "{{ $x := 1 }}{{ $x }}{{ $x = 2 }}",
    "{{ define `a` }}x{{ end }}{{ template `a` . }}",
    "{{ range query `up` }}{{ break }}{{ else }}{{ end }}",
    "{{ len $labels }}",
    "{{ $labels.job | safeHtml }}",
    "{{ and 1 (not false) }}",
    "{{ block `b` . }}x{{ end }}",
    "{{ (query `up` | first).Value }}",
    "{{ stripPort $labels.instance }}",
    "{{ externalURL }}",
    "{{ $x = 1 }}",
    "{{ range $i := query `up` }}{{ end }}",
)
"""Taken, and shown as written."""
BROKEN = (
    "{{ $labels.job",
    "{{ end }}",
    "{{ nosuch 1 }}",
    "{{ $labels.job | nosuch }}",
    "{{ $foo }}",
    "{{ }}",
    "{{ if }}",
    "{{ if 1 }}x",
    "{{ else }}",
    "{{ 'a }}",
    '{{ "a }}',
    "{{ (1 }}",
    "{{ 1) }}",
    "{{ 1 | 2 }}",
    "{{ $value | | 1 }}",
    "{{ | $value }}",
    '{{ "a""b" }}',
    "{{ $x, $y := 1 }}",
    "{{ template }}",
    "{{ 3x }}",
    "{{ /* open }}",
    "{{ if 1 }}{{ else }}{{ else }}{{ end }}",
    "{{ break }}",
    "{{ if 1 }}{{ define `a` }}{{ end }}{{ end }}",
    "{{ if 1 }}{{ $y := 2 }}{{ end }}{{ $y }}",
    "{{ # }}",
    "{{ $value. }}",
    '{{ "\\q" }}',
    "{{ 'ab' }}",
    "{{ end if }}",
    "{{ if 1 }}{{ end 2 }}",
    "{{ with $x := 1 }}{{ end }}{{ $x }}",
    "{{ 1.x }}",
    '{{ "a".b }}',
    "{{ true.x }}",
    "{{ if 1 }}{{ else with }}{{ end }}",
    "{{ $labels .x y }}",
    "{{ .Labels.job.}}",
    "{{ ( ) }}",
)


def accepted(source: str) -> bool:
    try:
        parsed(source)
    except TemplateError:
        return False
    return True


def test_what_is_taken_and_what_is_expanded():
    assert [source for source in (*GOOD, *BEYOND) if not accepted(source)] == []
    assert [source for source in BROKEN if accepted(source)] == []
    assert [source for source in GOOD if parsed(source).beyond] == []
    scope = Scope(LABELS, 1.0)
    assert [source for source in BEYOND if expanded(parsed(source), scope) != source] == []


@needs_promtool
def test_promtool_takes_and_refuses_the_same(tmp_path: Path):
    sources = (*GOOD, *BEYOND, *BROKEN)
    files = [
        rule_file(tmp_path / f"{number}.yml", {"alert": "A", "expr": "up", "annotations": {"a": source}})
        for number, source in enumerate(sources)
    ]
    found = dict(zip(sources, taken(files), strict=True))
    assert {source: accepted(source) for source in sources} == found


VALUES = (
    0.0,
    1.0,
    -1.0,
    0.5,
    3.0,
    59.9,
    61.0,
    3661.5,
    90061.0,
    999.95,
    1000.0,
    123456.0,
    1234567.0,
    123456789.0,
    1e-5,
    0.00012345,
    -0.034567,
    1435065584.128,
    1023.9,
    1024.0,
    1048576.0,
    0.07142857,
)


@needs_promtool
def test_promtool_expands_to_the_same(tmp_path: Path):
    rule_file(
        tmp_path / "rules.yml",
        {"alert": "A", "expr": "m * 1", "annotations": {f"a{n}": source for n, source in enumerate(GOOD)}},
    )
    expected = [
        {
            "exp_labels": {**LABELS, "n": str(number)},
            "exp_annotations": {
                f"a{n}": expanded(
                    parsed(source), Scope({**LABELS, "n": str(number), "alertname": "A"}, value)
                )
                for n, source in enumerate(GOOD)
            },
        }
        for number, value in enumerate(VALUES)
    ]
    labels = ",".join(f"{name}={_quoted(value)}" for name, value in LABELS.items())
    test = {
        "rule_files": ["rules.yml"],
        "tests": [
            {
                "interval": "1m",
                "input_series": [
                    {"series": f'm{{n="{number}",{labels}}}', "values": repr(value)}
                    for number, value in enumerate(VALUES)
                ],
                "alert_rule_test": [{"eval_time": "0m", "alertname": "A", "exp_alerts": expected}],
            }
        ],
    }
    (tmp_path / "test.yml").write_text(yaml.safe_dump(test, allow_unicode=True))
    code, told = judged(tmp_path / "test.yml")
    assert code == 0, told


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def test_what_cannot_be_expanded_is_shown_as_written():
    for source in (
        "{{ $labels }}",
        "{{ nil }}",
        "{{ $labels.job | humanize }}",
        "{{ $labels.job.x }}",
        "{{ .Nothing }}",
        "{{ humanize }}",
        '{{ printf "%s" }}',
        '{{ printf "%s" 1 2 }}',
        '{{ printf "%999999d" 1 }}',
        '{{ reReplaceAll "(" "" $labels.job }}',
        "{{ $value 1 }}",
    ):
        assert expanded(parsed(source), Scope(LABELS, 2.0)) == source


def test_hostile_templates_end_soon():
    blown = '{{ reReplaceAll "" "' + "x" * 1000 + '" (reReplaceAll "" "' + "x" * 1000 + '" "aaaa") }}'
    assert expanded(parsed(blown), Scope({}, 0.0)) == blown
    slow = '{{ reReplaceAll "(a*)*b" "" "' + "a" * 5000 + '" }}'  # RE2 takes linear time
    assert expanded(parsed(slow), Scope({}, 0.0)) == "a" * 5000
    for form in ("0" * 15_000, "0" * 15_000 + "d", "." + "9" * 15_000 + "f", "99999f"):
        wide = '{{ printf "%' + form + '" $value }}'
        assert expanded(parsed(wide), Scope({}, 0.0)) == wide
    for hostile, told in (
        ("{{ " + "(" * 10_000 + "1" + ")" * 10_000 + " }}", f"longer than {LENGTH_MAX:,}"),
        ("{{ " + "(" * 1_000 + "1" + ")" * 1_000 + " }}", f"deeper than {DEPTH_MAX}"),
        ("{{ if 1 }}" * 1_000, f"deeper than {DEPTH_MAX}"),
        ("{{ " + "-" * 5_000, "bad number"),
        ("{{ '" + "\\a" * 5_000, "unterminated"),
        ("{{ " + "1" * 19_000 + "x }}", "bad number"),
        ("{{ " + "1" * 19_000 + " }}", "illegal number"),
    ):
        with pytest.raises(TemplateError, match=told):
            parsed(hostile)


def test_which_labels_it_reads():
    template = parsed(
        '{{ $labels.a }}{{ .Labels.b | printf "%s%s" (toUpper $labels.c) }}{{ $externalLabels.d }}'
    )
    assert (template.labels, template.reads_value) == ({"a", "b", "c"}, False)
    assert parsed("{{ .Value | humanize }}").reads_value


@given(
    st.text(alphabet='{}$.|()"`-/* ab1:=,\n', max_size=40), st.floats(allow_nan=False, allow_infinity=False)
)
def test_any_text_is_read_or_refused(inside, value):
    for source in (inside, "{{ " + inside + " }}"):
        try:
            text = expanded(parsed(source), Scope(LABELS, value))
        except TemplateError:
            continue
        assert isinstance(text, str)
