"""A played drill as rule file and unit test: promtool confirms what fired, and notices what is falsified."""

from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

import cli
from sim.alerting.catalogue.build import Files, with_files
from sim.alerting.export import export
from sim.events import AlertFired, AlertResolved
from sim.journal import SIGNALS_FILE, read
from sim.spec import NoiseProfile, Scenario
from tests.alerting.promtool import judged, needs_promtool
from tests.spine.small import SCENARIO, on_disk

TEAM = Path(__file__).parent / "catalogue" / "team"
MAPPING = """
map:
  WebErrorBudgetBurn: {journey: buy, signal: error_share, above: 0.05, times: 100, labels: {cluster: eu}}
  edge_zone_errors: {component: api, signal: p95_ms, above: 100, by: zone}
severities: {page: critical, ticket: critical}
"""


def played(tmp_path: Path, scenario: Scenario = SCENARIO) -> Path:
    """Play a drill in which the disk is healed half way, so that alerts resolve; return its folder."""
    with on_disk(tmp_path, scenario) as opened:
        for at_s, line in ((130, "ack"), (150, "failover db yes")):
            opened.drill.advance(at_s * 1000)
            opened.drill.enter(line)
        opened.finish()
    return tmp_path / "drill"


def with_team(tmp_path: Path) -> Scenario:
    (tmp_path / "map.yaml").write_text(MAPPING)
    storm = SCENARIO.model_copy(update={"noise": NoiseProfile.model_validate("storm")})
    return with_files(storm, Files((TEAM / "rules.yml", TEAM / "resource.yaml"), tmp_path / "map.yaml"))


def exported(drill: Path, output: Path) -> Result:
    """Run the command on a drill folder."""
    home = output / "home"
    (home / "drills").mkdir(parents=True)
    (home / "drills" / "small-s3").symlink_to(drill)
    arguments = (
        "alerts",
        "export",
        "--drill",
        "small-s3",
        "--output",
        str(output / "out"),
        "--home",
        str(home),
    )
    return CliRunner().invoke(cli.main, arguments)


def test_what_is_written(tmp_path: Path):
    done = exported(played(tmp_path), tmp_path)
    assert done.exit_code == 0, done.output
    assert "rules.yml: 2 rules\n" in done.output
    rules = yaml.safe_load((tmp_path / "out" / "rules.yml").read_text())
    assert rules == {
        "groups": [
            {
                "name": "small-drill",
                "interval": "15s",
                "rules": [
                    {
                        "alert": "BuyErrorsHigh",
                        "expr": 'pagerdrill_error_share{journey="buy",zone="",version="",shard=""} > 0.05',
                        "for": "30s",
                        "labels": {"severity": "critical"},
                        "annotations": {"summary": "Buying fails"},
                    },
                    {
                        "alert": "DbSlow",
                        "expr": 'pagerdrill_p95_ms{component="db",zone="",version="",shard=""} > 100.0',
                        "for": "1m",
                        "labels": {"severity": "warning"},
                        "annotations": {"summary": "The database is slow"},
                    },
                ],
            }
        ]
    }
    test = yaml.safe_load((tmp_path / "out" / "rules_test.yml").read_text())["tests"][0]
    checks = [
        (check["eval_time"], check["alertname"], len(check["exp_alerts"]))
        for check in test["alert_rule_test"]
    ]
    assert checks[:5] == [
        ("75s", "BuyErrorsHigh", 0),
        ("90s", "BuyErrorsHigh", 1),
        ("240s", "BuyErrorsHigh", 1),
        ("255s", "BuyErrorsHigh", 0),
        ("1860s", "BuyErrorsHigh", 0),
    ]
    assert [len(series["values"].split()) for series in test["input_series"]] == [125, 125]


@needs_promtool
def test_promtool_confirms_a_drill(tmp_path: Path):
    assert exported(played(tmp_path), tmp_path).exit_code == 0
    code, told = judged(tmp_path / "out" / "rules_test.yml")
    assert code == 0, told


