"""`rotation fit` as it is typed, and what `rotation simulate` makes of its load."""

import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from click.testing import CliRunner, Result

from cli import main
from sim.oncall.load.read import read_load

SAMPLE = (
    Path(__file__).parents[4] / "shared" / "data" / "servicenow-sample" / "servicenow_events_first3000.csv.gz"
)
shared = pytest.mark.skipif(not SAMPLE.exists(), reason="the shared data are not here")


def rotation(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["rotation", *arguments])


def table(tmp_path: Path, weeks: int = 12) -> str:
    """Write incidents at the desk, in the evening and at night, of two rules, with all times."""
    random = np.random.default_rng(5)
    rows = []
    for day in range(7 * weeks):
        for hour in (3, 9, 10, 11, 14, 20):
            if random.random() < 0.6:
                at = np.datetime64("2026-01-05") + np.timedelta64(day * 86_400 + hour * 3600 + 17, "s")
                seconds = int((900 if hour == 3 else 90) * np.exp(0.5 * random.standard_normal()))
                real = "false" if hour in (9, 10) else "true"
                work = round(40 * float(np.exp(0.8 * random.standard_normal())), 1)
                rows.append(f"{at}Z,{seconds},{work},P2,{'flappy' if real == 'false' else 'down'},{real}\n")
    file = tmp_path / "pages.csv"
    head = "opened,acknowledged-seconds,hands-on-minutes,severity,rule,needs-action\n"
    file.write_text(head + "".join(rows), encoding="utf-8")
    return str(file)


def test_a_load_is_written_that_reads_back_and_plays(tmp_path: Path):
    output = tmp_path / "load.yml"
    done = rotation(
        "fit", table(tmp_path), "--output", str(output), "--name", "Our pages", "--zone", "Europe/Berlin"
    )
    assert done.exit_code == 0, done.output
    assert "acknowledge, asleep" in done.output
    assert max(len(line) for line in done.stdout.splitlines()) <= 80
    load = read_load(output)
    assert load.load == "our-pages"
    assert load.zone == "Europe/Berlin"
    assert load.per_week == pytest.approx(25, rel=0.1)
    assert load.acknowledge is not None
    assert load.acknowledge.desk[0].median == pytest.approx(1.5, rel=0.15)
    assert load.acknowledge.asleep[0].median == pytest.approx(15, rel=0.2)
    assert load.hands_on["P2"][0].median == pytest.approx(40, rel=0.15)
    places = ("acknowledge at desk", "acknowledge away", "acknowledge asleep")
    assert load.measured == ("pages", "hands-on time", *places)
    needing = {rule.id: rule.needs_action for rule in load.rules}
    assert needing["flappy"] < 0.05
    assert needing["down"] > 0.95
    played = rotation("simulate", "scenarios/rotations/weekly-or-daily/weekly.yml", "--load", str(output),
                      "--years", "4", "--json")  # fmt: skip
    assert played.exit_code == 0, played.output
    told = json.loads(played.stdout)
    assert "times to acknowledge" not in " ".join(told["assumptions"])
    by_hour = np.array(told["interruptions_by_hour_of_week"]).reshape(7, 24).sum(axis=0)
    assert by_hour[[4, 10, 11, 12, 15, 21]].sum() > 0.8 * by_hour.sum()


@pytest.mark.parametrize(("slow", "chosen"), [(2.0, "one lognormal *"), (600.0, "two lognormals *")])
def test_the_report_marks_the_times_that_were_chosen(tmp_path: Path, slow: float, chosen: str):
    random = np.random.default_rng(5)
    file = tmp_path / "work.csv"
    rows = []
    for number, middle in enumerate([2.0, slow] * 240):
        minutes = middle * np.exp(random.standard_normal())
        rows.append(f"2026-01-{5 + number // 24:02}T{number % 24:02}:00:00Z,{minutes:.2f}\n")
    file.write_text("opened,hands-on-minutes\n" + "".join(rows), encoding="utf-8")
    told = rotation("fit", str(file)).stdout
    assert [
        " ".join(line.split()[:3]) for line in told.splitlines() if "lognormal" in line and "*" in line
    ] == [chosen]


