"""What becomes of a team's files in a scenario: what is mapped, what can only be noise, what is left out."""

from pathlib import Path

import pytest

from sim.alerting.catalogue.build import Files, catalogue, with_files
from sim.alerting.catalogue.rulefile import load
from sim.alerting.noise.gaps import gaps
from sim.alerting.rules import Instance
from sim.alerting.telling import annotations, labels, summary
from sim.events import AlertFired, AlertLabelled
from sim.mistakes import FileError
from sim.spec import NoiseProfile, Rule, Scenario
from sim.world.series import SeriesId
from tests.spine.small import SCENARIO, drill

TEAM = Path(__file__).parent / "team"
SMALL_MAP = """
map:
  WebErrorBudgetBurn: {journey: buy, signal: error_share, above: 0.05, times: 100, labels: {cluster: eu}}
  DiskFilling/page: {component: db, signal: p95_ms, above: 100}
severities: {page: critical, ticket: warning}
"""


def files(tmp_path: Path, mapping: str | None = SMALL_MAP, rules: str | None = None) -> Files:
    read = (TEAM / "rules.yml",)
    if rules is not None:
        read = (tmp_path / "own.yml",)
        read[0].write_text(rules)
    if mapping is None:
        return Files(read)
    (tmp_path / "map.yaml").write_text(mapping)
    return Files(read, tmp_path / "map.yaml", TEAM / "runbooks")


def test_what_becomes_of_each_alert(tmp_path: Path):
    found = catalogue(SCENARIO, files(tmp_path))
    assert [(entry.alert.name, entry.use, entry.page) for entry in found.entries] == [
        ("WebErrorBudgetBurn", "mapped", "web-error-budget-burn"),
        ("edge_zone_errors", "noise", "edge-zone-errors"),
        ("DiskFilling", "noise", None),
        ("DiskFilling", "mapped", None),
        ("Watchdog", "left out", None),
        ("Replica count low", "noise", None),
    ]
    names = ["WebErrorBudgetBurn", "DiskFilling.page", "edge_zone_errors", "DiskFilling", "Replica_count_low"]
    assert [rule.name for rule in found.rules] == names
    burn, disk, *_ = found.rules
    assert burn.model_dump(
        include={"journey", "signal", "above", "for_s", "severity", "value_times", "runbook"}
    ) == {
        "journey": "buy",
        "signal": "error_share",
        "above": 0.05,
        "for_s": 60,
        "severity": "critical",
        "value_times": 100.0,
        "runbook": "web-error-budget-burn",
    }
    assert dict(disk.labels) == {"severity": "page", "alertname": "DiskFilling"}


def test_the_team_s_alerts_take_the_place_of_the_world_s(tmp_path: Path):
    played = with_files(SCENARIO, files(tmp_path))
    assert "BuyErrorsHigh" not in [rule.name for rule in played.world.rules]
    assert [page.id for page in played.world.runbooks] == [
        "buying",
        "edge-zone-errors",
        "web-error-budget-burn",
    ]
    assert played.noise == NoiseProfile.model_validate("normal")
    assert Scenario.model_validate_json(played.model_dump_json()) == played
    kept = with_files(SCENARIO, files(tmp_path, SMALL_MAP + "keep: [DbSlow]\n")).world.rules
    assert [rule.name for rule in kept][:3] == ["WebErrorBudgetBurn", "DiskFilling.page", "DbSlow"]
    everything = with_files(SCENARIO, files(tmp_path, SMALL_MAP + "keep: true\n")).world.rules
    assert {"BuyErrorsHigh", "DbSlow"} <= {rule.name for rule in everything}


def test_without_a_mapping_the_world_s_rules_stay(tmp_path: Path):
    played = with_files(SCENARIO, files(tmp_path, None))
    assert [rule.name for rule in played.world.rules if not rule.stand_in] == ["BuyErrorsHigh", "DbSlow"]


