"""A team's own files at the command line: `alerts rules`, `play --rules`, and fields of a scenario file."""

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import cli

ROOT = Path(__file__).parents[2]
TEAM = ROOT / "tests" / "alerting" / "catalogue" / "team"
SHARED = ROOT.parent / "shared" / "data"
RULES = ("--rules", str(TEAM / "rules.yml"), "--rules", str(TEAM / "resource.yaml"))
OWN = (*RULES, "--mapping", str(TEAM / "mapping.yaml"), "--runbooks", str(TEAM / "runbooks"))
DRILL = "cloudflare-2019-07"
PLAY = "  - {id: mute, title: Mute, effect: harms, commands: [silence EdgeCpuHigh 30m], why: It hides it}\n"
SCRIPT = """
+08:00 alerts
+08:05 ack
+08:10 runbook WebErrorBudgetBurn
+08:20 runbook edge_zone_errors
+08:30 alert 4
"""


def pagerdrill(*arguments: str, home: Path | None = None) -> Result:
    environment = {"PAGERDRILL_HOME": str(home), "PAGERDRILL_NO_BASELINES": "1"} if home else {}
    return CliRunner().invoke(cli.main, arguments, env=environment)


def test_the_table():
    done = pagerdrill("alerts", "rules", "--scenario", DRILL, *OWN)
    assert done.exit_code == 0, done.output
    for part in (
        "7 alerts in cloudflare-2019-07 (world shop):\n     2 mapped, 4 noise only, 1 left out\n",
        "WebErrorBudgetBurn  page (critical)   1m   browse error_share > 0.02     yes\n",
        "Left out, for it always fires:\n  - Watchdog\n",
        "Shown as written, for what they use is not expanded:\n  - DiskFilling: summary (if)\n",
        "taken as info:\n  - none\n  - 3\n",
    ):
        assert part in done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80
    assert "Cannot be played" not in done.output


def test_the_same_as_json():
    done = json.loads(pagerdrill("alerts", "rules", "--scenario", DRILL, *OWN, "--json").output)
    assert done["counts"] == {"mapped": 2, "noise": 4, "left out": 1}
    assert (done["not_playable"], done["kept"], done["recordings"]) == ("", [], ["job:web_errors:share"])
    first = done["alerts"][0]
    assert (first["name"], first["use"], first["runbook"], first["line"]) == (
        "WebErrorBudgetBurn",
        "mapped",
        "web-error-budget-burn",
        8,
    )


def test_what_keeps_a_drill_from_being_played_is_told(tmp_path: Path):
    (tmp_path / "map.yaml").write_text("map: {}\n")
    done = pagerdrill("alerts", "rules", *RULES, "--mapping", str(tmp_path / "map.yaml"))
    assert done.exit_code == 0
    assert "Cannot be played yet:\n  - nobody would be paged in github-2023-09" in done.output


def test_what_is_wrong_is_told(tmp_path: Path):
    (tmp_path / "bad.yml").write_text("groups:\n- name: a\n  rules:\n  - alert: A\n  - {expr: up}\n")
    done = pagerdrill("alerts", "rules", "--rules", str(tmp_path / "bad.yml"))
    assert done.exit_code == 1
    assert "bad.yml:4: groups[0].rules[0]: field 'expr' must be set in rule\n" in done.output
    assert "bad.yml:5: groups[0].rules[1]: one of 'record' or 'alert' must be set\n" in done.output
    assert pagerdrill("alerts", "rules").exit_code == 2


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_the_files_of_kube_prometheus():
    files = [
        word
        for file in sorted((SHARED / "rules-kube-prometheus").glob("*.yaml"))
        for word in ("--rules", str(file))
    ]
    runbooks = str(SHARED / "runbooks-prometheus-operator")
    done = pagerdrill("alerts", "rules", "--scenario", DRILL, *files, "--runbooks", runbooks)
    assert done.exit_code == 0, done.output
    assert "139 alerts in cloudflare-2019-07" in done.output
    assert "112 of the alerts have a runbook; 108 pages were read" in done.output
    assert max(len(line) for line in done.output.splitlines()) <= 80


