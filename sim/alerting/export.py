"""A played drill as Prometheus files: its rules, and a unit test of them with what was measured.

`promtool test rules` then says whether Prometheus fires the same alerts at the same evaluations. Series are
those that the rules read, every 15 s; a sample without data is a staleness marker, for Prometheus would else
go on with the last one for five minutes. Only what Debian's promtool 2.42 knows is written.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.alerting.noise.gaps import watched
from sim.alerting.routing.durations import duration_text
from sim.alerting.rules import Instance, RuleStates, instances
from sim.alerting.templates import Scope, TemplateError, filled, parsed
from sim.events import SAMPLE_MS, AlertFired, AlertResolved, Record
from sim.journal import DrillFolder
from sim.spec import Rule
from sim.world.series import By

_SPLITS: tuple[By, ...] = ("zone", "version", "shard")
PREFIX = "pagerdrill_"


@dataclass(frozen=True, slots=True)
class Export:
    """A rule file and its test, as plain data for YAML, and the rules that were left out with the reason."""

    rules: dict[str, Any]
    test: dict[str, Any]
    left_out: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class _Firing:
    fired: AlertFired
    from_ms: int
    to_ms: int | None


@dataclass(frozen=True, slots=True)
class _Measured:
    times_ms: NDArray[np.int64]
    values: Mapping[str, NDArray[np.floating]]


def export(folder: DrillFolder, arrays: Mapping[str, NDArray[Any]], rule_file: str) -> Export:
    """Return the files of a drill whose `signals.npz` holds `arrays`; the test names its `rule_file`."""
    columns = {str(name): arrays["values"][:, n] for n, name in enumerate(arrays["series"])}
    measured = _Measured(arrays["times_ms"], columns)
    every = watched(folder.scenario, folder.header.seed).world.rules
    left_out = tuple((rule.name, why) for rule in every if (why := _unfit(rule)))
    rules = [rule for rule in every if not _unfit(rule)]
    alerts = instances(rules, lambda component, by: _labels(columns, component, by))
    firings = _firings(folder.records)
    last_ms = int(measured.times_ms[-1])
    told = {rule.name: _annotations(rule, alerts, firings, measured) for rule in rules}
    group = {
        "name": folder.scenario.id,
        "interval": duration_text(SAMPLE_MS),
        "rules": [_rule(rule, told[rule.name]) for rule in rules],
    }
    test = {
        "name": folder.path.name,
        "interval": duration_text(SAMPLE_MS),
        "input_series": [
            {"series": _series(one), "values": _notation(columns[str(one.series)])}
            for one in {str(one.series): one for one in alerts}.values()
        ],
        "alert_rule_test": [
            entry
            for name in dict.fromkeys(_alert_name(rule) for rule in rules)
            for entry in _expected(name, rules, alerts, firings, told, measured, last_ms)
        ],
    }
    document = {"rule_files": [rule_file], "evaluation_interval": duration_text(SAMPLE_MS), "tests": [test]}
    return Export({"groups": [group]}, document, left_out)


def _unfit(rule: Rule) -> str:
    """Return why a rule cannot be compared; '' where it can."""
    try:
        if any(parsed(template).reads_value for _, template in rule.labels):
            return "a label holds the value, so that Prometheus makes a new alert at each change"
        if any(parsed(template).beyond for _, template in rule.labels):
            return "a label holds a template that is not expanded here"
    except TemplateError as problem:
        return f"a label holds no template: {problem}"
    return ""


def _labels(columns: Mapping[str, object], component: str, by: By) -> list[str]:
    """Return the parts of a component that were measured."""
    start = f"component/{component}{{{by}="
    return list(
        dict.fromkeys(n.removeprefix(start).partition("}")[0] for n in columns if n.startswith(start))
    )


def _firings(records: Sequence[Record]) -> list[_Firing]:
    ends = {r.event.alert: r.t_ms for r in records if isinstance(r.event, AlertResolved)}
    fired = ((r.t_ms, r.event) for r in records if isinstance(r.event, AlertFired))
    return [_Firing(event, t_ms, ends.get(event.alert)) for t_ms, event in fired]


# --- the rule file ----------------------------------------------------------------------------------------


def _alert_name(rule: Rule) -> str:
    return dict(rule.labels).get("alertname", rule.name)


def _rule(rule: Rule, annotations: dict[str, str]) -> dict[str, Any]:
    labels = {"severity": rule.severity, **dict(rule.labels)}
    labels.pop("alertname", None)
    fields: dict[str, Any] = {"alert": _alert_name(rule), "expr": _expr(rule)}
    if rule.for_s:
        fields["for"] = duration_text(rule.for_s * 1000)
    if rule.keep_firing_for_s:
        fields["keep_firing_for"] = duration_text(rule.keep_firing_for_s * 1000)
    fields["labels"] = labels
    if annotations:
        fields["annotations"] = annotations
    return fields


def _expr(rule: Rule) -> str:
    of, name = ("journey", rule.journey) if rule.journey is not None else ("component", rule.component)
    matchers = [f"{of}={_quoted(str(name))}"]
    for split in _SPLITS:
        if split != rule.by:
            matchers.append(f'{split}=""')
        else:
            matchers.append(f'{split}!=""' if rule.part is None else f"{split}={_quoted(rule.part)}")
    text = f"{PREFIX}{rule.signal}{{{','.join(matchers)}}}"
    for label, value in rule.series_labels:
        replacement = _quoted(value.replace("$", "$$"))
        text = f'label_replace({text}, "{label}", {replacement}, "", "")'
    if rule.value_times != 1.0:
        text = f"{text} * {_plain(rule.value_times)}"
    if rule.above is not None:
        return f"{text} > {_plain(rule.above * rule.value_times)}"
    return f"{text} < {_plain((rule.below or 0.0) * rule.value_times)}"


def _annotations(
    rule: Rule, alerts: Sequence[Instance], firings: Sequence[_Firing], measured: _Measured
) -> dict[str, str]:
    """Return the annotations of a rule that can be compared: those that are expanded whenever it fires."""
    if not rule.annotations:
        return {} if "{{" in rule.summary else {"summary": rule.summary}
    kept = {}
    for name, template in rule.annotations:
        texts = [
            _text(template, one, firing.from_ms, measured)
            for firing in firings
            if firing.fired.rule == rule.name
            for one in [_instance_of(firing, alerts)]
        ]
        if _is_expanded(template) and None not in texts:
            kept[name] = template
    return kept


def _is_expanded(template: str) -> bool:
    try:
        return not parsed(template).beyond
    except TemplateError:
        return False


# --- the test ---------------------------------------------------------------------------------------------


def _series(one: Instance) -> str:
    labels = {one.series.of: one.series.name}
    text = ",".join(f"{name}={_quoted(value)}" for name, value in labels.items())
    split = f",{one.series.by}={_quoted(one.series.label)}" if one.series.by else ""
    return f"{PREFIX}{one.series.signal}{{{text}{split}}}"


def _notation(values: NDArray[np.floating]) -> str:
    return " ".join("stale" if np.isnan(value) else _plain(float(value)) for value in values)


def _expected(
    name: str,
    rules: Sequence[Rule],
    alerts: Sequence[Instance],
    firings: Sequence[_Firing],
    told: Mapping[str, dict[str, str]],
    measured: _Measured,
    last_ms: int,
) -> Iterator[dict[str, Any]]:
    """Yield what is expected of the alerts of a name: at each change, just before it, and at the end."""
    mine = {rule.name for rule in rules if _alert_name(rule) == name}
    of_name = [firing for firing in firings if firing.fired.rule in mine]
    changes = {t for f in of_name for t in (f.from_ms, f.to_ms) if t is not None and t <= last_ms}
    moments = sorted({last_ms} | changes | {t - SAMPLE_MS for t in changes if t >= SAMPLE_MS})
    for t_ms in moments:
        firing_then = [f for f in of_name if f.from_ms <= t_ms and (f.to_ms is None or t_ms < f.to_ms)]
        yield {
            "eval_time": f"{t_ms // 1000}s",
            "alertname": name,
            "exp_alerts": [_alert(f, alerts, told[f.fired.rule], measured, t_ms) for f in firing_then],
        }


def _alert(
    firing: _Firing, alerts: Sequence[Instance], annotations: dict[str, str], measured: _Measured, t_ms: int
) -> dict[str, Any]:
    one = _instance_of(firing, alerts)
    labels = {name: value for name, value in firing.fired.labels.items() if name != "alertname"}
    if not one.rule.annotations:
        return {"exp_labels": labels, "exp_annotations": dict(annotations)}
    texts = {name: _text(template, one, t_ms, measured) or "" for name, template in annotations.items()}
    return {"exp_labels": labels, "exp_annotations": texts}


def _instance_of(firing: _Firing, alerts: Sequence[Instance]) -> Instance:
    def fits(one: Instance) -> bool:
        series = one.series
        known = [firing.fired.component == series.name, one.rule.name == firing.fired.rule]
        return all(known) and (series.by is None or firing.fired.labels.get(series.by) == series.label)

    return next(one for one in alerts if fits(one))


def _text(template: str, one: Instance, t_ms: int, measured: _Measured) -> str | None:
    """Return an annotation as Prometheus writes it at an evaluation: with the last value that holds."""
    values = measured.values[str(one.series)]
    crossed = RuleStates([one]).crossed(values[:, None])[:, 0]
    until = bisect_right(measured.times_ms.tolist(), t_ms)
    held = np.flatnonzero(crossed[:until])
    value = float(values[held[-1]]) if held.size else float("nan")
    try:
        return filled(parsed(template), Scope(one.series_labels, value * one.rule.value_times))
    except TemplateError:
        return None


def _plain(value: float) -> str:
    """Return a number without an exponent."""
    return f"{Decimal(repr(float(value))):f}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