def test_the_same_history_gives_the_same_load(tmp_path: Path):
    one, two = (rotation("fit", table(tmp_path), "--json").stdout for _ in range(2))
    assert one == two
    assert json.loads(one)["arrivals"]["distance"] < 0.05


def test_a_goal_on_response_needs_what_fit_finds(tmp_path: Path):
    output = tmp_path / "load.yml"
    rotation("fit", table(tmp_path), "--output", str(output))
    policy = "scenarios/rotations/weekly-or-daily/weekly.yml"
    wanted = ("size", policy, "--people", "5-6", "--goal", "time to acknowledge, p90 <= 60")
    refused = rotation(*wanted)
    assert refused.exit_code == 2
    assert "rotation fit" in refused.output
    assert rotation(*wanted, "--load", str(output)).exit_code == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--column", "when=created"), "'when=created': write what a column holds"),
        (("--column", "opened="), "each thing needs one column"),
        (("--column", "rule=a", "--column", "rule=b"), "each thing needs one column"),
        (("--zone", "Mars/Olympus"), "Mars/Olympus"),
    ],
)
def test_what_is_wrong_with_options_is_said(tmp_path: Path, arguments: tuple[str, ...], told: str):
    done = rotation("fit", table(tmp_path), *arguments)
    assert done.exit_code == 2
    assert told in done.output


def test_the_history_is_not_written_over(tmp_path: Path):
    file = table(tmp_path)
    before = Path(file).read_text(encoding="utf-8")
    done = rotation("fit", file, "--output", file)
    assert (done.exit_code, Path(file).read_text(encoding="utf-8")) == (1, before)
    assert "is what is read here; name another file" in done.output


def test_what_is_for_tables_is_refused_for_json(tmp_path: Path):
    file = tmp_path / "alerts.json"
    file.write_text("[]")
    done = rotation("fit", str(file), "--column", "opened=x")
    assert done.exit_code == 1
    assert "--column and --dates are for tables" in done.output


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    done = rotation("fit", str(tmp_path / "nothing.csv"))
    assert done.exit_code == 1
    assert "nothing.csv:1: cannot be read" in done.output


@shared
def test_tickets_of_a_real_company_come_back(tmp_path: Path):
    """3,000 tickets: played hours of the week and times to resolve are as the history's within 5 %."""
    output = tmp_path / "load.yml"
    told = json.loads(rotation("fit", str(SAMPLE), "--output", str(output), "--json").stdout)
    assert told["incidents"] == 3000
    assert told["arrivals"]["distance"] <= 0.05
    assert told["arrivals"]["lifetimes_distance"] <= 0.05
    lifetimes = next(one for one in told["times"] if one["name"] == "open ticket")
    assert lifetimes["chosen"] == "two"
    assert lifetimes["two"]["distance"] <= 0.05 < lifetimes["one"]["distance"]

    policy = tmp_path / "all.yml"
    people = {f"p{n}": {} for n in range(40)}
    plain = {"policy": "all", "zone": "UTC", "people": people, "layers": [
        {"id": "all", "rules": [{"people": list(people)}]}],
        "escalation": {"steps": [
            {"targets": list(people), "minutes": 1000, "round_robin": True}]}}  # fmt: skip
    policy.write_text(yaml.safe_dump(plain), encoding="utf-8")
    played = rotation("simulate", str(policy), "--load", str(output), "--years", "2", "--json")
    assert played.exit_code == 0, played.output
    outcome = json.loads(played.stdout)
    by_hour = np.array(outcome["interruptions_by_hour_of_week"])
    history = np.array(told["arrivals"]["history"]["hours"])
    assert np.abs(np.cumsum(by_hour / by_hour.sum()) - np.cumsum(history)).max() <= 0.05
    for share, minutes in zip(("p25", "p50", "p75"), lifetimes["quantiles"][1:4], strict=True):
        assert outcome["lifetime_minutes"][share] == pytest.approx(minutes, rel=0.15)