def test_a_team_s_alert_fires_pages_and_leads_to_its_runbook(tmp_path: Path):
    script = tmp_path / "script"
    script.write_text(SCRIPT)
    own = tmp_path / "own"
    shutil.copytree(TEAM, own)
    given = [word.replace(str(TEAM), str(own)) for word in OWN]
    done = pagerdrill("play", DRILL, "--seed", "2", *given, "--script", str(script), home=tmp_path)
    assert done.exit_code == 0, done.output
    text = " ".join(done.output.split())
    for part in (
        "ALERT #4 critical WebErrorBudgetBurn on browse "
        "(cluster=eu-1, journey=browse, team=storefront): Pages fail",
        "PAGE 1 to you: WebErrorBudgetBurn on browse (alert #4)",
        "you have page 1 (WebErrorBudgetBurn on browse)",
        "Web error budget burns Meaning More pages fail than the objective allows, for a minute at least.",
        "> runbook edge_zone_errors edge_zone_errors Free text without any heading.",
        "% of requests on browse of cluster eu-1 fail.",
        "runbook_url: https://runbooks.example.org/web/web-error-budget-burn.md",
        "severity=page, team=storefront",
    ):
        assert part in text, part
    shutil.rmtree(own)  # the drill's folder holds all that a replay needs
    verified = json.loads(pagerdrill("drills", "verify", f"{DRILL}-s2", "--json", home=tmp_path).output)
    assert verified["same"] is True


def test_a_scenario_file_names_its_own_files(tmp_path: Path):
    shutil.copytree(ROOT / "scenarios" / "drills" / DRILL, tmp_path / "drill")
    shutil.copytree(TEAM, tmp_path / "drill" / "team")
    file = tmp_path / "drill" / "drill.yaml"
    fields = (
        "\nrules: [team/rules.yml, team/resource.yaml]\nmapping: team/mapping.yaml\nrunbooks: team/runbooks\n"
    )
    file.write_text(file.read_text() + fields)
    done = pagerdrill("play", str(file), "--seed", "2", "--script", str(_script(tmp_path)), home=tmp_path)
    assert "WebErrorBudgetBurn" in done.output
    file.write_text(
        file.read_text().replace("mapping: team/", "mapping: tem/").replace("[team/rules.yml,", "[3,")
    )
    done = pagerdrill("play", str(file), "--script", str(_script(tmp_path)), home=tmp_path)
    assert done.exit_code == 1
    assert "rules[0]: should be a path, relative to this file" in done.output


def test_a_play_that_names_a_rule_that_was_replaced(tmp_path: Path):
    shutil.copytree(ROOT / "scenarios" / "drills" / DRILL, tmp_path / "drill")
    shutil.copytree(TEAM, tmp_path / "drill" / "team")
    file = tmp_path / "drill" / "drill.yaml"
    text = file.read_text().replace("\nplays:\n", "\nplays:\n" + PLAY, 1)
    assert PLAY in text
    fields = "rules: [team/rules.yml]\nmapping: team/mapping.yaml\n"
    file.write_text(f"{text}\n{fields}")
    done = pagerdrill("play", str(file), "--script", str(_script(tmp_path)), home=tmp_path)
    assert done.exit_code == 1
    assert "plays[0].commands[0]: there is no rule, component or journey named 'EdgeCpuHigh'" in done.output
    file.write_text(f"{text}\n")
    assert pagerdrill("play", str(file), "--script", str(_script(tmp_path)), home=tmp_path).exit_code == 0


def _script(folder: Path) -> Path:
    (folder / "short").write_text("+07:00 status\n")
    return folder / "short"


def test_a_drill_that_goes_on_has_its_own_files(tmp_path: Path):
    done = pagerdrill("play", "--resume", "x", *RULES, home=tmp_path)
    assert done.exit_code == 2
    assert "--resume takes no scenario, seed, role, name, noise or files" in done.output
