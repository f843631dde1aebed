"""Whole drills by script: what is right where a drill expects something else than mitigating."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cli import main
from scenarios.library import example

ALARM, LEAK = "larder-quiet-till", "forgeyard-busy-hour"


def played(scenario: str, script: str, home: Path) -> dict[str, Any]:
    """Play a script and return the scorecard with its total."""
    home.mkdir(exist_ok=True)
    file = home / "a.drill"
    file.write_text(script)
    environment = {"PAGERDRILL_HOME": str(home)}

    def pagerdrill(*arguments: str) -> str:
        done = CliRunner().invoke(main, arguments, env=environment, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    pagerdrill("play", scenario, "--seed", "3", "--json", "--script", str(file))
    (drill,) = json.loads(pagerdrill("drills", "list", "--json"))
    fields: dict[str, Any] = json.loads(pagerdrill("score", drill["id"], "--format", "json", "--total"))
    return fields


def results(card: dict[str, Any]) -> dict[str, str]:
    return {check["id"]: check["result"] for check in card["checks"]}


def lost(card: dict[str, Any]) -> float:
    value = next(measure["value"] for measure in card["measures"] if measure["id"] == "user-minutes-lost")
    return float(value)


LOOK = "wait until page\nack all\nstatus\nmetrics pay rps\n"
REPORT = 'update internal "Two zones of checkout are not measured; orders come in as ever."\nnoise 1\n'


def test_a_false_alarm_is_mastered_by_looking_and_saying_so(tmp_path: Path) -> None:
    looked = played(ALARM, LOOK + REPORT, tmp_path)
    assert (looked["total"], lost(looked)) == (100, 0)


@pytest.mark.parametrize(
    ("act", "costs"),
    [
        ("failover orders-db yes", 5_000),
        ("page data-stores\nwait 8m\nrestart orders-db yes", 30_000),
        ("rollback checkout", 0),
    ],
)
def test_what_the_page_tempts_to_do_hurts_and_scores_below_looking(
    act: str, costs: float, tmp_path: Path
) -> None:
    acted = played(
        ALARM, LOOK + f"declare P2 orders stopped\n{act}\nwait 12m\n{REPORT}resolve yes\n", tmp_path
    )
    assert lost(acted) >= costs
    assert results(acted)["restraint"] == "missed"
    assert acted["total"] <= 45


def test_the_example_of_the_false_alarm_takes_back_what_it_told_customers(tmp_path: Path) -> None:
    card = played(ALARM, example(ALARM), tmp_path)
    assert {name: result for name, result in results(card).items() if result != "met"} == {
        "no-outage-invented": "partly"
    }


SEEN = "wait until auth memory > 72%\nalerts\nmetrics auth memory\nchanges auth last 2h\n"


def test_the_leak_is_averted_by_taking_back_what_brought_it(tmp_path: Path) -> None:
    card = played(LEAK, f'{SEEN}rollback auth\nupdate internal "Auth 72 leaks; rolled back."\n', tmp_path)
    assert (card["total"], lost(card)) == (100, 0)
    assert results(card)["averted"] == "met"


def test_a_restart_buys_time_and_no_more(tmp_path: Path) -> None:
    restarted = played(LEAK, f"{SEEN}restart auth\n", tmp_path / "restarted")
    idle = played(LEAK, "wait 1m\n", tmp_path / "idle")
    assert results(restarted)["averted"] == "missed"
    assert 100_000 < lost(restarted) < lost(idle) / 2
    assert idle["total"] <= 5 < restarted["total"] < 50