def test_a_profile_of_the_scenario_s_own_stays(tmp_path: Path):
    storm = SCENARIO.model_copy(update={"noise": NoiseProfile.model_validate("storm")})
    assert with_files(storm, files(tmp_path)).noise == storm.noise


def test_nothing_is_missing_of_what_stands_in(tmp_path: Path):
    profile = NoiseProfile.model_validate(
        {"profile": "normal", "missing_share": 1, "astray_share": 0, "late_share": 0}
    )
    played = with_files(SCENARIO.model_copy(update={"noise": profile}), files(tmp_path))
    assert gaps(played, 1)[0] == {}  # the two that are mapped page somebody


def test_only_runbooks(tmp_path: Path):
    played = with_files(SCENARIO, Files(runbooks=TEAM / "runbooks"))
    assert played.world.rules == SCENARIO.world.rules
    assert (len(played.world.runbooks), played.noise) == (3, None)


def test_what_stands_in_is_spread_over_parts_that_no_fault_touches(tmp_path: Path):
    many = "groups:\n- name: g\n  rules:\n" + "".join(f"  - {{alert: A{n}, expr: up}}\n" for n in range(50))
    found = catalogue(SCENARIO, files(tmp_path, None, many))
    places = [(e.rule.component, e.rule.part, e.rule.signal) for e in found.entries if e.rule is not None]
    # web and api, memory and disk, two zones: db has the fault
    assert len(places) == len(set(places)) == 8
    assert {component for component, _, _ in places} == {"web", "api"}
    assert [entry.why for entry in found.entries if entry.rule is None] == [
        "for this world has no parts left to stand in for more"
    ] * 42


WRONG_TARGETS = {
    "component: dbs, signal: rps, above: 1": ".component: there is no component 'dbs'; did you mean 'db'?",
    "component: db, signal: rps, above: 1, journey: buy": ": needs either a component or a journey",
    "component: db, signal: rps": ": needs either above or below",
    "component: db, signal: lag, above: 1": ".signal: 'lag' is not one of",
    "component: web, signal: lag_s, above: 1": ".signal: web has no lag_s",
    "component: db, signal: rps, above: .nan": ".above: should be a number",
    "component: db, signal: rps, above: 1, by: shard": ".by: db has no shards",
    "journey: buy, signal: disk_share, above: 1": ".signal: journeys have no disk_share",
    "component: db, signal: rps, above: 1, labels: {a-b: c}": ".labels.a-b: invalid label name",
    "component: db, signal: rps, above: 1, foo: 1": ".foo: unknown key",
}
WRONG = {
    "map: {Nothing: {component: db, signal: rps, above: 1}}": "map.Nothing: there is no alert 'Nothing'",
    "severities: {page: urgent}": "severities.page: 'urgent' is not one of critical, warning, info",
    "keep: [DbSlo]": "keep[0]: there is no rule 'DbSlo' in this world; did you mean 'DbSlow'?",
    "maps: {}": "maps: unknown key; did you mean 'map'?",
    "- a": "holds no keys; a mapping was expected",
    "map: {DiskFilling: {component: db, signal: rps, above: 1}}": (
        "map: nobody would be paged in small-drill: no mapped alert is critical. "
        "Mapped are: ticket (1), page (1)"
    ),
    **{
        f"map: {{DiskFilling: {{{given}}}}}": f"map.DiskFilling{told}"
        for given, told in WRONG_TARGETS.items()
    },
}


@pytest.mark.parametrize(("mapping", "told"), WRONG.items())
def test_a_mapping_that_is_wrong_is_refused(tmp_path: Path, mapping: str, told: str):
    with pytest.raises(FileError) as refused:
        with_files(SCENARIO, files(tmp_path, mapping))
    assert str(refused.value).startswith(f"{tmp_path / 'map.yaml'}:1: {told}")


