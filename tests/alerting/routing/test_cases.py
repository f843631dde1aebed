"""Cases taken from Alertmanager's own tests: timelines, routes, groups, inhibition, silences, intervals."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from sim.alerting.routing.alerts import Push
from sim.alerting.routing.config import load
from sim.alerting.routing.inhibition import Inhibition, Inhibitor
from sim.alerting.routing.intervals import TimeInterval
from sim.alerting.routing.matchers import Matcher
from sim.alerting.routing.router import Router
from sim.alerting.routing.silences import Silence
from sim.mistakes import FileError

FILE = Path(__file__).parents[4] / "shared" / "cases" / "alertmanager.json"
pytestmark = pytest.mark.skipif(not FILE.exists(), reason="the shared cases are not here")
CASES = json.loads(FILE.read_text()) if FILE.exists() else {}
START = datetime(2026, 1, 5, 9, tzinfo=UTC)
TOLERANCE_MS = 150


def config(folder, route, *, inhibit=(), intervals=(), send_resolved=True, receivers=("default",), **top):
    settings = {"resolve_timeout": f"{top.pop('resolve_timeout', 300)}s"}
    data = {
        "global": settings,
        "route": route,
        "receivers": [
            {"name": name, "webhook_configs": [{"url": "http://x/", "send_resolved": send_resolved}]}
            for name in receivers
        ],
        "inhibit_rules": list(inhibit),
        "time_intervals": list(intervals),
    }
    file = folder / "alertmanager.yml"
    file.write_text(yaml.safe_dump(data))
    return load(file)


def cases(section):
    return [
        pytest.param(case, id=case.get("name", str(n))[:50]) for n, case in enumerate(CASES.get(section, []))
    ]


def receivers(route):
    return {
        route.get("receiver", "default"),
        *(r for child in route.get("routes", ()) for r in receivers(child)),
    }


def timers(route):
    named = ("group_wait", "group_interval", "repeat_interval")
    found = {name: f"{round(1000 * value)}ms" if name in named else value for name, value in route.items()}
    return {"receiver": "default"} | found


def ms(seconds):
    return None if seconds is None else round(1000 * seconds)


def play(case, router, config, failing_until_ms=None):
    """Play a timeline and return (at_ms, alerts as (labels, starts_ms, ends_ms)) of what arrived."""
    happens = [(ms(p["at"]), 1, p) for p in case["push"]]
    happens += [(ms(s["set_at"]), 0, s) for s in case.get("silences", ())]
    if "reload_at" in case:
        happens.append((ms(case["reload_at"]), 0, None))
    told = []

    def flush(until_ms):
        while (at_ms := router.next_ms()) is not None and at_ms <= until_ms:
            for one in router.due(at_ms):
                if failing_until_ms is not None and at_ms < failing_until_ms:
                    router.failed(one)
                else:
                    told.append(one)

    for at_ms, _, what in sorted(happens, key=lambda event: event[:2]):
        flush(at_ms)
        if what is None:
            router.reload(config, at_ms)
        elif "match" in what:
            matchers = tuple(Matcher(name, "=", value) for name, value in what["match"].items())
            router.silences.put(Silence("", matchers, ms(what["starts"]), ms(what["ends"])), at_ms)
        else:
            pushes = [
                Push(a["labels"], a.get("annotations", {}), ms(a.get("starts")), ms(a.get("ends")))
                for a in what["alerts"]
            ]
            assert router.push(at_ms, pushes) == []
    return told, flush


@pytest.mark.parametrize("case", cases("timelines"))
def test_timeline(case, tmp_path):
    rules = [
        {"source_match": r["source"], "target_match": r["target"], "equal": r["equal"]}
        for r in case.get("inhibit_rules", ())
    ]
    more = {name: case[name] for name in ("resolve_timeout", "send_resolved") if name in case}
    made = config(tmp_path, timers(case["route"]), inhibit=rules, **more)
    wanted = case["expect"] if isinstance(case["expect"], dict) else {"ok": case["expect"]}
    for receiver, expected in wanted.items():
        told, flush = play(case, Router(made, START), made, 4500 if receiver == "failing" else None)
        last_ms = ms(expected[-1]["between"][1])
        flush(last_ms)
        told = [one for one in told if one.at_ms <= last_ms]
        assert len(told) == len(expected), [(one.at_ms, one.reason) for one in told]
        for one, wish in zip(told, expected, strict=True):
            first_ms, until_ms = (ms(at) for at in wish["between"])
            assert first_ms - TOLERANCE_MS <= one.at_ms <= until_ms + TOLERANCE_MS
            found = {
                (tuple(sorted(a.alert.labels.items())), a.alert.starts_ms, a.ends_ms): a.alert.annotations
                for a in one.alerts
            }
            wishes = {
                (tuple(sorted(a["labels"].items())), ms(a["starts"]), ms(a.get("ends"))): a
                for a in wish["alerts"]
            }
            assert found.keys() == wishes.keys()
            for key, wished in wishes.items():
                assert found[key] == wished.get("annotations", found[key])


@pytest.mark.parametrize("case", cases("routing"))
def test_route(case, tmp_path):
    tree = CASES["routing_tree"]
    made = config(tmp_path, tree, receivers=sorted(receivers(tree)))
    found = [
        {
            "receiver": route.receiver,
            "group_by": list(route.group_by),
            "group_wait_s": route.group_wait_ms / 1000,
            "group_interval_s": route.group_interval_ms / 1000,
            "repeat_interval_s": route.repeat_interval_ms / 1000,
        }
        for route in made.route.taken(case["labels"])
    ]
    assert found == [
        one | {"group_by": sorted(one["group_by"], key=one["group_by"].index)} for one in case["expected"]
    ]


@pytest.mark.parametrize("case", cases("grouping"))
def test_groups(case, tmp_path):
    made = config(tmp_path, case["tree"], receivers=sorted(receivers(case["tree"])))
    router = Router(made, START)
    router.push(0, [Push(labels) for labels in case["alerts"]])
    found = sorted(
        (
            view.receiver,
            sorted(view.labels.items()),
            sorted(str(sorted(a.labels.items())) for a in view.alerts),
        )
        for view in router.groups()
    )
    wanted = sorted(
        (
            group["receiver"],
            sorted(group["labels"].items()),
            sorted(str(sorted(case["alerts"][n].items())) for n in group["alerts"]),
        )
        for group in case["expected_groups"]
    )
    assert found == wanted


@pytest.mark.parametrize("case", cases("inhibition"))
def test_inhibition(case):
    def equals(labels):
        return tuple(Matcher(name, "=", value) for name, value in labels.items())

    rules = [Inhibition(equals(r["source"]), equals(r["target"]), tuple(r["equal"])) for r in case["rules"]]
    inhibitor = Inhibitor(rules)
    for number, labels in enumerate(case["active_alerts"]):
        inhibitor.add(str(number), labels)
    for target in case["targets"]:
        assert (inhibitor.muting(target["labels"], lambda _: True) is not None) is target["inhibited"], target


@pytest.mark.parametrize("case", cases("silence_matching"))
def test_silence(case):
    silences = [
        Silence(str(n), tuple(Matcher(*one) for one in matchers), 0, 1)
        for n, matchers in enumerate(case["matcher_sets"])
    ]
    assert any(one.matches(CASES["silence_alert_labels"]) for one in silences) is case["matches"]


def interval_of(fields):
    """The YAML of one interval, with the times as mappings."""
    times = [
        {k: v for k, v in (("start_time", start), ("end_time", end)) if v}
        for start, end in fields.get("times", ())
    ]
    return fields | ({"times": times} if times else {})


def with_interval(folder, fields):
    return config(
        folder,
        {"receiver": "default"},
        intervals=[{"name": "one", "time_intervals": [interval_of(fields)]}],
    )


@pytest.mark.parametrize("case", cases("mute_time_intervals"))
def test_inside_an_interval(case, tmp_path):
    if case.get("note") == "days clamp to the month":  # a file cannot say that; see test_intervals
        interval = TimeInterval(months=((6, 6),), days_of_month=((-31, 31),))
    else:
        (interval,) = with_interval(tmp_path, case["interval"]).intervals["one"]
    for moment, inside in [(m, True) for m in case["inside"]] + [(m, False) for m in case["outside"]]:
        assert interval.contains(datetime.fromisoformat(moment)) is inside, moment


@pytest.mark.parametrize("case", cases("invalid_time_intervals"))
def test_an_interval_that_is_none(case, tmp_path):
    with pytest.raises(FileError):
        with_interval(tmp_path, case["interval"])


@pytest.mark.parametrize("case", cases("group_key_labels"))
def test_group_labels(case, tmp_path):
    route = config(tmp_path, {"receiver": "default", "group_by": case["group_by"]}).route
    assert route.group_labels(case["labels"]) == case["expected"]