@needs_promtool
def test_promtool_confirms_a_drill_with_a_team_s_alerts(tmp_path: Path):
    folder = played(tmp_path, with_team(tmp_path))
    fired = [r.event for r in read(folder).records if isinstance(r.event, AlertFired)]
    assert {event.labels["alertname"] for event in fired} >= {"WebErrorBudgetBurn", "edge_zone_errors"}
    assert any(isinstance(record.event, AlertResolved) for record in read(folder).records)
    assert exported(folder, tmp_path).exit_code == 0
    test = yaml.safe_load((tmp_path / "out" / "rules_test.yml").read_text())["tests"][0]
    said = [
        alert["exp_annotations"]["description"]
        for check in test["alert_rule_test"]
        for alert in check["exp_alerts"]
        if check["alertname"] == "WebErrorBudgetBurn"
    ]
    assert said
    assert all(text.endswith(" % of requests on buy of cluster eu fail.\n") for text in said)
    code, told = judged(tmp_path / "out" / "rules_test.yml")
    assert code == 0, told


@needs_promtool
@pytest.mark.parametrize(
    ("true", "false"),
    [
        ("> 0.05", "> 2.0"),
        ("for: 30s", "for: 45s"),
        ("severity: critical", "severity: page"),
        ("p95_ms", "p99_ms"),
    ],
)
def test_promtool_notices_a_falsified_rule(tmp_path: Path, true: str, false: str):
    assert exported(played(tmp_path), tmp_path).exit_code == 0
    rules = tmp_path / "out" / "rules.yml"
    assert rules.read_text().count(true) == 1
    rules.write_text(rules.read_text().replace(true, false))
    code, _ = judged(tmp_path / "out" / "rules_test.yml")
    assert code == 1


def test_a_restless_label_is_left_out(tmp_path: Path):
    first, second = SCENARIO.world.rules
    restless = first.model_copy(update={"labels": (("at", "{{ $value }}"),)})
    world = SCENARIO.world.model_copy(update={"rules": (restless, second)})
    folder = played(tmp_path, SCENARIO.model_copy(update={"world": world}))
    with np.load(folder / SIGNALS_FILE) as kept:
        found = export(read(folder), dict(kept), "rules.yml")
    assert [rule["alert"] for rule in found.rules["groups"][0]["rules"]] == ["DbSlow"]
    assert [name for name, _ in found.left_out] == ["BuyErrorsHigh"]


def test_a_drill_that_is_not_over_is_refused(tmp_path: Path):
    with on_disk(tmp_path) as opened:
        opened.drill.advance(60_000)
    done = exported(tmp_path / "drill", tmp_path)
    assert done.exit_code == 1
    assert "is not finished" in done.output


def test_broken_measurements_are_refused(tmp_path: Path):
    folder = played(tmp_path)
    (folder / SIGNALS_FILE).write_bytes(b"PK\x03\x04 nothing")
    done = exported(folder, tmp_path)
    assert (done.exit_code, "cannot be read" in done.output) == (1, True)


@needs_promtool
def test_promtool_confirms_a_shipped_drill_in_a_storm(tmp_path: Path):
    (tmp_path / "script").write_text("+00:30 status\n")
    environment = {"PAGERDRILL_HOME": str(tmp_path), "PAGERDRILL_NO_BASELINES": "1"}
    for arguments in (
        ("play", "github-2023-09", "--seed", "3", "--noise", "storm", "--script", str(tmp_path / "script")),
        ("alerts", "export", "--drill", "github-2023-09-s3", "--output", str(tmp_path / "out")),
    ):
        done = CliRunner().invoke(cli.main, arguments, env=environment)
        assert done.exit_code == 0, done.output
    code, told = judged(tmp_path / "out" / "rules_test.yml")
    assert code == 0, told