def test_a_mapping_without_rules_is_refused(tmp_path: Path):
    (tmp_path / "map.yaml").write_text("map: {}")
    with pytest.raises(FileError, match="no rule file is given"):
        with_files(SCENARIO, Files(mapping=tmp_path / "map.yaml"))


def test_names_that_cannot_be_typed_or_are_taken(tmp_path: Path):
    rules = (
        "groups:\n- name: g\n  rules:\n"
        "  - {alert: 5xx high!, expr: up}\n  - {alert: db, expr: up}\n  - {alert: DBSLOW, expr: up}\n"
        "  - {alert: A, expr: up, labels: {severity: x}}\n  - {alert: A, expr: up, labels: {severity: x}}\n"
        "  - {alert: A, expr: up, labels: {severity: x}}\n  - {alert: Long, expr: up, for: 2d}\n"
    )
    found = catalogue(SCENARIO, files(tmp_path, None, rules))
    assert [(e.alert.name, e.rule.name if e.rule else e.why) for e in found.entries] == [
        ("5xx high!", "_5xx_high_"),
        ("db", "for it is named like a part of the world"),
        ("DBSLOW", "DBSLOW.2"),
        ("A", "A"),
        ("A", "A.x"),
        ("A", "A.2"),
        ("Long", "for its `for` is longer than a day"),
    ]


def test_an_alert_tells_what_its_templates_say():
    rule = Rule(
        name="Errors.page",
        component="db",
        by="zone",
        signal="error_share",
        above=0.1,
        summary="{{ $value }} % in\n {{ $labels.zone }} of {{ $labels.cluster }}",
        value_times=100,
        series_labels=(("cluster", "eu"),),
        labels=(
            ("severity", "page"),
            ("where", "{{ $labels.zone | toUpper }}"),
            ("none", "{{ $labels.nothing }}"),
            ("alertname", "Errors"),
        ),
        annotations=(
            ("said", "{{ if 1 }}raw{{ end }}"),
            ("told", "{{ $labels.severity }}|{{ $value | humanize }}"),
        ),
    )
    one = Instance(rule, SeriesId("component", "db", "error_share", "zone", "zone-a"))
    assert labels(one, 0.25) == {
        "alertname": "Errors",
        "cluster": "eu",
        "component": "db",
        "severity": "page",
        "where": "ZONE-A",
        "zone": "zone-a",
    }
    assert summary(one, 0.25) == "25 % in zone-a of eu"
    assert annotations(one, 0.25) == {"said": "{{ if 1 }}raw{{ end }}", "told": "|25"}
    assert one.identity.startswith("alertname=Errors.page,cluster=eu,component=db,")


def test_what_stands_in_is_never_more_than_noise(tmp_path: Path):
    """It fires in the disturbed world, by storms, and the truth never calls it anything of the fault."""
    storm = NoiseProfile.model_validate({"profile": "storm", "alerts_per_h": 60})
    played = with_files(SCENARIO.model_copy(update={"noise": storm}), files(tmp_path))
    stand_ins = {rule.name for rule in played.world.rules if rule.stand_in}
    found: set[str] = set()
    for seed in range(1, 5):
        one = drill(played, seed=seed)
        one.advance(10**9)
        fired = {r.event.alert: r.event.rule for r in one._journal.records if isinstance(r.event, AlertFired)}
        labelled = [r.event for r in one.truth if isinstance(r.event, AlertLabelled)]
        found |= {event.label for event in labelled if fired[event.alert] in stand_ins}
    assert found
    assert found <= {"noise", "transient", "unrelated"}


def test_a_page_of_the_world_is_found_by_name(tmp_path: Path):
    rules = "groups: [{name: g, rules: [{alert: Buying, expr: up}]}]"
    (entry,) = catalogue(SCENARIO, files(tmp_path, None, rules)).entries
    assert (entry.page, entry.rule.runbook if entry.rule else None) == ("buying", "buying")
    assert load([tmp_path / "own.yml"]).alerts == (entry.alert,)
